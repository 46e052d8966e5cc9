"""A server with a workspace of its own, and a browser that notes what it asked for."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from bench.browser import serving
from geo.layers import STORAGE_CRS, Layers
from scenarios.store import create_project

EVIL = "<img src=x onerror=alert(1)>甲"


def street_layers(columns: int = 8, rows: int = 6) -> Layers:
    """Two communities of square parcels; the first has a name that a careless page would run."""
    parcels = [
        {
            "id": f"{x}-{y}",
            "households": 80 + 7 * (x * 3 + y * 5) % 60,
            "residents": 200,
            "community_code": f"99900100100{1 + 2 * x // columns}",
            "geometry": shapely.box(
                500_000 + 100 * x, 4_000_000 + 100 * y, 500_100 + 100 * x, 4_000_100 + 100 * y
            ),
        }
        for x in range(columns)
        for y in range(rows)
    ]
    frame = gpd.GeoDataFrame(parcels, crs="EPSG:4549")
    communities = frame.dissolve("community_code")[["geometry"]].reset_index(names="code")
    communities.insert(1, "name", [EVIL, "乙社区"])
    return Layers(
        frames={"communities": communities.to_crs(STORAGE_CRS), "parcels": frame.to_crs(STORAGE_CRS)}
    )


@dataclass
class Watch:
    """What a page did that it should not have done."""

    outside: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Iterator[str]:  # noqa: ARG001
    """The address of an app with one project, `street`, that has no plan yet."""
    home = tmp_path_factory.mktemp("desk")
    create_project(home / "street.gpkg", street_layers())
    with serving(home) as address:
        yield address


@pytest.fixture
def open_page(browser):
    """Open an address in a fresh visit; give the page and its watch."""
    contexts = []

    def opener(address: str, locale: str = "zh-CN"):
        context = browser.new_context(viewport={"width": 1366, "height": 768}, locale=locale)
        contexts.append(context)
        context.set_default_timeout(120_000)  # a loaded machine is slow, not wrong
        page, watch = context.new_page(), Watch()
        page.on("request", lambda request: watch.outside.append(request.url) if leaves(request.url) else None)
        page.on("pageerror", lambda error: watch.faults.append(str(error)))
        page.on("dialog", lambda dialog: (watch.faults.append(dialog.message), dialog.dismiss()))
        page.goto(address)
        return page, watch

    yield opener
    for context in contexts:
        context.close()


def leaves(url: str) -> bool:
    """Whether a request goes to another machine."""
    return not url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:", "about:"))


def new_home(folder: Path) -> Path:
    """A workspace with one small project."""
    create_project(folder / "street.gpkg", street_layers(columns=6, rows=4))
    return folder
