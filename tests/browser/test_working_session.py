"""A whole working session at the desk, in Chinese, in a real browser."""

import json
import shutil
from pathlib import Path

import pytest

from bench.browser import map_frame, serving
from scenarios.desk.desk import do_edit, open_desk, read_history, undo
from tests.browser.conftest import DESK, Visit
from ui.desk.cells import neighbour_grids

pytestmark = pytest.mark.browser

PLANNED = "grids?project=有方案的街道&mode=adjust"
_AT_A_BORDER = f"""(place) => Object.keys({DESK}.cells).find((id) => {DESK}.cells[id].m === place
  && {DESK}.beside[id].some((pair) => {DESK}.grid[pair[0]] !== {DESK}.grid[id]))"""

_IN_ANOTHER_GRID = f"""(known) => Object.keys({DESK}.cells).find((id) =>
  {DESK}.cells[id].m === {DESK}.cells[known].m && {DESK}.grid[id] !== {DESK}.grid[known]
  && {DESK}.beside[id].some((pair) => {DESK}.grid[pair[0]] !== {DESK}.grid[id]))"""


def chosen(frame) -> set[str]:
    return set(frame.evaluate(f"[...{DESK}.chosen]"))


def test_a_whole_working_session(home: Path, pages) -> None:
    project = home / "示范街道.gpkg"
    visit = pages("grids?project=示范街道")
    start = propose_and_turn_to_the_desk(visit)
    cell = map_frame(visit.page, layer="cells").evaluate(_AT_A_BORDER, "999001001001")
    given = loop_and_give(visit, project, start, cell)
    merge_undo_and_redo(visit, given, cell)
    solved = lock_and_solve_the_rest(visit, given, cell)
    rename(visit, project, cell, solved[cell])

    visit.page.reload()
    assert visit.plan() == solved
    assert "mode=adjust" in visit.page.url
    visit.shot("reloaded")

    read_the_history(visit, project)
    named = export(visit)
    assert named[solved[cell]] == "听松一网格"
    assert set(named) == {grid for grid in solved.values() if grid}
    assert visit.watch.outside == []
    assert visit.watch.faults == []


def propose_and_turn_to_the_desk(visit: Visit) -> dict[str, str | None]:
    page = visit.page
    map_frame(page)
    visit.button("提出网格划分").click()
    map_frame(page, layer="plan")
    visit.quiet()
    page.get_by_role("button", name="动手调整").or_(page.get_by_role("radio", name="动手调整")).click()
    visit.settle()
    page.get_by_label("您的姓名").fill("王敏")
    page.keyboard.press("Enter")
    page.get_by_text("调整人：王敏").wait_for()
    visit.shot("desk")
    return visit.plan()


def loop_and_give(
    visit: Visit, project: Path, start: dict[str, str | None], cell: str
) -> dict[str, str | None]:
    page, frame = visit.page, map_frame(visit.page, layer="cells")
    visit.loop_round([cell])
    assert chosen(frame) == {cell}
    page.get_by_text("已选 1 个单元").first.wait_for()
    visit.shot("lasso")
    page.keyboard.press("1")
    given = visit.changes(start)
    assert {name for name in start if start[name] != given[name]} == {cell}
    assert given == dict(open_desk(project).plan.grid_of_cell)
    visit.shot("given")
    return given


def merge_undo_and_redo(visit: Visit, given: dict[str, str | None], cell: str) -> None:
    page, frame = visit.page, map_frame(visit.page, layer="cells")
    frame.get_by_role("button", name="单元", exact=True).click()
    visit.click_cell(cell)
    visit.quiet()
    visit.tab("这个网格")
    visit.button("合并").click()
    merged = visit.changes(given)
    assert len(set(merged.values())) == len(set(given.values())) - 1
    page.get_by_text("超过上限").first.wait_for()
    visit.shot("merged")
    page.keyboard.press("Control+z")
    visit.becomes(given)
    visit.button("恢复").click()
    visit.becomes(merged)
    visit.button("撤销").click()
    visit.becomes(given)


def lock_and_solve_the_rest(visit: Visit, given: dict[str, str | None], cell: str) -> dict[str, str | None]:
    page = visit.page
    visit.click_cell(cell)
    visit.quiet()
    visit.tab("锁定")
    page.get_by_role("button", name="锁定", exact=True).nth(1).click()
    visit.settle()
    page.get_by_text("已锁定：单元 0 个、网格 1 个").wait_for()
    visit.shot("locked")
    visit.tab("推荐")
    visit.button("重新计算听松社区").click()
    answer = visit.button("采用").or_(visit.button("知道了"))
    answer.first.wait_for(timeout=60_000)
    visit.shot("offer")
    answer.first.click()
    solved = visit.plan()
    held = {name for name, code in given.items() if code == given[cell]}
    assert {name for name, code in solved.items() if code == solved[cell]} == held
    return solved


def rename(visit: Visit, project: Path, cell: str, code: str | None) -> None:
    page = visit.page
    page.keyboard.press("Escape")
    visit.click_cell(cell)
    visit.quiet()
    visit.tab("这个网格")
    # What is typed before the panel has turned to the grid that was clicked is not about that grid.
    page.get_by_role("tabpanel").get_by_text(f"网格 {code}").wait_for()
    page.get_by_text("名称、编码、类型", exact=True).first.click()
    name = page.get_by_label("名称", exact=True)
    name.fill("听松一网格")
    visit.button("保存名称、编码、类型").click()
    page.get_by_text("听松一网格").first.wait_for(state="attached")
    visit.settle()
    visit.shot("renamed")
    desk = open_desk(project)
    assert desk.plan.grids[desk.plan.grid_of_cell[cell]].name == "听松一网格"


def read_the_history(visit: Visit, project: Path) -> None:
    page = visit.page
    kinds = [record.kind for record in read_history(project)]
    assert kinds[:6] == ["origin", "give", "merge", "undo", "redo", "undo"]
    assert kinds[-1] == "rename"
    assert {record.author for record in read_history(project)} == {"", "王敏"}
    page.get_by_role("link", name="历史").click()
    page.locator('[data-testid="stDataFrame"]').wait_for()
    visit.quiet()
    visit.shot("history")


def export(visit: Visit) -> dict[str, str]:
    """Take the plan away as GeoJSON; give code → name of its grids."""
    page = visit.page
    page.get_by_role("link", name="网格").click()
    visit.settle()
    page.get_by_role("button", name="看方案").or_(page.get_by_role("radio", name="看方案")).click()
    map_frame(page, layer="plan")
    visit.quiet()
    visit.tab("下载")
    taken = take_away(page, ".geojson")
    visit.shot("export")
    return {row["properties"]["code"]: row["properties"]["name"] for row in taken["features"]}


def take_away(page, ending: str):
    formats = page.get_by_role("combobox", name="文件格式")
    formats.click()
    page.get_by_role("option").filter(has_text=ending).click()
    with page.expect_download(timeout=60_000) as waited:
        page.get_by_role("button", name="下载文件").click()
    return json.loads(Path(waited.value.path()).read_text(encoding="utf-8"))


def test_the_second_of_two_is_told_and_chooses(home: Path, pages) -> None:
    project = home / "有方案的街道.gpkg"
    visit = pages(PLANNED)
    frame = visit.settle()
    cell = frame.evaluate(_AT_A_BORDER, "999001001002")
    other = frame.evaluate(_IN_ANOTHER_GRID, cell)
    visit.click_cell(other)
    visit.quiet()
    theirs = elsewhere(project, cell)
    visit.page.keyboard.press("1")  # before the edit of the other person can have appeared
    dialog = visit.page.get_by_role("dialog")
    dialog.get_by_text("同事已保存了 1 处改动").wait_for()
    visit.shot("conflict")
    dialog.get_by_role("button", name="在同事改动的基础上").click()
    visit.page.get_by_role("dialog").wait_for(state="detached")
    both = visit.changes(theirs)
    assert {name for name in both if both[name] != theirs[name]} == {other}
    assert both == dict(open_desk(project).plan.grid_of_cell)

    # Late once more; this time the edit is kept as a scenario of its own.
    visit.click_cell(cell)
    visit.quiet()
    undone = dict(undo(open_desk(project), author="李静").plan.grid_of_cell)
    visit.page.keyboard.press("n")
    dialog = visit.page.get_by_role("dialog")
    dialog.get_by_label("新方案名称").fill("甲的想法")
    visit.page.keyboard.press("Enter")
    dialog.get_by_role("button", name="另存为新方案").click()
    dialog.wait_for(state="detached")
    visit.quiet()
    visit.shot("apart")
    assert "scenario=" in visit.page.url
    visit.becomes(dict(open_desk(project, "甲的想法").plan.grid_of_cell))
    assert dict(open_desk(project).plan.grid_of_cell) == undone
    assert visit.watch.faults == []


def elsewhere(project: Path, cell: str) -> dict[str, str | None]:
    """Give a cell to a neighbouring grid in another person's name; give the plan then."""
    desk = open_desk(project)
    grid = neighbour_grids(desk, [cell])[0]
    return dict(do_edit(desk, "give", {"cells": [cell], "grid": grid}, author="李静").plan.grid_of_cell)


def test_what_others_do_appears_by_itself(home: Path, pages) -> None:
    project = home / "有方案的街道.gpkg"
    visit = pages(PLANNED)
    frame = visit.settle()
    page = visit.page
    cell = frame.evaluate(_AT_A_BORDER, "999001001002")
    other = frame.evaluate(_IN_ANOTHER_GRID, cell)
    visit.click_cell(other)
    visit.quiet()
    frame.evaluate("gridplanMap.state.map.setZoom(gridplanMap.state.map.getZoom() + 0.5, {animate: false})")
    zoom = frame.evaluate("gridplanMap.state.map.getZoom()")
    page.get_by_placeholder("下一次调整的原因").type("离学校")
    theirs = elsewhere(project, cell)
    page.get_by_text("李静刚刚保存").wait_for()
    visit.shot("news")
    visit.becomes(theirs)
    assert chosen(frame) == {other}
    assert frame.evaluate("gridplanMap.state.map.getZoom()") == zoom
    assert page.get_by_placeholder("下一次调整的原因").input_value() == "离学校"
    assert visit.watch.faults == []


@pytest.mark.parametrize(("locale", "words"), [("en-GB", "Adjust by hand"), ("zh-TW", "動手調整")])
def test_other_languages(pages, locale: str, words: str) -> None:
    visit = pages(PLANNED, locale)
    frame = visit.settle()
    assert visit.page.get_by_text(words).count()
    visit.click_cell(frame.evaluate(_AT_A_BORDER, "999001001001"))
    visit.quiet()
    visit.shot(locale)
    assert visit.watch.faults == []


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("history?project=有方案的街道", "提出第一次划分"),
        ("grids?project=有方案的街道&mode=adjust&community=999001001002", "社区：望江社区"),
    ],
)
def test_cold_deep_links(home: Path, tmp_path: Path, browser, path: str, words: str) -> None:
    shutil.copy(home / "有方案的街道.gpkg", tmp_path)
    with serving(tmp_path) as address, browser.new_context(locale="zh-CN") as context:
        context.set_default_timeout(120_000)  # a loaded machine is slow, not wrong
        page = context.new_page()
        page.goto(f"{address}/{path}")
        if path.startswith("grids"):
            frame = map_frame(page, layer="cells")
            frame.wait_for_function("gridplanMap.state.whole && !gridplanMap.isWhole()")  # it went there
            assert page.get_by_role("combobox").nth(2).input_value() == words
        else:
            page.locator('[data-testid="stDataFrame"]').get_by_text(words).first.wait_for(state="attached")
        assert page.url.startswith(f"{address}/{path.partition('?')[0]}")
