"""Join cells without households to neighbours: every one of them multiplies the groups to weigh."""

import geopandas as gpd
import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.cells_ground import EMPTY_M2
from geo.pieces import HEAVY
from geo.tiling import BoolArray, FloatArray, IntArray


def group_empty(cells: gpd.GeoDataFrame, links: gpd.GeoDataFrame, kept: BoolArray) -> IntArray:
    """Find which cells become one: buildings without households join neighbours, from the rim inwards.

    A neighbour of the same compound comes first, then the one with the longest border; none beyond a main
    road or a river. Buildings locked in by such lines (a factory, a market) become one empty cell when they
    have the ground for it, and are given across the line when not.

    Parameters
    ----------
    cells
        `kind`, `households`, `compound_id`, polygons.
    links
        `geo.adjacency.link_cells` of the same cells.
    kept
        Cells that stay as they are, whatever they hold.

    Returns
    -------
    int64 (n,), for each cell the position of the cell it becomes part of (its own when it stays).
    """
    area = cells.area.to_numpy()
    built = cells["kind"].isin(["building", "part"]).to_numpy()
    # A garage stays with its compound however much ground lies about it; a school of its own does not.
    inhabited = cells.groupby("compound_id")["households"].sum().reindex(cells["compound_id"]).to_numpy() > 0
    open_ = built & (cells["households"] == 0).to_numpy() & ~kept & (inhabited | (area < EMPTY_M2))
    borders = _Borders(cells, links)
    root = np.arange(len(cells))
    open_ = borders.grow(root, open_, over_heavy=False)
    locked = borders.components(open_)
    for group in np.unique(locked[open_]):
        members = np.flatnonzero(open_ & (locked == group))
        root[members] = members[0]
        if area[members].sum() >= EMPTY_M2:
            open_[members] = False
    borders.grow(root, open_, over_heavy=True)
    return root


class _Borders:
    """Both directions of every border, with what makes a neighbour a better one."""

    def __init__(self, cells: gpd.GeoDataFrame, links: gpd.GeoDataFrame) -> None:
        a, b = links["a"].to_numpy(), links["b"].to_numpy()
        border: FloatArray = links["border_m"].to_numpy()
        heavy = links[[f"along_{name}_m" for name in HEAVY]].sum(axis=1).to_numpy() >= border / 2
        compound = cells["compound_id"].to_numpy()
        same = (compound[a] == compound[b]) & cells["compound_id"].notna().to_numpy()[a]
        self._n = len(cells)
        self._from, self._to = np.concatenate([a, b]), np.concatenate([b, a])
        self._heavy, self._same = np.tile(heavy, 2), np.tile(same, 2)
        self._border = np.tile(border, 2)

    def grow(self, root: IntArray, open_: BoolArray, *, over_heavy: bool) -> BoolArray:
        """Let settled cells take in open ones, ring by ring; fills `root`, gives what is still open."""
        open_ = open_.copy()
        while True:
            usable = open_[self._from] & ~open_[self._to] & (over_heavy | ~self._heavy)
            at = np.flatnonzero(usable)
            if not len(at):
                return open_
            order = at[np.lexsort((self._to[at], -self._border[at], ~self._same[at], self._from[at]))]
            cell, first = np.unique(self._from[order], return_index=True)
            root[cell] = root[self._to[order[first]]]
            open_[cell] = False

    def components(self, open_: BoolArray) -> IntArray:
        """Label the groups that open cells form without crossing a heavy line."""
        at = open_[self._from] & open_[self._to] & ~self._heavy
        weights = np.ones(int(at.sum()))
        graph = coo_array((weights, (self._from[at], self._to[at])), shape=(self._n, self._n))
        return np.asarray(connected_components(graph, directed=False)[1])
