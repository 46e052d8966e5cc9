"""The scale of a map on paper: a round ratio that is exact in a metric system, a bar, and where north is."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from exports.sheet.marks import Box

_STEPS = (1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 7.5, 8.0, 9.0)
_BAR_STEPS = (1, 2, 5)
_ROOM = 0.97
"""Part of the map's box that the area may fill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A window on the ground: 1 : `ratio`, with (`east`, `north`) in metres at the middle of `box`."""

    ratio: float
    east: float
    north: float
    box: Box

    @property
    def mm_per_m(self) -> float:
        """Give how many millimetres on paper a metre on the ground takes."""
        return 1000.0 / self.ratio

    @property
    def ground(self) -> Box:
        """Give what the box shows, in metres."""
        half_x, half_y = self.box.width / 2 / self.mm_per_m, self.box.height / 2 / self.mm_per_m
        return Box(self.east - half_x, self.north - half_y, self.east + half_x, self.north + half_y)

    def to_paper(self, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        """Bring shapes from metres to millimetres on paper."""
        middle = np.array(self.box.middle)
        origin = np.array([self.east, self.north])
        moved: NDArray[np.object_] = shapely.transform(
            shapes, lambda points: (points - origin) * self.mm_per_m + middle
        )
        return moved


def choose_view(bounds: tuple[float, float, float, float], box: Box) -> View:
    """Choose the largest map whose ratio is a round number and that holds the bounds (metres)."""
    west, south, east, north = bounds
    need = 1000 * max((east - west) / box.width, (north - south) / box.height, 1e-3) / _ROOM
    return View(ratio=_round_up(need), east=(west + east) / 2, north=(south + north) / 2, box=box)


def _round_up(need: float) -> float:
    power = 10 ** np.floor(np.log10(need))
    fits = [step * power for step in (*_STEPS, 10.0) if step * power >= need * (1 - 1e-9)]
    return float(round(fits[0]) if fits[0] >= 10 else fits[0])


def bar_step_m(ratio: float, longest_mm: float) -> float:
    """Choose the length of one of a bar's four parts: 1, 2 or 5 times a power of ten."""
    most = longest_mm / 4 * ratio / 1000
    power = 10.0 ** np.floor(np.log10(most))
    return float(max(step for step in _BAR_STEPS if step * power <= most) * power)


def north_deg(system: pyproj.CRS, east: float, north: float) -> float:
    """Give how far true north lies from the map's up, in degrees to the right (the grid's convergence)."""
    point = gpd.GeoSeries([shapely.Point(east, north)], crs=system).to_crs("EPSG:4490").iloc[0]
    # PROJ gives the angle from true north to the grid's north, clockwise.
    return -float(pyproj.Proj(system).get_factors(point.x, point.y).meridian_convergence)
