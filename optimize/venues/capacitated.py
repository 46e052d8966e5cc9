"""Venues that can only take so many: capacitated p-median by column generation and a search that feeds it.

A column is a site with all it serves. Prices come from the linear programme over the columns found; at
any prices, one knapsack a site tells what is missing and bounds every choice. The best choice of the columns
found is then taken by an integer programme. Where demands are many and small, see `capacitated_sites`.
Ceselli and Righini (2005), doi:10.1002/net.20059.
"""

from dataclasses import dataclass

import numpy as np

from optimize.problem import FloatArray, IntArray
from optimize.stop import Stop
from optimize.venues.assign import Rooms, assign_kernel, recentre_kernel, settle_kernel
from optimize.venues.capacitated_columns import Capacitated, Pool, choose_columns, relax_columns
from optimize.venues.capacitated_finish import Prices, finish
from optimize.venues.capacitated_sites import search_sites, settle_leaves, suits
from optimize.venues.holdings import Units, hold, in_units
from optimize.venues.sharing import keep_limit

_ROUNDS = 60
TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Which site serves each demand, int64 (n,), with a certificate.

    Without a plan every demand is -1, the objective infinite, and `proven` tells that there is none.
    """

    of: IntArray
    objective: float
    lower_bound: float
    proven: bool


@dataclass(slots=True, kw_only=True)
class _Task:
    """One run: columns, best plan, best bound; private to this file."""

    model: Capacitated
    units: Units
    rooms: Rooms
    pool: Pool
    of: IntArray
    price: FloatArray  # at which the best bound was found
    cost: float = np.inf
    bound: float = -np.inf

    def offer(self, sites: IntArray, of: IntArray) -> None:
        """Keep a plan that fits: its columns always, itself if it is the best."""
        model = self.model
        load = np.bincount(of, model.need, len(sites))
        fits = load <= model.room[sites] * (1 + 1e-9)
        used = np.union1d(sites[of], np.flatnonzero(model.must))
        afforded = model.cost[used].sum() <= model.budget * (1 + 1e-9)
        for k in np.flatnonzero(fits).tolist():
            row = of == k
            self.pool.add(int(sites[k]), row, float(model.pay[sites[k], row].sum()))
        cost = float(model.pay[sites[of], np.arange(len(of))].sum())
        if afforded and fits.all() and cost < self.cost - 1e-9 * abs(cost):
            self.cost, self.of = cost, sites[of]


def solve_capacitated(
    model: Capacitated, *, stop: Stop, rng: np.random.Generator, whole: bool = False
) -> Served:
    """Choose sites and send every demand to one of them; cut off, give the best with a valid bound.

    `whole` says that all pays are whole numbers, so that the bound may be rounded up.
    """
    if suits(model):
        return _serve_many(model, stop, whole)
    task = _begin(model)
    price = _subgradient(task, stop, whole)
    _search(task, stop, rng)
    _generate(task, stop, price, whole)
    _choose(task, stop)
    _finish(task, stop, whole)
    return _served(task.of, task.cost, task.bound, whole)


def _serve_many(model: Capacitated, stop: Stop, whole: bool) -> Served:
    """Serve demands that are many and small: settle the sites first, then who goes where."""
    found = search_sites(model, stop)
    found = settle_leaves(model, found, stop)
    return _served(found.of, found.cost, found.lower_bound, whole)


def serve_share(model: Capacitated, dear: float, stop: Stop) -> Served:
    """Serve demands where only so much may be out of reach; `dear` is a fine to begin with."""
    found = keep_limit(model, dear, stop)
    return _served(found.of, found.cost, found.lower_bound, whole=False)


def _served(of: IntArray, cost: float, bound: float, whole: bool) -> Served:
    bound = min(_round(bound, whole), cost)
    if not np.isfinite(cost):
        return Served(of=of, objective=np.inf, lower_bound=bound, proven=bool(bound == np.inf))
    return Served(
        of=of, objective=cost, lower_bound=bound, proven=bool(cost - bound <= TOLERANCE * abs(cost))
    )


def _round(bound: float, whole: bool) -> float:
    return float(np.ceil(bound - 1e-6)) if whole and np.isfinite(bound) else bound


def _begin(model: Capacitated) -> _Task:
    fine = 2.0 * float(model.pay.max()) / max(float(model.need.mean()), 1e-9)
    return _Task(
        model=model,
        units=in_units(model),
        rooms=Rooms(model.pay, model.need, model.room, fine),
        pool=Pool(),
        of=np.full(model.pay.shape[1], -1, np.int64),
        price=np.zeros(model.pay.shape[1]),
    )


def _bound_at(task: _Task, price: FloatArray) -> tuple[float, np.ndarray, FloatArray, IntArray]:
    """Give the bound at some prices, what each site would hold and save, and the sites chosen."""
    model = task.model
    held, worth = hold(model, task.units, price)
    sites, saved = _afford(model, worth)
    return float(price.sum() + saved), held, worth, sites


def _afford(model: Capacitated, worth: FloatArray) -> tuple[IntArray, float]:
    """Choose sites by what they save for their cost; give those taken whole, and what no choice saves more.

    The last one is counted in part, so that the saving bounds every choice within the budget.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(model.cost > 0, worth / model.cost, np.where(worth < 0, -np.inf, 0.0))
    order = np.argsort(np.where(model.closed, np.inf, ratio), kind="stable")
    order = order[~model.closed[order] & ~model.must[order]]
    left = model.budget * (1 + 1e-9) - model.cost[model.must].sum()
    before = np.cumsum(model.cost[order]) - model.cost[order]
    whole = before + model.cost[order] <= left
    first, rest = order[whole], order[~whole]
    left -= float(model.cost[first].sum())
    saved = float(worth[model.must].sum() + worth[first].sum())
    if len(rest):
        saved += max(0.0, left / model.cost[rest[0]]) * float(worth[rest[0]])
    more = []
    for site in rest.tolist() if left >= model.cost[rest].min(initial=np.inf) else []:
        if model.cost[site] <= left:
            more.append(site)
            left -= model.cost[site]
    taken = np.concatenate([np.flatnonzero(model.must), first, np.array(more, np.int64)])
    return taken, saved


def _budget_prices(model: Capacitated, worth: FloatArray) -> tuple[float, float]:
    """Give the least and the largest price of the budget at which the bound stays what it is."""
    free = ~model.closed & ~model.must & (worth < 0) & (model.cost > 0)
    ratio = np.sort(-worth[free] / model.cost[free])[::-1]
    spent = np.cumsum(model.cost[free][np.argsort(worth[free] / model.cost[free], kind="stable")])
    left = model.budget - float(model.cost[model.must].sum())
    n_whole = int(np.searchsorted(spent, left * (1 + 1e-9), "right"))
    low = float(ratio[n_whole]) if n_whole < len(ratio) else 0.0
    exact = n_whole > 0 and abs(spent[n_whole - 1] - left) <= 1e-9 * max(left, 1.0)
    return low, float(ratio[n_whole - 1]) if exact else low


def _subgradient(task: _Task, stop: Stop, whole: bool) -> FloatArray:
    model = task.model
    price = np.partition(model.pay, min(1, len(model.pay) - 1), axis=0)[min(1, len(model.pay) - 1)].copy()
    best, scale, idle = price.copy(), 2.0, 0
    for step in range(400):
        bound, held, _, sites = _bound_at(task, price)
        if bound > task.bound + 1e-9 * abs(bound):
            task.bound, best, idle = bound, price.copy(), 0
            task.price = best
        else:
            idle += 1
            if idle >= 12:
                scale, idle = scale * 0.6, 0
        if step % 4 == 0 or not np.isfinite(task.cost):
            _improve(task, sites.copy(), rounds=4)
        if stop() or scale < 5e-3 or _round(task.bound, whole) >= task.cost - TOLERANCE:
            break
        slope = 1.0 - held[sites].sum(axis=0)
        square = float(slope @ slope)
        if square < 1e-12:
            break
        upper = task.cost if np.isfinite(task.cost) else 1.1 * abs(bound)
        price = price + scale * (1.02 * upper - bound) / square * slope
    return np.asarray(best)


def _improve(task: _Task, sites: IntArray, rounds: int) -> tuple[IntArray, IntArray]:
    """Assign, and move sites and demands in turns; offer what comes of it."""
    model = task.model
    of = np.zeros(model.pay.shape[1], np.int64)
    if len(sites) == 0:
        return sites, of
    assign_kernel(task.rooms, sites, of)
    task.offer(sites, of)
    for _ in range(rounds):
        spare = model.budget * (1 + 1e-9) - model.cost[sites].sum()
        if not recentre_kernel(task.rooms, sites, of, ~model.must & ~model.closed, model.cost, spare):
            break
        settle_kernel(task.rooms, sites, of)
        task.offer(sites, of)
    return sites, of


def _search(task: _Task, stop: Stop, rng: np.random.Generator) -> None:
    """Move a site or two of the best plan somewhere near and improve again, time after time."""
    model = task.model
    if not np.isfinite(task.cost):
        return
    current, value = np.unique(task.of), task.cost
    for _ in range(600):
        if stop():
            return
        sites = current.copy()
        for _ in range(int(rng.integers(1, 3))):
            movable = np.flatnonzero(~model.must[sites])
            if len(movable) == 0:
                return
            k = int(rng.choice(movable))
            pivot = int(rng.integers(model.pay.shape[1]))
            near = np.argsort(model.pay[:, pivot], kind="stable")
            near = near[~np.isin(near, sites) & ~model.closed[near]][:8]
            spare = model.budget * (1 + 1e-9) - model.cost[sites].sum() + model.cost[sites[k]]
            near = near[model.cost[near] <= spare]
            if len(near):
                sites[k] = int(rng.choice(near))
        sites, of = _improve(task, sites, rounds=6)
        cost = float(model.pay[sites[of], np.arange(len(of))].sum())
        load = np.bincount(of, model.need, len(sites))
        if (load <= model.room[sites] * (1 + 1e-9)).all() and cost < value * (1 + 0.002 * rng.random()):
            current, value = sites, cost


def _generate(task: _Task, stop: Stop, price: FloatArray, whole: bool) -> None:
    """Add the columns that knapsacks find until the bound meets the linear programme."""
    model = task.model
    m = len(model.pay)
    centre = price
    for _ in range(_ROUNDS):
        if stop() or _round(task.bound, whole) >= task.cost - TOLERANCE or not task.pool.rows:
            break
        relaxed = relax_columns(model, task.pool)
        if relaxed is None:
            break
        added = 0
        for share in (0.5, 0.0):
            at = share * centre + (1 - share) * relaxed.price
            bound, held, worth, sites = _bound_at(task, at)
            if bound > task.bound:
                task.bound, centre = bound, at
                task.price = at
            order = np.argsort(worth, kind="stable")[: max(2 * len(sites), m // 2)]
            for j in order[~model.closed[order]].tolist():
                row = held[j]
                if row.any() and model.need[row].sum() <= model.room[j] * (1 + 1e-9):
                    added += task.pool.add(j, row, float(model.pay[j, row].sum()))
            if added:
                break
        if added == 0 or relaxed.value - task.bound <= 1e-7 * abs(relaxed.value):
            break


def _finish(task: _Task, stop: Stop, whole: bool) -> None:
    """Settle what is left between the best plan and the bound by an integer programme."""
    model = task.model
    if np.isfinite(task.cost):
        ceiling = task.cost - (1 - 1e-6 if whole else TOLERANCE * abs(task.cost))
    else:
        ceiling = 1.001 * float(model.pay.max(axis=0).sum()) + 1.0  # no plan known: any will do
    if task.bound >= ceiling:
        task.bound = task.cost  # no plan, not the dearest one, is below the bound
        return
    if stop():
        return
    bound, _, worth, _ = _bound_at(task, task.price)
    low, high = _budget_prices(model, worth)
    at = Prices(price=task.price, bound=bound, worth=worth, budget_low=low, budget_high=high)
    found = finish(model, task.units, at, ceiling, stop)
    # Nothing is below what counts as better: then the best plan known is the best there is.
    task.bound = max(task.bound, task.cost if found.lower_bound >= ceiling else found.lower_bound)
    if found.of is not None:
        cost = float(model.pay[found.of, np.arange(len(found.of))].sum())
        if cost < task.cost:
            task.cost, task.of = cost, found.of


def _choose(task: _Task, stop: Stop) -> None:
    """Choose the best plan from the columns whose reduced cost leaves room for a better one."""
    if stop() or not np.isfinite(task.cost) or task.cost - task.bound <= TOLERANCE * abs(task.cost):
        return
    relaxed = relax_columns(task.model, task.pool)
    if relaxed is None:
        return
    keep = np.flatnonzero(relaxed.reduced <= task.cost - relaxed.value + 1e-6)
    of = choose_columns(task.model, task.pool, keep, stop)
    if of is None:
        return
    cost = float(task.model.pay[of, np.arange(len(of))].sum())
    if cost < task.cost:
        task.cost, task.of = cost, of
