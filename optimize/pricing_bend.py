"""Choose where the planes under the Polsby-Popper cost touch it, so that they say most of a plan at hand."""

from collections.abc import Sequence

import numpy as np

from optimize.costs.polsby_popper import measure_true_outlines
from optimize.costs.sums import sum_cells
from optimize.groups import Groups
from optimize.pricing_sums import Bend, planes_kernel
from optimize.problem import Problem

# One range: with more, the planes come closer, but a listing then takes minutes.
_TOUCHES = np.linspace(0.6, 1.4, 17)  # of the mean outline
_MOSTS = np.linspace(1.0, 2.0, 21)


def bend_for(problem: Problem, grids: Sequence[Sequence[int]]) -> Bend:
    """Try some bends of one range on the grids of a plan and give the best; any would hold."""
    groups = Groups.from_sets(grids, problem.households)
    outline = measure_true_outlines(problem, groups)
    area = sum_cells(problem.area_m2, groups)
    mean = float(outline.mean()) if len(outline) else 0.0
    if mean <= 0 or not problem.weights.get("polsby_popper", 0.0):
        return Bend((1.0,), (1.0,))
    best, least = Bend((mean,), (mean,)), -1.0
    for touch in (mean * _TOUCHES).tolist():
        for most in (mean * _MOSTS[mean * _MOSTS >= touch]).tolist():
            bend = np.array([[touch], [most]])
            value = sum(planes_kernel(bend, a, p) for a, p in zip(area, outline, strict=True))
            if value > least:
                best, least = Bend((touch,), (most,)), value
    return best
