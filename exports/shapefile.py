"""Write an outcome as zipped Shapefile, with the short field names explained inside."""

import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import geopandas as gpd

from exports.gis import column_label, gis_layers, write_layer
from exports.request import Request
from exports.texts import Texts

_LONGEST = 10
_SHORT = {
    "community_code": "comm_code",
    "compound_id": "comp_id",
    "perimeter_m": "perim_m",
    "polsby_popper": "polsby_pop",
}
"""Names that dBase cannot hold → names a reader still knows; others are cut."""


def short_names(columns: Iterable[str]) -> dict[str, str]:
    """Map column names to field names of at most ten characters, each used once.

    `cost_` becomes `c_`; what is still too long is cut, and numbered where two would be the same.
    """
    chosen: dict[str, str] = {}
    for column in columns:
        wish = _SHORT.get(column, column.replace("cost_", "c_", 1) if column.startswith("cost_") else column)
        short, number = wish[:_LONGEST], 1
        while short in chosen.values():
            number += 1
            short = f"{wish[: _LONGEST - len(str(number))]}{number}"
        chosen[column] = short
    return chosen


def write_shapefile(request: Request, path: Path) -> None:
    """Write the three layers, UTF-8 with a `.cpg` that says so, and `fields.txt`, into one zip."""
    layers = gis_layers(request.outcome, request.crs)
    names = {layer: short_names(_fields(frame)) for layer, frame in layers.items()}
    folder = path.parent / "shapefile"
    folder.mkdir()
    for layer, frame in layers.items():
        write_layer(
            _without_bool(frame).rename(columns=names[layer]),
            folder / f"{layer}.shp",
            driver="ESRI Shapefile",
            layer=layer,
        )
    # The mark at the start makes old text editors read the file as UTF-8.
    (folder / "fields.txt").write_text(_describe(names, request.texts), encoding="utf-8-sig", newline="\r\n")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)


def _fields(frame: gpd.GeoDataFrame) -> list[str]:
    return [str(name) for name in frame.columns if name != frame.geometry.name]


def _without_bool(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Write yes and no as 1 and 0: office programs and older GIS read no dBase logical field."""
    yes_no = frame.select_dtypes("bool").columns
    return frame.astype(dict.fromkeys(yes_no, "int16"))


def _describe(names: Mapping[str, Mapping[str, str]], texts: Texts) -> str:
    lines = [texts("exports.fields.title"), texts("exports.fields.note"), ""]
    for layer, fields in names.items():
        lines.append(f"[{layer}.shp] {texts(f'exports.layer.{layer}')}")
        lines += [
            f"{short:<10}  {column:<24}  {column_label(layer, column, texts)}"
            for column, short in fields.items()
        ]
        lines.append("")
    return "\n".join(lines)
