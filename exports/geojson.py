"""Write the grids as GeoJSON."""

from pathlib import Path

from exports.gis import grids_layer, write_layer
from exports.request import Request
from geo.crs import from_storage

_DECIMALS = "11"
"""A micrometre: corners that two grids share stay the same number, and the tiling stays exact."""


def write_geojson(request: Request, path: Path) -> None:
    """Write one collection of grids, WGS 84 longitude and latitude, as RFC 7946 asks.

    CGCS2000 and WGS 84 agree within centimetres and are taken as one.
    """
    grids = from_storage(grids_layer(request.outcome), "WGS84")
    options = {"RFC7946": "YES", "COORDINATE_PRECISION": _DECIMALS}
    write_layer(grids, path, driver="GeoJSON", layer="grids", **options)
