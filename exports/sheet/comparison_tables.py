"""The tables of a comparison: the figures of both plans with their difference, and who moves."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from exports.changes import from_name
from exports.compare import Difference
from exports.indicator_words import indicator_name, indicator_value
from exports.request import Request
from exports.sheet.figures import community_names, scenario_name, sheet_figures
from exports.sheet.ground import Extent, short_code
from exports.sheet.tables import Column, Table, Value
from exports.small_counts import count_of_row, mark_moves
from exports.texts import Texts
from scenarios.comparison.indicators import Indicator, measure
from scenarios.outcome import Outcome

if TYPE_CHECKING:  # maps are drawn without the engines that these bring
    from scenarios.money.read import Services


def shown_indicators(outcomes: Sequence[Outcome], services: "Sequence[Services]" = ()) -> list[Indicator]:
    """Measure plans side by side: what any of them knows, without the single costs."""
    measured = []
    if services:
        from scenarios.comparison.services import indicators_of  # noqa: PLC0415 - see above

        measured = [indicators_of(one) for one in services]
    return [
        item
        for item in measure(outcomes, measured)
        if not item.name.startswith("cost_") and any(amount is not None for amount in item.amounts)
    ]


def figures_table(
    first: Request, second: Request, extents: tuple[Extent, Extent], difference: Difference, zoom: float
) -> Table:
    """Set the figures of both plans side by side."""
    texts = first.texts
    columns = [
        Column(texts("sheets.compare.indicator"), 4.4),
        Column(scenario_name(first), 1.7, "right"),
        Column(scenario_name(second), 1.7, "right"),
        Column(texts("sheets.compare.difference"), 1.4, "right"),
    ]
    moved = (texts("sheets.compare.moved"), "", "", texts.number(difference.households))
    if extents[0].kind == "all":
        rows: list[Sequence[Value]] = [
            _row(item, first) for item in shown_indicators([first.outcome, second.outcome])
        ]
    else:
        one, other = (
            sheet_figures(request, extent) for request, extent in zip((first, second), extents, strict=True)
        )
        rows = [(name, value, other.get(name, ""), "") for name, value in one.items()]
    return Table(columns=columns, rows=[*rows, moved], size_pt=7.2 * zoom, row_mm=4.5 * zoom)


def _row(item: Indicator, request: Request) -> Sequence[Value]:
    texts = request.texts
    before, after = (indicator_value(amount, item.unit, texts) for amount in item.amounts)
    change = item.differences[1]
    said = "" if not change else indicator_value(change, item.unit, texts, signed=True)
    return (indicator_name(item, texts), before, after, said)


def moves_table(first: Request, second: Request, difference: Difference, zoom: float) -> Table:
    """List who changes grid, the largest moves first."""
    texts, names = first.texts, community_names(first)
    rows = [
        (
            names.get(str(row["community_code"]), ""),
            from_name(row, texts, short_code(str(row["from_grid"]))),
            short_code(str(row["to_grid"])),
            count_of_row(texts, row, "households"),
            count_of_row(texts, row, "residents"),
        )
        for row in mark_moves(difference.moves, hide=first.sheet.hide_small).to_dict("records")
    ]
    columns = [
        Column(texts("exports.column.community"), 2.6),
        Column(texts("sheets.compare.from", name=scenario_name(first)), 2.2, "center"),
        Column(texts("sheets.compare.to", name=scenario_name(second)), 2.2, "center"),
        Column(texts("sheets.column.households"), 1.3, "right"),
        Column(texts("sheets.column.residents"), 1.3, "right"),
    ]
    return Table(columns=columns, rows=rows, size_pt=7.0 * zoom, row_mm=4.2 * zoom)


def cut_table(table: Table, height: float, texts: Texts, key: str) -> Table:
    """Leave out the rows that do not fit; the last row says how many, by the text of `key`."""
    fits = table.fitting(height)
    if fits >= len(table.rows):
        return table
    kept = max(0, fits - 1)
    last = (texts(key, n=len(table.rows) - kept), *[""] * (len(table.columns) - 1))
    return replace(table, rows=[*table.rows[:kept], last])
