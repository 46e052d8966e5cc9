"""The costs of a scenario as the JSON document that `money --json` prints."""

from dataclasses import asdict
from typing import Any

from scenarios.money.budget import Bought
from scenarios.money.values import CommunityMoney, Money
from scenarios.project.codec import plain
from scenarios.rules import RULES


def money_document(money: Money, bought: Bought | None = None) -> dict[str, Any]:
    """Build the document: communities, grids, total, unit costs with sources, what a budget buys."""
    costs = asdict(money.settings.costs)
    document: dict[str, Any] = plain(
        {
            "scenario": money.scenario,
            "communities": [_community(row) for row in money.communities],
            "grids": [{**asdict(row), "yuan": row.yuan} for row in money.grids],
            "total": _community(money.total),
            "missing": asdict(money.missing),
            "unit_costs": {
                name: {"yuan": value, "source": RULES[name].source, "verified": RULES[name].verified}
                for name, value in costs.items()
            },
            "order": money.settings.order,
            "budget": None if bought is None else _bought(bought),
        }
    )
    return document


def _community(row: CommunityMoney) -> dict[str, Any]:
    lines = [{**asdict(line), "difference": line.difference} for line in row.lines]
    return {**asdict(row), "lines": lines, "yuan": row.yuan, "once": row.once}


def _bought(bought: Bought) -> dict[str, Any]:
    rows = [{**asdict(row), "state": row.state} for row in bought.rows]
    return {**asdict(bought), "rows": rows, "short": bought.short}
