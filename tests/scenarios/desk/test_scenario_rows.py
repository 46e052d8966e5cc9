"""Every table keyed by scenario follows it where it is forked, renamed or deleted: none can be forgotten."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Integer, Table, insert, inspect, select

from scenarios.branches.propose import propose_branches
from scenarios.branches.table import read_branches, save_settings
from scenarios.branches.values import BranchSettings
from scenarios.desk.forks import delete_scenario, fork_scenario, rename_scenario
from scenarios.project.connect import reading, writing
from scenarios.project.scenario_rows import scenario_tables
from scenarios.project.schema import DESKS, EDITS, GRIDS, LEVERS, OUTCOMES, PLANS
from scenarios.rules import WorkRules

MADE_ANEW = {PLANS, GRIDS, OUTCOMES, DESKS, EDITS, LEVERS}
EVERY_TABLE = pytest.mark.parametrize("table", scenario_tables(), ids=lambda table: table.name)


def rows_of(path: Path, table: Table, scenario: str) -> list[tuple[object, ...]]:
    others = [column for column in table.c if column.name != "scenario"]
    with reading(path) as connection:
        found = connection.execute(select(*others).where(table.c.scenario == scenario))
        return sorted((tuple(row) for row in found), key=repr)


@pytest.fixture
def filled(project: Path) -> Path:
    """The solved project with at least one row of the base scenario in every table."""
    for table in scenario_tables():
        if not rows_of(project, table, "base"):
            values = {column.name: 0 if isinstance(column.type, Integer) else "[]" for column in table.c}
            with writing(project) as connection:
                connection.execute(insert(table), [values | {"scenario": "base"}])
    return project


def test_the_list_is_that_of_the_file(filled: Path) -> None:
    with reading(filled) as connection:
        found = inspect(connection)
        keyed = {
            name
            for name in found.get_table_names()
            if any(column["name"] == "scenario" for column in found.get_columns(name))
        }
    assert {table.name for table in scenario_tables()} == keyed
    assert {"gridplan_branches", "gridplan_venues", "gridplan_levers", "gridplan_locks"} <= keyed


def test_no_table_is_declared_outside_the_schema() -> None:
    package = Path(__file__).parents[3] / "scenarios"
    makers = {path.name for path in package.rglob("*.py") if "MetaData(" in path.read_text(encoding="utf-8")}
    assert makers == {"schema.py"}


@EVERY_TABLE
def test_a_fork_has_its_rows(filled: Path, table: Table) -> None:
    before = rows_of(filled, table, "base")
    fork_scenario(filled, "base", "比选")
    assert rows_of(filled, table, "base") == before
    if table in MADE_ANEW:
        assert rows_of(filled, table, "比选")
    else:
        assert rows_of(filled, table, "比选") == before


@EVERY_TABLE
def test_a_new_name_takes_its_rows_along(filled: Path, table: Table) -> None:
    fork_scenario(filled, "base", "甲")
    before = rows_of(filled, table, "甲")
    rename_scenario(filled, "甲", "乙")
    assert rows_of(filled, table, "乙") == before
    assert rows_of(filled, table, "甲") == []


@EVERY_TABLE
def test_nothing_is_left_of_a_scenario_deleted(filled: Path, table: Table) -> None:
    fork_scenario(filled, "base", "甲")
    before = rows_of(filled, table, "base")
    delete_scenario(filled, "甲")
    assert rows_of(filled, table, "甲") == []
    assert rows_of(filled, table, "base") == before


def test_a_proposal_of_branches_goes_with_the_plan_under_its_name(project: Path) -> None:
    plan = propose_branches(project, BranchSettings(), stop=lambda: False)
    fork_scenario(project, "base", "甲")
    assert read_branches(project, "甲") == (BranchSettings(), replace(plan, scenario="甲"))
    rename_scenario(project, "甲", "乙")
    assert read_branches(project, "乙") == (BranchSettings(), replace(plan, scenario="乙"))
    assert read_branches(project, "base")[1] == plan


def test_children_keep_the_rules_for_branches_of_a_parent_that_goes(project: Path) -> None:
    fork_scenario(project, "base", "方案")
    fork_scenario(project, "方案", "孙")
    near = BranchSettings(rules=WorkRules().with_values({"joint_distance_m": 300}))
    save_settings(project, "方案", near)
    assert read_branches(project, "孙") == (near, None)
    delete_scenario(project, "方案")
    assert read_branches(project, "孙") == (near, None)
    assert read_branches(project, "base") == (BranchSettings(), None)
