"""Measure a plan on the desk: only the communities that an edit touched are measured anew."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from scenarios.desk.ground import DeskGround
from scenarios.desk.plan import DeskPlan, cells_of_grids, may_have_any_size
from scenarios.rules import GridRules
from scenarios.stability import match_grids


@dataclass(frozen=True, slots=True, kw_only=True)
class GridMeasures:
    """What a grid is, counted from its cells.

    Attributes
    ----------
    in_band
        Whether its households lie between minimum and maximum. A dedicated or locked grid need not.
    n_pieces, loose
        Pieces it falls into, and the cells of all but the largest one.
    moved
        Households that have another grid today.
    """

    code: str
    community_code: str
    households: int
    residents: int
    n_cells: int
    in_band: bool
    n_pieces: int
    loose: tuple[str, ...]
    area_m2: float
    perimeter_m: float
    moved: int

    @property
    def contiguous(self) -> bool:
        """Whether the grid is one piece."""
        return self.n_pieces == 1

    @property
    def polsby_popper(self) -> float:
        """Compactness: 4π · area / perimeter², 1 for a disc."""
        return 4 * np.pi * self.area_m2 / self.perimeter_m**2 if self.perimeter_m > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRule:
    """One hard rule that the plan breaks.

    `code` is one of `below_minimum`, `above_maximum`, `not_contiguous`, `unassigned` (`grid` is None then);
    `cells` are those to look at.
    """

    code: str
    community_code: str
    grid: str | None
    cells: tuple[str, ...]
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityMeasures:
    """One community's grids by code, its unassigned cells, and every hard rule broken in it."""

    grids: Mapping[str, GridMeasures]
    unassigned: tuple[str, ...]
    broken: tuple[BrokenRule, ...]
    compounds_split: int

    @property
    def moved(self) -> int:
        """Households that have another grid today."""
        return sum(item.moved for item in self.grids.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMeasures:
    """A whole plan, community by community, and all its grids by code."""

    communities: Mapping[str, CommunityMeasures]
    grids: Mapping[str, GridMeasures] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Listed once: who draws a thousand grids asks for each of them.
        grids = {code: item for part in self.communities.values() for code, item in part.grids.items()}
        object.__setattr__(self, "grids", grids)

    @property
    def unassigned(self) -> tuple[str, ...]:
        """All cells in no grid."""
        return tuple(cell for part in self.communities.values() for cell in part.unassigned)

    @property
    def broken(self) -> tuple[BrokenRule, ...]:
        """Every hard rule that is broken."""
        return tuple(rule for part in self.communities.values() for rule in part.broken)


def measure_plan(
    plan: DeskPlan,
    ground: DeskGround,
    rules: GridRules,
    *,
    known: PlanMeasures | None = None,
    cells: Iterable[str] = (),
    codes: Iterable[str] = (),
) -> PlanMeasures:
    """Measure a plan; where it was measured before, only where cells moved or grids changed.

    Parameters
    ----------
    known
        Measures of the plan before, under the same rules and on the same ground.
    cells, codes
        Cells that moved since, and grids whose kind or lock changed.
    """
    if known is None:
        return PlanMeasures(
            communities={code: measure_community(plan, ground, rules, code) for code in ground.members}
        )
    touched = {ground.community_of(cell) for cell in cells}
    wanted = set(codes)
    touched |= {name for name, part in known.communities.items() if wanted & part.grids.keys()}
    anew = {code: measure_community(plan, ground, rules, code) for code in touched}
    return PlanMeasures(communities={**known.communities, **anew})


def measure_community(
    plan: DeskPlan, ground: DeskGround, rules: GridRules, community: str
) -> CommunityMeasures:
    """Measure one community's grids from its cells."""
    own = ground.cells_of(community)
    moved = _moved(plan, ground, own)
    grids = {
        code: _measure_grid(ground, rules, code, community, cells, moved.get(code, 0))
        for code, cells in sorted(cells_of_grids(plan.grid_of_cell, own).items())
    }
    unassigned = tuple(cell for cell in own if plan.grid_of_cell.get(cell) is None)
    broken = [rule for code, item in grids.items() for rule in _broken(plan, rules, code, item)]
    if unassigned:
        facts = {"n_cells": len(unassigned)}
        broken.append(
            BrokenRule(code="unassigned", community_code=community, grid=None, cells=unassigned, facts=facts)
        )
    return CommunityMeasures(
        grids=grids,
        unassigned=unassigned,
        broken=tuple(broken),
        compounds_split=_count_split(plan, ground, own),
    )


def find_pieces(ground: DeskGround, cells: Sequence[str]) -> list[list[str]]:
    """Divide cells into pieces that hang together by borders, the one with most households first."""
    left = dict.fromkeys(cells)
    pieces: list[list[str]] = []
    while left:
        queue = [next(iter(left))]
        del left[queue[0]]
        for cell in queue:
            for other, _, _ in ground.neighbours(cell):
                if other in left:
                    del left[other]
                    queue.append(other)
        pieces.append(queue)
    return sorted(pieces, key=lambda piece: (-_households(ground, piece), -len(piece), piece[0]))


def _households(ground: DeskGround, cells: Sequence[str]) -> int:
    return int(ground.households[[ground.place[cell] for cell in cells]].sum())


def _measure_grid(
    ground: DeskGround, rules: GridRules, code: str, community: str, cells: Sequence[str], moved: int
) -> GridMeasures:
    at = np.array([ground.place[cell] for cell in cells], np.int64)
    inside = set(cells)
    shared = sum(border for cell in cells for other, border, _ in ground.neighbours(cell) if other in inside)
    pieces = find_pieces(ground, cells)
    households = int(ground.households[at].sum())
    return GridMeasures(
        code=code,
        community_code=community,
        households=households,
        residents=int(ground.residents[at].sum()),
        n_cells=len(cells),
        in_band=rules.min_households <= households <= rules.max_households,
        n_pieces=len(pieces),
        loose=tuple(cell for piece in pieces[1:] for cell in piece),
        area_m2=float(ground.area_m2[at].sum()),
        # Each border inside is seen from both of its cells, as in the sum of their outlines.
        perimeter_m=float(ground.perimeter_m[at].sum()) - shared,
        moved=moved,
    )


def _broken(plan: DeskPlan, rules: GridRules, code: str, item: GridMeasures) -> list[BrokenRule]:
    found = []
    facts: dict[str, object] = {"households": item.households}
    own = tuple(cell for cell, grid in plan.grid_of_cell.items() if grid == code) if not item.in_band else ()
    if not item.in_band and not may_have_any_size(plan, code):
        low = item.households < rules.min_households
        limit = {"min_households": rules.min_households, "max_households": rules.max_households}
        found.append(
            BrokenRule(
                code="below_minimum" if low else "above_maximum",
                community_code=item.community_code,
                grid=code,
                cells=own,
                facts=facts | limit,
            )
        )
    if not item.contiguous:
        found.append(
            BrokenRule(
                code="not_contiguous",
                community_code=item.community_code,
                grid=code,
                cells=item.loose,
                facts={"n_pieces": item.n_pieces},
            )
        )
    return found


def _moved(plan: DeskPlan, ground: DeskGround, own: Sequence[str]) -> dict[str, int]:
    """Count for each grid the households that are not with the successor of their grid of today."""
    at = [ground.place[cell] for cell in own]
    today = [ground.today[position] for position in at]
    if not any(today):
        return {}
    grid = [plan.grid_of_cell.get(cell) for cell in own]
    households = ground.households[at]
    index = range(len(own))
    successor = match_grids(
        pd.Series(today, index=index, dtype=object),
        pd.Series(grid, index=index, dtype=object),
        pd.Series(households, index=index),
    )
    moved: dict[str, int] = {}
    for before, after, count in zip(today, grid, households.tolist(), strict=True):
        if before is not None and after is not None and successor.get(after) != before:
            moved[after] = moved.get(after, 0) + count
    return moved


def _count_split(plan: DeskPlan, ground: DeskGround, own: Sequence[str]) -> int:
    grids: dict[str, set[str]] = {}
    for cell in own:
        compound, code = ground.compound[ground.place[cell]], plan.grid_of_cell.get(cell)
        if compound is not None and code is not None:
            grids.setdefault(compound, set()).add(code)
    return sum(len(codes) > 1 for codes in grids.values())
