"""Which sites with rooms to open where demands are many and small: branch and bound over the sites alone.

With dozens of demands a site, dividing a few of them hardly matters: prices of the demands bound a branch
(`capacitated_climb`), and where all sites are settled the cheapest division does (`capacitated_flow`).
A limit of who may be out of reach is kept by a fine.
"""

import heapq
from dataclasses import dataclass, field, replace

import numpy as np

from optimize.problem import FloatArray, IntArray
from optimize.stop import Stop
from optimize.venues.bound import CLOSED, FREE, OPEN
from optimize.venues.capacitated_climb import Halls, climb_halls_kernel, worth_of_halls
from optimize.venues.capacitated_columns import Capacitated
from optimize.venues.capacitated_finish import settle_pairs
from optimize.venues.capacitated_flow import flow_kernel, send_whole
from optimize.venues.swap import fill_up

TOLERANCE = 1e-6
_MANY = 15.0  # demands for each site that opens, from which a divided one hardly matters
_ROOT_STEPS, _STEPS, _ROUNDS = 60, 40, 8
_FIRST_PART, _TURNS = (
    0.1,
    1500,
)  # of the gap that pairs may cost at first, and for how many turns of the solver
_ENOUGH = 1e-5  # by which a climb at the root has to better the bound to go on


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """Sites that are settled, and what no assignment to them is below."""

    sites: IntArray
    bound: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sites:
    """The best plan found: the site of each demand (-1 without a plan), what it pays, and a bound.

    `leaves` are the choices of sites that may hold something better, the most promising first; all others
    pay at least `others`. `lower_bound` is the least of both. `missed` is the need out of reach of the plan
    that the fine leads to, whether that keeps the limit or not.
    """

    of: IntArray
    cost: float
    leaves: tuple[Leaf, ...]
    others: float
    missed: float = 0.0

    @property
    def lower_bound(self) -> float:
        """What no choice is below."""
        return min([self.others, self.cost, *(leaf.bound for leaf in self.leaves)])


@dataclass(slots=True, kw_only=True)
class _Branch:
    """Sites open, closed or free, prices of the demands, the bound there, and the site to branch on next."""

    state: np.ndarray
    price: FloatArray
    bound: float = -np.inf
    site: int = -1


@dataclass(slots=True, kw_only=True)
class _Task:
    """One run: the best plan, the choices tried, the branches still to look at; private to this file.

    Plans are counted with all the fines that the limit allows, so that what is paid with fines bounds them.
    """

    model: Capacitated
    halls: Halls
    fines: float
    of: IntArray
    cost: float = np.inf
    leant: float = np.inf  # what the best plan pays with its fines, within the limit or not
    missed: float = np.inf  # of that plan
    tried: dict[bytes, float] = field(default_factory=dict)
    leaves: list[Leaf] = field(default_factory=list)
    heap: list[tuple[float, int, _Branch]] = field(default_factory=list)
    n_nodes: int = 0

    def ceiling(self) -> float:
        """Give the bound from which on nothing better is left."""
        return _ceiling(self.model, self.cost - self.fines) + self.fines

    def aim(self) -> float:
        """Give what a climb reaches for: the best plan, and without one what a plan may well pay."""
        return self.cost if np.isfinite(self.cost) else 1.5 * float(self.halls.pay.min(axis=0).sum())

    def settle(self, is_open: np.ndarray) -> float:
        """Send everyone to some sites, keep that if it is the best; give what no assignment is below."""
        key = np.packbits(is_open).tobytes()
        if key not in self.tried:
            sites = np.flatnonzero(is_open)
            flow = flow_kernel(self.halls, sites)
            self.tried[key] = flow.bound
            if flow.bound < self.ceiling():
                of = send_whole(self.halls, sites, flow)
                if of is not None:
                    self.offer(sites[of])
        return self.tried[key]

    def offer(self, of: IntArray) -> None:
        """Keep a plan within the limit if it is the best."""
        missed = self.model.missed(of)
        leant = float(self.halls.pay[of, np.arange(len(of))].sum())
        if leant < self.leant:
            self.leant, self.missed = leant, missed
        cost = self.model.paid(of) + self.fines
        if missed <= self.model.late_most and cost < self.cost:
            self.cost, self.of = cost, of


def suits(model: Capacitated) -> bool:
    """Tell whether demands are many and small enough for this search to be the better one."""
    free = np.sort(model.cost[~model.closed & ~model.must])
    left = model.budget - model.cost[model.must].sum()
    n_open = int(model.must.sum()) + int((np.cumsum(free) <= left * (1 + 1e-9)).sum())
    return bool((model.need > 0).all()) and model.pay.shape[1] >= _MANY * max(n_open, 1)


def search_sites(
    model: Capacitated,
    stop: Stop,
    *,
    fine: float = 0.0,
    start: IntArray | None = None,
    root_only: bool = False,
) -> Sites:
    """Branch on the sites until none is left that may be better, or until it is stopped.

    Parameters
    ----------
    fine
        What each need out of reach pays, so that the limit is kept; any fine gives bounds that hold.
    start
        A plan to begin with, within the limit.
    """
    task = _begin(model, fine, start)
    state = np.where(model.must, OPEN, np.where(model.closed, CLOSED, FREE)).astype(np.int8)
    second = min(1, len(model.pay) - 1)
    price = np.partition(task.halls.pay, second, axis=0)[second]
    _look(task, _Branch(state=state, price=price), stop)
    while not root_only and task.heap and task.heap[0][0] < task.ceiling() and not stop():
        *_, branch = heapq.heappop(task.heap)
        for side in (OPEN, CLOSED):
            child = branch.state.copy()
            child[branch.site] = side
            _look(task, _Branch(state=child, price=branch.price.copy(), bound=branch.bound), None)
    leaves = [
        replace(leaf, bound=leaf.bound - task.fines) for leaf in task.leaves if leaf.bound < task.ceiling()
    ]
    return Sites(
        of=task.of,
        cost=task.cost - task.fines,
        leaves=tuple(sorted(leaves, key=lambda leaf: leaf.bound)),
        others=task.heap[0][0] - task.fines if task.heap else np.inf,
        missed=task.missed,
    )


def _begin(model: Capacitated, fine: float, start: IntArray | None) -> _Task:
    nobody = np.full(model.pay.shape[1], -1, np.int64)
    task = _Task(model=model, halls=_halls(model, fine), fines=_fines(model, fine), of=nobody)
    if start is not None:
        task.offer(start)
    return task


def _halls(model: Capacitated, fine: float) -> Halls:
    late = 0.0 if model.late is None else fine * model.need[None, :] * model.late
    return Halls(model.pay + late, model.need, model.room * (1 + 1e-9), model.cost, model.budget * (1 + 1e-9))


def _fines(model: Capacitated, fine: float) -> float:
    return fine * model.late_most if fine else 0.0


def _ceiling(model: Capacitated, cost: float) -> float:
    """Give the bound from which on nothing better is left; without a plan, what none is above."""
    return min(cost * (1 - TOLERANCE), 1.001 * float(model.pay.max(axis=0).sum()) + 1.0)


def _look(task: _Task, branch: _Branch, stop: Stop | None) -> None:
    """Bound a branch, try the sites it leans to, and keep it where it may hold something better.

    At the root, with `stop`, prices are climbed to in rounds.
    """
    if not _narrow(task.halls, branch.state):
        return
    usual = np.zeros(len(branch.state))
    for at in range(_ROUNDS if stop else 1):
        if not (branch.state == FREE).any():
            _settle(task, branch)
            return
        before = branch.bound
        _climb(task, branch, usual, at)
        if branch.bound >= task.ceiling() or not _narrow(task.halls, branch.state):
            return
        if stop is None or stop() or branch.bound - before < _ENOUGH * abs(branch.bound):
            break
    free = np.flatnonzero(branch.state == FREE)
    if len(free) == 0:
        _settle(task, branch)
        return
    task.n_nodes += 1
    branch.site = int(free[np.argmin(np.abs(usual[free] - 0.5))])
    heapq.heappush(task.heap, (branch.bound, task.n_nodes, branch))


def _climb(task: _Task, branch: _Branch, usual: FloatArray, at: int) -> None:
    """Better the bound of a branch, try the sites it leans to, and settle those that are beyond doubt."""
    steps, scale = (_ROOT_STEPS, 0.8**at) if branch.bound == -np.inf or at else (_STEPS, 0.5)
    halls = task.halls
    bound, budget_price = climb_halls_kernel(
        halls, branch.price, branch.state, task.aim(), steps, scale, usual
    )
    likely = branch.state == OPEN
    order = np.argsort(-usual, kind="stable")
    fill_up(halls.cost, halls.budget, order[branch.state[order] == FREE], likely)
    task.settle(likely)
    # What a site adds at these prices bounds every plan in which it is, or is not, open.
    reduced = worth_of_halls(halls, branch.price, branch.state) + budget_price * halls.cost
    free = branch.state == FREE
    branch.state[free & (bound + reduced >= task.ceiling())] = CLOSED
    branch.state[free & (bound - reduced >= task.ceiling())] = OPEN
    branch.bound = max(branch.bound, bound)


def _settle(task: _Task, branch: _Branch) -> None:
    """Bound a branch where every site is open or closed."""
    is_open = branch.state == OPEN
    bound = max(branch.bound, task.settle(is_open))
    if bound < task.ceiling():
        task.leaves.append(Leaf(sites=np.flatnonzero(is_open), bound=bound))


def _narrow(halls: Halls, state: np.ndarray) -> bool:
    """Close what cannot be afforded any more, open all where all can; tell whether a plan may be left."""
    left = halls.budget - halls.cost[state == OPEN].sum()
    state[(state == FREE) & (halls.cost > left)] = CLOSED
    if halls.cost[state == FREE].sum() <= left:
        state[state == FREE] = OPEN  # an open site never costs a demand anything
    return bool(left >= 0 and halls.room[state != CLOSED].sum() >= halls.need.sum())


def settle_leaves(model: Capacitated, found: Sites, stop: Stop, *, fine: float = 0.0) -> Sites:
    """Look for better plans with each choice of sites that is left, until none is or it is stopped."""
    waiting = list(found.leaves)
    while waiting and waiting[0].bound < _ceiling(model, found.cost) and not stop():
        found, bound = _settle_leaf(model, waiting.pop(0), found, fine, stop)
        found = replace(found, others=min(found.others, bound))
    return replace(found, leaves=tuple(waiting))


def _settle_leaf(
    model: Capacitated, leaf: Leaf, found: Sites, fine: float, stop: Stop
) -> tuple[Sites, float]:
    """Choose who goes where with some sites; give the best plan now, and what no plan with them is below.

    First among what is nearly free, which finds good plans soon, then among more.
    """
    halls = _halls(model, fine)
    flow = flow_kernel(halls, leaf.sites)
    least = flow.bound - _fines(model, fine)
    # What a demand pays more than where it pays least, its room counted, bounds plans that send it there.
    full = halls.pay[leaf.sites] + flow.price[:, None] * model.need[None, :]
    full[model.need[None, :] > halls.room[leaf.sites][:, None]] = np.inf
    dearer = full - full.min(axis=0)
    has_to = np.isin(np.arange(len(model.room)), leaf.sites)
    bound, part = leaf.bound, _FIRST_PART
    while not stop():
        upper = _ceiling(model, found.cost)
        beyond = least + part * (upper - least)  # what plans with any other pair pay at least
        pair = np.zeros(model.pay.shape, np.bool_)
        pair[leaf.sites] = least + dearer < beyond
        settled = settle_pairs(model, leaf.sites, has_to, pair, upper, stop if part >= 1 else _Turns(stop))
        if settled.of is not None and model.paid(settled.of) < found.cost:
            found = replace(found, of=settled.of, cost=model.paid(settled.of))
        if part >= 1:
            # Nothing is below `upper`: then this choice holds nothing better.
            return found, np.inf if settled.lower_bound >= upper else max(bound, settled.lower_bound)
        bound, part = max(bound, min(settled.lower_bound, beyond)), min(1.0, 3 * part)
    return found, bound


class _Turns:
    """Stop when another stop says so, or after it was asked so often: the same number each time."""

    def __init__(self, stop: Stop) -> None:
        self._stop, self._left = stop, _TURNS

    def __call__(self) -> bool:
        self._left -= 1
        return self._left < 0 or self._stop()
