"""Put plans together from the grids of the nest, and let the duals tell which further grids to look for.

The choice is exact (`partition`), so it finds plans that no walk has stood on; then the grids that a cheaper
plan could hold are traded with (`search_trade`), and the choice is made again.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from optimize.costs import total_cost
from optimize.groups import Groups
from optimize.partition import choose
from optimize.parts import with_count
from optimize.pool import Pool
from optimize.problem import FloatArray, IntArray, Problem
from optimize.relaxation import Relaxation, relax
from optimize.search_board import Board, Contraction
from optimize.search_nest import Nest, build_nest, claim_kernel, nest_rows
from optimize.search_trade import Steer, trade
from optimize.search_walk import unit_keys
from optimize.stop import Stop

_TIGHT = 0.5  # width of the band, in mean units, below which plans inside it are rare
_FACTORS = (1.35, 1.02)  # of the best plan's price, up to which grids are kept: tight band, other
_SPARE = 3.0  # mean borders added to that
_TURNS = 4
_NEAREST = 500  # grids traded with in a turn
_FITTED = 4000  # grids that the prices are fitted to
_FULL = 0.7  # of the room of a nest


@dataclass(slots=True, kw_only=True)
class Combiner:
    """The nest of one search and what its grids cost; private to that search.

    Attributes
    ----------
    n_free
        Number of grids besides the settled ones, or None when it is free.
    cost
        float64, true cost of the grids of the nest in their order, as far as they are measured; infinite
        where units are in it that must be apart.
    asked
        How many grids there were when a plan was last put together.
    """

    problem: Problem
    board: Board
    units: Contraction
    n_free: int | None
    stop: Stop
    nest: Nest
    cost: FloatArray = field(default_factory=lambda: np.zeros(0))
    asked: int = 0

    def note(self, miss: float, price: float) -> None:
        """Lower the limit of the nest after a walk whose best plan had this miss and this price."""
        if miss <= 0:
            width = (self.board.high - self.board.low) / max(float(self.board.load.mean()), 1.0)
            limit = _FACTORS[0 if width < _TIGHT else 1] * price + _SPARE
            self.nest.limit[0] = min(self.nest.limit[0], limit)

    def has_news(self) -> bool:
        """Tell whether there are a tenth more grids than when a plan was last put together."""
        return int(self.nest.held[0]) > 1.1 * self.asked

    def rows(self) -> NDArray[np.bool_]:
        """Give all grids of the nest as cells, bool (k, n_cells)."""
        return self._spread(nest_rows(self.nest, len(self.board.load)))

    def _spread(self, rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Turn grids of units into grids of cells."""
        cells = np.zeros((len(rows), self.problem.n_cells), dtype=np.bool_)
        free = self.units.unit_of >= 0
        cells[:, free] = rows[:, self.units.unit_of[free]]
        return cells

    def combine(self, best: float) -> IntArray | None:
        """Put the cheapest plan together; give its labels of units, or None without one below `best`.

        Parameters
        ----------
        best
            What the best plan known costs without the settled grids; infinite without one.
        """
        found, key = None, unit_keys(len(self.board.load))
        for turn in range(_TURNS):
            rows = self._measure()
            good = np.flatnonzero(np.isfinite(self.cost))
            pool = self._pool(rows[good], self.cost[good])
            relaxed = relax(pool, self.stop)
            chosen = choose(pool, self.stop).chosen if relaxed.feasible else good[:0]
            cost = float(pool.cost[chosen].sum()) if len(chosen) else np.inf
            if cost < best * (1 - 1e-9):
                best, found = cost, rows[good][chosen].T.argmax(axis=1)
            before = int(self.nest.held[0])
            if turn < _TURNS - 1 and not self.stop():
                self._trade(rows[good], pool, relaxed, best, key)
            if int(self.nest.held[0]) == before:
                break
        self.asked = int(self.nest.held[0])
        if self.asked > _FULL * len(self.nest.sets):
            self._thin(rows[good], relaxed, best)
        return found

    def _measure(self) -> NDArray[np.bool_]:
        """Give all grids of the nest, bool (k, u), and measure those that are new."""
        rows = nest_rows(self.nest, len(self.board.load))
        fresh = rows[len(self.cost) :]
        groups = Groups.from_rows(self._spread(fresh), self.problem.households)
        cost = total_cost(self.problem, groups) if len(fresh) else np.zeros(0)
        owner = np.repeat(np.arange(len(self.board.load)), np.diff(self.board.apart_indptr))
        clash = (fresh[:, owner] & fresh[:, self.board.apart]).any(axis=1)
        self.cost = np.concatenate([self.cost, np.where(clash, np.inf, cost)])
        return rows

    def _pool(self, rows: NDArray[np.bool_], cost: FloatArray) -> Pool:
        most = len(self.board.load) if self.n_free is None else self.n_free
        pool = Pool(
            groups=Groups.from_rows(rows, self.board.load),
            n_units=len(self.board.load),
            cost=cost,
            max_chosen=most,
        )
        return with_count(pool, self.n_free)

    def _trade(
        self, rows: NDArray[np.bool_], pool: Pool, relaxed: Relaxation, best: float, key: NDArray[np.uint64]
    ) -> None:
        """Look for grids that a cheaper plan could hold around those that one could hold already."""
        gap = best - relaxed.bound if np.isfinite(best) else 0.0
        order = np.argsort(relaxed.reduced, kind="stable")[:_FITTED]
        steer = _fit(self.board, rows[order], pool.cost[order], relaxed.reduced[order], gap)
        near = order[relaxed.reduced[order] <= gap] if np.isfinite(best) else order
        for at in near[:_NEAREST].tolist():
            trade(self.board, self.nest, key, rows[at], steer)
            if self.stop():
                return

    def _thin(self, rows: NDArray[np.bool_], relaxed: Relaxation, best: float) -> None:
        """Keep only the grids that a cheaper plan could hold, a quarter of the room at most."""
        room = len(self.nest.sets)
        order = np.argsort(relaxed.reduced, kind="stable")[: room // 4]
        kept = rows[order[relaxed.reduced[order] <= best - relaxed.bound]]
        nest = build_nest(rows.shape[1], room)
        nest.limit[0] = self.nest.limit[0]
        key = unit_keys(rows.shape[1])
        packed = np.packbits(kept, axis=1, bitorder="little")
        nest.sets.view(np.uint8)[: len(kept), : packed.shape[1]] = packed
        nest.held[0] = len(kept)
        for row in kept:
            claim_kernel(nest.table, np.bitwise_xor.reduce(key[row]))
        self.nest, self.cost, self.asked = nest, np.zeros(0), 0


def build_combiner(
    problem: Problem, board: Board, units: Contraction, n_free: int | None, stop: Stop
) -> Combiner:
    """Make the nest of a search and what it needs to put plans together."""
    return Combiner(
        problem=problem, board=board, units=units, n_free=n_free, stop=stop, nest=build_nest(len(board.load))
    )


def _fit(board: Board, rows: NDArray[np.bool_], cost: FloatArray, reduced: FloatArray, reach: float) -> Steer:
    """Fit what grids cost to their borders and units, and read the duals back from the reduced costs.

    With boundary length alone in force the fit is exact.
    """
    ends = board.edges
    rim = (rows[:, ends[:, 0]] != rows[:, ends[:, 1]]) @ board.cost
    ones = np.ones((len(rows), 1))
    priced = _solve_least(np.hstack([rim[:, None], rows, ones]), cost)
    duals = _solve_least(np.hstack([rows, ones]), cost - reduced)
    return Steer(
        per_border=float(priced[0]),
        per_unit=priced[1:-1] - duals[:-1],
        constant=float(priced[-1] - duals[-1]),
        reach=float(reach + 1e-6 * max(abs(reach), float(cost.mean()) if len(cost) else 0.0)),
    )


def _solve_least(table: FloatArray, value: FloatArray) -> FloatArray:
    """Solve least squares by the small normal equations; the table may lack rank."""
    return np.asarray(np.linalg.lstsq(table.T @ table, table.T @ value, rcond=1e-12)[0])
