"""What a scenario has and costs, as indicators beside those of its grids."""

from collections.abc import Sequence
from pathlib import Path

from scenarios.money.budget import buy
from scenarios.money.read import Services, read_services
from scenarios.money.values import Money


def read_indicators(path: Path, scenarios: Sequence[str]) -> tuple[dict[str, float | None], ...]:
    """Give the indicators of some scenarios; what nobody has counted is None.

    Raises
    ------
    UnknownScenario
        `unknown_scenario`.
    LayerError, StoreError
        The project cannot be read.
    """
    return tuple(indicators_of(read_services(path, scenario)) for scenario in scenarios)


def indicators_of(services: Services) -> dict[str, float | None]:
    """Give name → value; names are among those that `scenarios.comparison.indicators` knows."""
    staff, money = services.staffing.total, services.money.total
    values: dict[str, float | None] = {
        "workers_short": staff.short,
        "posts_vacant": staff.vacant,
        "households_per_worker": staff.load.households,
        "institutions_per_worker": staff.load.institutions,
        "tasks_per_worker": staff.load.tasks,
        "households_per_grid_worker": staff.load.households_per_grid_worker,
        "service_area_short_m2": services.facilities.total.short_m2,
    }
    values |= {f"money_{line.name}": line.yuan for line in money.lines}
    values |= {"money_year": money.yuan, "money_once": money.once}
    differences = [line.difference for line in money.lines if line.difference is not None]
    values["lines_short"] = -sum(min(0, item) for item in differences) if differences else None
    return values | _bought(services.money)


def _bought(money: Money) -> dict[str, float | None]:
    """Tell what the budget leaves uncovered, and what the rest is enough for; nothing where none is set."""
    if money.settings.budget is None:
        return {}
    bought = buy(money, money.settings.budget)
    return {
        "budget": bought.budget,
        "budget_short": bought.short,
        "budget_left": bought.left,
        "budget_posts": bought.choice.posts,
        "budget_area_m2": bought.choice.area_m2,
    }
