"""The column beside the map, or the band below it: legend, figures, tables, scale and north."""

import re
from collections.abc import Iterator

import pyproj

from exports.sheet.fonts import Type
from exports.sheet.furniture import draw_north, draw_scale
from exports.sheet.marks import Box, Mark
from exports.sheet.paper import Frame
from exports.sheet.scale import View, north_deg
from exports.sheet.side_blocks import (
    Side,
    draw_block,
    figures_block,
    inset_block,
    legend_block,
    note_block,
    stack_blocks,
)
from exports.sheet.side_tables import communities_block, grids_block, main_block, places_block, table_blocks
from exports.texts import Texts

_SCALE_MM = 27.0
_GAP_MM = 5.0
_TALL_MM = 112.0
"""A band of this height has room for legend, figures and scale one below the other."""
_COLUMN_MM = 91.0


def draw_side(frame: Frame, side: Side) -> Iterator[Mark]:
    """Draw the blocks: one under the other beside the map, in columns below it."""
    if not frame.is_portrait:
        yield from _column(frame.side, side)
    elif frame.side.height >= _TALL_MM * frame.zoom:
        yield from _tall_band(frame.side, side)
    else:
        yield from _band(frame.side, side)


def _column(box: Box, side: Side) -> Iterator[Mark]:
    """Draw what must stand here, then what there is room for; the scale is at the foot."""
    zoom = side.scene.zoom
    gap, foot = _GAP_MM * zoom, box.bottom + _SCALE_MM * zoom
    yield from _scale(Box(box.left, box.bottom, box.right, foot), side)
    room = Box(box.left, foot + 2 * zoom, box.right, box.top)
    marks, top = stack_blocks([legend_block(side, 2), figures_block(side)], room, gap)
    yield from marks
    left = room.top - top
    tables = table_blocks(side, room.width, room.height - left)
    marks, top = stack_blocks(tables, Box(room.left, room.bottom, room.right, top), gap)
    yield from marks
    for block in (places_block(side, room.width), note_block(side, room.width)):
        if block is not None and top - block.height >= room.bottom:
            yield from draw_block(block, Box(room.left, room.bottom, room.right, top))
            top -= block.height + gap
    inset = inset_block(side, room.width, top - room.bottom)
    if inset is not None:
        yield from draw_block(inset, Box(room.left, room.bottom, room.right, top))


def _tall_band(box: Box, side: Side) -> Iterator[Mark]:
    """Draw legend, figures and scale in a column at the left, the tables beside it."""
    zoom = side.scene.zoom
    gap, apart = _GAP_MM * zoom, 8 * zoom
    left = Box(box.left, box.bottom, box.left + _COLUMN_MM * zoom, box.top)
    foot = left.bottom + _SCALE_MM * zoom
    yield from _scale(Box(left.left, left.bottom, left.right, foot), side)
    marks, _ = stack_blocks([legend_block(side, 2), figures_block(side)], left, gap)
    yield from marks
    rest = Box(left.right + apart, box.bottom, box.right, box.top)
    middle = Box(rest.left, rest.bottom, rest.left + 0.4 * (rest.width - apart), rest.top)
    right = Box(middle.right + apart, rest.bottom, rest.right, rest.top)
    grids = grids_block(side, right.width, right.height)
    if grids is None:
        middle = rest
    else:
        yield from draw_block(grids, right)
    first = communities_block(side, middle.height)
    marks, top = stack_blocks([] if first is None else [first], middle, gap)
    yield from marks
    note = note_block(side, middle.width)
    if note is not None and top - note.height >= middle.bottom:
        yield from draw_block(note, Box(middle.left, middle.bottom, middle.right, top))


def _band(box: Box, side: Side) -> Iterator[Mark]:
    """Draw three columns: legend, table, figures with the scale below them."""
    zoom = side.scene.zoom
    gap = 8 * zoom
    width = (box.width - 2 * gap) / 10
    first = Box(box.left, box.bottom, box.left + 4.0 * width, box.top)
    second = Box(first.right + gap, box.bottom, first.right + gap + 3.3 * width, box.top)
    third = Box(second.right + gap, box.bottom, box.right, box.top)
    marks, top = stack_blocks([legend_block(side, 2)], first, _GAP_MM * zoom)
    yield from marks
    places = places_block(side, first.width)
    if places is not None and top - places.height >= first.bottom:
        yield from draw_block(places, Box(first.left, first.bottom, first.right, top))
    table = main_block(side, second.width, second.height)
    if table is not None:
        yield from draw_block(table, second)
    yield from draw_block(figures_block(side), third)
    yield from _scale(Box(third.left, third.bottom, third.right, third.bottom + _SCALE_MM * zoom), side)


def draw_scale_block(
    box: Box, view: View, system: pyproj.CRS, texts: Texts, type_: Type, zoom: float
) -> Iterator[Mark]:
    """Draw bar, ratio, coordinate system and north."""
    arrow = 16 * zoom
    room = box.width - arrow
    words = (
        texts("sheets.ratio", ratio=f"1 : {texts.number(view.ratio)}"),
        *type_.wrapped(texts("sheets.system", name=system_name(system, texts)), room, 6.8 * zoom),
    )
    yield from draw_scale(Box(box.left, box.bottom, box.right - arrow, box.top), view, type_, zoom, words)
    middle = (box.right - arrow / 2 + 2 * zoom, box.top - 11 * zoom)
    angle = north_deg(system, view.east, view.north)
    yield from draw_north(middle, 13 * zoom, angle, texts("exports.north"), zoom)


def _scale(box: Box, side: Side) -> Iterator[Mark]:
    scene = side.scene
    yield from draw_scale_block(
        box, scene.view, scene.ground.system, side.request.texts, side.type_, scene.zoom
    )


def system_name(system: pyproj.CRS, texts: Texts) -> str:
    """Say the map's coordinate system in the reader's words."""
    found = re.fullmatch(r"CGCS2000 / 3-degree Gauss-Kruger CM (\d+)E", system.name)
    epsg = str(system.to_epsg())
    if found is not None:
        return texts("sheets.gauss", meridian=found[1], epsg=epsg)
    return texts("sheets.other", name=system.name, epsg=epsg)
