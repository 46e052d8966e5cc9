"""Scenarios and their plans in a project on disk."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, select

from scenarios.assemble import Frames, assemble_from
from scenarios.desk.change import Change, Terms, between
from scenarios.desk.log import Entry, add_entry, read_entries
from scenarios.desk.plan import DeskPlan, GridEntry
from scenarios.desk.rows import (
    StoredPlan,
    read_stored,
    read_version,
    write_answer,
    write_desk,
    write_terms,
    write_whole,
)
from scenarios.errors import EditConflict, StoreError, UnknownScenario
from scenarios.outcome import GridFacts, Outcome, Plan
from scenarios.project.connect import count_change, reading, writing
from scenarios.project.frames import parsing
from scenarios.project.layers import cells_cut_from, keep_watch, look_at
from scenarios.project.schema import BASE_SCENARIO, GRIDS, SCENARIOS, bring_up_to_date
from scenarios.project.shelf import frames_of
from scenarios.project.watch import Digests


def list_scenarios(path: Path) -> tuple[str, ...]:
    """List the project's scenarios that have been stored, by name."""
    with reading(path) as connection:
        return tuple(connection.execute(select(SCENARIOS.c.name).order_by(SCENARIOS.c.name)).scalars())


def require_scenario(path: Path, scenario: str) -> None:
    """Refuse a scenario that is not there; the base scenario always is.

    Raises
    ------
    UnknownScenario
        `unknown_scenario`.
    """
    if scenario != BASE_SCENARIO and scenario not in list_scenarios(path):
        raise UnknownScenario("unknown_scenario", scenario=scenario)


def plan_version(path: Path, scenario: str) -> int:
    """Give the version of a scenario's plan; 0 where it has none, or was never changed by hand."""
    with reading(path) as connection:
        return read_version(connection, scenario)


def save_outcome(  # noqa: PLR0913 - most are for the log, by name, and seldom given
    path: Path,
    outcome: Outcome,
    weights: Mapping[str, float],
    *,
    author: str = "",
    note: str = "",
    bounds: Mapping[str, str] | None = None,
    expected: int | None = None,
    also: Callable[[Connection], None] | None = None,
) -> None:
    """Store a scenario with its plan, certificates and summary in one transaction, and log what changed.

    Parameters
    ----------
    author, note
        For the log: who asked, and why; empty where the programme did.
    bounds
        Communities whose lower bound holds only under locks, and whose (`DESK` or `PROPOSAL`).
    expected
        The version of the plan that this one was made from (`plan_version`), where that matters.
    also
        What else to write in the same transaction.

    Raises
    ------
    EditConflict
        `changed_meanwhile`: the plan in the file is of another version than `expected`.
    StoreError
        `cannot_read`, `cannot_write`.
    """
    name = outcome.scenario
    with writing(path) as connection, parsing(path):
        bring_up_to_date(connection)
        # Before anything is written: a large plan may push pages out, and then nobody else can read.
        digests = look_at(path, connection)
        stored = read_stored(connection, name)
        if expected is not None and expected != (stored.version if stored else 0):
            entries = read_entries(connection, name, after_version=expected)
            raise EditConflict("changed_meanwhile", entries=entries, scenario=name, n=len(entries))
        terms = Terms(
            rules=outcome.rules,  # type: ignore[arg-type]  # rules are numbers
            weights=dict(weights),
            seed=int(str(outcome.summary["seed"])),
            cut_from=cells_cut_from(connection),
            bounds=dict(bounds or {}),
            runtime_s=float(str(outcome.summary.get("runtime_s") or 0.0)),
        )
        plan = _desk_plan(outcome, stored)
        kind, change = _entry_of(stored, plan, terms, outcome)
        version = 1 + (stored.version if stored else 0)
        write_whole(connection, name, plan, _costs(outcome))
        write_terms(connection, name, terms, stored.parent if stored else None)
        write_answer(connection, name, outcome.certificates, outcome.summary, terms.rules)
        write_desk(
            connection,
            name,
            version=version,
            locks=plan.locks,
            codes=plan.grids.keys() | (stored.codes if stored else frozenset()),
            bounds=terms.bounds,
        )
        facts = {"n_grids": len(plan.grids)}
        entry = Entry(kind=kind, facts=facts, change=change, author=author, note=note)
        add_entry(connection, name, version, entry)
        if also is not None:
            also(connection)
        count_change(connection)
        keep_watch(connection, digests)


def read_outcome(path: Path, scenario: str = BASE_SCENARIO) -> Outcome | None:
    """Read a scenario's plan with everything measured anew from its shapes; None where it has no plan yet.

    Raises
    ------
    UnknownScenario
        When a scenario other than the base one is not in the project.
    StoreError
        `cannot_read` when another program left what is stored incomplete or damaged.
    """
    with reading(path) as connection, parsing(path):
        stored = read_stored(connection, scenario)
        digests = look_at(path, connection)
    if stored is None:
        if scenario != BASE_SCENARIO:
            raise UnknownScenario("unknown_scenario", scenario=scenario)
        return None
    if {code for code in stored.plan.grid_of_cell.values() if code} - stored.plan.grids.keys():
        raise StoreError("cannot_read", file=path.name, why=GRIDS.name)
    return assemble_from(
        _frames_of(path, scenario, digests),
        scenario=scenario,
        plan=_known_plan(stored),
        summary=stored.summary,
        rules=stored.terms.rules,
        weights=stored.terms.weights,
        stale=stored.terms.cut_from != digests.layers,
    )


def require_outcome(path: Path, scenario: str = BASE_SCENARIO) -> Outcome:
    """Read a scenario's plan, to be given out.

    Raises
    ------
    StoreError
        `plan_stale` when the layers have changed since.
    UnknownScenario
        `unknown_scenario`, or `no_plan_yet` when nothing was proposed.
    """
    outcome = read_outcome(path, scenario)
    if outcome is None:
        raise UnknownScenario("no_plan_yet", scenario=scenario, file=path.name)
    if outcome.stale:
        raise StoreError("plan_stale", scenario=scenario, file=path.name)
    return outcome


def _frames_of(path: Path, scenario: str, digests: Digests) -> Frames:
    """Give the frames that a scenario's plan stands on: the project's own, or those that its levers made."""
    if scenario == BASE_SCENARIO:  # has no levers; a map of it is drawn without loading what cuts cells
        return frames_of(path, digests)
    from scenarios.levers.stand import frames_for  # noqa: PLC0415 - it stands on this module

    return frames_for(path, scenario) or frames_of(path, digests)


def _known_plan(stored: StoredPlan) -> Plan:
    facts = {
        code: GridFacts(name=entry.name, kind=entry.kind, costs=stored.costs[code])
        for code, entry in stored.plan.grids.items()
    }
    return Plan(grid_of_cell=stored.plan.grid_of_cell, facts=facts, certificates=stored.certificates)


def _desk_plan(outcome: Outcome, stored: StoredPlan | None) -> DeskPlan:
    """Give the plan of an outcome as the desk holds it; what was locked and is still there stays so."""
    before = stored.plan if stored else DeskPlan(grid_of_cell={}, grids={})
    codes = [code if isinstance(code, str) else None for code in outcome.cells["grid_code"].astype(object)]
    rows = outcome.grids[["code", "name", "kind"]].to_dict("records")
    grids = {row["code"]: _entry(row["name"], row["kind"], before.grids.get(row["code"])) for row in rows}
    cells = [str(cell) for cell in outcome.cells["cell_id"]]
    locks = replace(
        before.locks,
        cells=before.locks.cells & set(cells),
        grids=before.locks.grids & grids.keys(),
        communities=before.locks.communities & set(outcome.communities["code"].astype(str)),
    )
    return DeskPlan(grid_of_cell=dict(zip(cells, codes, strict=True)), grids=grids, locks=locks)


def _entry(name: str, kind: str, known: GridEntry | None) -> GridEntry:
    same = known is not None and known.kind == kind
    return GridEntry(name=name, kind=kind, institution_id=known.institution_id if same and known else None)


def _entry_of(
    stored: StoredPlan | None, plan: DeskPlan, terms: Terms, outcome: Outcome
) -> tuple[str, Change]:
    """Give the kind and change to log; the first plan, or one of cells cut anew, is where the log begins."""
    if stored is None or stored.terms.cut_from != terms.cut_from:
        return "origin", Change()
    change = between(stored.plan, plan)
    before, after = stored.certificates, outcome.certificates
    return "proposal", Change(
        cells=change.cells,
        grids=change.grids,
        locks=change.locks,
        certificates=None if before == after else (before, after),
        terms=None if stored.terms == terms else (stored.terms, terms),
    )


def _costs(outcome: Outcome) -> dict[str, dict[str, float]]:
    names = [name for name in outcome.grids.columns if name.startswith("cost_")]
    values = outcome.grids[["code", *names]].to_dict("records")
    return {row["code"]: {name: row[name] for name in names} for row in values}
