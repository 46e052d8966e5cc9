"""Measure what a scenario costs: quantities times unit costs, or the cost that the data give."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from geo.cells_seeds import split_whole
from scenarios.census import CommunityCount, GridCount
from scenarios.facilities.values import Facilities, VenueFacts
from scenarios.money.lines import BUDGET_COLUMNS, ITEMS, LINES, Line
from scenarios.money.values import (
    CommunityMoney,
    GridMoney,
    ItemCost,
    LineCost,
    Missing,
    Money,
    MoneySettings,
)
from scenarios.project.schema import BASE_SCENARIO
from scenarios.rules import UnitCosts
from scenarios.staff.values import CommunityStaff, Staffing


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A venue as it is before a scenario changes anything."""

    existing: bool
    area_m2: float | None


def measure_money(
    census: Sequence[CommunityCount],
    staffing: Staffing,
    facilities: Facilities,
    settings: MoneySettings,
    *,
    before: Mapping[str, Site] | None = None,
    scenario: str = BASE_SCENARIO,
) -> Money:
    """Measure what communities cost that are counted.

    Parameters
    ----------
    before
        Venue → what it is without the scenario: what is opened or enlarged since has to be built. Without it
        only what the proposal for venues opens.
    """
    costs = settings.costs
    rows: list[CommunityMoney] = []
    grids: list[GridMoney] = []
    for one, staff in zip(census, staffing.communities, strict=True):
        venues = [v for v in facilities.venues if v.in_service and v.community_code == one.code]
        items = (
            _pay(staff, costs),
            _priced("office", 1, costs),
            _priced("grid_work", one.n_grids, costs),
            _priced("organisations", one.organisations, costs),
            _priced("members", one.formal_members, costs),
            _priced("service_fund", 1, costs),
            _running(venues, costs)
            if facilities.venues
            else ItemCost(name="running", quantity=None, yuan=None),
            _building(venues, costs, before or {}),
            _priced("systems", 1, costs),
            _priced("terminals", one.n_grids, costs),
        )
        rows.append(CommunityMoney(code=one.code, name=one.name, items=items, lines=_lines(items, one.facts)))
        grids += _grids(one, items, costs)
    return Money(
        scenario=scenario,
        settings=settings,
        communities=tuple(rows),
        grids=tuple(grids),
        total=_total(rows),
        missing=_missing(staffing, facilities, costs),
    )


def _priced(name: str, quantity: int | None, costs: UnitCosts) -> ItemCost:
    price = getattr(costs, ITEMS[name].rule)
    return ItemCost(name=name, quantity=quantity, yuan=None if quantity is None else quantity * price)


def _pay(staff: CommunityStaff, costs: UnitCosts) -> ItemCost:
    """Pay the approved posts; where nobody gave them those in place, or else those that the rules ask for."""
    for basis, count in (("given", staff.posts), ("filled", staff.filled), ("needed", staff.needed)):
        if count is not None:
            return ItemCost(name="pay", quantity=count, yuan=count * costs.pay_worker_yuan, basis=basis)
    raise AssertionError  # the rules always ask for a number


def _running(venues: Sequence[VenueFacts], costs: UnitCosts) -> ItemCost:
    """Add up the yearly costs that venues tell, and area times unit cost for those that do not."""
    known = [venue for venue in venues if venue.cost_year is not None or venue.area_m2 is not None]
    if len(known) < len(venues):
        return ItemCost(name="running", quantity=None, yuan=None)
    yuan = sum(
        v.cost_year if v.cost_year is not None else (v.area_m2 or 0) * costs.venue_running_m2_yuan
        for v in known
    )
    return ItemCost(name="running", quantity=sum(v.area_m2 or 0.0 for v in known), yuan=round(yuan))


def _building(venues: Sequence[VenueFacts], costs: UnitCosts, before: Mapping[str, Site]) -> ItemCost:
    """Price what is opened or enlarged: the cost that the data give for a whole new site, or by area."""
    area, yuan = 0.0, 0.0
    for venue in venues:
        then = before.get(venue.id)
        if venue.service == "opens" or (then is not None and not then.existing):
            built = venue.area_m2
            grown = 0.0 if then is None or built is None else max(0.0, built - (then.area_m2 or built))
            price = venue.cost_build
            if price is None and built is None:
                return ItemCost(name="building", quantity=None, yuan=None)
            area += built or 0.0
            # The cost in the data is that of the site as the data have it; what it has grown comes on top.
            unit = costs.venue_build_m2_yuan
            yuan += (built or 0.0) * unit if price is None else price + grown * unit
        elif then is not None and venue.area_m2 is not None and then.area_m2 is not None:
            grown = max(0.0, venue.area_m2 - then.area_m2)
            area += grown
            yuan += grown * costs.venue_build_m2_yuan
    return ItemCost(name="building", quantity=area, yuan=round(yuan))


def _lines(items: Sequence[ItemCost], facts: Mapping[str, float]) -> tuple[LineCost, ...]:
    return tuple(
        LineCost(
            name=line,
            yuan=sum(item.yuan or 0 for item in items if _is(item, line, once=False)),
            once=sum(item.yuan or 0 for item in items if _is(item, line, once=True)),
            budget=_budget(line, facts),
            unknown=tuple(item.name for item in items if ITEMS[item.name].line == line and item.yuan is None),
        )
        for line in LINES
    )


def _is(item: ItemCost, line: Line, *, once: bool) -> bool:
    return ITEMS[item.name].line == line and ITEMS[item.name].once == once


def _budget(line: Line, facts: Mapping[str, float]) -> int | None:
    columns = BUDGET_COLUMNS[line]
    if not all(column in facts for column in columns):
        return None
    return round(sum(facts[column] for column in columns))


def _grids(one: CommunityCount, items: Sequence[ItemCost], costs: UnitCosts) -> Iterable[GridMoney]:
    """Share the yearly costs of a community among its grids, in whole yuan that add up."""
    places: Sequence[GridCount] = one.grids or (_nobody(one),)
    households = np.array([grid.households for grid in places], dtype=np.float64)
    shares: dict[Line, np.ndarray] = {line: np.zeros(len(places), np.int64) for line in LINES}
    for item in items:
        kind = ITEMS[item.name]
        if kind.once or item.yuan is None:
            continue
        if kind.of_grid:
            price = getattr(costs, kind.rule)
            shares[kind.line] += np.array([price * (grid.code is not None) for grid in places], np.int64)
        else:
            shares[kind.line] += split_whole(item.yuan, households)
    for at, grid in enumerate(places):
        yield GridMoney(
            code=grid.code,
            name=grid.name,
            community_code=grid.community_code,
            households=grid.households,
            lines={line: int(shares[line][at]) for line in LINES},
        )


def _nobody(one: CommunityCount) -> GridCount:
    """Stand for a community without any cells: what it costs belongs to no grid."""
    return GridCount(
        code=None,
        name="",
        community_code=one.code,
        households=0,
        residents=0,
        institutions=0,
        formal_members=0,
    )


def _total(rows: Sequence[CommunityMoney]) -> CommunityMoney:
    items = tuple(_sum_item(name, [row.items[at] for row in rows]) for at, name in enumerate(ITEMS))
    lines = tuple(_sum_line(line, [row.lines[at] for row in rows]) for at, line in enumerate(LINES))
    return CommunityMoney(code="", name="", items=items, lines=lines)


def _sum_item(name: str, parts: Sequence[ItemCost]) -> ItemCost:
    known = [part for part in parts if part.yuan is not None]
    bases = {part.basis for part in known}
    return ItemCost(
        name=name,
        quantity=sum(part.quantity or 0 for part in known) if known else None,
        yuan=sum(part.yuan or 0 for part in known) if known else None,
        basis=next(iter(bases)) if len(bases) == 1 else "mixed" if bases else "given",
    )


def _sum_line(line: Line, parts: Sequence[LineCost]) -> LineCost:
    budgets = [part.budget for part in parts]
    return LineCost(
        name=line,
        yuan=sum(part.yuan for part in parts),
        once=sum(part.once for part in parts),
        budget=None if None in budgets or not budgets else sum(budget or 0 for budget in budgets),
        unknown=tuple(dict.fromkeys(name for part in parts for name in part.unknown)),
    )


def _missing(staffing: Staffing, facilities: Facilities, costs: UnitCosts) -> Missing:
    posts = [max(0, row.needed - row.posts) for row in staffing.communities if row.posts is not None]
    centres = []
    for venue in facilities.venues:
        price = venue.cost_build
        if price is None and venue.area_m2 is not None:
            price = venue.area_m2 * costs.venue_build_m2_yuan
        if venue.service == "possible" and price is not None:
            centres.append((venue.name, round(price)))
    return Missing(
        posts=sum(posts) if posts else None,
        area_m2=facilities.total.short_m2,
        centres=tuple(sorted(centres, key=lambda one: (one[1], one[0]))),
    )
