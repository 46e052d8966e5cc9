"""Pages and pictures that set a plan against others; apart from other pages, which load without it."""

from dataclasses import replace
from io import BytesIO

from exports.request import Request
from exports.sheet.comparison import Pair, comparison_body, difference_picture, pair_of
from exports.sheet.fonts import Type, find_type
from exports.sheet.ground import Extent, Ground, build_ground
from exports.sheet.marks import Document
from exports.sheet.pages import frame_of, number_pages, require_extent
from scenarios.outcome import Outcome


def compare_all(request: Request, ground: Ground, extent: Extent, type_: Type) -> Document:
    """Lay out a sheet for each scenario that the plan is set against."""
    bodies, frame = [], frame_of(request)
    for number, against in enumerate(request.others, start=1):
        request.step(number, 2 * len(request.others))
        bodies.append(comparison_body(make_pair(request, against, ground, extent), frame, type_))
    pages = number_pages(request, bodies, type_)
    return Document(title=type_.plain(bodies[0].heading), pages=pages, type_=type_)


def make_pair(request: Request, against: Outcome, ground: Ground, extent: Extent) -> Pair:
    """Set the plan against another; of a grid, which the other may not have, its community is compared."""
    other = build_ground(replace(request, outcome=against))
    code = extent.home or extent.code
    extents = require_extent(request, ground, code), require_extent(request, other, code)
    return pair_of(request, against, (ground, other), extents)


def change_picture(
    request: Request, against: Outcome, size: tuple[float, float], target: BytesIO, *, dpi: float
) -> None:
    """Draw what differs from another plan as a picture of (width, height) in millimetres."""
    type_ = find_type(request.texts.language)
    ground = build_ground(request)
    extent = require_extent(request, ground, request.sheet.extent)
    pair = make_pair(request, against, ground, extent)
    difference_picture(pair, *size, target, type_=type_, dpi=dpi)
