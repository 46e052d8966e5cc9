"""A part laid out as a diagram for pricing: what its groups cost under some duals, and where they lie."""

from dataclasses import dataclass

import numpy as np

from optimize.diagram import Diagram, build_diagram
from optimize.diagram_bound import find_extreme
from optimize.diagram_list import list_ways, open_field
from optimize.diagram_terms import (
    AREA_SIDE,
    KEPT_SIDE,
    OUTLINE_SIDE,
    SIZE_SIDE,
    X_SIDE,
    Y_SIDE,
    Terms,
)
from optimize.pricing_duals import Duals, Marks
from optimize.pricing_floors import Floors, build_floors
from optimize.pricing_sums import AREA, FIRST_X, FIRST_Y, OUTLINE
from optimize.problem import FloatArray, IntArray, Problem
from optimize.stop import Stop
from optimize.units import Units, join_dead_ends

_SPARE = 1e-6  # relative, by which a box is larger than the groups in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What does not depend on duals.

    Attributes
    ----------
    box
        float64 (10, 2), sides that hold all groups, what they keep of today's grids aside.
    marks, mark_team, mark_variant
        What can be counted along a way of the diagram: touching a compound, or continuing one of today's
        grids; int64 (m,), which, or -1.
    """

    diagram: Diagram
    box: FloatArray
    marks: Marks
    mark_team: IntArray
    mark_variant: IntArray


def lay_ground(problem: Problem, units: Units) -> Ground | None:
    """Lay a part out; None where its diagram would be too large. Units are not joined yet."""
    units = join_dead_ends(units, problem.min_households)
    if units.is_torn or len(units) == 0:
        return None
    floors = build_floors(problem, units, 1)
    diagram = build_diagram(units, floors.pairs, floors.team_units, floors.team_of)
    if diagram is None:
        return None
    return _mark(diagram, _build_box(problem, diagram, floors), problem, units, floors)


def weigh_ground(ground: Ground | None, problem: Problem, units: Units) -> Ground | None:
    """Give the ground of the same part under other weights: only its marks depend on them.

    Both problems must weigh compounds or neither: the diagram counts those only if they cost something.
    """
    if ground is None:
        return None
    units = join_dead_ends(units, problem.min_households)
    return _mark(ground.diagram, ground.box, problem, units, build_floors(problem, units, 1))


def _mark(diagram: Diagram, box: FloatArray, problem: Problem, units: Units, floors: Floors) -> Ground:
    """Mark the compounds too large for a grid, and today's grids that one grid at most can continue."""
    weight, least, lower, upper, team, variant = [], [], [], [], [], []
    mine = np.zeros(problem.n_cells, np.bool_)
    mine[list(units.all_cells())] = True
    for at, compound in enumerate(floors.teams.tolist()):
        load = int(problem.households[mine & (problem.compound_idx == compound)].sum())
        need = -(-load // max(problem.max_households, 1))
        if need > 1:
            row = np.zeros(len(units))
            row[floors.team_units[floors.team_of == at]] = 1.0
            weight.append(row)
            least.append(1.0)
            lower.append(float(need))
            upper.append(np.inf)
            team.append(at)
            variant.append(-1)
    for at in range(1, len(floors.variants)):
        weight.append(floors.kept[at])
        least.append(floors.keep_from[at])
        lower.append(0.0)
        upper.append(1.0)
        team.append(-1)
        variant.append(at)
    marks = Marks(
        weight=np.array(weight).reshape(-1, len(units)),
        least=np.array(least, np.float64),
        lower=np.array(lower, np.float64),
        upper=np.array(upper, np.float64),
    )
    return Ground(
        diagram=diagram,
        box=box,
        marks=marks,
        mark_team=np.array(team, np.int64),
        mark_variant=np.array(variant, np.int64),
    )


def _build_box(problem: Problem, diagram: Diagram, floors: Floors) -> FloatArray:
    """Bound the areas, outlines and centres of all groups in the band."""
    amount = floors.sums.amount
    nothing = np.zeros(len(floors.pairs))
    band = (problem.min_households, problem.max_households)
    box = np.zeros((KEPT_SIDE, 2))
    box[:5, 1] = np.maximum(amount[:, :5], 0).sum(axis=0)
    box[SIZE_SIDE] = band
    for side, of, cut in ((AREA_SIDE, AREA, nothing), (OUTLINE_SIDE, OUTLINE, floors.outline)):
        for end, sign in ((0, 1.0), (1, -1.0)):
            least = find_extreme(diagram, floors, sign * amount[:, of], sign * cut, band)
            box[side, end] = sign * least
        slack = _SPARE * float(np.abs(amount[:, of]).sum() + cut.sum())
        box[side] = max(box[side, 0] - slack, 0.0), max(box[side, 1] + slack, box[side, 0])
    area = np.where(amount[:, AREA] > 0, amount[:, AREA], 1.0)
    for side, of in ((X_SIDE, FIRST_X), (Y_SIDE, FIRST_Y)):
        centre = np.where(amount[:, AREA] > 0, amount[:, of] / area, 0.0)
        slack = _SPARE * (1.0 + float(np.abs(centre).max(initial=0.0)))
        box[side] = centre.min(initial=0.0) - slack, centre.max(initial=0.0) + slack
    return box


def price_teams(floors: Floors, ground: Ground | None, duals: Duals) -> FloatArray:
    """Give what touching each compound costs less what it brings."""
    price = floors.team_price.copy()
    if ground is not None:
        of = ground.mark_team
        np.subtract.at(price, of[of >= 0], duals.mark_price[of >= 0])
    return price


def list_on_ground(
    ground: Ground, floors: Floors, duals: Duals, reach: float, stop: Stop, most: tuple[int, int]
) -> tuple[list[np.ndarray], int, bool]:
    """List the groups that may be in reach, as rows of booleans; tell the work done and whether complete."""
    fixed = np.full(len(floors.variants), -duals.grid)
    of = ground.mark_variant
    np.subtract.at(fixed, of[of >= 0], duals.mark_price[of >= 0])
    team_price = price_teams(floors, ground, duals)
    n_today = len(floors.variants) - 1
    variants = []
    for at in range(len(floors.variants)):
        # A group that continues none holds no more than half of any.
        sides = np.zeros((n_today if at == 0 else 1, 2))
        sides[:, 1] = floors.keep_from[1:] - 1.0 if at == 0 else floors.kept[at].sum()
        if at > 0:
            sides[0, 0] = floors.keep_from[at]
        terms = Terms(
            alone=floors.bare + floors.variants[at] - duals.unit,
            cut=floors.cut,
            crossed=floors.crossed,
            outline=floors.outline,
            team_price=team_price,
            by_size=floors.target,
            kept=np.ascontiguousarray((floors.kept[1:] if at == 0 else floors.kept[at : at + 1]).T),
            fixed=fixed[at : at + 1],
            sums=floors.sums,
        )
        if (sides[:, 0] <= sides[:, 1]).all():
            variants.append((terms, np.concatenate([ground.box, sides])))
    return list_ways(open_field(ground.diagram, floors.pairs), variants, reach, stop, most)
