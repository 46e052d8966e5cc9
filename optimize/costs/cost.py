"""What a cost is: a number per group of cells that adds up over the grids of a plan."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from optimize.groups import Groups
from optimize.problem import FloatArray, Problem

PerGroup = Callable[[Problem, Groups], FloatArray]
Least = Callable[[Problem, int], float]
Factor = Literal["territory", "residents", "institutions", "organisations", "members"]


def no_less_than_zero(_problem: Problem, _n_grids: int) -> float:
    """Give the least that is known of any cost."""
    return 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """One thing that a planner may want little of.

    Attributes
    ----------
    name
        Key in `Problem.weights` and in `Result.costs`.
    factor
        Which of the five things that grids are drawn for it looks at.
    unit
        Unit of the value shown per grid: `m`, `splits`, `households`, `residents`, `institutions`, `grids`,
        `ratio`.
    metres_per_unit
        How many metres of border one unit is worth at weight 1; this makes weights comparable.
    per_group
        Gives float64 (k,), the value of each group in `unit`. It must depend on the group's cells alone, so
        that the value of a plan is the sum over its grids: the proof of the exact engine rests on it. It is
        never below 0: the bounds rest on that.
    least
        Gives a number in `unit` that no plan of so many grids inside the band falls below; the sharper it
        is, the closer the bound of a search.
    """

    name: str
    factor: Factor
    unit: str
    metres_per_unit: float
    per_group: PerGroup
    least: Least = no_less_than_zero
