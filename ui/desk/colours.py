"""Colours of grids under adjustment: neighbours differ, and a grid keeps its colour as long as they do."""

from collections.abc import Iterable, Mapping, Sequence

import networkx as nx
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from exports.colours import PALETTE, neighbours
from optimize.graph import Graph, build_graph
from scenarios.desk.ground import DeskGround
from scenarios.desk.plan import DeskPlan


def colour_plan(plan: DeskPlan, ground: DeskGround) -> dict[str, str]:
    """Choose a colour for each grid of a plan: code → "#RRGGBB"."""
    graph = nx.Graph()
    graph.add_nodes_from(sorted(plan.grids))
    graph.add_edges_from(meeting(plan, ground))
    chosen = nx.greedy_color(graph, strategy="smallest_last")
    return {code: PALETTE[number % len(PALETTE)] for code, number in chosen.items()}


def recolour(
    plan: DeskPlan, ground: DeskGround, known: Mapping[str, str], touched: Iterable[str]
) -> dict[str, str]:
    """Keep the colours from before an edit; find one for new grids and for those that meet their like."""
    colours = {code: known[code] for code in plan.grids if code in known}
    wanted = {code for code in touched if code in plan.grids} | (plan.grids.keys() - colours.keys())
    for code, beside in _beside(plan, ground, wanted).items():
        taken = {colours[other] for other in beside if other in colours}
        if code not in colours or colours[code] in taken:
            colours[code] = next((colour for colour in PALETTE if colour not in taken), PALETTE[0])
    return colours


def meeting(plan: DeskPlan, ground: DeskGround) -> Sequence[tuple[str, str]]:
    """List the pairs of grids that meet, across communities too."""
    codes = sorted(plan.grids)
    number = {code: at for at, code in enumerate(codes)}
    labels = np.array(
        [number.get(plan.grid_of_cell.get(cell) or "", -1) for cell in ground.cell_ids], np.int64
    )
    pairs = labels[_cell_pairs(ground)]
    pairs = pairs[(pairs[:, 0] != pairs[:, 1]) & (pairs >= 0).all(axis=1)]
    found = np.unique(np.sort(pairs, axis=1), axis=0)
    return [(codes[a], codes[b]) for a, b in found.tolist()]


def _beside(plan: DeskPlan, ground: DeskGround, wanted: Iterable[str]) -> dict[str, set[str]]:
    """Give the grids that some grids meet; only their own cells are looked at, so one edit costs little."""
    found: dict[str, set[str]] = {code: set() for code in sorted(wanted)}
    if not found:
        return found
    graph, ids, home = _cell_graph(ground.key, ground), ground.cell_ids, plan.grid_of_cell
    for at, cell in enumerate(ids):
        code = home.get(cell)
        if code in found:
            near = graph.indices[graph.indptr[at] : graph.indptr[at + 1]].tolist()
            found[code].update(other for one in near if (other := home.get(ids[one])) and other != code)
    return found


@st.cache_resource(show_spinner=False, max_entries=4)
def _cell_graph(key: str, _ground: DeskGround) -> Graph:  # noqa: ARG001 - the key stands for the ground
    return build_graph(len(_ground.cell_ids), _cell_pairs(_ground))


def _cell_pairs(ground: DeskGround) -> NDArray[np.int64]:
    pairs: NDArray[np.int64] = neighbours(ground.base.stored.cells).reshape(-1, 2)
    return pairs
