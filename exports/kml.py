"""Write the communities and grids as KML."""

from pathlib import Path

from exports.gis import communities_layer, grids_layer, write_layer
from exports.request import Request


def write_kml(request: Request, path: Path) -> None:
    """Write one folder each for communities and grids; KML knows WGS 84 only."""
    layers = {"communities": communities_layer(request.outcome), "grids": grids_layer(request.outcome)}
    for name, frame in layers.items():
        write_layer(frame.to_crs("EPSG:4326"), path, driver="LIBKML", layer=name)
