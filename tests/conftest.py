"""Small projects made by hand, and the real district where it is at hand."""

from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from bench.browser import browsing, find_chromium
from geo.layers import STORAGE_CRS, Layers
from scenarios.store import create_project
from scenarios.workers import Workers

SHARED = Path(__file__).parents[1].parent / "shared"
METRES = "EPSG:4549"


@pytest.fixture(scope="session")
def reference_district() -> Path:
    """The folder of the real district: 33 communities, 798 parcels, one of them with 1,484 households."""
    folder = SHARED / "data" / "reference_district"
    if not folder.is_dir():
        pytest.skip("the reference district is not beside this checkout")
    return folder


def parcel_layers(households: list[list[int]], *, code: str = "999001001001", x_m: float = 500_000) -> Layers:
    """One community of square parcels of 100 m, given row by row from the north."""
    rows = [
        {
            "id": f"{code[-3:]}-{row}{column}",
            "households": count,
            "residents": count * 3,
            "community_code": code,
            "geometry": shapely.box(
                x_m + 100 * column,
                4_000_000 - 100 * row,
                x_m + 100 * (column + 1),
                4_000_000 - 100 * (row - 1),
            ),
        }
        for row, line in enumerate(households)
        for column, count in enumerate(line)
    ]
    parcels = gpd.GeoDataFrame(rows, crs=METRES)
    community = gpd.GeoDataFrame(
        {"code": [code], "name": [f"社区{code[-1]}"], "street": ["示范街道"]},
        geometry=[shapely.union_all(parcels.geometry.array)],
        crs=METRES,
    )
    return Layers(
        frames={"communities": community.to_crs(STORAGE_CRS), "parcels": parcels.to_crs(STORAGE_CRS)}
    )


def join_layers(*parts: Layers) -> Layers:
    """Several communities side by side in one set of layers."""
    names = parts[0].frames.keys()
    return Layers(
        frames={
            name: gpd.GeoDataFrame(
                pd.concat([part.frames[name] for part in parts], ignore_index=True), crs=STORAGE_CRS
            )
            for name in names
        }
    )


@pytest.fixture
def two_communities() -> Layers:
    """Two communities: one that holds three grids of 300-500, one with a parcel of 700 households."""
    plain = parcel_layers([[110, 120, 130, 90], [100, 95, 105, 115], [80, 130, 125, 100]])
    oversize = parcel_layers([[110, 700, 130], [190, 140, 110]], code="999001001002", x_m=500_400)
    return join_layers(plain, oversize)


@pytest.fixture
def small_project(tmp_path: Path, two_communities: Layers) -> Path:
    """The two communities as a project file."""
    path = tmp_path / "small.gpkg"
    create_project(path, two_communities)
    return path


@pytest.fixture(scope="session")
def workers() -> Iterator[Workers]:
    """Two warm processes, shared by all tests of a session."""
    with Workers(2) as pool:
        yield pool


@pytest.fixture(scope="session")
def chromium() -> str:
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium on this machine")
    return path


@pytest.fixture(scope="session")
def browser(chromium: str):
    with browsing(chromium) as opened:
        yield opened
