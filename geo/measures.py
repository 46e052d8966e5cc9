"""Pure measures of shapes in a metric CRS; every one keeps the index of what it is given."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import metric_crs


def polsby_popper(shapes: gpd.GeoDataFrame | gpd.GeoSeries) -> pd.Series:
    """Measure compactness: 4π · area / perimeter², 1 for a disc (Polsby & Popper 1991)."""
    return 4 * np.pi * shapes.area / shapes.length**2


def is_contiguous(shapes: gpd.GeoDataFrame | gpd.GeoSeries) -> pd.Series:
    """Tell for each shape whether it is one piece; pieces that touch in a corner only are two."""
    single = shapes.geom_type == "Polygon"
    return single & ~shapes.is_empty


def measure_grids(grids: gpd.GeoDataFrame) -> pd.DataFrame:
    """Measure area_m2, perimeter_m, polsby_popper and contiguous of every grid.

    `grids` may be in degrees; they are then measured in the metric CRS that fits them.
    """
    shapes = to_metric(grids).geometry
    return pd.DataFrame(
        {
            "area_m2": shapes.area,
            "perimeter_m": shapes.length,
            "polsby_popper": polsby_popper(shapes),
            "contiguous": is_contiguous(shapes),
        },
        index=grids.index,
    )


def measure_tiling(tiles: gpd.GeoDataFrame, communities: gpd.GeoDataFrame) -> pd.DataFrame:
    """Measure how far cells or grids are from tiling their communities, in square metres.

    Parameters
    ----------
    tiles
        `community_code`, polygons in any CRS.
    communities
        `code`, polygons in any CRS: the originals, as loaded.

    Returns
    -------
    Index = community code; `gap_m2` (ground of the community under no tile), `overlap_m2` (ground under
    more than one tile, counted once for each tile too many), `outside_m2` (ground of tiles beyond the
    community).
    """
    whole = to_metric(communities)
    tiles = tiles.to_crs(whole.crs)
    parts = {code: group.geometry.array for code, group in tiles.groupby("community_code")}
    rows = []
    for code, shape in zip(whole["code"], whole.geometry, strict=True):
        pieces = np.asarray(parts.get(code, []), dtype=object)
        union = shapely.union_all(pieces)
        rows.append(
            {
                "community_code": code,
                "gap_m2": shapely.area(shapely.difference(shape, union)),
                "overlap_m2": max(0.0, float(shapely.area(pieces).sum() - shapely.area(union))),
                "outside_m2": shapely.area(shapely.difference(union, shape)),
            }
        )
    return pd.DataFrame(rows, columns=["community_code", "gap_m2", "overlap_m2", "outside_m2"]).set_index(
        "community_code"
    )


def dissolve_grids(cells: gpd.GeoDataFrame, grid_code: pd.Series) -> gpd.GeoDataFrame:
    """Unite cells into grids without losing a node, so that the grids tile as exactly as the cells do.

    Parameters
    ----------
    cells
        Polygons that share their nodes (as `cut_cells` makes them).
    grid_code
        Same index; cells without a code (None) belong to no grid.

    Returns
    -------
    One row per grid, sorted by code: `code`, `community_code` of its first cell, geometry.
    """
    codes = grid_code.dropna()
    rows = []
    for code, group in cells.loc[codes.index].groupby(codes, sort=True):
        # A coverage union only drops shared edges: no snapping, no lost nodes.
        shape = shapely.coverage_union_all(group.geometry.array)
        rows.append(
            {"code": code, "community_code": group["community_code"].iloc[0], "geometry": _simplest(shape)}
        )
    return gpd.GeoDataFrame(
        rows, columns=["code", "community_code", "geometry"], geometry="geometry", crs=cells.crs
    )


def to_metric(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the frame in metres: itself when its CRS is projected, else in the metric CRS that fits it."""
    return frame.to_crs(metric_crs(frame)) if frame.crs.is_geographic else frame


def _simplest(shape: shapely.Geometry) -> shapely.Geometry:
    return shape.geoms[0] if shape.geom_type == "MultiPolygon" and len(shape.geoms) == 1 else shape
