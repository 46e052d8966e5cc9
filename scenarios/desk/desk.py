"""The desk: open a scenario's plan, edit it, undo and redo; every step is on disk before it is acknowledged.

A `Desk` is a value. Each step gives a new one, or raises and leaves plan and file as they were.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scenarios.desk.change import reverse, rewind
from scenarios.desk.commit import commit, require_version
from scenarios.desk.edits import EDITS
from scenarios.desk.facts import complete_facts
from scenarios.desk.follow import follow
from scenarios.desk.ground import GROUNDS, DeskGround, build_ground
from scenarios.desk.log import (
    ORIGINS,
    REDO,
    STEP_BACK,
    UNDO,
    EditRecord,
    Entry,
    Stacks,
    has_entry,
    read_change,
    read_changes_after,
    read_changes_since,
    read_entries,
    read_stacks,
)
from scenarios.desk.measure import measure_plan
from scenarios.desk.rows import read_stored, read_version
from scenarios.desk.terms import rules_of
from scenarios.desk.value import Desk
from scenarios.errors import EditRefused, StoreError, UnknownScenario
from scenarios.levers.stand import ground_key, ground_of
from scenarios.project.connect import reading
from scenarios.project.frames import parsing
from scenarios.project.gpkg import has_table
from scenarios.project.layers import look_at
from scenarios.project.schema import BASE_SCENARIO
from scenarios.project.schema import EDITS as EDITS_TABLE
from scenarios.project.watch import Digests, recall

__all__ = [
    "Desk",
    "EditRecord",
    "catch_up",
    "do_edit",
    "open_desk",
    "read_history",
    "redo",
    "step_back",
    "undo",
]


def open_desk(path: Path, scenario: str = BASE_SCENARIO) -> Desk:
    """Open a scenario's plan for editing.

    Raises
    ------
    UnknownScenario
        `unknown_scenario`, or `no_plan_yet` where nothing was proposed.
    StoreError
        `plan_stale` when the layers have changed since; `cannot_read`.
    """
    with reading(path) as connection, parsing(path):
        stored = read_stored(connection, scenario)
        if stored is None:
            code = "no_plan_yet" if scenario == BASE_SCENARIO else "unknown_scenario"
            raise UnknownScenario(code, scenario=scenario, file=path.name)
        digests = look_at(path, connection)
        stacks = read_stacks(connection, scenario) if has_table(connection, EDITS_TABLE.name) else Stacks()
    if stored.terms.cut_from != digests.layers:
        raise StoreError("plan_stale", scenario=scenario, file=path.name)
    ground = _ground(path, digests, scenario)
    return Desk(
        path=path,
        scenario=scenario,
        version=stored.version,
        plan=stored.plan,
        ground=ground,
        measures=measure_plan(stored.plan, ground, rules_of(stored.terms)),
        terms=stored.terms,
        certificates=stored.certificates,
        summary=stored.summary,
        codes=stored.codes | stored.plan.grids.keys(),
        stacks=stacks,
        parent=stored.parent,
    )


def catch_up(desk: Desk) -> Desk:
    """Give the desk with what other people have done since; the same desk where nothing was done.

    Much faster than opening it anew: only the entries since are read.

    Raises
    ------
    UnknownScenario
        `unknown_scenario` where it was deleted.
    StoreError
        `plan_stale`, `cannot_read`.
    """
    with reading(desk.path) as connection, parsing(desk.path):
        known = recall(connection)
        current = known is not None and known.layers == desk.terms.cut_from
        if current and read_version(connection, desk.scenario) == desk.version:
            return desk
        entries = read_changes_since(connection, desk.scenario, desk.version) if current else []
        whole = [version for version, _, _, _ in entries] == list(
            range(desk.version + 1, desk.version + 1 + len(entries))
        )
        if entries and whole and not any(kind in ORIGINS for _, _, kind, _ in entries):
            return follow(desk, connection, entries)
    return open_desk(desk.path, desk.scenario)


def do_edit(desk: Desk, kind: str, facts: Mapping[str, Any], *, author: str, note: str = "") -> Desk:
    """Make an edit; it is on disk when this returns.

    Raises
    ------
    EditRefused
        The edit makes no sense; one that breaks a hard rule is taken.
    EditConflict
        `changed_meanwhile`: another person was faster; `entries` tells what they did.
    StoreError
        `cannot_write`.
    """
    if kind not in EDITS:
        raise EditRefused("edit_unknown_kind", kind=kind)
    known = complete_facts(desk, kind, facts)
    change = EDITS[kind](desk.plan, desk.ground, known)
    if change.is_empty:
        raise EditRefused("edit_changes_nothing", kind=kind)
    return commit(desk, Entry(kind=kind, facts=known, change=change, author=author, note=note))


def undo(desk: Desk, *, author: str) -> Desk:
    """Take the latest edit back.

    Raises
    ------
    EditRefused
        `nothing_to_undo`.
    EditConflict
        `changed_meanwhile`.
    """
    if not desk.can_undo:
        raise EditRefused("nothing_to_undo")
    return _take_back(desk, desk.stacks.done[-1], UNDO, author)


def redo(desk: Desk, *, author: str) -> Desk:
    """Take the latest undo back.

    Raises
    ------
    EditRefused
        `nothing_to_redo`.
    EditConflict
        `changed_meanwhile`.
    """
    if not desk.can_redo:
        raise EditRefused("nothing_to_redo")
    return _take_back(desk, desk.stacks.undone[-1], REDO, author)


def step_back(desk: Desk, seq: int, *, author: str, note: str = "") -> Desk:
    """Bring back the plan as it was after an entry of the log, as one edit that can itself be undone.

    Parameters
    ----------
    seq
        Number of the entry; 0 in a scenario whose log begins with an edit is the plan before that.

    Raises
    ------
    EditRefused
        `no_such_entry`, or `edit_changes_nothing` where the plan is as it was then.
    EditConflict
        `changed_meanwhile`.
    """
    with reading(desk.path) as connection, parsing(desk.path):
        require_version(connection, desk)
        known = seq == 0 or has_entry(connection, desk.scenario, seq)
        later = read_changes_after(connection, desk.scenario, seq) if known else []
    if not known or any(kind in ORIGINS for kind, _ in later):
        raise EditRefused("no_such_entry", seq=seq)
    change = rewind(desk.plan, desk.certificates, desk.terms, [change for _, change in later])
    if change.is_empty:
        raise EditRefused("edit_changes_nothing", kind="step_back")
    return commit(desk, Entry(kind=STEP_BACK, facts={"to": seq}, change=change, author=author, note=note))


def read_history(
    path: Path, scenario: str = BASE_SCENARIO, *, after_version: int = -1
) -> tuple[EditRecord, ...]:
    """Read what was done to a scenario's plan, or only since a version of it, oldest first."""
    with reading(path) as connection, parsing(path):
        if not has_table(connection, EDITS_TABLE.name):
            return ()
        return read_entries(connection, scenario, after_version=after_version)


def _take_back(desk: Desk, seq: int, kind: str, author: str) -> Desk:
    with reading(desk.path) as connection, parsing(desk.path):
        require_version(connection, desk)
        change = reverse(read_change(connection, seq))
    return commit(desk, Entry(kind=kind, facts={"of": seq}, change=change, author=author, reverts=seq))


def _ground(path: Path, digests: Digests, scenario: str) -> DeskGround:
    key = ground_key(path, scenario, f"{digests.layers}:{digests.cells}")
    return GROUNDS.get(key, lambda: build_ground(key, ground_of(path, scenario)))
