"""The groups a plan may be made of, with their costs and any further rows."""

from dataclasses import dataclass, replace

from optimize.groups import Groups
from optimize.problem import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One more row over the groups: lower <= sum of `coefficient` over the chosen groups <= upper."""

    coefficient: FloatArray
    lower: float
    upper: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """All groups a plan may be made of.

    Attributes
    ----------
    groups
        Groups of units; a plan covers each of the `n_units` units exactly once.
    cost
        float64 (k,), not negative.
    max_chosen
        No plan has more groups than this; it turns a slightly negative reduced cost into a safe bound.
    sides
        Further rows: the number of grids, a limit of broken rules.
    """

    groups: Groups
    n_units: int
    cost: FloatArray
    max_chosen: int
    sides: tuple[Side, ...] = ()

    def take(self, chosen: IntArray) -> "Pool":
        """Give the pool of some of the groups alone."""
        sides = tuple(replace(side, coefficient=side.coefficient[chosen]) for side in self.sides)
        return replace(self, groups=self.groups.take(chosen), cost=self.cost[chosen], sides=sides)
