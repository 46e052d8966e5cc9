"""Choose groups that cover every unit once at the least cost, with a bound safe from float noise.

The linear relaxation is solved by column generation over all listed groups, so that the solver only ever
holds a few hundred of them. Its duals give every group a reduced cost; a group whose reduced cost
exceeds upper minus lower bound is in no better plan (reduced-cost fixing, Nemhauser and Wolsey 1988, ch.
II.5). The small remainder is solved as an integer programme, and widened until it provably holds the
best plan.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numba import njit

from optimize.arrays import floats, ints, members
from optimize.highs import Answer, RestrictedLp, choose_columns
from optimize.pool import Pool
from optimize.problem import FloatArray, IntArray
from optimize.stop import Stop

TOLERANCE = 1e-6
"""Relative: a plan is called best when no other is cheaper by more than this share of its cost."""

_NOISE = 1e-9  # relative error granted to sums of float64 terms; a few thousand times what they can have
_FIRST_GAP = 0.01  # the first integer programme keeps the groups within this share of the lower bound
_COLUMNS_PER_ROUND = 60
_NOTHING: IntArray = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The groups chosen from a pool.

    Attributes
    ----------
    status
        `best`: nothing cheaper by more than `TOLERANCE`; `some`: a plan, perhaps not the best;
        `impossible`: proven that no plan exists; `unknown`: stopped before either was known.
    chosen
        Positions of the chosen groups in the pool, ascending; empty without a plan.
    bound
        A lower bound on the cost of every plan from the pool.
    n_columns
        Groups that the last integer programme held.
    """

    status: Literal["best", "some", "impossible", "unknown"]
    chosen: IntArray
    cost: float
    bound: float
    n_columns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """What the duals say: a safe bound, and the reduced cost of every group.

    Every plan costs at least `bound` plus the reduced costs of any of its groups that are above zero.
    """

    bound: float
    reduced: FloatArray
    solved: bool
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
    fresh = _first_columns(pool)
    while True:
        model.add(fresh)
        dual = model.solve()
        if dual is None:
            return Relaxation(bound=bound, reduced=reduced, solved=False, feasible=True)
        new_reduced, best, new_bound = price(pool, dual)
        if new_bound > bound:
            bound, reduced = new_bound, new_reduced
        fresh = model.unseen(_entering(new_reduced, best, _NOISE * top))
        if len(fresh) == 0 or stop():
            break
    return Relaxation(
        bound=bound, reduced=reduced, solved=len(fresh) == 0, feasible=not model.uses_artificials()
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
    return relax(free, stop).bound > TOLERANCE


def choose(pool: Pool, stop: Stop) -> Choice:
    """Find the cheapest plan from a pool of groups and prove it; stopped early, give the best so far."""
    relaxed = relax(pool, stop)
    if not relaxed.feasible and is_impossible(pool, stop):
        return Choice(status="impossible", chosen=_NOTHING, cost=np.inf, bound=np.inf, n_columns=0)
    order = np.sort(relaxed.reduced)
    reach = max(_FIRST_GAP * relaxed.bound, _at(order, 3 * pool.n_units))
    best = Choice(status="unknown", chosen=_NOTHING, cost=np.inf, bound=relaxed.bound, n_columns=0)
    while True:
        keep = np.flatnonzero(relaxed.reduced <= reach)
        left_out = _at(order, len(keep))
        answer = choose_columns(pool, keep, best.chosen, stop)
        best = _judge(pool, best, answer, relaxed.bound + left_out, len(keep))
        if best.status in {"best", "impossible"} or not answer.finished or np.isinf(left_out):
            return best
        # With a plan at hand, no better one holds a group beyond the gap; without, look further.
        gap = best.cost - relaxed.bound
        reach = max(gap if len(best.chosen) else 2.5 * reach, left_out)


def _judge(pool: Pool, best: Choice, answer: Answer, beyond: float, n_columns: int) -> Choice:
    """Take in one answer; `beyond` bounds every plan with a group that was left out."""
    if len(answer.chosen):
        cost = float(pool.cost[answer.chosen].sum())
        if cost < best.cost:
            best = replace(best, status="some", chosen=answer.chosen, cost=cost)
    bound = max(best.bound, min(answer.bound, beyond))
    if answer.finished and not len(best.chosen) and np.isinf(beyond):
        return replace(best, status="impossible", bound=np.inf, n_columns=n_columns)
    if len(best.chosen) and best.cost - bound <= TOLERANCE * abs(best.cost):
        return replace(best, status="best", bound=best.cost, n_columns=n_columns)
    return replace(best, bound=min(bound, best.cost), n_columns=n_columns)


def _at(ordered: FloatArray, place: int) -> float:
    return float(ordered[place]) if place < len(ordered) else np.inf
