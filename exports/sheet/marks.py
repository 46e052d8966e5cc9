"""What stands on a sheet, as plain values in millimetres from the lower left corner, y upwards."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

import shapely

if TYPE_CHECKING:  # type measures in millimetres, so it imports this file
    from exports.sheet.fonts import Type

Align = Literal["left", "center", "right"]


class Box(NamedTuple):
    """A rectangle."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """Give the width."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Give the height."""
        return self.top - self.bottom

    @property
    def middle(self) -> tuple[float, float]:
        """Give the middle."""
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2

    def inside(self, margin: float) -> "Box":
        """Give the box without a margin on all sides."""
        return Box(self.left + margin, self.bottom + margin, self.right - margin, self.top - margin)

    def holds(self, other: "Box") -> bool:
        """Tell whether another box lies inside."""
        return (
            self.left <= other.left
            and self.bottom <= other.bottom
            and other.right <= self.right
            and other.top <= self.top
        )

    def meets(self, other: "Box") -> bool:
        """Tell whether the insides of two boxes overlap."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.bottom < other.top
            and other.bottom < self.top
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How shapes look: colours as "#RRGGBB" (None draws nothing), widths and dashes in millimetres."""

    fill: str | None = None
    line: str | None = None
    width_mm: float = 0.2
    dash_mm: tuple[float, ...] = ()
    hatch: str = ""
    alpha: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """Polygons or lines of one style, cut off at a box when given."""

    shapes: Sequence[shapely.Geometry]
    style: Style
    clip: Box | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One line of text; (x, y) is the start, middle or end of its baseline, turned by `angle_deg`."""

    x: float
    y: float
    text: str
    size_pt: float
    bold: bool = False
    align: Align = "left"
    colour: str = "#1A1A1A"
    halo: str | None = None
    angle_deg: float = 0.0


Mark = Shapes | Words


class Placed(NamedTuple):
    """A label as it was placed: what it names, and the boxes that its text covers."""

    kind: str
    key: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One sheet.

    Attributes
    ----------
    title
        What bookmarks and contents call it.
    marks
        In drawing order.
    labels
        The labels of its map, for checks; empty on pages without a map.
    links
        Boxes of this page that lead to another, as (box, number of the page from 0).
    """

    width: float
    height: float
    title: str
    marks: tuple[Mark, ...]
    labels: tuple[Placed, ...] = ()
    links: tuple[tuple[Box, int], ...] = field(default=())


class Body(NamedTuple):
    """A page before it has its title, foot and number: what contents call it, its heading, what is drawn."""

    title: str
    heading: str
    marks: list[Mark]
    labels: Sequence[Placed] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Pages, the type they are set in, and what the whole is called."""

    title: str
    pages: Sequence[Page]
    type_: "Type"


def rectangle(box: Box, style: Style) -> Shapes:
    """Draw a box."""
    return Shapes(shapes=[shapely.box(*box)], style=style)


def rule(
    x0: float, y0: float, x1: float, y1: float, *, width_mm: float = 0.2, line: str = "#1A1A1A"
) -> Shapes:
    """Draw a straight line."""
    return Shapes(
        shapes=[shapely.LineString([(x0, y0), (x1, y1)])], style=Style(line=line, width_mm=width_mm)
    )
