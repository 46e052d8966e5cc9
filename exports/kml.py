"""Write the communities and grids as KML."""

from pathlib import Path

from exports.gis import communities_layer, grids_layer, write_layer
from exports.request import Request
from geo.crs import from_storage


def write_kml(request: Request, path: Path) -> None:
    """Write one folder each for communities and grids; KML knows WGS 84 only."""
    layers = {"communities": communities_layer(request.outcome), "grids": grids_layer(request.outcome)}
    for name, frame in layers.items():
        # KML's whole numbers have 32 bits; the driver writes longer ones as text.
        counts = dict.fromkeys(frame.select_dtypes("int64").columns, "int32")
        write_layer(from_storage(frame, "WGS84").astype(counts), path, driver="LIBKML", layer=name)
