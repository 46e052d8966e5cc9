"""Find the layer that a file name means and the column that a header means."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from geo.faults import found
from geo.layers import Fault
from geo.schema import LAYERS, Column, LayerSpec
from geo.spellings import LATITUDE_SPELLINGS, LONGITUDE_SPELLINGS, WKT_SPELLINGS

_BRACKETS = re.compile(r"[(（\[【](?P<inside>[^)）\]】]*)[)）\]】]\s*$")
_DBF_NAME_LENGTH = 10  # a Shapefile cuts column names here
_PREFERRED_KINDS = ("id", "code", "text")
_IGNORED = frozenset({"fid", "ogcfid", "objectid", "shapelength", "shapearea", "shapeleng", "index"})


def normalise(text: str) -> str:
    """Reduce a name to what is compared: half width, lower case, no blanks, signs or bracketed unit."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    plain = _BRACKETS.sub("", plain) or plain
    return "".join(sign for sign in plain if sign.isalnum())


def bracketed(text: str) -> str:
    """Give what stands in brackets at the end of a header ("户数（户）" → "户"), or an empty text."""
    match = _BRACKETS.search(unicodedata.normalize("NFKC", text))
    return match["inside"].strip() if match else ""


_LAYER_NAMES: Mapping[str, str] = {
    normalise(word): spec.name for spec in LAYERS.values() for word in (spec.name, *spec.synonyms)
}
_PLACE_NAMES: Mapping[str, str] = {
    normalise(word): place
    for place, words in (
        ("lon", LONGITUDE_SPELLINGS),
        ("lat", LATITUDE_SPELLINGS),
        ("wkt", WKT_SPELLINGS),
    )
    for word in words.split()
}


def find_layer(name: str) -> tuple[str | None, bool]:
    """Find the layer that a file, sheet or layer name means, and whether the name says exactly that.

    English words have to stand alone in a longer name: "gridplan_plans" is no grids.

    Where a name only contains known words ("某街道小区台账2024"), the longest word counts, and of two equally
    long ones the last: Chinese and English put what a thing is at the end.
    """
    plain = normalise(name)
    if plain in _LAYER_NAMES:
        return _LAYER_NAMES[plain], True
    words = set(re.split(r"[\W_\d]+", unicodedata.normalize("NFKC", name).lower()))
    hits = [
        (len(word), plain.rfind(word), layer)
        for word, layer in _LAYER_NAMES.items()
        if (word in words if word.isascii() else word in plain)
    ]
    return (max(hits)[2], False) if hits else (None, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """Which source header feeds which schema column, and which give the place of a row."""

    columns: Mapping[str, str]
    places: Mapping[str, str]
    faults: tuple[Fault, ...] = field(default=())


def map_columns(
    spec: LayerSpec, headers: Iterable[str], chosen: Mapping[str, str] | None = None, *, places: bool
) -> ColumnMap:
    """Map the headers of a source table to the columns of a layer.

    Parameters
    ----------
    spec
        The layer.
    headers
        Headers as the source has them.
    chosen
        Header → column (or `lon`, `lat`, `wkt`, or an empty text for "leave out") as a person decided; these
        go before what is recognised.
    places
        Whether longitude, latitude and WKT columns are looked for (tables without a geometry of their own).

    Returns
    -------
    ColumnMap
        `columns` schema column → header, `places` `lon`/`lat`/`wkt` → header, and what was found on the way.
    """
    headers = list(headers)
    columns, place_map, faults = _apply_choice(spec, headers, chosen or {})
    left = [header for header in headers if header not in (chosen or {})]
    left = [header for header in left if normalise(header) not in _IGNORED]
    if places:
        for header in left:
            place = _PLACE_NAMES.get(normalise(header))
            if place:
                place_map.setdefault(place, header)
    left = [header for header in left if header not in place_map.values()]
    used: set[str] = set()
    for column in spec.columns:
        ranked = sorted(
            (rank, position)
            for position, header in enumerate(left)
            if header not in used and (rank := _rank(spec, column, header)) is not None
        )
        if not ranked or column.name in columns:
            continue
        hits = [left[position] for _, position in ranked]
        used.update(hits)
        exact = ranked[0][0] == 0
        if len(hits) > 1 and not exact and column.kind not in _PREFERRED_KINDS:
            faults.append(found("column_ambiguous", spec.name, None, column.name, headers=tuple(hits)))
            continue
        columns[column.name] = hits[0]
        faults.extend(
            found("column_spare", spec.name, None, column.name, header=spare, used=hits[0])
            for spare in hits[1:]
        )
    unused = [header for header in left if header not in used and header.strip()]
    faults.extend(found("column_ignored", spec.name, header=header) for header in unused)
    return ColumnMap(columns=columns, places=place_map, faults=tuple(faults))


def _apply_choice(
    spec: LayerSpec, headers: list[str], chosen: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str], list[Fault]]:
    columns: dict[str, str] = {}
    places: dict[str, str] = {}
    faults: list[Fault] = []
    for header, target in chosen.items():
        if header not in headers:
            faults.append(found("mapping_unknown_header", spec.name, header=header))
        elif target in ("lon", "lat", "wkt"):
            places[target] = header
        elif target in columns:
            faults.append(
                found("column_ambiguous", spec.name, None, target, headers=(columns[target], header))
            )
        elif target in spec.column_names:
            columns[target] = header
        elif target:
            faults.append(found("mapping_unknown_column", spec.name, None, target, header=header))
    return columns, places, faults


def _rank(spec: LayerSpec, column: Column, header: str) -> int | None:
    """Say how well a header fits: 0 the column's own name, then by the order of its spellings, or None."""
    plain = normalise(header)
    names = [normalise(name) for name in (column.name, *column.headers)]
    if plain in names:
        return names.index(plain)
    if len(header) == _DBF_NAME_LENGTH and column.name.startswith(header.lower()):
        rivals = [name for name in spec.column_names if name.startswith(header.lower())]
        return 0 if rivals == [column.name] else None
    return None


_HEADER_NAMES = frozenset(
    normalise(word)
    for spec in LAYERS.values()
    for column in spec.columns
    for word in (column.name, *column.headers)
) | frozenset(_PLACE_NAMES)


def is_known_header(header: str) -> bool:
    """Tell whether any layer has a column of that header; it finds the header row below a title."""
    return normalise(header) in _HEADER_NAMES
