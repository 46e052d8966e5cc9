"""The linear relaxation of choosing groups, with a bound that float noise cannot make wrong.

It is solved by column generation over all listed groups, so that the solver only ever holds a few hundred of
them. The bound is computed from the duals here, not taken from the solver: any duals give a valid one.
"""

from dataclasses import dataclass, replace

import numpy as np
from numba import njit

from optimize.arrays import floats, ints, members
from optimize.highs import RestrictedLp
from optimize.pool import Pool
from optimize.problem import FloatArray, IntArray
from optimize.stop import Stop

_NOISE = 1e-9  # relative error granted to sums of float64 terms; a few thousand times what they can have
_COLUMNS_PER_ROUND = 60
_CERTAIN = 1e-6  # with all costs zero, a bound above this contradicts any plan
_NOTHING: IntArray = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """What the duals say: a safe bound, and the reduced cost of every group.

    Every plan costs at least `bound` plus the reduced costs of any of its groups that are above zero;
    `columns` and `value` are the last fractional solution.
    """

    bound: float
    reduced: FloatArray
    columns: IntArray
    value: FloatArray
    feasible: bool


@njit(
    "Tuple((float64[::1], int64[::1]))(int64[::1], int32[::1], float64[::1], float64[::1])",
    cache=True,
    nogil=True,
)
def _price(
    indptr: np.ndarray, cells: np.ndarray, cost: np.ndarray, dual: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Give the reduced cost of every group, and for each unit the group of the lowest that holds it."""
    n_groups = len(cost)
    reduced = np.empty(n_groups)
    lowest = np.zeros(len(dual))
    best = np.full(len(dual), -1, np.int64)
    for group in range(n_groups):
        value = cost[group]
        for at in range(indptr[group], indptr[group + 1]):
            value -= dual[cells[at]]
        reduced[group] = value
        if value < 0:
            for at in range(indptr[group], indptr[group + 1]):
                if value < lowest[cells[at]]:
                    lowest[cells[at]] = value
                    best[cells[at]] = group
    return reduced, best


def price(pool: Pool, dual: FloatArray) -> tuple[FloatArray, IntArray, float]:
    """Price all groups with the duals of units and sides.

    Returns
    -------
    reduced, best, bound
        float64 (k,) reduced costs; int64 (n_units,) the group of the lowest negative reduced cost that
        holds each unit, or -1; a lower bound on the cost of every plan, rounded down by more than
        float64 sums can err.
    """
    unit_dual, side_dual = dual[: pool.n_units], dual[pool.n_units :].copy()
    adjusted, value, size = pool.cost, float(unit_dual.sum()), float(np.abs(unit_dual).sum())
    for at, side in enumerate(pool.sides):
        limit = side.lower if side_dual[at] > 0 else side.upper
        if not np.isfinite(limit):
            continue  # a multiplier of that sign proves nothing; 0 is always allowed
        adjusted = adjusted - side_dual[at] * side.coefficient
        value += side_dual[at] * limit
        size += abs(side_dual[at] * limit)
    reduced, best = _price(
        ints(pool.groups.indptr), members(pool.groups.members), floats(adjusted), floats(unit_dual)
    )
    below = min(0.0, float(reduced.min(initial=0.0)))
    return reduced, best, value + pool.max_chosen * below - _NOISE * (size + abs(value))


def relax(pool: Pool, stop: Stop) -> Relaxation:
    """Solve the linear relaxation by column generation; stopping early leaves a valid, weaker bound."""
    top = float(pool.cost.max(initial=0.0)) or 1.0
    model = RestrictedLp(pool, penalty=top * pool.max_chosen)
    # Without duals every group's reduced cost is its cost, and costs are not negative.
    bound, reduced = 0.0, pool.cost
    columns, value, needs_more = _NOTHING, np.zeros(0), False
    fresh = _first_columns(pool)
    while True:
        model.add(fresh)
        dual = model.solve()
        if dual is None:  # the solver failed: what is known so far stays valid
            break
        columns, value = model.solution()
        needs_more = model.uses_artificials()
        new_reduced, best, new_bound = price(pool, dual)
        if new_bound > bound:
            bound, reduced = new_bound, new_reduced
        fresh = model.unseen(_entering(new_reduced, best, _NOISE * top))
        if len(fresh) == 0 or stop():
            break
    return Relaxation(
        bound=bound,
        reduced=reduced,
        columns=columns,
        value=value,
        feasible=not needs_more,
    )


def _first_columns(pool: Pool) -> IntArray:
    """Start with the groups that are cheapest per unit covered: a fair first guess of the duals."""
    sizes = np.maximum(np.diff(pool.groups.indptr), 1)
    count = min(len(sizes), 4 * pool.n_units)
    if count == 0:
        return np.zeros(0, np.int64)
    return np.sort(np.argpartition(pool.cost / sizes, count - 1)[:count])


def _entering(reduced: FloatArray, best: IntArray, threshold: float) -> IntArray:
    """Choose the groups to add: the best for each unit, and the most negative of all."""
    count = min(len(reduced), _COLUMNS_PER_ROUND)
    if count == 0:
        return np.zeros(0, np.int64)
    lowest = np.argpartition(reduced, count - 1)[:count]
    chosen = np.unique(np.concatenate([best[best >= 0], lowest]))
    return np.asarray(chosen[reduced[chosen] < -threshold])


def is_impossible(pool: Pool, stop: Stop) -> bool:
    """Prove that a pool holds no plan: with all costs zero, a bound above zero contradicts any plan."""
    free = replace(pool, cost=np.zeros(len(pool.groups)))
    return relax(free, stop).bound > _CERTAIN
