"""A solved project of two communities with venues of every sort and the facts of one community."""

import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.layers import STORAGE_CRS, Layers
from scenarios.propose import Settings, propose
from scenarios.store import create_project
from scenarios.workers import Workers
from tests.conftest import METRES
from tests.scenarios.desk.conftest import desk_layers

PLAIN, OVERSIZE = "999001001001", "999001001002"


def venue(name: str, x_m: float, **facts: object) -> dict[str, object]:
    """A row of the layer of venues, in metres from the corner of the town."""
    return {"id": name, "name": f"{name}站", "geometry": shapely.Point(500_000 + x_m, 3_999_950), **facts}


def town_layers() -> Layers:
    """1,300 households in the first community (390 m² by the rule), 1,380 in the other (414 m²)."""
    rows = [
        venue("V1", 50, status="existing", area_m2=500.0, activity_m2=200.0, functions="政务服务、棋牌",
              services="社保", hours="周一至周五 08:30-17:30", windows=2, staff=3, cost_year=150_000.0),
        venue("V2", 450, status="existing", area_m2=200.0, functions="党员教育，便民服务", windows=1),
        venue("V3", 60, status="candidate", area_m2=100.0, cost_build=300_000.0, cost_year=40_000.0),
        venue("V4", 460, status="candidate", area_m2=50.0),
        venue("V5", 5000, status="existing", area_m2=9000.0, functions="政务服务"),
    ]  # fmt: skip
    counts = dict.fromkeys(("windows", "staff"), "Int64")
    frame = gpd.GeoDataFrame(rows, crs=METRES).to_crs(STORAGE_CRS).astype(counts)
    facts = pd.DataFrame(
        {
            "community_code": [PLAIN],
            "posts": pd.array([4], dtype="Int64"),
            "filled": pd.array([3], dtype="Int64"),
            "grid_workers": pd.array([2], dtype="Int64"),
            "tasks": pd.array([30], dtype="Int64"),
            "budget_personnel": [200_000.0],
            "budget_operations": [100_000.0],
            "budget_services": [150_000.0],
        }
    )
    return Layers(frames={**desk_layers().frames, "venues": frame, "community_facts": facts})


@pytest.fixture(scope="session")
def town_template(tmp_path_factory: pytest.TempPathFactory, workers: Workers) -> Path:
    path = tmp_path_factory.mktemp("services") / "town.gpkg"
    create_project(path, town_layers())
    propose(path, Settings(), stop=lambda: False, on_progress=lambda _step: None, workers=workers)
    return path


@pytest.fixture
def solved_town(town_template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(town_template, tmp_path / "town.gpkg"))
