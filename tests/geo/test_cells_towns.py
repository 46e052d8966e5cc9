"""Cells of whole towns: as exact as those of a few houses, the same every time, within seconds."""

import time
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from data.generate import build_demo
from geo.cells import cut_cells
from geo.layers import STORAGE_CRS, Layers
from geo.measures import measure_tiling
from geo.memo import Memo
from tests.geo.small_towns import house, road, town

DISTRICT = Path(__file__).parents[2].parent / "shared" / "data" / "reference_district"


def test_sixty_buildings_take_about_a_second():
    homes = [
        house(f"B{n}", 30 + 37 * (n % 10), 30 + 48 * (n // 10), households=20, floors=6) for n in range(60)
    ]
    layers = town(buildings=homes, roads=[road("lane", (-5, 152), (405, 152))])
    start = time.process_time()
    tiling = cut_cells(layers)
    assert time.process_time() - start < 2
    assert len(tiling.cells) == 60


def test_the_synthetic_town_is_cut_whole_with_few_empty_cells():
    layers = build_demo()
    tiling = cut_cells(layers)
    stored = tiling.cells.to_crs(STORAGE_CRS)
    assert (measure_tiling(stored, layers.frames["communities"]) < 1).all(axis=None)
    assert shapely.coverage_is_valid(stored.geometry.to_numpy())
    assert tiling.faults == ()
    homes = layers.frames["parcels"]["households"].sum() + layers.frames["compounds"]["households"].sum()
    assert tiling.cells["households"].sum() == homes
    empty = (tiling.cells["households"] == 0).groupby(tiling.cells["community_code"]).sum()
    assert empty.max() <= 4


@pytest.fixture(scope="module")
def district():
    if not DISTRICT.exists():
        pytest.skip("the reference district is not on this machine")
    names = ("communities", "parcels", "roads")
    return Layers(frames={n: gpd.read_file(DISTRICT / f"{n}.geojson").to_crs(STORAGE_CRS) for n in names})


def test_reference_district_is_cut_and_linked_in_three_seconds(district):
    start = time.process_time()
    tiling = cut_cells(district)
    assert time.process_time() - start < 3
    assert_tiles_district(district, tiling)
    assert len(tiling.cells) == 798
    assert tiling.cells["households"].sum() == 77_542
    parcels = district.frames["parcels"].to_crs(tiling.cells.crs).set_index("id").geometry
    cells = tiling.cells.set_index("cell_id").geometry
    assert shapely.hausdorff_distance(cells.to_numpy(), parcels[cells.index].to_numpy()).max() < 1e-4


def assert_tiles_district(layers, tiling):
    stored = tiling.cells.to_crs(STORAGE_CRS)
    assert (measure_tiling(stored, layers.frames["communities"]) < 0.05).all(axis=None)
    assert shapely.coverage_is_valid(stored.geometry.to_numpy())


def test_same_layers_same_cells(district, monkeypatch):
    monkeypatch.setattr(Memo, "get", lambda _, __, make: make())
    first, second = cut_cells(district), cut_cells(district)
    pd.testing.assert_frame_equal(pd.DataFrame(first.cells), pd.DataFrame(second.cells))
    pd.testing.assert_frame_equal(pd.DataFrame(first.links), pd.DataFrame(second.links))
