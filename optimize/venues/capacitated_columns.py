"""Columns of a capacitated median model: sites with all they serve, relaxed and chosen from."""

from dataclasses import dataclass, field

import highspy
import numpy as np

from optimize.highs import new_solver, run_programme
from optimize.problem import FloatArray, IntArray
from optimize.stop import Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacitated:
    """A capacitated median model.

    Attributes
    ----------
    pay
        float64 (m, n), what demand i pays in all at site j; finite.
    need, room
        float64 (n,) and (m,): what a demand takes up, what a site can take.
    cost, budget
        float64 (m,), at least zero, of opening a site, and of all that are open; ones and a whole number
        limit how many are open.
    must, closed
        bool (m,): sites that must, or cannot, be open.
    late, late_most
        bool (m, n), where a demand would be out of reach of its site, and the need of which that may be so
        in all. Only `capacitated_sites` keeps to it.
    """

    pay: FloatArray
    need: FloatArray
    room: FloatArray
    cost: FloatArray
    budget: float
    must: np.ndarray
    closed: np.ndarray
    late: np.ndarray | None = None
    late_most: float = np.inf

    def paid(self, of: IntArray) -> float:
        """Give what is paid when each demand goes to the site named."""
        return float(self.pay[of, np.arange(len(of))].sum())

    def missed(self, of: IntArray) -> float:
        """Give the need that is out of reach of the sites named."""
        if self.late is None:
            return 0.0
        return float(self.need[self.late[of, np.arange(len(of))]].sum())


@dataclass(slots=True, kw_only=True)
class Pool:
    """Columns found so far: only ever added to."""

    sites: list[int] = field(default_factory=list)
    rows: list[np.ndarray] = field(default_factory=list)
    pays: list[float] = field(default_factory=list)
    _known: set[tuple[int, bytes]] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.sites)

    def add(self, site: int, row: np.ndarray, pay: float) -> bool:
        """Add a site with the demands it serves, bool (n,), unless that is known; tell whether it was new."""
        key = (site, np.packbits(row).tobytes())
        if key in self._known:
            return False
        self._known.add(key)
        self.sites.append(site)
        self.rows.append(row.copy())
        self.pays.append(pay)
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxed:
    """The linear programme over the columns: its value, the price of each demand, all reduced costs."""

    value: float
    price: FloatArray
    reduced: FloatArray


def relax_columns(model: Capacitated, pool: Pool) -> Relaxed | None:
    """Solve the linear programme over all columns; None where they make no plan, or the solver fails."""
    solver = new_solver()
    solver.passModel(_programme(model, pool, np.arange(len(pool))))
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    solution = solver.getSolution()
    return Relaxed(
        value=solver.getInfo().objective_function_value,
        price=np.array(solution.row_dual)[: model.pay.shape[1]],
        reduced=np.array(solution.col_dual),
    )


def choose_columns(model: Capacitated, pool: Pool, keep: IntArray, stop: Stop) -> IntArray | None:
    """Choose the best plan of some columns; give the site of each demand, None where there is no plan.

    Nothing is proven by it: there may be better columns.
    """
    lp = _programme(model, pool, keep)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(keep)
    solver = run_programme(lp, stop, abs_gap=1e-9)
    values = np.array(solver.getSolution().col_value)
    feasible = highspy.SolutionStatus.kSolutionStatusFeasible
    if solver.getInfo().primal_solution_status != feasible or not len(values):
        return None
    of = np.full(model.pay.shape[1], -1, np.int64)
    for at in keep[values > 0.5].tolist():
        of[pool.rows[at]] = pool.sites[at]
    return of if (of >= 0).all() else None


def _programme(model: Capacitated, pool: Pool, keep: IntArray) -> highspy.HighsLp:
    """Build the programme: each demand once, each site at most once, sites for the budget."""
    m, n = model.pay.shape
    index = [
        np.concatenate([np.flatnonzero(pool.rows[at]), [n + pool.sites[at], n + m]]) for at in keep.tolist()
    ]
    sizes = np.array([len(rows) for rows in index], np.int64)
    values = np.ones(int(sizes.sum()))
    scale = float(model.cost.max()) or 1.0
    values[np.cumsum(sizes) - 1] = model.cost[np.array(pool.sites)[keep]] / scale
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(keep), n + m + 1
    lp.col_cost_ = np.array(pool.pays)[keep]
    lp.col_lower_, lp.col_upper_ = np.zeros(len(keep)), np.full(len(keep), np.inf)
    lp.row_lower_ = np.concatenate([np.ones(n), model.must.astype(float), [0.0]])
    lp.row_upper_ = np.concatenate([np.ones(n), np.ones(m), [model.budget / scale * (1 + 1e-9)]])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(sizes)])
    lp.a_matrix_.index_ = np.concatenate(index)
    lp.a_matrix_.value_ = values
    return lp
