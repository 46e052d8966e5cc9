"""Scenarios made from others: keep a plan under a new name, rename one, let go of one."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, select

from scenarios.desk.certify import price_community
from scenarios.desk.change import Change
from scenarios.desk.desk import open_desk
from scenarios.desk.log import Entry, Stacks, add_entry
from scenarios.desk.rows import write_answer, write_desk, write_terms, write_whole
from scenarios.desk.value import Desk
from scenarios.errors import RuleError, ScenarioError, UnknownScenario
from scenarios.project.connect import count_change, writing
from scenarios.project.scenario_rows import delete_rows, fork_rows, rename_rows
from scenarios.project.schema import BASE_SCENARIO, SCENARIOS, bring_up_to_date


class ScenarioTaken(ScenarioError):
    """A name that another scenario has, or a scenario that must stay."""


def fork_scenario(path: Path, name: str, new_name: str, *, author: str = "", note: str = "") -> Desk:
    """Keep a scenario's plan under a new name, with all that goes with it (`scenario_rows`); give its desk.

    Its log begins with an entry that names the scenario and version it came from.

    Raises
    ------
    RuleError
        `scenario_name_empty`.
    ScenarioTaken
        `scenario_exists`.
    UnknownScenario, StoreError
        As for `open_desk`.
    """
    return fork_desk(open_desk(path, name), new_name, author=author, note=note)


def fork_desk(desk: Desk, new_name: str, *, author: str = "", note: str = "") -> Desk:
    """Keep the plan on a desk under a new name, also where another person has changed the scenario since.

    Raises
    ------
    RuleError
        `scenario_name_empty`.
    ScenarioTaken
        `scenario_exists`.
    """
    name = _proper(new_name)
    costs = {
        grid: values
        for code in desk.ground.members
        for grid, values in price_community(
            desk.plan, desk.ground, code, desk.rules, desk.terms.weights
        ).costs.items()
    }
    facts = {"from": desk.scenario, "version": desk.version}
    entry = Entry(kind="fork", facts=facts, change=Change(), author=author, note=note)
    with writing(desk.path) as connection:
        bring_up_to_date(connection)
        _refuse_taken(connection, name)
        write_whole(connection, name, desk.plan, costs)
        write_terms(connection, name, desk.terms, desk.scenario)
        write_answer(connection, name, desk.certificates, desk.summary, desk.terms.rules)
        write_desk(
            connection,
            name,
            version=1,
            locks=desk.plan.locks,
            codes=desk.codes,
            bounds=desk.terms.bounds,
        )
        add_entry(connection, name, 1, entry)
        fork_rows(connection, desk.scenario, name)
        count_change(connection)
    return replace(desk, scenario=name, version=1, stacks=Stacks(), parent=desk.scenario)


def rename_scenario(path: Path, name: str, new_name: str) -> None:
    """Give a scenario another name; its log goes with it.

    Raises
    ------
    RuleError
        `scenario_name_empty`.
    ScenarioTaken
        `scenario_exists`, or `scenario_is_base`.
    UnknownScenario
        `unknown_scenario`.
    """
    proper = _proper(new_name)
    with writing(path) as connection:
        bring_up_to_date(connection)
        _require(connection, name)
        _refuse_taken(connection, proper)
        rename_rows(connection, name, proper)
        count_change(connection)


def delete_scenario(path: Path, name: str) -> None:
    """Let go of a scenario, its plan and its log; those made from it stay and keep what they inherit.

    Raises
    ------
    ScenarioTaken
        `scenario_is_base`.
    UnknownScenario
        `unknown_scenario`.
    """
    with writing(path) as connection:
        bring_up_to_date(connection)
        _require(connection, name)
        delete_rows(connection, name)
        count_change(connection)


def _proper(name: str) -> str:
    proper = name.strip()
    if not proper:
        raise RuleError("scenario_name_empty")
    return proper


def _require(connection: Connection, name: str) -> None:
    if name == BASE_SCENARIO:
        raise ScenarioTaken("scenario_is_base", scenario=name)
    if connection.execute(select(SCENARIOS.c.name).where(SCENARIOS.c.name == name)).first() is None:
        raise UnknownScenario("unknown_scenario", scenario=name)


def _refuse_taken(connection: Connection, name: str) -> None:
    if connection.execute(select(SCENARIOS.c.name).where(SCENARIOS.c.name == name)).first() is not None:
        raise ScenarioTaken("scenario_exists", scenario=name)
