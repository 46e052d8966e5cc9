"""The linear and the integer programme over groups of places; all talk with the solver about branches.

Rows: each place at most once; members covered; new branches; and cuts. What the second and third ask for
may be missed at a high cost, so that either programme has an answer from the start.
"""

import time
from dataclasses import dataclass, replace

import highspy
import numpy as np

from optimize.branches_price import Ground, Prices
from optimize.groups import MemberArray
from optimize.highs import new_solver
from optimize.problem import BoolArray, FloatArray, IntArray
from optimize.stop import Stop

_SETTLED = highspy.HighsModelStatus.kOptimal
_WALL_FACTOR = (
    8  # a solver that never asks whether to stop is ended by the clock after so many times its time
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Groups of places and what each is worth.

    Attributes
    ----------
    places
        int32 (k, max_places), the host first, padded by -1.
    members, branches, metres
        int64 (k,), members newly covered, 1 for a new branch and 0 for one that exists, metres to the host.
    """

    places: MemberArray
    members: IntArray
    branches: IntArray
    metres: IntArray

    def __len__(self) -> int:
        return len(self.members)

    def take(self, chosen: IntArray | BoolArray) -> "Columns":
        """Give some of the groups."""
        return Columns(
            places=self.places[chosen],
            members=self.members[chosen],
            branches=self.branches[chosen],
            metres=self.metres[chosen],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What to make least, and what must hold: each a sum over the groups chosen.

    The cost of a group is `per_member` x members + `per_branch` x branches + `per_metre` x metres; all whole.
    `covered` and `branches` are the fewest members covered and the most new branches, None where free; each
    member too few and each branch too many may be had at the cost of `missing` and `extra`. `per_hole` makes
    full groups cheaper, so that a search gathers what is left over; bounds know nothing of it.
    """

    per_member: int = 0
    per_branch: int = 0
    per_metre: int = 0
    covered: int | None = None
    branches: int | None = None
    missing: int = 1_000
    extra: int = 1_000
    per_hole: int = 0

    def cost(self, columns: Columns) -> IntArray:
        """Give the cost of each group, int64 (k,)."""
        cost = (
            self.per_member * columns.members
            + self.per_branch * columns.branches
            + self.per_metre * columns.metres
        )
        if self.per_hole:
            size = (columns.places >= 0).sum(axis=1)
            cost = cost + self.per_hole * (columns.places.shape[1] ** 2 - size**2)
        return cost

    def value(self, columns: Columns) -> int:
        """Give the cost of all these groups together, with what they miss."""
        missing = max(0, (self.covered or 0) - int(columns.members.sum()))
        too_many = 0 if self.branches is None else max(0, int(columns.branches.sum()) - self.branches)
        return int(self.cost(columns).sum()) + self.missing * missing + self.extra * too_many

    def without(self, columns: Columns) -> "Goal":
        """Give what is left of the goal once some groups are fixed."""
        covered = None if self.covered is None else self.covered - int(columns.members.sum())
        branches = None if self.branches is None else self.branches - int(columns.branches.sum())
        return replace(self, covered=covered, branches=branches)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duals:
    """Prices of the rows, each of the sign that its row asks for: a valid bound follows from any such."""

    places: FloatArray
    covered: float
    branches: float
    cuts: FloatArray
    triples: IntArray

    def prices(self, goal: Goal) -> Prices:
        """Give what a group costs under these prices."""
        return Prices(
            per_member=goal.per_member - self.covered,
            per_branch=goal.per_branch - self.branches,
            per_metre=goal.per_metre,
            paid=self.places,
            triples=self.triples,
            fined=-self.cuts,
            once=goal.per_metre == 0,
        )

    def bound(self, goal: Goal) -> float:
        """Give what every plan costs at least, beyond the priced costs of its groups."""
        rows = float(self.places.sum() + self.cuts.sum()) + self.covered * (goal.covered or 0)
        return rows + self.branches * (goal.branches or 0)


NO_CUTS: IntArray = np.zeros((0, 3), np.int64)


def measure_columns(ground: Ground, places: MemberArray) -> Columns:
    """Measure groups; `places` int (k, max_places), the host first, padded by -1."""
    real = places >= 0
    at = np.where(real, places, 0)
    host = at[:, 0]
    others = real.copy()
    others[:, 0] = False
    return Columns(
        places=places,
        members=np.where(real, ground.weight[at], 0).sum(axis=1).astype(np.int64),
        branches=(~ground.anchor[host]).astype(np.int64),
        metres=np.where(others, ground.step[host[:, None], at], 0).sum(axis=1).astype(np.int64),
    )


def join_columns(one: Columns, other: Columns) -> Columns:
    """Join two sets of groups, each group once."""
    places = np.concatenate([one.places, other.places])
    _, first = np.unique(places, axis=0, return_index=True)
    first.sort()
    return Columns(
        places=places[first],
        members=np.concatenate([one.members, other.members])[first],
        branches=np.concatenate([one.branches, other.branches])[first],
        metres=np.concatenate([one.metres, other.metres])[first],
    )


def hits(columns: Columns, triples: IntArray, n_places: int) -> BoolArray:
    """Tell which groups hold two or three places of which triples, bool (k, q)."""
    owner, slot = np.nonzero(columns.places >= 0)
    inside = np.zeros((len(columns), n_places), np.bool_)
    inside[owner, columns.places[owner, slot]] = True
    count = sum(inside[:, triples[:, at]].astype(np.int8) for at in range(3))
    return np.asarray(count >= 2)


def _limits(n_places: int, goal: Goal, n_cuts: int) -> tuple[FloatArray, FloatArray]:
    """Give the limits of all rows: places, members covered, new branches, cuts."""
    covered = -np.inf if goal.covered is None else float(goal.covered)
    branches = np.inf if goal.branches is None else float(goal.branches)
    free = np.full(n_places + 2 + n_cuts, -np.inf)
    free[n_places] = covered
    upper = np.ones(n_places + 2 + n_cuts)
    upper[n_places], upper[n_places + 1] = np.inf, branches
    return free, upper


def _entries(columns: Columns, n_places: int, triples: IntArray) -> tuple[IntArray, IntArray, FloatArray]:
    """Give the columns of the matrix: starts, rows, values."""
    owner, slot = np.nonzero(columns.places >= 0)
    every = np.arange(len(columns))
    parts = [
        (owner, columns.places[owner, slot].astype(np.int64), np.ones(len(owner))),
        (every, np.full(len(columns), n_places), columns.members.astype(np.float64)),
        (every, np.full(len(columns), n_places + 1), columns.branches.astype(np.float64)),
    ]
    if len(triples):
        group, cut = np.nonzero(hits(columns, triples, n_places))
        parts.append((group, n_places + 2 + cut, np.ones(len(group))))
    owners, rows, values = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.argsort(owners, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=len(columns)))])
    return starts, rows[order], values[order]


def _model(columns: Columns, n_places: int, goal: Goal, triples: IntArray) -> highspy.HighsLp:
    """Build a programme of two columns for what is missed, then the groups."""
    starts, rows, values = _entries(columns, n_places, triples)
    lp, count = highspy.HighsLp(), len(columns) + 2
    lower, upper = _limits(n_places, goal, len(triples))
    lp.num_col_, lp.num_row_ = count, len(lower)
    lp.col_cost_ = np.concatenate([[goal.missing, goal.extra], goal.cost(columns)]).astype(np.float64)
    lp.col_lower_, lp.col_upper_ = np.zeros(count), np.full(count, np.inf)
    lp.row_lower_, lp.row_upper_ = lower, upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.concatenate([[0, 1], starts + 2])
    lp.a_matrix_.index_ = np.concatenate([[n_places, n_places + 1], rows])
    lp.a_matrix_.value_ = np.concatenate([[1.0, -1.0], values])
    return lp


class Relaxation:
    """The linear relaxation over some groups, to which groups and cuts are added; it keeps its basis."""

    def __init__(self, n_places: int, goal: Goal, columns: Columns, triples: IntArray = NO_CUTS) -> None:
        self._n, self._goal = n_places, goal
        self.columns, self.triples = columns, triples
        self.value = np.zeros(len(columns))
        self._solver = new_solver()
        self._solver.passModel(_model(columns, n_places, goal, triples))

    def add(self, columns: Columns) -> None:
        """Add groups."""
        starts, rows, values = _entries(columns, self._n, self.triples)
        count = len(columns)
        self._solver.addCols(
            count,
            self._goal.cost(columns).astype(np.float64),
            np.zeros(count),
            np.full(count, np.inf),
            len(rows),
            starts[:-1].astype(np.int32),
            rows.astype(np.int32),
            values,
        )
        self.columns = Columns(
            places=np.concatenate([self.columns.places, columns.places]),
            members=np.concatenate([self.columns.members, columns.members]),
            branches=np.concatenate([self.columns.branches, columns.branches]),
            metres=np.concatenate([self.columns.metres, columns.metres]),
        )

    def cut(self, triples: IntArray) -> None:
        """Add a cut for each triple: at most one group holds two or three of its places."""
        for held in hits(self.columns, triples, self._n).T:
            at = np.flatnonzero(held)
            self._solver.addRow(-np.inf, 1.0, len(at), (at + 2).astype(np.int32), np.ones(len(at)))
        self.triples = np.concatenate([self.triples, triples])

    def fix(self, chosen: IntArray) -> None:
        """Fix some groups as chosen, for good."""
        for at in chosen.tolist():
            self._solver.changeColBounds(int(at) + 2, 1.0, 1.0)

    def solve(self) -> Duals | None:
        """Solve; `value` then says how much of each group is taken. None when the solver fails."""
        self._solver.run()
        if self._solver.getModelStatus() != _SETTLED:
            return None
        solution = self._solver.getSolution()
        self.value = np.array(solution.col_value)[2:]
        dual, n = np.array(solution.row_dual), self._n
        return Duals(
            places=np.minimum(dual[:n], 0.0),
            covered=max(float(dual[n]), 0.0),
            branches=min(float(dual[n + 1]), 0.0),
            cuts=np.minimum(dual[n + 2 :], 0.0),
            triples=self.triples,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the integer programme gave: positions of the groups, and whether nothing cheaper is among them."""

    columns: IntArray
    finished: bool


def choose_groups(
    columns: Columns, n_places: int, goal: Goal, triples: IntArray, stop: Stop, time_s: float
) -> Chosen:
    """Find the cheapest plan of some groups in so many CPU seconds; the cuts only help the solver.

    The solver is given no plan to start from, see `optimize.highs.run_programme`, and always has one: to
    choose nothing and miss everything. So it never has to find out that there is none.
    """
    solver = new_solver()
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", 0.9)  # costs are whole
    solver.setOptionValue("time_limit", float(_WALL_FACTOR * time_s))
    lp = _model(columns, n_places, goal, triples)
    lp.col_upper_ = np.concatenate([[np.inf, np.inf], np.ones(len(columns))])
    lp.integrality_ = [highspy.HighsVarType.kInteger] * (len(columns) + 2)
    solver.passModel(lp)
    # Time of this thread, where the solver runs: the answer must not depend on what else the machine does.
    until = time.thread_time() + time_s
    solver.cbMipInterrupt += lambda event: event.interrupt(stop() or time.thread_time() >= until)
    solver.run()
    return _read(solver, columns, n_places, goal)


def _read(solver: highspy.Highs, columns: Columns, n_places: int, goal: Goal) -> Chosen:
    """Read the answer without trust: a plan takes no place twice and costs what the solver says."""
    info, nothing = solver.getInfo(), Chosen(columns=np.zeros(0, np.int64), finished=False)
    values = np.array(solver.getSolution().col_value)
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible or not len(values):
        return nothing
    chosen = np.flatnonzero(values[2:] > 0.5)
    plan = columns.take(chosen)
    if not is_plan(plan, n_places) or abs(info.objective_function_value - goal.value(plan)) > 0.5:
        return nothing
    settled = solver.getModelStatus() == _SETTLED and info.mip_dual_bound > goal.value(plan) - 0.95
    return Chosen(columns=chosen, finished=settled)


def is_plan(columns: Columns, n_places: int) -> bool:
    """Tell whether groups take each place at most once."""
    real = columns.places[columns.places >= 0]
    return len(real) == 0 or int(np.bincount(real, minlength=n_places).max()) <= 1
