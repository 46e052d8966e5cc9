"""The outcome made by hand, and one file of every format written from it."""

import geopandas as gpd
import pytest
import shapely

from exports.formats import FORMATS, export
from scenarios.outcome import Outcome
from tests.exports.outcome_by_hand import build_outcome
from ui.texts.catalog import Texts


@pytest.fixture(scope="session")
def outcome() -> Outcome:
    return build_outcome()


@pytest.fixture(scope="session")
def texts() -> Texts:
    return Texts("zh_Hans")


@pytest.fixture(scope="session")
def roads(outcome: Outcome) -> gpd.GeoDataFrame:
    west, south, east, north = outcome.communities.total_bounds
    line = shapely.LineString([(west, south), (east, north)])
    return gpd.GeoDataFrame({"name": ["中山<i>路"], "class": ["main"]}, geometry=[line], crs="EPSG:4490")


@pytest.fixture(scope="session")
def exported(
    outcome: Outcome, texts: Texts, roads: gpd.GeoDataFrame, tmp_path_factory: pytest.TempPathFactory
):
    """One file of every format, by its ending."""
    folder = tmp_path_factory.mktemp("out")
    files = {}
    for ending in FORMATS:
        files[ending] = folder / f"方案{ending}"
        export(outcome, files[ending], texts, layers={"roads": roads})
    return files
