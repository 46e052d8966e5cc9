"""The question put to an engine: one community's cells as arrays, its rules, locks and weights."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Locks:
    """Parts a person has fixed; positions are cell indices.

    Attributes
    ----------
    together
        Pairs of cells that must share a grid.
    apart
        Pairs of cells that must not share a grid.
    whole
        Sets of cells that form exactly one grid each, whatever their size.
    n_grids
        The number of grids, or None when it is free.
    """

    together: tuple[tuple[int, int], ...] = ()
    apart: tuple[tuple[int, int], ...] = ()
    whole: tuple[frozenset[int], ...] = ()
    n_grids: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One community: n cells, m borders between them.

    Attributes
    ----------
    name
        The community's code; only used in messages.
    households, residents
        int64 (n,).
    edges
        int64 (m, 2), a < b, each adjacent pair once.
    border_m
        float64 (m,), length of each shared border in metres.
    border_factor
        float64 (m,), what a metre of this border costs when a grid ends there: 1 on open ground, less along
        main roads and rivers, which are good borders.
    outer_m
        float64 (n,), length of each cell's border with the outside of the community.
    area_m2, x_m, y_m
        float64 (n,), area and centroid in a metric CRS.
    compound_idx
        int64 (n,), the compound that each cell belongs to, or -1.
    today_idx
        int64 (n,), today's grid of each cell, or -1.
    min_households, max_households, target_households
        The band and the wished size of a grid.
    weights
        Cost name of `optimize.costs.COSTS` → weight; a cost that is absent or 0 is off.
    """

    name: str
    households: IntArray
    residents: IntArray
    edges: IntArray
    border_m: FloatArray
    border_factor: FloatArray
    outer_m: FloatArray
    area_m2: FloatArray
    x_m: FloatArray
    y_m: FloatArray
    compound_idx: IntArray
    today_idx: IntArray
    min_households: int
    max_households: int
    target_households: int
    weights: Mapping[str, float]
    locks: Locks = field(default_factory=Locks)

    @property
    def n_cells(self) -> int:
        """Number of cells."""
        return len(self.households)
