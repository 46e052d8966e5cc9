"""Street blocks: each community is cut by streets and lanes until its blocks have a city's size."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.affinity import rotate
from shapely.geometry import LineString, Polygon
from shapely.ops import split

from data.names import lane_names, street_names
from data.skeleton import Skeleton, Way, faces_of, overshoot
from data.specs import SPECS, CommunitySpec

HALF_WIDTH_M: Mapping[str, float] = {
    "motorway": 26.0, "trunk": 22.0, "main": 16.0, "street": 10.0, "lane": 5.0, "path": 2.0,
}  # fmt: skip
"""Half the width between the walls on both sides, by road class."""

RIVER_HALF_M = 20.0
_STREET_FROM_M2 = 95_000.0
_LANE_FROM_M2 = 11_000.0
_BEYOND_M = 130.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A face between streets; blocks tile their community."""

    community_code: str
    shape: Polygon


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """Communities and blocks, noded together on one precision grid, and the lines that bound them."""

    communities: Mapping[str, Polygon]
    blocks: tuple[Block, ...]
    ways: tuple[Way, ...]
    railway: LineString
    river: LineString
    district: Polygon

    def blocks_of(self, code: str) -> list[Block]:
        """Blocks of one community, in order."""
        return [block for block in self.blocks if block.community_code == code]


def build_town(skeleton: Skeleton, rng: np.random.Generator) -> Town:
    """Cut every community into blocks and node streets, borders and blocks together."""
    minor: list[Way] = []
    cuts: list[LineString] = []
    names = {"street": street_names(rng), "lane": lane_names(rng)}
    for spec in SPECS:
        for line, halved_m2 in cut_lines(skeleton.faces[spec.code], spec.block_m2, rng):
            cuts.append(overshoot(line))
            road_class = _class_of(spec, halved_m2)
            if road_class:
                minor.append(Way(name=next(names[road_class]), road_class=road_class, line=line))
    lines = [overshoot(way.line) for way in skeleton.ways] + [skeleton.railway, skeleton.river]
    faces = sorted(
        faces_of([*lines, *cuts]), key=lambda face: (round(face.centroid.x), round(face.centroid.y))
    )
    blocks = tuple(
        Block(community_code=spec.code, shape=face)
        for spec in SPECS
        for face in faces
        if skeleton.faces[spec.code].contains(face.representative_point())
    )
    shapes = {
        spec.code: [block.shape for block in blocks if block.community_code == spec.code] for spec in SPECS
    }
    return Town(
        communities={code: shapely.coverage_union_all(parts) for code, parts in shapes.items()},
        blocks=blocks,
        ways=(*skeleton.ways, *minor),
        railway=skeleton.railway.intersection(skeleton.district.buffer(_BEYOND_M)),
        river=skeleton.river.intersection(skeleton.district.buffer(_BEYOND_M)),
        district=skeleton.district,
    )


def _class_of(spec: CommunitySpec, halved_m2: float) -> str | None:
    """Class of a cut by the land that it halves; the last cuts of an old quarter are parcel borders only."""
    if halved_m2 > _STREET_FROM_M2:
        return "street"
    return "lane" if spec.form != "parcels" or halved_m2 > _LANE_FROM_M2 else None


def cut_lines(shape: Polygon, aim_m2: float, rng: np.random.Generator) -> Iterator[tuple[LineString, float]]:
    """Lines that halve the shape across its longer side until no part is far above the aim.

    Yields
    ------
    tuple
        The line inside the part that it halves, and the area of that part in m².
    """
    if shape.area < 1.55 * aim_m2:
        return
    line = _clear_of_corners(shape, rng)
    inside = line.intersection(shape)
    parts = [part for part in split(shape, line).geoms if part.area > 1.0]
    if len(parts) != 2 or inside.geom_type != "LineString":
        return
    yield inside, shape.area
    for part in parts:
        yield from cut_lines(part, aim_m2, rng)


def _clear_of_corners(shape: Polygon, rng: np.random.Generator) -> LineString:
    """Try a few lines across and take one whose ends keep off the corners of the shape."""
    corners = shapely.MultiPoint(shape.exterior.coords)
    tries = [_across(shape, rng) for _ in range(6)]
    return max(tries, key=lambda line: min(4.0, line.intersection(shape).boundary.distance(corners)))


def _across(shape: Polygon, rng: np.random.Generator) -> LineString:
    """Line across the longer side of the shape, near its middle and nearly square to it."""
    box = np.array(shape.minimum_rotated_rectangle.exterior.coords)
    sides = np.hypot(*np.diff(box, axis=0).T)
    first = 0 if sides[0] >= sides[1] else 1
    start, end = box[first], box[first + 1]
    middle = start + (end - start) * rng.uniform(0.43, 0.57)
    normal = np.array([-(end - start)[1], (end - start)[0]]) / sides[first]
    reach = sides.max() * 2
    line = LineString([middle - normal * reach, middle + normal * reach])
    return rotate(line, rng.uniform(-4.0, 4.0), origin=tuple(middle))
