"""What stands on the blocks: plots of compounds, and plots without dwellings such as a school or a park."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.ops import substring

from data.blocks import HALF_WIDTH_M, RIVER_HALF_M, Block, Town, cut_lines
from data.names import estate_names, point_names, yard_names
from data.skeleton import faces_of, overshoot
from data.specs import SPECS, CommunitySpec, Form, Use

_ALLEY_HALF_M = 3.0
_LEAST_LAND_M2 = 1_500.0
_DENSITIES = (2.0, 0.75, 0.9, 1.1, 0.7, 1.0, 0.8, 0.95)
"""Density of compounds beside each other, the average being about 1: one stands out in every community."""

_NAMES_FOR = {"courtyards": "yards", "points": "points"}
_RIVERSIDE_M = 18.0
_RAILSIDE_M = 22.0
_MIN_NECK_M = 9.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A walled compound: its land, what it aims to hold and how it is built.

    `shape` is the land inside the walls; `known_by` says whether the layer gives it as a polygon or a point.
    """

    id: str
    name: str
    community_code: str
    shape: Polygon
    households: int
    form: Form

    @property
    def known_by(self) -> Polygon | Point:
        """The geometry that the `compounds` layer carries."""
        return self.shape.representative_point() if self.form == "points" else self.shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Land without dwellings: a school, a hospital, a market, works, offices or a park."""

    use: Use
    community_code: str
    shape: Polygon


def lay_out(town: Town, rng: np.random.Generator) -> tuple[tuple[Plot, ...], tuple[Site, ...]]:
    """Divide the blocks of every community into compounds and sites."""
    names = {"yards": yard_names(), "points": point_names(), "estates": estate_names(rng)}
    plots: list[Plot] = []
    sites: list[Site] = []
    for spec in SPECS:
        if spec.form == "parcels":
            continue
        lands = [
            land for block in town.blocks_of(spec.code) if (land := _land(block, town)).area > _LEAST_LAND_M2
        ]
        used = _sites(spec, lands, town)
        sites.extend(used)
        free = [land for land in lands if not any(land.equals(site.shape) for site in used)]
        shapes = _divide(free, spec.compounds, rng)
        counts = _share_out(spec, shapes, rng)
        villages, sides = _village_plots(spec, shapes), iter(("东村", "西村"))
        for place, (shape, households) in enumerate(zip(shapes, counts, strict=True)):
            form: Form = "terraces" if spec.form == "village" and place not in villages else spec.form
            name = (
                f"{spec.stem}{next(sides)}"
                if form == "village"
                else next(names[_NAMES_FOR.get(form, "estates")])
            )
            plots.append(
                Plot(
                    id=f"XQ{spec.code[-3:]}{place + 1:02d}",
                    name=name,
                    community_code=spec.code,
                    shape=shape,
                    households=households,
                    form=form,
                )
            )
    return tuple(plots), tuple(sites)


def _land(block: Block, town: Town) -> Polygon:
    """Keep what is left of a block behind pavements, river bank and railway verge."""
    near = [way for way in town.ways if way.line.distance(block.shape) < 1.0]
    taken = [way.line.buffer(HALF_WIDTH_M[way.road_class], cap_style="flat") for way in near]
    taken.append(town.river.buffer(RIVER_HALF_M + _RIVERSIDE_M))
    taken.append(town.railway.buffer(_RAILSIDE_M))
    return _tidy(block.shape.difference(shapely.union_all(taken)))


def _tidy(shape: Polygon) -> Polygon:
    """Keep the largest part without narrow necks, with few corners."""
    opened = shape.buffer(-_MIN_NECK_M, join_style="mitre").buffer(_MIN_NECK_M - 0.5, join_style="mitre")
    parts = list(opened.geoms) if opened.geom_type == "MultiPolygon" else [opened]
    return max(parts, key=lambda part: part.area).simplify(1.5)


def _sites(spec: CommunitySpec, lands: list[Polygon], town: Town) -> list[Site]:
    """Parks take the land nearest the river, the rest the smallest blocks."""
    left = sorted(lands, key=lambda land: land.area)
    sites = []
    for use in spec.uses:
        if use == "park":
            land = min(left, key=lambda land: (round(land.distance(town.river)), land.area))
        else:
            land = left[0]
        left.remove(land)
        sites.append(Site(use=use, community_code=spec.code, shape=land))
    return sites


def _divide(lands: list[Polygon], count: int, rng: np.random.Generator) -> list[Polygon]:
    """Halve the largest piece of land until there are as many as wanted."""
    pieces = list(lands)
    while len(pieces) < count:
        largest = max(pieces, key=lambda piece: piece.area)
        halves = _halves(largest, rng)
        pieces[pieces.index(largest) : pieces.index(largest) + 1] = halves
    return pieces


def _halves(shape: Polygon, rng: np.random.Generator) -> list[Polygon]:
    """Two plots with an alley between them."""
    line, _ = next(cut_lines(shape, shape.area / 1.6, rng))
    alley = overshoot(line).buffer(_ALLEY_HALF_M, cap_style="flat")
    parts = faces_of([LineString(shape.exterior.coords), overshoot(line)])
    return [part.difference(alley) for part in parts if part.area > 100]


def _share_out(spec: CommunitySpec, shapes: list[Polygon], rng: np.random.Generator) -> list[int]:
    """Households aimed at for each compound: by land, some denser than others."""
    area = np.array([shape.area for shape in shapes])
    if spec.form == "courtyards":
        return [max(20, round(spec.households / len(shapes)))] * len(shapes)
    weight = area * rng.permutation(np.resize(_DENSITIES, len(area)))
    if spec.form == "village":
        weight = area * 0.75
        weight[_village_plots(spec, shapes)] *= 2.6
    if spec.form == "points":
        weight = rng.uniform(0.6, 1.5, size=len(area))
        # One compound above 500 households without buildings: it will have to be divided.
        weight[int(area.argmax())] = weight.sum() * 0.5
    return [round(share) for share in spec.households * weight / weight.sum()]


def _village_plots(spec: CommunitySpec, shapes: list[Polygon]) -> list[int]:
    """Give the two smallest plots to the villages in town, where there are any."""
    if spec.form != "village":
        return []
    return sorted(range(len(shapes)), key=lambda place: shapes[place].area)[:2]


def walls(plots: tuple[Plot, ...]) -> Iterator[LineString]:
    """Draw the wall of every compound big enough to have one, with a gap of twelve metres for its gate."""
    for plot in plots:
        if plot.form == "estates" and plot.households > 320:
            ring = plot.shape.exterior
            yield substring(ring, 6.0, ring.length - 6.0)
