"""The tables beside a map, in as many columns as show every row; none is cut without saying so."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from exports.sheet.figures import communities_table, community_names, extent_grids, grids_table, posts_list
from exports.sheet.furniture import HEADING_MM
from exports.sheet.ground import short_code, text
from exports.sheet.marks import Box, Mark
from exports.sheet.side_blocks import Block, Side
from exports.sheet.tables import Column, Table, Value, draw_table, fits_width
from exports.small_counts import count_of_row

_COLUMN_MM = 20.0
_GAP_MM = 3.0
_COMMUNITY = "社区"
_WORTH = 0.6
"""So much of a table must be there for it to stand."""
_COUNTS_MM = 17.0
"""What two columns of figures need."""
_COUNT_MM = 7.5
"""What one column of figures needs."""
_LEAST = 0.82
"""Rows may be so much lower than usual; below that they cannot be told apart."""


def table_blocks(side: Side, width: float, height: float) -> tuple[list[Block], bool]:
    """Choose the tables that fit one above the other, and tell whether that of the grids is among them."""
    if side.scene.extent.kind != "all":
        only = main_block(side, width, height)
        return ([], False) if only is None else ([only], True)
    whole = _one(side, grids_table(side.request, side.scene.extent, side.zoom, narrow=True), width, height)
    if whole is not None:
        return [whole], True
    homes = communities_block(side, width, height)
    if homes is None:
        return [], False
    low = communities_block(side, width, height, least=True)
    gap = 5 * side.zoom
    for first in (homes, low):  # lower rows where only they leave room for the grids
        grids = None if first is None else grids_block(side, width, height - first.height - gap)
        if first is not None and grids is not None:
            return [first, grids], True
    return [homes], False


def main_block(side: Side, width: float, height: float) -> Block | None:
    """Choose the one table that says most: posts of a grid, grids, or communities where grids do not fit."""
    extent, zoom, texts = side.scene.extent, side.zoom, side.request.texts
    if extent.kind == "grid":
        table = posts_list(side.request, extent.code, zoom)
        return _block(side, texts("sheets.posts.title"), [table])
    table = grids_table(side.request, extent, zoom, narrow=True)
    found = _one(side, table, width, height) or grids_block(side, width, height)
    if found is not None:
        return found
    if extent.kind == "all":
        return communities_block(side, width, height)
    return _cut(side, texts("exports.table", n=len(table.rows)), table, height)


def grids_block(side: Side, width: float, height: float) -> Block | None:
    """Build the table of all grids in several columns; None where it needs more room."""
    zoom = side.zoom
    rows = len(extent_grids(side.request, side.scene.extent))
    most = int((width + _GAP_MM * zoom) / ((_COLUMN_MM + _GAP_MM) * zoom))
    for columns in range(2, most + 1):
        share = -(-rows // columns)
        each = (width - _GAP_MM * zoom * (columns - 1)) / columns
        table = compact_table(side, each)
        if table is None:
            return None
        parts = [replace(table, rows=table.rows[at * share : (at + 1) * share]) for at in range(columns)]
        fitted = [_squeezed(side, part, parts[0].height(), height - HEADING_MM * zoom) for part in parts]
        if fitted[0].height() <= height - HEADING_MM * zoom + 1e-6:
            title = side.request.texts("exports.table", n=len(table.rows))
            return _block(side, title, fitted, is_whole=fits_width(table, each, side.type_))
    return None


def communities_block(side: Side, width: float, height: float, *, least: bool = False) -> Block | None:
    """Build the table of communities, at `least` height where asked.

    Its last row says how many are left out; None where that is most.
    """
    table = communities_table(side.request, side.zoom)
    if least:
        table = _squeezed(side, table, table.height(), 0)
    title = side.request.texts("sheets.communities")
    return _one(side, table, width, height, title) or _cut(side, title, table, height)


def places_block(side: Side, width: float) -> Block | None:
    """List the compounds in each grid of a community, or in the one grid."""
    if side.scene.extent.kind == "all" or not (names := _compounds(side)):
        return None
    title = side.request.texts("sheets.places_title")

    def parts(width: float, height: float) -> list[Block]:
        table = _places_table(side, names, width)
        fits = max(1, table.fitting(height - HEADING_MM * side.zoom))
        rows = table.rows
        pieces = [replace(table, rows=rows[at : at + fits]) for at in range(0, len(rows), fits)]
        return [_block(side, title, [piece]) for piece in pieces]

    return replace(_block(side, title, [_places_table(side, names, width)]), parts=parts)


def _places_table(side: Side, names: Mapping[str, str], width: float) -> Table:
    zoom, texts = side.zoom, side.request.texts
    size, columns = 7.0 * zoom, (Column(texts("sheets.posts.grid"), 1.0), Column(texts("sheets.places"), 5.0))
    room = width * 5 / 6 - 2 * zoom
    rows: list[Sequence[Value]] = []
    for code, said in names.items():
        lines = side.type_.wrapped(side.type_.plain(said), room, size)
        rows += [(short_code(code) if at == 0 else "", line) for at, line in enumerate(lines)]
    return Table(columns=columns, rows=rows, size_pt=size, row_mm=4.2 * zoom)


def compact_table(side: Side, width: float) -> Table | None:
    """Build the narrowest table of grids: name, households, residents; None where names do not fit."""
    request, zoom = side.request, side.zoom
    texts, homes = request.texts, _short_names(community_names(request))
    one_home = side.scene.extent.kind != "all"
    rows: list[Sequence[Value]] = []
    for row in extent_grids(request, side.scene.extent).to_dict("records"):
        code = short_code(str(row["code"]))
        name = code if one_home else homes.get(str(row["community_code"]), "") + code
        counts = (count_of_row(texts, row, "households"), count_of_row(texts, row, "residents"))
        rows.append((name, *counts))
    size = 6.6 * zoom
    longest = max((side.type_.width_mm(str(row[0]), size) for row in rows), default=0.0)
    named = longest + 2 * zoom
    if width - named < _COUNT_MM * zoom:
        return None
    rest = width - named
    columns = [
        Column(texts("sheets.posts.grid"), named),
        Column(texts("sheets.column.households"), 0.47 * rest, "right"),
        Column(texts("sheets.column.residents"), 0.53 * rest, "right"),
    ]
    if rest <= _COUNTS_MM * zoom:  # residents stand in the full table
        columns = [columns[0], Column(texts("sheets.column.households_short"), rest, "right")]
        rows = [row[:2] for row in rows]
    return Table(columns=columns, rows=rows, size_pt=size, row_mm=4.2 * zoom)


def _short_names(names: Mapping[str, str]) -> Mapping[str, str]:
    """Leave out the word that all names of communities end with: the number of a grid follows."""
    if len(names) < 2 or not all(len(name) > 2 and name.endswith(_COMMUNITY) for name in names.values()):
        return names
    return {code: name.removesuffix(_COMMUNITY) for code, name in names.items()}


def _compounds(side: Side) -> dict[str, str]:
    """Give the compounds of each grid by name, the largest share of cells first."""
    frame, extent = side.request.layers.get("compounds"), side.scene.extent
    if frame is None or not {"id", "name"} <= set(frame.columns):
        return {}
    known = {str(row.id): text(row.name) for row in frame[["id", "name"]].itertuples(index=False)}
    cells = side.request.outcome.cells
    cells = cells[cells["grid_code"].isin(extent.codes) & cells["compound_id"].notna()]
    comma = side.request.texts("messages.comma")
    found = {}
    for code, part in cells.groupby("grid_code"):
        order = part["compound_id"].value_counts(sort=True)
        named = [known.get(str(item), "") or str(item) for item in order.index]
        found[str(code)] = comma.join(named)
    return found


def _one(side: Side, table: Table, width: float, height: float, title: str = "") -> Block | None:
    """Build a block of one table, a little lower where that makes it fit; None where it does not."""
    room = height - HEADING_MM * side.zoom
    table = _squeezed(side, table, table.height(), room)
    if table.height() > room + 1e-6:
        return None
    title = title or side.request.texts("exports.table", n=len(table.rows))
    return _block(side, title, [table], is_whole=fits_width(table, width, side.type_))


def _squeezed(side: Side, table: Table, need: float, room: float) -> Table:
    """Lower the rows as far as they must be to fit; where the type is enlarged, there is no need to."""
    share = min(1.0, max(room / need, _LEAST)) if side.grown <= 1 else 1.0
    return replace(table, size_pt=table.size_pt * max(share, 0.88), row_mm=table.row_mm * share)


def _cut(side: Side, title: str, table: Table, height: float) -> Block | None:
    """Leave out the rows that do not fit, and say how many; a table of which little is left says nothing."""
    table = _squeezed(side, table, table.height(), 0)
    fits = table.fitting(height - HEADING_MM * side.zoom) - 1
    if fits < _WORTH * len(table.rows):
        return None
    left_out = side.request.texts("sheets.rows_left_out", n=len(table.rows) - fits)
    last = (left_out, *[""] * (len(table.columns) - 1))
    return _block(side, title, [replace(table, rows=[*table.rows[:fits], last])], is_whole=False)


def _block(side: Side, title: str, parts: Sequence[Table], *, is_whole: bool = True) -> Block:
    zoom = side.zoom
    gap = _GAP_MM * zoom

    def draw(box: Box) -> Iterator[Mark]:
        width = (box.width - gap * (len(parts) - 1)) / len(parts)
        for number, part in enumerate(parts):
            left = box.left + number * (width + gap)
            if part.rows:
                yield from draw_table(part, Box(left, box.bottom - 1, left + width, box.top), side.type_)

    height = HEADING_MM * zoom + parts[0].height()
    return Block(title=title, height=height, zoom=zoom, draw=draw, is_whole=is_whole)
