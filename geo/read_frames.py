"""Turn a raw table into a layer: personal records refused, columns read, shapes put in storage."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.crs import NAMED_CRS, canonical_name, is_approximate, is_geographic, to_storage
from geo.errors import CrsError
from geo.faults import found
from geo.headers import ColumnMap, map_columns
from geo.layers import STORAGE_CRS, Fault
from geo.personal import find_personal
from geo.read_raw import RawTable, Shapes
from geo.read_values import empty_column, read_column
from geo.schema import LayerSpec
from geo.values import is_blank, read_number, shown

_AREA_MARGIN_DEG = 3.0
_UNREADABLE = "\ufffd"  # what decoders put in place of bytes that are no text


def build_frame(
    table: RawTable, spec: LayerSpec, crs: str | None, chosen: Mapping[str, str] | None
) -> tuple[pd.DataFrame | None, tuple[Fault, ...]]:
    """Build a layer of a raw table.

    Parameters
    ----------
    table, spec
        What the file holds, and what the layer should hold.
    crs
        Coordinate system of a file that declares none, or WGS84.
    chosen
        Header → column as a person decided.

    Returns
    -------
    tuple
        A frame with the schema's columns and types in `STORAGE_CRS`, its index one below the row as a person
        counts it; None when nothing can be used. And what was found.
    """
    personal = find_personal(table.table, spec.name)
    if personal:
        return None, personal
    faults: list[Fault] = [found("total_row", spec.name, row, value=value) for row, value in table.totals]
    faults.extend(found("row_too_long", spec.name, row) for row in table.overlong)
    headers = [str(header) for header in table.table.columns]
    mapped = map_columns(spec, headers, chosen, places=table.shapes is None and bool(spec.geometry))
    faults.extend(mapped.faults)
    columns = {}
    for column in spec.columns:
        if column.name in mapped.columns:
            raw = table.table[mapped.columns[column.name]]
            typed, findings = read_column(raw, column, spec.name)
            columns[column.name] = typed
            faults.extend((*_garbled(raw, spec.name, column.name), *findings))
        elif not column.required:
            columns[column.name] = empty_column(table.table.index, column)
    frame = pd.DataFrame(columns, index=table.table.index)
    if spec.geometry:
        placed, trouble = _place(frame, table, spec, crs, mapped)
        faults.extend(trouble)
        if placed is None:
            return None, tuple(faults)
        frame = placed
    return frame.set_axis(frame.index - 1), tuple(faults)


def _garbled(values: pd.Series, layer: str, column: str) -> list[Fault]:
    """Name the first value with signs that stand for unreadable bytes, and count the rest."""
    rows = [row for row, value in values.items() if isinstance(value, str) and _UNREADABLE in value]
    if not rows:
        return []
    return [found("text_undecodable", layer, int(rows[0]), column, value=shown(values[rows[0]]), n=len(rows))]


def _place(
    frame: pd.DataFrame, table: RawTable, spec: LayerSpec, crs: str | None, mapped: ColumnMap
) -> tuple[gpd.GeoDataFrame | None, list[Fault]]:
    shapes, faults = _shapes(table, spec, mapped)
    if shapes is None:
        if spec.geometry_required:
            return None, [*faults, found("geometry_column_missing", spec.name, file=table.file)]
        empty = gpd.GeoSeries([None] * len(frame), index=frame.index, crs=STORAGE_CRS)
        return gpd.GeoDataFrame(frame, geometry=empty), faults
    broken = np.flatnonzero(~_are_finite(shapes))
    faults.extend(found("geometry_unreadable", spec.name, int(frame.index[i])) for i in broken)
    shapes[broken] = None
    heights = int(np.count_nonzero(shapely.has_z(shapes)))
    if heights:
        faults.append(found("heights_dropped", spec.name, n=heights))
    from_table = table.shapes is None
    name, findings = _choose_crs(table, spec, crs, from_table=from_table)
    faults.extend(findings)
    if name is None:
        return None, faults
    raw = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, index=frame.index))
    range_fault = _check_range(raw, spec.name, name)
    if range_fault:
        return None, [*faults, range_fault]
    placed = to_storage(raw, name)
    area_fault = _check_area(raw, placed, spec.name, name)
    return (None, [*faults, area_fault]) if area_fault else (placed, faults)


def _shapes(table: RawTable, spec: LayerSpec, mapped: ColumnMap) -> tuple[Shapes | None, list[Fault]]:
    if table.shapes is not None:
        return table.shapes.copy(), []
    if "wkt" in mapped.places:
        return _from_wkt(table.table[mapped.places["wkt"]], spec.name)
    if {"lon", "lat"} <= set(mapped.places):
        lon, lat = (table.table[mapped.places[name]] for name in ("lon", "lat"))
        return _from_degrees(lon, lat, spec.name)
    return None, []


def _from_wkt(texts: pd.Series, layer: str) -> tuple[Shapes, list[Fault]]:
    filled = ~texts.map(is_blank)
    shapes = shapely.from_wkt(
        [str(text) if full else None for text, full in zip(texts, filled, strict=True)], on_invalid="ignore"
    )
    bad = texts.index[filled.to_numpy() & shapely.is_missing(shapes)]
    return np.asarray(shapes, dtype=object), [found("geometry_unreadable", layer, int(row)) for row in bad]


def _from_degrees(lon: pd.Series, lat: pd.Series, layer: str) -> tuple[Shapes, list[Fault]]:
    shapes = np.full(len(lon), None, dtype=object)
    faults = []
    for i, (row, x, y) in enumerate(zip(lon.index, lon, lat, strict=True)):
        read_x, read_y = read_number(x).value, read_number(y).value
        if isinstance(read_x, float) and isinstance(read_y, float):
            shapes[i] = shapely.Point(read_x, read_y)
        elif not (is_blank(x) and is_blank(y)):
            faults.append(found("geometry_unreadable", layer, int(row)))
    return shapes, faults


def _are_finite(shapes: Shapes) -> NDArray[np.bool_]:
    bounds = shapely.bounds(shapes)
    finite: NDArray[np.bool_] = np.isfinite(bounds).all(axis=1)
    finite[shapely.is_missing(shapes) | shapely.is_empty(shapes)] = True
    return finite


def _choose_crs(
    table: RawTable, spec: LayerSpec, crs: str | None, *, from_table: bool
) -> tuple[str | None, list[Fault]]:
    declared = None if from_table or table.crs_assumed else table.crs
    faults: list[Fault] = []
    if crs is not None:
        try:
            asked = canonical_name(crs)
        except CrsError:
            return None, [found("crs_unknown", spec.name, crs=crs)]
        name, faults = _weigh(declared, asked, table.file, spec.name)
    elif from_table or table.crs_assumed:
        return table.crs or "WGS84", [found("crs_assumed", spec.name, file=table.file)]
    elif declared is None:
        return None, [found("crs_missing", spec.name, file=table.file)]
    else:
        name = declared
    if is_approximate(name):
        faults.append(found("crs_approximate", spec.name, crs=_short(name)))
    return name, faults


def _weigh(declared: str | None, asked: str, file: str, layer: str) -> tuple[str, list[Fault]]:
    """Choose between the system that a file declares and the one asked for, and say what was done.

    Files in GCJ-02 or BD-09 mostly claim to be WGS84, for want of a code: that claim gives way. Whoever wrote
    any other system into a file meant it.
    """
    if declared == asked:
        return asked, []
    if declared is None:
        return asked, [found("crs_applied", layer, file=file, crs=_short(asked))]
    kept = declared != "WGS84"
    code = "crs_kept" if kept else "crs_overruled"
    facts = {"file": file, "declared": _short(declared), "crs": _short(asked)}
    return declared if kept else asked, [found(code, layer, None, None, **facts)]


def _check_range(raw: gpd.GeoDataFrame, layer: str, crs: str) -> Fault | None:
    bounds = np.asarray(raw.total_bounds)
    if not np.isfinite(bounds).all():
        return None
    far_x, far_y = np.abs(bounds[[0, 2]]).max(), np.abs(bounds[[1, 3]]).max()
    looks_like_degrees = far_x <= 180 and far_y <= 90
    facts = {"x": round(float(bounds[0]), 4), "y": round(float(bounds[1]), 4)}
    if not is_geographic(crs):
        return (
            found("crs_metres_expected", layer, None, None, crs=crs, **facts) if looks_like_degrees else None
        )
    if looks_like_degrees:
        return None
    if far_x <= 90 and far_y <= 180:
        return found("crs_axes_swapped", layer, None, None, **facts)
    return found("crs_degrees_expected", layer, None, None, crs=_short(crs), **facts)


def _check_area(raw: gpd.GeoDataFrame, placed: gpd.GeoDataFrame, layer: str, crs: str) -> Fault | None:
    bounds = np.asarray(raw.total_bounds)
    if crs in NAMED_CRS or not np.isfinite(bounds).all():
        return None
    area = pyproj.CRS.from_user_input(crs).area_of_use
    west, south, east, north = area.bounds if area else (-180.0, -90.0, 180.0, 90.0)
    inside = np.asarray(placed.total_bounds)
    margin = np.array([_AREA_MARGIN_DEG, _AREA_MARGIN_DEG])
    fits = (
        np.isfinite(inside).all()
        and bool((inside[:2] >= np.array([west, south]) - margin).all())
        and bool((inside[2:] <= np.array([east, north]) + margin).all())
    )
    if fits:
        return None
    facts = {"x": round(float(bounds[0]), 1), "y": round(float(bounds[1]), 1)}
    return found("crs_outside_area", layer, None, None, crs=_short(crs), **facts)


def _short(crs: str) -> str:
    return crs if len(crs) < 30 else pyproj.CRS.from_user_input(crs).name
