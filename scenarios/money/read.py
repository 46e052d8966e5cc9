"""Read everything that a scenario's services are measured by, once, and measure staff, venues and money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from geo.layers import Layers
from scenarios import store
from scenarios.branches.propose import land_of
from scenarios.branches.table import kept_branches
from scenarios.census import CommunityCount, take_census
from scenarios.facilities.measure import checklist_of, decisions_of, measure_facilities
from scenarios.facilities.values import Facilities
from scenarios.given import number
from scenarios.ground import Ground
from scenarios.levers.lever import Lever
from scenarios.levers.rows import read_row
from scenarios.levers.services import Budget, UnitCost
from scenarios.levers.stand import ground_of, stand
from scenarios.levers.terms import work_rules_of
from scenarios.money.measure import Site, measure_money
from scenarios.money.store import read_money_settings
from scenarios.money.values import Money, MoneySettings
from scenarios.outcome import Outcome
from scenarios.project.connect import reading
from scenarios.project.plans import require_scenario
from scenarios.project.schema import BASE_SCENARIO
from scenarios.staff.measure import measure_staff
from scenarios.staff.tasks import read_tasks
from scenarios.staff.values import Staffing


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What a scenario has and needs of people, venues and money.

    `facilities` are those of today's venues; money counts what the proposal for venues opens and closes.
    """

    census: tuple[CommunityCount, ...]
    staffing: Staffing
    facilities: Facilities
    money: Money


def read_services(
    path: Path, scenario: str = BASE_SCENARIO, *, settings: MoneySettings | None = None
) -> Services:
    """Measure staff, venues and money of a scenario on its own ground, by its own grids, rules and costs.

    Parameters
    ----------
    settings
        Instead of those kept with the scenario, for a look that is not kept.

    Raises
    ------
    UnknownScenario
        `unknown_scenario`.
    LayerError, StoreError
        The project cannot be read.
    """
    require_scenario(path, scenario)
    with reading(path) as connection:
        answered = read_row(connection, scenario).answered
    return services_of(
        path,
        scenario,
        ground_of(path, scenario, keep=False),
        store.read_outcome(path, scenario),
        answered,
        settings=settings,
    )


def services_of(
    path: Path,
    scenario: str,
    ground: Ground,
    outcome: Outcome | None,
    levers: Sequence[Lever],
    *,
    settings: MoneySettings | None = None,
) -> Services:
    """Measure what a scenario would have and need on some ground, with some grids, under some levers.

    What is kept with the scenario, a checklist or a task, counts as it is; arguments as for `read_services`.
    """
    kept = kept_branches(path, scenario)[0].rules
    rules = kept.with_values(work_rules_of(levers))
    checklist = checklist_of(path, scenario)
    census = take_census(ground, land_of(ground, outcome))
    staffing = measure_staff(census, rules, read_tasks(path, scenario), scenario=scenario)
    facilities = measure_facilities(ground, rules, checklist, scenario=scenario)
    decisions = decisions_of(path, scenario)
    proposed = (
        measure_facilities(ground, rules, checklist, decisions=decisions, scenario=scenario)
        if decisions
        else facilities
    )
    # Without levers on layers the ground is as it was; asking for it would cut and store cells.
    before = stand(path).ground if any(lever.changes == "layers" for lever in levers) else ground
    return Services(
        census=census,
        staffing=staffing,
        facilities=facilities,
        money=measure_money(
            census,
            staffing,
            proposed,
            under_levers(read_money_settings(path, scenario), levers) if settings is None else settings,
            before=sites_of(before.layers),
            scenario=scenario,
        ),
    )


def with_levers(path: Path, scenario: str, settings: MoneySettings) -> MoneySettings:
    """Give settings with what the levers of a scenario set, those that its plan answers."""
    with reading(path) as connection:
        return under_levers(settings, read_row(connection, scenario).answered)


def under_levers(settings: MoneySettings, levers: Sequence[Lever]) -> MoneySettings:
    """Give settings with the unit costs and the budget that some levers set."""
    changed = with_costs(settings, {item.item: item.value for item in levers if isinstance(item, UnitCost)})
    budgets = [item.yuan for item in levers if isinstance(item, Budget)]
    return replace(changed, budget=budgets[-1]) if budgets else changed


def lever_costs(path: Path, scenario: str) -> dict[str, float]:
    """Give the unit costs that the levers of a scenario set."""
    with reading(path) as connection:
        answered = read_row(connection, scenario).answered
    return {lever.item: lever.value for lever in answered if isinstance(lever, UnitCost)}


def sites_of(layers: Layers) -> dict[str, Site]:
    """Give the venues of some layers as they are."""
    frame = layers.frames.get("venues")
    if frame is None:
        return {}
    return {str(row["id"]): _site(row) for row in pd.DataFrame(frame).to_dict("records")}


def _site(row: Mapping[str, object]) -> Site:
    return Site(existing=row.get("status") == "existing", area_m2=number(row.get("area_m2")))


def with_costs(settings: MoneySettings, values: Mapping[str, float]) -> MoneySettings:
    """Give settings with some unit costs changed.

    Raises
    ------
    RuleError
        As for `UnitCosts.with_values`.
    """
    return replace(settings, costs=settings.costs.with_values(values))
