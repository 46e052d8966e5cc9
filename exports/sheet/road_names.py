"""Names along roads: turned with a road that runs across, letter under letter along one that runs up."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from exports.letters import is_wide
from exports.sheet.fonts import MM_PER_PT
from exports.sheet.labels import ASCENT, DESCENT, Setter
from exports.sheet.marks import Box, Words
from exports.sheet.place import Spot, Wish

_COLOUR = "#5A4632"
_PLACES = (0.5, 0.38, 0.62, 0.26, 0.74, 0.15, 0.85)
_STRAIGHT = 0.985
_BESIDE_MM = 15.0
_CLEAR_MM = 0.7
_APART = 1.25
"""Letters of a road's name stand this far apart, so that the eye follows the road."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadLook:
    """How names of roads are set: frame and size, and the heavy borders that a name stands beside, not on."""

    frame: Box
    size_pt: float
    avoid: shapely.Geometry


def road_labels(
    setter: Setter, name: str, lines: Iterable[shapely.Geometry], look: RoadLook
) -> Iterator[Wish]:
    """Wish for a road's name on its longest piece, and again on every other long one."""
    frame, size_pt = look.frame, look.size_pt
    joined = shapely.line_merge(shapely.union_all([*lines]))
    inside = shapely.get_parts(shapely.intersection(joined, shapely.box(*frame)))
    pieces = sorted((piece for piece in inside if piece.length > 0), key=shapely.length, reverse=True)
    need = len(name) * size_pt * MM_PER_PT * _APART
    named: list[shapely.Geometry] = []
    for number, piece in enumerate(pieces[:3]):
        # The two carriageways of one road, side by side, need one name.
        beside = any(piece.distance(other) < _BESIDE_MM for other in named)
        if piece.length > need * (1.15 if number == 0 else 6) and not beside:
            named.append(piece)
            yield Wish(kind="road", key=f"{name}#{number}", spots=_along(setter, name, piece, look))


def _along(setter: Setter, name: str, piece: shapely.LineString, look: RoadLook) -> Iterator[Spot]:
    """Give places on the road, beside it where a heavy border runs along it, and on that border at last."""
    wide = all(is_wide(sign) for sign in name)
    size = look.size_pt
    step = size * MM_PER_PT * _APART
    length = len(name) * step if wide else setter.type_.width_mm(name, size)
    late: list[Spot] = []
    for share in _PLACES:
        middle = share * piece.length
        if middle < length / 2 or middle > piece.length - length / 2:
            continue
        start, end = (piece.interpolate(middle + side * length / 2) for side in (-1, 1))
        if start.distance(end) < _STRAIGHT * length:
            continue
        across, up = end.x - start.x, end.y - start.y
        if across < 0:
            across, up = -across, -up
        angle = float(np.degrees(np.arctan2(up, across)))
        centre = piece.interpolate(middle)
        spots = [
            _letters(name, at, angle, size) if wide else _one_line(name, at, angle, size, length)
            for at in (centre, *_beside(centre, angle, size))
        ]
        if _lies_on(look.avoid, start, centre, end, size):
            yield from spots[1:]
            late.append(spots[0])
        else:
            yield spots[0]
    yield from late


def _beside(centre: shapely.Point, angle: float, size_pt: float) -> Iterator[shapely.Point]:
    """Give the two places beside a line where letters leave it free."""
    away = size_pt * MM_PER_PT * 0.62 + _CLEAR_MM
    turn = np.radians(angle)
    for side in (1, -1):
        x, y = centre.x - side * away * np.sin(turn), centre.y + side * away * np.cos(turn)
        yield shapely.Point(float(x), float(y))


def _lies_on(
    avoid: shapely.Geometry, start: shapely.Point, centre: shapely.Point, end: shapely.Point, size_pt: float
) -> bool:
    """Tell whether most of a name would lie on the lines to avoid."""
    near = 0.6 * size_pt * MM_PER_PT
    return sum(bool(point.distance(avoid) < near) for point in (start, centre, end)) > 1


def _letters(name: str, centre: shapely.Point, angle: float, size_pt: float) -> Spot:
    """Set letter by letter: in reading order from left to right, or from top to bottom on a steep road."""
    steep = abs(angle) > 50
    if steep:
        # Downwards along the road; the letters stand as upright as they can.
        along = np.radians(angle if angle < 0 else angle - 180)
        turn = angle + 90 if angle < 0 else angle - 90
    else:
        along, turn = np.radians(angle), angle
    step = size_pt * MM_PER_PT * _APART
    size = size_pt * MM_PER_PT
    marks, boxes = [], []
    for number, sign in enumerate(name):
        away = (number - (len(name) - 1) / 2) * step
        x, y = centre.x + away * float(np.cos(along)), centre.y + away * float(np.sin(along))
        marks.append(_turned(sign, x, y, turn, size_pt))
        half = size * (0.5 + 0.2 * abs(np.sin(np.radians(2 * turn))))
        boxes.append(Box(x - half, y - half, x + half, y + half))
    return Spot(marks=tuple(marks), boxes=tuple(boxes))


def _one_line(name: str, centre: shapely.Point, angle: float, size_pt: float, length: float) -> Spot:
    size = size_pt * MM_PER_PT
    words = _turned(name, centre.x, centre.y, angle, size_pt)
    parts = max(1, round(length / size))
    steps = (np.arange(parts) - (parts - 1) / 2) * length / parts
    half = size * 0.62
    boxes = tuple(
        Box(x - half, y - half, x + half, y + half)
        for x, y in zip(
            centre.x + steps * np.cos(np.radians(angle)),
            centre.y + steps * np.sin(np.radians(angle)),
            strict=True,
        )
    )
    return Spot(marks=(words,), boxes=boxes)


def _turned(text: str, x: float, y: float, angle: float, size_pt: float) -> Words:
    """Set text whose middle, not its baseline, lies on a point."""
    drop = (ASCENT - DESCENT) / 2 * size_pt * MM_PER_PT
    turn = np.radians(angle)
    return Words(
        x=x + drop * float(np.sin(turn)),
        y=y - drop * float(np.cos(turn)),
        text=text,
        size_pt=size_pt,
        align="center",
        colour=_COLOUR,
        halo="#FFFFFF",
        angle_deg=angle,
    )
