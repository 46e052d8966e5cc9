"""What a scenario keeps beside its grids, as part of its file: rules of work, money, checklist, tasks."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scenarios.branches.document import read_settings, settings_document
from scenarios.branches.table import kept_branches, save_settings
from scenarios.branches.values import BranchSettings
from scenarios.facilities.checklist import Function, checked_list, checklist_document, read_checklist
from scenarios.facilities.measure import checklist_of, save_checklist
from scenarios.levers.errors import TreeError
from scenarios.money.store import money_settings_of, read_money_settings, save_money_settings
from scenarios.money.values import MoneySettings
from scenarios.project.codec import plain
from scenarios.project.layers import read_layers
from scenarios.staff.tasks import Task, add_task, check_task, read_tasks, remove_task


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptServices:
    """What people set for a scenario beside its levers."""

    work: BranchSettings
    money: MoneySettings
    checklist: tuple[Function, ...]
    tasks: tuple[Task, ...]


def read_kept(path: Path, scenario: str) -> KeptServices:
    """Read it, as it is in force without the scenario's levers."""
    return KeptServices(
        work=kept_branches(path, scenario)[0],
        money=read_money_settings(path, scenario),
        checklist=checklist_of(path, scenario),
        tasks=read_tasks(path, scenario),
    )


def kept_document(kept: KeptServices) -> dict[str, Any]:
    """Write it as plain values."""
    document: dict[str, Any] = plain(
        {
            "work": settings_document(kept.work),
            "money": asdict(kept.money),
            "checklist": checklist_document(kept.checklist),
            "tasks": [asdict(task) for task in kept.tasks],
        }
    )
    return document


def read_kept_document(path: Path, document: Mapping[str, Any]) -> KeptServices:
    """Read it from plain values, and check it against a project.

    Raises
    ------
    TreeError
        `scenario_file_damaged`.
    RuleError
        A value out of range; `task_community` for a task of a community that is not here.
    """
    try:
        kept = KeptServices(
            work=read_settings(document["work"]),
            money=money_settings_of(document["money"]),
            checklist=checked_list(read_checklist(document["checklist"])),
            tasks=tuple(Task(**item) for item in document["tasks"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise TreeError("scenario_file_damaged", part="services") from None
    codes = read_layers(path).frames["communities"]["code"].astype(str).tolist()
    for task in kept.tasks:
        check_task(task, codes)
    return kept


def keep(path: Path, scenario: str, kept: KeptServices) -> None:
    """Keep it with a scenario, as far as the scenario has not got it from the one that it was made from."""
    known = read_kept(path, scenario)
    if kept.work != known.work:
        save_settings(path, scenario, kept.work)
    if kept.money != known.money:
        save_money_settings(path, scenario, kept.money)
    if kept.checklist != known.checklist:
        save_checklist(path, scenario, kept.checklist)
    if kept.tasks == known.tasks:
        return
    codes = read_layers(path).frames["communities"]["code"].astype(str).tolist()
    for task in known.tasks:
        remove_task(path, scenario, task.name)
    for task in kept.tasks:
        add_task(path, scenario, task, codes)
