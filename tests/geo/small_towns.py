"""Towns of one or two communities drawn in metres, as layers: the ground on which cells are tested."""

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import strategies as st
from shapely.affinity import rotate, translate

from geo.layers import STORAGE_CRS, Layers

METRIC = (
    "EPSG:4549"  # CGCS2000 / 3-degree Gauss-Krüger CM 120E, the zone that `metric_crs` finds for this place
)
EAST, NORTH = 520_000.0, 3_450_000.0


def frame(rows):
    """Rows of dicts with `geometry` in metres from the corner of town → a layer in storage."""
    moved = [{**row, "geometry": translate(row["geometry"], EAST, NORTH)} for row in rows]
    return gpd.GeoDataFrame(moved, geometry="geometry", crs=METRIC).to_crs(STORAGE_CRS)


def town(**rows):
    """Layers from lists of rows; a community C1 of 400 by 300 m unless others are given."""
    rows.setdefault("communities", [{"code": "C1", "geometry": shapely.box(0, 0, 400, 300)}])
    return Layers(frames={name: frame(one) for name, one in rows.items() if one})


def house(name, x, y, **facts):
    """A footprint of 20 by 12 m around (x, y)."""
    return {"id": name, "geometry": shapely.box(x - 10, y - 6, x + 10, y + 6), **facts}


def road(road_class, *points):
    return {"name": "", "class": road_class, "geometry": shapely.LineString(points)}


def local(shape):
    """Move a shape of the metric CRS back to the corner of town."""
    return translate(shape, -EAST, -NORTH)


COORDINATE = st.floats(10, 390, allow_nan=False, width=32)
CLASS = st.sampled_from(["main", "street", "lane", "path"])


@st.composite
def random_towns(draw):
    """Streets, footprints that may touch or overlap, points, and compounds with and without buildings."""
    seed = draw(st.integers(0, 10_000))
    chance = np.random.default_rng(seed)
    angle = draw(st.floats(0, 90))
    west = shapely.Polygon([(0, 0), (210, 7), (190, 150), (204, 300), (3, 296)])
    east = shapely.box(0, 0, 400, 300).difference(west)
    east = max(shapely.get_parts(east), key=lambda part: part.area)
    roads = [
        road(draw(CLASS), *(chance.uniform(-20, 420, 2) for _ in range(draw(st.integers(2, 4)))))
        for _ in range(draw(st.integers(0, 4)))
    ]
    compounds, buildings = [], []
    for n in range(draw(st.integers(0, 3))):
        x, y = chance.uniform(20, 330), chance.uniform(20, 230)
        shape = rotate(shapely.box(x, y, x + 70, y + 60), angle)
        shape = shape if draw(st.booleans()) else shape.centroid
        compounds.append({"id": f"K{n}", "households": int(chance.integers(0, 1500)), "geometry": shape})
    for n in range(draw(st.integers(0, 12))):
        plot = house(f"B{n}", *chance.uniform((15, 15), (385, 285)), floors=int(chance.integers(1, 20)))
        plot["geometry"] = rotate(plot["geometry"], angle)
        plot["households"] = None if chance.random() < 0.3 else int(chance.integers(0, 90))
        if chance.random() < 0.2:
            plot["geometry"] = plot["geometry"].centroid
        buildings.append(plot)
    whole = [{"code": "C1", "geometry": west}, {"code": "C2", "geometry": east}]
    return town(communities=whole, roads=roads, compounds=compounds, buildings=buildings)
