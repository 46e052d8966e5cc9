"""What a planner has fixed, in the planner's words, and as the engines understand it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from optimize.problem import Locks
from scenarios.errors import RuleError, raise_together


@dataclass(frozen=True, slots=True, kw_only=True)
class GridLocks:
    """Fixed parts of a plan.

    Attributes
    ----------
    counts
        Community code → number of grids it must have.
    whole
        Sets of cell ids that stay one grid each, whatever their size.
    together, apart
        Pairs of cell ids that must, or must not, share a grid. A border that must stay is a pair kept apart:
        the cells on either side of it.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    whole: tuple[frozenset[str], ...] = ()
    together: tuple[tuple[str, str], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()


def add_locks(first: GridLocks, second: GridLocks) -> GridLocks:
    """Join two sets of locks; of two numbers of grids for a community the second counts."""
    return GridLocks(
        counts={**first.counts, **second.counts},
        whole=(*first.whole, *second.whole),
        together=(*first.together, *second.together),
        apart=(*first.apart, *second.apart),
    )


def locks_of(locks: GridLocks, community_code: str, cell_ids: Sequence[str]) -> Locks:
    """Give the locks of one community; `cell_ids` are its cells in the problem's order."""
    place = {cell: position for position, cell in enumerate(cell_ids)}

    def pairs(wanted: tuple[tuple[str, str], ...]) -> tuple[tuple[int, int], ...]:
        return tuple((place[a], place[b]) for a, b in wanted if a in place and b in place)

    whole = tuple(frozenset(place[cell] for cell in cells) for cells in locks.whole if cells <= place.keys())
    return Locks(
        together=pairs(locks.together),
        apart=pairs(locks.apart),
        whole=whole,
        n_grids=locks.counts.get(community_code),
    )


def words_of(locks: Locks, community_code: str, cell_ids: Sequence[str]) -> GridLocks:
    """Give the locks of one community's problem in the planner's words: the way back from `locks_of`."""
    count = {} if locks.n_grids is None else {community_code: locks.n_grids}
    return GridLocks(
        counts=count,
        whole=tuple(frozenset(cell_ids[cell] for cell in cells) for cells in locks.whole),
        together=tuple((cell_ids[a], cell_ids[b]) for a, b in locks.together),
        apart=tuple((cell_ids[a], cell_ids[b]) for a, b in locks.apart),
    )


def locks_mark(locks: GridLocks, community_code: str, cell_ids: Sequence[str]) -> str:
    """Give a short text that tells the locks of one community from others; empty where it has none."""
    own = words_of(locks_of(locks, community_code, cell_ids), community_code, cell_ids)
    if own == GridLocks():
        return ""
    meant = (
        sorted(own.counts.items()),
        sorted(sorted(cells) for cells in own.whole),
        sorted({tuple(sorted(pair)) for pair in own.together}),
        sorted({tuple(sorted(pair)) for pair in own.apart}),
    )
    return hashlib.sha256(repr(meant).encode()).hexdigest()[:12]


def keep_grids(codes: Sequence[str], grid_of_cell: Mapping[str, str | None]) -> tuple[frozenset[str], ...]:
    """Give the cells of the grids of a stored plan that are to stay whole.

    Raises
    ------
    RuleError
        `unknown_grids`.
    """
    cells: dict[str, set[str]] = {}
    for cell, code in grid_of_cell.items():
        if code is not None:
            cells.setdefault(code, set()).add(cell)
    unknown = sorted(set(codes) - cells.keys())
    if unknown:
        raise RuleError("unknown_grids", grids=unknown)
    return tuple(frozenset(cells[code]) for code in dict.fromkeys(codes))


def put_in_grids(
    wanted: Sequence[tuple[str, str]], grid_of_cell: Mapping[str, str | None], households: Mapping[str, int]
) -> tuple[tuple[str, str], ...]:
    """Turn "this cell into that grid of the stored plan" into pairs that must share a grid.

    A grid is where its heart is: the cell with the most households, other than the one that is moved.

    Parameters
    ----------
    wanted
        Pairs of cell id and grid code.

    Raises
    ------
    RuleError
        `unknown_grids`; `unknown_cells` for a cell that is no cell of the project.
    """
    unknown = sorted({cell for cell, _ in wanted} - grid_of_cell.keys())
    if unknown:
        raise RuleError("unknown_cells", cells=unknown)
    codes = list(dict.fromkeys(code for _, code in wanted))
    grids = dict(zip(codes, keep_grids(codes, grid_of_cell), strict=True))
    pairs = []
    for cell, code in wanted:
        others = sorted(grids[code] - {cell}, key=lambda other: (-households.get(other, 0), other))
        pairs += [(cell, others[0])] if others else []
    return tuple(pairs)


def check_locks(locks: GridLocks, community_of: Mapping[str, str]) -> None:
    """Refuse locks on what is not there, with everything that is wrong.

    Parameters
    ----------
    community_of
        Cell id → community code, of the whole project.

    Raises
    ------
    RuleError
        `unknown_cells`, `lock_across_communities`, `unknown_community`, `lock_count_too_small`.
    """
    raise_together(faults_of_locks(locks, community_of))


def faults_of_locks(locks: GridLocks, community_of: Mapping[str, str]) -> list[RuleError]:
    """List what `check_locks` refuses."""
    sets = [*locks.whole, *map(frozenset, locks.together), *map(frozenset, locks.apart)]
    faults = []
    unknown = sorted(frozenset[str]().union(*sets) - community_of.keys())
    if unknown:
        faults.append(RuleError("unknown_cells", cells=unknown))
    faults += [
        RuleError("lock_across_communities", cells=sorted(cells))
        for cells in sets
        if len({community_of[cell] for cell in cells if cell in community_of}) > 1
    ]
    strangers = sorted(locks.counts.keys() - set(community_of.values()))
    if strangers:
        faults.append(RuleError("unknown_community", communities=strangers))
    if any(count < 1 for count in locks.counts.values()):
        faults.append(RuleError("lock_count_too_small"))
    return faults
