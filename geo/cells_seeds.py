"""Who lives where: parcels, buildings and compounds as seeds of cells, in whole numbers that sum exactly."""

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.faults import found
from geo.layers import Fault
from geo.tiling import FloatArray, IntArray, Shapes

_LAYER_OF = {"parcel": "parcels", "building": "buildings", "compound": "compounds"}
COLUMNS = ("id", "kind", "compound_id", "households", "residents", "region", "geometry")


def split_whole(total: int, weights: FloatArray) -> IntArray:
    """Split a whole number by weights into whole numbers that sum exactly (largest remainder, Hamilton)."""
    if len(weights) == 0:
        return np.zeros(0, dtype=np.int64)
    weights = weights if weights.sum() > 0 else np.ones(len(weights))
    exact = total * weights / weights.sum()
    parts = np.floor(exact).astype(np.int64)
    largest = np.argsort(-(exact - parts), kind="stable")[: total - int(parts.sum())]
    parts[largest] += 1
    return np.asarray(parts)


def find_seeds(
    frames: Mapping[str, gpd.GeoDataFrame], regions: Shapes, codes: Sequence[str]
) -> tuple[gpd.GeoDataFrame, tuple[Fault, ...]]:
    """Find what cells grow from.

    Ground under a parcel belongs to the parcel, and its figures count there. Elsewhere every building is a
    seed, and so is every compound without buildings. Where buildings lack figures and their compound has
    them, they are shared out by floors times footprint.

    Parameters
    ----------
    frames
        `parcels`, `buildings`, `compounds` in a metric CRS; a missing layer is an empty frame. The row in a
        notice is the index label plus one.
    regions, codes
        The communities' shapes and codes.

    Returns
    -------
    Seeds (`id`, `kind` parcel, building or compound, `compound_id`, `households`, `residents`, `region`,
    geometry) and notices of what lies outside every community, contradicts itself or lacks figures.
    """
    parcels = _as_seeds(frames["parcels"], "parcel")
    buildings = _as_seeds(frames["buildings"], "building")
    homes = _as_seeds(frames["compounds"], "compound")
    homes["compound_id"] = homes["id"]
    areas = homes[shapely.get_dimensions(homes.geometry.to_numpy()) == 2]
    for table in (parcels, buildings):
        table["compound_id"] = table["compound_id"].fillna(_find_area(table, areas))
    buildings, faults = _share_figures(buildings, homes)
    homes = homes[~homes["id"].isin(buildings["compound_id"])]
    placed = []
    for table, layer in ((parcels, "parcels"), (buildings, "buildings"), (homes, "compounds")):
        table["region"] = locate(table.geometry.to_numpy(), table["wanted"].tolist(), regions, codes)
        faults += _outside(table, layer)
        placed.append(table[table["region"] >= 0])
    parcels = placed[0]
    others = [table[~_is_under(table, parcels)] for table in placed[1:]]
    seeds = pd.concat([parcels, *others], ignore_index=True)
    faults += _without_figures(seeds)
    seeds[["households", "residents"]] = seeds[["households", "residents"]].fillna(0).astype("int64")
    return gpd.GeoDataFrame(seeds[list(COLUMNS)], geometry="geometry", crs=parcels.crs), tuple(faults)


def _as_seeds(frame: gpd.GeoDataFrame, kind: str) -> gpd.GeoDataFrame:
    def column(name: str) -> pd.Series:
        return frame[name] if name in frame else pd.Series(None, index=frame.index, dtype=object)

    def numbers(name: str) -> pd.Series:
        return pd.to_numeric(column(name), errors="coerce").astype("float64")

    def texts(name: str) -> pd.Series:
        values = column(name).astype(object)
        return values.where(values.notna(), None)

    table = gpd.GeoDataFrame(
        {
            "id": column("id").astype(str),
            "kind": kind,
            "compound_id": texts("compound_id"),
            "wanted": texts("community_code"),
            "households": numbers("households"),
            "residents": numbers("residents"),
            "floors": numbers("floors"),
            "row": frame.index.to_numpy(dtype=np.int64) + 1,
        },
        geometry=frame.geometry.to_numpy(),
        crs=frame.crs,
    )
    return table[table.geometry.notna() & ~table.geometry.is_empty].reset_index(drop=True)


def _find_area(table: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.Series:
    """Find the smallest compound area that each shape's middle lies in; None where there is none."""
    found = np.full(len(table), None, dtype=object)
    points = shapely.point_on_surface(table.geometry.to_numpy())
    at, area = shapely.STRtree(areas.geometry.to_numpy()).query(points, predicate="intersects")
    largest_first = np.argsort(-areas.area.to_numpy()[area], kind="stable")
    found[at[largest_first]] = areas["id"].to_numpy()[area[largest_first]]
    return pd.Series(found, index=table.index, dtype=object)


def locate(shapes: Shapes, wanted: Sequence[str | None], regions: Shapes, codes: Sequence[str]) -> IntArray:
    """Find each shape's community: the named one if it lies there, else that with most of it; -1 if none."""
    at, region = shapely.STRtree(regions).query(shapes, predicate="intersects")
    area = shapely.area(shapes)[at]
    share = np.ones(len(at))
    flat = area > 0
    share[flat] = shapely.area(shapely.intersection(shapes[at[flat]], regions[region[flat]])) / area[flat]
    named = np.array([wanted[a] == codes[r] for a, r in zip(at, region, strict=True)], dtype=bool)
    weight = share + (named & (share > 0.05))
    order = np.lexsort((region, -weight, at))
    first = order[np.unique(at[order], return_index=True)[1]]
    found = np.full(len(shapes), -1)
    found[at[first]] = np.where(share[first] > 0, region[first], -1)
    return found


def _share_figures(
    buildings: gpd.GeoDataFrame, homes: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Give buildings without figures their part of what their compound has beyond those with figures."""
    buildings = buildings.copy()
    area = buildings.area.to_numpy()
    usual = float(np.median(area[area > 0])) if (area > 0).any() else 1.0
    room = np.where(area > 0, area, usual) * buildings["floors"].fillna(1).clip(lower=1).to_numpy()
    known_homes = homes.drop_duplicates("id")
    row_of = dict(zip(known_homes["id"], known_homes["row"], strict=True))
    totals = {name: known_homes[name].to_numpy() for name in ("households", "residents")}
    place = {compound: at for at, compound in enumerate(known_homes["id"])}
    figures = {name: buildings[name].to_numpy(dtype=np.float64, copy=True) for name in totals}
    faults = []
    for compound, members in buildings.groupby("compound_id", sort=True).indices.items():
        if compound not in place:
            continue
        for column, values in figures.items():
            total = totals[column][place[compound]]
            if np.isnan(total):
                continue
            lacks = np.isnan(values[members])
            lacking = members[lacks]
            rest = int(total) - int(values[members[~lacks]].sum())
            if len(lacking):
                values[lacking] = split_whole(max(rest, 0), room[lacking])
            if column == "households" and (rest < 0 or (rest > 0 and not len(lacking))):
                facts = {"id": compound, "households": int(total), "in_buildings": int(total) - rest}
                faults.append(_notice("compound_total_differs", "compounds", int(row_of[compound]), facts))
    for name, values in figures.items():
        buildings[name] = values
    return buildings, faults


def _outside(table: gpd.GeoDataFrame, layer: str) -> list[Fault]:
    return [
        _notice("outside_communities", layer, int(row), {"id": name, "households": int(households)})
        for row, name, households, region in zip(
            table["row"], table["id"], table["households"].fillna(0), table["region"], strict=True
        )
        if region < 0
    ]


def _without_figures(seeds: pd.DataFrame) -> list[Fault]:
    """Count, per layer, what has no households of its own nor a part of its compound's: it counts as none."""
    lacking = seeds.loc[seeds["households"].isna(), "kind"].value_counts()
    return [
        found("figures_missing", layer, n=int(lacking[kind]))
        for kind, layer in _LAYER_OF.items()
        if kind in lacking
    ]


def _notice(code: str, layer: str, row: int, facts: Mapping[str, object]) -> Fault:
    return Fault(code=code, severity="notice", layer=layer, row=row, facts=facts)


def _is_under(table: gpd.GeoDataFrame, parcels: gpd.GeoDataFrame) -> pd.Series:
    """Tell which shapes' middles lie under a parcel of their own community."""
    points = shapely.point_on_surface(table.geometry.to_numpy())
    at, parcel = shapely.STRtree(parcels.geometry.to_numpy()).query(points, predicate="intersects")
    same = table["region"].to_numpy()[at] == parcels["region"].to_numpy()[parcel]
    under = pd.Series(data=False, index=table.index)
    under.iloc[np.unique(at[same])] = True
    return under
