"""What lies in each cell besides households: institutions, organisations and formal members."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.cells_seeds import split_whole
from geo.layers import Layers
from optimize.problem import BoolArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFacts:
    """Counts for each cell of a project, int64 (n,) each, in the order of the cells."""

    formal_members: IntArray
    institutions: IntArray
    organisations: IntArray

    def take(self, chosen: BoolArray) -> "CellFacts":
        """Give the counts of some of the cells, bool (n,)."""
        return CellFacts(
            formal_members=self.formal_members[chosen],
            institutions=self.institutions[chosen],
            organisations=self.organisations[chosen],
        )


def count_facts(layers: Layers, cells: gpd.GeoDataFrame) -> CellFacts:
    """Count everything on the ground of each cell; `cells` in a metric CRS."""
    return CellFacts(
        formal_members=count_members(layers, cells),
        institutions=count_institutions(layers, cells),
        organisations=count_organisations(layers, cells),
    )


def count_organisations(layers: Layers, cells: gpd.GeoDataFrame) -> IntArray:
    """Count the organisations of each cell, int64 (n,); those without a place are in none."""
    place = _cell_of_points(layers.frames.get("organisations"), cells)
    return np.bincount(place[place >= 0], minlength=len(cells)).astype(np.int64)


def count_institutions(layers: Layers, cells: gpd.GeoDataFrame) -> IntArray:
    """Count the institutions of each cell, int64 (n,); `cells` in a metric CRS."""
    place = _cell_of_points(layers.frames.get("institutions"), cells)
    return np.bincount(place[place >= 0], minlength=len(cells)).astype(np.int64)


def count_members(layers: Layers, cells: gpd.GeoDataFrame) -> IntArray:
    """Count the formal members of each cell, int64 (n,): its institutions' and its share of its compound's.

    A compound's members are shared among its cells by households, in whole numbers that add up.
    """
    total = np.zeros(len(cells), np.int64)
    institutions = layers.frames.get("institutions")
    if institutions is not None and "formal_members" in institutions.columns:
        place = _cell_of_points(institutions, cells)
        members = institutions["formal_members"].fillna(0).to_numpy(dtype=np.int64)
        np.add.at(total, place[place >= 0], members[place >= 0])
    compounds = layers.frames.get("compounds")
    if compounds is not None and "formal_members" in compounds.columns:
        known = compounds.dropna(subset=["formal_members"])
        of_compound = dict(zip(known["id"], known["formal_members"].astype(np.int64), strict=True))
        households = cells["households"].to_numpy(dtype=np.float64)
        for compound, rows in cells.groupby("compound_id").indices.items():
            if of_compound.get(compound):
                total[rows] += split_whole(of_compound[compound], households[rows])
    return total


def has_members(frame: pd.DataFrame | None) -> bool:
    """Tell whether members have been counted anywhere in a layer."""
    return frame is not None and "formal_members" in frame and bool(frame["formal_members"].notna().any())


def _cell_of_points(points: gpd.GeoDataFrame | pd.DataFrame | None, cells: gpd.GeoDataFrame) -> IntArray:
    if not isinstance(points, gpd.GeoDataFrame) or points.empty:
        return np.zeros(0, np.int64)
    places = np.full(len(points), -1, np.int64)
    shapes = points.to_crs(cells.crs).geometry.to_numpy()
    point_idx, cell_idx = shapely.STRtree(cells.geometry.to_numpy()).query(shapes, predicate="intersects")
    # A point on a border lies in several cells: the first one has it, so that it is counted once.
    places[point_idx[::-1]] = cell_idx[::-1]
    return places
