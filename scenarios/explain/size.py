"""Why a grid is not larger or smaller: what moving one cell across its border would do, by arithmetic."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from scenarios.desk.ground import DeskGround
from scenarios.desk.measure import find_pieces
from scenarios.desk.plan import cells_of_grids
from scenarios.explain.people import name_compounds
from scenarios.rules import GridRules

Why = Literal["over_max", "below_min", "other_below_min", "other_over_max", "breaks", "other_breaks", "free"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One cell moved across the border.

    Attributes
    ----------
    cell_id, compound, households
        The cell, the name of its compound (empty where it is in none), and the households in it.
    total
        Households of the grid after it.
    other, other_total
        The grid on the other side, None for cells in no grid, and its households after it.
    why
        What then stands against it, first of: the grid itself above the maximum or below the minimum, the
        other grid so, the grid itself or the other in pieces; `free` where nothing does.
    splits
        Name of the compound, whole in one grid so far, that the step would split; None where it splits none.
    """

    cell_id: str
    compound: str
    households: int
    total: int
    other: str | None
    other_total: int
    why: Why
    splits: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Every inhabited cell that could be taken in (or given away), and the telling one for each reason."""

    n: int
    counts: Mapping[str, int]
    examples: Mapping[str, Step]


def find_room(
    ground: DeskGround, grid_of_cell: Mapping[str, str | None], rules: GridRules, code: str
) -> tuple[Room, Room]:
    """Look at every single cell that the grid could take in, and at every one that it could give away."""
    own = cells_of_grids(grid_of_cell)[code]
    community = ground.community_of(own[0])
    cells = cells_of_grids(grid_of_cell, ground.cells_of(community))
    names = name_compounds(ground)
    desk = _Desk(ground=ground, grid_of_cell=grid_of_cell, rules=rules, cells=cells, names=names)
    return _sum_up(_taken(desk, code)), _sum_up(_given(desk, code))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    ground: DeskGround
    grid_of_cell: Mapping[str, str | None]
    rules: GridRules
    cells: Mapping[str, list[str]]
    names: Mapping[str, str]

    def households(self, cells: list[str]) -> int:
        return int(self.ground.households[[self.ground.place[cell] for cell in cells]].sum())

    def total(self, code: str | None) -> int:
        return self.households(self.cells[code]) if code is not None else 0

    def is_whole_without(self, code: str | None, cell: str) -> bool:
        left = [other for other in self.cells.get(code or "", []) if other != cell]
        return len(find_pieces(self.ground, left)) <= 1

    def compound(self, cell: str) -> str:
        compound = self.ground.compound[self.ground.place[cell]]
        return "" if compound is None else self.names.get(compound, compound)

    def splits(self, cell: str) -> str | None:
        """Give the compound that loses a cell to another grid while the rest of it is in one."""
        ground = self.ground
        compound = ground.compound[ground.place[cell]]
        if compound is None:
            return None
        others = [other for other in ground.cells_of(ground.community_of(cell)) if other != cell]
        rest = [other for other in others if ground.compound[ground.place[other]] == compound]
        grids = {self.grid_of_cell.get(other) for other in rest}
        return self.compound(cell) if grids == {self.grid_of_cell.get(cell)} else None

    def step(self, cell: str, *, total: int, other: str | None, other_total: int, why: Why) -> Step:
        """Describe the step of a cell from or to the grid in question."""
        return Step(
            cell_id=cell,
            compound=self.compound(cell),
            households=self.households([cell]),
            total=total,
            other=other,
            other_total=other_total,
            why=why,
            splits=self.splits(cell),
        )

    def around(self, code: str) -> dict[str, set[str]]:
        """Give the cells beside the grid, and for each the cells of the grid it touches."""
        found: dict[str, set[str]] = {}
        for cell in self.cells[code]:
            for other, _, _ in self.ground.neighbours(cell):
                if self.grid_of_cell.get(other) != code:
                    found.setdefault(other, set()).add(cell)
        return found


def _taken(desk: _Desk, code: str) -> Iterator[Step]:
    held = desk.total(code)
    for cell in sorted(desk.around(code)):
        count, other = desk.households([cell]), desk.grid_of_cell.get(cell)
        if not count:
            continue
        total, left = held + count, desk.total(other) - count if other is not None else 0
        why: Why = "free"
        if total > desk.rules.max_households:
            why = "over_max"
        elif other is not None and left < desk.rules.min_households:
            why = "other_below_min"
        elif other is not None and not desk.is_whole_without(other, cell):
            why = "other_breaks"
        yield desk.step(cell, total=total, other=other, other_total=left, why=why)


def _given(desk: _Desk, code: str) -> Iterator[Step]:
    held = desk.total(code)
    takers: dict[str, set[str]] = {}
    for other, touched in desk.around(code).items():
        taker = desk.grid_of_cell.get(other)
        for cell in touched if taker is not None else ():
            takers.setdefault(cell, set()).add(str(taker))
    for cell in sorted(takers):
        count = desk.households([cell])
        if not count:
            continue
        # Of the grids that could have it, the one with most room speaks for all.
        other = min(takers[cell], key=lambda taker: (desk.total(taker), taker))
        total, grown = held - count, desk.total(other) + count
        why: Why = "free"
        if total < desk.rules.min_households:
            why = "below_min"
        elif grown > desk.rules.max_households:
            why = "other_over_max"
        elif not desk.is_whole_without(code, cell):
            why = "breaks"
        yield desk.step(cell, total=total, other=other, other_total=grown, why=why)


def _sum_up(steps: Iterator[Step]) -> Room:
    """Count the reasons; the smallest cell stands for each: it comes nearest to being allowed."""
    counts: dict[str, int] = {}
    examples: dict[str, Step] = {}
    for step in steps:
        counts[step.why] = counts.get(step.why, 0) + 1
        known = examples.get(step.why)
        if known is None or step.households < known.households:
            examples[step.why] = step
    return Room(n=sum(counts.values()), counts=counts, examples=examples)
