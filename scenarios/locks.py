"""What a planner has fixed, in the planner's words, and as the engines understand it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from optimize.problem import Locks
from scenarios.errors import RuleError


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
        Pairs of cell ids that must, or must not, share a grid.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    whole: tuple[frozenset[str], ...] = ()
    together: tuple[tuple[str, str], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()


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


def check_locks(locks: GridLocks, community_of: Mapping[str, str]) -> None:
    """Refuse locks on what is not there.

    Parameters
    ----------
    community_of
        Cell id → community code, of the whole project.

    Raises
    ------
    RuleError
        `unknown_cells`, `lock_across_communities`, `unknown_community`, `lock_count_too_small`.
    """
    for cells in (*locks.whole, *map(frozenset, locks.together), *map(frozenset, locks.apart)):
        unknown = sorted(cells - community_of.keys())
        if unknown:
            raise RuleError("unknown_cells", cells=unknown)
        if len({community_of[cell] for cell in cells}) > 1:
            raise RuleError("lock_across_communities", cells=sorted(cells))
    strangers = sorted(locks.counts.keys() - set(community_of.values()))
    if strangers:
        raise RuleError("unknown_community", communities=strangers)
    if any(count < 1 for count in locks.counts.values()):
        raise RuleError("lock_count_too_small")
