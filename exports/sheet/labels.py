"""The labels a map wishes for: grids, communities, points with symbols, compounds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from exports.labels import places_m
from exports.sheet.fonts import MM_PER_PT, Type
from exports.sheet.marks import Box, Shapes, Style, Words
from exports.sheet.place import Spot, Wish

ASCENT, DESCENT = 0.84, 0.14
"""How far Chinese letters reach above and below the baseline, as parts of the size."""
_PITCH = 1.12
_GAP_MM = 0.35
_NAME_GAP_MM = 1.0
"""Names of areas keep away from figures that stand on the same line."""
_SMALLER = (1.0, 0.88, 0.76, 0.66)
_SMALLEST = 0.52
"""For names of areas, which are set larger than all else."""
_ROUND = np.radians([0, 45, -45, 180, 135, -135, 90, -90])
_LEADER = "#404040"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a label."""

    text: str
    size_pt: float
    bold: bool = False
    colour: str = "#1A1A1A"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setter:
    """Sets labels in a type."""

    type_: Type

    def block(
        self,
        lines: Sequence[Line],
        middle: tuple[float, float],
        *,
        halo: str | None = "#FFFFFF",
        gap_mm: float = _GAP_MM,
    ) -> Spot:
        """Set lines centred on a point; one box covers them all."""
        x, y = middle
        heights = [line.size_pt * MM_PER_PT * _PITCH for line in lines]
        width = max(self.type_.width_mm(line.text, line.size_pt, bold=line.bold) for line in lines)
        # From the first line's top to the last one's foot.
        first, last = lines[0].size_pt * MM_PER_PT, lines[-1].size_pt * MM_PER_PT
        height = ASCENT * first + sum(heights[1:]) + DESCENT * last
        baseline, marks = y + height / 2 - ASCENT * first, []
        for number, line in enumerate(lines):
            baseline -= heights[number] if number else 0.0
            marks.append(_words(line, x, baseline, halo))
        box = Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2).inside(-gap_mm)
        return Spot(marks=tuple(marks), boxes=(box,))

    def beside(self, line: Line, point: tuple[float, float], away_mm: float) -> Iterator[Spot]:
        """Set one line at eight places around a symbol."""
        width = self.type_.width_mm(line.text, line.size_pt, bold=line.bold)
        height = line.size_pt * MM_PER_PT
        for angle in _ROUND:
            across, up = np.cos(angle), np.sin(angle)
            x = point[0] + across * (away_mm + 1.2 * _GAP_MM + width / 2)
            y = point[1] + up * (away_mm + 1.2 * _GAP_MM + height / 2)
            yield self.block([line], (float(x), float(y)))


def _words(line: Line, x: float, y: float, halo: str | None) -> Words:
    return Words(
        x=x,
        y=y,
        text=line.text,
        size_pt=line.size_pt,
        bold=line.bold,
        align="center",
        colour=line.colour,
        halo=halo,
    )


def area_label(setter: Setter, kind: str, key: str, shape: shapely.Geometry, lines: Sequence[Line]) -> Wish:
    """Wish for lines inside an area: smaller where it is narrow, beside it with a line where it is tiny."""
    return Wish(kind=kind, key=key, spots=_inside_then_beside(setter, shape, lines))


def _inside_then_beside(setter: Setter, shape: shapely.Geometry, lines: Sequence[Line]) -> Iterator[Spot]:
    points, _ = places_m(shape, 40, tolerance=0.2)
    shapely.prepare(shape)
    late: list[Spot] = []
    for share in _SMALLER:
        set_ = [_smaller(line, share) for line in lines]
        for point in points:
            spot = setter.block(set_, (float(point[0]), float(point[1])))
            if shapely.covers(shape, shapely.box(*spot.boxes[0].inside(_GAP_MM))):
                yield spot
            elif share == _SMALLER[-1] and _mostly_inside(shape, spot.boxes[0]):
                late.append(spot)
    yield from late
    yield from _led(
        setter, [_smaller(line, 0.76) for line in lines], (float(points[0][0]), float(points[0][1]))
    )


def _mostly_inside(shape: shapely.Geometry, box: Box) -> bool:
    whole = shapely.box(*box.inside(_GAP_MM))
    return bool(shapely.area(shapely.intersection(shape, whole)) > 0.8 * shapely.area(whole))


def _led(setter: Setter, lines: Sequence[Line], start: tuple[float, float]) -> Iterator[Spot]:
    """Set lines on a white plate away from the area, with a thin line to its middle."""
    plate = Style(fill="#FFFFFF", line=_LEADER, width_mm=0.15)
    for away in np.arange(6.0, 150.0, 3.0):
        for angle in np.radians(np.arange(0, 360, 15)):
            point = start[0] + away * float(np.cos(angle)), start[1] + away * float(np.sin(angle))
            spot = setter.block(lines, point, halo=None)
            leader = shapely.LineString([start, point])
            foot = shapely.Point(start).buffer(0.45)
            marks = (
                Shapes(shapes=[leader], style=Style(line=_LEADER, width_mm=0.25)),
                Shapes(shapes=[foot], style=Style(fill=_LEADER)),
                Shapes(shapes=[shapely.box(*spot.boxes[0])], style=plate),
                *spot.marks,
            )
            yield Spot(marks=marks, boxes=spot.boxes)


def _smaller(line: Line, share: float) -> Line:
    return replace(line, size_pt=line.size_pt * share)


def name_label(
    setter: Setter, kind: str, key: str, shape: shapely.Geometry, line: Line, *, most: int = 60
) -> Wish:
    """Wish for a name somewhere in an area, over other lines, smaller where there is little room."""
    return Wish(kind=kind, key=key, spots=_anywhere(setter, shape, line, most))


def _anywhere(setter: Setter, shape: shapely.Geometry, line: Line, most: int) -> Iterator[Spot]:
    points = [(float(x), float(y)) for x, y in places_m(shape, most, tolerance=0.2)[0]]
    first, _, second = line.text.partition(" ")
    halves = [replace(line, text=part) for part in (first, second)] if second else [line]
    shapely.prepare(shape)
    for share in (*_SMALLER, _SMALLEST):
        for lines in ([line], halves):
            for point in points:
                spot = setter.block([_smaller(part, share) for part in lines], point, gap_mm=_NAME_GAP_MM)
                if _mostly_inside(shape, spot.boxes[0]):
                    yield spot
    for lines in ([line], halves):
        for point in points:
            yield setter.block([_smaller(part, _SMALLEST) for part in lines], point, gap_mm=_NAME_GAP_MM)
    yield from _led(setter, [_smaller(line, _SMALLER[-1])], points[0])


def inside_label(setter: Setter, kind: str, key: str, shape: shapely.Geometry, line: Line) -> Wish:
    """Wish for a name that lies whole inside its area, or for none."""
    return Wish(kind=kind, key=key, spots=_only_inside(setter, shape, line))


def _only_inside(setter: Setter, shape: shapely.Geometry, line: Line) -> Iterator[Spot]:
    points: NDArray[np.float64] = places_m(shape, 12, tolerance=0.2)[0]
    for point in points:
        spot = setter.block([line], (float(point[0]), float(point[1])))
        if shapely.covers(shape, shapely.box(*spot.boxes[0])):
            yield spot


def point_label(
    setter: Setter, kind: str, key: str, point: tuple[float, float], line: Line, *, away_mm: float
) -> Wish:
    """Wish for a name beside a symbol."""
    return Wish(kind=kind, key=key, spots=setter.beside(line, point, away_mm))
