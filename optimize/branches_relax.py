"""A lower bound on what every plan of joint branches costs, by column generation and cuts."""

import math
from dataclasses import dataclass, replace

import numpy as np

from optimize.branches_cuts import find_triples
from optimize.branches_master import (
    NO_CUTS,
    Columns,
    Duals,
    Goal,
    Relaxation,
    hits,
    join_columns,
    measure_columns,
)
from optimize.branches_price import Ground, Prices, find_groups
from optimize.problem import FloatArray, IntArray
from optimize.stop import Stop

_NOISE = 1e-4  # what a bound in doubles may be wrong by; costs are whole, so it is rounded up after this
_UNKNOWN = -(10**15)
_ENOUGH = 1e-6  # a group must be cheaper than nothing by this to be worth adding
_PER_HOST = 4  # groups that a host may add in one round
_MOST_ADDED = 60_000
_MOST_CUT_ROUNDS = 20
_LEAST_PROGRESS = 1e-4  # share of the bound that a round of cuts must add to go on


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A lower bound for a goal and the prices that prove it.

    Attributes
    ----------
    value
        What every plan costs at least.
    duals
        Prices under which a group of priced cost r is in no plan cheaper than `value` + r.
    pool, taken
        All groups seen on the way, and how much of each the relaxation takes, float64 (k,).
    """

    value: float
    duals: Duals
    pool: Columns
    taken: FloatArray

    @property
    def whole(self) -> int:
        """The bound rounded up, as costs are whole; far below zero where nothing is known."""
        return math.ceil(self.value - _NOISE) if math.isfinite(self.value) else _UNKNOWN


def relax_goal(ground: Ground, goal: Goal, pool: Columns, stop: Stop, enough: int | None = None) -> Bound:
    """Bound a goal; stopped early, the bound is lower but holds.

    Parameters
    ----------
    pool
        Groups to start from.
    enough
        The cost of a plan at hand: a bound that reaches it is as good as any.
    """
    programme = Relaxation(ground.n_places, goal, pool)
    best = _generate(ground, goal, programme, _nothing_known(ground), stop)
    for _ in range(_MOST_CUT_ROUNDS):
        if stop() or (enough is not None and best.whole >= enough):
            break
        triples = find_triples(programme.columns, programme.value, programme.triples, ground.n_places)
        if len(triples) == 0:
            break
        programme.cut(triples)
        before = best.value
        best = _generate(ground, goal, programme, best, stop)
        if best.value - before < _LEAST_PROGRESS * abs(before):
            break
    return replace(best, pool=programme.columns, taken=programme.value)


def _nothing_known(ground: Ground) -> Bound:
    none = np.zeros(0)
    duals = Duals(places=np.zeros(ground.n_places), covered=0.0, branches=0.0, cuts=none, triples=NO_CUTS)
    empty = measure_columns(ground, np.zeros((0, ground.max_places), np.int32))
    return Bound(value=-np.inf, duals=duals, pool=empty, taken=none)


def _generate(ground: Ground, goal: Goal, programme: Relaxation, best: Bound, stop: Stop) -> Bound:
    """Add groups until none is missing; keep the best bound on the way, valid with what is still missing."""
    while True:
        duals = programme.solve()
        if duals is None:
            return best
        found = find_groups(ground, duals.prices(goal), below=-_ENOUGH, keep=_PER_HOST, most=_MOST_ADDED)
        if not found.complete:
            return best
        # A plan has at most one group of each host, so this much cheaper than the prices say at most.
        short = found.least[found.least < -_ENOUGH].sum() - _ENOUGH * ground.n_places
        value = duals.bound(goal) + float(short)
        if value > best.value:
            best = replace(best, value=value, duals=duals)
        if len(found.cost) == 0 or stop():
            return best
        programme.add(measure_columns(ground, found.places))


def first_groups(ground: Ground) -> Columns:
    """List some near groups of every size to start from."""
    pool = measure_columns(ground, np.zeros((0, ground.max_places), np.int32))
    for reward in (0.0, 100.0, 700.0):
        prices = Prices(
            per_member=0.0,
            per_branch=0.0,
            per_metre=1.0,
            paid=np.full(ground.n_places, reward),
            triples=NO_CUTS,
            fined=np.zeros(0),
            once=False,
        )
        found = find_groups(ground, prices, below=1e9, keep=6, most=6 * ground.n_places + 1)
        pool = join_columns(pool, measure_columns(ground, found.places))
    return pool


def priced(columns: Columns, goal: Goal, duals: Duals, n_places: int) -> FloatArray:
    """Give what groups cost under given prices, float64 (k,)."""
    real = columns.places >= 0
    paid = np.where(real, duals.places[np.where(real, columns.places, 0)], 0.0).sum(axis=1)
    rows = duals.covered * columns.members + duals.branches * columns.branches
    fines = hits(columns, duals.triples, n_places) @ duals.cuts if len(duals.triples) else 0.0
    return np.asarray(goal.cost(columns) - rows - paid - fines)


def list_within(ground: Ground, goal: Goal, bound: Bound, cost: int, most: int) -> Columns | None:
    """List every group that a plan of at most some cost can hold; None where they are more than `most`."""
    reach = cost - bound.value + _NOISE
    found = find_groups(ground, bound.duals.prices(goal), below=reach, keep=0, most=most)
    return measure_columns(ground, found.places) if found.complete else None


def near_groups(ground: Ground, goal: Goal, duals: Duals, keep: int, places: IntArray) -> Columns:
    """List the cheapest groups of each host among some places, by their positions there, under given prices.

    Fines of cuts are left out: the list is only to choose from.
    """
    prices = replace(
        duals.prices(goal), paid=duals.places[places], triples=NO_CUTS, fined=np.zeros(0), once=False
    )
    part = ground.take(places)
    found = find_groups(part, prices, below=1e12, keep=keep, most=keep * len(places) + 1)
    return measure_columns(part, found.places)


__all__ = ["Bound", "first_groups", "list_within", "near_groups", "priced", "relax_goal"]
