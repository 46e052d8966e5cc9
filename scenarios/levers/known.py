"""What was solved before: the plan of a community under the digest of the problem that it answers."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scenarios.levers.pose import Posed
from scenarios.levers.rows import read_answers
from scenarios.outcome import GridFacts, Plan
from scenarios.project.codec import certificates_from_json, certificates_to_json, to_json
from scenarios.project.connect import reading


def known_answers(path: Path, posed: Posed, codes: Sequence[str]) -> dict[str, Plan]:
    """Give the plans that were found before for the same problems."""
    with reading(path) as connection:
        found = read_answers(connection, [posed.marks[code] for code in codes])
    return {code: plan_from_json(found[posed.marks[code]]) for code in codes if posed.marks[code] in found}


def plan_to_json(plan: Plan) -> str:
    """Write the plan of a community."""
    grids = {code: [item.name, item.kind, dict(item.costs)] for code, item in plan.facts.items()}
    certificates = json.loads(certificates_to_json(plan.certificates))
    return to_json({"cells": plan.grid_of_cell, "grids": grids, "certificates": certificates})


def plan_from_json(found: Mapping[str, Any]) -> Plan:
    """Read the plan of a community back."""
    return Plan(
        grid_of_cell=found["cells"],
        facts={
            code: GridFacts(name=name, kind=kind, costs={key: _number(cost) for key, cost in costs.items()})
            for code, (name, kind, costs) in found["grids"].items()
        },
        certificates=certificates_from_json(json.dumps(found["certificates"])),
    )


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)
