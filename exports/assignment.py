"""Write a plan as the table that people correct in a spreadsheet: which cell lies in which grid."""

import csv
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from exports.errors import EndingError, WriteError
from exports.texts import Texts
from scenarios.adoption.difference import FORMULA_SIGNS, Standing

COLUMNS = ("cell_id", "compound", "community", "households", "grid_code")
ENDINGS = (".xlsx", ".csv")

_WIDTHS = {"cell_id": 22, "compound": 22, "community": 18, "households": 10, "grid_code": 22, "grid_name": 26}
_HEAD = PatternFill("solid", fgColor="E8EEF4")
_EDITABLE = PatternFill("solid", fgColor="FFF8DC")
_AS_TEXT = "@"

Row = tuple[str, str, str, int, str]


def write_assignment(standing: Standing, path: Path, texts: Texts) -> None:
    """Write the table by the file's ending; a failure leaves neither a file nor half of one.

    .xlsx has a second sheet of grid codes and names; .csv is UTF-8 with the mark that spreadsheets look for.

    Raises
    ------
    EndingError
        `unknown_ending`.
    WriteError
        `no_folder`, `write_failed`.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise EndingError("unknown_ending", ending=ending, endings=ENDINGS)
    if not path.absolute().parent.is_dir():
        raise WriteError("no_folder", folder=str(path.parent))
    write = _write_workbook if ending == ".xlsx" else _write_csv
    try:
        with tempfile.TemporaryDirectory(prefix=".gridplan-", dir=path.absolute().parent) as folder:
            target = Path(folder) / f"assignment{ending}"
            write(standing, target, texts)
            os.replace(target, path)  # noqa: PTH105 - named for what it does: atomic on one file system
    except OSError as error:
        raise WriteError("write_failed", file=path.name, reason=error.strerror or str(error)) from error


def assignment_rows(standing: Standing) -> Iterator[Row]:
    """Give the rows in the order of community, compound, cell; an empty code where a cell is in no grid."""
    order = {code: at for at, code in enumerate(standing.communities)}
    ids = sorted(
        standing.grid_of_cell,
        key=lambda cell: (
            order.get(standing.community_of_cell[cell], len(order)),
            standing.compound_of_cell[cell] or "",
            cell,
        ),
    )
    for cell in ids:
        compound, home = standing.compound_of_cell[cell] or "", standing.community_of_cell[cell]
        yield (
            cell,
            standing.compounds.get(compound, compound),
            standing.communities.get(home, home),
            standing.households_of_cell[cell],
            standing.grid_of_cell[cell] or "",
        )


def _write_csv(standing: Standing, path: Path, texts: Texts) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([texts(f"exchange.column.{name}") for name in COLUMNS])
        for cell, compound, community, households, code in assignment_rows(standing):
            writer.writerow(
                [_harmless(cell), _harmless(compound), _harmless(community), households, _harmless(code)]
            )


def _write_workbook(standing: Standing, path: Path, texts: Texts) -> None:
    book = Workbook()
    cells = book.active
    cells.title = texts("exchange.sheet.cells")
    _fill(cells, COLUMNS, list(assignment_rows(standing)), texts, editable="grid_code")
    grids = book.create_sheet(texts("exchange.sheet.grids"))
    homes = standing.homes()
    rows = [
        (code, name, standing.communities.get(homes.get(code, ""), ""))
        for code, name in standing.names.items()
    ]
    _fill(grids, ("grid_code", "grid_name", "community"), rows, texts, editable="grid_name")
    book.save(path)


def _fill(
    sheet: Worksheet, columns: Sequence[str], rows: Sequence[Sequence[object]], texts: Texts, *, editable: str
) -> None:
    for at, name in enumerate(columns, start=1):
        head = sheet.cell(1, at, texts(f"exchange.column.{name}"))
        head.font, head.fill = Font(bold=True), _HEAD
        sheet.column_dimensions[get_column_letter(at)].width = _WIDTHS[name]
    for number, row in enumerate(rows, start=2):
        for at, (name, value) in enumerate(zip(columns, row, strict=True), start=1):
            cell = sheet.cell(number, at)
            _put(cell, value)
            if name == editable:
                cell.fill, cell.protection = _EDITABLE, Protection(locked=False)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{1 + len(rows)}"


def _put(cell: Cell, value: object) -> None:
    """Write a value; text stays text, also when it looks like a formula or a number."""
    if isinstance(value, int):
        cell.value = value
        return
    text = ILLEGAL_CHARACTERS_RE.sub("", str(value))
    cell.number_format = _AS_TEXT  # a code typed over it stays text too
    if text:
        cell.value = text
        cell.data_type = "s"
        cell.quotePrefix = text.startswith(FORMULA_SIGNS)


def _harmless(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run; reading takes it off again."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA_SIGNS) else text
