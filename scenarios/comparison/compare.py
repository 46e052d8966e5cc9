"""Compare outcomes: who moves, which grids and borders change.

Pure functions of outcomes. Grids of two plans are matched one to one so that as many households as possible
stay; a household moves when its grid is not the one that succeeds the grid it had.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from scenarios.outcome import Outcome

_CELL = 1e-6  # a shared cell counts only between matches of equal households
_BESIDE_DEG = 1e-5  # about a metre: as far as noding moves a border where a community is cut anew
_SHORT_DEG = 3e-5  # what is left of such borders at their ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Households that go from a grid of the first plan to one of the second; None is no grid."""

    before: str | None
    after: str | None
    households: int
    residents: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GridChange:
    """What becomes of one grid.

    Attributes
    ----------
    before, after
        Its code in either plan; None where it has no predecessor, or no successor.
    community_code
        In the second plan, or in the first where it is gone.
    households
        Before and after: after = before + came - left + built - gone.
    built, gone
        Households that are only in the second outcome's facts, or only in the first's.
    """

    before: str | None
    after: str | None
    community_code: str
    households: tuple[int, int]
    came: tuple[Flow, ...]
    left: tuple[Flow, ...]
    built: int
    gone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The difference between two outcomes.

    Attributes
    ----------
    successor
        Code in the first plan → code of the grid that succeeds it.
    flows
        Of those that move.
    changes
        One per grid that is not as it was.
    cells
        Ids of the cells of the second outcome whose grid is not the successor of the one they were in.
    """

    first: str
    second: str
    successor: Mapping[str, str]
    flows: tuple[Flow, ...]
    changes: tuple[GridChange, ...]
    cells: tuple[str, ...]

    @property
    def households_moved(self) -> int:
        """Households that live in both outcomes and change grid."""
        return sum(flow.households for flow in self.flows if flow.before and flow.after)

    def keeps_code(self, before: str) -> bool:
        """Tell whether the grid that succeeds one of the first plan bears its code still."""
        return self.successor.get(before) == before

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return not (self.flows or self.changes or self.cells)


def compare(first: Outcome, second: Outcome) -> Comparison:
    """Compare two outcomes of one project, whose facts and communities may differ."""
    shared = share_households(first.cells, second.cells)
    successor = match(shared)
    moved = shared[_moves(shared, successor)]
    changes = _list_changes(first, second, shared, successor)
    return Comparison(
        first=first.scenario,
        second=second.scenario,
        successor=successor,
        flows=_list_flows(moved),
        changes=changes,
        cells=tuple(dict.fromkeys(str(cell) for cell in moved["cell"])),
    )


def share_households(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Find who lives in both outcomes, and in which grids.

    Cells of the same id hold the same homes: the smaller figure stays, the rest is built or gone. Cells that
    were cut anew are matched by the ground that they lie on.

    Returns
    -------
    DataFrame
        `cell` (id in the second), `old_cell`, `before`, `after` (grid codes or None), `households`,
        `residents`.
    """
    old, new = first.set_index("cell_id", drop=False), second.set_index("cell_id", drop=False)
    both = old.index.intersection(new.index, sort=False)
    rows = pd.DataFrame({"old_cell": both.to_numpy(), "cell": both.to_numpy()})
    lost, fresh = old[~old.index.isin(both)], new[~new.index.isin(both)]
    rows = pd.concat([rows, _same_ground(lost, fresh)], ignore_index=True)
    for column in ("households", "residents"):
        rows[column] = _shared_amounts(rows, old[column], new[column])
    rows["before"] = _codes(old["grid_code"].reindex(rows["old_cell"]))
    rows["after"] = _codes(new["grid_code"].reindex(rows["cell"]))
    return rows


def match(shared: pd.DataFrame) -> dict[str, str]:
    """Match the grids of two plans one to one, so that as many households as possible stay.

    Source: Kuhn, The Hungarian method for the assignment problem (1955), through SciPy.
    """
    known = shared.dropna(subset=["before", "after"])
    if known.empty:
        return {}
    before, old = np.unique(known["before"].to_numpy(str), return_inverse=True)
    after, new = np.unique(known["after"].to_numpy(str), return_inverse=True)
    table = np.zeros((len(before), len(after)))
    np.add.at(table, (old, new), known["households"].to_numpy(np.float64) + _CELL)
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - half a second to load

    rows, columns = linear_sum_assignment(table, maximize=True)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return {str(before[row]): str(after[column]) for row, column in pairs if table[row, column] > 0}


def moved_borders(
    first: Outcome, second: Outcome, changes: Sequence[GridChange]
) -> tuple[gpd.GeoSeries, ...]:
    """Give the borders that go and those that come, lines in EPSG:4490, of the communities that change."""
    codes = {item.community_code for item in changes}
    old = _outlines(first.grids[first.grids["community_code"].isin(codes)])
    new = _outlines(second.grids[second.grids["community_code"].isin(codes)])
    return tuple(
        gpd.GeoSeries(
            [part for part in shapely.get_parts(shapely.line_merge(lines)) if part.length > _SHORT_DEG],
            crs=first.grids.crs,
        )
        for lines in (
            shapely.difference(old, shapely.buffer(new, _BESIDE_DEG)),
            shapely.difference(new, shapely.buffer(old, _BESIDE_DEG)),
        )
    )


def _list_flows(moved: pd.DataFrame) -> tuple[Flow, ...]:
    flows = []
    keyed = moved.assign(_b=moved["before"].fillna(""), _a=moved["after"].fillna(""))
    for (before, after), rows in keyed.groupby(["_b", "_a"], sort=True):
        if rows["households"].sum() + rows["residents"].sum() > 0:
            flows.append(
                Flow(
                    before=str(before) or None,
                    after=str(after) or None,
                    households=int(rows["households"].sum()),
                    residents=int(rows["residents"].sum()),
                    cells=tuple(str(cell) for cell in rows["cell"]),
                )
            )
    return tuple(flows)


def _list_changes(
    first: Outcome, second: Outcome, shared: pd.DataFrame, successor: Mapping[str, str]
) -> tuple[GridChange, ...]:
    old = first.grids.set_index("code")
    new = second.grids.set_index("code")
    from_old = shared.groupby("before")["households"].sum()
    from_new = shared.groupby("after")["households"].sum()
    flows = _list_flows(shared[_moves(shared, successor)])
    predecessor = {after: before for before, after in successor.items()}
    pairs: list[tuple[str | None, str | None]] = [(predecessor.get(code), code) for code in new.index]
    pairs += [(code, None) for code in old.index if code not in successor]
    changes = []
    for before, after in pairs:
        homes = (
            0 if before is None else int(old.loc[before, "households"]),
            0 if after is None else int(new.loc[after, "households"]),
        )
        change = GridChange(
            before=before,
            after=after,
            community_code=str(
                old.loc[before, "community_code"] if after is None else new.loc[after, "community_code"]
            ),
            households=homes,
            came=tuple(flow for flow in flows if after is not None and flow.after == after),
            left=tuple(flow for flow in flows if before is not None and flow.before == before),
            built=homes[1] - int(from_new.get(after, 0)) if after is not None else 0,
            gone=homes[0] - int(from_old.get(before, 0)) if before is not None else 0,
        )
        if before is None or after is None or change.came or change.left or change.built or change.gone:
            changes.append(change)
    return tuple(changes)


def _same_ground(lost: pd.DataFrame, fresh: pd.DataFrame) -> pd.DataFrame:
    """Match cells of either tiling whose ids the other lacks, where the heart of one lies in the other."""
    if lost.empty or fresh.empty:
        return pd.DataFrame({"old_cell": [], "cell": []}, dtype=object)
    tree = shapely.STRtree(fresh["geometry"].to_numpy())
    heart = shapely.point_on_surface(lost["geometry"].to_numpy())
    at, where = tree.query(heart, predicate="intersects")
    back_tree = shapely.STRtree(lost["geometry"].to_numpy())
    back_heart = shapely.point_on_surface(fresh["geometry"].to_numpy())
    back_at, back_where = back_tree.query(back_heart, predicate="intersects")
    pairs = sorted(
        {
            *zip(at.tolist(), where.tolist(), strict=True),
            *zip(back_where.tolist(), back_at.tolist(), strict=True),
        }
    )
    # Homes of a compound stay homes of that compound, however its ground is divided.
    old_of, new_of = lost["compound_id"].tolist(), fresh["compound_id"].tolist()
    alike = [(a, b) for a, b in pairs if _same_compound(old_of[a], new_of[b])]
    return pd.DataFrame(
        {
            "old_cell": [lost["cell_id"].iloc[a] for a, _ in alike],
            "cell": [fresh["cell_id"].iloc[b] for _, b in alike],
        },
        dtype=object,
    )


def _same_compound(one: object, other: object) -> bool:
    return (pd.isna(one) and pd.isna(other)) or one == other


def _shared_amounts(rows: pd.DataFrame, old: pd.Series, new: pd.Series) -> NDArray[np.int64]:
    """Give each pair of cells what is left of both, in order, so that nobody is counted twice."""
    left_old = {str(cell): int(count) for cell, count in old.items()}
    left_new = {str(cell): int(count) for cell, count in new.items()}
    amounts = np.zeros(len(rows), np.int64)
    for position, (one, other) in enumerate(zip(rows["old_cell"], rows["cell"], strict=True)):
        amounts[position] = min(left_old[one], left_new[other])
        left_old[one] -= int(amounts[position])
        left_new[other] -= int(amounts[position])
    return amounts


def _codes(values: pd.Series) -> list[str | None]:
    return [code if isinstance(code, str) else None for code in values.astype(object)]


def _moves(shared: pd.DataFrame, successor: Mapping[str, str]) -> NDArray[np.bool_]:
    """Tell who is not where the successor of their grid is; no grid is succeeded by no grid."""
    pairs = zip(shared["before"], shared["after"], strict=True)
    return np.array(
        [
            isinstance(after, str) if not isinstance(before, str) else successor.get(before, "") != after
            for before, after in pairs
        ],
        dtype=np.bool_,
    )


def _outlines(grids: gpd.GeoDataFrame) -> shapely.Geometry:
    return (
        shapely.union_all(shapely.boundary(grids.geometry.to_numpy())) if len(grids) else shapely.LineString()
    )
