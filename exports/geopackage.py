"""Write an outcome as GeoPackage: grids, cells and communities, with styles that QGIS picks up by itself."""

from pathlib import Path

from exports.colours import colour_grids
from exports.gis import gis_layers, write_layer
from exports.qgis import style_table
from exports.request import Request
from geo.layers import STORAGE_CRS

_VERSION = "1.3"
"""Of the standard: programs a few years old warn about anything newer."""


def write_geopackage(request: Request, path: Path) -> None:
    """Write the layers, `fill` (the colour on the map) among the grids' columns, and the table of styles."""
    layers = dict(gis_layers(request.outcome, request.crs))
    fills = colour_grids(request.outcome.grids)
    layers["grids"] = layers["grids"].assign(fill=fills)
    system = request.crs or STORAGE_CRS
    for name, frame in layers.items():
        said = f"{request.texts(f'exports.layer.{name}')} · {system}"
        options = {"GEOMETRY_NAME": "geom", "DESCRIPTION": said, "VERSION": _VERSION}
        write_layer(frame, path, driver="GPKG", layer=name, **options)
    styles = style_table(layers, request.texts)
    write_layer(styles, path, driver="GPKG", layer="layer_styles", FID="id")
