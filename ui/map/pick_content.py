"""The map on which cells are chosen for a lock: the plan beneath, every cell answers to a click."""

from dataclasses import replace

from exports.places import known_places, say_cell
from geo.layers import Layers
from scenarios.outcome import Outcome
from ui.map.content import plan_content
from ui.map.geometry import MapContent, MapLayer
from ui.texts.catalog import Texts

_STYLE = {"color": "#5a5a5a", "weight": 1, "fillColor": "#ffffff", "fillOpacity": 0.01}


def pick_content(
    layers: Layers, outcome: Outcome, texts: Texts, place: str, locked: frozenset[str] = frozenset()
) -> MapContent:
    """Give the map of a plan with its cells to be clicked instead of its grids."""
    content = plan_content(layers, outcome, texts, place, locked)
    tips = _tips(layers, outcome, texts)
    return replace(content, kind="pick", layers=tuple(_for_picking(layer, tips) for layer in content.layers))


def _for_picking(layer: MapLayer, tips: list[list[str]]) -> MapLayer:
    if layer.key == "cells":
        return replace(layer, touch="click", shown=True, style=_STYLE, tips=tips)
    return replace(layer, touch=None)  # nothing else may take the click


def _tips(layers: Layers, outcome: Outcome, texts: Texts) -> list[list[str]]:
    places = known_places(outcome, layers.frames.get("compounds"))
    cells = outcome.cells
    rows = zip(cells["cell_id"].astype(str), cells["households"].astype(int), strict=True)
    return [[say_cell(cell, places, texts), texts("common.n_households", n=count)] for cell, count in rows]
