"""What the workbook's sheets hold: titles in the reader's language, rows of plain values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

from exports.book_branches import branches_sheet, cobuild_sheet, organisations_sheet
from exports.book_scenarios import move_fields, move_rows, moves_between_sheet, scenarios_sheet
from exports.book_services import SERVICE_SHEETS
from exports.book_sheet import Field, Kind, Sheet, Value
from exports.certificates import certificate_lines
from exports.changes import request_moves
from exports.gis import CELL_COLUMNS, GRID_COLUMNS, column_label
from exports.request import Request
from exports.rule_words import rule_name, rule_source, rule_value
from exports.sheet.figures import community_names, scenario_name, sheet_figures, whole_extent
from exports.sheet.ground import text
from exports.small_counts import is_hidden, tells_hidden
from scenarios.rules import RULES, GridRules

Maker = Callable[[Request], Sheet | None]
"""Makes a sheet, or nothing where the plan has nothing for it."""

_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("households", "residents", "n_cells", "area_m2", "perimeter_m"), "count"),
    **dict.fromkeys(("contiguous", "in_band"), "flag"),
    "polsby_popper": "decimal",
}
_WIDTHS = {"name": 24, "code": 20, "cell_id": 22, "grid_code": 20, "community_code": 16, "compound_id": 16}


def overview_sheet(request: Request) -> Sheet:
    """Say what the workbook is: scenario, date, that it is a draft, figures, what is known of each plan."""
    texts, names = request.texts, community_names(request)
    outcome = request.outcome
    whole = whole_extent(request)
    rows: list[Sequence[Value]] = [
        (texts("book.place"), whole.name),
        (texts("book.scenario"), scenario_name(request)),
        (texts("book.date"), "" if request.date is None else request.date.isoformat()),
        (texts("exports.draft"), texts("sheets.draft_sentence")),
        *sheet_figures(request, whole).items(),
        (texts("book.sources"), request.sources),
        *([("", request.note)] if request.note else []),
        ("", ""),
    ]
    for item in outcome.certificates:
        first, *rest = certificate_lines(item, texts)
        rows += [(names.get(item.community_code, item.community_code), first), *(("", line) for line in rest)]
    fields = [Field(title=texts("book.item"), width=26), Field(title=texts("book.content"), width=96)]
    return Sheet(name="overview", fields=fields, rows=rows, is_table=False)


def grids_sheet(request: Request) -> Sheet:
    """List the grids with their measures."""
    names, grids = community_names(request), request.outcome.grids
    columns = list(GRID_COLUMNS)
    fields = [_field(request, "grids", name) for name in columns]
    at = columns.index("community_code")
    fields.insert(at, Field(title=request.texts("exports.column.community"), width=18))
    rows = []
    for row in grids.to_dict("records"):
        values = [_of_row(request, row, name) for name in columns]
        values.insert(at, names.get(str(row["community_code"]), ""))
        rows.append(values)
    return Sheet(name="grids", fields=fields, rows=rows)


def costs_sheet(request: Request) -> Sheet | None:
    """List what each grid costs by each measure; the weights stand in the first row."""
    grids, texts = request.outcome.grids, request.texts
    columns = [str(name) for name in grids.columns if str(name).startswith("cost_")]
    if not columns:
        return None
    fields = [_field(request, "grids", name) for name in ("code", "name", *columns)]
    weights = [float(request.outcome.weights.get(name.removeprefix("cost_"), 0.0)) for name in columns]
    rows: list[Sequence[Value]] = [(texts("slides.weight"), "", *weights)]
    rows += [
        [_of_row(request, row, name) for name in ("code", "name", *columns)]
        for row in grids.to_dict("records")
    ]
    return Sheet(name="costs", fields=fields, rows=rows)


def cells_sheet(request: Request) -> Sheet:
    """List the cells, each with its grid."""
    fields = [_field(request, "cells", name) for name in CELL_COLUMNS]
    rows = [
        [_of_row(request, row, name) for name in CELL_COLUMNS]
        for row in request.outcome.cells.to_dict("records")
    ]
    return Sheet(name="cells", fields=fields, rows=rows)


def changes_sheet(request: Request) -> Sheet | None:
    """List who changes grid against today; nothing without today's grids."""
    moves = request_moves(request)
    if moves is None:
        return None
    return Sheet(
        name="changes", fields=move_fields(request, "from_today", "to_plan"), rows=move_rows(request, moves)
    )


def rules_sheet(request: Request) -> Sheet:
    """List the rules in force with their sources, and whether the source's text was seen."""
    texts = request.texts
    known: Mapping[str, object] = {**asdict(GridRules()), **request.outcome.rules}
    rows: list[Sequence[Value]] = []
    for name, value in known.items():
        rule = RULES.get(name)
        if rule is not None and isinstance(value, (int, float)) and texts.has(f"rules.name.{name}"):
            seen = texts("rules.seen" if rule.verified else "rules.cited")
            rows.append(
                (rule_name(texts, rule), rule_value(texts, rule, value), rule_source(texts, rule), seen)
            )
    fields = [
        Field(title=texts("rules.column.name"), width=34),
        Field(title=texts("rules.column.value"), width=16),
        Field(title=texts("rules.column.source"), width=56),
        Field(title=texts("book.checked"), width=16),
    ]
    return Sheet(name="rules", fields=fields, rows=rows)


SHEETS: Sequence[Maker] = (
    overview_sheet,
    grids_sheet,
    cells_sheet,
    changes_sheet,
    scenarios_sheet,
    moves_between_sheet,
    branches_sheet,
    organisations_sheet,
    cobuild_sheet,
    *SERVICE_SHEETS,
    costs_sheet,
    rules_sheet,
)
"""The sheets in their order. A new one is a function that gives a `Sheet` or None, and one line here."""


def _field(request: Request, layer: str, column: str) -> Field:
    kind = _KINDS.get(column, "decimal" if column.startswith("cost_") else "text")
    title = column_label(layer, column, request.texts)
    return Field(title=title, kind=kind, width=_WIDTHS.get(column, max(12.0, min(30.0, 2.1 * len(title)))))


def _of_row(request: Request, row: Mapping[str, object], column: str) -> Value:
    """Give a value of a row; the sign where a count is hidden, nothing where a cost would tell it."""
    if is_hidden(row, column):
        return request.texts("exports.hidden_count")
    value = row[column]
    return (
        None if column.startswith("cost_") and tells_hidden(row, column) else _value(request, value, column)
    )


def _value(request: Request, value: object, column: str) -> Value:
    kind = _KINDS.get(column, "decimal" if column.startswith("cost_") else "text")
    if kind == "count":
        return round(float(str(value)))
    if kind == "decimal":
        return float(str(value))
    if kind == "flag":
        return request.texts("exports.yes" if value else "exports.no")
    if column == "kind":
        key = f"exports.kind.{text(value)}"
        return request.texts(key) if request.texts.has(key) else text(value)
    return text(value)
