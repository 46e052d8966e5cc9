"""Staff, venues and money in workbook and slides: other programs read the plan's figures from them."""

from dataclasses import replace
from pathlib import Path

import openpyxl
import pptx
import pytest
from pptx.util import Mm
from typer.testing import CliRunner

import gridplan
from exports.formats import write_request
from exports.order import Order, fill, request_of
from scenarios.desk.forks import fork_scenario
from scenarios.levers.answer import answer
from scenarios.levers.registry import parse_lever
from scenarios.money.read import Services, read_services
from scenarios.propose import Settings, propose
from scenarios.staff.tasks import Task, add_task
from scenarios.store import create_project
from scenarios.tree import set_levers
from scenarios.workers import Workers
from tests.scenarios.services.conftest import PLAIN, town_layers
from ui.texts.catalog import LANGUAGES, Texts

TEXTS = Texts("zh_Hans")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, workers: Workers) -> Path:
    path = tmp_path_factory.mktemp("services") / "town.gpkg"
    create_project(path, town_layers())
    propose(path, Settings(), stop=lambda: False, on_progress=lambda _step: None, workers=workers)
    add_task(path, "base", Task(name="=巡河()", origin="水务局", hours=120, admitted=True), [PLAIN])
    return path


@pytest.fixture(scope="module")
def services(town: Path) -> Services:
    return read_services(town)


@pytest.fixture(scope="module")
def book(town: Path) -> openpyxl.Workbook:
    to = town.with_suffix(".xlsx")
    done = CliRunner().invoke(gridplan.main, ["export", str(town), "--to", str(to), "--lang", "zh_Hans"])
    assert done.exit_code == 0, done.output
    return openpyxl.load_workbook(to)


def table(page) -> list[dict]:
    heads, *rows = page.iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_the_sheets_are_there_in_their_order(book) -> None:
    names = [TEXTS(f"book.sheet.{name}") for name in (
        "facilities", "venues", "gaps", "staff", "tasks", "money", "grid_money", "unit_costs",
    )]  # fmt: skip
    assert [name for name in book.sheetnames if name in names] == names


def test_money_is_that_of_the_plan_and_adds_up(book, services: Services) -> None:
    *rows, total = table(book["经费"])
    assert [row["全年（元）"] for row in rows] == [row.yuan for row in services.money.communities]
    assert total["全年（元）"] == sum(row["全年（元）"] for row in rows) == services.money.total.yuan
    grids = table(book["网格经费"])
    assert sum(row["全年（元）"] for row in grids) == services.money.total.yuan
    assert [row["运行经费"] for row in grids] == [grid.lines["operations"] for grid in services.money.grids]


def test_what_nobody_counted_says_so_and_is_no_figure(book) -> None:
    plain, other, total = table(book["队伍"])
    assert (plain["核定"], plain["空岗"]) == (4, 1)
    assert other["核定"] == other["人均户数"] == "无数据"
    assert total["核定"] == 4
    venues = {row["阵地"]: row for row in table(book["阵地"])}
    assert venues["V1站"]["开放时间"] == "周一至周五 08:30-17:30"
    assert venues["V2站"]["开放时间"] == "无数据"
    assert venues["V2站"]["活动面积（平方米）"] == "无数据"


def test_area_met_and_functions_short_can_be_seen(book) -> None:
    rows = {row["社区"]: row for row in table(book["阵地条件"])}
    assert rows["社区1"]["结论"] == "面积够、功能缺"
    assert "养老服务" in rows["社区1"]["缺的功能"]
    gaps = [row for row in table(book["阵地缺项"]) if row["社区"] == "社区1"]
    assert any("面积够" in row["缺项"] for row in gaps)
    assert any("国办发〔2021〕56" in (row["依据"] or "") for row in gaps)


def test_a_task_that_looks_like_a_formula_stays_text(book) -> None:
    cell = book["事项准入"]["A2"]
    assert cell.value == "=巡河()"
    assert cell.data_type == "s"
    assert cell.quotePrefix


def test_unit_costs_have_sources(book) -> None:
    rows = table(book["单价"])
    assert rows[0]["单价（元）"] == 75_000
    assert rows[0]["原文核对"] == "通行说法"
    assert all(row["依据"] for row in rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_slides_tell_what_it_costs(town: Path, tmp_path: Path, services: Services, language: str) -> None:
    texts = Texts(language)
    order = Order(project=town, scenario="base", to=tmp_path / "x.pptx", texts=texts)
    fill(order)
    show = pptx.Presentation(order.to)
    titles = [slide.shapes.title.text_frame.text for slide in show.slides]
    assert {texts("staff.slide"), texts("money.slide"), texts("money.slide_communities")} <= set(titles)
    slide = show.slides[titles.index(texts("money.slide"))]
    (shape,) = [shape for shape in slide.shapes if shape.has_table]
    cells = [[cell.text for cell in row.cells] for row in shape.table.rows]
    assert cells[-1][1] == texts.number(services.money.total.yuan)
    assert cells[1][0] == texts("money.line.operations")
    for other in show.slides:
        for part in other.shapes:
            assert part.top + part.height <= show.slide_height
    said = "\n".join(part.text_frame.text for part in slide.shapes if part.has_text_frame)
    assert texts("money.headline", yuan=services.money.total.yuan, once=0) in said


def test_the_staff_of_many_communities_runs_on(town: Path, tmp_path: Path, services: Services) -> None:
    """Thirty communities once ran over the foot of the one slide."""
    order = Order(project=town, scenario="base", to=tmp_path / "x.pptx", texts=TEXTS)
    row, *_ = services.staffing.communities
    many = replace(services, staffing=replace(services.staffing, communities=(row,) * 30))
    write_request(replace(request_of(order), services=many), order.to)
    title, told = TEXTS("staff.slide"), []
    for slide in pptx.Presentation(order.to).slides:
        if not slide.shapes.title.text_frame.text.startswith(title):
            continue
        (shape,) = [shape for shape in slide.shapes if shape.has_table]
        assert shape.top + shape.height < Mm(182)  # where the foot begins
        told += [line.cells[0].text for line in shape.table.rows][1:]
    assert told.count(row.name) == 30
    assert told[0] == told[-1] == TEXTS("staff.all")


def test_scenarios_side_by_side_tell_what_they_cost(town: Path, tmp_path: Path) -> None:
    fork_scenario(town, "base", "增人")
    set_levers(town, "增人", [parse_lever(f"staff.{PLAIN}=grid_workers,3")])
    answer(town, "增人", stop=lambda: False, on_progress=lambda _step: None, workers=None)
    for ending in (".xlsx", ".pptx"):
        to = tmp_path / f"x{ending}"
        fill(Order(project=town, scenario="base", to=to, texts=TEXTS, against=("增人",)))
    name = TEXTS("compare.indicator.money_year")
    rows = {row[0]: row[1:] for row in openpyxl.load_workbook(tmp_path / "x.xlsx")["方案对比"].values}
    before, after = rows[name]
    assert after - before == 3 * 75_000
    cells = [
        [cell.text for cell in row.cells]
        for slide in pptx.Presentation(tmp_path / "x.pptx").slides
        for shape in slide.shapes
        if shape.has_table
        for row in shape.table.rows
    ]
    assert [name, TEXTS.number(before), TEXTS.number(after)] in cells


def test_other_formats_do_not_measure_services(town: Path) -> None:
    order = Order(project=town, scenario="base", to=town.with_suffix(".kml"), texts=TEXTS)
    assert request_of(order).services is None
