"""Maps of scenarios side by side, the map of what differs, and the map on which a place is put."""

from collections.abc import Sequence
from dataclasses import replace

import geopandas as gpd
import pandas as pd

from exports.alike import colour_like
from exports.colours import colour_grids
from geo.layers import Layers
from scenarios.comparison.compare import Comparison, moved_borders
from scenarios.outcome import Outcome
from ui.map.content import html_language, layer_of, layers_content, plan_content
from ui.map.geometry import MapContent, MapLayer, Mark
from ui.texts.catalog import Texts

_COME = {"color": "#1a1a1a", "weight": 4, "fill": False}
_VENUE_COLOURS = {"opened": "#01665e", "closed": "#ffffff", "resized": "#80cdc1"}
_GONE = {"color": "#7b3294", "weight": 3, "fill": False, "dashArray": "6 5"}


def side_content(
    layers: Layers, outcome: Outcome, texts: Texts, place: str, like: Outcome | None = None
) -> MapContent:
    """Give the map of one scenario, to stand beside those of others and to move with them.

    What is as in `like` has the colour that it has there.
    """
    content = plan_content(layers, outcome, texts, place)
    fills = None if like is None else colour_like(like, outcome)
    drawn = tuple(
        replace(layer, fills=fills) if layer.key == "plan" and fills is not None else layer
        for layer in content.layers
    )
    return replace(content, kind="compare", layers=drawn, more={**content.more, "link": f"compare {place}"})


def difference_content(
    layers: Layers,
    first: Outcome,
    second: Outcome,
    found: Comparison,
    texts: Texts,
    place: str,
    venues: gpd.GeoDataFrame | None = None,
) -> MapContent:
    """Give the map of what differs: cells that change grid hatched, borders that go, borders that come.

    `venues` are the centres that differ (`scenarios.comparison.venues.changed_venues`).
    """
    gone, come = moved_borders(first, second, found.changes)
    communities = layer_of("communities", layers, texts, hover=False)
    drawn = [
        _grids(second, texts),
        _changed(second, found, texts),
        _lines("borders_gone", gone, _GONE, texts("scenarios_page.legend_gone"), dashed=True),
        _lines("borders_come", come, _COME, texts("scenarios_page.legend_come"), dashed=False),
        *([replace(communities, labels=None)] if communities is not None else []),
        *([] if venues is None else [_venues(venues, change, texts) for change in _VENUE_COLOURS]),
    ]
    return MapContent(
        place=place,
        kind="difference",
        language=html_language(texts),
        extent=second.communities,
        layers=tuple(layer for layer in drawn if len(layer.frame)),
        more={"hatch": ["changed"]},
    )


def pick_place_content(layers: Layers, texts: Texts, place: str, *, area: bool) -> MapContent:
    """Give the map on which a place is put by a click, or an area by several."""
    content = layers_content(layers, texts, place)
    quiet = tuple(replace(layer, touch=None, tips=None) for layer in content.layers)
    return replace(
        content, kind="place", layers=quiet, more={**content.more, "place_pick": "area" if area else "point"}
    )


def _grids(outcome: Outcome, texts: Texts) -> MapLayer:
    grids = outcome.grids
    return MapLayer(
        key="plan",
        name=texts("common.layer.plan"),
        frame=grids,
        ids=[str(code) for code in grids["code"]],
        style={"color": "#9a9a9a", "weight": 1, "fillColor": "#f4f2ec", "fillOpacity": 0.7},
        legend=Mark(shape="area", colours=("#f4f2ec", "#e4e2dc")),
        labels=[[str(code)[-3:]] for code in grids["code"]],
    )


def _changed(outcome: Outcome, found: Comparison, texts: Texts) -> MapLayer:
    cells = outcome.cells[outcome.cells["cell_id"].isin(found.cells)]
    colours = dict(zip(outcome.grids["code"], colour_grids(outcome.grids), strict=True))
    before = {cell: flow.before for flow in found.flows for cell in flow.cells}
    tips: list[Sequence[str]] = [
        [f"{_short(before.get(cell))} → {_short(code)}", texts("common.n_households", n=int(n))]
        for cell, code, n in zip(cells["cell_id"], cells["grid_code"], cells["households"], strict=True)
    ]
    return MapLayer(
        key="changed",
        name=texts("scenarios_page.legend_change"),
        frame=cells,
        ids=[str(cell) for cell in cells["cell_id"]],
        style={"color": "#4a4a4a", "weight": 0.8, "fillOpacity": 0.9},
        legend=Mark(shape="area", colours=("#fdae61", "#303030")),
        touch="hover",
        tips=tips,
        fills=[colours.get(code, "#ffffff") for code in cells["grid_code"]],
    )


def _venues(venues: gpd.GeoDataFrame, change: str, texts: Texts) -> MapLayer:
    own = venues[venues["change"] == change]
    colour = _VENUE_COLOURS[change]
    names = [
        name if isinstance(name, str) else str(key) for name, key in zip(own["name"], own["id"], strict=True)
    ]
    return MapLayer(
        key=f"venues_{change}",
        name=texts(f"scenarios_page.legend_venue_{change}"),
        frame=own,
        ids=[str(key) for key in own["id"]],
        style={"color": "#1a1a1a", "weight": 2, "fillColor": colour, "fillOpacity": 1, "radius": 8},
        legend=Mark(shape="point", colours=(colour,)),
        touch="hover",
        tips=[[name, texts(f"scenarios_page.legend_venue_{change}")] for name in names],
        labels=[[name] for name in names],
    )


def _lines(key: str, lines: gpd.GeoSeries, style: dict[str, object], name: str, *, dashed: bool) -> MapLayer:
    frame = gpd.GeoDataFrame(geometry=lines)
    return MapLayer(
        key=key,
        name=name,
        frame=frame,
        ids=[f"{key}{at}" for at in range(len(frame))],
        style=style,
        legend=Mark(shape="line", colours=(str(style["color"]),), dashed=dashed),
    )


def _short(code: object) -> str:
    return str(code)[-3:] if isinstance(code, str) and not pd.isna(code) else "–"
