"""Pages of a document: map sheets, tables that run on, the responsibility sheet."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO

from exports.errors import ChoiceError
from exports.request import Request
from exports.sheet.contents import contents_bodies, linked
from exports.sheet.drawing import INK, Scene, base_marks, find_symbols
from exports.sheet.figures import grids_table, posts_table, scenario_name
from exports.sheet.fonts import Type, find_type
from exports.sheet.furniture import draw_foot, draw_title, foot_lines
from exports.sheet.ground import Extent, Ground, build_ground, find_extent, place_name
from exports.sheet.labels import Setter
from exports.sheet.map_labels import label_marks
from exports.sheet.marks import Body, Box, Document, Mark, Page, Placed, Style, rectangle
from exports.sheet.minutes import minutes_bodies
from exports.sheet.paper import Frame, lay_frame, lay_picture, suit, with_side
from exports.sheet.render import draw_png
from exports.sheet.scale import choose_view
from exports.sheet.side import draw_left_out, draw_side
from exports.sheet.side_blocks import Side
from exports.sheet.side_layout import Layout, lay_side
from exports.sheet.tables import Table, draw_table, enlarged, fits_width

_TABLE_SIZES = (1.1, 1.2, 1.3, 1.4, 1.5, 1.6)
_MORE_MM = (10.0, 20.0, 30.0, 45.0)
"""So much higher the band below a map may grow, at the size of A3, so that all has its place."""


def build_document(request: Request) -> Document:
    """Lay out the pages that were asked for: one extent with its parts, or an atlas.

    Raises
    ------
    ChoiceError
        `unknown_extent`: no community and no grid has that code.
    FontError
        `no_chinese_font`.
    ExportStopped
        `export_stopped`.
    """
    type_ = find_type(request.texts.language)
    ground = build_ground(request)
    extent = require_extent(request, ground, request.sheet.extent)
    if request.others:
        from exports.sheet.comparison_pages import compare_all  # noqa: PLC0415 - it stands on this module

        return compare_all(request, ground, extent, type_)
    codes = _atlas_codes(request, extent)
    bodies = list(extent_bodies(request, ground, extent, type_))
    if not codes:
        request.step(1, 2)
        return Document(
            title=type_.plain(bodies[0].heading), pages=number_pages(request, bodies, type_), type_=type_
        )
    # Pages are laid out, then drawn: each is one step of two.
    for number, code in enumerate(codes, start=1):
        request.step(number, 2 * len(codes))
        bodies += map_bodies(request, ground, require_extent(request, ground, code), type_)
    first, *rest = bodies
    frame = frame_of(request)
    contents = list(contents_bodies(frame, type_, [body.title for body in rest], request.texts))
    pages = number_pages(request, [first, *contents, *rest], type_)
    linked_pages = linked(pages, len(contents), frame)
    return Document(title=type_.plain(first.heading), pages=linked_pages, type_=type_)


def _atlas_codes(request: Request, extent: Extent) -> list[str]:
    grids = request.outcome.grids
    inside = grids[grids["code"].isin(extent.codes)]
    if request.sheet.atlas == "grids":
        return [str(code) for code in inside["code"]]
    if request.sheet.atlas == "communities":
        homes = set(inside["community_code"])
        return [str(code) for code in request.outcome.communities["code"] if code in homes]
    return []


def require_extent(request: Request, ground: Ground, code: str) -> Extent:
    """Find an extent, or refuse."""
    extent = find_extent(ground, code, place_name(request))
    if extent is None:
        raise ChoiceError("unknown_extent", extent=code)
    return extent


def extent_bodies(request: Request, ground: Ground, extent: Extent, type_: Type) -> Iterator[Body]:
    """Lay out the parts that were asked for."""
    frame = frame_of(request)
    texts, parts = request.texts, request.sheet.parts
    if "map" in parts:
        yield from map_bodies(request, ground, extent, type_)
    if "table" in parts:
        table = grids_table(request, extent, frame.zoom)
        yield from table_bodies(frame, type_, table, _heading(request, extent, texts("sheets.table")))
    if "posts" in parts:
        table = posts_table(request, extent, frame.zoom)
        yield from table_bodies(frame, type_, table, _heading(request, extent, texts("sheets.posts.title")))
    if "minutes" in parts:
        yield from minutes_bodies(
            request, extent, frame, type_, _heading(request, extent, texts("sheets.minutes.title"))
        )


def frame_of(request: Request) -> Frame:
    """Divide the paper that was chosen."""
    return lay_frame(request.sheet.paper, request.sheet.orientation)


def _heading(request: Request, extent: Extent, what: str) -> str:
    if request.sheet.title:
        return request.sheet.title
    return request.texts("sheets.title", place=extent.name, what=what).strip(" ·")


def map_bodies(request: Request, ground: Ground, extent: Extent, type_: Type) -> Iterator[Body]:
    """Lay out a map with what stands beside it, and pages for what had no room there."""
    layout = _choose_layout(request, ground, extent, type_)
    marks, placed = map_marks(layout)
    heading = _heading(request, extent, request.texts(f"sheets.map.{extent.kind}"))
    title = extent.name or heading
    yield Body(title, heading, marks, placed)
    frame = frame_of(request)
    for page in draw_left_out(layout.left_out, frame.body.inside(3 * frame.zoom), frame.zoom):
        again, more = (request.texts("sheets.continued", title=said) for said in (title, heading))
        yield Body(again, more, page)


def _choose_layout(request: Request, ground: Ground, extent: Extent, type_: Type) -> Layout:
    """Divide the paper so that all has its place; where no way does, in the usual way."""
    layouts = (_lay(request, ground, extent, type_, frame) for frame in _map_frames(request, extent))
    usual = next(layouts)
    if usual.is_whole:
        return usual
    return next((layout for layout in layouts if layout.is_whole), usual)


def _map_frames(request: Request, extent: Extent) -> Iterator[Frame]:
    """Divide the paper for a map: the band below one takes what it leaves empty, then a little more."""
    frame = frame_of(request)
    if not frame.is_portrait and extent.kind != "all":
        yield frame
        return
    suited = suit(frame, extent.bounds)
    yield suited
    if frame.is_portrait and extent.kind != "all":
        for more in _MORE_MM:
            yield with_side(frame, suited.map.bottom - suited.body.bottom + more * frame.zoom)


def _lay(request: Request, ground: Ground, extent: Extent, type_: Type, frame: Frame) -> Layout:
    view = choose_view(extent.bounds, frame.map.inside(1.5 * frame.zoom))
    scene = Scene(ground=ground, extent=extent, view=replace(view, box=frame.map), zoom=frame.zoom)
    side = Side(request=request, scene=scene, type_=type_, symbols=find_symbols(scene))
    return lay_side(frame, side)


def map_picture(
    request: Request, width: float, height: float, target: BytesIO, *, dpi: float, zoom: float = 1.0
) -> None:
    """Draw the map and what stands beside it as a picture of so many millimetres, without title and foot."""
    type_ = find_type(request.texts.language)
    ground = build_ground(request)
    extent = require_extent(request, ground, request.sheet.extent)
    frame = lay_picture(width, height, zoom)
    marks, placed = map_marks(_lay(request, ground, extent, type_, frame))
    page = Page(width=width, height=height, title=extent.name, marks=tuple(marks), labels=tuple(placed))
    draw_png(Document(title=extent.name, pages=[page], type_=type_), target, dpi=dpi)


def map_marks(layout: Layout) -> tuple[list[Mark], list[Placed]]:
    """Draw the map and what stands beside it."""
    side, scene = layout.side, layout.side.scene
    marks = list(base_marks(scene))
    drawn, placed = label_marks(scene, Setter(type_=side.type_), side.request.texts)
    marks += drawn
    marks.append(rectangle(scene.view.box, Style(line=INK, width_mm=0.5 * scene.zoom)))
    return [*marks, *draw_side(layout)], placed


def table_bodies(frame: Frame, type_: Type, table: Table, heading: str) -> Iterator[Body]:
    """Lay out a table over as many pages as it needs, in the largest type that needs no more of them."""
    box = Box(frame.body.left, frame.body.bottom + 3 * frame.zoom, frame.body.right, frame.body.top)
    fitting = table
    for size in _TABLE_SIZES:
        larger = enlarged(table, size)
        if _pages(larger, box) > _pages(table, box) or not fits_width(larger, box.width, type_):
            break
        fitting = larger
    fits = max(1, fitting.fitting(box.height))
    for first in range(0, max(1, len(table.rows)), fits):
        yield Body(heading, heading, list(draw_table(fitting, box, type_, first=first)))


def _pages(table: Table, box: Box) -> int:
    return -(-len(table.rows) // max(1, table.fitting(box.height)))


def number_pages(request: Request, bodies: Sequence[Body], type_: Type) -> list[Page]:
    """Add title, foot and page number to each body."""
    frame, texts = frame_of(request), request.texts
    scenario = texts("exports.scenario", name=type_.plain(scenario_name(request)))
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
