"""The question put to an engine: one community's cells as arrays, its rules, locks and weights."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

PER_CELL = (
    "households",
    "residents",
    "formal_members",
    "institutions",
    "organisations",
    "outer_m",
    "perimeter_m",
    "area_m2",
    "x_m",
    "y_m",
    "compound_idx",
    "today_idx",
)
"""The arrays of a problem with a value for each cell."""

PER_EDGE = ("border_m", "border_factor", "heavy")
"""The arrays of a problem with a value for each border."""


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
    formal_members, institutions, organisations
        int64 (n,), formal members, institutions and organisations on the ground of each cell.
    edges
        int64 (m, 2), a < b, each adjacent pair once.
    border_m
        float64 (m,), length of each shared border in metres.
    border_factor
        float64 (m,), what a metre of this border costs when a grid ends there: 1 on open ground, less along
        main roads and rivers, which are good borders.
    heavy
        bool (m,), whether a border runs along a main road or heavier, a river or a railway.
    outer_m
        float64 (n,), length of each cell's border with the outside of the community. In a problem made of a
        part of a community, borders with the rest are in it, weighed by their factors.
    perimeter_m
        float64 (n,), length of each cell's whole outline, by no factor, in a part as in the community.
    area_m2, x_m, y_m
        float64 (n,), area and centroid in a metric CRS.
    compound_idx
        int64 (n,), the compound that each cell belongs to, or -1.
    today_idx
        int64 (n,), today's grid of each cell, or -1.
    min_households, max_households, target_households
        The band and the wished size of a grid.
    residents_reference
        Residents that a grid should have.
    members_needed
        Formal members that an organisation needs.
    institutions_per_grid
        The community's mean. A number and not computed, so that a part of a community keeps it.
    weights
        Cost name of `optimize.costs.COSTS` → weight; a cost that is absent or 0 is off.
    """

    name: str
    households: IntArray
    residents: IntArray
    formal_members: IntArray
    institutions: IntArray
    organisations: IntArray
    edges: IntArray
    border_m: FloatArray
    border_factor: FloatArray
    heavy: BoolArray
    outer_m: FloatArray
    perimeter_m: FloatArray
    area_m2: FloatArray
    x_m: FloatArray
    y_m: FloatArray
    compound_idx: IntArray
    today_idx: IntArray
    min_households: int
    max_households: int
    target_households: int
    residents_reference: int
    members_needed: int
    institutions_per_grid: float
    weights: Mapping[str, float]
    locks: Locks = field(default_factory=Locks)

    @property
    def n_cells(self) -> int:
        """Number of cells."""
        return len(self.households)
