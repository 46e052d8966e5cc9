"""Paper and the frame on it: where title, map, side column and foot go."""

from collections.abc import Mapping
from dataclasses import dataclass

from exports.choices import Orientation, Paper
from exports.sheet.marks import Box

_SHORT_LONG_MM: Mapping[Paper, tuple[float, float]] = {"A4": (210, 297), "A3": (297, 420), "A0": (841, 1189)}
_ZOOM: Mapping[Paper, float] = {"A4": 0.74, "A3": 1.0, "A0": 2.3}
"""Everything but the map is drawn for A3 and enlarged: a wall is read from further away than a desk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A sheet's parts in millimetres; `zoom` enlarges type and furniture.

    `side` is a column beside the map on a landscape sheet and a band below it on a portrait one.
    """

    width: float
    height: float
    zoom: float
    title: Box
    map: Box
    side: Box
    foot: Box

    @property
    def is_portrait(self) -> bool:
        """Whether the sheet is taller than wide."""
        return self.height > self.width

    @property
    def body(self) -> Box:
        """What lies between title and foot."""
        return Box(self.title.left, self.foot.top, self.title.right, self.title.bottom)


def lay_frame(paper: Paper, orientation: Orientation) -> Frame:
    """Divide a sheet."""
    short, long = _SHORT_LONG_MM[paper]
    width, height = (long, short) if orientation == "landscape" else (short, long)
    zoom = _ZOOM[paper]
    sheet = Box(0, 0, width, height).inside(10 * zoom)
    title = Box(sheet.left, sheet.top - 17 * zoom, sheet.right, sheet.top)
    foot = Box(sheet.left, sheet.bottom, sheet.right, sheet.bottom + 6 * zoom)
    body = Box(sheet.left, foot.top, sheet.right, title.bottom)
    if orientation == "landscape":
        cut = body.right - 96 * zoom
        map_, side = (
            Box(body.left, body.bottom, cut, body.top),
            Box(cut + 5 * zoom, body.bottom, body.right, body.top),
        )
    else:
        cut = body.bottom + 70 * zoom
        map_ = Box(body.left, cut, body.right, body.top)
        side = Box(body.left, body.bottom, body.right, cut - 4 * zoom)
    return Frame(width=width, height=height, zoom=zoom, title=title, map=map_, side=side, foot=foot)


def lay_picture(width: float, height: float, zoom: float) -> Frame:
    """Divide a picture: the map, and the column beside it; nothing hangs above or below."""
    edge = 0.6 * zoom
    sheet = Box(0, 0, width, height).inside(edge)
    cut = sheet.right - 92 * zoom
    return Frame(
        width=width,
        height=height,
        zoom=zoom,
        title=Box(sheet.left, sheet.top, sheet.right, sheet.top),
        map=Box(sheet.left, sheet.bottom, cut, sheet.top),
        side=Box(cut + 4 * zoom, sheet.bottom, sheet.right, sheet.top),
        foot=Box(sheet.left, sheet.bottom, sheet.right, sheet.bottom),
    )
