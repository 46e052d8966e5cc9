"""The locks of a scenario in its project file: kept with it, whether it has a plan yet or not."""

import json
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from scenarios.locks.listed import Lock, list_from_json, list_to_json
from scenarios.project.codec import to_json
from scenarios.project.connect import count_change, reading, writing
from scenarios.project.frames import parsing
from scenarios.project.gpkg import has_table
from scenarios.project.schema import LOCKS, bring_up_to_date


def read_lock_list(path: Path, scenario: str) -> tuple[Lock, ...]:
    """Read the locks of a scenario, in the order in which they were made.

    Raises
    ------
    StoreError
        `cannot_read`.
    """
    with reading(path) as connection, parsing(path):
        if not has_table(connection, LOCKS.name):
            return ()
        return locks_in(connection, scenario)


def keep_lock_list(path: Path, scenario: str, locks: Iterable[Lock]) -> None:
    """Keep the locks of a scenario in place of those it had.

    Raises
    ------
    StoreError
        `cannot_write`.
    """
    with writing(path) as connection:
        bring_up_to_date(connection)
        write_locks(connection, scenario, locks)
        count_change(connection)


def locks_in(connection: Connection, scenario: str) -> tuple[Lock, ...]:
    """Read the locks of a scenario from an open project of the present format."""
    text = connection.execute(select(LOCKS.c.locks).where(LOCKS.c.scenario == scenario)).scalar()
    return list_from_json(json.loads(text)) if text else ()


def write_locks(connection: Connection, scenario: str, locks: Iterable[Lock]) -> None:
    """Write the locks of a scenario in place of those it had."""
    items = list_to_json(locks)
    if not items:
        connection.execute(delete(LOCKS).where(LOCKS.c.scenario == scenario))
        return
    row = {"scenario": scenario, "locks": to_json(items)}
    statement = insert(LOCKS).values(row)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["scenario"], set_={"locks": statement.excluded.locks})
    )
