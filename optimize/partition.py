"""Choose groups that cover every unit once at the least cost, and prove it.

The duals of the linear relaxation give every group a reduced cost; a group whose reduced cost exceeds upper
minus lower bound is in no better plan (reduced-cost fixing, Nemhauser and Wolsey 1988, ch. II.5). The small
remainder is solved as an integer programme, and widened until it provably holds the best plan. Where the gap
leaves many groups, cuts tighten the relaxation first.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from optimize.cuts import find_cuts
from optimize.highs import Answer, choose_columns
from optimize.pool import Pool
from optimize.problem import FloatArray, IntArray
from optimize.relaxation import Relaxation, is_impossible, relax
from optimize.stop import Stop

TOLERANCE = 1e-6
"""Relative: a plan is called best when no other is cheaper by more than this share of its cost."""

_FIRST_GAP = 0.01  # the first integer programme keeps the groups within this share of the lower bound
_MANY = 300  # groups within the gap above which cuts pay
_MOST_CUT_ROUNDS = 20
_LEAST_PROGRESS = 0.02  # share of the gap that a round of cuts must close to go on
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
        answer = choose_columns(pool, keep, stop)
        best = _judge(pool, best, answer, relaxed.bound + left_out, len(keep))
        if best.status in {"best", "impossible"} or not answer.finished or np.isinf(left_out):
            return best
        # With a plan at hand, no better one holds a group beyond the gap; without, look further.
        gap = best.cost - relaxed.bound
        if len(best.chosen) and np.searchsorted(order, gap) > _MANY:
            return _choose_tightened(pool, relaxed, best, stop)
        reach = max(gap if len(best.chosen) else 2.5 * reach, left_out)


def _choose_tightened(pool: Pool, relaxed: Relaxation, best: Choice, stop: Stop) -> Choice:
    """Close the gap by cuts, then choose from the groups still within it.

    What is dropped on the way is in no plan cheaper than the one at hand, so nothing better can be missed.
    """
    where = np.flatnonzero(relaxed.reduced <= best.cost - relaxed.bound)
    inner, bound = pool.take(where), relaxed.bound
    for turn in range(_MOST_CUT_ROUNDS):
        tight = relax(inner, stop)
        cuts = find_cuts(inner, tight.columns, tight.value)
        progress = tight.bound - bound
        bound = max(bound, tight.bound)
        near = np.flatnonzero(tight.reduced <= best.cost - tight.bound)
        inner, where = replace(inner, sides=(*inner.sides, *cuts)).take(near), where[near]
        slow = turn > 0 and progress < _LEAST_PROGRESS * (best.cost - bound)
        if not cuts or stop() or slow:
            break
    answer = choose_columns(inner, np.arange(len(where)), stop)
    answer = replace(answer, chosen=where[answer.chosen])
    # Every plan with a group that was dropped costs at least as much as the one at hand.
    return _judge(pool, replace(best, bound=min(bound, best.cost)), answer, best.cost, len(where))


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
