"""Measures of shapes and of tilings."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings

from geo.cells import cut_cells
from geo.layers import STORAGE_CRS
from geo.measures import dissolve_grids, is_contiguous, measure_grids, measure_tiling, polsby_popper
from tests.geo.small_towns import METRIC, random_towns


def frame(shapes, **columns):
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=METRIC, index=range(10, 10 + len(shapes)))


def test_polsby_popper_of_known_shapes_keeps_the_index():
    disc = shapely.Point(0, 0).buffer(100, quad_segs=500)
    scores = polsby_popper(frame([shapely.box(0, 0, 1, 1), disc]))
    assert scores.index.tolist() == [10, 11]
    assert scores.tolist() == pytest.approx([np.pi / 4, 1.0], abs=1e-5)


def test_two_pieces_that_touch_in_a_corner_are_not_contiguous():
    corner = shapely.union(shapely.box(0, 0, 1, 1), shapely.box(1, 1, 2, 2))
    edge = shapely.union(shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1))
    assert is_contiguous(frame([corner, edge])).tolist() == [False, True]


def test_grids_in_degrees_are_measured_in_metres():
    grid = frame([shapely.box(500_000, 3_450_000, 500_100, 3_450_200)]).to_crs(STORAGE_CRS)
    row = measure_grids(grid).loc[10]
    assert row["area_m2"] == pytest.approx(20_000, abs=0.01)
    assert row["perimeter_m"] == pytest.approx(600, abs=0.001)
    assert row["contiguous"]


def test_gap_overlap_and_outside_are_found():
    communities = frame([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)], code=["C1", "C2"])
    tiles = frame(
        [shapely.box(0, 0, 60, 100), shapely.box(50, 0, 90, 100), shapely.box(95, 0, 200, 100)],
        community_code=["C1", "C1", "C2"],
    )
    found = measure_tiling(tiles, communities)
    assert found.loc["C1"].to_dict() == {"gap_m2": 1000.0, "overlap_m2": 1000.0, "outside_m2": 0.0}
    assert found.loc["C2"].to_dict() == {"gap_m2": 0.0, "overlap_m2": 0.0, "outside_m2": 500.0}


def test_a_community_without_tiles_is_all_gap():
    communities = frame([shapely.box(0, 0, 100, 100)], code=["C1"])
    tiles = frame([shapely.box(500, 0, 600, 100)], community_code=["C9"])
    assert measure_tiling(tiles, communities)["gap_m2"].tolist() == [10_000.0]


@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(layers=random_towns())
def test_grids_tile_as_exactly_as_their_cells(layers):
    cells = cut_cells(layers, max_households=300).cells
    code = cells["community_code"] + "-" + (np.arange(len(cells)) // 3).astype(str)
    grids = dissolve_grids(cells, code).to_crs(STORAGE_CRS)
    assert grids["code"].tolist() == sorted(set(code))
    assert (measure_tiling(grids, layers.frames["communities"]) < 1).all(axis=None)
    assert shapely.coverage_is_valid(grids.to_crs(METRIC).geometry.to_numpy())


def test_cells_without_a_grid_are_in_none():
    cells = frame([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], community_code=["C1", "C1"])
    grids = dissolve_grids(cells, pd.Series([None, "G1"], index=cells.index, dtype=object))
    assert grids["code"].tolist() == ["G1"]
    assert grids.geometry.iloc[0].equals(shapely.box(1, 0, 2, 1))
