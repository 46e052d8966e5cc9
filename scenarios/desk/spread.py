"""Where cells without a home go: the neighbouring grid that takes them at the least cost inside the band."""

from collections.abc import Collection, Mapping, Sequence

from optimize.costs import total_cost
from optimize.groups import Groups
from optimize.problem import Problem
from scenarios.desk.ground import DeskGround
from scenarios.desk.plan import DeskPlan, cells_of_grids
from scenarios.rules import GridRules


def spread(
    plan: DeskPlan,
    ground: DeskGround,
    units: Sequence[Sequence[str]],
    closed: Collection[str],
    rules: GridRules,
    weights: Mapping[str, float],
) -> dict[str, str]:
    """Give groups of cells, all of one community, to grids that border them, the best fit first.

    A grid fits better the fewer households it has above the maximum afterwards, then the less the plan costs,
    which counts borders, sizes and everything else that the planner weighs.

    Parameters
    ----------
    units
        Groups of cells that stay together.
    closed
        Grids that take nothing.

    Returns
    -------
    dict
        Cell → grid; groups that no open grid can reach are not in it.
    """
    if not units:
        return {}
    community = ground.community_of(units[0][0])
    own = ground.cells_of(community)
    adrift = {cell for unit in units for cell in unit}
    grids = cells_of_grids(plan.grid_of_cell, [cell for cell in own if cell not in adrift])
    grids = {code: cells for code, cells in grids.items() if code not in closed}
    problem = ground.problem(community, rules, weights)
    position = {cell: at for at, cell in enumerate(own)}
    home = {cell: code for code, cells in grids.items() for cell in cells}
    left = [list(unit) for unit in units]
    scores: dict[tuple[int, str], tuple[float, float]] = {}
    found: dict[str, str] = {}
    while True:
        for at, unit in enumerate(left):
            for code in _borders(ground, unit, home):
                if (at, code) not in scores:
                    scores[at, code] = _score(problem, position, grids[code], unit)
        if not scores:
            return found
        at, code = min(scores, key=lambda key: (scores[key], key))
        found |= dict.fromkeys(left[at], code)
        home |= dict.fromkeys(left[at], code)
        grids[code] = [*grids[code], *left[at]]
        left[at] = []
        # The grid that has grown fits anew, and the unit that is placed needs no grid any more.
        scores = {key: value for key, value in scores.items() if key[0] != at and key[1] != code}


def _borders(ground: DeskGround, unit: Sequence[str], home: Mapping[str, str]) -> set[str]:
    return {home[other] for cell in unit for other, _, _ in ground.neighbours(cell) if other in home}


def _score(
    problem: Problem, position: Mapping[str, int], grid: Sequence[str], unit: Sequence[str]
) -> tuple[float, float]:
    before = [position[cell] for cell in grid]
    after = before + [position[cell] for cell in unit]
    groups = Groups.from_sets([before, after], problem.households)
    cost = total_cost(problem, groups)
    excess = max(0, int(groups.households[1]) - problem.max_households)
    return float(excess), float(cost[1] - cost[0])
