"""The HiGHS solver as everybody here starts it, and the programmes that choose groups of cells.

Costs are divided by the largest one before they go in and multiplied back on the way out: the solver's
tolerances are absolute, and then mean the same for a community in metres as for one in kilometres. One
thread and a fixed seed make its answers repeatable.
"""

from dataclasses import dataclass

import highspy
import numpy as np

from optimize.pool import Pool
from optimize.problem import FloatArray, IntArray
from optimize.stop import Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the integer programme gave.

    `chosen` are positions in the pool (empty without a plan), `bound` holds for every plan made of the
    columns given, `finished` tells whether the solver ended by itself, with a best plan or the proof
    that there is none.
    """

    chosen: IntArray
    bound: float
    finished: bool


class _QuietHighs(highspy.Highs):
    """A solver that prints nothing: not even the banner, which its first call writes to standard output."""

    def enableCallbacks(self) -> None:  # noqa: N802 - the library's name; its constructor calls this first
        """Turn output off before the first call, then go on."""
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]  # so in the library


def new_solver() -> highspy.Highs:
    """Make a solver that prints nothing and gives the same answer every time."""
    solver = _QuietHighs()  # type: ignore[no-untyped-call]  # so in the library
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 0)
    solver.setOptionValue("dual_feasibility_tolerance", 1e-9)
    return solver


def _columns(pool: Pool, chosen: IntArray) -> tuple[IntArray, IntArray, FloatArray]:
    """Give the chosen columns (starts, rows, values): one row per unit, then one per side."""
    groups = pool.groups.take(chosen)
    sizes = np.diff(groups.indptr)
    owner = np.repeat(np.arange(len(chosen)), sizes)
    rows = [groups.members.astype(np.int64)]
    values = [np.ones(len(groups.members))]
    owners = [owner]
    for at, side in enumerate(pool.sides):
        used = np.flatnonzero(side.coefficient[chosen])
        owners.append(used)
        rows.append(np.full(len(used), pool.n_units + at))
        values.append(side.coefficient[chosen][used])
    order = np.argsort(np.concatenate(owners), kind="stable")
    counts = np.bincount(np.concatenate(owners), minlength=len(chosen))
    starts = np.concatenate([[0], np.cumsum(counts)])
    return starts, np.concatenate(rows)[order], np.concatenate(values)[order]


def _row_limits(pool: Pool) -> tuple[FloatArray, FloatArray]:
    lower = np.array([1.0] * pool.n_units + [side.lower for side in pool.sides])
    upper = np.array([1.0] * pool.n_units + [side.upper for side in pool.sides])
    return lower, upper


class RestrictedLp:
    """The linear relaxation over some of the pool's groups, to which more are added; it keeps its basis.

    Costly artificial columns make it solvable from the start: one per unit, two per side.

    Parameters
    ----------
    penalty
        Cost of a whole artificial column; the duals stay valid for the pool however it is chosen.
    """

    def __init__(self, pool: Pool, penalty: float) -> None:
        self._pool = pool
        self._scale = float(pool.cost.max(initial=0.0)) or 1.0
        self._seen = np.zeros(len(pool.groups), np.bool_)
        self._columns: list[IntArray] = []
        self._solver = new_solver()
        self._n_artificial = pool.n_units + 2 * len(pool.sides)
        self._pass_artificials(penalty / self._scale)

    def _pass_artificials(self, penalty: float) -> None:
        pool, count = self._pool, self._n_artificial
        lower, upper = _row_limits(pool)
        signs = [1.0] * pool.n_units + [1.0, -1.0] * len(pool.sides)
        rows = list(range(pool.n_units)) + [pool.n_units + at // 2 for at in range(2 * len(pool.sides))]
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = count, len(lower)
        lp.col_cost_ = np.full(count, penalty)
        lp.col_lower_, lp.col_upper_ = np.zeros(count), np.full(count, np.inf)
        lp.row_lower_, lp.row_upper_ = lower, upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = np.arange(count + 1)
        lp.a_matrix_.index_, lp.a_matrix_.value_ = np.array(rows), np.array(signs)
        self._solver.passModel(lp)

    def unseen(self, chosen: IntArray) -> IntArray:
        """Give those of the groups that are not in the programme yet."""
        return np.asarray(chosen[~self._seen[chosen]])

    def add(self, chosen: IntArray) -> None:
        """Add groups that are not in the programme yet."""
        self._seen[chosen] = True
        self._columns.append(chosen)
        starts, rows, values = _columns(self._pool, chosen)
        count = len(chosen)
        self._solver.addCols(
            count,
            self._pool.cost[chosen] / self._scale,
            np.zeros(count),
            np.full(count, np.inf),
            len(rows),
            starts[:-1].astype(np.int32),
            rows.astype(np.int32),
            values,
        )

    def solve(self) -> FloatArray | None:
        """Solve and give the duals of units and sides, or None when the solver fails."""
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.array(self._solver.getSolution().row_dual) * self._scale

    def solution(self) -> tuple[IntArray, FloatArray]:
        """Give the groups in the programme, as positions in the pool, and how much of each is taken."""
        values = np.array(self._solver.getSolution().col_value[self._n_artificial :])
        return np.concatenate(self._columns), values

    def uses_artificials(self) -> bool:
        """Tell whether the last solution still needs artificial columns."""
        values = np.array(self._solver.getSolution().col_value[: self._n_artificial])
        return bool(values.sum() > 1e-7)


def run_programme(lp: highspy.HighsLp, stop: Stop, *, abs_gap: float) -> highspy.Highs:
    """Run an integer programme to its end, or until it is stopped, and give the solver to be read.

    The solver is given no plan to start from and does not presolve: with both, HiGHS 1.16 was seen to call
    the plan it was given optimal though a cheaper one was among the groups; with presolve alone, to fail
    where there is no plan.
    """
    solver = new_solver()
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", abs_gap)
    solver.setOptionValue("presolve", "off")
    solver.passModel(lp)
    solver.cbMipInterrupt += lambda event: event.interrupt(stop())
    solver.run()
    return solver


def choose_columns(pool: Pool, keep: IntArray, stop: Stop) -> Answer:
    """Find the cheapest plan made of some groups of the pool by an integer programme.

    Parameters
    ----------
    keep
        Positions in the pool, ascending.
    """
    if len(keep) == 0:
        return Answer(chosen=keep, bound=np.inf, finished=True)
    scale = float(pool.cost[keep].max()) or 1.0
    return _read(run_programme(_integer_model(pool, keep, scale), stop, abs_gap=1e-8), pool, keep, scale)


def _integer_model(pool: Pool, keep: IntArray, scale: float) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(keep), pool.n_units + len(pool.sides)
    lp.col_cost_ = pool.cost[keep] / scale
    lp.col_lower_, lp.col_upper_ = np.zeros(len(keep)), np.ones(len(keep))
    lp.row_lower_, lp.row_upper_ = _row_limits(pool)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = _columns(pool, keep)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(keep)
    return lp


def _read(solver: highspy.Highs, pool: Pool, keep: IntArray, scale: float) -> Answer:
    """Read the answer without trust: a plan counts only when it covers every unit exactly once."""
    status = solver.getModelStatus()
    nothing = np.zeros(0, np.int64)
    if status == highspy.HighsModelStatus.kInfeasible:
        return Answer(chosen=nothing, bound=np.inf, finished=True)
    info = solver.getInfo()
    chosen = nothing
    values = np.array(solver.getSolution().col_value)
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible and len(values):
        chosen = keep[values > 0.5]
        if not is_plan(pool, chosen):
            chosen = nothing
    if len(chosen) and not _is_true(info.objective_function_value * scale, float(pool.cost[chosen].sum())):
        return Answer(chosen=chosen, bound=-np.inf, finished=False)
    finished = status == highspy.HighsModelStatus.kOptimal and len(chosen) > 0
    bound = info.mip_dual_bound * scale
    return Answer(chosen=chosen, bound=bound if np.isfinite(bound) else -np.inf, finished=finished)


def _is_true(told: float, measured: float) -> bool:
    """Tell whether the solver's objective is that of its plan: a bound beside a wrong one means nothing."""
    return abs(told - measured) <= 1e-6 * max(1.0, abs(measured))


def is_plan(pool: Pool, chosen: IntArray) -> bool:
    """Tell whether some groups cover each unit exactly once and keep to the sides."""
    groups = pool.groups.take(chosen)
    covered = np.bincount(groups.members, minlength=pool.n_units)
    if (covered != 1).any():
        return False
    sums = [(float(side.coefficient[chosen].sum()), side) for side in pool.sides]
    return all(side.lower - 1e-9 <= value <= side.upper + 1e-9 for value, side in sums)
