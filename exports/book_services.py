"""Sheets of the workbook on staff, venues and money: the tables of the screen; unit costs with sources."""

from collections.abc import Sequence
from dataclasses import asdict, replace

from exports.book_sheet import Field, Sheet, Value, room_for
from exports.facilities_tables import facilities_table, gap_table, venue_table
from exports.money_tables import grid_money_table, money_table
from exports.request import Request
from exports.rule_words import rule_name, rule_source
from exports.service_table import Column, Table
from exports.service_table import Value as Plain
from exports.sheet.figures import community_names
from exports.small_counts import is_hidden
from exports.staff_tables import staff_table, task_table
from scenarios.facilities.values import Facilities
from scenarios.rules import RULES

_WIDEST = 40.0


def facilities_sheet(request: Request) -> Sheet | None:
    """List area, activity area and functions of the communities; nothing without any venue."""
    found = _facilities(request)
    return None if found is None else _sheet(request, "facilities", facilities_table(request.texts, found))


def venues_sheet(request: Request) -> Sheet | None:
    """List the venues with what they offer."""
    found = _facilities(request)
    if found is None:
        return None
    return _sheet(request, "venues", venue_table(request.texts, found, community_names(request)))


def gaps_sheet(request: Request) -> Sheet | None:
    """List what venues lack and what is not known of them, with the source of the rule."""
    found = _facilities(request)
    return None if found is None else _sheet(request, "gaps", gap_table(request.texts, found))


def _facilities(request: Request) -> Facilities | None:
    """Give what venues offer where any is known."""
    services = request.services
    return services.facilities if services is not None and services.facilities.venues else None


def staff_sheet(request: Request) -> Sheet | None:
    """List needs, posts, vacancies and loads of the communities."""
    services = request.services
    return (
        None if services is None else _sheet(request, "staff", staff_table(request.texts, services.staffing))
    )


def tasks_sheet(request: Request) -> Sheet | None:
    """List the register of tasks; nothing where none is registered."""
    services = request.services
    if services is None or not services.staffing.tasks:
        return None
    return _sheet(request, "tasks", task_table(request.texts, services.staffing, community_names(request)))


def money_sheet(request: Request) -> Sheet | None:
    """List the five lines of the communities."""
    services = request.services
    return None if services is None else _sheet(request, "money", money_table(request.texts, services.money))


def grid_money_sheet(request: Request) -> Sheet | None:
    """List the five lines of each grid; no figures where its households, which share them, are hidden."""
    services, texts = request.services, request.texts
    if services is None:
        return None
    sheet = _sheet(request, "grid_money", grid_money_table(texts, services.money, community_names(request)))
    grids = request.outcome.grids.to_dict("records")
    hidden = {str(row["code"]) for row in grids if is_hidden(row, "households")}
    sign = texts("exports.hidden_count")
    rows = [[*row[:3], *[sign] * (len(row) - 3)] if row[1] in hidden else row for row in sheet.rows]
    return replace(sheet, rows=rows)


def unit_costs_sheet(request: Request) -> Sheet | None:
    """List the unit costs in force with their sources, and whether the source's text was seen."""
    services, texts = request.services, request.texts
    if services is None:
        return None
    rows: list[Sequence[Value]] = []
    for name, yuan in asdict(services.money.settings.costs).items():
        rule = RULES[name]
        ours = rule.source == "ours"
        seen = "" if ours else texts("rules.seen" if rule.verified else "rules.cited")
        rows.append((rule_name(texts, rule), yuan, rule_source(texts, rule), seen))
    title = texts("money.view.costs")
    fields = [
        Field(title=title, width=room_for(title, [row[0] for row in rows], 34, 60)),
        Field(title=texts("money.column.price"), kind="count", width=16),
        Field(title=texts("rules.column.source"), width=40),
        Field(title=texts("book.checked"), width=16),
    ]
    return Sheet(name="unit_costs", fields=fields, rows=rows)


def _sheet(request: Request, name: str, table: Table) -> Sheet:
    none = request.texts("staff.no_data")
    rows = [
        [_value(value, column, none) for value, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    fields = [
        Field(
            title=column.title,
            kind=column.kind,
            width=room_for(column.title, [row[at] for row in rows], column.width, max(_WIDEST, column.width)),
        )
        for at, column in enumerate(table.columns)
    ]
    return Sheet(name=name, fields=fields, rows=rows)


def _value(value: Plain, column: Column, none: str) -> Value:
    """Say that nothing was counted; an empty cell would read as none at all."""
    if value is None:
        return none
    return round(value) if column.kind == "count" and isinstance(value, float) else value


SERVICE_SHEETS = (
    facilities_sheet,
    venues_sheet,
    gaps_sheet,
    staff_sheet,
    tasks_sheet,
    money_sheet,
    grid_money_sheet,
    unit_costs_sheet,
)
"""In the order in which they stand in the workbook."""
