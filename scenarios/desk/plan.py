"""What lies on the desk: which cell is in which grid, what each grid is called, what is locked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

BASE, DEDICATED = "base", "dedicated"
"""The kinds of a grid: a base one holds homes, a dedicated one an institution and need not keep the band."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridEntry:
    """What a person says of a grid; `institution_id` is that of a dedicated grid, if it is named."""

    name: str
    kind: str = BASE
    institution_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskLocks:
    """What stays as it is: cells in their grids, whole grids, whole communities, or everything."""

    cells: frozenset[str] = frozenset()
    grids: frozenset[str] = frozenset()
    communities: frozenset[str] = frozenset()
    everything: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPlan:
    """A plan as a person works on it.

    Attributes
    ----------
    grid_of_cell
        Every cell of the project → code of its grid, None where it is in none.
    grids
        Code → entry, of exactly the grids that have cells.
    locks
        What no edit may move.
    """

    grid_of_cell: Mapping[str, str | None]
    grids: Mapping[str, GridEntry]
    locks: DeskLocks = field(default_factory=DeskLocks)


def may_have_any_size(plan: DeskPlan, code: str) -> bool:
    """Tell whether a grid need not keep the band: it is dedicated, or a person has locked it as it is."""
    entry = plan.grids.get(code)
    return code in plan.locks.grids or (entry is not None and entry.kind == DEDICATED)


def cells_of_grids(
    grid_of_cell: Mapping[str, str | None], among: Iterable[str] | None = None
) -> dict[str, list[str]]:
    """List the cells of each grid, of some cells or of all, in the order of the cells."""
    cells: dict[str, list[str]] = {}
    for cell in grid_of_cell if among is None else among:
        code = grid_of_cell.get(cell)
        if code is not None:
            cells.setdefault(code, []).append(cell)
    return cells
