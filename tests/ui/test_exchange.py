"""The exchange in a browser: a table goes out, comes back changed, is looked at, applied and on disk."""

import io
from pathlib import Path

import openpyxl
import pytest

from bench.browser import map_frame, serving
from scenarios.desk.desk import open_desk, read_history
from tests.scenarios.planned import by_row, put_plan

pytestmark = pytest.mark.browser

HOME = "999001001001"


def tab(page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def test_a_table_goes_out_and_comes_back_through_the_page(
    small_project: Path, open_page, tmp_path: Path
) -> None:
    put_plan(small_project, by_row)
    with serving(small_project.parent) as address:
        page, watch = open_page(f"{address}/grids")
        map_frame(page, layer="plan")
        tab(page, "下载")
        with page.expect_download() as download:
            page.get_by_role("button", name="下载归属表（.xlsx）").click()
        book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
        assert download.value.suggested_filename == "small-base.xlsx"
        book.worksheets[0]["E3"] = "没有"
        bad = tmp_path / "bad.xlsx"
        book.save(bad)
        page.locator("input[type=file]").last.set_input_files(bad)
        page.get_by_text("bad.xlsx 中有 1 处错误").wait_for()
        page.get_by_text("第 3 行").wait_for()
        page.reload()
        map_frame(page, layer="plan")
        tab(page, "下载")
        book.worksheets[0]["E3"] = f"{HOME}002"
        good = tmp_path / "good.xlsx"
        book.save(good)
        page.locator("input[type=file]").last.set_input_files(good)
        page.get_by_text("good.xlsx：1 个基本单元换网格，涉及 120 户。").wait_for()
        page.get_by_label("调整人").fill("李工")
        page.get_by_role("button", name="应用这次调整").click()
        page.get_by_text("已应用：1 个基本单元换网格").wait_for()
        assert watch.outside == []
        assert watch.faults == []
    assert open_desk(small_project).plan.grid_of_cell["001-01"] == f"{HOME}002"
    last = read_history(small_project)[-1]
    assert (last.kind, last.author) == ("assign", "李工")


def test_a_click_on_a_grid_tells_why_it_is_so(small_project: Path, open_page) -> None:
    put_plan(small_project, by_row)
    with serving(small_project.parent) as address:
        page, watch = open_page(f"{address}/grids")
        map_frame(page, layer="plan")
        box = page.locator('iframe[title^="streamlit_folium"]').bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 - 40)
        page.get_by_text("为什么这样划").first.wait_for()
        page.get_by_text("网格相邻").first.wait_for()
        page.get_by_text("为什么不更大、也不更小").wait_for()
        assert watch.faults == []
