"""Who borders whom, along how many metres, and which road, river or wall the border follows."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.alongside import BORDER_CLASSES, Lines, cut_steps, find_beside, read_lines
from geo.tiling import FloatArray, IntArray, Segments, find_segments

__all__ = ["BORDER_CLASSES", "MIN_BORDER_M", "link_cells", "measure_outer"]

MIN_BORDER_M = 1.0
"""Shorter contacts are corners: nobody walks from one cell to the other there, and where four cells meet,
digitising alone makes contacts of some decimetres (the reference district has 3 of them in 1,621)."""


def link_cells(
    cells: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame | None,
    barriers: gpd.GeoDataFrame | None,
    *,
    min_border_m: float = MIN_BORDER_M,
) -> gpd.GeoDataFrame:
    """Find rook-adjacent pairs of cells of one community, with what their border follows.

    Parameters
    ----------
    cells
        `community_code`, `compound_id`, polygons that share their nodes (as `cut_cells` makes them),
        metric CRS; positions, not labels, name the cells in the result.
    roads, barriers
        Lines with `class`, lines or polygons with `kind`, any CRS; None or empty when there are none.
    min_border_m
        Shorter contacts are corners and no adjacency.

    Returns
    -------
    The `links` of `geo.layers.Tiling`, sorted by a and b.
    """
    segments = find_segments(cells.geometry.to_numpy(), _group(cells))
    inner = segments.b >= 0
    segments = Segments(a=segments.a[inner], b=segments.b[inner], line=segments.line[inner])
    pairs, pair = np.unique(np.c_[segments.a, segments.b].reshape(-1, 2), axis=0, return_inverse=True)
    pair = pair.ravel()
    border = np.bincount(pair, weights=segments.length, minlength=len(pairs))
    along = _measure_along(segments, pair, len(pairs), read_lines(cells.crs, roads, barriers))
    compound = cells["compound_id"].astype(object).where(cells["compound_id"].notna(), None).to_numpy()
    along["compound"] = np.where(compound[pairs[:, 0]] != compound[pairs[:, 1]], border, 0.0)
    table = pd.DataFrame({"a": pairs[:, 0], "b": pairs[:, 1], "border_m": border})
    for name in BORDER_CLASSES:
        # Pieces are measured along the border, so rounding alone could exceed it.
        table[f"along_{name}_m"] = np.minimum(along.get(name, 0.0), border)
    table["crosses"] = _weightiest(table)
    links = gpd.GeoDataFrame(table, geometry=_border_lines(segments, pair, len(pairs)), crs=cells.crs)
    return links[border >= min_border_m].reset_index(drop=True)


def measure_outer(cells: gpd.GeoDataFrame) -> pd.Series:
    """Measure each cell's border with the outside of its community, in metres; keeps the index."""
    segments = find_segments(cells.geometry.to_numpy(), _group(cells))
    outer = segments.b < 0
    lengths = np.bincount(segments.a[outer], weights=segments.length[outer], minlength=len(cells))
    return pd.Series(lengths, index=cells.index, name="outer_m")


def _group(cells: gpd.GeoDataFrame) -> IntArray:
    return np.asarray(pd.factorize(cells["community_code"])[0], dtype=np.int64)


def _measure_along(segments: Segments, pair: IntArray, n: int, lines: Lines) -> dict[str, FloatArray]:
    """Sum, for each pair and class, the length of border near and roughly parallel to such a line."""
    steps = cut_steps(segments)
    along: dict[str, FloatArray] = {}
    for name, step, _ in find_beside(steps, lines):
        hit = np.unique(step)
        total = np.bincount(pair[steps.segment[hit]], weights=steps.length[hit], minlength=n)
        along[name] = np.asarray(total, dtype=np.float64)
    return along


def _weightiest(table: pd.DataFrame) -> list[str]:
    crosses = np.full(len(table), "none", dtype=object)
    for name in reversed(BORDER_CLASSES):
        crosses[table[f"along_{name}_m"] >= table["border_m"] / 2] = name
    return list(crosses)


def _border_lines(segments: Segments, pair: IntArray, n: int) -> NDArray[np.object_]:
    order = np.argsort(pair, kind="stable")
    lines = shapely.linestrings(segments.line[order].reshape(-1, 2, 2))
    collected = shapely.multilinestrings(lines, indices=pair[order]) if n else np.empty(0, dtype=object)
    return np.asarray(shapely.line_merge(collected), dtype=object)
