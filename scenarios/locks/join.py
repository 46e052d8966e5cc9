"""Wishes to the engine and locks on the desk, joined: what a proposal must keep, and which codes stay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path

from scenarios.desk.plan import DeskPlan, cells_of_grids, may_have_any_size
from scenarios.desk.rows import read_stored
from scenarios.locks.wanted import GridLocks, locks_of
from scenarios.plan import KeptName
from scenarios.project.connect import reading
from scenarios.project.frames import parsing


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLocks:
    """What a proposal must keep.

    Attributes
    ----------
    locks
        For the engines: the planner's wishes with what is locked on the desk.
    wishes
        The planner's wishes alone.
    settled
        Communities that stay as they are.
    names
        Cell id → code, name and kind that the grid holding it keeps.
    desk
        Cell id → code of its grid, of every cell locked on the desk.
    loose
        Cells locked on the desk that lie in no grid, and so in none that is proposed.
    """

    locks: GridLocks
    wishes: GridLocks
    settled: frozenset[str] = frozenset()
    names: Mapping[str, KeptName] = field(default_factory=dict)
    desk: Mapping[str, str] = field(default_factory=dict)
    loose: frozenset[str] = frozenset()


def join_locks(wishes: GridLocks, plan: DeskPlan, community_of: Mapping[str, str]) -> KeptLocks:
    """Join the wishes to the engine with the locks on the desk.

    Locked and dedicated grids stay as they are. Locked cells stay with the other locked cells of their grid
    and apart from those of other grids. All these grids, and those that are wished to stay, keep code, name
    and kind. A locked community stays as it is.

    Parameters
    ----------
    plan
        What lies on the desk, with its locks; cells that are gone since do not count.
    community_of
        Community code of every cell of the project.
    """
    locks = plan.locks
    grids = {
        code: [cell for cell in cells if cell in community_of]
        for code, cells in cells_of_grids(plan.grid_of_cell).items()
    }
    whole = {code: cells for code, cells in grids.items() if cells and may_have_any_size(plan, code)}
    held = {
        code: [c for c in cells if c in locks.cells] for code, cells in grids.items() if code not in whole
    }
    held = {code: cells for code, cells in held.items() if cells}
    anchors = {code: cells[0] for code, cells in held.items()}
    apart = [
        (one, other)
        for one, other in combinations(anchors.values(), 2)
        if community_of[one] == community_of[other]
    ]
    wished = {code: cells for code, cells in grids.items() if frozenset(cells) in set(wishes.whole)}
    places = anchors | {code: cells[0] for code, cells in (whole | wished).items()}
    return KeptLocks(
        wishes=wishes,
        # Those on the desk first: of two locks that contradict each other, the later one is set aside.
        locks=replace(
            wishes,
            whole=(*(frozenset(cells) for cells in whole.values()), *wishes.whole),
            together=(
                *((cells[0], other) for cells in held.values() for other in cells[1:]),
                *wishes.together,
            ),
            apart=(*apart, *wishes.apart),
        ),
        settled=frozenset(community_of.values()) if locks.everything else locks.communities,
        names={
            cell: KeptName(code=code, name=plan.grids[code].name, kind=plan.grids[code].kind)
            for code, cell in places.items()
        },
        desk={cell: code for code, cells in (whole | held).items() for cell in cells},
        loose=frozenset(
            cell for cell in locks.cells & community_of.keys() if plan.grid_of_cell.get(cell) is None
        ),
    )


def keeps_desk(kept: KeptLocks, grid_of_cell: Mapping[str, str | None]) -> bool:
    """Tell whether the plan of a community leaves every cell locked on the desk, and no locked grid grows."""
    held = {cell: code for cell, code in kept.desk.items() if cell in grid_of_cell}
    whole = {held[next(iter(cells))] for cells in kept.locks.whole if cells <= held.keys()}
    grown = any(code in whole and cell not in held for cell, code in grid_of_cell.items())
    taken = any(grid_of_cell.get(cell) is not None for cell in kept.loose)
    return not grown and not taken and all(grid_of_cell[cell] == code for cell, code in held.items())


def held_alike(one: KeptLocks, other: KeptLocks, community: str, cell_ids: Sequence[str]) -> bool:
    """Tell whether two sets of locks ask the same of a community."""
    if (community in one.settled) != (community in other.settled):
        return False
    if any(one.desk.get(cell) != other.desk.get(cell) for cell in cell_ids):
        return False
    if (one.loose ^ other.loose) & set(cell_ids):
        return False
    return locks_of(one.locks, community, cell_ids) == locks_of(other.locks, community, cell_ids)


def read_desk_plan(path: Path, scenario: str) -> DeskPlan | None:
    """Read what lies on a scenario's desk, or None where it has no plan.

    Raises
    ------
    StoreError
        `cannot_read`.
    """
    with reading(path) as connection, parsing(path):
        stored = read_stored(connection, scenario)
    return stored.plan if stored is not None else None
