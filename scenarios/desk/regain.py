"""What lay on a desk whose row was deleted from the file, as the log tells it: no lock is lost with it."""

import json
from typing import Any

from sqlalchemy import Connection, select

from scenarios.desk.change import BOTH
from scenarios.project.codec import to_json
from scenarios.project.gpkg import has_table
from scenarios.project.schema import EDITS, OUTCOMES


def regain_desk(connection: Connection, scenario: str, codes: list[str]) -> dict[str, Any] | None:
    """Give the row of `gridplan_desks` as the log tells it; None where nothing was ever logged.

    Under whose locks a bound was proven the log does not always say, so none is trusted after the next edit.

    Parameters
    ----------
    codes
        Codes of the grids that are there.
    """
    if not has_table(connection, EDITS.name):
        return None
    logged = connection.execute(
        select(EDITS.c.version, EDITS.c.change).where(EDITS.c.scenario == scenario).order_by(EDITS.c.seq)
    ).all()
    if not logged:
        return None
    locks: dict[str, Any] = {}
    borne = set(codes)
    for _, text in logged:
        change = json.loads(text)
        borne |= {step[0] for step in change.get("grids", ())}
        locks = change["locks"][1] if "locks" in change else locks
    text = connection.execute(select(OUTCOMES.c.certificates).where(OUTCOMES.c.scenario == scenario)).scalar()
    known = [item["community_code"] for item in json.loads(text or "[]")]
    return {
        "scenario": scenario,
        "version": max(version for version, _ in logged),
        "locks": to_json(locks),
        "codes": to_json(sorted(borne)),
        "bounds": to_json(dict.fromkeys(known, BOTH)),
    }
