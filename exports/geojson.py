"""Write the grids as GeoJSON."""

from pathlib import Path

from exports.gis import grids_layer, write_layer
from exports.request import Request

_DECIMALS = "11"
"""A micrometre: corners that two grids share stay the same number, and the tiling stays exact."""


def write_geojson(request: Request, path: Path) -> None:
    """Write one collection of grids, WGS 84 longitude and latitude, as RFC 7946 asks.

    CGCS2000 and WGS 84 agree within centimetres, and the registered transformation between them moves nothing.
    """
    grids = grids_layer(request.outcome).to_crs("EPSG:4326")
    options = {"RFC7946": "YES", "COORDINATE_PRECISION": _DECIMALS}
    write_layer(grids, path, driver="GeoJSON", layer="grids", **options)
