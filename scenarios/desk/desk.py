"""The desk: open a scenario's plan, edit it, undo and redo; every step is on disk before it is acknowledged.

A `Desk` is a value. Each step gives a new one, or raises and leaves plan and file as they were.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from scenarios.connect import count_change, reading, writing
from scenarios.desk.change import Terms, apply_change, reverse, rewind
from scenarios.desk.edits import EDITS
from scenarios.desk.effect import Effect, work_out
from scenarios.desk.facts import complete_facts
from scenarios.desk.ground import GROUNDS, DeskGround, build_ground
from scenarios.desk.log import (
    ORIGINS,
    REDO,
    UNDO,
    EditRecord,
    Entry,
    Stacks,
    add_entry,
    has_entry,
    read_change,
    read_changes_after,
    read_entries,
    read_stacks,
)
from scenarios.desk.measure import PlanMeasures, measure_plan
from scenarios.desk.plan import DeskPlan
from scenarios.desk.rows import (
    read_stored,
    read_version,
    write_answer,
    write_change,
    write_desk,
    write_terms,
)
from scenarios.desk.terms import rules_of
from scenarios.errors import EditConflict, EditRefused, StoreError, UnknownScenario
from scenarios.frames import parsing
from scenarios.gpkg import has_table
from scenarios.layers_store import keep_watch, look_at, read_layers
from scenarios.outcome import Certificate
from scenarios.plans_store import BASE_SCENARIO, upgrade
from scenarios.propose import stand_on
from scenarios.rules import GridRules
from scenarios.schema import EDITS as EDITS_TABLE
from scenarios.watch import Digests


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A scenario's plan at one version, with everything measured.

    Attributes
    ----------
    version
        Counts every change of the plan; who edits an older version is told.
    codes
        Every code that a grid of the scenario ever bore: none is given to another place.
    """

    path: Path
    scenario: str
    version: int
    plan: DeskPlan
    ground: DeskGround
    measures: PlanMeasures
    terms: Terms
    certificates: tuple[Certificate, ...]
    summary: Mapping[str, Any]
    codes: frozenset[str]
    stacks: Stacks
    parent: str | None = None

    @property
    def rules(self) -> GridRules:
        """The rules in force."""
        return rules_of(self.terms)

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return bool(self.stacks.done)

    @property
    def can_redo(self) -> bool:
        """Whether there is an undo to take back."""
        return bool(self.stacks.undone)


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
    ground = _ground(path, digests)
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
        _require_version(connection, desk)
        known = seq == 0 or has_entry(connection, desk.scenario, seq)
        later = read_changes_after(connection, desk.scenario, seq) if known else []
    if not known or any(kind in ORIGINS for kind, _ in later):
        raise EditRefused("no_such_entry", seq=seq)
    change = rewind(desk.plan, desk.certificates, desk.terms, [change for _, change in later])
    if change.is_empty:
        raise EditRefused("edit_changes_nothing", kind="step_back")
    return commit(desk, Entry(kind="step_back", facts={"to": seq}, change=change, author=author, note=note))


def read_history(path: Path, scenario: str = BASE_SCENARIO) -> tuple[EditRecord, ...]:
    """Read everything that was done to a scenario's plan, oldest first."""
    with reading(path) as connection, parsing(path):
        if not has_table(connection, EDITS_TABLE.name):
            return ()
        return read_entries(connection, scenario)


def commit(desk: Desk, entry: Entry) -> Desk:
    """Work out what a change does, write it in one transaction, and give the desk after it.

    Raises
    ------
    EditConflict
        `changed_meanwhile`.
    StoreError
        `plan_stale`, `cannot_write`.
    """
    change = entry.change
    plan = apply_change(desk.plan, change)
    effect = work_out(desk, plan, change)
    version = desk.version + 1
    codes = desk.codes | plan.grids.keys()
    with writing(desk.path) as connection:
        upgrade(connection)
        _require_version(connection, desk)
        digests = look_at(desk.path, connection)
        if digests.layers != desk.terms.cut_from:
            raise StoreError("plan_stale", scenario=desk.scenario, file=desk.path.name)
        _write(connection, desk, plan, effect, version, codes)
        seq = add_entry(connection, desk.scenario, version, replace(entry, change=effect.change))
        count_change(connection)
        keep_watch(connection, digests)
    return replace(
        desk,
        version=version,
        plan=plan,
        measures=effect.measures,
        terms=effect.terms,
        certificates=effect.certificates,
        summary=effect.summary,
        codes=codes,
        stacks=desk.stacks.after(seq, entry.kind),
    )


def _write(
    connection: Connection,
    desk: Desk,
    plan: DeskPlan,
    effect: Effect,
    version: int,
    codes: frozenset[str],
) -> None:
    write_change(connection, desk.scenario, effect.change, effect.costs)
    if effect.change.terms is not None:
        write_terms(connection, desk.scenario, effect.terms, desk.parent)
    write_answer(connection, desk.scenario, effect.certificates, effect.summary, effect.terms.rules)
    write_desk(
        connection,
        desk.scenario,
        version=version,
        locks=plan.locks,
        codes=codes,
        bounds=effect.terms.bounds,
    )


def _take_back(desk: Desk, seq: int, kind: str, author: str) -> Desk:
    with reading(desk.path) as connection, parsing(desk.path):
        _require_version(connection, desk)
        change = reverse(read_change(connection, seq))
    return commit(desk, Entry(kind=kind, facts={"of": seq}, change=change, author=author, reverts=seq))


def _require_version(connection: Connection, desk: Desk) -> None:
    version = read_version(connection, desk.scenario)
    if version != desk.version:
        entries = read_entries(connection, desk.scenario, after_version=desk.version)
        raise EditConflict(
            "changed_meanwhile", entries=entries, scenario=desk.scenario, version=version, n=len(entries)
        )


def _ground(path: Path, digests: Digests) -> DeskGround:
    key = f"{digests.layers}:{digests.cells}"
    return GROUNDS.get(key, lambda: build_ground(key, stand_on(path, read_layers(path))))
