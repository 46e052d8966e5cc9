"""Main lines of the synthetic sub-district: main roads, river, railway, and the faces between them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from shapely.geometry import LineString, Point, Polygon
from shapely.ops import split

from data.specs import SPECS, CommunitySpec

GRID_M = 0.01
"""All borders are noded on this precision, so that neighbours share every vertex."""

OVERSHOOT_M = 0.5
"""How far a line runs past what it ends on while lines are noded; cut off again in the road layer."""

_JITTER_M = 14.0
_STEP_M = 35.0

_WAYS: tuple[tuple[str, str, tuple[tuple[float, float], ...]], ...] = (
    ("绕城高速", "motorway", ((1985, -170), (2040, 380), (1980, 900), (2015, 1300), (2000, 1690))),
    ("北环快速路", "trunk", ((-170, 1490), (500, 1535), (1180, 1490), (1700, 1545), (2190, 1520))),
    ("南塘大道", "main", ((-170, 10), (700, -30), (1400, 20), (2190, -15))),
    ("钟鼓路", "main", ((-170, 1050), (560, 1010), (1120, 1055), (1600, 1020), (2190, 1040))),
    ("书院路", "main", ((-170, 465), (560, 505), (1080, 475), (1500, 510), (2190, 470))),
    ("听松大街", "main", ((530, 1690), (560, 1010), (590, 760), (565, 420))),
    ("映月大街", "main", ((1200, 1690), (1125, 1040), (1075, 710), (1090, 420))),
    ("稻香大街", "main", ((690, 570), (705, 250), (675, -170))),
    ("麦香大街", "main", ((1385, 580), (1410, 220), (1425, -170))),
)
_RAILWAY = ((-20, -170), (20, 400), (-5, 800), (45, 1200), (25, 1690))
_RIVER = (
    (-190, 660), (120, 715), (400, 800), (700, 775), (1000, 705),
    (1260, 715), (1540, 800), (1800, 770), (2190, 620),
)  # fmt: skip
_ENDS_AT = {"听松大街": "书院路", "映月大街": "书院路", "稻香大街": "书院路", "麦香大街": "书院路"}
"""Main ways that end in a T-junction, and the way they end on."""

_OUTER = ("绕城高速", "北环快速路", "南塘大道")
_CENTRE = Point(1000, 750)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A named line of the road network with its class as in the `roads` layer."""

    name: str
    road_class: str
    line: LineString


@dataclass(frozen=True, slots=True, kw_only=True)
class Skeleton:
    """Main ways, river and railway, the sub-district they bound, and one face for each community code."""

    ways: tuple[Way, ...]
    railway: LineString
    river: LineString
    district: Polygon
    faces: Mapping[str, Polygon]


def build_skeleton(rng: np.random.Generator) -> Skeleton:
    """Lay the main lines, each bent a little by chance, and find the faces between them."""
    lines = {name: _curve(points, rng) for name, _, points in _WAYS}
    lines |= {name: _end_at(lines[name], lines[other]) for name, other in _ENDS_AT.items()}
    ways = tuple(Way(name=name, road_class=road_class, line=lines[name]) for name, road_class, _ in _WAYS)
    railway, river = _curve(_RAILWAY, rng), _curve(_RIVER, rng)
    outer = [way.line for way in ways if way.name in _OUTER]
    (district,) = (face for face in faces_of([*outer, railway]) if face.contains(_CENTRE))
    faces = [
        face
        for face in faces_of([*(overshoot(way.line) for way in ways), railway, river])
        if district.contains(face.representative_point())
    ]
    return Skeleton(
        ways=ways,
        railway=railway,
        river=river,
        district=district,
        faces={spec.code: _face_at(spec, faces) for spec in SPECS},
    )


def faces_of(lines: Iterable[LineString]) -> list[Polygon]:
    """Polygons that the lines enclose, noded on the shared precision grid."""
    noded = shapely.union_all(list(lines), grid_size=GRID_M)
    return list(shapely.polygonize([noded]).geoms)


def overshoot(line: LineString) -> LineString:
    """Lengthen a line by half a metre at both ends, so that it surely meets what it ends on."""
    xy = np.array(line.coords)
    for end, inner in ((0, 1), (-1, -2)):
        step = xy[end] - xy[inner]
        xy[end] = xy[end] + step * (OVERSHOOT_M / np.hypot(*step))
    return LineString(xy)


def _end_at(line: LineString, other: LineString) -> LineString:
    """Drop the shorter part of a line behind its crossing with another."""
    return max(split(line, other).geoms, key=lambda part: part.length)


def _face_at(spec: CommunitySpec, faces: list[Polygon]) -> Polygon:
    (face,) = (face for face in faces if face.contains(Point(spec.anchor)))
    return face


def _curve(points: Iterable[tuple[float, float]], rng: np.random.Generator) -> LineString:
    """Smooth line through the points, the inner ones moved by chance."""
    knots: NDArray[np.float64] = np.array(list(points), dtype=np.float64)
    knots[1:-1] += rng.uniform(-_JITTER_M, _JITTER_M, size=(len(knots) - 2, 2))
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(knots, axis=0).T))])
    steps = np.linspace(0.0, along[-1], max(2, int(along[-1] / _STEP_M)))
    return LineString(np.round(CubicSpline(along, knots)(steps), 2))
