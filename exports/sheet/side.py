"""The column beside the map, or the band below it: legend, figures, a table, scale and north."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyproj

from exports.request import Request
from exports.sheet.drawing import Scene, Symbol
from exports.sheet.figures import communities_table, grids_table, posts_list, sheet_figures
from exports.sheet.fonts import Type
from exports.sheet.furniture import HEADING_MM, draw_heading, draw_north, draw_scale
from exports.sheet.legend import draw_legend, legend_entries, legend_height
from exports.sheet.marks import MM_PER_PT, Box, Mark, Words
from exports.sheet.paper import Frame
from exports.sheet.scale import View, north_deg
from exports.sheet.tables import Table, draw_table
from exports.texts import Texts

_SCALE_MM = 27.0
_GAP_MM = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What stands beside a map."""

    request: Request
    scene: Scene
    type_: Type
    symbols: Sequence[Symbol]


def draw_side(frame: Frame, side: Side) -> Iterator[Mark]:
    """Draw the blocks: one under the other beside the map, side by side below it."""
    if frame.is_portrait:
        yield from _band(frame, side)
    else:
        yield from _column(frame, side)


def _column(frame: Frame, side: Side) -> Iterator[Mark]:
    box, zoom = frame.side, frame.zoom
    entries = legend_entries(side.scene, side.symbols, side.request.texts)
    bottom = box.bottom + _SCALE_MM * zoom
    yield from _scale_block(Box(box.left, box.bottom, box.right, bottom), side)
    top = box.top
    height = (HEADING_MM + 0.6) * zoom + legend_height(entries, 2, zoom)
    yield from _legend_block(Box(box.left, top - height, box.right, top), side, 2)
    top -= height + _GAP_MM * zoom
    figures = sheet_figures(side.request, side.scene.extent)
    height = (HEADING_MM + len(figures) * 4.6) * zoom
    yield from _figures_block(Box(box.left, top - height, box.right, top), side, figures)
    top -= height + _GAP_MM * zoom
    yield from _table_block(Box(box.left, bottom + 3 * zoom, box.right, top), side)


def _band(frame: Frame, side: Side) -> Iterator[Mark]:
    box, zoom = frame.side, frame.zoom
    gap = 8 * zoom
    width = (box.width - 2 * gap) / 10
    first = Box(box.left, box.bottom, box.left + 4.0 * width, box.top)
    second = Box(first.right + gap, box.bottom, first.right + gap + 3.3 * width, box.top)
    third = Box(second.right + gap, box.bottom, box.right, box.top)
    yield from _legend_block(first, side, 2)
    yield from _table_block(second, side)
    figures = sheet_figures(side.request, side.scene.extent)
    cut = third.bottom + _SCALE_MM * zoom
    yield from _figures_block(Box(third.left, cut, third.right, third.top), side, figures)
    yield from _scale_block(Box(third.left, third.bottom, third.right, cut), side)


def _legend_block(box: Box, side: Side, columns: int) -> Iterator[Mark]:
    zoom, texts = side.scene.zoom, side.request.texts
    entries = legend_entries(side.scene, side.symbols, texts)
    yield from draw_heading(box.left, box.right, box.top, texts("sheets.legend.title"), zoom)
    inner = Box(box.left, box.bottom, box.right, box.top - (HEADING_MM + 0.6) * zoom)
    yield from draw_legend(entries, inner, side.type_, zoom, columns=columns)


def _figures_block(box: Box, side: Side, figures: Mapping[str, str]) -> Iterator[Mark]:
    zoom, texts = side.scene.zoom, side.request.texts
    yield from draw_heading(box.left, box.right, box.top, texts("exports.figures"), zoom)
    size = 8.0 * zoom
    for number, (name, value) in enumerate(figures.items()):
        y = box.top - (HEADING_MM + 4.6 * (number + 0.5)) * zoom - 0.35 * size * MM_PER_PT
        yield Words(x=box.left, y=y, text=name, size_pt=size, colour="#404040")
        yield Words(x=box.right, y=y, text=value, size_pt=size, bold=True, align="right")


def _table_block(box: Box, side: Side) -> Iterator[Mark]:
    """Draw the table of grids where all of it fits, else that of communities."""
    zoom, texts, request = side.scene.zoom, side.request.texts, side.request
    room = box.height - HEADING_MM * zoom
    extent = side.scene.extent
    table = grids_table(request, extent, zoom, narrow=True)
    title = texts("exports.table", n=len(table.rows))
    if extent.kind == "grid":
        table, title = posts_list(request, extent.code, zoom), texts("sheets.posts.title")
    elif extent.kind == "all" and table.fitting(room) < len(table.rows):
        table, title = communities_table(request, zoom), texts("sheets.communities")
    table = _squeezed(table, room)
    if table.fitting(room) < 3:
        return
    yield from draw_heading(box.left, box.right, box.top, title, zoom)
    yield from draw_table(
        table, Box(box.left, box.bottom, box.right, box.top - HEADING_MM * zoom), side.type_
    )


def _squeezed(table: Table, room: float) -> Table:
    """Set a table a little smaller when that makes it fit."""
    need = room / table.height()
    share = min(1.0, max(need, 0.75))
    return Table(
        columns=table.columns,
        rows=table.rows,
        size_pt=table.size_pt * max(share, 0.8),
        row_mm=table.row_mm * share,
        ruled=table.ruled,
    )


def draw_scale_block(
    box: Box, view: View, system: pyproj.CRS, texts: Texts, type_: Type, zoom: float
) -> Iterator[Mark]:
    """Draw bar, ratio, coordinate system and north."""
    arrow = 16 * zoom
    room = box.width - arrow
    words = (
        texts("sheets.ratio", ratio=f"1 : {texts.number(view.ratio)}"),
        *type_.wrapped(texts("sheets.system", name=_system_name(system, texts)), room, 6.8 * zoom),
    )
    yield from draw_scale(Box(box.left, box.bottom, box.right - arrow, box.top), view, type_, zoom, words)
    middle = (box.right - arrow / 2 + 2 * zoom, box.top - 11 * zoom)
    angle = north_deg(system, view.east, view.north)
    yield from draw_north(middle, 13 * zoom, angle, texts("exports.north"), zoom)


def _scale_block(box: Box, side: Side) -> Iterator[Mark]:
    scene = side.scene
    yield from draw_scale_block(
        box, scene.view, scene.ground.system, side.request.texts, side.type_, scene.zoom
    )


def _system_name(system: pyproj.CRS, texts: Texts) -> str:
    """Say the map's coordinate system in the reader's words."""
    found = re.fullmatch(r"CGCS2000 / 3-degree Gauss-Kruger CM (\d+)E", system.name)
    epsg = str(system.to_epsg())
    if found is not None:
        return texts("sheets.gauss", meridian=found[1], epsg=epsg)
    return texts("sheets.other", name=system.name, epsg=epsg)
