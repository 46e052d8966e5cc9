"""Prices of units, of a grid and of cuts, and what groups cost less what they bring."""

from dataclasses import dataclass

import numpy as np

from optimize.groups import Groups
from optimize.problem import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Properties of groups of which a plan has at least, or at most, so many.

    A group has mark m when it holds at least `least[m]` of `weight[m]`.

    Attributes
    ----------
    weight
        float64 (m, u), what each unit adds.
    least
        float64 (m,), above 0.
    lower, upper
        float64 (m,), how many groups of a plan have the mark.
    """

    weight: FloatArray
    least: FloatArray
    lower: FloatArray
    upper: FloatArray

    def find(self, groups: Groups) -> FloatArray:
        """Tell which groups have each mark, float64 (k, m)."""
        owner = np.repeat(np.arange(len(groups)), np.diff(groups.indptr))
        found = np.zeros((len(groups), len(self.least)))
        for at, weight in enumerate(self.weight):
            held = np.bincount(owner, weights=weight[groups.members], minlength=len(groups))
            found[:, at] = held >= self.least[at] - 1e-9
        return found


def no_marks(n_units: int) -> Marks:
    """Give no marks."""
    nothing = np.zeros(0)
    return Marks(weight=np.zeros((0, n_units)), least=nothing, lower=nothing, upper=nothing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duals:
    """What a group must bring: `unit` for each of its units, float64 (u,), and `grid` for being one.

    It pays `cut_price`, float64 (c,) not negative, for each triple of units in `cuts`, int64 (c, 3), of which
    it holds two or more. It brings `mark_price`, float64 (m,), for each of the `marks` that it has: not
    negative where a plan needs some, not positive where it may have only some.
    """

    unit: FloatArray
    grid: float
    cuts: IntArray
    cut_price: FloatArray
    marks: Marks
    mark_price: FloatArray

    def reduce(self, groups: Groups, cost: FloatArray) -> FloatArray:
        """Give the reduced cost of each group, float64 (k,)."""
        owner = np.repeat(np.arange(len(groups)), np.diff(groups.indptr))
        gain = np.bincount(owner, weights=self.unit[groups.members], minlength=len(groups))
        reduced = cost - self.grid - gain + hold_two(groups, self.cuts, len(self.unit)) @ self.cut_price
        return np.asarray(reduced - self.marks.find(groups) @ self.mark_price)

    def value(self, n_grids: int) -> float:
        """Give what all plans of so many grids cost at least, if no group has a negative reduced cost."""
        limit = np.where(self.mark_price > 0, self.marks.lower, self.marks.upper)
        marks = float((self.mark_price * np.where(self.mark_price == 0, 0.0, limit)).sum())
        return float(self.unit.sum() + n_grids * self.grid - self.cut_price.sum()) + marks


def hold_two(groups: Groups, cuts: IntArray, n_units: int) -> FloatArray:
    """Tell which groups hold two or more units of each triple, float64 (k, c)."""
    held = np.zeros((len(groups), n_units), np.float32)
    held[np.repeat(np.arange(len(groups)), np.diff(groups.indptr)), groups.members] = 1
    chosen = np.zeros((n_units, len(cuts)), np.float32)
    chosen[cuts.ravel(), np.repeat(np.arange(len(cuts)), 3)] = 1
    return np.asarray(held @ chosen >= 2, np.float64)
