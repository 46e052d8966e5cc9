"""Staff, venues and money on the page and as commands: every language, edits kept with the scenario."""

import json
import re
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

import gridplan
from data.generate import build_demo
from exports.facilities_tables import facilities_table, gap_table, venue_table
from exports.money_tables import grid_money_table, item_table, line_table, money_table
from exports.staff_tables import grid_staff_table, staff_table, task_table
from scenarios.facilities.checklist import DEFAULT_CHECKLIST
from scenarios.facilities.measure import checklist_of
from scenarios.levers.registry import parse_lever
from scenarios.money.read import Services, read_services
from scenarios.money.store import read_money_settings
from scenarios.rules import UnitCosts
from scenarios.staff.tasks import read_tasks
from scenarios.store import create_project, read_layers
from scenarios.venues.propose import propose_venues
from scenarios.venues.settings import VenueSettings
from tests.ui.test_pages import open_page, words
from ui.facilities import checklist_rows, read_rows
from ui.scenarios_words import lever_sentence
from ui.service_levers import service_options
from ui.service_table import table_rows
from ui.texts.catalog import LANGUAGES, Texts

RAW_KEY = re.compile(r"\b(?:staff|money|facilities|rules|errors)\.[a-z_]+")
VIEWS = [
    *(("facilities", view) for view in ("communities", "venues", "gaps", "checklist")),
    *(("staff", view) for view in ("communities", "grids", "tasks", "rules")),
    *(("money", view) for view in ("lines", "communities", "grids", "budget", "costs")),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, its cells cut."""
    path = tmp_path_factory.mktemp("home") / "demo.gpkg"
    create_project(path, build_demo())
    read_services(path)
    return path


@pytest.fixture
def own(project: Path, tmp_path: Path) -> Path:
    """A copy to be changed."""
    return Path(shutil.copy(project, tmp_path / "own.gpkg"))


@pytest.fixture(scope="module")
def services(project: Path) -> Services:
    return read_services(project)


def draw(path: str, language: str) -> None:
    """The part of the page that is tested here, without the map."""
    from pathlib import Path  # noqa: PLC0415 - runs as a script of its own

    from scenarios.store import read_layers  # noqa: PLC0415 - same
    from ui.services import draw_services  # noqa: PLC0415 - same
    from ui.texts.catalog import Texts  # noqa: PLC0415 - same

    frame = read_layers(Path(path)).frames["communities"]
    names = dict(zip(frame["code"], frame["name"], strict=True))
    draw_services(Texts(language), Path(path), "base", names, None)


def open_part(path: Path, part: str, view: str | None = None, language: str = "zh_Hans") -> AppTest:
    test = AppTest.from_function(draw, kwargs={"path": str(path), "language": language}, default_timeout=60)
    test.run()
    test.segmented_control(key="services_part").set_value(part).run()
    if view is not None:
        test.segmented_control(key=f"{part}_view").set_value(view).run()
    assert not test.exception
    assert not test.warning
    return test


def run(*arguments: object) -> dict:
    done = CliRunner().invoke(gridplan.main, [*map(str, arguments), "--json"])
    return {"exit": done.exit_code, **json.loads(done.stdout)}


@pytest.mark.parametrize(("part", "view"), VIEWS)
def test_every_view_can_be_drawn(project: Path, part: str, view: str) -> None:
    assert not RAW_KEY.search(words(open_part(project, part, view)))


@pytest.mark.parametrize("language", ["zh_Hant", "en"])
@pytest.mark.parametrize("part", ["facilities", "staff", "money"])
def test_every_part_speaks_every_language(project: Path, part: str, language: str) -> None:
    said = words(open_part(project, part, language=language))
    assert not RAW_KEY.search(said)
    assert "{" not in said


def test_the_page_of_centres_has_these_parts(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDPLAN_HOME", str(project.parent))
    monkeypatch.delenv("GRIDPLAN_PROJECT", raising=False)
    test = open_page("centres")
    assert not test.exception
    assert test.segmented_control(key="services_part").value == "facilities"
    assert "面积够、功能缺的 4 个" in words(test)


def test_a_task_is_registered_admitted_and_counted(own: Path) -> None:
    test = open_part(own, "staff", "tasks")
    next(box for box in test.text_input if box.label == "事项").set_value("河道巡查")
    next(box for box in test.text_input if box.label == "提出部门").set_value("区水务局")
    next(button for button in test.button if button.label == "登记事项").click()
    test.run()
    assert not test.exception
    (task,) = read_tasks(own, "base")
    assert (task.name, task.origin, task.admitted, task.hours) == ("河道巡查", "区水务局", None, 50)
    test.session_state["staff_task_picked"] = "河道巡查"
    test.run()
    test.button(key="task_admit").click().run()
    assert not test.exception
    assert read_tasks(own, "base")[0].admitted is True
    assert read_services(own).staffing.total.hours == 12 * 50


def test_what_a_proposal_opens_counts_when_asked(own: Path) -> None:
    assert not open_part(own, "facilities").toggle
    propose_venues(own, VenueSettings(n_open=12), stop=lambda: False)
    test = open_part(own, "facilities")
    assert "在用阵地 10 处" in words(test)
    test.toggle(key="facilities_with_proposal").set_value(True).run()
    assert not test.exception
    assert "在用阵地 12 处" in words(test)


def test_a_budget_given_is_kept_with_the_scenario(own: Path) -> None:
    test = open_part(own, "money", "budget")
    assert (
        test.number_input(key="money_budget_base").value == 985.9
    )  # the budgets of the data, in 10,000 yuan
    test.number_input(key="money_budget_base").set_value(1600.0).run()
    assert not test.exception
    assert read_money_settings(own, "base").budget == 16_000_000
    assert "可任选其一" in words(test)
    test.multiselect(key="money_order_base").set_value(["technology", "operations"]).run()
    order = read_money_settings(own, "base").order
    assert order == ("technology", "operations", "organisation", "service_fund", "facilities")


@pytest.mark.parametrize("language", LANGUAGES)
def test_levers_on_services_are_chosen_from_lists_and_said(project: Path, language: str) -> None:
    texts, layers = Texts(language), read_layers(project)
    names = {"999001001001": "听松社区", "ZD013": "星桥拟设服务点"}
    venues = service_options(texts, layers, "venue")
    assert venues is not None
    assert texts("facilities.service.possible") in venues["ZD013"]
    assert list(service_options(texts, layers, "unit_cost") or ()) == list(UnitCosts.__dataclass_fields__)
    assert service_options(texts, layers, "community") is None
    for written in (
        *(f"staff.999001001001={name},3" for name in service_options(texts, layers, "staff") or ()),
        *(f"venue.ZD013={name}" for name in service_options(texts, layers, "venue_state") or ()),
        "venue_area.ZD013=400",
        "unit_cost.member_yuan=300",
    ):
        said = lever_sentence(parse_lever(written), texts, names)
        assert not RAW_KEY.search(said)
        assert not re.search(r"[{}]|_", said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_edited_checklist_keeps_what_cannot_be_edited(language: str) -> None:
    texts = Texts(language)
    rows = checklist_rows(texts, DEFAULT_CHECKLIST)
    assert read_rows(texts, rows, DEFAULT_CHECKLIST) == DEFAULT_CHECKLIST
    rows.loc[0, "from_m2"] = 120
    rows.loc[len(rows)] = ["理发", None, None, None]
    rows.loc[len(rows)] = [None, None, None, None]
    found = read_rows(texts, rows, DEFAULT_CHECKLIST)
    assert found[0].key == "service_hall"
    assert found[0].from_m2 == 120
    assert (found[-1].name, found[-1].words, found[-1].from_m2) == ("理发", ("理发",), 0)


def test_tables_hold_the_figures_of_the_values(services: Services) -> None:
    texts, names = Texts("zh_Hans"), {row.code: row.name for row in services.census}
    money, staffing, found = services.money, services.staffing, services.facilities
    tables = [
        staff_table(texts, staffing),
        grid_staff_table(texts, staffing, names),
        task_table(texts, staffing, names),
        facilities_table(texts, found),
        venue_table(texts, found, names),
        gap_table(texts, found),
        money_table(texts, money),
        line_table(texts, money.total),
        item_table(texts, money, money.total),
        grid_money_table(texts, money, names),
    ]
    for table in tables:
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert len(table_rows(table)) == len(table.rows)
    for table in (tables[0], tables[6]):  # the last row is the sum of the others, column by column
        first = 1 if table.name == "money" else 2
        for at in range(first, 5):
            assert sum(row[at] for row in table.rows[:-1]) == table.rows[-1][at]
    lines, items = tables[7], tables[8]
    assert sum(row[1] for row in lines.rows[:-1]) == lines.rows[-1][1] == money.total.yuan
    assert sum(row[5] for row in items.rows) == money.total.yuan + money.total.once
    assert sum(row[-2] for row in tables[9].rows) == money.total.yuan


def test_the_commands_print_what_the_page_shows(project: Path, services: Services) -> None:
    staff, money = run("staff", project), run("money", project, "--budget", 9_000_000)
    assert staff["exit"] == money["exit"] == 0
    assert staff["total"]["needed"] == services.staffing.total.needed
    assert money["total"]["yuan"] == services.money.total.yuan
    assert sum(row["covered"] for row in money["budget"]["rows"]) == 9_000_000
    found = run("facilities", project, "--scenario", "base")
    assert found["total"]["short_m2"] == pytest.approx(services.facilities.total.short_m2)
    assert sum(row["area_met_functions_short"] for row in found["communities"]) > 0


def test_what_commands_change_is_kept(own: Path) -> None:
    run("staff", own, "--add-task", "巡河", "--origin", "水务局", "--hours", 80, "--admit", "巡河")
    assert read_tasks(own, "base")[0].admitted is True
    run("money", own, "--cost", "pay_worker_yuan=80000")
    assert read_money_settings(own, "base").costs.pay_worker_yuan == 80_000
    assert checklist_of(own, "base") == DEFAULT_CHECKLIST


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["staff", "--scenario", "nowhere"], "unknown_scenario"),
        (["money", "--scenario", "nowhere"], "unknown_scenario"),
        (["facilities", "--scenario", "nowhere"], "unknown_scenario"),
        (["staff", "--admit", "无"], "task_unknown"),
        (["staff", "--add-task", "甲"], "task_without_name"),
        (["staff", "--add-task", "甲", "--origin", "乙", "--community", "1"], "task_community"),
        (["money", "--budget", "-1"], "budget_out_of_range"),
        (["money", "--cost", "pay_worker_yuan=0.5"], "rule_not_whole"),
        (["money", "--cost", "pay=1"], "unknown_rule"),
    ],
)
def test_commands_refuse_what_cannot_be(project: Path, arguments: list[str], code: str) -> None:
    found = run(arguments[0], project, *arguments[1:])
    assert (found["exit"], found["error"]) == (2, code)
