"""Check how layers lie on each other: communities side by side, everything else inside them."""

from collections.abc import Collection, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.faults import found
from geo.layers import Fault
from geo.places import locate
from geo.planes import in_both_planes
from geo.schema import UNIT_LAYERS

TOLERANCE_M2 = 1.0
"""Overlaps and gaps up to this are drawing noise, which the snapping of cells takes away."""
_SLIVER_M2 = 0.01
_FAR_KM = 20.0
_KM_PER_DEG = 111.2
_MISFITS = ("parcels_gap", "parcels_overlap", "parcels_outside")
_INSIDE_LAYERS = ("compounds", "buildings", "parcels", "institutions", "organisations", "venues")


def check_places(frames: Mapping[str, pd.DataFrame]) -> list[Fault]:
    """Check the layers against the communities; nothing when these have no usable shapes."""
    communities = frames.get("communities")
    if not isinstance(communities, gpd.GeoDataFrame) or "code" not in communities:
        return []
    usable = communities[_usable(communities)]
    if usable.empty:
        return []
    faults = _check_overlaps(usable)
    located = {}
    for name, frame in frames.items():
        if name == "communities" or not isinstance(frame, gpd.GeoDataFrame):
            continue
        far = _check_distance(frame, name, usable)
        if far:
            faults.append(far)
        elif name in _INSIDE_LAYERS:
            located[name] = pd.Series(locate(frame.geometry, usable), index=frame.index)
            faults.extend(_check_inside(frame, name, located[name]))
    parcels = frames.get("parcels")
    if isinstance(parcels, gpd.GeoDataFrame) and "parcels" in located:
        faults.extend(_check_tiling(parcels, usable, located["parcels"]))
    return [*faults, *_check_filled(frames, usable, located)]


def check_distances(frames: Mapping[str, pd.DataFrame], names: Collection[str]) -> list[Fault]:
    """Find which of some layers lie far from the communities."""
    communities = gpd.GeoDataFrame(frames["communities"])
    shaped = [name for name in names if isinstance(frames[name], gpd.GeoDataFrame)]
    found_far = [_check_distance(gpd.GeoDataFrame(frames[name]), name, communities) for name in shaped]
    return [fault for fault in found_far if fault is not None]


def _usable(frame: gpd.GeoDataFrame) -> pd.Series:
    return frame.geometry.notna() & ~frame.geometry.is_empty & frame.geometry.is_valid


def _check_overlaps(communities: gpd.GeoDataFrame) -> list[Fault]:
    shapes = communities.geometry
    first, second = shapely.STRtree(shapes.array).query(shapes.array, predicate="intersects")
    first, second = first[first < second], second[first < second]
    areas = in_both_planes(
        communities,
        [shapes.iloc[first], shapes.iloc[second]],
        lambda one, other: shapely.area(shapely.intersection(one, other)),
    )
    codes = communities["code"].to_numpy(dtype=object)
    faults = []
    for i, j, area in zip(first, second, areas, strict=True):
        facts = {"code": str(codes[i]), "other_code": str(codes[j]), "area_m2": round(float(area), 2)}
        row, other = int(communities.index[i]) + 1, int(communities.index[j]) + 1
        if area > TOLERANCE_M2:
            faults.append(found("communities_overlap", "communities", row, None, other_row=other, **facts))
        elif area > _SLIVER_M2:
            faults.append(found("communities_sliver", "communities", row, None, **facts))
    return faults


def _check_distance(frame: gpd.GeoDataFrame, layer: str, communities: gpd.GeoDataFrame) -> Fault | None:
    here, there = np.asarray(frame.total_bounds), np.asarray(communities.total_bounds)
    if not np.isfinite(here).all():
        return None
    gap = np.maximum(0.0, np.maximum(there[:2] - here[2:], here[:2] - there[2:]))
    gap[0] *= np.cos(np.radians((there[1] + there[3]) / 2))
    distance_km = float(np.hypot(*gap)) * _KM_PER_DEG
    return found("layer_far_away", layer, distance_km=round(distance_km)) if distance_km > _FAR_KM else None


def _check_inside(frame: gpd.GeoDataFrame, layer: str, located: pd.Series) -> list[Fault]:
    placed = frame.geometry.notna() & ~frame.geometry.is_empty
    names = frame["id"] if "id" in frame else pd.Series(frame.index + 1, index=frame.index)
    faults = [
        found("outside_communities", layer, int(label) + 1, id=str(names[label]))
        for label in frame.index[placed & located.isna()]
    ]
    if "community_code" in frame:
        given = frame["community_code"]
        elsewhere = given.notna() & located.notna() & (given.astype("object") != located)
        for label in frame.index[elsewhere]:
            facts = {"value": str(given[label]), "community_code": str(located[label])}
            faults.append(found("community_elsewhere", layer, int(label) + 1, "community_code", **facts))
    return faults


def _check_tiling(
    parcels: gpd.GeoDataFrame, communities: gpd.GeoDataFrame, located: pd.Series
) -> list[Fault]:
    """Compare the parcels of each community with its area: gaps, overlaps and what sticks out."""
    codes = _given_or_located(parcels, located)
    usable = _usable(parcels)
    shapes = parcels.geometry[usable]
    areas = communities.drop_duplicates("code").set_index("code").geometry
    faults: list[Fault] = []
    for code, members in shapes.groupby(codes[usable]):
        if code not in areas.index:
            continue
        sizes = in_both_planes(communities, [areas.loc[[code]], members], _misfits)
        faults.extend(
            found(kind, "parcels", community_code=str(code), area_m2=round(float(size), 1))
            for kind, size in zip(_MISFITS, sizes, strict=True)
            if size > TOLERANCE_M2
        )
    return faults


def _misfits(area: NDArray[Any], members: NDArray[Any]) -> NDArray[np.float64]:
    """Measure what parcels leave free of an area, cover twice, and cover beyond it: `_MISFITS`."""
    union = shapely.union_all(members)
    gap = shapely.area(shapely.difference(area[0], union))
    overlap = float(shapely.area(members).sum()) - shapely.area(union)
    beyond = shapely.area(shapely.difference(union, area[0]))
    return np.array([gap, overlap, beyond])


def _check_filled(
    frames: Mapping[str, pd.DataFrame], communities: gpd.GeoDataFrame, located: Mapping[str, pd.Series]
) -> list[Fault]:
    """Find communities with nothing to make cells of, or with nobody living there."""
    units = {name: frames[name] for name in UNIT_LAYERS if name in located}
    if not units:
        return []
    filled: set[object] = set()
    lived_in: set[object] = set()
    for name, frame in units.items():
        codes = _given_or_located(frame, located[name])
        filled.update(codes.dropna())
        if "households" in frame:
            households = pd.to_numeric(frame["households"], errors="coerce")
            lived_in.update(codes[households.gt(0).fillna(value=False)].dropna())
    faults = []
    for label, code in communities["code"].dropna().items():
        if code not in filled:
            faults.append(found("community_empty", "communities", int(label) + 1, community_code=str(code)))
        elif code not in lived_in:
            faults.append(
                found(
                    "community_without_households",
                    "communities",
                    int(label) + 1,
                    community_code=str(code),
                )
            )
    return faults


def _given_or_located(frame: pd.DataFrame, located: pd.Series) -> pd.Series:
    if "community_code" not in frame:
        return located
    given = frame["community_code"].astype("object")
    return given.where(given.notna(), located)
