"""Where an area's label goes: the middle of the largest circle that fits inside, and places beside it."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from geo.crs import metric_crs

_LATTICE = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelPlaces:
    """Places for one label, best first.

    Attributes
    ----------
    points
        (latitude, longitude) in degrees.
    radius_m
        Radius of the circle around the first one that lies inside the area.
    """

    points: tuple[tuple[float, float], ...]
    radius_m: float


def label_places(areas: gpd.GeoDataFrame, *, most: int) -> list[LabelPlaces]:
    """Find up to `most` places per area, in the rows' order, the middle of its largest circle first."""
    metric = areas.to_crs(metric_crs(areas))
    found = [places_m(shape, most) for shape in metric.geometry]
    every = gpd.GeoSeries(shapely.points(np.concatenate([points for points, _ in found])), crs=metric.crs)
    degrees = np.round(shapely.get_coordinates(every.to_crs(areas.crs).to_numpy()), 7)
    ends = np.cumsum([len(points) for points, _ in found])
    parts = np.split(degrees[:, ::-1], ends[:-1])
    return [
        LabelPlaces(points=tuple((float(lat), float(lon)) for lat, lon in part), radius_m=round(radius, 1))
        for part, (_, radius) in zip(parts, found, strict=True)
    ]


def places_m(
    shape: shapely.Geometry, most: int, *, tolerance: float = 1.0
) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.float64]], float]:
    """Give up to `most` (n, 2) places in an area, the middle of its largest circle first, and that radius.

    Lengths are in the unit of the shape; `tolerance` is how near the circle's middle is found.
    """
    # Only the largest part is labelled.
    part = max(shapely.get_parts(shape), key=shapely.area)
    radius_line = shapely.maximum_inscribed_circle(part, tolerance=tolerance)
    centre = shapely.get_coordinates(radius_line)[0]
    radius = float(shapely.length(radius_line))
    if most == 1:
        return centre[None, :], radius
    west, south, east, north = shapely.bounds(part)
    x, y = np.meshgrid(np.linspace(west, east, _LATTICE), np.linspace(south, north, _LATTICE))
    lattice = np.column_stack([x.ravel(), y.ravel()])
    inner = shapely.buffer(part, -radius / 5)
    shapely.prepare(inner)
    lattice = lattice[shapely.contains_xy(inner, lattice)]
    order = np.argsort(np.hypot(*(lattice - centre).T), kind="stable")
    return np.vstack([centre[None, :], lattice[order][: most - 1]]), radius
