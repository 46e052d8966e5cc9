"""Fewest sites that reach everyone: set covering, after what is dominated has been left out.

Toregas, Swain, ReVelle, Bergman (1971), doi:10.1287/opre.19.6.1363.
"""

from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import csc_matrix, csr_matrix, hstack, vstack

from optimize.highs import run_programme
from optimize.problem import FloatArray, IntArray
from optimize.stop import Stop

_MOST_PAIRS = 4_000_000_000  # products beyond which dominance costs more than it saves


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """Sites that reach everyone (positions; empty without any), their cost, and what no choice is below.

    `possible` is False once it is certain that no choice keeps the limit.
    """

    sites: IntArray
    cost: float
    lower_bound: float
    proven: bool
    possible: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """A share of the weight that has to be within reach.

    Attributes
    ----------
    near
        bool (k, m), whether site j reaches demand i; demands without any way are among them.
    weight, share, reach_m
        float64 (k,), the share from 0 to 1, and within how many metres `near` is.
    """

    near: np.ndarray
    weight: FloatArray
    share: float
    reach_m: float


def cover_all(
    near: np.ndarray, cost: FloatArray, *, must: np.ndarray, most: float = np.inf, stop: Stop
) -> Cover:
    """Choose the cheapest sites that reach every demand.

    Parameters
    ----------
    near
        bool (n, m), whether site j reaches demand i; sites that may not be opened reach nobody.
    cost
        float64 (m,), at least zero.
    must
        bool (m,), sites that are open.
    most
        What the sites may cost in all.
    """
    left = ~near[:, must].any(axis=1)
    if not near[left].any(axis=1).all():
        return Cover(
            sites=np.zeros(0, np.int64), cost=np.inf, lower_bound=np.inf, proven=True, possible=False
        )
    rows, columns = reduce_cover(near[left], np.where(must, np.inf, cost))
    base = float(cost[must].sum())
    fixed = np.flatnonzero(must)
    if len(rows) == 0:
        fits = base <= most
        return Cover(sites=fixed, cost=base, lower_bound=base, proven=True, possible=bool(fits))
    programme = _each_reached(near[left][np.ix_(rows, columns)], cost[columns])
    picked, bound, status = _solve(programme, most - base, stop)
    sites = np.sort(np.concatenate([fixed, columns[picked]])) if len(picked) else np.zeros(0, np.int64)
    return Cover(
        sites=sites,
        cost=base + float(cost[columns[picked]].sum()) if len(picked) else np.inf,
        lower_bound=base + bound,
        proven=status in ("best", "none"),
        possible=status != "none",
    )


def reduce_cover(near: np.ndarray, cost: FloatArray) -> tuple[IntArray, IntArray]:
    """Leave out demands that are reached whenever another is, and sites that another one outdoes.

    Give the rows and columns that stay.
    """
    rows = np.arange(len(near))
    columns = np.flatnonzero(near.any(axis=0) & np.isfinite(cost))
    while len(rows) * float(len(columns)) * max(len(rows), len(columns)) < _MOST_PAIRS:
        part = near[np.ix_(rows, columns)]
        stay = _not_outdone(part.T, cost[columns])
        keep = _not_outdone(~part[:, stay], np.zeros(len(rows)))
        if len(stay) == len(columns) and len(keep) == len(rows):
            break
        rows, columns = rows[keep], columns[stay]
    return rows, columns


def _not_outdone(part: np.ndarray, cost: FloatArray) -> IntArray:
    """Give the rows that no other row covers at no more cost; of equal rows the first stays."""
    held = part.astype(np.float32)
    missing = held @ (1 - held).T  # [a, b]: what a holds and b does not
    covered = (missing == 0) & (cost[:, None] >= cost[None, :])
    equal = covered & covered.T
    first = np.tril(equal, -1)  # b before a
    return np.flatnonzero(~((covered & ~equal) | first).any(axis=1))


def cover_share(
    nearby: Nearby,
    cost: FloatArray,
    *,
    must: np.ndarray,
    most: float = np.inf,
    also: np.ndarray | None = None,
    stop: Stop,
) -> Cover:
    """Choose the cheapest sites that reach a share of the weight; see `cover_all`.

    `also`, bool (k, m), names further demands and the sites that reach each: all of them have to be reached.
    """
    near, weight = nearby.near, nearby.weight
    own = np.flatnonzero(near.any(axis=0) | must | (False if also is None else also.any(axis=0)))
    # Demands reached by the same sites count as one.
    rows, which = np.unique(near[weight > 0][:, own], axis=0, return_inverse=True)
    mass = np.bincount(which.ravel(), weight[weight > 0])
    each = np.zeros((0, len(own)), np.bool_) if also is None else np.unique(also[:, own], axis=0)
    n, k = len(rows), len(each)
    left = csr_matrix(np.concatenate([rows, np.zeros((1, len(own)), np.bool_), each]).astype(float))
    missed = csr_matrix(np.concatenate([np.eye(n), mass[None, :], np.zeros((k, n))]))
    programme = _Programme(
        matrix=hstack([left, missed]).tocsc(),
        row_lower=np.concatenate([np.ones(n), [-np.inf], np.ones(k)]),
        row_upper=np.concatenate(
            [np.full(n, np.inf), [(1 - nearby.share) * weight.sum() * (1 + 1e-12)], np.full(k, np.inf)]
        ),
        cost=np.concatenate([cost[own], np.zeros(n)]),
        lower=np.concatenate([must[own].astype(float), np.zeros(n)]),
        n_whole=len(own),
    )
    picked, bound, status = _solve(programme, most, stop)
    picked = own[picked]
    return Cover(
        sites=picked,
        cost=float(cost[picked].sum()) if len(picked) else np.inf,
        lower_bound=bound,
        proven=status in ("best", "none"),
        possible=status != "none",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Programme:
    """Rows between limits; columns from `lower` to 1, the first `n_whole` of them whole."""

    matrix: csc_matrix
    row_lower: FloatArray
    row_upper: FloatArray
    cost: FloatArray
    lower: FloatArray
    n_whole: int


def _each_reached(near: np.ndarray, cost: FloatArray) -> _Programme:
    n, m = near.shape
    return _Programme(
        matrix=csc_matrix(near.astype(float)),
        row_lower=np.ones(n),
        row_upper=np.full(n, np.inf),
        cost=cost,
        lower=np.zeros(m),
        n_whole=m,
    )


def _solve(programme: _Programme, most: float, stop: Stop) -> tuple[IntArray, float, str]:
    """Give the whole columns taken, a bound of their cost, and `best`, `some`, `none` or `open`."""
    cost, whole = programme.cost, bool((programme.cost % 1 == 0).all())
    scale = float(cost.max()) or 1.0
    count = len(cost)
    matrix = vstack([programme.matrix, csr_matrix(cost[None, :] / scale)]).tocsc()
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = count, matrix.shape[0]
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost / scale, programme.lower, np.ones(count)
    lp.row_lower_ = np.concatenate([programme.row_lower, [-np.inf]])
    lp.row_upper_ = np.concatenate([programme.row_upper, [most / scale * (1 + 1e-9)]])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
    lp.a_matrix_.value_ = matrix.data
    kinds = highspy.HighsVarType
    lp.integrality_ = [kinds.kInteger if at < programme.n_whole else kinds.kContinuous for at in range(count)]
    solver = run_programme(lp, stop, abs_gap=(1 - 1e-6) / scale if whole else 1e-9)
    status, info = solver.getModelStatus(), solver.getInfo()
    if status == highspy.HighsModelStatus.kInfeasible:
        return np.zeros(0, np.int64), np.inf, "none"
    bound = float(info.mip_dual_bound * scale)
    bound = float(np.ceil(bound - 1e-6)) if whole and np.isfinite(bound) else max(bound, 0.0)
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return np.zeros(0, np.int64), bound, "open"
    values = np.array(solver.getSolution().col_value)
    values[: programme.n_whole] = np.round(values[: programme.n_whole])
    if not _holds(programme, values, most):
        return np.zeros(0, np.int64), 0.0, "open"  # nothing the solver says of a wrong answer is trusted
    done = status == highspy.HighsModelStatus.kOptimal
    return np.flatnonzero(values[: programme.n_whole] > 0.5), bound, "best" if done else "some"


def _holds(programme: _Programme, values: FloatArray, most: float) -> bool:
    """Tell whether an answer, its whole columns rounded, keeps every row."""
    sums = programme.matrix @ values
    slack = 1e-6 * np.maximum(1.0, np.abs(sums))
    within = (sums >= programme.row_lower - slack) & (sums <= programme.row_upper + slack)
    return bool(within.all() and programme.cost @ values <= most * (1 + 1e-6) + 1e-6)
