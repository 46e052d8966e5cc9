"""The outline of a group of cells, step by step: who is across, which line it follows, which way it faces."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.alongside import BORDER_CLASSES, Lines, Steps, cut_steps, find_beside
from geo.tiling import BoolArray, FloatArray, IntArray, Segments, find_segments

OPEN, COMPOUND = "open", "compound"

OF_COMPOUNDS = (COMPOUND, "wall")
"""What is named after the compound beside it, as walls bear no name of their own."""

_ASIDE_M = 0.05  # far enough from a border to tell which side is inside, too near to reach another one
_SIDES = ("east", "north_east", "north", "north_west", "west", "south_west", "south", "south_east")
_FACING = 0.4
"""Share of its length by which a stretch must face one way to have a side; less, and it goes around."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The border of a group of cells in steps of at most five metres.

    Attributes
    ----------
    own, other
        int64 (k,), positions of the cells on both sides; -1 is outside of all.
    follows
        object (k,), a class of `BORDER_CLASSES`, or `open`.
    title
        object (k,), what that line is called, None where it has no name; of a wall or a
        compound's edge the compound beside it.
    length_m
        float64 (k,).
    middle, outward
        float64 (k, 2), middle of each step, and the unit vector that leads out of the group.
    """

    own: IntArray
    other: IntArray
    follows: NDArray[np.object_]
    title: NDArray[np.object_]
    length_m: FloatArray
    middle: FloatArray
    outward: FloatArray


def trace_outline(
    shapes: NDArray[np.object_], inside: BoolArray, compound: NDArray[np.object_], lines: Lines
) -> Outline:
    """Trace the border of a group of cells.

    Parameters
    ----------
    shapes
        Polygons (n,) of one community that share their nodes (as `cut_cells` makes them), metric CRS.
    inside
        bool (n,), which of them are in the group.
    compound
        object (n,), compound of each cell or None: between two compounds a border follows their edge, where
        it follows nothing weightier.
    lines
        What borders can follow, in the same CRS.
    """
    segments = find_segments(shapes, np.zeros(len(shapes), np.int64))
    across = np.where(segments.b >= 0, inside[segments.b], False)
    edge = inside[segments.a] != across
    segments = Segments(a=segments.a[edge], b=segments.b[edge], line=segments.line[edge])
    steps = cut_steps(segments)
    a, b = segments.a[steps.segment], segments.b[steps.segment]
    own, other = np.where(inside[a], a, b), np.where(inside[a], b, a)
    follows, title = _followed(steps, lines)
    apart = (other >= 0) & (compound[own] != compound[other])
    light = np.isin(follows, [OPEN, *BORDER_CLASSES[BORDER_CLASSES.index(COMPOUND) :]])
    follows[apart & light] = COMPOUND
    named = np.isin(follows, OF_COMPOUNDS)
    title[named] = _beside(own, other, compound)[named]
    return Outline(
        own=own,
        other=other,
        follows=follows,
        title=title,
        length_m=steps.length,
        middle=steps.middle,
        outward=_outward(steps, shapely.coverage_union_all(shapes[inside])),
    )


def find_side(outline: Outline, chosen: BoolArray) -> str:
    """Name the side on which some of the steps lie, one of eight, or `around` where they face all ways."""
    length = outline.length_m[chosen]
    facing = (outline.outward[chosen] * length[:, None]).sum(axis=0)
    if np.hypot(*facing) < _FACING * length.sum():
        return "around"
    return _SIDES[int(np.round(np.arctan2(facing[1], facing[0]) / (np.pi / 4))) % 8]


def _beside(own: IntArray, other: IntArray, compound: NDArray[np.object_]) -> NDArray[np.object_]:
    """Give the compound on the inner side of each step, else that on the other; None where there is none."""
    beside = compound[own]
    across = np.array([name is None for name in beside], np.bool_) & (other >= 0)
    beside[across] = compound[other[across]]
    return beside


def _followed(steps: Steps, lines: Lines) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Find the weightiest class that each step follows, and the name of its nearest line."""
    follows = np.full(len(steps.segment), OPEN, dtype=object)
    title = np.full(len(steps.segment), None, dtype=object)
    pairs = {name: (step, line) for name, step, line in find_beside(steps, lines)}
    for name in reversed(BORDER_CLASSES):
        if name not in pairs:
            continue
        step, line = pairs[name]
        away = shapely.distance(
            shapely.points(steps.middle[step]), shapely.linestrings(lines.ends[line].reshape(-1, 2, 2))
        )
        order = np.lexsort((line, away, step))
        first = order[np.unique(step[order], return_index=True)[1]]
        follows[step[first]], title[step[first]] = name, lines.title[line[first]]
    return follows, title


def _outward(steps: Steps, group: shapely.Geometry) -> FloatArray:
    along = steps.direction / np.hypot(steps.direction[:, 0], steps.direction[:, 1])[:, None]
    normal = np.c_[along[:, 1], -along[:, 0]]
    beside = steps.middle + _ASIDE_M * normal
    shapely.prepare(group)
    within = shapely.contains_xy(group, beside[:, 0], beside[:, 1])
    return np.asarray(np.where(within[:, None], -normal, normal))
