"""What stands beside a map or below it, drawn: blocks, scale and north; pages for what had no room."""

import re
from collections.abc import Iterator, Sequence

import pyproj

from exports.sheet.fonts import Type
from exports.sheet.furniture import draw_north, draw_scale
from exports.sheet.marks import Box, Mark
from exports.sheet.scale import View, north_deg
from exports.sheet.side_blocks import Block, draw_block
from exports.sheet.side_layout import Layout
from exports.texts import Texts

_GAP_MM = 5.0


def draw_side(layout: Layout) -> Iterator[Mark]:
    """Draw the blocks where they stand, and the scale."""
    for block, box in layout.placed:
        yield from draw_block(block, box)
    side, scene = layout.side, layout.side.scene
    texts, system = side.request.texts, scene.ground.system
    yield from draw_scale_block(layout.scale, scene.view, system, texts, side.type_, side.zoom)


def draw_left_out(blocks: Sequence[Block], box: Box, zoom: float) -> list[list[Mark]]:
    """Draw blocks that found no room beside their map, page by page from the top of a box."""
    pages: list[list[Mark]] = []
    top = box.bottom
    parts = (
        part for block in blocks for part in (block.parts(box.width, box.height) if block.parts else [block])
    )
    for block in parts:
        if block.height > top - box.bottom:
            pages.append([])
            top = box.top
        pages[-1] += draw_block(block, Box(box.left, box.bottom, box.right, top))
        top -= block.height + _GAP_MM * zoom
    return pages


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


def system_name(system: pyproj.CRS, texts: Texts) -> str:
    """Say the map's coordinate system in the reader's words."""
    found = re.fullmatch(r"CGCS2000 / 3-degree Gauss-Kruger CM (\d+)E", system.name)
    epsg = str(system.to_epsg())
    if found is not None:
        return texts("sheets.gauss", meridian=found[1], epsg=epsg)
    return texts("sheets.other", name=system.name, epsg=epsg)
