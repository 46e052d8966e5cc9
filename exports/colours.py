"""Fill colours for areas on a map: neighbours differ, also for colour-blind eyes and on a grey printer."""

from collections.abc import Sequence

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely
from numpy.typing import NDArray

PALETTE: Sequence[str] = ("#F8EB94", "#85DCEC", "#75A3A8", "#D9AC74", "#BBE8BD", "#A79DE3")
"""Light enough for black text, no red (red means a broken hard rule), far apart for every kind of sight.

Each has a lightness of its own, the first four, which most maps need, steps of nine: a grey print keeps them
apart. A test measures it with the model of Machado, Oliveira & Fernandes 2009, doi:10.1109/TVCG.2009.113.
"""

_PAPER_WHITE = 0.2
_TOUCH_M = 0.5
_DEGREE_M = 111_320.0


def neighbours(areas: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Find the pairs of areas that meet, at a corner too.

    Returns
    -------
    (m, 2) positions, a < b. Areas within half a metre meet: shapes from files seldom fit to the millimetre.
    """
    near = _TOUCH_M / _DEGREE_M if areas.crs is not None and areas.crs.is_geographic else _TOUCH_M
    shapes = areas.geometry.to_numpy()
    pairs = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=near).T
    return np.asarray(pairs[pairs[:, 0] < pairs[:, 1]], dtype=np.int64)


def colour_grids(grids: gpd.GeoDataFrame) -> list[str]:
    """Choose a fill for each area so that no two that meet have the same.

    Returns
    -------
    One "#RRGGBB" per row, in the rows' order; the same frame always gives the same colours. Areas that meet
    along lines need at most six colours (smallest-last order, Matula & Beck 1983, doi:10.1145/2402.322385);
    where many corners meet and more are needed, paler shades follow.
    """
    graph = nx.Graph()
    graph.add_nodes_from(range(len(grids)))
    graph.add_edges_from(neighbours(grids).tolist())
    chosen = nx.greedy_color(graph, strategy="smallest_last")
    return [_shade(chosen[row]) for row in range(len(grids))]


def _shade(number: int) -> str:
    """Give the palette's colour of that number, mixed with white once it has been used up."""
    rounds, place = divmod(number, len(PALETTE))
    return _mixed(PALETTE[place], 1 - 0.6**rounds)


def _mixed(colour: str, white: float) -> str:
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part + (255 - part) * white):02X}" for part in parts)


def on_paper(colour: str) -> str:
    """Give a colour as it is printed: lighter, because ink lies heavier on paper than light on a screen."""
    return _mixed(colour, _PAPER_WHITE)
