"""Rules and proposal of branches in the project file, one row a scenario."""

import json
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select

from scenarios.branches.document import read_document, read_settings, settings_document, stored_document
from scenarios.branches.values import BranchPlan, BranchSettings
from scenarios.levers.rows import line_of, parents_of, read_row
from scenarios.levers.terms import work_rules_of
from scenarios.project.codec import to_json
from scenarios.project.connect import count_change, reading, writing
from scenarios.project.frames import parsing
from scenarios.project.gpkg import has_table
from scenarios.project.schema import BRANCHES, bring_up_to_date


def save_plan(path: Path, plan: BranchPlan) -> None:
    """Keep a proposal and the rules it follows from, in place of what there was.

    Raises
    ------
    StoreError
        `cannot_write`.
    """
    _save(path, plan.scenario, plan.settings, to_json(stored_document(plan)))


def save_settings(path: Path, scenario: str, settings: BranchSettings) -> None:
    """Keep the rules of a scenario; its proposal stays, with the rules that it was made under.

    Raises
    ------
    StoreError
        `cannot_write`.
    """
    _save(path, scenario, settings, None)


def _save(path: Path, scenario: str, settings: BranchSettings, plan: str | None) -> None:
    with writing(path) as connection:
        bring_up_to_date(connection)
        if plan is None:
            own = select(BRANCHES.c.plan).where(BRANCHES.c.scenario == scenario)
            plan = connection.execute(own).scalar()
        row = {"scenario": scenario, "settings": to_json(settings_document(settings)), "plan": plan}
        connection.execute(delete(BRANCHES).where(BRANCHES.c.scenario == scenario))
        connection.execute(insert(BRANCHES), [row])
        count_change(connection)


def read_branches(path: Path, scenario: str) -> tuple[BranchSettings, BranchPlan | None]:
    """Give the rules of a scenario and its proposal if there is one.

    A scenario without rules of its own has those of the one it was made from, the first of all the defaults;
    those that its levers set take their place.

    Raises
    ------
    StoreError
        `cannot_read` when another program left what is stored damaged.
    """
    kept, plan = kept_branches(path, scenario)
    with reading(path) as connection:
        values = work_rules_of(read_row(connection, scenario).answered)
    return (replace(kept, rules=kept.rules.with_values(values)) if values else kept), plan


def kept_branches(path: Path, scenario: str) -> tuple[BranchSettings, BranchPlan | None]:
    """Give the same without what levers set."""
    with reading(path) as connection:
        if not has_table(connection, BRANCHES.name):
            return BranchSettings(), None
        line = line_of(parents_of(connection), scenario)[::-1]
        kept = {
            name: (settings, plan)
            for name, settings, plan in connection.execute(
                select(BRANCHES).where(BRANCHES.c.scenario.in_(line))
            )
        }
    nearest = next((name for name in line if name in kept), None)
    if nearest is None:
        return BranchSettings(), None
    with parsing(path):
        settings = read_settings(json.loads(kept[nearest][0]))
        own = kept[nearest][1] if nearest == scenario else None
        # The document bears the name that the scenario had when it was made.
        return settings, replace(read_document(json.loads(own)), scenario=scenario) if own else None


def hand_down_rules(connection: Connection, parent: str, child: str) -> None:
    """Let a scenario without rules of its own keep those of a parent that is about to go."""
    rules = connection.execute(select(BRANCHES.c.settings).where(BRANCHES.c.scenario == parent)).scalar()
    own = connection.execute(select(BRANCHES.c.settings).where(BRANCHES.c.scenario == child)).scalar()
    if rules is not None and own is None:
        connection.execute(insert(BRANCHES), [{"scenario": child, "settings": rules, "plan": None}])
