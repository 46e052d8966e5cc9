"""Read an assignment table back, cell → grid code, as a spreadsheet left it, with every fault at once."""

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from geo.headers import normalise
from geo.layers import Fault
from geo.read_raw import RawTable, Reading
from geo.values import is_blank, read_identifier, read_text, shown
from scenarios.adoption.difference import (
    Adoption,
    Allow,
    Known,
    Standing,
    is_fitting_code,
    know,
    refuse,
    settle,
    take_off_guard,
    tidy,
)

LAYER = "assignment"
"""What findings call the table."""

CELL, CODE, NAME = "cell_id", "grid_code", "grid_name"

SPELLINGS: Mapping[str, tuple[str, ...]] = {
    CELL: (
        *("cell id", "cell", "cell code", "基本单元编号", "基本單元編號", "基本单元", "基本單元"),
        *("单元编号", "單元編號", "基本单元编码", "基本單元編碼"),
    ),
    CODE: (
        *("grid code", "grid", "grid id", "code", "网格编码", "網格編碼", "网格编号", "網格編號", "网格代码"),
        *("網格代碼", "所属网格", "所屬網格", "网格", "網格"),
    ),
    NAME: ("grid name", "name", "网格名称", "網格名稱", "名称", "名稱"),
}
"""Column → headers under which it is found, the most telling first."""

_MOST_DIGITS = 15  # a spreadsheet turns the sixteenth digit and all after it into 0
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")
_MOST_NAMED = 8
_NAMED_TOGETHER: Mapping[str, str] = {"assignment_cell_unknown": "value", "assignment_code_blank": "cell"}
"""Code of a fault → the fact in which rows may differ that are told of together."""


def adopt_table(reading: Reading, file: str, standing: Standing, *, allow: Allow) -> Adoption:
    """Give what a table that was read would change.

    Parameters
    ----------
    reading
        A table with a column of cell ids and one of grid codes, in any order, among any others. A sheet of
        codes and names beside it names grids.
    standing
        The plan to compare with.
    allow
        Whether unknown codes may become new grids, and blank codes take cells out of their grids.

    Raises
    ------
    AdoptionError
        `adoption_refused`: every fault with its row in the sheet and its column; of one that many rows
        have, `rows` lists them all.
    """
    table = find_assignment(reading.tables)
    if table is None:
        headers = (SPELLINGS[CELL][2], SPELLINGS[CODE][4])
        refuse(file, [*reading.faults, _fault("assignment_columns_missing", headers=headers)])
        return settle(standing, {}, names={}, source=file, kind="table")
    rows = _Rows(standing=standing, allow=allow)
    for number, cell, code in _lines(table):
        _read_row(rows, number, cell, code)
    findings = [*reading.faults, *_gather(rows.findings), *_sum_up(rows)]
    refuse(file, findings)
    names = _read_names(reading.tables, table, standing)
    return settle(standing, rows.wanted, names=names, source=file, kind="table", findings=findings)


def find_assignment(tables: tuple[RawTable, ...]) -> RawTable | None:
    """Find the table that assigns cells to grids: the first with both columns; None where there is none."""
    return next((table for table in tables if {CELL, CODE} <= _columns(table).keys()), None)


@dataclass(slots=True, kw_only=True)
class _Rows:
    """What the rows read so far say; the one working state of a reading."""

    standing: Standing
    allow: Allow
    wanted: dict[str, str | None] = field(default_factory=dict)
    first_row: dict[str, int] = field(default_factory=dict)
    findings: list[Fault] = field(default_factory=list)
    tidied: int = 0
    cells: Known = field(init=False)
    codes: Known = field(init=False)
    homes: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.cells = know(self.standing.grid_of_cell)
        self.codes = know(self.standing.names)
        self.homes = self.standing.homes()


def _read_row(rows: _Rows, number: int, cell: object, code: object) -> None:
    found = _read_cell(rows, number, cell)
    wanted, fault = _read_code(rows, number, code, found)
    if fault is not None:
        rows.findings.append(fault)
    if found is None:
        return
    if found in rows.first_row:
        rows.findings.extend(_repeated(rows, number, found, wanted) if fault is None else ())
        return
    rows.first_row[found] = number
    if fault is None:
        rows.wanted[found] = wanted


def _read_cell(rows: _Rows, number: int, value: object) -> str | None:
    text = _text(value, rows.cells)
    if text is None:
        code = "assignment_cell_blank" if is_blank(value) else "assignment_rounded"
        rows.findings.append(
            _fault(code, number, CELL, **({} if is_blank(value) else {"value": shown(value)}))
        )
        return None
    found = rows.cells.find(text)
    if found is None:
        rows.findings.append(_fault("assignment_cell_unknown", number, CELL, value=shown(value)))
    rows.tidied += found is not None and found != text
    return found


def _read_code(rows: _Rows, number: int, value: object, cell: str | None) -> tuple[str | None, Fault | None]:
    """Read the code of a row and give the fault with it, if any; without its cell only the writing counts."""
    if is_blank(value):
        return None, _blank(rows, number, cell)
    text = _text(value, rows.codes)
    if text is None:
        return None, _fault("assignment_rounded", number, CODE, value=shown(value))
    found = rows.codes.find(text) or tidy(text)
    rows.tidied += found != text
    fault = None if cell is None else _check_code(rows, number, found, rows.standing.community_of_cell[cell])
    return (found if fault is None else None), fault


def _check_code(rows: _Rows, number: int, code: str, community: str) -> Fault | None:
    """Give the fault of a code for a cell of that community, None where it may have it."""
    home = rows.homes.get(code)
    if home == community:
        return None
    names = rows.standing.communities
    facts = {"value": shown(code), "community": names.get(community, community)}
    if home is not None:
        return _fault("assignment_code_elsewhere", number, CODE, **facts, other=names.get(home, home))
    if not is_fitting_code(rows.standing, code, community):
        return _fault("assignment_code_unfit", number, CODE, **facts, pattern=f"{community}001")
    if rows.allow.new_grids:
        return None
    now = rows.standing.recoded.get(code)
    if now is not None:
        return _fault("assignment_code_recoded", number, CODE, **facts, now=now)
    return _fault("assignment_code_unknown", number, CODE, **facts)


def _blank(rows: _Rows, number: int, cell: str | None) -> Fault | None:
    held = None if cell is None else rows.standing.grid_of_cell[cell]
    if held is None or rows.allow.unassigned:
        return None
    return _fault("assignment_code_blank", number, CODE, cell=shown(cell), grid=str(held))


def _repeated(rows: _Rows, number: int, cell: str, wanted: str | None) -> Iterator[Fault]:
    first = rows.first_row[cell]
    if cell in rows.wanted and rows.wanted[cell] != wanted:
        yield _fault("assignment_cell_twice", number, CELL, value=shown(cell), first_row=first)
    else:
        yield _notice("assignment_cell_repeated", number, CELL, value=shown(cell), first_row=first)


def _gather(findings: list[Fault]) -> list[Fault]:
    """Tell what is the same in many rows once, with all the rows: a list that is too long is not read.

    Cells are not the same in two rows, but nothing else may differ: they are named together.
    """
    alike: dict[Hashable, list[Fault]] = {}
    for item in findings:
        apart = _NAMED_TOGETHER.get(item.code)
        facts = tuple(sorted((name, str(value)) for name, value in item.facts.items() if name != apart))
        alike.setdefault((item.code, item.column, facts), []).append(item)
    return [_join(items) if len(items) > 1 else items[0] for items in alike.values()]


def _join(items: list[Fault]) -> Fault:
    first, apart = items[0], _NAMED_TOGETHER.get(items[0].code)
    facts = {**first.facts, "rows": tuple(item.row for item in items)}
    if apart is not None:
        facts[apart] = tuple(dict.fromkeys(item.facts[apart] for item in items))
    return replace(first, facts=facts)


def _sum_up(rows: _Rows) -> Iterator[Fault]:
    missing = [cell for cell in rows.standing.grid_of_cell if cell not in rows.first_row]
    if missing and rows.first_row:
        yield _notice("assignment_rows_missing", n=len(missing), cells=tuple(missing[:_MOST_NAMED]))
    if not rows.first_row and not rows.findings:
        yield _fault("assignment_empty")
    if rows.tidied:
        yield Fault(
            code="assignment_tidied", severity="repair", layer=LAYER, facts={"n": rows.tidied, "layer": LAYER}
        )


def _lines(table: RawTable) -> Iterator[tuple[int, object, object]]:
    columns = _columns(table)
    cells, codes = (table.table[columns[name]] for name in (CELL, CODE))
    if table.file.lower().endswith(".csv"):
        cells, codes = cells.map(_unguarded), codes.map(_unguarded)
    for number, cell, code in zip(table.table.index, cells, codes, strict=True):
        # Rows in which only other columns are filled (remarks, sums below) say nothing of a cell.
        if not (is_blank(cell) and is_blank(code)):
            yield int(number) + table.header_row, cell, code


def _unguarded(value: object) -> object:
    return take_off_guard(value) if isinstance(value, str) else value


def _columns(table: RawTable) -> dict[str, str]:
    """Find the columns of a table by their headers: column → header, each header for one column."""
    headers = [str(header) for header in table.table.columns]
    plain = {header: normalise(header) for header in headers}
    found: dict[str, str] = {}
    for name, spellings in SPELLINGS.items():
        for spelling in map(normalise, (name, *spellings)):
            fits = [
                header for header in headers if plain[header] == spelling and header not in found.values()
            ]
            if fits and name not in found:
                found[name] = fits[0]
    return found


def _read_names(tables: tuple[RawTable, ...], main: RawTable, standing: Standing) -> dict[str, str]:
    """Read the names that another sheet gives to codes; the first one counts."""
    names: dict[str, str] = {}
    codes = know(standing.names)
    for table in tables:
        columns = _columns(table)
        if table is main or not {CODE, NAME} <= columns.keys():
            continue
        for value, given in zip(table.table[columns[CODE]], table.table[columns[NAME]], strict=True):
            code, name = _text(value, codes), read_text(given).value
            if code is not None and isinstance(name, str):
                names.setdefault(codes.find(code) or tidy(code), name)
    return names


def _text(value: object, known: Known) -> str | None:
    """Read an id or code as text; None where a spreadsheet has rounded it, or where there is nothing."""
    if isinstance(value, str) and known.find(value) is not None:
        return value
    if (
        isinstance(value, int | np.integer)
        and not isinstance(value, bool)
        and len(str(abs(int(value)))) > _MOST_DIGITS
    ):
        return None
    if isinstance(value, pd.Timestamp) or is_blank(value):
        return None if is_blank(value) else str(value)
    read = read_identifier(value)
    if read.how == "imprecise" or not isinstance(read.value, str):
        return None
    return None if _ROUNDED.fullmatch(tidy(read.value)) else read.value


def _fault(code: str, row: int | None = None, column: str | None = None, /, **facts: object) -> Fault:
    return Fault(code=code, severity="fault", layer=LAYER, row=row, column=column, facts=facts)


def _notice(code: str, row: int | None = None, column: str | None = None, /, **facts: object) -> Fault:
    return Fault(code=code, severity="notice", layer=LAYER, row=row, column=column, facts=facts)
