"""Follow what other people did: apply their entries to a desk, and measure only what they touched."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from scenarios.desk.change import Change, apply_change
from scenarios.desk.effect import resized_grids
from scenarios.desk.measure import measure_plan
from scenarios.desk.rows import read_answer
from scenarios.desk.terms import rules_of
from scenarios.desk.value import Desk


def follow(desk: Desk, connection: Connection, entries: Sequence[tuple[int, int, str, Change]]) -> Desk:
    """Give the desk after some entries of the log: version, number, kind and change of each, oldest first.

    `connection` reads the file at the version of the last entry.
    """
    plan, terms, stacks = desk.plan, desk.terms, desk.stacks
    cells: set[str] = set()
    codes: set[str] = set()
    for _, seq, kind, change in entries:
        plan = apply_change(plan, change)
        terms = terms if change.terms is None else change.terms[1]
        stacks = stacks.after(seq, kind)
        cells |= {move.cell_id for move in change.cells}
        codes |= resized_grids(change)
    answer = read_answer(connection, desk.scenario)
    rules = rules_of(terms)
    return replace(
        desk,
        version=entries[-1][0],
        plan=plan,
        measures=measure_plan(
            plan,
            desk.ground,
            rules,
            known=desk.measures if rules == desk.rules else None,
            cells=cells,
            codes=codes,
        ),
        terms=terms,
        certificates=answer.certificates,
        summary=answer.summary,
        codes=desk.codes | answer.codes | plan.grids.keys(),
        stacks=stacks,
    )
