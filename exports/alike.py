"""Colours of grids in maps side by side: what does not change has the same colour in all of them."""

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from exports.colours import PALETTE, colour_grids, neighbours
from scenarios.outcome import Outcome


def colour_like(first: Outcome, other: Outcome) -> list[str]:
    """Choose a fill for each grid of a plan so that it looks like another plan where both are alike.

    Returns
    -------
    One "#RRGGBB" per grid, in the rows' order. A grid of the same cells has its colour in the first plan; of
    the others, one with a code that is known there has that colour unless a neighbour has it already.
    """
    fills = dict(zip(first.grids["code"].astype(str), colour_grids(first.grids), strict=True))
    if first is other:
        return [fills[str(code)] for code in other.grids["code"]]
    known = {cells: fills[code] for code, cells in _members(first.cells).items()}
    mine = _members(other.cells)
    codes = [str(code) for code in other.grids["code"]]
    chosen = [known.get(mine.get(code, frozenset())) for code in codes]
    return _fill_in(chosen, codes, fills, other.grids)


def _members(cells: pd.DataFrame) -> dict[str, frozenset[str]]:
    held = cells.dropna(subset=["grid_code"])
    return {str(code): frozenset(own.astype(str)) for code, own in held.groupby("grid_code")["cell_id"]}


def _fill_in(
    chosen: list[str | None], codes: list[str], fills: Mapping[str, str], grids: gpd.GeoDataFrame
) -> list[str]:
    near: list[set[int]] = [set() for _ in codes]
    for a, b in neighbours(grids).tolist():
        near[a].add(b)
        near[b].add(a)
    spare = colour_grids(grids)
    for at, code in enumerate(codes):
        if chosen[at] is None:
            taken = {chosen[other] for other in near[at]}
            wished = [fills[code]] if code in fills else []
            free = [colour for colour in (*wished, *PALETTE, spare[at]) if colour not in taken]
            chosen[at] = free[0] if free else spare[at]
    return [colour or spare[at] for at, colour in enumerate(chosen)]
