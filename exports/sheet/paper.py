"""Paper and the frame on it: where title, map, side column and foot go."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from exports.choices import Orientation, Paper
from exports.sheet.marks import Box
from exports.sheet.scale import choose_view

_SHORT_LONG_MM: Mapping[Paper, tuple[float, float]] = {"A4": (210, 297), "A3": (297, 420), "A0": (841, 1189)}
_ZOOM: Mapping[Paper, float] = {"A4": 0.74, "A3": 1.0, "A0": 2.3}
"""Everything but the map is drawn for A3 and enlarged: a wall is read from further away than a desk."""


_MOST_SIDE = 0.46
_MAP_SHARE = 0.9
"""Part of the map's height that the area fills once the band has grown: what lies around it shows too."""


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
    frame = Frame(width=width, height=height, zoom=zoom, title=title, map=body, side=body, foot=foot)
    return with_side(frame, (96 if orientation == "landscape" else BAND_MM) * zoom)


BAND_MM = 70.0
"""The usual height of the band below a map on A3."""


def with_side(frame: Frame, size: float) -> Frame:
    """Give so many millimetres of the body to what stands beside or below the map, which takes the rest."""
    body, zoom = frame.body, frame.zoom
    if frame.is_portrait:
        cut = body.bottom + size
        map_ = Box(body.left, cut, body.right, body.top)
        side = Box(body.left, body.bottom, body.right, cut - 4 * zoom)
    else:
        cut = body.right - size
        map_ = Box(body.left, body.bottom, cut, body.top)
        side = Box(cut + 5 * zoom, body.bottom, body.right, body.top)
    return replace(frame, map=map_, side=side)


def suit(frame: Frame, bounds: tuple[float, float, float, float]) -> Frame:
    """Take from the map's part what an area of these bounds (metres) leaves empty at its largest scale.

    The side grows to at most the share `_MOST_SIDE` of the body; the map's scale stays as it was.
    """
    west, south, east, north = bounds
    view = choose_view(bounds, frame.map.inside(1.5 * frame.zoom))
    body = frame.body
    whole, need = (body.height, north - south) if frame.is_portrait else (body.width, east - west)
    now = whole - (frame.map.height if frame.is_portrait else frame.map.width)
    spare = whole - need * view.mm_per_m / _MAP_SHARE
    return with_side(frame, max(now, min(spare, _MOST_SIDE * whole)))


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
