"""Tables on paper: as many rows as fit a box, numbers to the right, long text shortened."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from exports.sheet.fonts import MM_PER_PT, Type
from exports.sheet.marks import Align, Box, Mark, Style, Words, rectangle, rule

_HEAD = "#E9EDF1"
_STRIPE = "#F7F8F9"
_LINE = "#9AA3AB"
_LEAST_HEAD = 0.72
_FINE_HEAD = 0.9


class Column(NamedTuple):
    """A column: its title, its share of the width, and how its values stand."""

    title: str
    share: float
    align: Align = "left"


class Cell(NamedTuple):
    """A value that is not plain: bold or in another colour."""

    text: str
    bold: bool = False
    colour: str = "#1A1A1A"


Value = str | Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns, rows of as many values, and the size of its type."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    size_pt: float = 7.0
    row_mm: float = 4.4
    ruled: bool = False

    def height(self, n_rows: int | None = None) -> float:
        """Give the height of the head and so many rows."""
        return (1.2 + (len(self.rows) if n_rows is None else n_rows)) * self.row_mm

    def fitting(self, height: float) -> int:
        """Tell how many rows fit a height."""
        return max(0, int((height + 1e-6) / self.row_mm - 1.2))


def enlarged(table: Table, size: float) -> Table:
    """Give a table whose type and rows are so much larger."""
    return replace(table, size_pt=table.size_pt * size, row_mm=table.row_mm * size)


def fits_width(table: Table, width: float, type_: Type) -> bool:
    """Tell whether no value would be shortened in a table so wide, and no title set much smaller."""
    total, pad = sum(column.share for column in table.columns), _pad(table)
    rooms = [column.share / total * width - 2 * pad for column in table.columns]
    heads = [type_.width_mm(column.title, _FINE_HEAD * table.size_pt, bold=True) for column in table.columns]
    cells = (
        (cell if isinstance(cell, Cell) else Cell(cell), room)
        for row in table.rows
        for cell, room in zip(row, rooms, strict=True)
    )
    return all(head <= room for head, room in zip(heads, rooms, strict=True)) and all(
        type_.width_mm(type_.plain(cell.text), table.size_pt, bold=cell.bold) <= room + 0.01
        for cell, room in cells
    )


def _pad(table: Table) -> float:
    return 0.3 * table.size_pt * MM_PER_PT + 0.2


def draw_table(table: Table, box: Box, type_: Type, *, first: int = 0) -> Iterator[Mark]:
    """Draw the rows from `first` on that fit; the table hangs from the top of the box."""
    rows = table.rows[first : first + table.fitting(box.height)]
    total = sum(column.share for column in table.columns)
    lefts, x = [], box.left
    for column in table.columns:
        lefts.append(x)
        x += column.share / total * box.width
    edges = [*lefts, box.right]
    head = 1.2 * table.row_mm
    top = box.top - head
    yield rectangle(Box(box.left, top, box.right, box.top), Style(fill=_HEAD))
    heads: list[Value] = [Cell(column.title, bold=True) for column in table.columns]
    yield from _row(table, heads, edges, top, type_, is_head=True)
    for number, row in enumerate(rows):
        bottom = top - (number + 1) * table.row_mm
        if number % 2 and not table.ruled:
            yield rectangle(Box(box.left, bottom, box.right, bottom + table.row_mm), Style(fill=_STRIPE))
        if table.ruled:
            yield rule(box.left, bottom, box.right, bottom, width_mm=0.1, line=_LINE)
        yield from _row(table, row, edges, bottom, type_, is_head=False)
    foot = top - len(rows) * table.row_mm
    if table.ruled:
        for x in edges[1:-1]:
            yield rule(x, foot, x, box.top, width_mm=0.1, line=_LINE)
    for y, width in ((box.top, 0.3), (top, 0.18), (foot, 0.3)):
        yield rule(box.left, y, box.right, y, width_mm=width)


def _row(
    table: Table, row: Sequence[Value], edges: Sequence[float], bottom: float, type_: Type, *, is_head: bool
) -> Iterator[Words]:
    height = table.row_mm * (1.2 if is_head else 1.0)
    pad = _pad(table)
    baseline = bottom + height / 2 - 0.35 * table.size_pt * MM_PER_PT
    # A row that says one thing, such as how many are left out, says it across the table.
    alone = len(row) > 1 and not any(row[1:])
    for value, column, left, edge in zip(row, table.columns, edges[:-1], edges[1:], strict=True):
        cell = value if isinstance(value, Cell) else Cell(value)
        if not cell.text:
            continue
        right = edges[-1] if alone else edge
        plain, room = type_.plain(cell.text), right - left - 2 * pad
        size = table.size_pt
        if is_head:  # a long title is set smaller before it is cut
            need = type_.width_mm(plain, size, bold=True)
            size *= min(1.0, max(_LEAST_HEAD, room / max(need, 0.1)))
        text = type_.fitted(plain, room + 0.01, size, bold=cell.bold)
        x = {"left": left + pad, "right": right - pad, "center": (left + right) / 2}[column.align]
        yield Words(
            x=x, y=baseline, text=text, size_pt=size, bold=cell.bold, align=column.align, colour=cell.colour
        )
