"""Locks in a real browser: two cells chosen on the map, kept through a refresh, taken away again."""

from pathlib import Path

import pytest

from bench.browser import map_frame, serving
from scenarios.locks.kept import read_lock_list
from tests.ui.conftest import new_home

pytestmark = pytest.mark.browser


def test_two_cells_are_chosen_on_the_map_and_stay_locked_after_a_refresh(tmp_path: Path, open_page) -> None:
    with serving(new_home(tmp_path)) as address:
        page, watch = open_page(f"{address}/grids")
        map_frame(page)
        page.get_by_role("button", name="提出网格划分").click()
        frame = map_frame(page, layer="plan")
        box = page.locator('iframe[title^="streamlit_folium"]').bounding_box()
        first = (box["x"] + box["width"] * 0.3, box["y"] + 200)
        page.mouse.click(*first)
        frame.wait_for_function("gridplanMap.state.selected !== null")
        page.get_by_role("tab", name="锁定").click()
        page.get_by_text("不同格", exact=True).click()
        plan = frame.evaluate("gridplanMap.state.src")
        page.get_by_text("在地图上点选").click()
        frame.wait_for_function(
            f"gridplanMap.state.src !== '{plan}' && gridplanMap.state.data.kind === 'pick'"
        )
        add = page.get_by_role("button", name="锁定", exact=True)
        page.mouse.click(*first)
        page.wait_for_timeout(800)
        page.mouse.click(first[0], first[1] + 105)
        page.wait_for_function("!document.querySelector('.st-key-lock_add button').disabled")
        add.click()
        page.get_by_text("已锁定：").wait_for()
        (lock,) = read_lock_list(tmp_path / "street.gpkg", "base")
        assert lock.kind == "apart"
        page.reload()
        map_frame(page, layer="plan")
        page.get_by_role("tab", name="锁定").click()
        page.get_by_role("button", name="解除").click()
        page.get_by_text("目前没有锁定任何内容").wait_for()
        assert read_lock_list(tmp_path / "street.gpkg", "base") == ()
        assert watch.outside == []
        assert watch.faults == []
