"""What a map of centres shows: the ground each one serves, and the ground within a walk of them."""

from collections.abc import Collection

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.walking.areas import walking_areas
from geo.walking.snap import Snapped
from scenarios.venues.plan import MINUTES, VenuePlan
from scenarios.venues.question import VenueGround
from scenarios.venues.ways import DETOUR, STRAIGHT


def catchments(ground: VenueGround, plan: VenuePlan) -> gpd.GeoDataFrame:
    """Join the cells that walk to the same venue.

    Returns
    -------
    `venue` (None for the cells that walk to none), polygons in the CRS of the ground; cells without people
    belong to the venue nearest to them.
    """
    served = ground.cells[["geometry"]].assign(venue=plan.ways["venue"].to_numpy())
    served["venue"] = served["venue"].fillna("")
    joined = served.dissolve("venue", method="coverage").reset_index()
    return joined.assign(venue=joined["venue"].where(joined["venue"] != "", None))


def isochrones(ground: VenueGround, open_ids: Collection[str]) -> gpd.GeoDataFrame:
    """Give the ground within 5, 10 and 15 minutes of the nearest of some venues.

    Returns
    -------
    `minutes`, `metres`, rings in the CRS of the ground, the nearest first: each is the ground that needs so
    many minutes and not fewer. Where a venue is on no street, its rings are circles (see `DETOUR`).
    """
    chosen = np.isin(ground.venue_ids, list(open_ids))
    limits = [float(getattr(ground.rules, rule)) for _, rule in MINUTES]
    areas = walking_areas(ground.ways.network, _only(ground.ways.stands, chosen), limits)
    flown = ground.venues.geometry.to_numpy()[chosen & (ground.ways.venue_by == STRAIGHT)]
    inside = shapely.coverage_union_all(ground.cells.geometry.to_numpy())
    rings: list[shapely.Geometry] = []
    taken: shapely.Geometry = shapely.Polygon()
    for area, limit in zip(areas, limits, strict=True):
        around = shapely.union_all([area, *shapely.buffer(flown, limit / DETOUR)])
        rings.append(_areal(shapely.intersection(shapely.difference(around, taken), inside)))
        taken = shapely.union(around, taken)
    return gpd.GeoDataFrame(
        {"minutes": [int(minutes) for minutes, _ in MINUTES], "metres": limits},
        geometry=rings,
        crs=ground.cells.crs,
    )


def _only(stands: Snapped, chosen: NDArray[np.bool_]) -> Snapped:
    return Snapped(edge=stands.edge[chosen], along_m=stands.along_m[chosen], aside_m=stands.aside_m[chosen])


def _areal(shape: shapely.Geometry) -> shapely.Geometry:
    """Leave out the lines and points that cutting areas from each other leaves."""
    parts = shapely.get_parts(shape)
    return shapely.union_all(parts[shapely.area(parts) > 1.0])
