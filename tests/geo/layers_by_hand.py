"""A district small enough to draw by hand, and writers for the files that offices send."""

import json
import struct
import zipfile

import geopandas as gpd
import pandas as pd
from shapely.geometry import Point, box

from geo.errors import LayerError
from geo.read import read_layers

WEST, EAST = "310101001001", "310101001002"
X, Y, SIDE = 121.50, 31.20, 0.01
DEGREES = "EPSG:4326"


def communities(**columns):
    """Two squares side by side."""
    squares = [box(X + i * SIDE, Y, X + (i + 1) * SIDE, Y + SIDE) for i in range(2)]
    data = {"code": [WEST, EAST], "name": ["西社区", "东社区"]} | columns
    return gpd.GeoDataFrame(data, geometry=squares, crs=DEGREES)


def compounds(**columns):
    """Three compounds: two in the west, one in the east."""
    points = [Point(X + dx, Y + 0.005) for dx in (0.002, 0.006, 0.015)]
    data = {"id": ["a", "b", "c"], "name": ["甲", "乙", "丙"], "households": [300, 400, 500]} | columns
    return gpd.GeoDataFrame(data, geometry=points, crs=DEGREES)


def parcels(**columns):
    """Four parcels that tile the two communities exactly."""
    half = SIDE / 2
    shapes = [box(X + i * half, Y, X + (i + 1) * half, Y + SIDE) for i in range(4)]
    data = {"id": list("pqrs"), "households": [100, 200, 300, 400]} | columns
    return gpd.GeoDataFrame(data, geometry=shapes, crs=DEGREES)


def table(**columns):
    """The compounds as a table with Chinese headers and degrees."""
    data = {
        "小区编号": ["a", "b", "c"],
        "小区名称": ["甲", "乙", "丙"],
        "户数": ["300", "400", "500"],
        "经度": ["121.502", "121.506", "121.515"],
        "纬度": ["31.205", "31.205", "31.205"],
    } | columns
    return pd.DataFrame(data)


def write_geojson(frame, path):
    """Write GeoJSON with the standard library, so that what is tested is only reading."""
    path.write_text(frame.to_json(), encoding="utf-8")
    return path


def write_broken_geojson(path, features):
    """Write features as (properties, geometry) whatever they are."""
    document = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": p, "geometry": g} for p, g in features],
    }
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def zip_shapefile(frame, folder, stem, *, encoding="UTF-8", leave_out=()):
    """Write a Shapefile and pack it."""
    home = folder / f"{stem}_parts"
    home.mkdir()
    frame.to_file(home / f"{stem}.shp", encoding=encoding)
    with zipfile.ZipFile(folder / f"{stem}.zip", "w") as archive:
        for part in sorted(home.iterdir()):
            if part.suffix not in leave_out:
                archive.write(part, part.name)
    return folder / f"{stem}.zip"


def write_old_excel(frame, path):
    """Write an .xls by hand in its oldest form (BIFF2, a stream of records): no library here can."""

    def record(kind, body):
        return struct.pack("<HH", kind, len(body)) + body

    def cell(row, column, text):
        raw = str(text).encode("gbk")
        return record(0x0004, struct.pack("<HH3xB", row, column, len(raw)) + raw)

    rows = [list(frame.columns), *frame.itertuples(index=False)]
    cells = [cell(i, j, text) for i, row in enumerate(rows) for j, text in enumerate(row)]
    start = record(0x0009, struct.pack("<HH", 7, 0x10)) + record(0x0042, struct.pack("<H", 936))
    path.write_bytes(start + b"".join(cells) + record(0x000A, b""))
    return path


def refused(*sources, **options):
    """Read what has to be refused; give the error."""
    try:
        read_layers(list(sources), **options)
    except LayerError as error:
        return error
    raise AssertionError("these layers were accepted")


def codes(faults, severity=None):
    """The codes of findings, in order."""
    return [fault.code for fault in faults if severity in (None, fault.severity)]


def only(faults, code):
    """The one finding of a code."""
    found = [fault for fault in faults if fault.code == code]
    assert len(found) == 1, (code, faults)
    return found[0]
