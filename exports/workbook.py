"""Write an outcome as a workbook; text that looks like a formula stays text."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from exports.book_sheet import Kind, Sheet, Value
from exports.book_sheets import SHEETS
from exports.letters import ems
from exports.request import Request
from scenarios.adoption.difference import FORMULA_SIGNS

_HEAD = PatternFill("solid", fgColor="E8EEF4")
_BOLD = Font(bold=True)
_FORMATS: Mapping[Kind, str] = {"text": "@", "count": "#,##0", "decimal": "#,##0.00", "flag": "@"}
_WRAP = Alignment(wrap_text=True, vertical="top")
_WRAP_INDENT = Alignment(wrap_text=True, vertical="top", horizontal="left", indent=1)
_TOP = Alignment(vertical="top")
_INDENT = Alignment(horizontal="left", vertical="top", indent=1)
_RIGHT = Alignment(horizontal="right", vertical="top")
_WRAPPED = 36
"""Columns so wide hold sentences."""
_LINE_PT = 15.0
_FIXED = dt.datetime(2020, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)  # openpyxl wants no zone


def write_workbook(request: Request, path: Path) -> None:
    """Write the sheets of the registry that have something to say."""
    book = Workbook()
    book.remove(book.active)
    for make in SHEETS:
        sheet = make(request)
        if sheet is not None:
            fill_page(book.create_sheet(request.texts(f"book.sheet.{sheet.name}")), sheet)
    # The date of the plan is printed inside; the file's own would make each file differ.
    book.properties.creator = "Gridplan"
    book.properties.created = book.properties.modified = _FIXED
    book.save(path)


def fill_page(page: Worksheet, sheet: Sheet) -> None:
    """Write a sheet on a page of a book, ready to be printed."""
    for at, field in enumerate(sheet.fields, start=1):
        head = page.cell(1, at)
        _put(head, field.title, "text")
        head.font, head.fill = _BOLD, _HEAD
        # Above figures the head stands as they do.
        side = "right" if field.kind in ("count", "decimal", "figure") else "left"
        indent = int(side == "left" and at > 1 and sheet.is_table)
        head.alignment = Alignment(wrap_text=True, vertical="center", horizontal=side, indent=indent)
        page.column_dimensions[get_column_letter(at)].width = field.width
    lines = max(-int(-2 * ems(field.title, narrow=0.6) // (field.width - 2)) for field in sheet.fields)
    page.row_dimensions[1].height = lines * _LINE_PT + 3
    for number, row in enumerate(sheet.rows, start=2):
        for at, (field, value) in enumerate(zip(sheet.fields, row, strict=True), start=1):
            cell = page.cell(number, at)
            _put(cell, value, field.kind)
            cell.alignment = _TOP
            if not sheet.is_table or field.width >= _WRAPPED:
                cell.alignment = _WRAP if at == 1 or not sheet.is_table else _WRAP_INDENT
            elif field.kind in ("count", "decimal") and isinstance(value, str):
                cell.alignment = _RIGHT  # a word in place of a figure stands where it would
            elif field.kind in ("text", "flag") and at > 1:
                cell.alignment = _INDENT  # keeps away from figures that end at its left edge
        lines = _count_lines(sheet, row)
        if lines > 1:  # not every program finds the height of wrapped text by itself
            page.row_dimensions[number].height = lines * _LINE_PT
    page.freeze_panes = "A2" if len(sheet.fields) < 5 or not sheet.is_table else "B2"
    if sheet.is_table:
        page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.fields))}{1 + len(sheet.rows)}"
    _set_print(page)


def _count_lines(sheet: Sheet, row: Sequence[Value]) -> int:
    """Count the lines of the longest text in the columns that wrap."""
    return max(
        (
            -int(-2 * ems(value, narrow=0.5) // (field.width - 1))
            for field, value in zip(sheet.fields, row, strict=True)
            if isinstance(value, str) and value and (not sheet.is_table or field.width >= _WRAPPED)
        ),
        default=1,
    )


def _set_print(page: Worksheet) -> None:
    """Print across the width of a page, with the head on each."""
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:1"


def _put(cell: Cell, value: Value, kind: Kind) -> None:
    if kind == "figure":
        kind = "count" if isinstance(value, (int, float)) and float(value).is_integer() else "decimal"
    cell.number_format = _FORMATS[kind]
    if isinstance(value, (int, float)):
        cell.value = value if math.isfinite(value) else None
        return
    text = ILLEGAL_CHARACTERS_RE.sub("", value or "")
    if text:
        cell.value = text
        cell.data_type = "s"  # openpyxl would take a leading "=" for a formula
        cell.quotePrefix = text.startswith(FORMULA_SIGNS)
