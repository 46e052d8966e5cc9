"""A solved project of two communities, made once and copied for each test."""

import shutil
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo.layers import STORAGE_CRS, Layers
from scenarios.desk.desk import Desk, open_desk
from scenarios.propose import Settings, propose
from scenarios.store import create_project
from scenarios.workers import Workers
from tests.conftest import join_layers, parcel_layers

PLAIN, OVERSIZE = "999001001001", "999001001002"


def desk_layers() -> Layers:
    """Two communities with today's grids and two institutions; one has a parcel of 700 households."""
    plain = parcel_layers([[110, 120, 130, 90], [100, 95, 105, 115], [80, 130, 125, 100]])
    oversize = parcel_layers([[110, 700, 130], [190, 140, 110]], code=OVERSIZE, x_m=500_400)
    joined = join_layers(plain, oversize)
    parcels = joined.frames["parcels"]
    own = parcels[parcels["community_code"] == PLAIN]
    halves = [own.geometry.iloc[:6], own.geometry.iloc[6:]]
    today = gpd.GeoDataFrame(
        {
            "code": [f"{PLAIN}001", f"{PLAIN}002"],
            "name": ["北", "南"],
            "kind": ["base", "base"],
            "community_code": [PLAIN, PLAIN],
        },
        geometry=[shapely.union_all(half.array) for half in halves],
        crs=STORAGE_CRS,
    )
    institutions = gpd.GeoDataFrame(
        {"id": ["school", "mill"], "name": ["学校", "厂"], "kind": ["school", "enterprise"]},
        geometry=[own.geometry.iloc[0].centroid, own.geometry.iloc[11].centroid],
        crs=STORAGE_CRS,
    )
    return Layers(frames={**joined.frames, "grids": today, "institutions": institutions})


@pytest.fixture(scope="session")
def solved_template(tmp_path_factory: pytest.TempPathFactory, workers: Workers) -> Path:
    path = tmp_path_factory.mktemp("desk") / "template.gpkg"
    create_project(path, desk_layers())
    propose(path, Settings(), stop=lambda: False, on_progress=lambda _step: None, workers=workers)
    return path


@pytest.fixture
def project(solved_template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(solved_template, tmp_path / "desk.gpkg"))


@pytest.fixture
def desk(project: Path) -> Desk:
    return open_desk(project)
