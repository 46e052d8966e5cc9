"""Prices of units, of a grid and of cuts, and what groups cost less what they bring."""

from dataclasses import dataclass

import numpy as np

from optimize.groups import Groups
from optimize.problem import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Duals:
    """What a group must bring: `unit` for each of its units, float64 (u,), and `grid` for being one.

    It pays `cut_price`, float64 (c,) not negative, for each triple of units in `cuts`, int64 (c, 3), of which
    it holds two or more.
    """

    unit: FloatArray
    grid: float
    cuts: IntArray
    cut_price: FloatArray

    def reduce(self, groups: Groups, cost: FloatArray) -> FloatArray:
        """Give the reduced cost of each group, float64 (k,)."""
        owner = np.repeat(np.arange(len(groups)), np.diff(groups.indptr))
        gain = np.bincount(owner, weights=self.unit[groups.members], minlength=len(groups))
        return np.asarray(
            cost - self.grid - gain + hold_two(groups, self.cuts, len(self.unit)) @ self.cut_price
        )

    def value(self, n_grids: int) -> float:
        """Give what all plans of so many grids cost at least, if no group has a negative reduced cost."""
        return float(self.unit.sum() + n_grids * self.grid - self.cut_price.sum())


def hold_two(groups: Groups, cuts: IntArray, n_units: int) -> FloatArray:
    """Tell which groups hold two or more units of each triple, float64 (k, c)."""
    held = np.zeros((len(groups), n_units), np.float32)
    held[np.repeat(np.arange(len(groups)), np.diff(groups.indptr)), groups.members] = 1
    chosen = np.zeros((n_units, len(cuts)), np.float32)
    chosen[cuts.ravel(), np.repeat(np.arange(len(cuts)), 3)] = 1
    return np.asarray(held @ chosen >= 2, np.float64)
