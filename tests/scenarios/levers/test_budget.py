"""Budgets and rules of work by levers, and what a scenario's file holds beside its levers."""

import json
from pathlib import Path
from typing import Any

import pytest

from scenarios.branches.table import read_branches
from scenarios.comparison.sensitivity import vary
from scenarios.comparison.services import read_indicators
from scenarios.desk.log import read_entries
from scenarios.errors import RuleError, ScenarioError
from scenarios.facilities.checklist import DEFAULT_CHECKLIST
from scenarios.facilities.measure import checklist_of, save_checklist
from scenarios.levers.answer import answer
from scenarios.levers.errors import TreeError
from scenarios.levers.registry import parse_lever
from scenarios.money.read import read_services
from scenarios.money.store import read_money_settings, save_money_settings
from scenarios.money.values import MoneySettings
from scenarios.project.connect import reading
from scenarios.rules import UnitCosts
from scenarios.scenario_file import export_scenario, import_scenario
from scenarios.staff.tasks import Task, add_task, read_tasks
from scenarios.tree import fork_scenario, read_tree, set_levers
from tests.scenarios.levers.test_answer import project, solved_once  # noqa: F401 - fixtures
from tests.scenarios.levers.town import A, B, C


def ask(path: Path, *levers: str) -> dict[str, float | None]:
    set_levers(path, "方案", [parse_lever(text) for text in levers])
    found = answer(path, "方案", stop=lambda: False, on_progress=lambda _: None, workers=None, author="张三")
    assert found.solved == ()
    (indicators,) = read_indicators(path, ["方案"])
    return indicators


def test_a_budget_says_what_it_leaves_uncovered_and_what_the_rest_buys(project: Path) -> None:  # noqa: F811
    needed = read_services(project, "方案").money.total.yuan
    assert "budget" not in read_indicators(project, ["方案"])[0]
    low = ask(project, f"budget={needed - 1000}")
    assert (low["budget_short"], low["budget_left"]) == (1000, 0)
    high = ask(project, f"budget={needed + 80_000}")
    assert (high["budget_short"], high["budget_left"]) == (0, 80_000)
    assert high["budget_posts"] == 80_000 // UnitCosts().pay_worker_yuan


def test_what_a_community_is_given_is_set_against_what_it_needs(project: Path) -> None:  # noqa: F811
    assert read_indicators(project, ["方案"])[0]["lines_short"] is None
    lines = [f"budget_line={code},budget_venues,1" for code in (A, B, C)]
    (before,) = (row for row in read_services(project, "方案").money.total.lines if row.name == "facilities")
    assert ask(project, *lines)["lines_short"] == max(0, before.yuan - 3)


def test_a_rule_of_work_changes_what_is_needed_and_no_grid(project: Path) -> None:  # noqa: F811
    ask(project, "rule.workers_per_10000=60", "rule.joint_distance_m=300")
    rules = read_branches(project, "方案")[0].rules
    assert (rules.workers_per_10000, rules.joint_distance_m) == (60, 300)
    assert read_branches(project, "base")[0].rules.workers_per_10000 != 60
    needed = [read_services(project, name).staffing.total.needed for name in ("base", "方案")]
    assert needed[1] > needed[0]
    set_levers(project, "方案", drop=["rule.joint_distance_m"])
    answer(project, "方案", stop=lambda: False, on_progress=lambda _: None, workers=None)
    assert read_branches(project, "方案")[0].rules.joint_distance_m != 300


@pytest.mark.parametrize(
    "text",
    ["rule.joint_places_max=-1", "rule.branch_members_max=2", "rule.nothing=3", "budget=-5", "budget=viel",
     f"budget_line={A},posts,5", "budget_line=999,budget_venues,5"],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(project: Path, text: str) -> None:  # noqa: F811
    with pytest.raises(ScenarioError):
        set_levers(project, "方案", [parse_lever(text)])


def test_a_curve_over_a_budget_solves_nothing(project: Path) -> None:  # noqa: F811
    points = vary(
        project, "方案", "budget={x}", (1000.0, 2000.0), stop=lambda: False,
        on_progress=lambda _: None, workers=None,
    )  # fmt: skip
    assert [point.services["budget"] for point in points] == [1000, 2000]
    short = [point.services["budget_short"] or 0 for point in points]
    assert short[0] - short[1] == 1000


def test_the_file_holds_what_people_set(project: Path) -> None:  # noqa: F811
    ask(project, "rule.workers_per_10000=20", "budget=900000")
    costs = UnitCosts().with_values({"member_yuan": 321})
    save_money_settings(project, "方案", MoneySettings(costs=costs))
    save_checklist(project, "方案", DEFAULT_CHECKLIST[:2])
    add_task(project, "方案", Task(name="台账", origin="区", hours=40, community_code=A, admitted=True), [A])
    document = json.loads(json.dumps(export_scenario(project, "方案")))
    import_scenario(project, document, "再来", author="李四")
    answer(project, "再来", stop=lambda: False, on_progress=lambda _: None, workers=None)
    assert read_money_settings(project, "再来").costs.member_yuan == 321
    assert checklist_of(project, "再来") == DEFAULT_CHECKLIST[:2]
    assert read_tasks(project, "再来") == read_tasks(project, "方案")
    assert read_branches(project, "再来")[0].rules.workers_per_10000 == 20
    again = export_scenario(project, "再来")
    assert again["digest"] == document["digest"]
    assert again["plan_digest"] == document["plan_digest"]
    set_levers(project, "方案", [parse_lever("budget=1")])
    assert export_scenario(project, "方案")["digest"] != document["digest"]


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("levers", ["x"]), ("rules", {"min_households": "viel"}), ("weights", {"moved": "viel"}),
        ("seed", "x"), ("services", {"work": {}}), ("services", "x"), ("services", {"tasks": 3}),
    ],
)  # fmt: skip
def test_a_damaged_file_is_refused_and_leaves_nothing(project: Path, part: str, value: Any) -> None:  # noqa: F811
    document = {**export_scenario(project, "方案"), part: value}
    del document["digest"]
    with pytest.raises(TreeError, match="scenario_file_damaged"):
        import_scenario(project, document, "再来")
    assert [node.name for node in read_tree(project)] == ["base", "方案"]


def test_a_file_of_the_first_format_is_still_read(project: Path) -> None:  # noqa: F811
    document = {**export_scenario(project, "方案"), "format": "gridplan-scenario/1"}
    del document["digest"], document["services"]
    assert import_scenario(project, document, "旧").plan_digest == ""


def test_the_history_says_who_made_and_changed_a_scenario(project: Path) -> None:  # noqa: F811
    ask(project, "budget=1000")
    fork_scenario(project, "方案", "分支", author="王五")
    with reading(project) as connection:
        logs = {name: read_entries(connection, name) for name in ("方案", "分支")}
    assert logs["方案"][-1].author == "张三"
    assert logs["分支"][0].author == "王五"


def test_a_task_of_a_community_that_is_not_here_is_refused(project: Path) -> None:  # noqa: F811
    document = export_scenario(project, "方案")
    document["services"]["tasks"] = [
        {"name": "台账", "origin": "区", "hours": 4, "community_code": "123", "admitted": None}
    ]
    del document["digest"]
    with pytest.raises(RuleError, match="task_community"):
        import_scenario(project, document, "再来")
