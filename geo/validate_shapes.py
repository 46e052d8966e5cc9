"""Check the shapes of one layer: present, of the right kind, not crossing themselves."""

import re

import geopandas as gpd
import numpy as np
import shapely

from geo.faults import found
from geo.layers import Fault
from geo.schema import GeometryKind, LayerSpec

_KINDS: dict[str, GeometryKind] = {
    "Point": "point",
    "LineString": "line",
    "MultiLineString": "line",
    "LinearRing": "line",
    "Polygon": "polygon",
    "MultiPolygon": "polygon",
}
_POSITION = re.compile(r"\[(-?[\d.eE+-]+) (-?[\d.eE+-]+)")


def check_shapes(frame: gpd.GeoDataFrame, spec: LayerSpec) -> list[Fault]:
    """Check every shape of a layer; a shape has at most one fault."""
    shapes = np.asarray(frame.geometry.array, dtype=object)
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    valid = shapely.is_valid(shapes)
    faults = []
    for i, shape in enumerate(shapes):
        row = int(frame.index[i]) + 1
        if missing[i]:
            if spec.geometry_required:
                faults.append(found("geometry_missing", spec.name, row))
        elif _KINDS.get(shape.geom_type) not in spec.geometry:
            wanted = "_or_".join(sorted(spec.geometry))
            faults.append(found(f"geometry_not_{wanted}", spec.name, row))
        elif not valid[i]:
            lon, lat = _position(shape)
            faults.append(found("geometry_invalid", spec.name, row, lon=lon, lat=lat))
    return faults


def _position(shape: shapely.Geometry) -> tuple[str, str]:
    """Give where a shape is broken, as text with six decimals (a tenth of a metre)."""
    match = _POSITION.search(str(shapely.is_valid_reason(shape)))
    x, y = (float(part) for part in match.groups()) if match else shapely.get_coordinates(shape)[0]
    return f"{x:.6f}", f"{y:.6f}"
