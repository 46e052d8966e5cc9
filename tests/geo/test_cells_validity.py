"""Cells of the demo are valid in every system they can be exported in, and still tile their communities."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from data.generate import build_demo
from geo.cells import cut_cells
from geo.crs import from_storage
from geo.layers import STORAGE_CRS
from geo.tiling import Rough, make_exact


@pytest.fixture(scope="module")
def communities() -> gpd.GeoDataFrame:
    return build_demo().frames["communities"]


@pytest.fixture(scope="module")
def cells() -> gpd.GeoDataFrame:
    return cut_cells(build_demo()).cells


@pytest.mark.parametrize("crs", ["EPSG:4490", "WGS84", "GCJ-02", "BD-09"])
def test_cells_of_the_demo_are_valid_in_every_system(cells, crs):
    moved = from_storage(cells.to_crs(STORAGE_CRS), crs)
    assert shapely.is_valid_reason(moved.geometry[~moved.is_valid].to_numpy()).tolist() == []


def test_cells_of_the_demo_tile_their_communities(cells, communities):
    shapes = cells.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    for code, whole in zip(communities["code"], communities.to_crs(cells.crs).geometry, strict=True):
        mine = cells.geometry[cells["community_code"] == code]
        union = shapely.union_all(mine.to_numpy())
        assert union.symmetric_difference(whole).area < 1
        assert abs(mine.area.sum() - union.area) < 1


def test_a_hair_between_two_lines_that_part_at_a_tiny_angle_is_closed():
    """The first shape ends in a point 10 micrometres wide at 0.7 m from its tip, between the others."""
    region = shapely.box(0, -10, 40, 10)
    below, right = shapely.box(0, -10, 40, 0), shapely.box(0, 0, 40, 10)
    tip = shapely.Polygon([(0, 0), (0, 10), (20, 10), (20, 0.00001), (20.7, 0)])
    cells = make_exact(
        np.array([region], dtype=object),
        Rough(
            shapes=np.array([tip, below, right], dtype=object),
            owner=np.array([0, 1, 2]),
            region=np.array([0, 0, 0]),
            anchor=np.array([None, None, None], dtype=object),
        ),
    )
    assert shapely.coverage_is_valid(cells)
    assert abs(shapely.area(cells).sum() - 800) < 1e-3
    for cell in cells:
        xy = shapely.get_coordinates(cell)[:-1]
        ahead, behind = np.roll(xy, -1, axis=0) - xy, np.roll(xy, 1, axis=0) - xy
        angle = np.einsum("ij,ij->i", ahead, behind) / np.hypot(*ahead.T) / np.hypot(*behind.T)
        assert angle.max() < 0.9999
