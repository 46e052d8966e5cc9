"""Put a change on disk: one transaction with the entry in the log and only the rows that differ."""

from dataclasses import replace

from sqlalchemy import Connection

from scenarios.desk.change import apply_change
from scenarios.desk.effect import Effect, work_out
from scenarios.desk.log import Entry, add_entry, read_entries
from scenarios.desk.plan import DeskPlan
from scenarios.desk.rows import read_version, write_answer, write_change, write_desk, write_terms
from scenarios.desk.value import Desk
from scenarios.errors import EditConflict, StoreError
from scenarios.locks.kept import write_locks
from scenarios.project.connect import count_change, writing
from scenarios.project.layers import keep_watch, look_at
from scenarios.project.schema import bring_up_to_date


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
        bring_up_to_date(connection)
        require_version(connection, desk)
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
    if effect.change.wishes is not None:
        write_locks(connection, desk.scenario, effect.change.wishes[1])
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


def require_version(connection: Connection, desk: Desk) -> None:
    """Refuse a desk that is older than the file.

    Raises
    ------
    EditConflict
        `changed_meanwhile`, with the entries since.
    """
    version = read_version(connection, desk.scenario)
    if version != desk.version:
        entries = read_entries(connection, desk.scenario, after_version=desk.version)
        raise EditConflict(
            "changed_meanwhile", entries=entries, scenario=desk.scenario, version=version, n=len(entries)
        )
