"""What a cost is: a number per group of cells that adds up over the grids of a plan."""

from collections.abc import Callable
from dataclasses import dataclass

from optimize.groups import Groups
from optimize.problem import FloatArray, Problem

PerGroup = Callable[[Problem, Groups], FloatArray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """One thing that a planner may want little of.

    Attributes
    ----------
    name
        Key in `Problem.weights` and in `Result.costs`.
    unit
        Unit of the value shown per grid: `m`, `splits`, `households`, `ratio`.
    metres_per_unit
        How many metres of border one unit is worth at weight 1; this makes weights comparable.
    per_group
        Gives float64 (k,), the value of each group in `unit`. It must depend on the group's cells alone, so
        that the value of a plan is the sum over its grids: the proof of the exact engine rests on it.
    """

    name: str
    unit: str
    metres_per_unit: float
    per_group: PerGroup
