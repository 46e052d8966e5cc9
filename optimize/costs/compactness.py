"""How far a grid's shape is from a disc, by its moment of inertia."""

import numpy as np

from optimize.costs.cost import Cost
from optimize.costs.sums import sum_cells
from optimize.groups import Groups
from optimize.problem import FloatArray, Problem


def compactness(problem: Problem, groups: Groups) -> FloatArray:
    """Give the moment of inertia of each group over that of a disc of the same area, less 1; 0 is a disc.

    Cells count as discs at their centroids (parallel axis theorem), so a grid of one cell gives 0. Cells
    around one another would be rounder than a disc by that reckoning; they count as one.

    Two square cells of 100 m side by side: 2π (2 · 10,000 · 50² + 2 · 10,000² / 2π) / 20,000² - 1 = 0.285.

    References
    ----------
    Li, Goodchild, Church (2013), An efficient measure of compactness for two-dimensional shapes and its
    application in regionalization problems, doi:10.1080/13658816.2012.752093.
    """
    # Moments about a point near the cells: far away, the difference of large squares would lose digits.
    area = problem.area_m2
    x = problem.x_m - problem.x_m.mean()
    y = problem.y_m - problem.y_m.mean()
    about_origin = area * (x * x + y * y) + area * area / (2.0 * np.pi)
    group_area, first_x, first_y, second = (
        sum_cells(values, groups) for values in (area, area * x, area * y, about_origin)
    )
    safe_area = np.where(group_area > 0, group_area, 1.0)
    inertia = second - (first_x**2 + first_y**2) / safe_area
    return np.where(group_area > 0, np.maximum(2.0 * np.pi * inertia / safe_area**2 - 1.0, 0.0), 0.0)


# A grid three times as wide as long has 0.7; it costs about as much as its 200 m of longer boundary.
COMPACTNESS = Cost(
    name="compactness", factor="territory", unit="ratio", metres_per_unit=300.0, per_group=compactness
)
