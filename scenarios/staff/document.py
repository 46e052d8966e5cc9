"""The staff of a scenario as the JSON document that `staff --json` prints."""

from dataclasses import asdict
from typing import Any

from scenarios.project.codec import plain
from scenarios.staff.values import Staffing

_RULES = ("workers_per_grid", "workers_per_10000", "worker_hours_year")


def staff_document(staffing: Staffing) -> dict[str, Any]:
    """Build the document: communities, grids, the total, the register of tasks, the rules behind them."""
    document: dict[str, Any] = plain(
        {
            "scenario": staffing.scenario,
            "communities": [asdict(row) for row in staffing.communities],
            "grids": [asdict(row) for row in staffing.grids],
            "total": asdict(staffing.total),
            "communities_without_data": staffing.unknown,
            "tasks": [asdict(task) for task in staffing.tasks],
            "rules": {name: getattr(staffing.rules, name) for name in _RULES},
        }
    )
    return document
