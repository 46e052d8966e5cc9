"""Write the grids as GeoJSON."""

from pathlib import Path

from exports.gis import grids_layer, write_layer
from exports.request import Request
from geo.crs import canonical_name, from_storage, is_geographic

_DECIMALS = {True: "11", False: "6"}
"""A micrometre, of degrees and of metres: corners that two grids share stay the same number."""


def write_geojson(request: Request, path: Path) -> None:
    """Write one collection of grids: WGS 84 as RFC 7946 asks, or the system asked for.

    CGCS2000 and WGS 84 agree within centimetres and are taken as one. The standard has no other system: a
    file in one says so in the older member `crs`, GCJ-02 and BD-09, which have no code, in the description.
    """
    system = canonical_name(request.crs or "WGS84")
    standard = system in ("WGS84", "CGCS2000")
    grids = from_storage(grids_layer(request.outcome), "WGS84" if standard else system)
    said = request.texts("exports.in_system", crs=system)
    write_layer(
        grids,
        path,
        driver="GeoJSON",
        layer="grids",
        RFC7946="YES" if standard else "NO",
        COORDINATE_PRECISION=_DECIMALS[is_geographic(system)],
        DESCRIPTION=said,
    )
