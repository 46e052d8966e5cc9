"""Three questions of a meeting, from the start page to the answer, in a real browser and in Chinese."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.browser import map_frame, serving
from scenarios import store
from scenarios.propose import Settings, propose
from scenarios.tree import read_tree
from scenarios.workers import Workers
from tests.scenarios.levers.test_answer import RULES
from tests.scenarios.levers.town import town

pytestmark = pytest.mark.browser

PICTURES = os.environ.get("GRIDPLAN_TEST_PICTURES")
WAIT_MS = 90_000


@pytest.fixture(scope="module")
def meeting(
    tmp_path_factory: pytest.TempPathFactory,
    workers: Workers,
    chromium: str,  # noqa: ARG001 - skips where there is none
) -> Iterator[tuple[str, Path]]:
    """The address of an app whose project is a town with a plan, and that project."""
    home = tmp_path_factory.mktemp("meeting")
    path = home / "town.gpkg"
    store.create_project(path, town())
    # Wide enough that there may be more grids than there are.
    rules = RULES.with_band(100, 350)
    propose(path, Settings(rules=rules), stop=lambda: False, on_progress=lambda _: None, workers=workers)
    with serving(home) as address:
        yield address, path


def begin(page, name: str) -> None:
    """From the start page to a new scenario."""
    page.get_by_role("link", name="方案").click()
    page.get_by_label("新方案名称").fill(name)
    page.get_by_role("button", name="派生", exact=True).click()
    page.get_by_text("还没有变动").wait_for()


def choose(page, field: str, option: str) -> None:
    page.get_by_role("combobox", name=re.compile(field)).click()
    page.get_by_role("option", name=re.compile(option)).first.click()


def finish(page, picture: str) -> str:
    """Set the lever, wait for the answer beside its map, and give what is said."""
    page.get_by_role("button", name="设定并计算").click()
    page.get_by_text("与“基本方案”相比").wait_for(timeout=WAIT_MS)
    # The map on which the lever was put stays for a moment.
    page.wait_for_function("document.querySelectorAll('iframe[title^=streamlit_folium]').length === 1")
    map_frame(page, layer="plan")
    page.get_by_role("button", name="停止").wait_for(state="detached", timeout=WAIT_MS)
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{picture}.png"))
    return str(page.locator('[data-testid="stMain"]').inner_text())


def test_what_if_the_new_estate_opens(meeting: tuple[str, Path], open_page) -> None:
    address, path = meeting
    page, watch = open_page(address)
    begin(page, "新小区交付")
    choose(page, "变动种类", "新建小区")
    map_frame(page, layer="compounds")
    box = page.locator('iframe[title^="streamlit_folium"]').first.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + 120
    for right, down in ((-12, -12), (12, -12), (12, 12), (-12, 12)):
        page.mouse.click(middle[0] + right, middle[1] + down)
        page.wait_for_timeout(600)
    page.get_by_label("名称", exact=True).fill("临江二期")
    page.get_by_label("户数", exact=True).fill("210")
    said = finish(page, "new_estate")
    assert "临江二期新增210户" in said
    before, after = (store.require_outcome(path, name) for name in ("base", "新小区交付"))
    assert int(after.cells["households"].sum()) - int(before.cells["households"].sum()) == 210
    assert watch.outside == []


def test_what_if_there_are_more_grid_workers(meeting: tuple[str, Path], open_page) -> None:
    address, path = meeting
    page, _ = open_page(address)
    begin(page, "加人")
    choose(page, "变动种类", "增减网格员（全街道）")
    page.get_by_label("增加网格员（名）").fill("2")
    said = finish(page, "workers")
    assert "+2" in said
    before, after = (store.require_outcome(path, name) for name in ("base", "加人"))
    assert len(after.grids) - len(before.grids) == 2


def test_what_if_two_communities_merge(meeting: tuple[str, Path], open_page) -> None:
    address, path = meeting
    page, _ = open_page(address)
    begin(page, "合并")
    choose(page, "变动种类", "社区合并")
    map_frame(page)
    for place, name in enumerate(("甲社区", "乙社区")):
        page.locator('[data-testid="stForm"]').first.get_by_role("combobox").nth(place).click()
        page.get_by_role("option", name=re.compile(name)).first.click()
    said = finish(page, "merge")
    assert "甲社区并入乙社区" in said
    outcome = store.require_outcome(path, "合并")
    assert len(outcome.communities) == len(store.require_outcome(path).communities) - 1
    node = next(item for item in read_tree(path) if item.name == "合并")
    assert (node.stale, node.pending) == (False, 0)
