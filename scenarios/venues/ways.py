"""How far everyone walks to every venue: along the streets, or straight on where there are none."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.layers import Layers
from geo.walking.network import Network, build_network
from geo.walking.paths import walk
from geo.walking.snap import Snapped, snap
from optimize.problem import FloatArray

DETOUR = 1.3
"""Metres walked for a metre as the crow flies, where no street is known (ours)."""

STREET, NO_GATE, STRAIGHT = "street", "no_gate", "straight"
"""How a place reaches the streets: freely; through a wall in which no gate is known; not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """Walking metres from cells to venues.

    Attributes
    ----------
    distance_m
        float64 (n cells, m venues); infinite beyond `limit_m`.
    cell_by, venue_by
        STREET, NO_GATE or STRAIGHT for each cell and venue; a way is straight when either end is.
    n_parts
        Connected parts of the street network; 0 where there are no streets.
    counts
        What to say of the measurement: cells by the way they were measured.
    network, stands
        The streets, and where the venues meet them.
    """

    distance_m: FloatArray
    cell_by: NDArray[np.str_]
    venue_by: NDArray[np.str_]
    n_parts: int
    limit_m: float
    counts: Mapping[str, int]
    network: Network
    stands: Snapped


def measure_ways(layers: Layers, cells: gpd.GeoDataFrame, venues: gpd.GeoDataFrame, limit_m: float) -> Ways:
    """Measure the ways from cells to venues.

    Parameters
    ----------
    cells, venues
        In the same metric CRS; a way begins at a point inside the cell.
    """
    crs = cells.crs
    network = build_network(_lines(layers, "roads", crs))
    barriers = _lines(layers, "barriers", crs)
    here = cells.geometry.representative_point().to_numpy()
    there = venues.geometry.to_numpy()
    from_cells, cell_by = _reach(here, network, barriers)
    from_venues, venue_by = _reach(there, network, barriers)
    distance_m = _along_streets(network, from_cells, from_venues, limit_m)
    straight = (cell_by == STRAIGHT)[:, None] | (venue_by == STRAIGHT)[None, :]
    flown = DETOUR * shapely.distance(here[:, None], there[None, :])
    distance_m = np.where(straight, np.where(flown <= limit_m, flown, np.inf), distance_m)
    names, numbers = np.unique(cell_by, return_counts=True)
    return Ways(
        distance_m=distance_m,
        cell_by=cell_by,
        venue_by=venue_by,
        n_parts=network.n_parts,
        limit_m=limit_m,
        counts=MappingProxyType(dict(zip(names.tolist(), numbers.tolist(), strict=True))),
        network=network,
        stands=from_venues,
    )


def _lines(layers: Layers, name: str, crs: pyproj.CRS) -> gpd.GeoDataFrame:
    frame = layers.frames.get(name)
    if not isinstance(frame, gpd.GeoDataFrame) or frame.empty:
        return gpd.GeoDataFrame({"class": [], "kind": []}, geometry=[], crs=crs)
    return frame.to_crs(crs)


def _reach(
    places: NDArray[np.object_], network: Network, barriers: gpd.GeoDataFrame
) -> tuple[Snapped, NDArray[np.str_]]:
    """Put places on streets they can step to; those a wall shuts in may pass it, and it is said."""
    free = snap(places, network, barriers.geometry.to_numpy())
    walls = barriers["kind"] == "wall" if "kind" in barriers else pd.Series(False, index=barriers.index)
    open_ = snap(places, network, barriers[~walls].geometry.to_numpy())
    by = np.where(free.edge >= 0, STREET, np.where(open_.edge >= 0, NO_GATE, STRAIGHT))
    chosen = free.edge >= 0
    joined = Snapped(
        edge=np.where(chosen, free.edge, open_.edge),
        along_m=np.where(chosen, free.along_m, open_.along_m),
        aside_m=np.where(chosen, free.aside_m, open_.aside_m),
    )
    return joined, by


def _along_streets(network: Network, cells: Snapped, venues: Snapped, limit_m: float) -> FloatArray:
    found = walk(network, venues, cells, limit_m)
    table = np.full((len(cells.edge), len(venues.edge)), np.inf)
    rows = np.repeat(np.arange(len(venues.edge)), np.diff(found.indptr))
    table[found.indices, rows] = found.data
    return table
