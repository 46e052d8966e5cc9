"""A lower bound for plans that were found by search: valid always, close rarely.

The boundary part is the eigenvalue bound of Donath and Hoffman (1973), Lower bounds for the partitioning of
graphs, doi:10.1147/rd.175.0420, with households as the measure. For indicator vectors X of the grids, XᵀDX is
the diagonal of their households, so Σ cut(S) = tr XᵀLX is at least Σ λᵢ Wᵢ, the smallest eigenvalues of L on
D against the largest grids. As every cell is in one grid, adding diag(u) to L adds Σu: u is moved to make the
bound large.
"""

from collections.abc import Sequence

import numpy as np

from optimize.costs import COSTS
from optimize.problem import FloatArray, Problem

_FLOPS = 3e9  # about a second of dense eigenvalues
_MOST_STEPS = 60
_MOST_CELLS = 800  # above, dense eigenvalues take seconds and hundreds of megabytes


def bound_cost(problem: Problem, grids: range) -> float:
    """Bound the objective of every plan that holds the band and has a number of grids in `grids`.

    Returns
    -------
    float
        In metres; inf when `grids` is empty.
    """
    values = np.array(
        [sum(_rate(problem, name) * COSTS[name].least(problem, k) for name in COSTS) for k in grids]
    )
    if _rate(problem, "boundary") and len(grids) and problem.n_cells <= _MOST_CELLS:
        values += _rate(problem, "boundary") * _Laplacian(problem).bound(
            [_extreme_sizes(problem, k) for k in grids]
        )
    return float(values.min(initial=np.inf))


def bound_any_plan(problem: Problem) -> float:
    """Bound the objective of every plan of any sizes: the outline is always paid, nothing else is sure."""
    return _rate(problem, "boundary") * float(problem.outer_m.sum())


def _rate(problem: Problem, name: str) -> float:
    return float(problem.weights.get(name, 0.0)) * COSTS[name].metres_per_unit


def _extreme_sizes(problem: Problem, k: int) -> FloatArray:
    """Give the households of k grids, descending, that are as unequal as the band allows.

    The bound is concave in the sizes, so it is least at a corner of what is allowed; corners are alike.
    """
    low, high = float(problem.min_households), float(problem.max_households)
    sizes = np.full(k, low)
    spare = max(float(problem.households.sum()) - k * low, 0.0)
    for index in range(k):
        step = min(spare, high - low)
        sizes[index] += step
        spare -= step
    return sizes


class _Laplacian:
    """The community's borders as a matrix on the cells with households; empty cells are eliminated."""

    def __init__(self, problem: Problem) -> None:
        n = problem.n_cells
        length = problem.border_m * problem.border_factor
        a, b = problem.edges[:, 0], problem.edges[:, 1]
        full = np.zeros((n, n))
        full[a, b] = full[b, a] = -length
        full[np.arange(n), np.arange(n)] = -full.sum(axis=1)
        held = problem.households > 0
        self._root = np.sqrt(problem.households[held].astype(np.float64))
        reduced = full[np.ix_(held, held)]
        if not held.all():
            # An empty cell is free to take any value: the least of tr XᵀLX over it is the Schur complement.
            cross = full[np.ix_(held, ~held)]
            reduced = reduced - cross @ np.linalg.pinv(full[np.ix_(~held, ~held)], hermitian=True) @ cross.T
        self._matrix = reduced / self._root[:, None] / self._root[None, :]

    def bound(self, sizes: Sequence[FloatArray]) -> FloatArray:
        """Bound Σ cut(S) over partitions into grids of given sizes, descending, for each list of sizes.

        The shift is made best for the first list; it holds for all.
        """
        from scipy.optimize import minimize  # noqa: PLC0415 - takes memory that large maps do not need

        n = len(self._root)
        lists = [entry[:n] for entry in sizes]
        best = np.zeros(len(lists))
        if n == 0:
            return best
        weight = self._root**2

        def negated(shift: FloatArray) -> tuple[float, FloatArray]:
            value, slope = self._value(shift / weight, lists[0])
            return -value, -slope / weight

        steps = int(max(1, min(_MOST_STEPS, _FLOPS / (10 * n**3))))
        options = {"maxfun": steps, "maxiter": steps}
        found = minimize(negated, np.zeros(n), jac=True, method="L-BFGS-B", options=options)
        for shift in (np.zeros(n), found.x / weight):
            values = self._eigenvalues(shift, max(map(len, lists)))
            sums = [values[: len(entry)] @ entry - shift @ weight for entry in lists]
            best = np.maximum(best, sums)
        return best * (1 - 1e-9)  # eigenvalues carry rounding

    def _eigenvalues(self, shift: FloatArray, count: int) -> FloatArray:
        from scipy.linalg import eigh  # noqa: PLC0415 - as above

        matrix = self._matrix + np.diag(shift)
        return np.asarray(eigh(matrix, eigvals_only=True, subset_by_index=(0, count - 1), driver="evr"))

    def _value(self, shift: FloatArray, sizes: FloatArray) -> tuple[float, FloatArray]:
        """Give the bound under a shift per household of each cell, and its slope."""
        from scipy.linalg import eigh  # noqa: PLC0415 - as above

        matrix = self._matrix + np.diag(shift)
        values, vectors = eigh(matrix, subset_by_index=(0, len(sizes) - 1), driver="evr")
        weight = self._root**2
        return float(values @ sizes - shift @ weight), (vectors**2) @ sizes - weight
