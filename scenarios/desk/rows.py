"""A scenario's plan as rows of the project file: read whole, written where it changed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, select
from sqlalchemy.dialects.sqlite import insert

from scenarios.desk.change import Change, Terms, locks_from_json
from scenarios.desk.plan import DeskLocks, DeskPlan, GridEntry
from scenarios.desk.regain import regain_desk
from scenarios.outcome import Certificate
from scenarios.project.codec import certificates_from_json, certificates_to_json, to_json
from scenarios.project.connect import get_meta, put_meta
from scenarios.project.gpkg import has_table
from scenarios.project.schema import DESKS, GRIDS, OUTCOMES, PLANS, SCENARIOS


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPlan:
    """Everything the file says of a scenario.

    `costs` are those of each grid (`cost_<name>` → value); `codes` every code that a grid of it ever bore.
    """

    plan: DeskPlan
    version: int
    codes: frozenset[str]
    terms: Terms
    parent: str | None
    certificates: tuple[Certificate, ...]
    summary: Mapping[str, Any]
    costs: Mapping[str, Mapping[str, float]]


def cut_key(scenario: str) -> str:
    """Give the key under which the file keeps the digest of the layers that a scenario's cells are of."""
    return f"plan_cut_from:{scenario}"


def read_stored(connection: Connection, scenario: str) -> StoredPlan | None:
    """Read a scenario, or None where it has no plan.

    Raises
    ------
    ValueError, KeyError, TypeError
        What is stored is damaged.
    """
    outcome = connection.execute(select(OUTCOMES).where(OUTCOMES.c.scenario == scenario)).mappings().first()
    if outcome is None:
        return None
    asked = connection.execute(select(SCENARIOS).where(SCENARIOS.c.name == scenario)).mappings().first()
    cells = connection.execute(
        select(PLANS.c.cell_id, PLANS.c.grid_code).where(PLANS.c.scenario == scenario)
    ).all()
    grids = _read_grids(connection, scenario)
    nowhere = {code for _, code in cells if code} - {row["code"] for row in grids}
    if nowhere:
        raise KeyError(*sorted(nowhere))
    desk = _read_desk(connection, scenario)
    summary = json.loads(outcome["summary"])
    terms = Terms(
        rules=json.loads(outcome["rules"]),
        weights=json.loads(asked["weights"]) if asked else {},
        seed=int(asked["seed"]) if asked else 1,
        cut_from=get_meta(connection, cut_key(scenario)) or get_meta(connection, "cells_cut_from") or "",
        bounds=json.loads(desk["bounds"]) if desk else {},
        runtime_s=float(summary.get("runtime_s") or 0.0),
    )
    return StoredPlan(
        plan=DeskPlan(
            grid_of_cell=dict(cells),
            grids={row["code"]: _entry(row) for row in grids},
            locks=locks_from_json(json.loads(desk["locks"])) if desk else DeskLocks(),
        ),
        version=int(desk["version"]) if desk else 0,
        codes=frozenset(json.loads(desk["codes"])) if desk else frozenset(row["code"] for row in grids),
        terms=terms,
        parent=asked["parent"] if asked else None,
        certificates=certificates_from_json(outcome["certificates"]),
        summary=summary,
        costs={row["code"]: json.loads(row["costs"]) for row in grids},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Certificates, summary, and the codes used so far."""

    certificates: tuple[Certificate, ...]
    summary: Mapping[str, Any]
    codes: frozenset[str]


def read_answer(connection: Connection, scenario: str) -> Answer:
    """Read what is known of a scenario's plan besides the plan itself.

    Raises
    ------
    KeyError, ValueError, TypeError
        What is stored is missing or damaged.
    """
    row = connection.execute(select(OUTCOMES).where(OUTCOMES.c.scenario == scenario)).mappings().first()
    if row is None:
        raise KeyError(scenario)
    desk = _read_desk(connection, scenario)
    return Answer(
        certificates=certificates_from_json(row["certificates"]),
        summary=json.loads(row["summary"]),
        codes=frozenset(json.loads(desk["codes"])) if desk else frozenset(),
    )


def read_version(connection: Connection, scenario: str) -> int:
    """Read the version of a scenario's plan; 0 before the first edit."""
    desk = _read_desk(connection, scenario)
    return int(desk["version"]) if desk else 0


def write_change(
    connection: Connection, scenario: str, change: Change, costs: Mapping[str, Mapping[str, float]]
) -> None:
    """Write the rows that a change concerns; `costs` has those of every grid whose cells moved."""
    moved = [{"scenario": scenario, "cell_id": m.cell_id, "grid_code": m.after} for m in change.cells]
    _put(connection, PLANS, moved, ("grid_code",))
    gone = [step.code for step in change.grids if step.after is None]
    for code in gone:
        connection.execute(delete(GRIDS).where(GRIDS.c.scenario == scenario, GRIDS.c.code == code))
    entries = {step.code: step.after for step in change.grids if step.after is not None}
    named = [
        {"scenario": scenario, "code": code, "costs": to_json(costs.get(code, {})), **_columns(entry)}
        for code, entry in entries.items()
    ]
    _put(connection, GRIDS, named, ("name", "kind", "institution_id"))
    priced = [
        {"scenario": scenario, "code": code, "costs": to_json(values)} for code, values in costs.items()
    ]
    _put(connection, GRIDS, priced, ("costs",))


def write_whole(
    connection: Connection, scenario: str, plan: DeskPlan, costs: Mapping[str, Mapping[str, float]]
) -> None:
    """Write all cells and grids of a plan in place of what is there."""
    for table in (PLANS, GRIDS):
        connection.execute(delete(table).where(table.c.scenario == scenario))
    rows = [{"scenario": scenario, "cell_id": c, "grid_code": g} for c, g in plan.grid_of_cell.items()]
    _put(connection, PLANS, rows, ("grid_code",))
    grids = [
        {"scenario": scenario, "code": code, "costs": to_json(costs.get(code, {})), **_columns(entry)}
        for code, entry in plan.grids.items()
    ]
    _put(connection, GRIDS, grids, ("name", "kind", "costs", "institution_id"))


def write_terms(connection: Connection, scenario: str, terms: Terms, parent: str | None) -> None:
    """Write what a scenario's plan was asked for."""
    row = {
        "name": scenario,
        "parent": parent,
        "seed": terms.seed,
        "rules": to_json(terms.rules),
        "weights": to_json(terms.weights),
    }
    _put(connection, SCENARIOS, [row], ("parent", "seed", "rules", "weights"))
    # Cells may be cut anew for one scenario: the plans of the others are still of the old ones.
    put_meta(connection, cut_key(scenario), terms.cut_from)


def write_answer(
    connection: Connection,
    scenario: str,
    certificates: Sequence[Certificate],
    summary: Mapping[str, Any],
    rules: Mapping[str, float],
) -> None:
    """Write certificates, summary and the rules they are of."""
    row = {
        "scenario": scenario,
        "certificates": certificates_to_json(tuple(certificates)),
        "summary": to_json(summary),
        "rules": to_json(rules),
    }
    _put(connection, OUTCOMES, [row], ("certificates", "summary", "rules"))


def write_desk(
    connection: Connection,
    scenario: str,
    *,
    version: int,
    locks: DeskLocks,
    codes: Iterable[str],
    bounds: Mapping[str, str],
) -> None:
    """Write the version of a scenario's plan, and what lies on the desk beside it."""
    row = {
        "scenario": scenario,
        "version": version,
        "locks": to_json(asdict(locks)),
        "codes": to_json(sorted(codes)),
        "bounds": to_json(bounds),
    }
    _put(connection, DESKS, [row], ("version", "locks", "codes", "bounds"))


def next_version(connection: Connection, scenario: str) -> int:
    """Count a step that leaves plan and desk as they are; give the version after it."""
    desk = _read_desk(connection, scenario)
    version = 1 + (int(desk["version"]) if desk else 0)
    write_desk(
        connection,
        scenario,
        version=version,
        locks=locks_from_json(json.loads(desk["locks"])) if desk else DeskLocks(),
        codes=json.loads(desk["codes"])
        if desk
        else [row["code"] for row in _read_grids(connection, scenario)],
        bounds=json.loads(desk["bounds"]) if desk else {},
    )
    return version


def has_plan(connection: Connection, scenario: str) -> bool:
    """Tell whether a scenario has a plan."""
    return (
        connection.execute(select(OUTCOMES.c.scenario).where(OUTCOMES.c.scenario == scenario)).first()
        is not None
    )


def _put(connection: Connection, table: Any, rows: list[dict[str, Any]], columns: Sequence[str]) -> None:  # noqa: ANN401 - any table
    """Insert rows, or update these columns of those that are there."""
    if not rows:
        return
    statement = insert(table)
    changed = {name: statement.excluded[name] for name in columns}
    keys = [column.name for column in table.primary_key]
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), rows)


def _columns(entry: GridEntry) -> dict[str, str | None]:
    return {"name": entry.name, "kind": entry.kind, "institution_id": entry.institution_id}


def _entry(row: RowMapping) -> GridEntry:
    return GridEntry(name=row["name"], kind=row["kind"], institution_id=row.get("institution_id"))


def _read_grids(connection: Connection, scenario: str) -> Sequence[RowMapping]:
    # Every column there is, because a file of format 1 has no institutions.
    rows = connection.exec_driver_sql(f"SELECT * FROM {GRIDS.name} WHERE scenario = ?", (scenario,))  # noqa: S608 - own name
    return rows.mappings().all()


def _read_desk(connection: Connection, scenario: str) -> Mapping[str, Any] | None:
    if not has_table(connection, DESKS.name):
        return None
    found = connection.execute(select(DESKS).where(DESKS.c.scenario == scenario)).mappings().first()
    if found is not None:
        return dict(found)
    return regain_desk(connection, scenario, [row["code"] for row in _read_grids(connection, scenario)])
