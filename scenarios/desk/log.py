"""The log of edits in the project file: rows are added and never changed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select

from scenarios.desk.change import Change, change_from_json, change_to_json
from scenarios.project.codec import to_json
from scenarios.project.schema import EDITS

UNDO, REDO, STEP_BACK = "undo", "redo", "step_back"
ORIGINS = frozenset({"origin", "fork"})
"""Kinds of entry that no undo goes behind: a scenario's first plan, or one of cells cut anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is to be entered: the fields are those of `EditRecord`, with the change itself."""

    kind: str
    facts: Mapping[str, Any]
    change: Change
    author: str = ""
    note: str = ""
    reverts: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditRecord:
    """One entry of the log, as the history shows it.

    Attributes
    ----------
    seq
        Its number in the project.
    version
        Version of the scenario's plan after it.
    kind, facts
        What was asked.
    author, note
        Name that the person gave, and why, if they said so; no author where the programme did it.
    at
        UTC, `2026-11-24T10:30:00.123Z`.
    reverts
        The entry that an undo or redo takes back.
    n_cells, n_grids
        How many cells moved and grids changed.
    undone
        Whether its effect has been taken back since.
    """

    seq: int
    version: int
    kind: str
    facts: Mapping[str, Any]
    author: str
    note: str
    at: str
    reverts: int | None
    n_cells: int
    n_grids: int
    undone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stacks:
    """Entries that undo and redo would take back, the next one last."""

    done: tuple[int, ...] = ()
    undone: tuple[int, ...] = ()

    def after(self, seq: int, kind: str) -> "Stacks":
        """Give the stacks once an entry has been added."""
        if kind == UNDO:
            return Stacks(done=self.done[:-1], undone=(*self.undone, seq))
        if kind == REDO:
            return Stacks(done=(*self.done, seq), undone=self.undone[:-1])
        if kind in ORIGINS:
            return Stacks()
        return Stacks(done=(*self.done, seq))


def add_entry(connection: Connection, scenario: str, version: int, entry: Entry) -> int:
    """Add an entry to the log; give its number."""
    row = {
        "scenario": scenario,
        "version": version,
        "kind": entry.kind,
        "facts": to_json(entry.facts),
        "change": change_to_json(entry.change),
        "author": entry.author,
        "note": entry.note,
        "at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "reverts": entry.reverts,
    }
    return int(connection.execute(insert(EDITS).values(row).returning(EDITS.c.seq)).scalar_one())


def read_stacks(connection: Connection, scenario: str) -> Stacks:
    """Read which entries undo and redo would take back."""
    rows = connection.execute(
        select(EDITS.c.seq, EDITS.c.kind).where(EDITS.c.scenario == scenario).order_by(EDITS.c.seq)
    )
    # Lists, not `Stacks.after` each time: a log may be long.
    done: list[int] = []
    undone: list[int] = []
    for seq, kind in rows:
        if kind in ORIGINS:
            done.clear()
        elif kind == UNDO:
            done.pop()
        else:
            done.append(seq)
        if kind == UNDO:
            undone.append(seq)
        elif kind == REDO:
            undone.pop()
        else:
            undone.clear()
    return Stacks(done=tuple(done), undone=tuple(undone))


def read_change(connection: Connection, seq: int) -> Change:
    """Read what an entry changed."""
    return change_from_json(connection.execute(select(EDITS.c.change).where(EDITS.c.seq == seq)).scalar_one())


def has_entry(connection: Connection, scenario: str, seq: int) -> bool:
    """Tell whether the log of a scenario has that entry."""
    found = select(EDITS.c.seq).where(EDITS.c.scenario == scenario, EDITS.c.seq == seq)
    return connection.execute(found).first() is not None


def read_entry(connection: Connection, seq: int) -> EditRecord | None:
    """Read one entry, without knowing whether it was undone since."""
    row = connection.execute(select(EDITS).where(EDITS.c.seq == seq)).mappings().first()
    return None if row is None else _record(row, undone=False)


def read_changes_after(connection: Connection, scenario: str, seq: int) -> list[tuple[str, Change]]:
    """Read kinds and changes of all entries after one, newest first."""
    rows = connection.execute(
        select(EDITS.c.kind, EDITS.c.change)
        .where(EDITS.c.scenario == scenario, EDITS.c.seq > seq)
        .order_by(EDITS.c.seq.desc())
    )
    return [(kind, change_from_json(text)) for kind, text in rows]


def read_changes_since(
    connection: Connection, scenario: str, version: int
) -> list[tuple[int, int, str, Change]]:
    """Read version, number, kind and change of all entries after a version, oldest first."""
    rows = connection.execute(
        select(EDITS.c.version, EDITS.c.seq, EDITS.c.kind, EDITS.c.change)
        .where(EDITS.c.scenario == scenario, EDITS.c.version > version)
        .order_by(EDITS.c.version)
    )
    return [(number, seq, kind, change_from_json(text)) for number, seq, kind, text in rows]


def read_entries(connection: Connection, scenario: str, *, after_version: int = -1) -> tuple[EditRecord, ...]:
    """Read the entries of a scenario, oldest first."""
    rows = (
        connection.execute(
            select(EDITS)
            .where(EDITS.c.scenario == scenario, EDITS.c.version > after_version)
            .order_by(EDITS.c.seq)
        )
        .mappings()
        .all()
    )
    undone = _find_undone(rows)
    return tuple(_record(row, row["seq"] in undone) for row in rows)


def _find_undone(rows: Sequence[RowMapping]) -> set[int]:
    """Find the entries whose effect is gone: taken back, and not by an entry that was itself taken back."""
    undone: set[int] = set()
    for row in reversed(rows):
        if row["seq"] in undone:
            continue
        if row["reverts"] is not None:
            undone.add(row["reverts"])
        if row["kind"] == STEP_BACK:
            to = int(json.loads(row["facts"])["to"])
            undone |= {item["seq"] for item in rows if to < item["seq"] < row["seq"]}
    return undone


def _record(row: RowMapping, undone: bool) -> EditRecord:
    change = json.loads(row["change"])
    names = ("seq", "version", "kind", "author", "note", "at", "reverts")
    return EditRecord(
        **{name: row[name] for name in names},
        facts=json.loads(row["facts"]),
        n_cells=len(change.get("cells", ())),
        n_grids=len(change.get("grids", ())),
        undone=undone,
    )
