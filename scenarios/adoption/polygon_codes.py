"""Which code each polygon drawn elsewhere gets: its own where it may have it, else its predecessor's."""

from collections.abc import Iterator, Sequence

import geopandas as gpd
import pandas as pd

from geo.layers import Fault
from scenarios.adoption.difference import Allow, Standing, free_codes, is_fitting_code, know, tidy
from scenarios.adoption.polygon_fit import Overlaps, finding, finding_at, name_of, read_texts
from scenarios.stability import match_grids

_MOST_TOLD = 4
"""Polygons without a code that are told one by one; of more, that there are so many."""


def choose_codes(
    frame: gpd.GeoDataFrame,
    standing: Standing,
    overlaps: Overlaps,
    homes: Sequence[str | None],
    allow: Allow,
) -> tuple[list[str | None], list[Fault]]:
    """Choose the code of each polygon that has cells; one without cells gets None.

    It is the polygon's own where a grid of its community may bear it, else that of the grid whose households
    it holds. Polygons of one code are parts of one grid.
    """
    given = read_codes(frame, standing)
    codes = _own_codes(standing, homes, given)
    findings = list(_repeated(frame, codes))
    unfit = [at for at, home in enumerate(homes) if home is not None and codes[at] is None]
    codes = _match(standing, overlaps, homes, codes, unfit)
    plan_homes = standing.homes()
    if len(unfit) > _MOST_TOLD and all(value is None for value in given):
        # A whole file without codes: said once, so that the findings that matter are not buried.
        findings.append(finding("polygon_codes_given", "notice", n=len(unfit)))
        unfit = []
    for at in unfit:
        value, facts = given[at], {"code": codes[at], "community": name_of(standing, homes[at])}
        if value is None:
            findings.append(finding_at(frame, at, "polygon_code_given", "notice", code=codes[at]))
        else:
            findings.append(finding_at(frame, at, "polygon_code_replaced", "notice", value=value, **facts))
    for at, code in enumerate(codes):
        if code is not None and code not in plan_homes and not allow.new_grids:
            facts = {"code": code, "community": name_of(standing, homes[at])}
            findings.append(finding_at(frame, at, "polygon_code_unknown", "fault", **facts))
    return codes, findings


def read_codes(frame: gpd.GeoDataFrame, standing: Standing) -> list[str | None]:
    """Give the codes in the file: those of their column, or a name that is the code of a known grid."""
    known = know(standing.names)
    pairs = zip(read_texts(frame, "code"), read_texts(frame, "name"), strict=True)
    return [code or (name if name is not None and known.find(name) else None) for code, name in pairs]


def _own_codes(
    standing: Standing, homes: Sequence[str | None], given: Sequence[str | None]
) -> list[str | None]:
    """Give the codes that the file gives, as far as the polygon's community may use them."""
    known, plan_homes = know(standing.names), standing.homes()
    codes: list[str | None] = []
    for home, text in zip(homes, given, strict=True):
        code = None if text is None else known.find(text) or tidy(text)
        if code is None or home is None:
            fits = False
        elif code in plan_homes:
            fits = plan_homes[code] == home
        else:
            fits = is_fitting_code(standing, code, home)
        codes.append(code if fits else None)
    return codes


def _match(
    standing: Standing,
    overlaps: Overlaps,
    homes: Sequence[str | None],
    own: Sequence[str | None],
    unfit: Sequence[int],
) -> list[str | None]:
    """Give polygons without a usable code that of the grid whose households they hold, or a free one."""
    codes = list(own)
    taken = {code for code in codes if code is not None}
    held = [None if code in taken else code for code in standing.grid_of_cell.values()]
    left = set(unfit)
    polygon = [
        str(best) if best in left and homes[best] == home else None
        for best, home in zip(overlaps.best.tolist(), standing.community_of_cell.values(), strict=True)
    ]
    households = pd.Series(list(standing.households_of_cell.values()))
    matched = match_grids(pd.Series(held, dtype=object), pd.Series(polygon, dtype=object), households)
    for at in unfit:
        code, home = matched.get(str(at)), homes[at] or ""
        code = code or next(iter(free_codes(standing, home, taken)))
        codes[at] = code
        taken.add(code)
    return codes


def _repeated(frame: gpd.GeoDataFrame, codes: Sequence[str | None]) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for at, code in enumerate(codes):
        if code is not None and code in first:
            row = int(frame.index[first[code]]) + 1
            yield finding_at(frame, at, "polygon_code_repeated", "notice", code=code, first_row=row)
        elif code is not None:
            first[code] = at
