"""The legend: one line for each thing that the map really shows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from exports.colours import PALETTE, on_paper
from exports.sheet.drawing import (
    BROKEN,
    GRID_LINE,
    HATCH_BROKEN,
    HATCH_DEDICATED,
    INK,
    ROAD_EDGE,
    ROADS,
    WATER,
    Scene,
    Symbol,
    symbol_shapes,
)
from exports.sheet.fonts import MM_PER_PT, Type
from exports.sheet.marks import Box, Mark, Shapes, Style, Words
from exports.texts import Texts

SWATCH_MM = 11.0
ROW_MM = 5.0
_SIZE_PT = 7.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the legend: what is drawn, by a name of `_SWATCHES`, and what it means."""

    swatch: str
    text: str
    note: str = ""


def legend_entries(scene: Scene, symbols: Sequence[Symbol], texts: Texts) -> list[Entry]:
    """List what this map shows."""
    view, ground = scene.view, scene.ground
    grids = ground.grids[ground.grids["code"].isin(scene.extent.codes)]
    roads = ground.within("roads", view.ground)
    barriers = ground.within("barriers", view.ground)
    classes = set(roads["class"].dropna()) if "class" in roads else set()
    kinds = set(barriers["kind"].dropna()) if "kind" in barriers else set()
    shown = {symbol.kind for symbol in symbols}
    near = view.ratio <= 12500
    there = {
        "grids": True,
        "dedicated": bool((grids["kind"] == "dedicated").any()),
        "broken": bool(grids["broken"].any()),
        "grid_border": True,
        "community_border": True,
        "cells": view.ratio <= 5000 and scene.extent.kind != "all",
        "trunk": bool({"trunk", "motorway"} & classes),
        "main": "main" in classes,
        "street": "street" in classes,
        "lane": "lane" in classes,
        "railway": "railway" in kinds,
        "river": "river" in kinds,
        "wall": "wall" in kinds and near,
        "buildings": near and len(ground.within("buildings", view.ground)) > 0,
        **{kind: kind in shown for kind in ("venue", "candidate", "organisation", "institution")},
    }
    entries = [Entry(swatch=name, text=texts(f"sheets.legend.{name}")) for name, on in there.items() if on]
    label = Entry(swatch="label", text=texts("sheets.legend.label"))
    return [entries[0], label, *entries[1:]]


def legend_height(entries: Sequence[Entry], columns: int, zoom: float) -> float:
    """Give the height of a legend set in so many columns."""
    return float(np.ceil(len(entries) / columns)) * ROW_MM * zoom


def legend_fits(entries: Sequence[Entry], width: float, type_: Type, zoom: float) -> bool:
    """Tell whether a column so wide shows every word."""
    room = width - (SWATCH_MM + 3) * zoom
    return all(type_.width_mm(entry.text, _SIZE_PT * zoom) <= room for entry in entries)


def draw_legend(
    entries: Sequence[Entry], box: Box, type_: Type, zooms: tuple[float, float], *, columns: int = 2
) -> Iterator[Mark]:
    """Draw the legend column by column, hanging from the top of the box.

    `zooms` enlarge the type and the signs: signs are as large as on the map, also beside larger type.
    """
    zoom, of_signs = zooms
    rows = int(np.ceil(len(entries) / columns))
    width = box.width / columns
    for number, entry in enumerate(entries):
        column, row = divmod(number, rows)
        left = box.left + column * width
        middle = box.top - (row + 0.5) * ROW_MM * zoom
        swatch = Box(left, middle - 1.7 * zoom, left + SWATCH_MM * zoom, middle + 1.7 * zoom)
        yield from _swatch(entry.swatch, swatch, of_signs)
        size = _SIZE_PT * zoom
        x = swatch.right + 2 * zoom
        yield Words(
            x=x,
            y=middle - 0.35 * size * MM_PER_PT,
            text=type_.fitted(entry.text, left + width - x - 1 * zoom, size),
            size_pt=size,
        )


def _swatch(name: str, box: Box, zoom: float) -> Iterator[Mark]:
    middle_x, middle_y = box.middle
    line = shapely.LineString([(box.left, middle_y), (box.right, middle_y)])
    if name == "grids":
        part = box.width / len(PALETTE)
        for at, fill in enumerate(PALETTE):
            piece = Box(box.left + at * part, box.bottom, box.left + (at + 1) * part, box.top)
            yield Shapes(
                shapes=[shapely.box(*piece)],
                style=Style(fill=on_paper(fill), line=GRID_LINE, width_mm=0.12 * zoom),
            )
    elif name == "label":
        size = 8.5 * zoom
        yield Words(
            x=middle_x,
            y=middle_y - 0.35 * size * MM_PER_PT,
            text="001",
            size_pt=size,
            bold=True,
            align="center",
        )
    elif name in ("venue", "candidate", "organisation", "institution"):
        yield from symbol_shapes(name, (middle_x, middle_y), zoom)
    elif name in _AREAS:
        yield Shapes(shapes=[shapely.box(*box)], style=_scaled(_AREAS[name], zoom))
    else:
        for style in _line_styles(name):
            yield Shapes(shapes=[line], style=_scaled(style, zoom))


_AREAS = {
    "dedicated": Style(fill=on_paper(PALETTE[0]), line=GRID_LINE, width_mm=0.25, hatch=HATCH_DEDICATED),
    "broken": Style(fill="#FFFFFF", line=BROKEN, width_mm=0.4, hatch=HATCH_BROKEN),
    "river": Style(fill=WATER, line="#6FA3C4", width_mm=0.15),
    "buildings": Style(fill="#B9B0A6", line="#8A8178", width_mm=0.1),
}


def _line_styles(name: str) -> list[Style]:
    if name in ROADS:
        band = ROADS[name]
        edge = Style(line=ROAD_EDGE, width_mm=band.width + 2 * band.edge)
        return [edge, Style(line=band.fill, width_mm=band.width)]
    return {
        "grid_border": [Style(line=GRID_LINE, width_mm=0.34)],
        "community_border": [Style(line=INK, width_mm=0.62, dash_mm=(3.2, 0.9, 0.7, 0.9))],
        "cells": [Style(line="#6B6B6B", width_mm=0.14, dash_mm=(0.7, 0.7))],
        "railway": [
            Style(line="#4A4A4A", width_mm=0.8),
            Style(line="#FFFFFF", width_mm=0.5, dash_mm=(2.4, 2.4)),
        ],
        "wall": [Style(line="#7A5C3E", width_mm=0.2, dash_mm=(0.9, 0.5))],
    }[name]


def _scaled(style: Style, zoom: float) -> Style:
    return Style(
        fill=style.fill,
        line=style.line,
        width_mm=style.width_mm * zoom,
        dash_mm=tuple(part * zoom for part in style.dash_mm),
        hatch=style.hatch,
        alpha=style.alpha,
    )
