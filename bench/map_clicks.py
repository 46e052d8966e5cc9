"""From a click on the map to the repainted map, in a headless Chromium, on a project of 2,000 grids."""

import json
import statistics
import sys
import tempfile
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from bench.browser import browsing, find_chromium, map_frame, serving
from bench.suites import Row
from geo.layers import STORAGE_CRS, Layers
from scenarios import store
from scenarios.assemble import assemble
from scenarios.outcome import Certificate, GridFacts, Plan
from scenarios.propose import ready_tiling
from scenarios.rules import GridRules

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Frame, Page

COLUMNS, LINES = 50, 40
CLICKS = 30
_COMMUNITIES = 20
_SIDE_M = 120
_WATCH = """() => {
  const map = gridplanMap, path = Object.values(map.state.byLayer.plan.byId)[0][0];
  const canvas = map.state.map.getRenderer(path);
  window.gpTimes = []; window.gpAnswers = 0;
  document.addEventListener("click", (event) => {
    const times = {clicked: event.timeStamp};
    window.gpTimes.push(times);
    const note = () => { times.painted = performance.now(); };
    const wait = () => requestAnimationFrame(canvas._redrawRequest ? wait : note);
    setTimeout(wait, 0);
  }, true);
  const apply = map.apply;
  map.apply = (delta) => {
    apply(delta);
    const last = window.gpTimes[window.gpTimes.length - 1];
    if (last && delta.seen === map.state.clickedAt && !last.answered) {
      last.answered = performance.now(); window.gpAnswers += 1;
    }
  };
}"""


def run() -> list[Row]:
    """Measure; no row, saying so, where there is no Chromium to measure with."""
    chromium = find_chromium()
    if chromium is None or find_spec("playwright") is None:
        print("map: there is no Chromium or no playwright here", file=sys.stderr)
        return []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        make_project(home / "blocks.gpkg")
        with serving(home) as address, browsing(chromium) as browser:
            return [_measure(browser, address)]


def make_project(path: Path) -> None:
    """Write a project whose plan has one grid a parcel: 2,000 parcels with bent borders, 20 communities."""
    layers = _blocks()
    store.create_project(path, layers)
    tiling = ready_tiling(path, layers)
    cells = tiling.cells
    codes = [f"{code}{n:03d}" for n, code in enumerate(cells["community_code"])]
    communities = layers.frames["communities"]
    certificates = tuple(
        Certificate(
            community_code=code,
            community_name=code,
            n_grids=COLUMNS * LINES // _COMMUNITIES,
            status="optimal",
            objective=0.0,
            lower_bound=0.0,
            gap=0.0,
            proven=True,
        )
        for code in communities["code"]
    )
    plan = Plan(
        grid_of_cell=dict(zip(cells["cell_id"], codes, strict=True)),
        facts={code: GridFacts(name=code, kind="base", costs={}) for code in codes},
        certificates=certificates,
    )
    rules = asdict(GridRules())
    summary = {"seed": 1, "compounds_split": 0, "households_moved": None}
    outcome = assemble(
        scenario=store.BASE_SCENARIO,
        cells=cells,
        plan=plan,
        communities=communities,
        summary=summary,
        rules=rules,
    )
    store.save_outcome(path, outcome, {"boundary": 1.0})


def _blocks() -> Layers:
    """Squares whose sides all bend the same way, so that they still tile: 24 points each, as in real data."""
    steps = np.linspace(0, 1, 7)
    wave = 12 * np.sin(2 * np.pi * steps)
    across, up = np.column_stack([_SIDE_M * steps, wave]), np.column_stack([wave, _SIDE_M * steps])
    right, top = np.array([_SIDE_M, 0]), np.array([0, _SIDE_M])
    sides = (across, np.add(up, right), np.flipud(across + top), np.flipud(up))
    block = np.vstack([side[:-1] for side in sides])
    shapes = [
        shapely.Polygon(block + np.array([500_000 + _SIDE_M * x, 4_000_000 + _SIDE_M * y]))
        for y in range(LINES)
        for x in range(COLUMNS)
    ]
    band = COLUMNS * LINES // _COMMUNITIES
    parcels = gpd.GeoDataFrame(
        {
            "id": [f"p{n}" for n in range(len(shapes))],
            "households": 400,
            "residents": 1000,
            "community_code": [f"9990010{n // band:05d}" for n in range(len(shapes))],
        },
        geometry=shapes,
        crs="EPSG:4549",
    )
    communities = parcels.dissolve("community_code")[["geometry"]].reset_index(names="code")
    communities.insert(1, "name", communities["code"])
    return Layers(
        frames={"communities": communities.to_crs(STORAGE_CRS), "parcels": parcels.to_crs(STORAGE_CRS)}
    )


def _measure(browser: "Browser", address: str) -> Row:
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto(f"{address}/grids")
    frame = map_frame(page, layer="plan")
    page.locator('[data-testid="stDataFrame"]').wait_for()
    page.wait_for_timeout(1000)
    frame.evaluate(_WATCH)
    zoom = frame.evaluate("gridplanMap.state.map.getZoom()")
    _click_about(page, frame)
    times = json.loads(frame.evaluate("JSON.stringify(window.gpTimes)"))
    answered = [item["answered"] - item["clicked"] for item in times if "answered" in item]
    after = frame.evaluate("gridplanMap.state.map.getZoom()")
    return Row(
        instance=f"map of {COLUMNS * LINES} grids",
        tool="gridplan",
        facts={
            "clicks": len(times),
            "click_to_repaint_ms_median": round(
                statistics.median(t["painted"] - t["clicked"] for t in times), 1
            ),
            "click_to_server_answer_ms_median": round(statistics.median(answered), 1),
            "zoom_kept": zoom == after,
        },
    )


def _click_about(page: "Page", frame: "Frame") -> None:
    box = page.locator('iframe[title^="streamlit_folium"]').bounding_box()
    if box is None:
        raise RuntimeError("the map has no place on the page")
    for n in range(CLICKS):
        x = box["x"] + box["width"] * (0.3 + 0.4 * ((n * 7) % CLICKS) / CLICKS)
        y = box["y"] + 100 + 250 * ((n * 11) % CLICKS) / CLICKS
        page.mouse.click(x, y)
        frame.wait_for_function(f"window.gpAnswers >= {n + 1}", timeout=20_000)
        page.wait_for_timeout(100)


if __name__ == "__main__":
    for row in run():
        print(json.dumps(dict(row.facts), indent=2))
