"""Where venues should stand so that people walk least: branch and bound on Lagrangian bounds.

p-median when every site costs one and the budget is p; maximal covering when those in reach pay nothing and
those out of reach their weight. The bound is valid at any moment; prices that leave too little to gain open
and close sites for good, which on most real districts settles nearly all of them.
"""

import heapq
from dataclasses import dataclass, field

import numpy as np

from optimize.problem import FloatArray
from optimize.stop import Stop
from optimize.venues.bound import CLOSED, FREE, OPEN, Net, climb_kernel, fix_kernel
from optimize.venues.swap import Board, fill_up, improve_kernel

TOLERANCE = 1e-6
_ROOT_STEPS, _STEPS = 125, 120
_ROUNDS = 12  # climbs at the root, each after fixing sites
_OFFERS = 40  # branches whose choice is improved by exchanges


@dataclass(frozen=True, slots=True, kw_only=True)
class Median:
    """A median model as arrays.

    Attributes
    ----------
    pay
        float64 (n, m), what demand i pays in all at site j, at least zero; infinite where it cannot go.
    none
        float64 (n,), what it pays when it goes nowhere; finite.
    extra
        float64 (m,), what an open site adds to what is paid; below zero for a bonus.
    cost
        float64 (m,), at least zero, of opening a site; `budget` of all that are opened.
    state
        int8 (m,): FREE, OPEN (must be) or CLOSED (cannot be).
    """

    pay: FloatArray
    none: FloatArray
    extra: FloatArray
    cost: FloatArray
    budget: float
    state: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A limit of what may be out of reach, kept by a fine that the pays already hold.

    Any fine bounds every choice that keeps the limit: it pays no more than its fines would be at the limit.

    Attributes
    ----------
    near
        bool (n, m), whether site j reaches demand i.
    weight, most
        float64 (n,), what a demand counts, and what those out of reach may count in all.
    fine
        What the pays hold for each weight out of reach.
    """

    near: np.ndarray
    weight: FloatArray
    most: float
    fine: float

    def missed(self, is_open: np.ndarray) -> float:
        """Give the weight out of reach of a choice."""
        return float(self.weight[~self.near[:, is_open].any(axis=1)].sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Sites that are open, bool (m,), what everyone pays, and what no choice can be below."""

    is_open: np.ndarray
    objective: float
    lower_bound: float
    proven: bool
    n_nodes: int


@dataclass(slots=True, kw_only=True)
class _Task:
    """One run: the best sites so far, and the branches still to look at; private to this file."""

    median: Median
    net: Net
    board: Board
    whole: bool  # all that is paid is in whole numbers, so the best value is one
    rule: Rule | None
    best: np.ndarray
    cost: float = np.inf
    n_nodes: int = 0
    n_offers: int = 0
    heap: list[tuple[float, int, np.ndarray, np.ndarray]] = field(default_factory=list)

    def ceiling(self) -> float:
        """Give the bound from which on nothing better is left."""
        return self.cost - (1 - 1e-6 if self.whole else TOLERANCE * abs(self.cost - self.fines()))

    def fines(self) -> float:
        """Give what the fines add to every choice: as much as the rule allows."""
        return self.rule.fine * self.rule.most if self.rule else 0.0

    def offer(self, state: np.ndarray, shares: np.ndarray) -> None:
        """Round a choice in parts, improve it by exchanges, keep it if better."""
        median = self.median
        is_open = state == OPEN
        order = np.argsort(-shares, kind="stable")
        fill_up(median.cost, median.budget, order[shares[order] > 0], is_open)
        rest = order[(median.state[order] == FREE) & (median.extra[order] <= 0)]
        fill_up(median.cost, median.budget, rest, is_open)
        self.keep(is_open, improve_kernel(self.board, is_open))

    def keep(self, is_open: np.ndarray, paid: float) -> None:
        """Keep a choice that pays so much if it is the best; it counts with all fines that a rule allows."""
        if self.rule is not None:
            missed = self.rule.missed(is_open)
            paid = paid + self.rule.fine * (self.rule.most - missed) if missed <= self.rule.most else np.inf
        if paid < self.cost - 1e-9 * abs(paid):
            self.best, self.cost, self.n_offers = is_open, paid, 0


def build_net(median: Median) -> Net:
    """Sort what each demand pays, and leave out what is no better than going nowhere."""
    order = np.argsort(median.pay, axis=1, kind="stable")
    by_pay = np.take_along_axis(median.pay, order, axis=1)
    keep = by_pay < median.none[:, None]
    return Net(
        start=np.concatenate([[0], np.cumsum(keep.sum(axis=1))]).astype(np.int64),
        site=order[keep].astype(np.int32),
        pay=by_pay[keep],
        none=median.none,
        extra=median.extra,
        cost=median.cost,
        budget=float(median.budget),
    )


def solve_median(
    median: Median,
    *,
    stop: Stop,
    max_nodes: int = 1_000_000,
    rule: Rule | None = None,
    start: np.ndarray | None = None,
) -> Chosen:
    """Choose the sites for which everyone pays least; cut off, give the best with a valid bound.

    The sites that must be open have to fit into the budget. Under a rule, `start` is a choice that keeps it,
    and the fines are taken off what is given.
    """
    task = _begin(median, rule, start)
    state, price = median.state.astype(np.int8), _first_prices(median)
    bound = _climb_root(task, state, price, stop)
    if bound < task.ceiling():
        heapq.heappush(task.heap, (bound, 0, state, price))
    while task.heap and task.heap[0][0] < task.ceiling() and task.n_nodes < max_nodes and not stop():
        _, _, state, price = heapq.heappop(task.heap)
        _branch(task, state, price)
    lower = min(task.heap[0][0], task.cost) if task.heap else task.cost
    proven = lower >= task.ceiling()
    return Chosen(
        is_open=task.best,
        objective=task.cost - task.fines(),
        lower_bound=(task.cost if proven else lower) - task.fines(),
        proven=bool(proven),
        n_nodes=task.n_nodes,
    )


def _begin(median: Median, rule: Rule | None, start: np.ndarray | None) -> _Task:
    paid = np.concatenate([median.pay[np.isfinite(median.pay)], median.none, median.extra])
    whole = bool((paid % 1 == 0).all() and np.abs(paid).sum() < 2**50)
    board = Board(
        median.pay, median.none, median.extra, median.cost, float(median.budget), median.state == FREE
    )
    task = _Task(
        median=median,
        net=build_net(median),
        board=board,
        whole=whole and rule is None,
        rule=rule,
        best=median.state == OPEN,
    )
    if start is not None:
        task.keep(start, _paid(median, start))
    task.offer(median.state, np.zeros(len(median.cost)))
    return task


def _paid(median: Median, is_open: np.ndarray) -> float:
    paid = np.minimum(median.pay[:, is_open].min(axis=1, initial=np.inf), median.none)
    return float(paid.sum() + median.extra[is_open].sum())


def _first_prices(median: Median) -> FloatArray:
    """Begin with what each demand would pay at its second-best site."""
    second = np.partition(median.pay, min(1, median.pay.shape[1] - 1), axis=1)[:, :2].max(axis=1)
    return np.asarray(np.minimum(second, median.none))


def _climb_root(task: _Task, state: np.ndarray, price: FloatArray, stop: Stop) -> float:
    """Climb and fix in turns; `state` and `price` are changed; give the best bound."""
    shares = np.zeros(len(task.net.cost))
    bound, scale = -np.inf, 2.0
    for _ in range(_ROUNDS):
        before = bound
        bound, budget_price = climb_kernel(task.net, price, state, task.ceiling(), _ROOT_STEPS, scale, shares)
        task.offer(state, shares)
        if bound >= task.ceiling() or stop():
            break
        fixed = fix_kernel(task.net, price, state, bound, budget_price, task.ceiling())
        if fixed == 0 and bound - before < 1e-6 * abs(bound):
            break
        scale = max(scale * 0.75, 0.2)
    return bound


def _branch(task: _Task, state: np.ndarray, price: FloatArray) -> None:
    """Open a site in one branch and close it in the other; keep what may hold something better."""
    shares = np.zeros(len(task.net.cost))
    climb_kernel(task.net, price, state, task.ceiling(), 1, 0.5, shares)
    free = np.flatnonzero(state == FREE)
    if len(free) == 0:
        _settle(task, state)
        return
    site = int(free[np.argmax(shares[free])])
    for side in (OPEN, CLOSED):
        child, own = state.copy(), price.copy()
        child[site] = side
        if task.net.cost[child == OPEN].sum() > task.net.budget * (1 + 1e-9):
            continue
        bound, budget_price = climb_kernel(task.net, own, child, task.ceiling(), _STEPS, 0.5, shares)
        task.n_nodes += 1
        task.n_offers += 1
        if task.n_offers <= _OFFERS:
            task.offer(child, shares)
        if bound >= task.ceiling():
            continue
        fix_kernel(task.net, own, child, bound, budget_price, task.ceiling())
        heapq.heappush(task.heap, (bound, task.n_nodes, child, own))


def _settle(task: _Task, state: np.ndarray) -> None:
    """Measure the one choice that is left where every site is open or closed."""
    is_open = state == OPEN
    if task.median.cost[is_open].sum() <= task.median.budget * (1 + 1e-9):
        task.keep(is_open, _paid(task.median, is_open))
