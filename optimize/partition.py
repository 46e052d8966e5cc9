"""Choose groups that cover every unit once at the least cost, and prove it.

The duals of the linear relaxation give every group a reduced cost; a group whose reduced cost exceeds upper
minus lower bound is in no better plan (reduced-cost fixing, Nemhauser and Wolsey 1988, ch. II.5). The small
remainder is searched through (`cover`), and widened until it provably holds the best plan. Where the
relaxation wants a number of grids between two whole ones, either side is bounded on its own; where much is
left, cuts tighten it, and an integer programme has the last word.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from optimize.cover import cover
from optimize.cuts import find_cuts
from optimize.highs import Answer, choose_columns
from optimize.pool import Pool, Side
from optimize.problem import FloatArray, IntArray
from optimize.relaxation import Relaxation, is_impossible, relax
from optimize.stop import Stop

TOLERANCE = 1e-6
"""Relative: a plan is called best when no other is cheaper by more than this share of its cost."""

_FIRST_GAP = 0.01  # the first look takes the groups within this share of the lower bound
_MANY = 300  # groups within reach above which cuts pay
_MOST_CUT_ROUNDS = 20
_LEAST_PROGRESS = 0.02  # share of the gap that a round of cuts must close to go on
_QUICK, _THOROUGH = 5_000_000, 100_000_000  # groups that a cover may look at before and after cuts
_AT_A_GLANCE = 10_000  # groups within reach up to which plans are not split by their number of grids
_UNEVEN = 0.02  # how far from a whole number the grids of the relaxation must be to be split
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
        Groups that were looked at last.
    """

    status: Literal["best", "some", "impossible", "unknown"]
    chosen: IntArray
    cost: float
    bound: float
    n_columns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Branch:
    """A pool, or the plans of it on one side of a number of grids, with its relaxation."""

    pool: Pool
    relaxed: Relaxation


def choose(pool: Pool, stop: Stop, start: IntArray = _NOTHING) -> Choice:
    """Find the cheapest plan from a pool of groups and prove it; stopped early, give the best so far.

    Parameters
    ----------
    start
        A plan of the pool that is known already, ascending positions; may be empty.
    """
    if len(pool.cost) > 0 and not pool.cost.any():
        return _choose_any(pool, stop)
    relaxed = relax(pool, stop)
    if not relaxed.feasible and is_impossible(pool, stop):
        return Choice(status="impossible", chosen=_NOTHING, cost=np.inf, bound=np.inf, n_columns=0)
    cost = float(pool.cost[start].sum()) if len(start) else np.inf
    best = Choice(status="unknown", chosen=start, cost=cost, bound=relaxed.bound, n_columns=0)
    best = _choose_cheaper(_Branch(pool=pool, relaxed=relaxed), best, _AT_A_GLANCE, stop)
    if best.status in {"best", "impossible"}:
        return best
    bounds = [np.inf]
    for branch in _split(pool, relaxed, stop):
        best = _choose_cheaper(branch, best, len(pool.groups), stop)
        bounds.append(best.bound)
    return _conclude(best, max(min(bounds), relaxed.bound), finished=best.status != "unknown")


def _choose_any(pool: Pool, stop: Stop) -> Choice:
    """Choose where nothing costs anything: by costs drawn at random, which leave few groups within reach."""
    drawn = 1.0 + np.random.default_rng(0).random(len(pool.cost))
    choice = choose(replace(pool, cost=drawn), stop)
    if choice.status == "impossible":
        return choice
    if len(choice.chosen) == 0:
        return replace(choice, bound=0.0)
    return replace(choice, status="best", cost=0.0, bound=0.0)


def _split(pool: Pool, relaxed: Relaxation, stop: Stop) -> list[_Branch]:
    """Bound plans with fewer and with more grids apart, where the relaxation wants a number in between."""
    count = float(relaxed.value.sum())
    if not relaxed.feasible or abs(count - round(count)) < _UNEVEN or stop():
        return [_Branch(pool=pool, relaxed=relaxed)]
    fewer, ones = int(count), np.ones(len(pool.groups))
    limits = [(-np.inf, float(fewer)), (float(fewer + 1), np.inf)]
    branches = []
    for lower, upper in limits:
        row = Side(coefficient=ones, lower=lower, upper=upper)
        most = min(pool.max_chosen, fewer) if np.isfinite(upper) else pool.max_chosen
        part = replace(pool, sides=(*pool.sides, row), max_chosen=most)
        branches.append(_Branch(pool=part, relaxed=relax(part, stop)))
    return sorted(branches, key=lambda branch: branch.relaxed.bound)


def _choose_cheaper(branch: _Branch, best: Choice, most: int, stop: Stop) -> Choice:
    """Find the cheapest plan of a branch that is cheaper than the one at hand.

    Parameters
    ----------
    most
        Groups within reach above which to leave it at what is known.

    Returns
    -------
    Choice
        The plan at hand where there is none cheaper; its bound holds for the plans of this branch.
    """
    relaxed = branch.relaxed
    best = replace(best, bound=min(relaxed.bound, best.cost))
    if not relaxed.feasible and is_impossible(branch.pool, stop):
        return _conclude(best, np.inf, finished=True)
    order = np.sort(relaxed.reduced)
    reach = max(_FIRST_GAP * relaxed.bound, _at(order, 3 * branch.pool.n_units))
    while True:
        gap = best.cost - relaxed.bound
        if len(best.chosen) and gap <= TOLERANCE * abs(best.cost):
            return _conclude(best, best.cost, finished=True)
        keep = np.flatnonzero(relaxed.reduced <= min(reach, gap))
        if len(keep) > most:
            return _conclude(best, best.bound, finished=False)
        left_out = _at(order, len(keep))
        answer = _answer(branch, keep, best, stop)
        best = _judge(branch.pool, best, answer, relaxed.bound + left_out, len(keep))
        if best.status in {"best", "impossible"} or not answer.finished or np.isinf(left_out):
            return best
        # With a plan at hand, no better one holds a group beyond the gap; without, look further.
        reach = max(best.cost - relaxed.bound if len(best.chosen) else 2.5 * reach, left_out)


def _answer(branch: _Branch, keep: IntArray, best: Choice, stop: Stop) -> Answer:
    """Find the cheapest plan of some groups below the cost at hand."""
    relaxed, pool = branch.relaxed, branch.pool.take(keep)
    found = cover(pool, relaxed.reduced[keep], relaxed.bound, best.cost, _QUICK)
    cost = float(pool.cost[found.chosen].sum()) if len(found.chosen) else best.cost
    if found.finished:
        return Answer(chosen=keep[found.chosen], bound=cost, finished=True)
    answer = _answer_tightened(pool, replace(relaxed, reduced=relaxed.reduced[keep]), cost, stop)
    chosen = answer.chosen if len(answer.chosen) else found.chosen
    return replace(answer, chosen=keep[chosen])


def _answer_tightened(pool: Pool, relaxed: Relaxation, below: float, stop: Stop) -> Answer:
    """Raise the bound by cuts, then search through the groups still within reach.

    What is dropped on the way is in no plan cheaper than `below`, so nothing cheaper can be missed.
    """
    where, n_own = np.arange(len(pool.groups)), len(pool.sides)
    bound, reduced = relaxed.bound, relaxed.reduced
    for turn in range(_MOST_CUT_ROUNDS if len(where) > _MANY else 0):
        tight = relax(pool, stop)
        progress = tight.bound - bound
        if progress >= 0:
            bound, reduced = tight.bound, tight.reduced
        near = np.flatnonzero(reduced <= below - bound)
        cuts = find_cuts(pool, tight.columns, tight.value)
        pool = replace(pool, sides=(*pool.sides, *cuts)).take(near)
        where, reduced = where[near], reduced[near]
        slow = turn > 0 and progress < _LEAST_PROGRESS * (below - bound)
        if not cuts or stop() or slow:
            break
    # Every cover keeps to the cuts.
    found = cover(replace(pool, sides=pool.sides[:n_own]), reduced, bound, below, _THOROUGH)
    if found.finished:
        cost = float(pool.cost[found.chosen].sum()) if len(found.chosen) else below
        return Answer(chosen=where[found.chosen], bound=cost, finished=True)
    answer = choose_columns(pool, np.arange(len(where)), stop)
    chosen = answer.chosen if len(answer.chosen) else found.chosen
    return Answer(chosen=where[chosen], bound=max(bound, min(answer.bound, below)), finished=answer.finished)


def _judge(pool: Pool, best: Choice, answer: Answer, beyond: float, n_columns: int) -> Choice:
    """Take in one answer; `beyond` bounds every plan with a group that was left out."""
    if len(answer.chosen):
        cost = float(pool.cost[answer.chosen].sum())
        if cost < best.cost:
            best = replace(best, chosen=answer.chosen, cost=cost)
    best = replace(best, n_columns=n_columns)
    return _conclude(best, max(best.bound, min(answer.bound, beyond)), finished=answer.finished)


def _conclude(best: Choice, bound: float, *, finished: bool) -> Choice:
    """Say what a bound makes of the plan at hand."""
    if len(best.chosen) == 0:
        none = finished and np.isinf(bound)
        return replace(best, status="impossible" if none else "unknown", bound=bound)
    if best.cost - bound <= TOLERANCE * abs(best.cost):
        return replace(best, status="best", bound=best.cost)
    return replace(best, status="some", bound=bound)


def _at(ordered: FloatArray, place: int) -> float:
    return float(ordered[place]) if place < len(ordered) else np.inf
