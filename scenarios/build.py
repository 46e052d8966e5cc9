"""From cells and borders to the arrays an engine understands: one `Problem` per community."""

from collections.abc import Mapping
from functools import partial

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.adjacency import BORDER_CLASSES, measure_outer
from geo.layers import Layers, Tiling
from geo.memo import Memo, digest_of
from geo.tiling import Shapes
from optimize.problem import FloatArray, IntArray, Locks, Problem
from scenarios.facts import CellFacts
from scenarios.rules import GridRules

HEAVY_CLASSES = frozenset({"motorway", "trunk", "main", "river", "railway"})
"""Lines that nobody crosses lightly. A border counts as one when at least half of it runs along it."""


def build_problem(
    tiling: Tiling,
    community_code: str,
    *,
    rules: GridRules,
    weights: Mapping[str, float],
    today: pd.Series,
    facts: CellFacts,
    locks: Locks | None = None,
) -> Problem:
    """Build the problem of one community.

    Parameters
    ----------
    tiling
        Cells and links of the whole project, in a metric CRS.
    today
        Code of today's grid per cell (same index as the cells), None where there is none.
    facts
        What else lies in each cell of the tiling.

    Returns
    -------
    Problem
        Cell i of the problem is the i-th cell of that community in the tiling's order.
    """
    own = tiling.cells["community_code"].to_numpy() == community_code
    cells = tiling.cells[own]
    position = np.cumsum(own) - 1
    links = tiling.links[own[tiling.links["a"].to_numpy(dtype=np.int64)]]
    centre = shapely.centroid(cells.geometry.to_numpy())
    held = facts.take(own)
    return Problem(
        name=community_code,
        households=cells["households"].to_numpy(dtype=np.int64),
        residents=cells["residents"].to_numpy(dtype=np.int64),
        formal_members=held.formal_members,
        institutions=held.institutions,
        organisations=held.organisations,
        edges=position[links[["a", "b"]].to_numpy(dtype=np.int64)].astype(np.int64).reshape(-1, 2),
        border_m=links["border_m"].to_numpy(dtype=np.float64),
        border_factor=border_factors(links, rules),
        heavy=links["crosses"].isin(HEAVY_CLASSES).to_numpy(dtype=np.bool_),
        outer_m=measure_outer(cells).to_numpy(dtype=np.float64),
        perimeter_m=cells.length.to_numpy(dtype=np.float64),
        area_m2=cells.area.to_numpy(dtype=np.float64),
        x_m=shapely.get_x(centre),
        y_m=shapely.get_y(centre),
        compound_idx=positions(cells["compound_id"]),
        today_idx=positions(today[own]),
        min_households=rules.min_households,
        max_households=rules.max_households,
        target_households=rules.target_households,
        residents_reference=rules.residents_reference,
        members_needed=rules.formal_members_min,
        institutions_per_grid=mean_per_grid(
            int(held.institutions.sum()), int(cells["households"].sum()), rules.target_households
        ),
        weights=dict(weights),
        locks=locks or Locks(),
    )


def mean_per_grid(amount: int, households: int, target_households: int) -> float:
    """Share an amount among as many grids of the wished size as the households make."""
    return amount * target_households / households if households else 0.0


def border_factors(links: pd.DataFrame, rules: GridRules) -> FloatArray:
    """Give what a metre of each border costs on average, 1 on open ground.

    A stretch of border may follow several lines at once (a street along a compound wall): the cheapest
    classes are counted first, and together never more than the border's length.
    """
    length = links["border_m"].to_numpy(dtype=np.float64)
    left = length.copy()
    cost = np.zeros(len(links))
    for name in sorted(BORDER_CLASSES, key=rules.border_factor):
        along = np.minimum(links[f"along_{name}_m"].to_numpy(dtype=np.float64), left)
        cost += along * rules.border_factor(name)
        left -= along
    factors: FloatArray = np.divide(cost + left, length, out=np.ones(len(links)), where=length > 0)
    return factors


def positions(values: pd.Series) -> IntArray:
    """Give each text its number in order of first appearance; -1 where there is none."""
    codes, _ = pd.factorize(values.astype(object).where(values.notna(), None))
    return np.asarray(codes, dtype=np.int64)


def todays_grid(layers: Layers, cells: gpd.GeoDataFrame) -> pd.Series:
    """Give the code of today's grid that holds most of each cell, None where there is none.

    A grid of today that reaches into several communities counts only in the one that holds most of its
    ground, so that no two communities can continue it. `layers` are the project's own: cells of a compound
    that they do not know are yet to be built, and nobody there has a grid to change from. `cells` are in a
    metric CRS; the result has their index.
    """
    grids = layers.frames.get("grids")
    if not isinstance(grids, gpd.GeoDataFrame) or grids.empty:
        return pd.Series([None] * len(cells), index=cells.index, dtype=object)
    shapes = grids.to_crs(cells.crs).geometry.to_numpy()
    codes = grids["code"].to_numpy()
    values = np.full(len(cells), None, dtype=object)
    drawn, places = digest_of(shapes), cells.geometry.to_numpy()
    for rows in cells.groupby("community_code").indices.values():
        own = places[rows]
        holds = _HOLDERS.get(f"{drawn}{digest_of(own)}", partial(_find_holders, own, shapes))
        values[rows[holds >= 0]] = codes[holds[holds >= 0]].astype(str)
    today = pd.Series(values, index=cells.index, dtype=object)
    return at_home(today.where(_is_built(layers, cells), None), cells)


_HOLDERS: Memo[IntArray] = Memo(2000)


def _find_holders(cells: Shapes, grids: Shapes) -> IntArray:
    """Find the grid that holds most of each cell, the first of equals; -1 where there is none."""
    cell, grid = shapely.STRtree(grids).query(cells, predicate="intersects")
    shared = shapely.area(shapely.intersection(cells[cell], grids[grid]))
    best: dict[int, tuple[float, int]] = {}
    for one, other, area in zip(cell.tolist(), grid.tolist(), shared.tolist(), strict=True):
        if area > best.get(one, (0.0, -1))[0]:
            best[one] = (area, other)
    return np.array([best[at][1] if at in best else -1 for at in range(len(cells))], np.int64)


def _is_built(layers: Layers, cells: gpd.GeoDataFrame) -> pd.Series:
    named = [("compounds", "id"), ("buildings", "compound_id")]
    known = {
        str(value)
        for layer, column in named
        if layer in layers.frames and column in layers.frames[layer]
        for value in layers.frames[layer][column].dropna()
    }
    home = cells["compound_id"]
    return home.isna() | home.astype(object).isin(known)


def at_home(today: pd.Series, cells: gpd.GeoDataFrame) -> pd.Series:
    """Leave each code only in the community that holds most of its ground; `cells` in a metric CRS."""
    ground = cells.area.groupby([today.to_numpy(), cells["community_code"].to_numpy()]).sum()
    if ground.empty:
        return today
    home = dict(code for code in ground.groupby(level=0).idxmax())
    return today.where(today.map(home) == cells["community_code"], None)
