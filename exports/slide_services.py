"""Slides on what a scenario costs and whom it needs: sentences, then the tables that they stand on."""

from collections.abc import Sequence

from exports.letters import ems
from exports.money_tables import line_table, money_sentences, money_table
from exports.request import Request
from exports.service_table import Column, Table, Value
from exports.slide_columns import Head
from exports.slide_parts import MARGIN_MM, WIDTH_MM, Deck, Run, add_slide, add_table, add_text, count_lines
from exports.slide_tables import fits_slide, table_slides
from exports.staff_tables import staff_sentences, staff_table
from exports.texts import Texts

_STAFF_COLUMNS = 11  # up to the households of a worker; the other loads stand in the workbook
_LINE_MM, _TOP_MM, _SIZE_PT = 8.0, 28.0, 14.0
_STAFF_PT = 11.0


def cost_slides(request: Request, deck: Deck) -> None:
    """Add the five lines of the whole and those of the communities; nothing where they were not measured."""
    services, texts = request.services, request.texts
    if services is None:
        return
    money = services.money
    slide = add_slide(deck, texts("money.slide"))
    below = _say(deck, slide, money_sentences(texts, money.total))
    table = line_table(texts, money.total)
    add_table(deck, slide, heads_of(table), rows_of(texts, table), top_mm=below, size_pt=_SIZE_PT)
    whole = money_table(texts, money)
    table_slides(deck, texts("money.slide_communities"), heads_of(whole), rows_of(texts, whole), size_pt=10)


def staff_slides(request: Request, deck: Deck) -> None:
    """Add needs, posts and vacancies of the communities; nothing where they were not measured."""
    services, texts = request.services, request.texts
    if services is None:
        return
    slide = add_slide(deck, texts("staff.slide"))
    below = _say(deck, slide, staff_sentences(texts, services.staffing))
    table = staff_table(texts, services.staffing)
    heads = heads_of(table)[:_STAFF_COLUMNS]
    rows = [row[:_STAFF_COLUMNS] for row in rows_of(texts, table)]
    if fits_slide(heads, rows, below, _STAFF_PT):
        add_table(deck, slide, heads, rows, top_mm=below, size_pt=_STAFF_PT)
    else:  # the sum stands by the sentences, the communities on slides of their own
        add_table(deck, slide, heads, rows[-1:], top_mm=below, size_pt=_STAFF_PT)
        table_slides(deck, texts("staff.slide"), heads, rows, size_pt=_STAFF_PT)


def heads_of(table: Table) -> list[Head]:
    """Give the heads of a table as slides have them, as wide as title and values need."""
    return [
        (
            column.title,
            max(_length(column.title), *(_length(row[at]) for row in table.rows), 4) + 2,
            _right(column),
        )
        for at, column in enumerate(table.columns)
    ]


def _right(column: Column) -> bool:
    return column.kind != "text"


def _length(value: Value) -> float:
    """Estimate the room that something takes, in figures; a letter of Chinese is as wide as two."""
    said = f"{value:,.0f}" if isinstance(value, int | float) else value or ""
    return ems(said) * 1.8


def rows_of(texts: Texts, table: Table) -> list[list[str]]:
    """Write the rows of a table; what is not counted says so."""
    return [
        [_written(texts, value, column) for value, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]


def _written(texts: Texts, value: Value, column: Column) -> str:
    if value is None:
        return texts("staff.no_data")
    if isinstance(value, str):
        return value
    return texts.number(value, column.digits if column.kind == "decimal" else 0)


def _say(deck: Deck, slide: object, sentences: Sequence[str]) -> float:
    """Write sentences below the title; give where what follows may begin, in millimetres."""
    width = WIDTH_MM - 2 * MARGIN_MM
    height = sum(count_lines(said, width, _SIZE_PT) for said in sentences) * _LINE_MM
    runs = [Run(text=said, size_pt=_SIZE_PT) for said in sentences]
    add_text(deck, slide, (MARGIN_MM, _TOP_MM, width, height), runs)
    return _TOP_MM + height + 2
