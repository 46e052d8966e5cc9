"""The last step for venues with rooms: leave out what no better plan holds, and settle the rest exactly.

At the best prices found, opening a site or sending a demand there raises the bound by so much; where that
passes the best plan known, it can be left out. What remains is solved as it stands by an integer programme.
"""

from dataclasses import dataclass

import highspy
import numpy as np
from numba import njit
from scipy.sparse import coo_matrix

from optimize.highs import run_programme
from optimize.problem import FloatArray, IntArray
from optimize.stop import Stop
from optimize.venues.capacitated_columns import Capacitated
from optimize.venues.holdings import Units

_MOST_PAIRS = 40_000  # demands that may go to sites, beyond which the programme is not begun


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Prices of the demands, float64 (n,), the bound there, and what each site adds, float64 (m,).

    `budget_low` and `budget_high` are two prices of the budget at which the bound is the same.
    """

    price: FloatArray
    bound: float
    worth: FloatArray
    budget_low: float
    budget_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """A better plan if there is one (the site of each demand), and what no plan is below."""

    of: IntArray | None
    lower_bound: float


@njit(cache=True)
def _prefix_kernel(gain: np.ndarray, need: np.ndarray, size: int) -> np.ndarray:
    """Give the best value of the first k items in each room: float64 (k + 1, size + 1)."""
    table = np.zeros((len(gain) + 1, size + 1))
    for k in range(len(gain)):
        for load in range(size + 1):
            value = table[k, load]
            if load >= need[k]:
                value = max(value, table[k, load - need[k]] + gain[k])
            table[k + 1, load] = value
    return table


@njit(cache=True)
def _force_kernel(
    pay: np.ndarray, price: np.ndarray, need: np.ndarray, room: np.ndarray, loss: np.ndarray
) -> None:
    """Fill in what a site saves less when it has to hold a demand: float64 (m, n), infinite without room."""
    m, n = pay.shape
    for j in range(m):
        size = room[j]
        own = np.flatnonzero((pay[j] < price) & (need <= size))
        gain, sizes = price[own] - pay[j][own], need[own]
        ahead = _prefix_kernel(gain, sizes, size)
        behind = _prefix_kernel(gain[::-1], sizes[::-1], size)
        best = ahead[len(own), size]
        for i in range(n):
            if need[i] > size:
                loss[j, i] = np.inf
            else:
                loss[j, i] = best - ahead[len(own), size - need[i]] - (price[i] - pay[j, i])
        for k in range(len(own)):
            left = size - sizes[k]
            value = 0.0
            for load in range(left + 1):
                value = max(value, ahead[k, load] + behind[len(own) - 1 - k, left - load])
            loss[j, own[k]] = max(0.0, best - value - gain[k])


@njit(cache=True)
def _loose_force_kernel(
    pay: np.ndarray, price: np.ndarray, need: np.ndarray, room: np.ndarray, loss: np.ndarray
) -> None:
    """Fill in the same where holdings are counted with the last demand in part."""
    m, n = pay.shape
    for j in range(m):
        own = np.flatnonzero((pay[j] < price) & (need <= room[j]))
        gain = price[own] - pay[j][own]
        order = own[np.argsort(-gain / np.maximum(need[own], 1e-12))]
        best = _loose_value_kernel(pay[j], price, need, order, room[j], -1)
        for i in range(n):
            if need[i] > room[j]:
                loss[j, i] = np.inf
            else:
                with_it = _loose_value_kernel(pay[j], price, need, order, room[j] - need[i], i)
                loss[j, i] = max(0.0, best - with_it - (price[i] - pay[j, i]))


@njit(cache=True)
def _loose_value_kernel(
    pay: np.ndarray, price: np.ndarray, need: np.ndarray, order: np.ndarray, room: float, without: int
) -> float:
    value, left = 0.0, room
    for i in order:
        if i == without:
            continue
        if need[i] <= left:
            value += price[i] - pay[i]
            left -= need[i]
        else:
            value += (price[i] - pay[i]) * left / need[i]
            break
    return value


def finish(model: Capacitated, units: Units, at: Prices, upper: float, stop: Stop) -> Finish:
    """Find the best plan below `upper`, or prove that there is none; cut off, give a valid bound."""
    loss = np.zeros_like(model.pay)
    if units.exact:
        _force_kernel(model.pay, at.price, units.need, units.room, loss)
    else:
        _loose_force_kernel(model.pay, at.price, model.need, model.room, loss)
    dearer = at.worth + at.budget_high * model.cost
    opening = np.where(model.must, 0.0, np.maximum(dearer, 0.0))
    may = (at.bound + opening < upper) & ~model.closed
    has_to = model.must | (may & (at.bound - (at.worth + at.budget_low * model.cost) >= upper))
    pair = may[:, None] & (at.bound + opening[:, None] + loss < upper)
    if not pair.any(axis=0).all():
        return Finish(of=None, lower_bound=upper)
    if pair.sum() > _MOST_PAIRS:
        return Finish(of=None, lower_bound=at.bound)
    return settle_pairs(model, np.flatnonzero(may), has_to, pair, upper, stop)


def settle_pairs(
    model: Capacitated, sites: IntArray, has_to: np.ndarray, pair: np.ndarray, upper: float, stop: Stop
) -> Finish:
    """Solve what remains as an integer programme: a column a site, a column a demand that may go there.

    Parameters
    ----------
    sites, has_to
        int64, the sites that may be open, and bool (m,), those that have to be.
    pair
        bool (m, n), the demands that may go to each site.
    upper
        What only plans below it are looked for.
    """
    n, count = model.pay.shape[1], len(sites)
    k, i = np.nonzero(pair[sites])
    pay = model.pay[sites[k], i]
    largest, dearest = float(pay.max()) or 1.0, float(model.cost[sites].max()) or 1.0
    goes = count + np.arange(len(k))
    # Everyone goes to one site; a site has room; nobody goes to a closed one; the budget.
    bound_to = np.flatnonzero(~has_to[sites][k])  # a site that has to be open is never closed
    room_of, open_of, budget_at = n + k, n + count + np.arange(len(bound_to)), n + count + len(bound_to)
    late = np.flatnonzero(np.zeros(len(k)) if model.late is None else model.late[sites[k], i])
    scale = model.room[sites].max()
    entries = (
        (i, goes, np.ones(len(k))),
        (room_of, goes, model.need[i] / scale),
        (n + np.arange(count), np.arange(count), -model.room[sites] * (1 + 1e-9) / scale),
        (open_of, goes[bound_to], np.ones(len(bound_to))),
        (open_of, k[bound_to], -np.ones(len(bound_to))),
        (np.full(count, budget_at), np.arange(count), model.cost[sites] / dearest),
        (np.full(len(late), budget_at + 1), goes[late], model.need[i[late]] / scale),
    )
    rows, columns, values = (np.concatenate([one[part] for one in entries]) for part in range(3))
    matrix = coo_matrix((values, (rows, columns)), (budget_at + 2, count + len(k))).tocsc()
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = count + len(k), budget_at + 2
    lp.col_cost_ = np.concatenate([np.zeros(count), pay / largest])
    lp.col_lower_ = np.concatenate([has_to[sites].astype(float), np.zeros(len(k))])
    lp.col_upper_ = np.ones(count + len(k))
    lp.row_lower_ = np.concatenate([np.ones(n), np.full(budget_at + 2 - n, -np.inf)])
    lp.row_upper_ = np.concatenate(
        [
            np.ones(n),
            np.zeros(count + len(bound_to)),
            [model.budget / dearest * (1 + 1e-9), min(model.late_most / scale, 1e30)],
        ]
    )
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
    lp.a_matrix_.value_ = matrix.data
    lp.integrality_ = [highspy.HighsVarType.kInteger] * (count + len(k))
    solver = run_programme(lp, stop, abs_gap=1e-9)
    return _read(model, solver, sites[k], i, upper, largest)


def _read(
    model: Capacitated, solver: highspy.Highs, site: IntArray, demand: IntArray, upper: float, scale: float
) -> Finish:
    status, info = solver.getModelStatus(), solver.getInfo()
    if status == highspy.HighsModelStatus.kInfeasible:
        return Finish(of=None, lower_bound=upper)
    bound = min(upper, float(info.mip_dual_bound) * scale)
    bound = bound if np.isfinite(bound) else -np.inf
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Finish(of=None, lower_bound=bound)
    taken = np.array(solver.getSolution().col_value)[-len(site) :] > 0.5
    of = np.full(model.pay.shape[1], -1, np.int64)
    of[demand[taken]] = site[taken]
    load = np.bincount(np.maximum(of, 0), model.need, len(model.room))
    used = model.must.copy()
    used[of] = True
    holds = (
        (of >= 0).all()
        and (load <= model.room * (1 + 1e-6)).all()
        and model.cost[used].sum() <= model.budget * (1 + 1e-6)
        and model.missed(of) <= model.late_most * (1 + 1e-6)
    )
    # Nothing the solver says of a wrong answer is trusted.
    return Finish(of=of, lower_bound=bound) if holds else Finish(of=None, lower_bound=-np.inf)
