"""What frames a map: title with the draft mark, scale bar, north arrow, foot with sources and page number."""

from collections.abc import Iterator, Sequence

import numpy as np
import shapely

from exports.request import Request
from exports.sheet.drawing import INK
from exports.sheet.fonts import MM_PER_PT, Type
from exports.sheet.marks import Box, Mark, Shapes, Style, Words, rectangle, rule
from exports.sheet.paper import Frame
from exports.sheet.scale import View, bar_step_m

SOFT = "#555555"


def draw_title(frame: Frame, type_: Type, title: str, facts: Sequence[str], mark: str) -> Iterator[Mark]:
    """Draw the heading, the facts below it, and the draft mark at the right when there is one."""
    box, zoom = frame.title, frame.zoom
    right = box.right
    if mark:
        size = 12.5 * zoom
        width = type_.width_mm(mark, size, bold=True) + 7 * zoom
        plate = Box(box.right - width, box.top - 10.5 * zoom, box.right, box.top - 1.5 * zoom)
        yield rectangle(plate, Style(line=INK, width_mm=0.6 * zoom))
        yield rectangle(plate.inside(0.9 * zoom), Style(line=INK, width_mm=0.18 * zoom))
        x, y = plate.middle
        yield Words(
            x=x, y=y - 0.36 * size * MM_PER_PT, text=mark, size_pt=size, bold=True, align="center", colour=INK
        )
        right = plate.left - 4 * zoom
    size = 22.0 * zoom
    while type_.width_mm(title, size, bold=True) > right - box.left and size > 12 * zoom:
        size *= 0.95
    baseline = box.top - 9 * zoom
    yield Words(
        x=box.left,
        y=baseline,
        text=type_.fitted(title, right - box.left, size, bold=True),
        size_pt=size,
        bold=True,
    )
    small = 9.0 * zoom
    line = type_.fitted("    ".join(fact for fact in facts if fact), box.width, small)
    yield Words(x=box.left, y=box.bottom + 2.4 * zoom, text=line, size_pt=small, colour=SOFT)


def draw_foot(frame: Frame, type_: Type, lines: tuple[str, str], page: str) -> Iterator[Mark]:
    """Draw the foot: that it is a draft, whose data it is, and the page's number."""
    box, size = frame.foot, 6.6 * frame.zoom
    number = type_.width_mm(page, size)
    first, second = lines
    y = box.top - 1.2 * frame.zoom - size * MM_PER_PT
    yield Words(x=box.right, y=y, text=page, size_pt=size, align="right", colour=SOFT)
    for at, line in enumerate((first, second)):
        said = type_.fitted(type_.plain(line), box.width - number - 6 * frame.zoom, size)
        yield Words(x=box.left, y=y - at * 1.3 * size * MM_PER_PT, text=said, size_pt=size, colour=SOFT)


def foot_lines(request: Request) -> tuple[str, str]:
    """Say that it is a draft, and whose data it is."""
    return request.texts("sheets.draft_sentence"), request.said_of_data()


def draw_scale(box: Box, view: View, type_: Type, zoom: float, words: Sequence[str]) -> Iterator[Mark]:
    """Draw the bar and, below it, the ratio and the coordinate system; the bar is true on paper."""
    step = bar_step_m(view.ratio, box.width * 0.92)
    part = step * view.mm_per_m
    size = 7.2 * zoom
    top = box.top - 4.2 * zoom
    for at in range(4):
        piece = Box(box.left + at * part, top - 1.5 * zoom, box.left + (at + 1) * part, top)
        fill = INK if at % 2 == 0 else "#FFFFFF"
        yield rectangle(piece, Style(fill=fill, line=INK, width_mm=0.2 * zoom))
    unit = "km" if step * 4 >= 2000 and (step / 1000 * 4).is_integer() else "m"
    for at in range(0, 5, 2 if unit == "m" and part < 9 * zoom else 1):
        value = at * step / (1000 if unit == "km" else 1)
        text = f"{value:g}" + (f" {unit}" if at == 4 else "")
        shift = type_.width_mm(f" {unit}", size) / 2 if at == 4 else 0.0
        yield Words(
            x=box.left + at * part + shift,
            y=top + 1.1 * zoom,
            text=text,
            size_pt=size,
            align="center" if at else "left",
        )
    y = top - 1.5 * zoom - 1.6 * size * MM_PER_PT
    for number, line in enumerate(words):
        grown = size * (1.25 if number == 0 else 0.94)
        yield Words(
            x=box.left, y=y, text=type_.fitted(line, box.width, grown), size_pt=grown, bold=number == 0
        )
        y -= 1.5 * size * MM_PER_PT


def draw_north(
    middle: tuple[float, float], height: float, angle_deg: float, letter: str, zoom: float
) -> Iterator[Mark]:
    """Draw an arrow to true north, `angle_deg` to the right of the map's up."""
    half = height / 2
    left = shapely.Polygon([(0, half), (0, -0.55 * half), (-0.55 * half, -half)])
    right = shapely.Polygon([(0, half), (0, -0.55 * half), (0.55 * half, -half)])
    turn = np.radians(-angle_deg)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    placed = [
        shapely.transform(shape, lambda points: points @ matrix.T + np.array(middle))
        for shape in (left, right)
    ]
    yield Shapes(shapes=placed[:1], style=Style(fill=INK, line=INK, width_mm=0.2 * zoom))
    yield Shapes(shapes=placed[1:], style=Style(fill="#FFFFFF", line=INK, width_mm=0.2 * zoom))
    size = 9.0 * zoom
    yield Words(
        x=middle[0] + half * float(np.sin(-turn)),
        y=middle[1] + half + 1.0 * zoom,
        text=letter,
        size_pt=size,
        bold=True,
        align="center",
    )


def draw_heading(x: float, right: float, y: float, text: str, zoom: float) -> Iterator[Mark]:
    """Draw the heading of a block in the side column."""
    size = 9.2 * zoom
    yield Words(x=x, y=y - 0.8 * size * MM_PER_PT, text=text, size_pt=size, bold=True)
    yield rule(x, y - 1.35 * size * MM_PER_PT, right, y - 1.35 * size * MM_PER_PT, width_mm=0.25 * zoom)


HEADING_MM = 6.4
"""The room of a heading at the size of A3."""
