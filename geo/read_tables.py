"""Read CSV and Excel as people keep them: a title above the header, blank rows, a row of totals below."""

import csv
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import xlrd

from geo.errors import FormatError
from geo.faults import found
from geo.headers import is_known_header
from geo.read_raw import RawTable, Reading, choose_encoding
from geo.values import is_blank, shown

_HEADER_SEARCH_ROWS = 10
_TOTALS = ("合计", "合計", "总计", "總計", "小计", "小計", "total", "totals", "sum")
_PLAIN_ENCODINGS = ("utf-8", "utf-8-sig")


def read_csv(path: Path, *, only: bool) -> Reading:
    """Read a CSV in UTF-8, UTF-16 or GB 18030, with commas, semicolons or tabs; every value stays text."""
    raw = path.read_bytes()
    encoding = choose_encoding(raw)
    text = raw.decode(encoding, errors="replace")
    lines = text.splitlines()[:_HEADER_SEARCH_ROWS]
    separator = max(",;\t", key=lambda sign: sum(line.count(sign) for line in lines))
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=separator))
    except csv.Error as error:
        raise FormatError("source_unreadable", file=path.name) from error
    faults = (
        ()
        if encoding in _PLAIN_ENCODINGS
        else (found("text_encoding", "", file=path.name, encoding=encoding),)
    )
    table, totals = _tabulate(rows)
    if table is None:
        raise FormatError("source_empty", file=path.name)
    read = RawTable(name=path.stem, file=path.name, stem=path.stem, only=only, table=table, totals=totals)
    return Reading(tables=(read,), faults=faults)


def read_excel(path: Path, *, only: bool) -> Reading:
    """Read every sheet of an .xlsx or .xls that holds anything; hidden sheets too.

    Raises
    ------
    FormatError
        `source_unreadable`, or `source_empty` when no sheet holds anything.
    """
    try:
        sheets = pd.read_excel(path, sheet_name=None, header=None, dtype=object, na_filter=False)
    except (ValueError, KeyError, OSError, zipfile.BadZipFile, xlrd.XLRDError, AssertionError) as error:
        raise FormatError("source_unreadable", file=path.name) from error
    tables = {str(name): _tabulate(sheet.to_numpy(dtype=object).tolist()) for name, sheet in sheets.items()}
    filled = {name: (table, totals) for name, (table, totals) in tables.items() if table is not None}
    if not filled:
        raise FormatError("source_empty", file=path.name)
    alone = only and len(filled) == 1
    return Reading(
        tables=tuple(
            RawTable(name=name, file=path.name, stem=path.stem, only=alone, table=table, totals=totals)
            for name, (table, totals) in filled.items()
        )
    )


def _tabulate(
    rows: Sequence[Sequence[object]],
) -> tuple[pd.DataFrame | None, tuple[tuple[int, str], ...]]:
    """Make a table of rows: find the header, leave out blank rows and columns and rows of totals."""
    filled = [row for row in rows[:_HEADER_SEARCH_ROWS] if any(not is_blank(cell) for cell in row)]
    if not filled:
        return None, ()
    head = max(range(min(len(rows), _HEADER_SEARCH_ROWS)), key=lambda i: (_headers_in(rows[i]), -i))
    if not _headers_in(rows[head]):
        head = rows.index(filled[0])
    headers = ["" if is_blank(cell) else str(cell).strip() for cell in rows[head]]
    body = rows[head + 1 :]
    kept, totals = [], []
    for number, row in enumerate(body, start=1):
        first = next((cell for cell in row if not is_blank(cell)), None)
        if first is None:
            continue
        if str(first).strip().replace(" ", "").lower() in _TOTALS:
            totals.append((number, shown(first)))
        else:
            kept.append((number, list(row)[: len(headers)]))
    table = pd.DataFrame(
        [row for _, row in kept],
        index=[number for number, _ in kept],
        columns=range(len(headers)),
        dtype=object,
    )
    table = table.map(lambda cell: None if is_blank(cell) else cell)
    wanted = [i for i, header in enumerate(headers) if header and header not in headers[:i]]
    return table[wanted].set_axis([headers[i] for i in wanted], axis=1), tuple(totals)


def _headers_in(row: Sequence[object]) -> int:
    return sum(not is_blank(cell) and is_known_header(str(cell)) for cell in row)
