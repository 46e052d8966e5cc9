"""What a person has set about money, kept with the scenario: unit costs, order of the lines, budget."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from scenarios.errors import RuleError
from scenarios.money.budget import check_budget
from scenarios.money.lines import LINES
from scenarios.money.values import MoneySettings
from scenarios.project.frames import parsing
from scenarios.project.kept_settings import read_settings, save_settings
from scenarios.rules import UnitCosts


def read_money_settings(path: Path, scenario: str) -> MoneySettings:
    """Give what was set; costs that this version does not know are left out.

    Raises
    ------
    StoreError
        `cannot_read` when another program left what is stored damaged.
    """
    kept = read_settings(path, scenario, "money")
    if kept is None:
        return MoneySettings()
    with parsing(path):
        return money_settings_of(kept)


def money_settings_of(kept: Mapping[str, Any]) -> MoneySettings:
    """Read settings from plain values."""
    known = {item.name for item in fields(UnitCosts)}
    costs = UnitCosts().with_values({name: value for name, value in kept["costs"].items() if name in known})
    order = tuple(line for line in LINES if line in kept["order"])
    order = tuple(sorted(order, key=kept["order"].index))
    rest = tuple(line for line in LINES if line not in order)
    return MoneySettings(costs=costs, order=(*order, *rest), budget=kept["budget"])


def save_money_settings(path: Path, scenario: str, settings: MoneySettings) -> None:
    """Keep settings with a scenario.

    Raises
    ------
    RuleError
        `budget_out_of_range`, `lines_order`.
    """
    if settings.budget is not None:
        check_budget(settings.budget)
    if sorted(settings.order) != sorted(LINES):
        raise RuleError("lines_order", given=list(settings.order), known=list(LINES))
    document: dict[str, Any] = asdict(settings)
    save_settings(path, scenario, "money", document)
