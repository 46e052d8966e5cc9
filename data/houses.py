"""Buildings: oriented rectangles in rows that face south, inside their compound and clear of each other."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from shapely.affinity import rotate
from shapely.geometry import Polygon, box
from shapely.prepared import prep

from data.estates import Plot


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A building with its counts."""

    id: str
    compound_id: str
    shape: Polygon
    households: int
    residents: int
    floors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    """A way to build: lengths of the slabs, depth and gaps in metres, flats on a floor, usual floors."""

    lengths_m: tuple[float, ...]
    depth_m: float
    side_gap_m: float
    row_gap_m: float
    flats: int
    floors: tuple[int, ...]
    per_hectare: float

    @property
    def households(self) -> float:
        """Households of an ordinary building of this style."""
        return self.flats * sum(self.floors) / len(self.floors)


_VILLAGE = _Style(lengths_m=(15, 18), depth_m=13, side_gap_m=6, row_gap_m=8, flats=5,
                  floors=(4, 4, 5), per_hectare=0)  # fmt: skip
_YARD = _Style(lengths_m=(22, 26, 32), depth_m=10, side_gap_m=8, row_gap_m=12, flats=5,
               floors=(4,), per_hectare=0)  # fmt: skip
_TERRACE = _Style(lengths_m=(38, 46, 54), depth_m=12, side_gap_m=10, row_gap_m=19, flats=4,
                  floors=(5, 6, 6, 7), per_hectare=0)  # fmt: skip
_ESTATES = (
    _Style(lengths_m=(52, 60, 68), depth_m=12, side_gap_m=11, row_gap_m=20, flats=8, floors=(5, 6, 6, 7),
           per_hectare=0),
    _Style(lengths_m=(34, 42), depth_m=14, side_gap_m=13, row_gap_m=27, flats=4, floors=(11, 12, 14),
           per_hectare=120),
    _Style(lengths_m=(32, 38), depth_m=16, side_gap_m=18, row_gap_m=36, flats=4, floors=(17, 18, 18),
           per_hectare=145),
    _Style(lengths_m=(30, 34), depth_m=19, side_gap_m=22, row_gap_m=44, flats=4, floors=(26, 28, 30),
           per_hectare=200),
)  # fmt: skip
_SPREADS = (2.8, 2.5, 2.2, 2.05, 1.9, 1.75, 1.6, 1.45, 1.3, 1.2, 1.1, 1.0)
"""Gaps as multiples of the usual ones: the widest that still takes all buildings is used."""

_WALL_M = 4.0
_FEWEST, _MOST = 20, 120


def build_houses(plots: tuple[Plot, ...], rng: np.random.Generator) -> tuple[House, ...]:
    """Put buildings on every compound that is known by its buildings."""
    houses: list[House] = []
    for plot in plots:
        if plot.form != "points":
            houses.extend(_houses_on(plot, rng))
    return tuple(houses)


def _houses_on(plot: Plot, rng: np.random.Generator) -> Iterator[House]:
    style = _style_for(plot)
    places = _places(plot, style, rng)
    for number, place in enumerate(places, start=1):
        aim = plot.households / len(places)
        floors = int(np.clip(round(aim / style.flats) + rng.integers(-1, 2), 3, 33))
        floors = min(floors, _MOST // style.flats)
        occupied = floors * style.flats - int(rng.integers(0, 3))
        households = _FEWEST if plot.form == "courtyards" else max(_FEWEST, occupied)
        yield House(
            id=f"{plot.id}-{number:02d}",
            compound_id=plot.id,
            shape=place,
            households=households,
            residents=round(households * rng.uniform(2.42, 2.55 if plot.form == "courtyards" else 2.85)),
            floors=floors,
        )


def _places(plot: Plot, style: _Style, rng: np.random.Generator) -> list[Polygon]:
    """Places for as many buildings as the compound needs, spread over all its land."""
    wanted = max(1, round(plot.households / style.households))
    for spread in _SPREADS:
        wider = replace(
            style, side_gap_m=style.side_gap_m * spread, row_gap_m=style.row_gap_m * min(spread, 2.4)
        )
        places = list(_rows(plot.shape, wider, rng))
        if len(places) >= wanted:
            break
    return _thin_out(places, wanted, dense=plot.form == "village")


def _style_for(plot: Plot) -> _Style:
    special = {"village": _VILLAGE, "courtyards": _YARD, "terraces": _TERRACE}.get(plot.form)
    if special:
        return special
    density = plot.households / (plot.shape.area / 10_000)
    return [style for style in _ESTATES if style.per_hectare <= density][-1]


def _rows(shape: Polygon, style: _Style, rng: np.random.Generator) -> Iterator[Polygon]:
    """Every place for a building: rows along the compound's east-west side, clear of its wall."""
    angle = _bearing(shape)
    centre = shape.centroid
    flat = rotate(shape, -angle, origin=centre)
    free = prep(flat.buffer(-_WALL_M, join_style="mitre"))
    west, south, east, north = flat.bounds
    step = style.depth_m + style.row_gap_m
    spare = (north - south - 2 * _WALL_M - style.depth_m) % step
    y = south + _WALL_M + spare / 2
    while y + style.depth_m < north:
        x = west + _WALL_M + rng.uniform(0, 4)
        while x + min(style.lengths_m) < east:
            place = box(x, y, x + rng.choice(style.lengths_m), y + style.depth_m)
            if free.contains(place):
                yield rotate(place, angle, origin=centre)
                x = place.bounds[2] + style.side_gap_m
            else:
                x += 3.0
        y += step


def _bearing(shape: Polygon) -> float:
    """Angle in degrees, within ±45 of east, of the compound's main direction."""
    corners = np.array(shape.minimum_rotated_rectangle.exterior.coords)
    dx, dy = corners[1] - corners[0]
    return float((np.degrees(np.arctan2(dy, dx)) + 45) % 90 - 45)


def _thin_out(places: list[Polygon], wanted: int, *, dense: bool) -> list[Polygon]:
    """Keep as many places as wanted: a village crowds together, an estate spreads over its land."""
    if len(places) <= wanted:
        return places
    if not dense:
        return [places[round(step)] for step in np.linspace(0, len(places) - 1, wanted)]
    xy = np.array([(place.centroid.x, place.centroid.y) for place in places])
    away = np.hypot(*(xy - xy.mean(axis=0)).T)
    keep = np.sort(np.argsort(away, kind="stable")[:wanted])
    return [places[place_idx] for place_idx in keep]
