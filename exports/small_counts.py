"""Counts below three of a place are hidden, and others with them where a sum would give them away.

What statistical offices call primary and secondary suppression (Hundepool et al. 2012, Statistical Disclosure
Control, ch. 4, doi:10.1002/9781118348239). A count of 0 says nothing of anybody and stays. Sums over a whole
community and over the whole sub-district stay; so that they give nothing away, a sum has no hidden part or at
least two that it does not settle. The true values stay in the frames, marked: sums are made of them.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exports.request import Request
from exports.texts import Texts
from scenarios.outcome import Outcome

SMALL = 3
"""Counts below this are hidden: of so few, a single person might be recognised."""

COUNTS = ("households", "residents")
_MARK = "_hidden"
_KNOWS = COUNTS[0] + _MARK
_TELLING = {"cost_target_size": "households", "cost_residents_off": "residents"}
"""Cost of a grid → the count that can be worked out from it."""

_MOVED = "cost_moved"
"""Households of a grid that change grid: a count itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """Which counts are hidden, bool (n,); and the parents whose sum must be hidden as well."""

    hidden: NDArray[np.bool_]
    exposed: frozenset[Hashable]


def is_small(count: int) -> bool:
    """Tell whether a count says too much of too few."""
    return 0 < count < SMALL


def cover(counts: Sequence[int], parents: Sequence[Hashable | None], forced: Iterable[int] = ()) -> Cover:
    """Choose what to hide of counts whose sums by parent are told.

    Parameters
    ----------
    counts, parents
        n counts and what each adds up to, None for nothing that is told.
    forced
        Positions hidden in any case, whatever their count.
    """
    own, sure = list(counts), set(forced)
    hidden = np.array([is_small(count) or at in sure for at, count in enumerate(own)], np.bool_)
    exposed: set[Hashable] = set()
    rows: dict[Hashable, list[int]] = {}
    for at, parent in enumerate(parents):
        rows.setdefault(parent, []).append(at)
    for parent, group in rows.items():
        others = sorted((at for at in group if not hidden[at] and own[at] > 0), key=lambda at: (own[at], at))
        while parent is not None and _settled([at for at in group if hidden[at]], own, sure):
            if not others:
                exposed.add(parent)
                break
            hidden[others.pop(0)] = True
    return Cover(hidden=hidden, exposed=frozenset(exposed))


def _settled(hidden: Sequence[int], counts: Sequence[int], forced: set[int]) -> bool:
    """Tell whether the sum of some hidden counts leaves no doubt about one of them."""
    if len(hidden) < 2:
        return len(hidden) == 1
    if any(not is_small(counts[at]) or at in forced for at in hidden):
        return False
    # All of them are known to be 1 or 2: a sum of all ones or all twos says which.
    total = sum(counts[at] for at in hidden)
    return total in (len(hidden), 2 * len(hidden))


def hide_small_counts(request: Request) -> Request:
    """Mark what is to be hidden, and say beside the sources of the data what the sign stands for."""
    outcome = _marked(request.outcome)
    others = tuple(_marked(other) for other in request.others)
    hides = any(frame[name + _MARK].any() for frame in (outcome.cells, outcome.grids) for name in COUNTS)
    note = request.texts("exports.small_counts_note") if hides else ""
    return replace(request, outcome=outcome, others=others, note=note)


def _marked(outcome: Outcome) -> Outcome:
    """Give the outcome with a column of marks for each count of cells and grids."""
    cells, grids = outcome.cells, outcome.grids
    for name in COUNTS:
        of_cell, of_grid = _cover_plan(cells, grids, name)
        cells = cells.assign(**{name + _MARK: of_cell})
        grids = grids.assign(**{name + _MARK: of_grid})
    return replace(outcome, cells=cells, grids=grids)


def _cover_plan(
    cells: pd.DataFrame, grids: pd.DataFrame, name: str
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Choose which cells and grids to hide; cells add up to grids and compounds, grids to communities."""
    counts = [int(count) for count in cells[name]]
    grid = [_key(code) for code in cells["grid_code"]]
    compound = [_key(code) for code in cells["compound_id"]]
    by_compound = cover(counts, compound)
    inner = cover(counts, grid, np.flatnonzero(by_compound.hidden).tolist())
    codes = [str(code) for code in grids["code"]]
    forced = [at for at, code in enumerate(codes) if code in inner.exposed]
    outer = cover([int(count) for count in grids[name]], [str(c) for c in grids["community_code"]], forced)
    hidden = inner.hidden.copy()
    # A hidden grid whose cells are all shown would be their sum.
    for at in np.flatnonzero(outer.hidden):
        own = [k for k, code in enumerate(grid) if code == codes[at] and counts[k] > 0]
        if own and not hidden[own].any():
            hidden[min(own, key=lambda k: (counts[k], k))] = True
    return hidden, outer.hidden


def _key(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def mark_moves(moves: pd.DataFrame, *, hide: bool) -> pd.DataFrame:
    """Mark the counts of moves between grids that are hidden; what all of them come to is told."""
    if not hide:
        return moves
    for name in set(COUNTS) & set(moves.columns):
        found = cover([int(count) for count in moves[name]], ["all"] * len(moves))
        moves = moves.assign(**{name + _MARK: found.hidden})
    return moves


def is_hidden(row: Mapping[str, object], name: str) -> bool:
    """Tell whether a count of a row is hidden."""
    return bool(row.get(name + _MARK))


def count_of_row(texts: Texts, row: Mapping[str, object], name: str) -> str:
    """Write a count of a row, or the sign for one that is hidden."""
    if is_hidden(row, name):
        return texts("exports.hidden_count")
    return texts.number(round(float(str(row[name]))))


def tells_hidden(row: Mapping[str, object], cost: str) -> bool:
    """Tell whether a cost of a grid would give a hidden count away."""
    if cost == _MOVED and _KNOWS in row:
        return is_small(round(float(str(row[cost]))))
    told = _TELLING.get(cost)
    return told is not None and is_hidden(row, told)


def without_hidden(frame: gpd.GeoDataFrame, columns: Sequence[str]) -> gpd.GeoDataFrame:
    """Give some columns with nothing in the place of what is hidden, for files that hold numbers."""
    kept = frame[list(columns)]
    for name in COUNTS:
        if name in kept and frame.get(name + _MARK, default=pd.Series(False)).any():
            kept = kept.assign(**{name: kept[name].astype("Int64").mask(frame[name + _MARK])})
    rows = frame.drop(columns="geometry").to_dict("records")
    for cost in (_MOVED, *_TELLING):
        if cost in kept:
            kept = kept.assign(**{cost: kept[cost].mask([tells_hidden(row, cost) for row in rows])})
    return kept


__all__ = [
    "COUNTS",
    "SMALL",
    "Cover",
    "count_of_row",
    "cover",
    "hide_small_counts",
    "is_hidden",
    "is_small",
    "mark_moves",
    "tells_hidden",
    "without_hidden",
]
