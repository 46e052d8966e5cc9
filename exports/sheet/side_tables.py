"""The tables beside a map, in as many columns as show every row; none is cut without saying so."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from exports.sheet.figures import communities_table, community_names, extent_grids, grids_table, posts_list
from exports.sheet.furniture import HEADING_MM
from exports.sheet.ground import short_code, text
from exports.sheet.marks import Box, Mark
from exports.sheet.side_blocks import Block, Side
from exports.sheet.tables import Column, Table, Value, draw_table
from exports.small_counts import count_of_row

_COLUMN_MM = 28.0
_GAP_MM = 3.0
_WORTH = 0.6
"""So much of a table must be there for it to stand."""
_COUNTS_MM = 17.0
"""What two columns of figures need."""
_LEAST = 0.82
"""Rows may be so much lower than usual; below that they cannot be told apart."""


def table_blocks(side: Side, width: float, height: float) -> list[Block]:
    """Choose the tables that fit one above the other: communities and grids, or one of them."""
    if side.scene.extent.kind != "all":
        only = main_block(side, width, height)
        return [] if only is None else [only]
    whole = _one(side, grids_table(side.request, side.scene.extent, side.scene.zoom, narrow=True), height)
    if whole is not None:
        return [whole]
    homes = communities_block(side, height)
    if homes is None:
        return []
    gap = 5 * side.scene.zoom
    grids = grids_block(side, width, height - homes.height - gap)
    return [homes] if grids is None else [homes, grids]


def main_block(side: Side, width: float, height: float) -> Block | None:
    """Choose the one table that says most: posts of a grid, grids, or communities where grids do not fit."""
    extent, zoom, texts = side.scene.extent, side.scene.zoom, side.request.texts
    if extent.kind == "grid":
        table = posts_list(side.request, extent.code, zoom)
        return _block(side, texts("sheets.posts.title"), [table])
    table = grids_table(side.request, extent, zoom, narrow=True)
    found = _one(side, table, height) or grids_block(side, width, height)
    if found is not None:
        return found
    if extent.kind == "all":
        return communities_block(side, height)
    return _cut(side, texts("exports.table", n=len(table.rows)), table, height)


def grids_block(side: Side, width: float, height: float) -> Block | None:
    """Build the table of all grids in several columns; None where it needs more room."""
    zoom = side.scene.zoom
    rows = len(extent_grids(side.request, side.scene.extent))
    most = int((width + _GAP_MM * zoom) / ((_COLUMN_MM + _GAP_MM) * zoom))
    for columns in range(2, most + 1):
        share = -(-rows // columns)
        table = compact_table(side, (width - _GAP_MM * zoom * (columns - 1)) / columns)
        parts = [replace(table, rows=table.rows[at * share : (at + 1) * share]) for at in range(columns)]
        fitted = [_squeezed(part, parts[0].height(), height - HEADING_MM * zoom) for part in parts]
        if fitted[0].height() <= height - HEADING_MM * zoom + 1e-6:
            return _block(side, side.request.texts("exports.table", n=len(table.rows)), fitted)
    return None


def communities_block(side: Side, height: float) -> Block | None:
    """Build the table of communities; its last row says how many are left out, None where it is most."""
    table = communities_table(side.request, side.scene.zoom)
    title = side.request.texts("sheets.communities")
    return _one(side, table, height, title) or _cut(side, title, table, height)


def places_block(side: Side, width: float) -> Block | None:
    """List the compounds in each grid of a community, or in the one grid."""
    extent, zoom, texts = side.scene.extent, side.scene.zoom, side.request.texts
    names = _compounds(side)
    if extent.kind == "all" or not names:
        return None
    size, columns = 7.0 * zoom, (Column(texts("sheets.posts.grid"), 1.0), Column(texts("sheets.places"), 5.0))
    room = width * 5 / 6 - 2 * zoom
    rows: list[Sequence[Value]] = []
    for code, said in names.items():
        lines = side.type_.wrapped(side.type_.plain(said), room, size)
        rows += [(short_code(code) if at == 0 else "", line) for at, line in enumerate(lines)]
    table = Table(columns=columns, rows=rows, size_pt=size, row_mm=4.2 * zoom)
    return _block(side, texts("sheets.places_title"), [table])


def compact_table(side: Side, width: float) -> Table:
    """Build the narrowest table of grids: name, households, residents; the names get what they need."""
    request, zoom = side.request, side.scene.zoom
    texts, homes = request.texts, community_names(request)
    one_home = side.scene.extent.kind != "all"
    rows: list[Sequence[Value]] = []
    for row in extent_grids(request, side.scene.extent).to_dict("records"):
        code = short_code(str(row["code"]))
        name = code if one_home else homes.get(str(row["community_code"]), "") + code
        counts = (count_of_row(texts, row, "households"), count_of_row(texts, row, "residents"))
        rows.append((name, *counts))
    size = 6.6 * zoom
    longest = max((side.type_.width_mm(str(row[0]), size) for row in rows), default=0.0)
    named = min(longest + 2 * zoom, 0.6 * width)
    columns = [
        Column(texts("sheets.posts.grid"), named),
        Column(texts("sheets.column.households"), 0.47 * (width - named), "right"),
        Column(texts("sheets.column.residents"), 0.53 * (width - named), "right"),
    ]
    shown = 3 if width - named > _COUNTS_MM * zoom else 2  # residents stand in the full table
    rows = [row[:shown] for row in rows]
    columns = columns[:shown]
    return Table(columns=columns, rows=rows, size_pt=size, row_mm=4.2 * zoom)


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


def _one(side: Side, table: Table, height: float, title: str = "") -> Block | None:
    """Build a block of one table, a little lower where that makes it fit; None where it does not."""
    room = height - HEADING_MM * side.scene.zoom
    table = _squeezed(table, table.height(), room)
    if table.height() > room + 1e-6:
        return None
    return _block(side, title or side.request.texts("exports.table", n=len(table.rows)), [table])


def _squeezed(table: Table, need: float, room: float) -> Table:
    share = min(1.0, max(room / need, _LEAST))
    return replace(table, size_pt=table.size_pt * max(share, 0.88), row_mm=table.row_mm * share)


def _cut(side: Side, title: str, table: Table, height: float) -> Block | None:
    """Leave out the rows that do not fit, and say how many; a table of which little is left says nothing."""
    table = _squeezed(table, table.height(), 0)
    fits = table.fitting(height - HEADING_MM * side.scene.zoom) - 1
    if fits < _WORTH * len(table.rows):
        return None
    left_out = side.request.texts("sheets.rows_left_out", n=len(table.rows) - fits)
    last = (left_out, *[""] * (len(table.columns) - 1))
    return _block(side, title, [replace(table, rows=[*table.rows[:fits], last])])


def _block(side: Side, title: str, parts: Sequence[Table]) -> Block:
    zoom = side.scene.zoom
    gap = _GAP_MM * zoom

    def draw(box: Box) -> Iterator[Mark]:
        width = (box.width - gap * (len(parts) - 1)) / len(parts)
        for number, part in enumerate(parts):
            left = box.left + number * (width + gap)
            if part.rows:
                yield from draw_table(part, Box(left, box.bottom - 1, left + width, box.top), side.type_)

    return Block(title=title, height=HEADING_MM * zoom + parts[0].height(), zoom=zoom, draw=draw)
