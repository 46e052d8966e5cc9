"""Repairs that cannot be misread, each listed: shapes that cross themselves by a hair, codes by location."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import metric_crs
from geo.errors import CrsError
from geo.faults import found
from geo.layers import Fault
from geo.places import locate
from geo.schema import LAYERS

AREA_CHANGE_LIMIT = 0.001
"""Share of its area by which mending may change a shape; beyond it a person has to look."""


def mend_frames(
    frames: Mapping[str, pd.DataFrame],
) -> tuple[dict[str, pd.DataFrame], tuple[Fault, ...]]:
    """Repair layers as far as the meaning is certain; what is not stays for the checks.

    Parameters
    ----------
    frames
        Layers with the schema's columns in `STORAGE_CRS`, index one below the row as a person counts it.

    Returns
    -------
    tuple
        New frames, and one `repair` for each change (one for the column when all of it was empty).
    """
    faults: list[Fault] = []
    mended = dict(frames)
    for name, frame in mended.items():
        if isinstance(frame, gpd.GeoDataFrame):
            mended[name], found_here = _mend_shapes(frame, name)
            faults.extend(found_here)
    communities = mended.get("communities")
    if isinstance(communities, gpd.GeoDataFrame) and "code" in communities:
        for name, frame in mended.items():
            if name != "communities" and "community_code" in frame:
                mended[name], found_here = _mend_community(frame, name, communities)
                faults.extend(found_here)
    return mended, tuple(faults)


def _mend_shapes(frame: gpd.GeoDataFrame, layer: str) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    shapes = np.asarray(frame.geometry.array, dtype=object).copy()
    faults = []
    for i in np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOINT):
        if shapely.get_num_geometries(shapes[i]) == 1:
            shapes[i] = shapely.get_geometry(shapes[i], 0)
            faults.append(found("geometry_single", layer, int(frame.index[i]) + 1))
    invalid = np.flatnonzero(~shapely.is_valid(shapes) & ~shapely.is_missing(shapes))
    for i in invalid:
        valid = _polygons_of(shapely.make_valid(shapes[i], method="structure", keep_collapsed=False))
        before, after = _areas_m2(frame, [shapes[i], valid])
        if before > 0 and after > 0 and abs(after - before) <= AREA_CHANGE_LIMIT * before:
            shapes[i] = valid
            change = round(abs(after - before), 3)
            faults.append(
                found(
                    "geometry_mended",
                    layer,
                    int(frame.index[i]) + 1,
                    area_m2=round(after, 1),
                    change_m2=change,
                )
            )
    if not faults:
        return frame, []
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs)), faults


def _polygons_of(shape: shapely.Geometry) -> shapely.Geometry:
    if shape.geom_type != "GeometryCollection":
        return shape
    return shapely.union_all([part for part in shape.geoms if part.geom_type in ("Polygon", "MultiPolygon")])


def _areas_m2(frame: gpd.GeoDataFrame, shapes: list[shapely.Geometry]) -> tuple[float, float]:
    series = gpd.GeoSeries(shapes, crs=frame.crs)
    try:
        before, after = series.to_crs(metric_crs(frame)).area
    except CrsError:
        return 0.0, 0.0
    return float(before), float(after)


def _mend_community(
    frame: pd.DataFrame, layer: str, communities: gpd.GeoDataFrame
) -> tuple[pd.DataFrame, list[Fault]]:
    codes = frame["community_code"].astype("object").where(frame["community_code"].notna(), None)
    codes, faults = _by_name(codes, layer, communities)
    missing = codes.isna()
    if isinstance(frame, gpd.GeoDataFrame) and LAYERS[layer].geometry and missing.any():
        located = pd.Series(locate(frame.geometry[missing], communities), index=codes.index[missing])
        located = located.dropna()
        codes = codes.copy()
        codes[located.index] = located
        if missing.all() and len(located):
            faults.append(found("community_located_all", layer, None, "community_code", n=len(located)))
        else:
            faults.extend(
                found("community_located", layer, int(label) + 1, "community_code", community_code=str(code))
                for label, code in located.items()
            )
    if not faults:
        return frame, []
    return frame.assign(community_code=codes.astype("str")), faults


def _by_name(codes: pd.Series, layer: str, communities: gpd.GeoDataFrame) -> tuple[pd.Series, list[Fault]]:
    """Replace the name of a community by its code where only one bears that name."""
    if "name" not in communities:
        return codes, []
    known = set(communities["code"].dropna())
    names = communities.dropna(subset=["code", "name"]).drop_duplicates("name", keep=False)
    by_name = dict(zip(names["name"], names["code"], strict=True))
    wrong = codes[codes.notna() & ~codes.isin(known) & codes.isin(by_name.keys())]
    faults = [
        found(
            "community_by_name",
            layer,
            int(label) + 1,
            "community_code",
            value=str(value),
            community_code=str(by_name[value]),
        )
        for label, value in wrong.items()
    ]
    return codes.replace(by_name).where(codes.isin(wrong), codes) if faults else codes, faults
