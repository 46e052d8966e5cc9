"""The demo project's ways, measured once."""

import shutil
from pathlib import Path

import pytest

from scenarios.venues.propose import open_venues
from scenarios.venues.question import VenueGround

DEMO = Path(__file__).parents[3] / "data" / "demo.gpkg"


@pytest.fixture(scope="session")
def demo_venues(tmp_path_factory: pytest.TempPathFactory) -> VenueGround:
    path = tmp_path_factory.mktemp("demo_venues") / "demo.gpkg"
    shutil.copy(DEMO, path)
    return open_venues(path)
