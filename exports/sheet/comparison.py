"""Two scenarios and their difference on one sheet: three maps of one scale, the figures, who moves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO

import pandas as pd
import shapely

from exports.alike import colour_like
from exports.colours import on_paper
from exports.compare import Difference, differ
from exports.request import Request
from exports.sheet.comparison_tables import cut_table, figures_table, moves_table
from exports.sheet.drawing import INK, Scene, base_marks
from exports.sheet.figures import scenario_name
from exports.sheet.fonts import Type
from exports.sheet.furniture import HEADING_MM, draw_heading
from exports.sheet.ground import Extent, Ground
from exports.sheet.labels import Line, Setter, area_label
from exports.sheet.map_labels import label_marks
from exports.sheet.marks import Body, Box, Document, Mark, Page, Placed, Shapes, Style, Words, rectangle
from exports.sheet.paper import Frame
from exports.sheet.place import Taken, Wish, place_labels
from exports.sheet.render import draw_png
from exports.sheet.scale import choose_view
from exports.sheet.side import draw_scale_block
from exports.sheet.tables import Table, draw_table, enlarged, fits_width
from exports.small_counts import count_of_row, mark_moves
from scenarios.outcome import Outcome

_MAP_ZOOM = 0.66
_CHANGED = "#F4B183"
_HATCH = "////"
_GAP_MM = 5.0
_MAP_SHARE = 0.92
_TABLES_MM = 90.0
"""What the tables below the maps of a portrait sheet take at least, at the size of A3."""
_LEGEND_MM = 42.0
_SIZES = (1.45, 1.35, 1.25, 1.15, 1.07, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two requests that differ in their plan alone, and what differs."""

    first: Request
    second: Request
    ground: tuple[Ground, Ground]
    extent: tuple[Extent, Extent]
    difference: Difference


def pair_of(
    request: Request,
    against: Outcome,
    grounds: tuple[Ground, Ground],
    extents: tuple[Extent, Extent],
) -> Pair:
    """Set the request's plan, the first, against another, the second."""
    return Pair(
        first=request,
        second=replace(request, outcome=against),
        ground=(grounds[0], _coloured_like(request.outcome, against, grounds[1])),
        extent=extents,
        difference=_inside(differ(request.outcome, against), extents),
    )


def _coloured_like(first: Outcome, second: Outcome, ground: Ground) -> Ground:
    """Give what is alike in both plans the colour of the first: only what changes should look changed."""
    fills = [on_paper(colour) for colour in colour_like(first, second)]
    return replace(ground, grids=ground.grids.assign(fill=fills))


def comparison_body(pair: Pair, frame: Frame, type_: Type) -> Body:
    """Lay out the comparison: both plans, what differs, the figures and who moves."""
    request = pair.first
    texts = request.texts
    maps, rest = _divide(frame, pair.extent[0])
    marks: list[Mark] = []
    placed: list[Placed] = []
    names = scenario_name(request), scenario_name(pair.second)
    for number, (box, title) in enumerate(
        zip(maps, (*names, texts("sheets.compare.difference")), strict=True)
    ):
        marks += draw_heading(
            box.left, box.right, box.top + HEADING_MM * frame.zoom, type_.plain(title), frame.zoom
        )
        drawn, labels = _map(pair, number, box, type_, frame.zoom)
        marks += drawn
        placed += labels
    marks += _below(pair, rest, type_, frame, maps)
    place, both = pair.extent[0].name, " / ".join(names)
    heading = request.sheet.title or texts("sheets.compare.title", place=place, names=both)
    return Body(heading, heading.strip(" ·"), marks, placed)


def difference_picture(
    pair: Pair, width: float, height: float, target: BytesIO, *, type_: Type, dpi: float
) -> None:
    """Draw the map of what differs as a picture of so many millimetres."""
    marks, placed = _map(pair, 2, Box(0, 0, width, height).inside(0.6), type_, 1.6)
    page = Page(width=width, height=height, title="", marks=tuple(marks), labels=tuple(placed))
    draw_png(Document(title="", pages=[page], type_=type_), target, dpi=dpi)


def _inside(difference: Difference, extents: tuple[Extent, Extent]) -> Difference:
    """Keep what concerns the extent."""
    codes = extents[0].codes | extents[1].codes
    cells, moves = difference.cells, difference.moves
    near = cells["grid_code"].isin(codes) | cells["from_grid"].isin(codes)
    touched = moves["from_grid"].isin(codes) | moves["to_grid"].isin(codes)
    return Difference(cells=cells[near], moves=moves[touched].reset_index(drop=True))


def _divide(frame: Frame, extent: Extent) -> tuple[list[Box], Box]:
    """Divide the body: three maps in a row (one above the other on a portrait sheet), tables below.

    The maps are as high as they need to be at their scale; the tables take the rest.
    """
    body, zoom = frame.body, frame.zoom
    head, gap = HEADING_MM * zoom, _GAP_MM * zoom
    if frame.is_portrait:
        # The plans stand side by side, what differs below the first; the legend takes the fourth place.
        width, rest = (body.width - gap) / 2, _TABLES_MM * zoom
        most = (body.height - rest - 2 * gap) / 2 - head
        height = max(min(most, _height(extent, width, most, zoom)), 0.2 * body.height)
        lower = body.top - head - height - gap - head
        corners = [(body.left, body.top - head), (body.left + width + gap, body.top - head)]
        corners.append((body.left, lower))
        maps = [Box(left, top - height, left + width, top) for left, top in corners]
    else:
        top = body.top - head
        width = (body.width - 2 * gap) / 3
        most = body.height * 0.6 - head
        height = max(min(most, _height(extent, width, most, zoom)), 0.35 * body.height)
        lefts = [body.left + at * (width + gap) for at in range(3)]
        maps = [Box(left, top - height, left + width, top) for left in lefts]
    return maps, Box(body.left, body.bottom + 3 * zoom, body.right, maps[-1].bottom - gap)


def _height(extent: Extent, width: float, most: float, zoom: float) -> float:
    """Give how high a map must be at the scale that its width and the most that it may take allow."""
    view = choose_view(extent.bounds, Box(0, 0, width, most).inside(1.2 * zoom))
    return (extent.bounds[3] - extent.bounds[1]) * view.mm_per_m / _MAP_SHARE


def _map(pair: Pair, number: int, box: Box, type_: Type, zoom: float) -> tuple[list[Mark], list[Placed]]:
    """Draw one of the maps: the first plan, the second, or what differs on the second."""
    at = min(number, 1)
    ground, extent = pair.ground[at], pair.extent[at]
    view = replace(choose_view(extent.bounds, box.inside(1.2 * zoom)), box=box)
    scene = Scene(ground=ground, extent=extent, view=view, zoom=_MAP_ZOOM * zoom, is_plain=True)
    if number == 2:
        marks, placed = _difference_map(pair, scene, type_)
    else:
        marks = list(base_marks(scene))
        drawn, placed = label_marks(scene, Setter(type_=type_), pair.first.texts)
        marks += drawn
    return [*marks, rectangle(box, Style(line=INK, width_mm=0.4 * zoom))], placed


def _difference_map(pair: Pair, scene: Scene, type_: Type) -> tuple[list[Mark], list[Placed]]:
    """Hatch the cells that change grid on a pale map, with the households that move."""
    grids = scene.ground.grids.assign(fill="#FFFFFF", kind="", broken=False)
    marks = list(base_marks(replace(scene, ground=replace(scene.ground, grids=grids))))
    moved = pair.difference.cells
    if moved.empty:
        return marks, []
    moved = moved.to_crs(scene.ground.system)
    shapes = tuple(scene.view.to_paper(moved.geometry.to_numpy()))
    style = Style(fill=_CHANGED, alpha=0.55)
    changed: list[Mark] = [
        Shapes(shapes=shapes, style=style, clip=scene.view.box),
        Shapes(shapes=shapes, style=Style(hatch=_HATCH), clip=scene.view.box),
    ]
    # Below the borders, above the fills.
    at = next(
        number
        for number, mark in enumerate(marks)
        if isinstance(mark, Shapes) and mark.style.line == "#3C3C3C"
    )
    marks[at:at] = changed
    taken, placed = Taken(scene.view.box.inside(0.5)), []
    for label, drawn in place_labels(_patches(pair, moved, scene, type_), taken):
        placed.append(label)
        marks += drawn
    return marks, placed


def _patches(pair: Pair, moved: pd.DataFrame, scene: Scene, type_: Type) -> Iterator[Wish]:
    """Wish for the households on each patch that moves, the smallest first; the table says where to."""
    groups = moved.dissolve(
        ["community_code", "from_grid", "grid_code"], aggfunc={"households": "sum"}, dropna=False
    )
    groups = groups[groups["households"] > 0].sort_values("households")
    groups = mark_moves(groups, hide=pair.first.sheet.hide_small)
    for (_, before, after), row in groups.iterrows():
        text = pair.first.texts(
            "exports.households_unit", n=count_of_row(pair.first.texts, row.to_dict(), "households")
        )
        shape = scene.view.to_paper(pd.Series([row.geometry]).to_numpy())[0]
        line = Line(text=type_.plain(text), size_pt=8.4 * scene.zoom, bold=True)
        yield area_label(Setter(type_=type_), "move", f"{before}>{after}", shape, [line])


def _below(pair: Pair, box: Box, type_: Type, frame: Frame, maps: Sequence[Box]) -> Iterator[Mark]:
    """Draw the figures of both plans and the largest moves below the maps; the scale beside them."""
    zoom = frame.zoom
    gap = _GAP_MM * zoom
    if frame.is_portrait:  # the fourth place beside the maps holds the moves above the scale
        place = Box(maps[1].left, maps[2].bottom, box.right, maps[2].top + HEADING_MM * zoom)
        right = Box(place.left, place.bottom, place.right, place.bottom + _LEGEND_MM * zoom)
        tables = box, Box(place.left, right.top + gap, place.right, place.top)
    else:
        right = Box(box.right - 0.215 * box.width, box.bottom, box.right, box.top)
        rest = right.left - gap - box.left
        left = Box(box.left, box.bottom, box.left + 0.46 * (rest - gap), box.top)
        tables = left, Box(left.right + gap, box.bottom, box.left + rest, box.top)
    yield from _tables(pair, tables, type_, zoom)
    texts = pair.first.texts
    view = choose_view(pair.extent[0].bounds, maps[0].inside(1.2 * zoom))
    yield from _legend(right, texts("sheets.compare.changed"), type_, zoom)
    scale = Box(right.left, right.bottom, right.right, right.top - 14 * zoom)
    yield from draw_scale_block(scale, view, pair.ground[0].system, texts, type_, zoom)


def _tables(pair: Pair, boxes: tuple[Box, Box], type_: Type, zoom: float) -> Iterator[Mark]:
    """Draw both tables in the largest type in which they fit; where none does, the usual one, cut."""
    texts = pair.first.texts
    tables = (
        figures_table(pair.first, pair.second, pair.extent, pair.difference, zoom),
        moves_table(pair.first, pair.second, pair.difference, zoom),
    )
    rooms = [Box(box.left, box.bottom, box.right, box.top - HEADING_MM * zoom) for box in boxes]
    size = next((size for size in _SIZES if _fit(tables, rooms, type_, size)), 1.0)
    titles = texts("sheets.compare.figures"), texts("sheets.compare.moves")
    rests = "sheets.compare.rows_left_out", "sheets.moves_left_out"
    for room, title, table, rest in zip(rooms, titles, tables, rests, strict=True):
        yield from draw_heading(room.left, room.right, room.top + HEADING_MM * zoom, title, zoom)
        yield from draw_table(cut_table(enlarged(table, size), room.height, texts, rest), room, type_)


def _fit(tables: Sequence[Table], rooms: Sequence[Box], type_: Type, size: float) -> bool:
    larger = [enlarged(table, size) for table in tables]
    return all(
        table.height() <= room.height and fits_width(table, room.width, type_)
        for table, room in zip(larger, rooms, strict=True)
    )


def _legend(box: Box, text: str, type_: Type, zoom: float) -> Iterator[Mark]:
    swatch = Box(box.left, box.top - 6 * zoom, box.left + 11 * zoom, box.top - 1.5 * zoom)
    shape = [shapely.box(*swatch)]
    yield Shapes(shapes=shape, style=Style(fill=_CHANGED, alpha=0.55))
    yield Shapes(shapes=shape, style=Style(hatch=_HATCH, line=None))
    yield rectangle(swatch, Style(line=INK, width_mm=0.2 * zoom))
    size = 7.6 * zoom
    x = swatch.right + 2 * zoom
    yield Words(x=x, y=swatch.bottom + 1.2 * zoom, text=type_.fitted(text, box.right - x, size), size_pt=size)
