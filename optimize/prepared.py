"""A community made ready for many questions: its groups are listed and measured once.

Other weights only change the costs, a product of a matrix and a vector; locks only take groups away. So what
is listed here answers all of them, and what the duals say of each group stays true under locks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from optimize.checks import combine, explain_part, lay_out
from optimize.costs import COSTS, total_cost
from optimize.groups import Groups
from optimize.params import Params
from optimize.partition import choose
from optimize.parts import Listed, PartPlan, expand_some, list_pool
from optimize.pool import Pool
from optimize.problem import FloatArray, Locks, Problem
from optimize.relax import relax_part
from optimize.relaxation import relax
from optimize.result import Reason
from optimize.stop import Stop
from optimize.units import Units

_NEAR = 20_000  # groups looked at first; a plan's groups are nearly always among them
_EASY = 300_000  # groups from which a plan is chosen at once, to see whether there is one


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """What the duals under some weights say of every group of the pool.

    Every plan costs at least `bound` plus the reduced costs of any of its groups, whatever is locked.

    Attributes
    ----------
    weights
        The weights that `cost` follows.
    cost, reduced
        float64 (k,).
    near
        Reduced cost that about the 20,000 most promising groups stay below.
    """

    weights: Mapping[str, float]
    cost: FloatArray
    bound: float
    reduced: FloatArray
    near: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """A part that has no plan inside the band, and the best one around that."""

    plan: PartPlan
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A community without locks, listed and measured.

    Attributes
    ----------
    problem
        The community; its locks are left out, its weights are those that `priced` follows.
    fixed
        Grids that are settled by cells above the maximum.
    stuck
        Parts without a plan inside the band.
    units, groups
        Units of all other parts, side by side, and every group of them that a plan may use.
    masks
        uint64 (k, words), the units of each group as bits.
    columns
        float64 (k, costs), unweighted value of each group for each cost, in the order of `COSTS`.
    complete
        Whether every group could be listed; where not, questions go to the engine instead.
    seed
        Chance for the engine.
    """

    problem: Problem
    params: Params
    fixed: tuple[frozenset[int], ...]
    stuck: tuple[Stuck, ...]
    units: Units
    groups: Groups
    masks: NDArray[np.uint64]
    columns: FloatArray
    priced: Priced
    max_chosen: int
    complete: bool
    seed: int


def prepare(problem: Problem, params: Params, *, stop: Stop, rng: np.random.Generator) -> Prepared:
    """List and measure the groups of a community once, whatever is locked later.

    Stopped early, or with too many groups, the result is not `complete`; it answers all the same, by the
    engine, as slowly as that takes. A million groups take some 200 MB.
    """
    problem = replace(problem, locks=Locks())
    layout = lay_out(problem)
    listed, stuck, complete = _list_parts(problem, layout.parts, params, stop)
    if not complete:
        listed = []
    units = combine([part.units for part in listed]) if listed else _NO_UNITS
    groups = _join([part.pool.groups for part in listed], [len(part.units) for part in listed])
    masks = to_masks(groups, len(units))
    columns = measure_columns(problem, units, groups)
    max_chosen = sum(part.pool.max_chosen for part in listed)
    draft = Prepared(
        problem=problem,
        params=params,
        fixed=layout.fixed,
        stuck=tuple(stuck),
        units=units,
        groups=groups,
        masks=masks,
        columns=columns,
        priced=_NOT_PRICED,
        max_chosen=max_chosen,
        complete=complete,
        seed=int(rng.integers(2**31)),
    )
    return replace(draft, priced=price_groups(draft, problem.weights, stop))


_NO_UNITS = Units(cells=(), households=np.zeros(0, np.int64), near=(), apart=(), tied=())
_NOT_PRICED = Priced(weights={}, cost=np.zeros(0), bound=0.0, reduced=np.zeros(0), near=np.inf)


def _list_parts(
    problem: Problem, parts: Sequence[Units], params: Params, stop: Stop
) -> tuple[list[Listed], list[Stuck], bool]:
    """List part by part; a part without any plan is planned around what is impossible."""
    band = (problem.min_households, problem.max_households)
    listed, stuck = [], []
    for part in parts:
        possible = explain_part(problem, part) is None
        if possible:
            found = list_pool(replace(problem, weights={}), part, band, params, stop)
            if not found.complete:
                return [], [], False
            possible = _may_have_plan(problem, found, stop)
            listed += [found] if possible else []
        if not possible:
            relaxed = relax_part(problem, part, params, stop)
            if relaxed.plan.outcome != "best":
                return [], [], False
            stuck.append(Stuck(plan=relaxed.plan, reasons=relaxed.reasons))
    return listed, stuck, True


def _may_have_plan(problem: Problem, listed: Listed, stop: Stop) -> bool:
    """Tell whether a part may have a plan; in doubt yes, for the questions asked later find out."""
    groups = listed.pool.groups
    if len(groups) == 0 or not relax(listed.pool, stop).feasible:
        return False
    if len(groups) > _EASY:
        return True
    cost = np.concatenate([total_cost(problem, some) for some in expand_some(listed.units, groups)])
    return choose(replace(listed.pool, cost=cost), stop).status != "impossible"


def _join(several: Sequence[Groups], sizes: Sequence[int]) -> Groups:
    """Put the groups of several parts side by side; the units of each part come after those before it."""
    if len(several) == 1:
        return several[0]
    first = [0, *accumulate(sizes)]
    lengths = [np.diff(groups.indptr) for groups in several]
    members = [groups.members + np.int32(shift) for groups, shift in zip(several, first, strict=False)]
    return Groups(
        indptr=np.concatenate([[0], np.cumsum(np.concatenate([np.zeros(0, np.int64), *lengths]))]).astype(
            np.int64
        ),
        members=np.concatenate([np.zeros(0, np.int32), *members]),
        households=np.concatenate([np.zeros(0, np.int64), *(groups.households for groups in several)]),
    )


def to_masks(groups: Groups, n_units: int) -> NDArray[np.uint64]:
    """Turn groups into bit sets, uint64 (k, words)."""
    masks = np.zeros((len(groups), max(1, -(-n_units // 64))), np.uint64)
    owner = np.repeat(np.arange(len(groups)), np.diff(groups.indptr))
    word, bit = np.divmod(groups.members.astype(np.int64), 64)
    # No unit is in a group twice, so adding is joining; `add.at` would take many times as long.
    values = np.left_shift(np.uint64(1), bit.astype(np.uint64))
    for at in range(masks.shape[1]):
        own = word == at
        if own.any():
            masks[:, at] = _or_by_owner(values[own], owner[own], len(groups))
    return masks


def _or_by_owner(values: NDArray[np.uint64], owner: NDArray[np.int64], count: int) -> NDArray[np.uint64]:
    """Join the values of each owner; owners are ascending."""
    out = np.zeros(count, np.uint64)
    starts = np.flatnonzero(np.concatenate([[True], owner[1:] != owner[:-1]]))
    out[owner[starts]] = np.bitwise_or.reduceat(values, starts)
    return out


def measure_columns(problem: Problem, units: Units, groups: Groups) -> FloatArray:
    """Measure every cost of every group, float64 (k, costs)."""
    columns = np.empty((len(groups), len(COSTS)))
    at = 0
    for some in expand_some(units, groups):
        for place, cost in enumerate(COSTS.values()):
            columns[at : at + len(some), place] = cost.per_group(problem, some)
        at += len(some)
    return columns


def price_groups(prepared: Prepared, weights: Mapping[str, float], stop: Stop) -> Priced:
    """Weigh the columns and find the duals of the linear relaxation without locks."""
    cost = prepared.columns @ to_factors(weights)
    pool = Pool(
        groups=prepared.groups, n_units=len(prepared.units), cost=cost, max_chosen=prepared.max_chosen
    )
    if len(cost) == 0:
        return replace(_NOT_PRICED, weights=dict(weights))
    relaxed = relax(pool, stop)
    near = np.inf
    if len(cost) > _NEAR:
        near = float(np.partition(relaxed.reduced, _NEAR)[_NEAR])
    return Priced(weights=dict(weights), cost=cost, bound=relaxed.bound, reduced=relaxed.reduced, near=near)


def to_factors(weights: Mapping[str, float]) -> FloatArray:
    """Give what one unit of each cost is worth in metres of border, in the order of `COSTS`."""
    return np.array([weights.get(name, 0.0) * cost.metres_per_unit for name, cost in COSTS.items()])
