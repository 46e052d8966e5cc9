"""Read CSV and Excel as people keep them: a title above the header, blank rows, a row of totals below."""

import csv
import io
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from geo.errors import FormatError
from geo.headers import is_known_header
from geo.read_raw import RawTable, Reading, choose_encoding, encoding_notice, opening
from geo.values import is_blank, shown

_HEADER_SEARCH_ROWS = 10
_TOTALS = ("合计", "合計", "总计", "總計", "小计", "小計", "total", "totals", "sum")
_FIELD_LIMIT = 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    table: pd.DataFrame
    totals: tuple[tuple[int, str], ...]
    overlong: tuple[int, ...]
    header_row: int


def read_csv(path: Path, *, only: bool) -> Reading:
    """Read a CSV in UTF-8, UTF-16 or GB 18030, with commas, semicolons or tabs; every value stays text."""
    raw = path.read_bytes()
    encoding = choose_encoding(raw)
    text = raw.decode(encoding, errors="replace")
    lines = text.splitlines()[:_HEADER_SEARCH_ROWS]
    separator = max(",;\t", key=lambda sign: sum(line.count(sign) for line in lines))
    sheet = _tabulate(_split(text, separator, path.name))
    if sheet is None:
        raise FormatError("source_empty", file=path.name)
    tables = (_raw_table(sheet, path.stem, path, only=only),)
    return Reading(tables=tables, faults=encoding_notice(path.name, encoding))


def _split(text: str, separator: str, file: str) -> list[list[str]]:
    usual = csv.field_size_limit(
        _FIELD_LIMIT
    )  # the shape of a district as WKT is longer than the usual limit
    try:
        return list(csv.reader(io.StringIO(text), delimiter=separator))
    except csv.Error as error:
        raise FormatError("source_unreadable", file=file) from error
    finally:
        csv.field_size_limit(usual)


def _raw_table(sheet: _Sheet, name: str, path: Path, *, only: bool) -> RawTable:
    return RawTable(
        name=name,
        file=path.name,
        stem=path.stem,
        only=only,
        table=sheet.table,
        totals=sheet.totals,
        overlong=sheet.overlong,
        header_row=sheet.header_row,
    )


def read_excel(path: Path, *, only: bool) -> Reading:
    """Read every sheet of an .xlsx or .xls that holds anything; hidden sheets too.

    Raises
    ------
    FormatError
        `source_unreadable`, or `source_empty` when no sheet holds anything.
    """
    with opening(path.name), warnings.catch_warnings():
        # Styles that openpyxl cannot keep do not matter here, nor that pandas 4 will let xlrd go.
        warnings.simplefilter("ignore")
        sheets = _open_workbook(path)
    read = {str(name): _tabulate(sheet.to_numpy(dtype=object).tolist()) for name, sheet in sheets.items()}
    filled = {name: sheet for name, sheet in read.items() if sheet is not None}
    if not filled:
        raise FormatError("source_empty", file=path.name)
    alone = only and len(filled) == 1
    return Reading(tables=tuple(_raw_table(sheet, name, path, only=alone) for name, sheet in filled.items()))


def _open_workbook(path: Path) -> Mapping[str, pd.DataFrame]:
    with path.open("rb") as opened:
        is_zip = opened.read(2) == b"PK"
    # xlrd writes its complaints to standard output, which belongs to `--json`.
    options: dict[str, Any] = {} if is_zip else {"logfile": io.StringIO()}
    sheets: Mapping[str, pd.DataFrame] = pd.read_excel(
        path,
        sheet_name=None,
        header=None,
        dtype=object,
        na_filter=False,
        engine="openpyxl" if is_zip else "xlrd",
        engine_kwargs=options,
    )
    return sheets


def _tabulate(rows: Sequence[Sequence[object]]) -> _Sheet | None:
    """Make a table of rows: find the header, leave out blank rows and totals; None if all is blank."""
    filled = [row for row in rows[:_HEADER_SEARCH_ROWS] if any(not is_blank(cell) for cell in row)]
    if not filled:
        return None
    head = max(range(min(len(rows), _HEADER_SEARCH_ROWS)), key=lambda i: (_headers_in(rows[i]), -i))
    if not _headers_in(rows[head]):
        head = rows.index(filled[0])
    width = len(rows[head])
    kept: dict[int, list[object]] = {}
    totals, overlong = [], []
    for number, row in enumerate(rows[head + 1 :], start=1):
        cells = [None if is_blank(cell) else cell for cell in row]
        first = next((cell for cell in cells if cell is not None), None)
        if first is None:
            continue
        if any(cell is not None for cell in cells[width:]):
            overlong.append(number)
        if str(first).strip().replace(" ", "").lower() in _TOTALS:
            totals.append((number, shown(first)))
        else:
            kept[number] = cells[:width] + [None] * (width - len(cells))
    table = pd.DataFrame(list(kept.values()), index=list(kept), columns=range(width), dtype=object)
    headers = _name_headers(rows[head])
    wanted = [i for i in range(width) if not is_blank(rows[head][i]) or table[i].notna().any()]
    table = table[wanted].set_axis([headers[i] for i in wanted], axis=1)
    return _Sheet(table=table, totals=tuple(totals), overlong=tuple(overlong), header_row=head + 1)


def _name_headers(cells: Sequence[object]) -> list[str]:
    """Name every column once: a repeated header gets a number behind it, a blank one its position."""
    names: list[str] = []
    for position, cell in enumerate(cells, start=1):
        name = f"#{position}" if is_blank(cell) else str(cell).strip()
        names.append(f"{name} ({position})" if name in names else name)
    return names


def _headers_in(row: Sequence[object]) -> int:
    return sum(not is_blank(cell) and is_known_header(str(cell)) for cell in row)
