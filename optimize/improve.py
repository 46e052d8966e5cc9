"""Improve a plan by solving small parts of it exactly: the cells of two to four neighbouring grids at a time.

The part is listed and chosen from by the exact engine under the true total cost of all costs in force: a cost
needs nothing but its value per group to be optimised here. Ends when no part can be improved.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from optimize.costs import total_cost
from optimize.enumerate import list_groups
from optimize.groups import Groups
from optimize.locks import SettledLocks
from optimize.partition import choose
from optimize.parts import with_count
from optimize.pool import Pool
from optimize.problem import FloatArray, IntArray, Problem
from optimize.stop import Stop
from optimize.units import build_units, join_dead_ends
from optimize.verify import order_labels

_BROKEN = 1e4  # metres that a household outside the band counts for: more than any border


Reach = Mapping[int, int]
"""How large a part may be: number of neighbouring grids taken together → the most cells they may have."""

QUICK = MappingProxyType({2: 60, 3: 30})
"""What is solved for every promising plan."""

THOROUGH = MappingProxyType({2: 60, 3: 36, 4: 32})
"""What is solved for the best plan: larger parts seldom can be listed."""


@dataclass(slots=True, kw_only=True)
class Improver:
    """Remembers which parts of a problem are solved, over any number of plans; private to one search.

    Attributes
    ----------
    fixed
        The settled grids, as sets of cells; they are left alone.
    locks
        The locks that can hold at once.
    count_is_fixed
        Whether a part must keep its number of grids.
    max_groups
        A part with more contiguous groups inside the band than this is left alone.
    solved
        Part (its cells as bytes) and number of grids → labels of its cells, or None where it was too large.
    """

    problem: Problem
    fixed: Sequence[frozenset[int]]
    locks: SettledLocks
    count_is_fixed: bool
    max_groups: int
    stop: Stop
    solved: dict[tuple[bytes, int], IntArray | None] = field(default_factory=dict)

    def improve(self, labels: IntArray, reach: Reach, rng: np.random.Generator) -> IntArray:
        """Give a plan that no part improves, or the best so far when stopped.

        Parameters
        ----------
        labels
            int64 (n,), a plan without unassigned cells; not changed.
        reach
            How large the parts may be.
        rng
            Decides the order in which parts are tried.
        """
        labels = labels.copy()
        while (better := self._improve_once(labels, reach, rng)) is not None:
            labels = better
        return order_labels(labels)

    def _improve_once(self, labels: IntArray, reach: Reach, rng: np.random.Generator) -> IntArray | None:
        """Improve the first part that can be, smallest parts first; None when there is none."""
        movable = _movable(labels, self.fixed)
        for size, max_cells in sorted(reach.items()):
            parts = sorted(_neighbouring_sets(self.problem, labels, size, movable))
            for index in rng.permutation(len(parts)):
                if self.stop():
                    return None
                better = self._resolve(labels, parts[index], max_cells)
                if better is not None:
                    return better
        return None

    def _resolve(self, labels: IntArray, grids: tuple[int, ...], max_cells: int) -> IntArray | None:
        """Divide the cells of some grids anew; None when that gives nothing better."""
        cells = np.flatnonzero(np.isin(labels, grids))
        if len(cells) > max_cells:
            return None
        key = (cells.tobytes(), len(grids) if self.count_is_fixed else 0)
        if key not in self.solved:
            self.solved[key] = self._divide(labels, cells, len(grids))
        parts = self.solved[key]
        if parts is None:
            return None
        fresh = labels.copy()
        fresh[cells] = parts + labels.max() + 1
        old = _score(self.problem, labels, cells)
        return fresh if _score(self.problem, fresh, cells) < old - 1e-7 * max(abs(old), 1.0) else None

    def _divide(self, labels: IntArray, cells: IntArray, count: int) -> IntArray | None:
        """Give the best division of some cells, int64 (len(cells),) from 0; None when it is out of reach."""
        problem = self.problem
        low, high = _widened_band(problem, labels, cells)
        inside = set(cells.tolist())
        clusters = [entry for entry in self.locks.clusters if entry <= inside]
        units = join_dead_ends(build_units(problem, cells.tolist(), clusters, self.locks.apart), low)
        if units.is_torn:
            return None
        listing = list_groups(units, low, high, self.max_groups, self.stop)
        if not listing.complete or len(listing.groups) == 0:
            return None
        wide = units.expand(listing.groups)
        pool = Pool(
            groups=listing.groups,
            n_units=len(units),
            cost=total_cost(problem, wide) + _BROKEN * _outside(problem, wide.households),
            max_chosen=units.total // max(low, 1) if low else len(units),
        )
        chosen = choose(with_count(pool, count if self.count_is_fixed else None), self.stop).chosen
        return _labels_of(wide, chosen, cells, problem.n_cells) if len(chosen) else None


def _labels_of(groups: Groups, chosen: IntArray, cells: IntArray, n_cells: int) -> IntArray:
    label = np.full(n_cells, -1, dtype=np.int64)
    for index, group in enumerate(chosen.tolist()):
        label[groups.cells(group)] = index
    return label[cells]


def _outside(problem: Problem, households: IntArray) -> FloatArray:
    """Count the households by which each group misses the band."""
    over = np.maximum(households - problem.max_households, 0)
    return np.asarray(over + np.maximum(problem.min_households - households, 0), dtype=np.float64)


def _score(problem: Problem, labels: IntArray, cells: IntArray) -> float:
    """Give the total cost of the grids that hold some cells, with a price on what misses the band."""
    part = np.full(len(labels), -1, dtype=np.int64)
    part[cells] = np.unique(labels[cells], return_inverse=True)[1]
    groups = Groups.from_labels(part, problem.households)
    return float((total_cost(problem, groups) + _BROKEN * _outside(problem, groups.households)).sum())


def _widened_band(problem: Problem, labels: IntArray, cells: IntArray) -> tuple[int, int]:
    """Give the band, wide enough for the grids as they are: a part may not get worse, and may be mended."""
    load = Groups.from_labels(np.unique(labels[cells], return_inverse=True)[1], problem.households[cells])
    low = min(problem.min_households, int(load.households.min()))
    return low, max(problem.max_households, int(load.households.max()))


def _movable(labels: IntArray, fixed: Sequence[frozenset[int]]) -> np.ndarray:
    """Mark the grids whose cells may change hands: all that are not settled."""
    movable = np.ones(int(labels.max()) + 1, dtype=np.bool_)
    for cells in fixed:
        movable[labels[list(cells)]] = False
    return movable


def _neighbouring_sets(
    problem: Problem, labels: IntArray, size: int, movable: np.ndarray
) -> Iterator[tuple[int, ...]]:
    """Give every set of `size` movable grids that hang together, each once, ascending within."""
    pairs = np.sort(labels[problem.edges], axis=1)
    pairs = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
    near: dict[int, set[int]] = {}
    for a, b in pairs[movable[pairs].all(axis=1)].tolist():
        near.setdefault(a, set()).add(b)
        near.setdefault(b, set()).add(a)
    sets: set[tuple[int, ...]] = {(grid,) for grid in near}
    for _ in range(size - 1):
        sets = {
            tuple(sorted((*grids, other)))
            for grids in sets
            for grid in grids
            for other in near[grid]
            if other not in grids
        }
    yield from sets
