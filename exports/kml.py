"""Write the communities and grids as KML."""

from pathlib import Path

from exports.gis import communities_layer, grids_layer, write_layer
from exports.request import Request
from geo.crs import canonical_name, from_storage


def write_kml(request: Request, path: Path) -> None:
    """Write one folder each for communities and grids, in longitude and latitude.

    KML declares no system and means WGS 84; Chinese web maps read theirs, GCJ-02 or BD-09. The folders say
    in words which one it is.
    """
    system = canonical_name(request.crs or "WGS84")
    said = request.texts("exports.in_system", crs=system)
    layers = {"communities": communities_layer(request.outcome), "grids": grids_layer(request.outcome)}
    for name, frame in layers.items():
        # KML's whole numbers have 32 bits; the driver writes longer ones as text.
        whole = frame.select_dtypes("int64")
        counts = {column: "Int32" if whole[column].hasnans else "int32" for column in whole}
        moved = from_storage(frame, system)
        if moved.crs is None:
            moved = moved.set_crs("EPSG:4326")  # as KML has it: the numbers stay what they are
        write_layer(moved.astype(counts), path, driver="LIBKML", layer=name, DESCRIPTION=said)
