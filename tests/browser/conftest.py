"""A server over a workspace of two projects, and what a person does in front of it."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.browser import map_frame, serving
from scenarios.propose import Settings, propose
from scenarios.store import create_project
from scenarios.workers import Workers
from tests.ui.conftest import Watch, leaves, street_layers

DESK = "gridplanMap.desk.state"
_MIDDLE = """(id) => {
  const p = gridplanMap.state.map.latLngToContainerPoint(gridplanMap.desk.state.cells[id].p);
  return [p.x, p.y];
}"""

_PLAN = f"() => Object.fromEntries(Object.keys({DESK}.cells).map((id) => [id, {DESK}.grid[id]]))"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, workers: Workers) -> Path:
    """A workspace of two equal projects, the second with a plan."""
    folder = tmp_path_factory.mktemp("session")
    layers = street_layers()
    layers.frames["communities"]["name"] = ["听松社区", "望江社区"]
    for name in ("示范街道", "有方案的街道"):
        create_project(folder / f"{name}.gpkg", layers)
    propose(
        folder / "有方案的街道.gpkg",
        Settings(),
        stop=lambda: False,
        on_progress=lambda _: None,
        workers=workers,
    )
    return folder


@pytest.fixture(scope="module")
def pages(home: Path, browser) -> Iterator:
    contexts = []
    with serving(home) as address:

        def opener(path: str, locale: str = "zh-CN"):
            context = browser.new_context(
                viewport={"width": 1366, "height": 768}, locale=locale, timezone_id="Asia/Shanghai"
            )
            contexts.append(context)
            context.set_default_timeout(120_000)  # a loaded machine is slow, not wrong
            page, watch = context.new_page(), Watch()
            page.on("request", lambda r: watch.outside.append(r.url) if leaves(r.url) else None)
            page.on("pageerror", lambda error: watch.faults.append(str(error)))
            page.goto(f"{address}/{path}")
            return Visit(page, watch)

        yield opener
        for context in contexts:
            context.close()


class Visit:
    """One person's browser."""

    def __init__(self, page, watch: Watch) -> None:
        self.page, self.watch = page, watch
        self._shots = 0

    def settle(self):
        """Wait until the map shows the plan as the server has it; give the map's frame."""
        frame = map_frame(self.page, layer="cells")
        frame.wait_for_function(f"Object.keys({DESK}.sums).length > 0 && {DESK}.wishes.length === 0")
        self.quiet()
        return frame

    def quiet(self) -> None:
        """Wait until no run of the page is under way."""
        self.page.wait_for_timeout(300)
        self.page.wait_for_function("!document.querySelector('[data-testid=\"stStatusWidget\"]')")
        self.page.wait_for_timeout(200)

    def plan(self) -> dict[str, str | None]:
        return self.settle().evaluate(_PLAN)

    def changes(self, before: dict[str, str | None]) -> dict[str, str | None]:
        """Wait until the plan is another one; give it."""
        return self._until(lambda plan: plan != before)

    def becomes(self, wanted: dict[str, str | None]) -> None:
        """Wait until the plan is that one."""
        assert self._until(lambda plan: plan == wanted) == wanted

    def _until(self, told) -> dict[str, str | None]:
        end = time.monotonic() + 20
        while not told(plan := self.plan()) and time.monotonic() < end:
            self.page.wait_for_timeout(100)
        return plan

    def click_cell(self, cell: str, **options: object) -> None:
        x, y = self.place(cell)
        self.page.mouse.click(x, y, **options)
        self.page.wait_for_timeout(400)

    def place(self, cell: str) -> tuple[float, float]:
        frame = map_frame(self.page, layer="cells")
        x, y = frame.evaluate(_MIDDLE, cell)
        box = self.page.locator('iframe[title^="streamlit_folium"]').bounding_box()
        return box["x"] + x, box["y"] + y

    def loop_round(self, cells: list[str]) -> None:
        """Draw a freehand loop round cells."""
        map_frame(self.page, layer="cells").get_by_role("button", name="圈选").click()
        places = [self.place(cell) for cell in cells]
        left, right = min(x for x, _ in places) - 9, max(x for x, _ in places) + 9
        top, bottom = min(y for _, y in places) - 9, max(y for _, y in places) + 9
        self.page.mouse.move(left, top)
        self.page.mouse.down()
        for x, y in ((right, top), (right, bottom), (left, bottom), (left, top)):
            self.page.mouse.move(x, y, steps=4)
        self.page.mouse.up()
        self.page.wait_for_timeout(400)

    def tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name).click()

    def button(self, name: str):
        return self.page.get_by_role("button", name=name, exact=True)

    def shot(self, name: str) -> None:
        """Keep a picture where whoever runs the test asks for one."""
        folder = os.environ.get("GRIDPLAN_SHOTS")
        if folder:
            self._shots += 1
            self.page.screenshot(path=f"{folder}/{self._shots:02d}-{name}.png")
