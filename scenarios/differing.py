"""Which plans of a community are worth showing: those that differ, and none that is worse in everything."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from optimize.alternatives import OWN, PRESETS, count_apart, dominates
from optimize.costs import COSTS
from optimize.problem import Problem
from optimize.result import Result
from scenarios.chosen import cost_of

Named = tuple[tuple[str, ...], Result]
"""The wishes under which a plan is the best, and the plan."""

OTHER = "other_"
"""How the names of plans begin that are offered because they differ."""

_LOOKED_AT = tuple(sorted({cost for weights in PRESETS.values() for cost in weights}))
_ALIKE = 0.02  # share of the households below which two plans count as alike, as `optimize.alternatives` does


def choose_different(problem: Problem, results: Mapping[str, Result]) -> tuple[Named, ...]:
    """Join the names of equal plans, drop those too like another and dominated ones; the first stays."""
    least = _ALIKE * float(problem.households.sum())
    groups: list[tuple[list[str], Result]] = []
    for name, result in results.items():
        same = [names for names, known in groups if np.array_equal(known.labels, result.labels)]
        if same:
            same[0].append(name)
        elif all(count_apart(problem, result.labels, known.labels) >= least for _, known in groups):
            groups.append(([name], result))
    totals = [totals_of(result) for _, result in groups]
    return tuple(
        (tuple(names), result)
        for at, (names, result) in enumerate(groups)
        if at == 0 or not any(dominates(other, totals[at], _LOOKED_AT) for other in totals)
    )


def drop_worse(found: Sequence[Named]) -> tuple[Named, ...]:
    """Leave out plans offered only because they differ where one of as many grids is better in everything."""
    totals = [totals_of(result) for _, result in found]
    sizes = [n_grids_of(result) for _, result in found]
    return tuple(
        item
        for at, item in enumerate(found)
        if not item[0][0].startswith(OTHER)
        or not any(
            dominates(totals[other], totals[at], _LOOKED_AT)
            for other in range(len(found))
            if sizes[other] == sizes[at]
        )
    )


def find_gain(result: Result, first: Result) -> str:
    """Tell in what a plan is better than the first one: see `alternatives.Alternative.gain`."""
    if n_grids_of(result) != n_grids_of(first):
        return "n_grids"
    mine, its = totals_of(result), totals_of(first)
    gains = {name: (its[name] - mine[name]) / max(abs(its[name]), 1e-9) for name in COSTS}
    best = max(gains, key=lambda name: gains[name])
    return best if gains[best] > 1e-6 else ""


def best_first(results: Mapping[str, Result], weights: Mapping[str, float]) -> Mapping[str, Result]:
    """Put in the place of the plan found under the planner's own weights any other that is cheaper by them.

    A search may find for another wish what it missed for this one.
    """
    own = results.get(OWN)
    if own is None:
        return results
    rivals = [result for result in results.values() if result.status == own.status != "relaxed"]
    best = min(rivals, key=lambda result: cost_of(result, weights), default=own)
    objective = cost_of(best, weights)
    if objective >= own.objective * (1 - 1e-9):
        return results
    gap = max(0.0, (objective - own.lower_bound) / objective) if objective > 0 else 0.0
    return {**results, OWN: replace(best, objective=objective, lower_bound=own.lower_bound, gap=gap)}


def totals_of(result: Result) -> dict[str, float]:
    """Give the value of every cost over the whole plan."""
    return {name: float(np.sum(values)) for name, values in result.costs.items()}


def n_grids_of(result: Result) -> int:
    """Count the grids of a plan."""
    return int(result.labels.max(initial=-1)) + 1
