"""The tools of the desk one by one, in a real browser: choose, repair, dedicate, recode, go and come back."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from bench.browser import map_frame, serving
from geo.layers import STORAGE_CRS
from scenarios.desk.desk import do_edit, open_desk, read_history
from scenarios.propose import Settings, propose
from scenarios.store import create_project
from scenarios.workers import Workers
from tests.browser.conftest import DESK, Visit
from tests.ui.conftest import street_layers

pytestmark = pytest.mark.browser

NAME = "工具街道"
FIRST = "999001001001"
PAGE = f"grids?project={NAME}&mode=adjust"


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory, workers: Workers) -> Path:
    """A project with a plan, an estate of four parcels and a school."""
    layers = street_layers()
    layers.frames["communities"]["name"] = ["听松社区", "望江社区"]
    estate = shapely.box(500_000, 4_000_000, 500_200, 4_000_200)
    layers.frames["compounds"] = gpd.GeoDataFrame(
        {"id": ["c1"], "name": ["松涛苑"], "households": [400]}, geometry=[estate], crs="EPSG:4549"
    ).to_crs(STORAGE_CRS)
    layers.frames["institutions"] = gpd.GeoDataFrame(
        {"id": ["s1"], "name": ["听松小学"], "kind": ["school"], "staff": [220]},
        geometry=[shapely.Point(500_050, 4_000_550)],
        crs="EPSG:4549",
    ).to_crs(STORAGE_CRS)
    path = tmp_path_factory.mktemp("tools") / f"{NAME}.gpkg"
    create_project(path, layers)
    propose(path, Settings(), stop=lambda: False, on_progress=lambda _: None, workers=workers)
    return path


@pytest.fixture
def project(solved: Path, home: Path) -> Iterator[Path]:
    path = Path(shutil.copy(solved, home))
    yield path
    path.unlink()


def chosen(visit: Visit) -> set[str]:
    return set(map_frame(visit.page, layer="cells").evaluate(f"[...{DESK}.chosen]"))


def tool(visit: Visit, name: str) -> None:
    map_frame(visit.page, layer="cells").get_by_role("button", name=name, exact=True).click()


def test_choose_by_compound_grid_and_box(pages, project: Path) -> None:
    visit = pages(PAGE)
    plan = visit.plan()
    tool(visit, "小区")
    visit.click_cell("0-0")
    assert chosen(visit) == {"0-0", "0-1", "1-0", "1-1"}
    visit.quiet()
    visit.shot("compound")
    tool(visit, "网格")
    visit.click_cell("3-5")
    assert chosen(visit) == {cell for cell, code in plan.items() if code == plan["3-5"]}
    tool(visit, "框选")
    (left, top), (right, bottom) = visit.place("1-4"), visit.place("3-3")
    visit.page.mouse.move(left - 12, top - 12)
    visit.page.mouse.down()
    visit.page.mouse.move(right + 12, bottom + 12, steps=5)
    visit.shot("box")
    visit.page.mouse.up()
    visit.quiet()
    boxed = {f"{x}-{y}" for x in (1, 2, 3) for y in (3, 4)}
    assert chosen(visit) == boxed
    visit.page.keyboard.press("n")
    after = visit.changes(plan)
    (code,) = {after[cell] for cell in boxed}
    assert code not in plan.values()
    assert after == dict(open_desk(project).plan.grid_of_cell)
    visit.shot("new-grid")
    visit.page.keyboard.press("Escape")
    assert chosen(visit) == set()
    assert visit.watch.faults == []


def test_a_broken_plan_is_shown_gone_to_and_repaired(pages, project: Path) -> None:
    desk = open_desk(project)
    plan = dict(desk.plan.grid_of_cell)
    torn = next(code for code in desk.plan.grids if code.startswith(FIRST) and code != plan["0-0"])
    desk = do_edit(desk, "give", {"cells": ["0-0"], "grid": torn}, author="李静")
    desk = do_edit(desk, "dissolve", {"grid": plan["3-5"]}, author="李静")
    visit = pages(PAGE)
    page, frame = visit.page, visit.settle()
    page.get_by_text("不符合硬性规则").first.wait_for()
    zoom = frame.evaluate("gridplanMap.state.map.getZoom()")
    visit.shot("broken")
    visit.button("去看").last.click()  # the cells in no grid, a corner of the community
    frame.wait_for_function("gridplanMap.state.outlined.length > 0")
    visit.quiet()
    assert set(frame.evaluate("gridplanMap.state.outlined").split(",")) == {
        cell for cell, code in open_desk(project).plan.grid_of_cell.items() if code is None
    }
    assert frame.evaluate("gridplanMap.state.map.getZoom()") > zoom
    visit.shot("zoomed")
    before = visit.plan()
    visit.button("替我补成连片").click()
    visit.changes(before)
    assert "not_contiguous" not in {rule.code for rule in open_desk(project).measures.broken}
    before = visit.plan()
    visit.button("把未划入的单元划好").click()
    assert None not in visit.changes(before).values()
    visit.shot("repaired")
    assert not open_desk(project).measures.unassigned
    assert visit.watch.faults == []


def test_dedicate_recode_and_step_back(pages, project: Path) -> None:
    visit = pages(PAGE)
    page = visit.page
    start = visit.plan()
    visit.click_cell("0-5")
    visit.quiet()
    visit.tab("这个网格")
    page.get_by_text("名称、编码、类型", exact=True).first.click()
    page.get_by_label("网格编码").fill(f"{FIRST}077")
    page.get_by_text("专属网格", exact=True).last.click()
    page.get_by_role("combobox", name="专属单位").focus()
    page.wait_for_timeout(500)  # the panel scrolls to it, and a list opened meanwhile would close again
    page.keyboard.press("ArrowDown")
    page.get_by_role("option", name="听松小学").click()
    visit.shot("facts")
    visit.button("保存名称、编码、类型").click()
    after = visit.changes(start)
    visit.shot("dedicated")
    entry = open_desk(project).plan.grids[f"{FIRST}077"]
    assert after["0-5"] == f"{FIRST}077"
    assert (entry.kind, entry.institution_id) == ("dedicated", "s1")
    page.get_by_role("link", name="历史").click()
    page.locator('[data-testid="stDataFrame"]').wait_for()
    visit.quiet()
    box = page.locator('[data-testid="stDataFrame"]').bounding_box()
    page.mouse.click(box["x"] + 18, box["y"] + 35 * 3 + 18)  # the third entry, the plan as it was proposed
    page.get_by_role("button", name="退回到这一步").wait_for()
    visit.shot("step-back")
    page.get_by_label("备注", exact=True).fill("会上定的")  # and at once, before a run has seen the note
    page.get_by_role("button", name="退回到这一步").click()
    visit.quiet()
    assert dict(open_desk(project).plan.grid_of_cell) == start
    last = read_history(project)[-1]
    assert (last.kind, last.note) == ("step_back", "会上定的")
    visit.shot("stepped-back")
    assert visit.watch.faults == []


def test_a_second_tab_a_refresh_and_a_killed_server_show_the_same(
    solved: Path, tmp_path: Path, browser
) -> None:
    project = Path(shutil.copy(solved, tmp_path))
    address = f"{PAGE}&community={FIRST}"
    with browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="zh-CN", timezone_id="Asia/Shanghai"
    ) as context:
        context.set_default_timeout(120_000)
        page = context.new_page()
        with serving(tmp_path, stop=signal.SIGKILL) as host:
            page.goto(f"{host}/{address}")
            visit = Visit(page, None)
            start = visit.plan()
            page.get_by_label("您的姓名").fill("王敏")
            page.keyboard.press("Enter")
            page.get_by_text("调整人：王敏").wait_for()
            visit.click_cell("1-4")
            visit.page.keyboard.press("n")
            edited = visit.changes(start)
            seen = where(visit)
            page.reload()
            assert visit.plan() == edited
            assert where(visit) == pytest.approx(seen, abs=2e-5)
            second = Visit(context.new_page(), None)
            second.page.goto(page.url)
            assert second.plan() == edited
            assert second.page.get_by_role("combobox").nth(2).input_value() == "社区：听松社区"
        late = edit_without_server(visit, edited)
        with serving(tmp_path, port=int(host.rsplit(":", 1)[1])):
            visit.becomes(edited | late)
            page.keyboard.press("Control+z")
            visit.becomes(edited)
            assert read_history(project)[-1].author == "王敏"  # the new server was told the name again
            page.reload()
            assert visit.plan() == edited == dict(open_desk(project).plan.grid_of_cell)
            assert where(visit) == pytest.approx(seen, abs=2e-5)
            visit.shot("restarted")


def edit_without_server(visit: Visit, plan: dict[str, str | None]) -> dict[str, str | None]:
    """Give a cell away while nobody answers; what the map shows must not pass for saved."""
    page = visit.page
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    visit.click_cell("1-3")
    page.keyboard.press("1")
    frame = map_frame(page, layer="cells")
    frame.get_by_text("还有 1 处调整没有存好").wait_for()
    visit.shot("unsaved")
    given = frame.evaluate(f"{DESK}.grid['1-3']")
    assert given not in (None, plan["1-3"])
    return {"1-3": given}


def where(visit: Visit) -> tuple[float, ...]:
    told = "(m => [m.getCenter().lat, m.getCenter().lng, m.getZoom()])(gridplanMap.state.map)"
    return tuple(map_frame(visit.page, layer="cells").evaluate(told))
