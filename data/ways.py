"""The road layer: paths and a footbridge added, everything cut at its junctions, bridges named."""

from collections.abc import Iterator

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon

from data.blocks import RIVER_HALF_M, Town, cut_lines
from data.estates import Site
from data.skeleton import GRID_M, OVERSHOOT_M, Way, overshoot

_BEYOND_M = 110.0
_GREENWAY_M = 9.0
_FOOTBRIDGE_AT = 0.66
_BRIDGES = {"听松大街": "望津桥", "映月大街": "揽月桥"}


def build_ways(town: Town, sites: tuple[Site, ...], rng: np.random.Generator) -> tuple[Way, ...]:
    """Give every road as pieces between junctions, as road layers usually come."""
    greenway = Way(
        name="滨河绿道",
        road_class="path",
        line=town.river.offset_curve(RIVER_HALF_M + _GREENWAY_M).intersection(town.district),
    )
    paths = (greenway, _footbridge(town, greenway), *_park_paths(town, sites, rng))
    return tuple(_bridged(_noded((*town.ways, *paths), town.district), river_shape(town)))


def river_shape(town: Town) -> Polygon:
    """Give the water between its banks."""
    return town.river.buffer(RIVER_HALF_M, cap_style="flat")


def _footbridge(town: Town, greenway: Way) -> Way:
    """From the greenway across the river to the first street on the other side."""
    start = town.river.interpolate(_FOOTBRIDGE_AT, normalized=True)
    ahead = town.river.interpolate(_FOOTBRIDGE_AT + 0.01, normalized=True)
    direction = np.array([ahead.x - start.x, ahead.y - start.y])
    across = np.array([-direction[1], direction[0]]) / np.hypot(*direction)
    at = np.array([start.x, start.y])
    north = LineString([at, at + across * 200]).intersection(greenway.line)
    ray = LineString([at, at - across * 400])
    hits = shapely.union_all([way.line for way in town.ways]).intersection(ray)
    south = min(shapely.get_parts(hits), key=lambda point: point.distance(start))
    return Way(name="柳岸步行桥", road_class="path", line=LineString([north.coords[0], south.coords[0]]))


def _park_paths(town: Town, sites: tuple[Site, ...], rng: np.random.Generator) -> Iterator[Way]:
    for site in sites:
        if site.use == "park":
            (block,) = (block.shape for block in town.blocks if block.shape.contains(site.shape.centroid))
            line, _ = next(cut_lines(block, block.area / 1.6, rng))
            yield Way(name="公园步道", road_class="path", line=line)


def _noded(ways: tuple[Way, ...], district: Polygon) -> Iterator[Way]:
    """Ways cut at every junction, without the half metres that run past it; ends outside stay a little."""
    near = district.buffer(_BEYOND_M)
    whole = shapely.union_all([overshoot(way.line) for way in ways], grid_size=GRID_M)
    pieces = [piece for piece in shapely.get_parts(whole) if piece.length > 2 * OVERSHOOT_M]
    lines = np.array([way.line for way in ways])
    for piece in sorted(pieces, key=lambda piece: tuple(piece.coords[0]) + tuple(piece.coords[-1])):
        owner = ways[int(shapely.distance(lines, piece.interpolate(0.5, normalized=True)).argmin())]
        for part in shapely.get_parts(piece.intersection(near)):
            if part.length > 1.0:
                yield Way(name=owner.name, road_class=owner.road_class, line=part)


def _bridged(ways: Iterator[Way], river: Polygon) -> Iterator[Way]:
    """Cut the main roads at the banks and give the part over the water the name of its bridge."""
    for way in ways:
        if way.name not in _BRIDGES or not way.line.intersects(river):
            yield way
            continue
        for part, name in (
            (way.line.difference(river), way.name),
            (way.line.intersection(river), _BRIDGES[way.name]),
        ):
            for line in shapely.get_parts(part):
                yield Way(name=name, road_class=way.road_class, line=line)
