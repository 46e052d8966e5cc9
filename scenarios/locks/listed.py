"""The locks of a scenario as a planner lists them: one entry each, in words that outlive the next proposal.

`scenarios.locks.wanted.GridLocks` is what all entries together ask of the engines.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from scenarios.errors import RuleError
from scenarios.locks.wanted import GridLocks, keep_grids, put_in_grids

LockKind = Literal["count", "grid", "together", "apart", "border", "in_grid"]
Pair = tuple[str, str]

PlanOf = Mapping[str, str | None]
"""Cell id → code of its grid, None where it is in none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """One thing that a planner has fixed.

    Attributes
    ----------
    kind
        `count`: a community has so many grids. `grid`: a grid stays as it is. `together`, `apart`: two cells
        share a grid, or do not. `border`: two grids stay divided where their border is. `in_grid`: a cell
        belongs to a grid.
    cells
        Of a grid, its cells; of the others, the cells that a planner named.
    pairs
        Cells on either side of a border; the cell of `in_grid` with the heart of its grid.
    codes
        Codes that the grids bore when they were locked; only for reading.
    """

    kind: LockKind
    community: str
    cells: tuple[str, ...] = ()
    pairs: tuple[Pair, ...] = ()
    codes: tuple[str, ...] = ()
    n_grids: int = 0

    @property
    def touched(self) -> frozenset[str]:
        """Every cell that the lock speaks of."""
        return frozenset(self.cells).union(*self.pairs)


def lock_count(community: str, n_grids: int) -> Lock:
    """Ask for a number of grids.

    Raises
    ------
    RuleError
        `lock_count_too_small`.
    """
    if n_grids < 1:
        raise RuleError("lock_count_too_small")
    return Lock(kind="count", community=community, n_grids=n_grids)


def lock_grid(community: str, code: str, plan: PlanOf) -> Lock:
    """Keep a grid as it is.

    Raises
    ------
    RuleError
        `unknown_grids`.
    """
    (cells,) = keep_grids([code], plan)
    return Lock(kind="grid", community=community, cells=tuple(sorted(cells)), codes=(code,))


def lock_pair(kind: Literal["together", "apart"], pair: Pair, community_of: Mapping[str, str]) -> Lock:
    """Ask that two cells share a grid, or that they do not.

    Raises
    ------
    RuleError
        `lock_same_cell`, `unknown_cells`, `lock_across_communities`.
    """
    first, second = pair
    if first == second:
        raise RuleError("lock_same_cell", cell=first)
    unknown = [cell for cell in pair if cell not in community_of]
    if unknown:
        raise RuleError("unknown_cells", cells=unknown)
    if community_of[first] != community_of[second]:
        raise RuleError("lock_across_communities", cells=list(pair))
    return Lock(kind=kind, community=community_of[first], cells=pair)


def lock_border(community: str, codes: Pair, plan: PlanOf, neighbours: Iterable[Pair]) -> Lock:
    """Keep the border between two grids: every two cells that face each other across it stay apart.

    Parameters
    ----------
    neighbours
        Pairs of cells that share a border.

    Raises
    ------
    RuleError
        `no_border_between`.
    """
    wanted = set(codes)
    pairs = tuple((a, b) for a, b in neighbours if {plan.get(a), plan.get(b)} == wanted)
    if len(wanted) < 2 or not pairs:
        raise RuleError("no_border_between", grids=sorted(wanted))
    return Lock(kind="border", community=community, pairs=pairs, codes=codes)


def lock_in_grid(community: str, cell: str, code: str, plan: PlanOf, households: Mapping[str, int]) -> Lock:
    """Put a cell into a grid of the plan: where that grid has its heart, there the cell belongs.

    Raises
    ------
    RuleError
        `unknown_cells`, `unknown_grids`, `lock_across_communities`, `alone_in_grid`.
    """
    pairs = put_in_grids([(cell, code)], plan, households)
    if not pairs:
        raise RuleError("alone_in_grid", cell=cell, grid=code)
    return Lock(kind="in_grid", community=community, cells=(cell,), pairs=pairs, codes=(code,))


def add_lock(locks: tuple[Lock, ...], new: Lock) -> tuple[Lock, ...]:
    """Add a lock; a community has one number of grids, and nothing is locked twice."""
    kept = tuple(
        item
        for item in locks
        if not (item.kind == new.kind == "count" and item.community == new.community)
        and _meaning(item) != _meaning(new)
    )
    return (*kept, new)


def join_list(locks: Iterable[Lock]) -> GridLocks:
    """Give what all locks together ask of the engines."""
    items = list(locks)
    return GridLocks(
        counts={item.community: item.n_grids for item in items if item.kind == "count"},
        whole=tuple(frozenset(item.cells) for item in items if item.kind == "grid"),
        together=tuple(pair for item in items for pair in _tied(item)),
        apart=tuple(pair for item in items for pair in _parted(item)),
    )


def still_there(locks: Iterable[Lock], cells: Iterable[str], communities: Iterable[str]) -> tuple[Lock, ...]:
    """Give the locks whose community and cells are all there still: cells cut anew may have other names."""
    known, codes = frozenset(cells), frozenset(communities)
    return tuple(item for item in locks if item.community in codes and item.touched <= known)


def holds(lock: Lock, plan: PlanOf, n_grids: int) -> bool:
    """Tell whether a plan already does what a lock asks for; `n_grids` is its community's number of grids."""
    if lock.kind == "count":
        return lock.n_grids == n_grids
    if lock.kind == "grid":
        cells = frozenset(lock.cells)
        codes = {plan.get(cell) for cell in cells}
        return len(codes) == 1 and None not in codes and cells == {c for c, g in plan.items() if g in codes}
    tied = all(plan.get(a) is not None and plan.get(a) == plan.get(b) for a, b in _tied(lock))
    return tied and all(plan.get(a) != plan.get(b) for a, b in _parted(lock))


def list_to_json(locks: Iterable[Lock]) -> list[dict[str, Any]]:
    """Write locks as what JSON knows."""
    return [asdict(item) for item in locks]


def list_from_json(items: Iterable[Mapping[str, Any]]) -> tuple[Lock, ...]:
    """Read locks back."""
    return tuple(
        replace(
            Lock(**item),
            cells=tuple(item["cells"]),
            pairs=tuple((a, b) for a, b in item["pairs"]),
            codes=tuple(item["codes"]),
        )
        for item in items
    )


def _tied(lock: Lock) -> tuple[Pair, ...]:
    if lock.kind == "together":
        return ((lock.cells[0], lock.cells[1]),)
    return lock.pairs if lock.kind == "in_grid" else ()


def _parted(lock: Lock) -> tuple[Pair, ...]:
    if lock.kind == "apart":
        return ((lock.cells[0], lock.cells[1]),)
    return lock.pairs if lock.kind == "border" else ()


def _meaning(lock: Lock) -> tuple[object, ...]:
    """Give what makes two locks the same, whatever their codes and order."""
    pairs = frozenset(frozenset(pair) for pair in lock.pairs)
    return lock.kind, lock.community, frozenset(lock.cells), pairs, lock.n_grids
