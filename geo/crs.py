"""Coordinate systems: into and out of storage, the offset Chinese systems, and the metric system of a place.

GCJ-02 and BD-09 have no EPSG code. The formulas are the widely published reconstruction of the GCJ-02 offset
(as in `eviltransform`, `coordtransform`); the inverse is found by fixed-point iteration, which converges by a
factor of about 200 a step.
"""

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.exceptions import CRSError as PyprojError

from geo.errors import CrsError
from geo.layers import STORAGE_CRS

Coordinates = NDArray[np.float64]
"""Array (n, 2): longitude or x, latitude or y."""

NAMED_CRS = ("WGS84", "CGCS2000", "GCJ-02", "BD-09")
"""Systems known by name; any other is written EPSG:n."""

_ALIASES = {
    "wgs84": "WGS84",
    "epsg4326": "WGS84",
    "crs84": "WGS84",
    "cgcs2000": "CGCS2000",
    "epsg4490": "CGCS2000",
    "gcj02": "GCJ-02",
    "bd09": "BD-09",
    "bd09ll": "BD-09",
}
_AXIS_M = 6378245.0  # Krasovsky 1940, which the offset is built on
_ECCENTRICITY2 = 0.00669342162296594323
_BD_TURN = np.pi * 3000.0 / 180.0
_INVERSE_STEPS = 10
_CHINA = (72.004, 0.8293, 137.8347, 55.8271)  # outside this box GCJ-02 is not offset


def canonical_name(crs_name: str) -> str:
    """Give the one spelling of a system: a name of `NAMED_CRS`, "EPSG:n", or WKT where there is no code.

    Raises
    ------
    CrsError
        `crs_unknown` when it is neither a known name nor anything that PROJ understands.
    """
    plain = "".join(sign for sign in crs_name.lower() if sign.isalnum())
    if plain in _ALIASES:
        return _ALIASES[plain]
    try:
        system = pyproj.CRS.from_user_input(crs_name)
    except PyprojError as error:
        raise CrsError("crs_unknown", crs=crs_name) from error
    code = system.to_epsg()
    if code is None:
        return "WGS84" if "CRS84" in system.name else system.to_wkt()
    return _ALIASES.get(f"epsg{code}", f"EPSG:{code}")


def is_geographic(crs_name: str) -> bool:
    """Tell whether coordinates of that system are degrees."""
    name = canonical_name(crs_name)
    return name in NAMED_CRS or bool(pyproj.CRS.from_user_input(name).is_geographic)


def is_approximate(crs_name: str) -> bool:
    """Tell whether only a rough way into storage is known (Beijing 1954, Xi'an 1980: 100 m and more)."""
    name = canonical_name(crs_name)
    if name in NAMED_CRS:
        return False
    accuracy = float(_transformer(name, _hub(name)).accuracy)
    return accuracy < 0 or accuracy > 1.0


def to_storage(frame: gpd.GeoDataFrame, crs_name: str) -> gpd.GeoDataFrame:
    """Take the frame's coordinates as being in `crs_name` and give them in `STORAGE_CRS`.

    What the frame itself says about its system is overruled. WGS84 and CGCS2000 differ by centimetres and are
    taken as one. Vertices that were identical stay identical, so shared borders stay shared.

    Raises
    ------
    CrsError
        `crs_unknown`.
    """
    name = canonical_name(crs_name)
    return _moved(frame, _into_storage(name)).set_crs(STORAGE_CRS, allow_override=True)


def from_storage(frame: gpd.GeoDataFrame, crs_name: str) -> gpd.GeoDataFrame:
    """Give a frame in `STORAGE_CRS` in another system; GCJ-02 and BD-09 come out with no declared CRS.

    Raises
    ------
    CrsError
        `crs_unknown`.
    """
    name = canonical_name(crs_name)
    moved = _moved(frame, _out_of_storage(name))
    epsg = {"WGS84": "EPSG:4326", "CGCS2000": STORAGE_CRS, "GCJ-02": None, "BD-09": None}.get(name, name)
    return moved.set_crs(epsg, allow_override=True)


def metric_crs(frame: gpd.GeoDataFrame) -> pyproj.CRS:
    """Choose the system to measure in: CGCS2000 3-degree Gauss-Krüger in China, UTM elsewhere.

    The zone is that of the middle of the frame's bounds: take it once, from the communities, and use it for
    every layer.

    Raises
    ------
    CrsError
        `crs_no_extent` when the frame holds no coordinates; `crs_missing` when it has no CRS.
    """
    if frame.crs is None:
        raise CrsError("crs_missing")
    bounds = np.asarray(frame.to_crs(STORAGE_CRS).total_bounds, dtype=float)
    if not np.isfinite(bounds).all():
        raise CrsError("crs_no_extent")
    lon, lat = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    if 73.5 <= lon < 136.5 and 3.0 <= lat <= 54.0:
        meridian = int(np.floor((lon + 1.5) / 3.0)) * 3
        return pyproj.CRS.from_epsg(4534 + (meridian - 75) // 3)
    zone = min(int((lon + 180.0) // 6.0), 59) + 1
    return pyproj.CRS.from_epsg((32600 if lat >= 0 else 32700) + zone)


def wgs_to_gcj(points: Coordinates) -> Coordinates:
    """Offset WGS84 degrees to GCJ-02; points outside China stay."""
    return np.where(_in_china(points)[:, None], points + _gcj_offset(points), points)


def gcj_to_wgs(points: Coordinates) -> Coordinates:
    """Take the GCJ-02 offset away again, to far below a millimetre."""
    guess = points.copy()
    for _ in range(_INVERSE_STEPS):
        guess = points - _gcj_offset(guess)
    return np.where(_in_china(points)[:, None], guess, points)


def gcj_to_bd(points: Coordinates) -> Coordinates:
    """Offset GCJ-02 degrees to Baidu's BD-09; points outside China stay."""
    return np.where(_in_china(points)[:, None], _bd_from_gcj(points), points)


def bd_to_gcj(points: Coordinates) -> Coordinates:
    """Take the BD-09 offset away again, to far below a millimetre."""
    guess = points.copy()
    for _ in range(_INVERSE_STEPS):
        guess = points - (_bd_from_gcj(guess) - guess)
    return np.where(_in_china(points)[:, None], guess, points)


def _in_china(points: Coordinates) -> NDArray[np.bool_]:
    west, south, east, north = _CHINA
    lon, lat = points[:, 0], points[:, 1]
    return (lon > west) & (lon < east) & (lat > south) & (lat < north)


def _gcj_offset(points: Coordinates) -> Coordinates:
    x, y = points[:, 0] - 105.0, points[:, 1] - 35.0
    root = np.sqrt(np.abs(x))
    waves = 20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (waves + 20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (waves + 20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    lat = np.radians(points[:, 1])
    magic = 1.0 - _ECCENTRICITY2 * np.sin(lat) ** 2
    east_deg = np.degrees(east / (_AXIS_M / np.sqrt(magic) * np.cos(lat)))
    north_deg = np.degrees(north / (_AXIS_M * (1.0 - _ECCENTRICITY2) / magic**1.5))
    return np.column_stack([east_deg, north_deg])


def _bd_from_gcj(points: Coordinates) -> Coordinates:
    x, y = points[:, 0], points[:, 1]
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BD_TURN)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BD_TURN)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])


def _into_storage(name: str) -> Callable[[Coordinates], Coordinates] | None:
    if name in ("WGS84", "CGCS2000"):
        return None
    if name == "GCJ-02":
        return gcj_to_wgs
    if name == "BD-09":
        return lambda points: gcj_to_wgs(bd_to_gcj(points))
    return _projection(_transformer(name, _hub(name)))


def _out_of_storage(name: str) -> Callable[[Coordinates], Coordinates] | None:
    if name in ("WGS84", "CGCS2000"):
        return None
    if name == "GCJ-02":
        return wgs_to_gcj
    if name == "BD-09":
        return lambda points: gcj_to_bd(wgs_to_gcj(points))
    return _projection(_transformer(_hub(name), name))


def _hub(name: str) -> str:
    # Parameters to WGS84 are published for many datums, to CGCS2000 for hardly any; the two are taken as one.
    datum = pyproj.CRS.from_user_input(name).geodetic_crs
    return STORAGE_CRS if datum is not None and "China 2000" in str(datum.datum) else "EPSG:4326"


def _transformer(source: str, target: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def _projection(transformer: pyproj.Transformer) -> Callable[[Coordinates], Coordinates]:
    return lambda points: np.column_stack(transformer.transform(points[:, 0], points[:, 1]))


def _moved(frame: gpd.GeoDataFrame, move: Callable[[Coordinates], Coordinates] | None) -> gpd.GeoDataFrame:
    if move is None:
        return frame.copy()

    def move_distinct(points: Coordinates) -> Coordinates:
        # Each distinct vertex is moved once: vectorised functions may round differently by position.
        distinct, where = np.unique(np.ascontiguousarray(points).view(np.complex128), return_inverse=True)
        return move(distinct.view(np.float64).reshape(-1, 2))[where.ravel()]

    flat = np.asarray(shapely.force_2d(frame.geometry.array), dtype=object)
    return frame.set_geometry(gpd.GeoSeries(shapely.transform(flat, move_distinct), index=frame.index))
