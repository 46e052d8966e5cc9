"""List every contiguous group of units whose reduced cost is within reach, however many groups there are.

Where a diagram holds all contiguous groups, its ways are listed (`pricing_ground`); else groups are grown,
as far as minimum cuts let them (`pricing_tree`). Either lists too many rather than too few: here the true
costs decide.
"""

from dataclasses import dataclass

import numpy as np

from optimize.costs import total_cost
from optimize.enumerate import keep_apart, keep_ties
from optimize.groups import Groups
from optimize.pricing_duals import Duals, Marks, no_marks
from optimize.pricing_floors import Floors, build_floors
from optimize.pricing_ground import Ground, list_on_ground
from optimize.pricing_tree import list_by_cuts
from optimize.problem import FloatArray, Problem
from optimize.stop import Stop
from optimize.units import Units


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Groups in reach with their costs and reduced costs; `complete` says that there are no others."""

    groups: Groups
    cost: FloatArray
    reduced: FloatArray
    complete: bool
    n_nodes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pricing:
    """One part of a problem, ready to be priced for a number of grids; `ground` where it has a diagram."""

    problem: Problem
    units: Units
    floors: Floors
    ground: Ground | None

    @classmethod
    def build(cls, problem: Problem, units: Units, n_grids: int, ground: Ground | None = None) -> "Pricing":
        """Measure the floors of all costs in force."""
        floors = build_floors(problem, units, n_grids)
        return cls(problem=problem, units=units, floors=floors, ground=ground)

    @property
    def marks(self) -> Marks:
        """The marks whose prices can be accounted for."""
        return no_marks(len(self.units)) if self.ground is None else self.ground.marks

    def cost(self, groups: Groups) -> FloatArray:
        """Give the full cost of groups of units."""
        return total_cost(self.problem, self.units.expand(groups))

    def list_within(
        self, duals: Duals, reach: float, stop: Stop, *, max_nodes: int, max_groups: int
    ) -> Listed:
        """List the groups whose reduced cost is at most `reach`.

        Parameters
        ----------
        max_nodes, max_groups
            The listing is cut off, and not complete, beyond so many branches or groups.
        """
        most = (max_nodes, max_groups)
        if self.ground is not None:
            found = list_on_ground(self.ground, self.floors, duals, reach, stop, most)
        else:
            band = (self.problem.min_households, self.problem.max_households)
            found = list_by_cuts(self.units, self.floors, band, duals, reach, stop, most)
        sets, n_nodes, complete = found
        return self._keep(sets, duals, reach, n_nodes, complete=complete)

    def _keep(
        self, sets: list[np.ndarray], duals: Duals, reach: float, n_nodes: int, *, complete: bool
    ) -> Listed:
        """Keep the groups that are truly in reach and hold all locks."""
        groups = _to_groups(sets, self.units)
        cost = self.cost(groups)
        reduced = duals.reduce(groups, cost)
        keep = np.flatnonzero(reduced <= reach)
        return Listed(
            groups=groups.take(keep),
            cost=cost[keep],
            reduced=reduced[keep],
            complete=complete,
            n_nodes=n_nodes,
        )


def _to_groups(sets: list[np.ndarray], units: Units) -> Groups:
    """Turn rows of booleans into groups, each once; those that break a lock are left out."""
    rows = np.unique(np.array(sets, np.bool_).reshape(-1, len(units)), axis=0)
    return keep_ties(keep_apart(Groups.from_rows(rows, units.households), units), units)
