"""What undo and redo would do next, and how far a plan is: read without opening a desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from scenarios.desk.log import REDO, UNDO, EditRecord, read_entry, read_stacks
from scenarios.desk.rows import read_version
from scenarios.project.connect import reading
from scenarios.project.frames import parsing
from scenarios.project.gpkg import has_table
from scenarios.project.schema import BASE_SCENARIO, EDITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The version of a plan, and the edits that undo and redo would concern; None where there is none."""

    version: int = 0
    undo: EditRecord | None = None
    redo: EditRecord | None = None


def read_steps(path: Path, scenario: str = BASE_SCENARIO) -> Steps:
    """Read what undo and redo would take back or bring back.

    Raises
    ------
    StoreError
        `no_such_file`, `not_a_project`, `cannot_read`.
    """
    with reading(path) as connection, parsing(path):
        if not has_table(connection, EDITS.name):
            return Steps()
        stacks = read_stacks(connection, scenario)
        return Steps(
            version=read_version(connection, scenario),
            undo=_meant(connection, stacks.done),
            redo=_meant(connection, stacks.undone),
        )


def _meant(connection: Connection, stack: Sequence[int]) -> EditRecord | None:
    """Give the edit that the last entry of a stack is about: an undo or redo speaks of an earlier one."""
    record = read_entry(connection, stack[-1]) if stack else None
    while record is not None and record.kind in (UNDO, REDO) and record.reverts is not None:
        record = read_entry(connection, record.reverts)
    return record
