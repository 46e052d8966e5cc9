"""How far apart places are: along the streets where the project knows them, straight on elsewhere."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import geopandas as gpd
import numpy as np
import pyproj
from numpy.typing import NDArray

from geo.layers import Layers
from optimize.problem import IntArray
from scenarios.rules import WorkRules
from scenarios.venues.ways import STRAIGHT, measure_ways

By = Literal["street", "straight"]
Spot = tuple[float, float]

FAR = 10**7
"""Metres that stand for a way longer than was looked for, or for none."""

_LOOKED_M = 3_000  # ways are walked as far as this, or as the rule asks for if that is more


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """Whole metres between places on the ground, by what they were measured.

    Attributes
    ----------
    by
        `street` where ways were walked along streets, `straight` where all are straight lines.
    counts
        Places by how they were measured: `street`, `no_gate` (through a wall in which no gate is known),
        `straight` (no street in reach).
    metres
        int64 (n, n), symmetric; FAR where there is no way, or none as short as was looked for.
    at
        Key of a place → its row.
    """

    by: By
    counts: Mapping[str, int]
    metres: IntArray
    at: Mapping[str, int]

    def table(self, keys: Sequence[str]) -> IntArray:
        """Give the metres among some places, int64 (k, k)."""
        rows = [self.at[key] for key in keys]
        return self.metres[np.ix_(rows, rows)]

    def between(self, one: str, other: str) -> int:
        """Give the metres between two places."""
        return int(self.metres[self.at[one], self.at[other]])


def measure_between(
    layers: Layers, crs: pyproj.CRS, spots: Iterable[tuple[str, Spot]], rules: WorkRules
) -> Ways:
    """Measure the ways among all places that have a key, by the rule on streets.

    Parameters
    ----------
    spots
        Key and metres east and north in `crs`.
    """
    known = dict(spots)
    xy = np.array(list(known.values()), np.float64).reshape(-1, 2)
    at = {key: row for row, key in enumerate(known)}
    straight = distances(xy)
    roads = layers.frames.get("roads")
    if not rules.joint_by_street or not isinstance(roads, gpd.GeoDataFrame) or roads.empty or not known:
        return Ways(by="straight", counts=MappingProxyType({STRAIGHT: len(at)}), metres=straight, at=at)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(xy[:, 0], xy[:, 1]), crs=crs)
    ways = measure_ways(layers, points, points, float(max(_LOOKED_M, rules.joint_distance_m)))
    aside = ways.stands.aside_m
    # Who is nearer to the other than to any street does not walk out to it and back: one yard, one house.
    beside = straight <= np.minimum(aside[:, None], aside[None, :])
    off = ways.cell_by == STRAIGHT
    flown = beside | off[:, None] | off[None, :]
    metres = np.where(flown, straight, _whole(ways.distance_m))
    return Ways(by="street", counts=ways.counts, metres=metres, at=at)


def _whole(walked: NDArray[np.float64]) -> IntArray:
    """Round to whole metres, the same both ways."""
    both = np.minimum(walked, walked.T)
    known = np.isfinite(both)
    return np.where(known, np.rint(np.where(known, both, 0.0)), FAR).astype(np.int64)


def distances(spots: NDArray[np.float64]) -> IntArray:
    """Measure straight lines in whole metres: no place is known to better than that."""
    difference = spots[:, None, :] - spots[None, :, :]
    return np.rint(np.hypot(difference[..., 0], difference[..., 1])).astype(np.int64)
