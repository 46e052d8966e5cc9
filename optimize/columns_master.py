"""The groups found so far, and the linear programme that shares units out among them."""

from dataclasses import dataclass, field, replace

import highspy
import numpy as np

from optimize.cuts import find_triples
from optimize.enumerate import keep_ties
from optimize.groups import Groups
from optimize.highs import new_solver
from optimize.pricing_duals import Duals, Marks, hold_two
from optimize.problem import FloatArray, IntArray
from optimize.units import Units

_LEAST_VIOLATION = 0.02
_CUTS_PER_ROUND = 30
_CUTS_PER_UNIT = 5  # of one round: cuts that share their units do the same
_TAKEN = 1e-7


@dataclass(slots=True, kw_only=True)
class Store:
    """Groups of units found so far, each once, with their costs; private to one proof."""

    units: Units
    rows: list[np.ndarray] = field(default_factory=list)
    cost: list[float] = field(default_factory=list)
    _place: dict[bytes, int] = field(default_factory=dict)

    def unseen(self, rows: np.ndarray) -> np.ndarray:
        """Give those of the groups, bool (k, u), that are new and keep all locks."""
        new = [row for row in rows if row.tobytes() not in self._place]
        if not new:
            return rows[:0]
        found = np.array(new, np.bool_)
        apart = np.array(
            [[bool(mask >> o & 1) for o in range(len(self.units))] for mask in self.units.apart], np.float32
        )
        clashes = ((found.astype(np.float32) @ apart) * found).sum(axis=1)
        found = found[clashes == 0]
        groups = keep_ties(Groups.from_rows(found, self.units.households), self.units)
        return found if len(groups) == len(found) else to_rows(groups, len(self.units))

    def add(self, rows: np.ndarray, cost: FloatArray) -> IntArray:
        """Take groups in; give the places of those that are new."""
        fresh = []
        for row, price in zip(rows, cost.tolist(), strict=True):
            key = row.tobytes()
            if key not in self._place:
                self._place[key] = len(self.rows)
                fresh.append(len(self.rows))
                self.rows.append(row.copy())
                self.cost.append(price)
        return np.array(fresh, np.int64)

    def places(self, rows: np.ndarray) -> IntArray:
        """Give the places of groups that are in the store."""
        return np.array([self._place[row.tobytes()] for row in rows], np.int64)

    def groups(self, chosen: IntArray) -> Groups:
        """Give groups by their places."""
        rows = np.array([self.rows[at] for at in chosen.tolist()], np.bool_).reshape(-1, len(self.units))
        return Groups.from_rows(rows, self.units.households)


def to_rows(groups: Groups, n_units: int) -> np.ndarray:
    """Turn groups into rows of booleans."""
    rows = np.zeros((len(groups), n_units), np.bool_)
    rows[np.repeat(np.arange(len(groups)), np.diff(groups.indptr)), groups.members] = True
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the linear programme gave: duals, its value, the groups taken (places in the store) and how much.

    `is_plan` tells whether each is taken whole.
    """

    duals: Duals
    value: float
    taken: IntArray
    share: FloatArray
    is_plan: bool


class Master:
    """Choose so many groups of the store that cover each unit once, fractions allowed; keeps its basis.

    Parameters
    ----------
    store
        All of its groups are taken in at once, later ones by `add`.
    n_grids
        The number of groups.
    penalty
        Cost of leaving a unit out, or a grid over; any value leaves the duals valid.
    """

    def __init__(self, store: Store, n_grids: int, penalty: float, marks: Marks) -> None:
        self.n_grids = n_grids
        self._marks = marks
        self._store = store
        self._scale = penalty or 1.0
        self._cuts = np.zeros((0, 3), np.int64)
        self._inside: list[int] = []
        self._solver = new_solver()
        n_units, n_marks = len(store.units), len(marks.least)
        self._n_rows = n_rows = n_units + 1 + n_marks
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = n_rows + 1, n_rows
        lp.col_cost_ = np.full(n_rows + 1, penalty / self._scale)
        lp.col_lower_, lp.col_upper_ = np.zeros(n_rows + 1), np.full(n_rows + 1, np.inf)
        lp.row_lower_ = np.array([1.0] * n_units + [float(n_grids)] + marks.lower.tolist())
        lp.row_upper_ = np.array([1.0] * n_units + [float(n_grids)] + marks.upper.tolist())
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = np.arange(n_rows + 2)
        lp.a_matrix_.index_ = np.array([*range(n_rows), n_units])
        lp.a_matrix_.value_ = np.array([1.0] * n_rows + [-1.0])
        self._solver.passModel(lp)
        self.add(np.arange(len(store.rows)))

    @property
    def cuts(self) -> IntArray:
        """Triples of units of which all groups taken together may hold two or more once, int64 (c, 3)."""
        return self._cuts

    def add(self, places: IntArray) -> None:
        """Take in groups of the store that are not in yet."""
        if len(places) == 0:
            return
        store, n_units = self._store, len(self._store.units)
        groups = store.groups(places)
        held = np.concatenate([self._marks.find(groups), hold_two(groups, self._cuts, n_units)], axis=1) > 0
        rows = [
            [*groups.cells(at).tolist(), n_units, *(n_units + 1 + np.flatnonzero(held[at])).tolist()]
            for at in range(len(places))
        ]
        starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
        index = np.array([entry for row in rows for entry in row], np.int32)
        count = len(places)
        cost = np.array([store.cost[at] for at in places.tolist()]) / self._scale
        self._solver.addCols(
            count,
            cost,
            np.zeros(count),
            np.full(count, np.inf),
            len(index),
            starts[:-1].astype(np.int32),
            index,
            np.ones(len(index)),
        )
        self._inside += places.tolist()

    def cut(self, triples: IntArray) -> None:
        """Add cuts (Jepsen, Petersen, Spoorendonk, Pisinger 2008, doi:10.1287/opre.1070.0449)."""
        if len(triples) == 0:
            return
        n_units = len(self._store.units)
        held = hold_two(self._store.groups(np.array(self._inside, np.int64)), triples, n_units) > 0
        for at in range(len(triples)):
            columns = (self._n_rows + 1 + np.flatnonzero(held[:, at])).astype(np.int32)
            self._solver.addRow(-np.inf, 1.0, len(columns), columns, np.ones(len(columns)))
        self._cuts = np.concatenate([self._cuts, triples])

    def solve(self) -> Answer | None:
        """Solve; None when the solver fails."""
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        n_units = len(self._store.units)
        solution = self._solver.getSolution()
        dual = np.array(solution.row_dual) * self._scale
        values = np.array(solution.col_value)
        share = values[self._n_rows + 1 :]
        at = np.flatnonzero(share > _TAKEN)
        duals = Duals(
            unit=dual[:n_units],
            grid=float(dual[n_units]),
            cuts=self._cuts,
            cut_price=np.maximum(-dual[self._n_rows :], 0.0),
            marks=self._marks,
            mark_price=np.clip(
                dual[n_units + 1 : self._n_rows],
                np.where(np.isfinite(self._marks.upper), -np.inf, 0.0),
                np.where(self._marks.lower > 0, np.inf, 0.0),
            ),
        )
        return Answer(
            duals=drop_idle(duals),
            value=float(self._solver.getInfo().objective_function_value) * self._scale,
            taken=np.array(self._inside, np.int64)[at],
            share=share[at],
            is_plan=bool(values[: self._n_rows + 1].sum() < _TAKEN and (share[at] > 1 - 1e-6).all()),
        )

    def find_cuts(self, answer: Answer) -> IntArray:
        """Find triples whose cut the fractional solution breaks most, int64 (c, 3)."""
        n_units = len(self._store.units)
        held = to_rows(self._store.groups(answer.taken), n_units).astype(np.float64)
        triples = find_triples(held, np.ascontiguousarray(answer.share), _LEAST_VIOLATION)
        used = np.zeros(n_units, np.int64)
        chosen: list[list[int]] = []
        for at in np.argsort(-triples[:, 3], kind="stable").tolist():
            triple = triples[at, :3].astype(np.int64)
            if used[triple].max() < _CUTS_PER_UNIT and len(chosen) < _CUTS_PER_ROUND:
                used[triple] += 1
                chosen.append(triple.tolist())
        return np.array(chosen, np.int64).reshape(-1, 3)


def drop_idle(duals: Duals) -> Duals:
    """Leave out the cuts that cost nothing."""
    paid = duals.cut_price > _TAKEN
    return replace(duals, cuts=duals.cuts[paid], cut_price=duals.cut_price[paid])
