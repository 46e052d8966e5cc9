"""The register of tasks asked of communities: who asks, whether they are admitted, how long they take."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Delete, Update, delete, insert, select, update

from scenarios.errors import RuleError
from scenarios.project.connect import count_change, reading, writing
from scenarios.project.gpkg import has_table
from scenarios.project.schema import TASKS, bring_up_to_date

_MOST_HOURS = 1_000_000
_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task.

    Attributes
    ----------
    origin
        The office that asks for it.
    community_code
        The one community it is for; empty for all.
    admitted
        None while nobody has decided; only what is admitted counts as load.
    hours
        A year, in each community it is for.
    """

    name: str
    origin: str
    hours: int
    community_code: str = ""
    admitted: bool | None = None


def read_tasks(path: Path, scenario: str) -> tuple[Task, ...]:
    """Read the register of a scenario, by name.

    Raises
    ------
    StoreError
        `cannot_read`.
    """
    with reading(path) as connection:
        if not has_table(connection, TASKS.name):
            return ()
        rows = connection.execute(select(TASKS).where(TASKS.c.scenario == scenario)).mappings().all()
    found = [
        Task(
            name=row["name"],
            origin=row["origin"],
            hours=row["hours"],
            community_code=row["community_code"],
            admitted=None if row["admitted"] is None else bool(row["admitted"]),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda task: task.name))


def add_task(path: Path, scenario: str, task: Task, communities: Sequence[str]) -> None:
    """Enter a task into the register.

    Parameters
    ----------
    communities
        Codes there are.

    Raises
    ------
    RuleError
        `task_without_name`, `task_known`, `task_hours`, `task_community`.
    StoreError
        `cannot_write`.
    """
    check_task(task, communities)
    name, origin = task.name.strip()[:_LONGEST], task.origin.strip()[:_LONGEST]
    with writing(path) as connection:
        bring_up_to_date(connection)
        mine = (TASKS.c.scenario == scenario) & (TASKS.c.name == name)
        if connection.execute(select(TASKS.c.name).where(mine)).first() is not None:
            raise RuleError("task_known", task=name)
        row = {
            "scenario": scenario,
            "name": name,
            "origin": origin,
            "community_code": task.community_code,
            "admitted": None if task.admitted is None else int(task.admitted),
            "hours": task.hours,
        }
        connection.execute(insert(TASKS), [row])
        count_change(connection)


def check_task(task: Task, communities: Sequence[str]) -> None:
    """Refuse a task that makes no sense.

    Raises
    ------
    RuleError
        `task_without_name`, `task_hours`, `task_community`.
    """
    if not task.name.strip() or not task.origin.strip():
        raise RuleError("task_without_name")
    if not 0 <= task.hours <= _MOST_HOURS:
        raise RuleError("task_hours", hours=task.hours, high=_MOST_HOURS)
    if task.community_code and task.community_code not in communities:
        raise RuleError("task_community", community=task.community_code)


def decide_task(path: Path, scenario: str, name: str, *, admitted: bool | None) -> None:
    """Admit a task, refuse it, or leave it open again.

    Raises
    ------
    RuleError
        `task_unknown`.
    """
    value = None if admitted is None else int(admitted)
    _change(path, scenario, name, update(TASKS).values(admitted=value))


def remove_task(path: Path, scenario: str, name: str) -> None:
    """Take a task out of the register.

    Raises
    ------
    RuleError
        `task_unknown`.
    """
    _change(path, scenario, name, delete(TASKS))


def _change(path: Path, scenario: str, name: str, statement: Update | Delete) -> None:
    with writing(path) as connection:
        bring_up_to_date(connection)
        done = connection.execute(statement.where(TASKS.c.scenario == scenario, TASKS.c.name == name))
        if not done.rowcount:
            raise RuleError("task_unknown", task=name)
        count_change(connection)
