"""From a pick on the map to the edit acknowledged, in a headless Chromium, on 2,000 and 10,000 cells."""

import statistics
import sys
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.browser import browsing, find_chromium, map_frame, serving
from bench.desk import SIZES, make_project
from bench.suites import Row

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Frame, Page

EDITS = 20
_TIMEOUT_MS = 60_000
_PAUSE_MS = 1000  # a person looks before the next edit
_WATCH = """() => {
  const gp = gridplanMap, desk = gp.desk.state;
  window.gpTimes = [];
  const painted = (note) => {
    const canvas = gp.state.map.getRenderer(Object.values(gp.state.byLayer.cells.byId)[0][0]);
    const wait = () => requestAnimationFrame(canvas._redrawRequest ? wait : note);
    setTimeout(wait, 0);
  };
  const apply = gp.apply;
  gp.apply = (delta) => {
    apply(delta);
    const last = gpTimes[gpTimes.length - 1];
    if (!last || last.acknowledged || !delta.desk || delta.desk.done < last.n) return;
    last.acknowledged = performance.now();
  };
  const begin = () => {
    const times = {asked: performance.now()};
    gpTimes.push(times);
    return times;
  };
  const end = (times) => {
    times.n = desk.wishes[desk.wishes.length - 1].n;
    painted(() => { times.painted = performance.now(); });
  };
  const used = new Set();
  window.gpGive = () => {
    const beside = (id) => (desk.beside[id] || []).map((pair) => desk.grid[pair[0]])
      .find((code) => code && code !== desk.grid[id]);
    const ids = Object.keys(desk.cells);
    const start = (gpTimes.length * 7919) % ids.length;
    const id = [...ids.slice(start), ...ids.slice(0, start)]
      .find((cell) => !used.has(cell) && desk.grid[cell] && beside(cell));
    used.add(id);
    const times = begin();
    gp.desk.wish("give", {cells: [id], grid: beside(id)}, {[id]: beside(id)});
    end(times);
  };
  window.gpUndo = () => { const times = begin(); gp.desk.wish("undo", {}); end(times); };
}"""


def run() -> list[Row]:
    """Measure; no row, saying so, where there is no Chromium to measure with."""
    chromium = find_chromium()
    if chromium is None or find_spec("playwright") is None:
        print("desk map: there is no Chromium or no playwright here", file=sys.stderr)
        return []
    rows: list[Row] = []
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            make_project(home / "desk.gpkg", size)
            with serving(home) as address, browsing(chromium) as browser:
                rows.append(measure(browser, address, f"{size} cells"))
    return rows


def measure(browser: "Browser", address: str, instance: str) -> Row:
    """Give and undo in turn on the first project of a workspace."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto(f"{address}/grids?mode=adjust")
    frame = map_frame(page, layer="cells", timeout_s=120)
    frame.wait_for_function("Object.keys(gridplanMap.desk.state.sums).length > 0", timeout=_TIMEOUT_MS)
    page.wait_for_timeout(2000)
    frame.evaluate(_WATCH)
    times = [_one(page, frame, "gpUndo" if number % 2 else "gpGive") for number in range(EDITS)]
    return Row(
        instance=f"desk of {instance}",
        tool="gridplan",
        facts={
            "edits": len(times),
            "edit_to_repaint_ms_median": _median(times, "painted"),
            "edit_to_acknowledged_ms_median": _median(times, "acknowledged"),
        },
    )


def _one(page: "Page", frame: "Frame", name: str) -> dict[str, Any]:
    frame.evaluate(f"{name}()")
    frame.wait_for_function(
        "gpTimes[gpTimes.length - 1].acknowledged && gpTimes[gpTimes.length - 1].painted", timeout=_TIMEOUT_MS
    )
    page.wait_for_timeout(_PAUSE_MS)
    found: dict[str, Any] = frame.evaluate("gpTimes[gpTimes.length - 1]")
    return found


def _median(times: Sequence[dict[str, Any]], what: str) -> float:
    return round(statistics.median(float(item[what]) - float(item["asked"]) for item in times), 1)


if __name__ == "__main__":
    for row in run():
        print(row)
