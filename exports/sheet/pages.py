"""Pages of a document: map sheets, tables that run on, the responsibility sheet."""

from collections.abc import Iterator, Sequence

from exports.errors import ChoiceError
from exports.request import Request
from exports.sheet.drawing import INK, Scene, base_marks, find_symbols
from exports.sheet.figures import grids_table, posts_table
from exports.sheet.fonts import Type, find_type
from exports.sheet.furniture import draw_foot, draw_title, foot_lines
from exports.sheet.ground import Extent, Ground, build_ground, find_extent, place_name
from exports.sheet.labels import Setter
from exports.sheet.map_labels import label_marks
from exports.sheet.marks import Box, Mark, Page, Placed, Style, rectangle
from exports.sheet.minutes import minutes_pages
from exports.sheet.paper import Frame, lay_frame
from exports.sheet.scale import choose_view
from exports.sheet.side import Side, draw_side
from exports.sheet.tables import Table, draw_table

Unnumbered = tuple[str, str, list[Mark], list[Placed]]
"""Title for contents, heading, marks of the body, labels of the map."""


def build_pages(request: Request) -> tuple[list[Page], Type]:
    """Lay out the pages of one extent.

    Raises
    ------
    ChoiceError
        `unknown_extent`: no community and no grid has that code.
    FontError
        `no_chinese_font`.
    """
    type_ = find_type(request.texts.language)
    ground = build_ground(request)
    extent = require_extent(request, ground, request.sheet.extent)
    bodies = list(extent_bodies(request, ground, extent, type_))
    return number_pages(request, bodies, type_), type_


def require_extent(request: Request, ground: Ground, code: str) -> Extent:
    """Find an extent, or refuse."""
    extent = find_extent(ground, code, place_name(request))
    if extent is None:
        raise ChoiceError("unknown_extent", extent=code)
    return extent


def extent_bodies(request: Request, ground: Ground, extent: Extent, type_: Type) -> Iterator[Unnumbered]:
    """Lay out the parts that were asked for."""
    frame = frame_of(request)
    texts, parts = request.texts, request.sheet.parts
    if "map" in parts:
        yield map_body(request, ground, extent, type_)
    if "table" in parts:
        table = grids_table(request, extent, frame.zoom)
        yield from table_bodies(frame, type_, table, _heading(request, extent, texts("sheets.table")))
    if "posts" in parts:
        table = posts_table(request, extent, frame.zoom)
        yield from table_bodies(frame, type_, table, _heading(request, extent, texts("sheets.posts.title")))
    if "minutes" in parts:
        yield from minutes_pages(request, extent, frame, type_, _heading(request, extent, texts("sheets.minutes.title")))


def frame_of(request: Request) -> Frame:
    """Divide the paper that was chosen."""
    return lay_frame(request.sheet.paper, request.sheet.orientation)


def _heading(request: Request, extent: Extent, what: str) -> str:
    if request.sheet.title:
        return request.sheet.title
    return request.texts("sheets.title", place=extent.name, what=what).strip(" ·")


def map_body(request: Request, ground: Ground, extent: Extent, type_: Type) -> Unnumbered:
    """Lay out a map with what stands beside it."""
    frame = frame_of(request)
    view = choose_view(extent.bounds, frame.map.inside(1.5 * frame.zoom))
    view = type(view)(ratio=view.ratio, east=view.east, north=view.north, box=frame.map)
    scene = Scene(ground=ground, extent=extent, view=view, zoom=frame.zoom)
    marks = list(base_marks(scene))
    drawn, placed = label_marks(scene, Setter(type_=type_), request.texts)
    marks += drawn
    marks.append(rectangle(frame.map, Style(line=INK, width_mm=0.5 * frame.zoom)))
    symbols = find_symbols(scene)
    marks += draw_side(frame, Side(request=request, scene=scene, type_=type_, symbols=symbols))
    heading = _heading(request, extent, request.texts("exports.title"))
    return extent.name or request.texts("exports.title"), heading, marks, placed


def table_bodies(frame: Frame, type_: Type, table: Table, heading: str) -> Iterator[Unnumbered]:
    """Lay out a table over as many pages as it needs."""
    box = Box(frame.body.left, frame.body.bottom + 3 * frame.zoom, frame.body.right, frame.body.top)
    fits = max(1, table.fitting(box.height))
    for first in range(0, max(1, len(table.rows)), fits):
        yield heading, heading, list(draw_table(table, box, type_, first=first)), []


def number_pages(request: Request, bodies: Sequence[Unnumbered], type_: Type) -> list[Page]:
    """Add title, foot and page number to each body."""
    frame, texts = frame_of(request), request.texts
    scenario = texts("exports.scenario", name=type_.plain(request.outcome.scenario))
    date = "" if request.date is None else texts("exports.date", date=request.date.isoformat())
    mark = texts("exports.draft") if request.sheet.draft_mark else ""
    pages = []
    for number, (title, heading, marks, placed) in enumerate(bodies, start=1):
        page = texts("sheets.page", n=number, of=len(bodies))
        around = [
            *draw_title(frame, type_, type_.plain(heading), (scenario, date), mark),
            *draw_foot(frame, type_, foot_lines(request), page),
        ]
        pages.append(
            Page(
                width=frame.width,
                height=frame.height,
                title=type_.plain(title),
                marks=(*marks, *around),
                labels=tuple(placed),
            )
        )
    return pages
