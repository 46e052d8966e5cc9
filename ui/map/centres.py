"""The map of centres: venues by what is proposed for them, whom each serves, and the walks to them."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import streamlit as st

from geo.layers import STORAGE_CRS
from scenarios.venues.areas import catchments, isochrones
from scenarios.venues.plan import VenuePlan
from scenarios.venues.question import VenueGround
from ui import workspace
from ui.map.assets import publish
from ui.map.content import html_language, layer_of
from ui.map.geometry import MapContent, MapLayer, Mark, place_of, to_document
from ui.texts.catalog import Texts

DECISIONS: Mapping[str, str] = {
    "stays": "#1b5e8c",
    "opens": "#e08214",
    "closes": "#4d4d4d",
    "not_needed": "#ffffff",
}
"""Decision → colour of the point; told apart on a grey printer too, and none of them red."""

RINGS: Mapping[int, str] = {5: "#41ab5d", 10: "#a1d99b", 15: "#e5f5d0"}
"""Minutes → colour of the ground that is so far from a centre, the nearest the darkest."""

CATCHMENT = "@"
"""What the id of a catchment begins with; the venue's follows."""

_BORDER = "#54278f"
_UNSERVED = "#f0b27a"
_CLEAR = {"fillColor": "#ffffff", "fillOpacity": 0.01}  # filled, or a click inside would miss it


@dataclass(frozen=True, slots=True, kw_only=True)
class CentresShown:
    """What the map shows: an answer, and the venue whose walks alone are drawn (None for all open)."""

    ground: VenueGround
    plan: VenuePlan
    alone: str | None = None


def centres_source(project: Path, shown: CentresShown, token: str, language: str) -> str:
    """Publish the map of an answer; give the file's name. `token` tells one question from another."""
    return _published(str(project), f"{token}|{shown.alone}", language, shown)


@st.cache_resource(show_spinner=False, max_entries=64)
def _published(path: str, token: str, language: str, _shown: CentresShown) -> str:  # noqa: ARG001  # part of the key
    place = place_of(path)
    return publish(to_document(centres_content(Path(path), _shown, Texts(language), place)))


def centres_content(path: Path, shown: CentresShown, texts: Texts, place: str) -> MapContent:
    """Give the map of an answer, the walks at the bottom and the venues on top."""
    layers = workspace.load_layers(path)
    below = [layer_of(name, layers, texts, hover=False) for name in ("barriers", "roads")]
    outline = layer_of("communities", layers, texts, hover=False)
    drawn = [
        _rings(shown, texts),
        _unserved(shown, texts),
        *(replace(layer, shown=True) for layer in below if layer is not None),
        _catchments(shown, texts),
        outline,
        _forced(shown, texts),
        *(_venues(shown, decision, texts) for decision in reversed(tuple(DECISIONS))),
    ]
    return MapContent(
        place=place,
        kind="centres",
        language=html_language(texts),
        extent=layers.frames["communities"],
        layers=tuple(layer for layer in drawn if layer is not None and len(layer.frame)),
        more={"hatch": ["unserved"]},
    )


def _rings(shown: CentresShown, texts: Texts) -> MapLayer:
    is_open = [str(one) for one in shown.plan.venues.loc[shown.plan.venues["open"], "id"]]
    rings = isochrones(shown.ground, is_open if shown.alone is None else [shown.alone])
    minutes = [int(one) for one in rings["minutes"]]
    return MapLayer(
        key="walks",
        name=texts("centres.layer.walks"),
        frame=_degrees(rings),
        ids=[f"walk{one}" for one in minutes],
        style={"stroke": False, "color": "#7aa67a", "weight": 0, "fillOpacity": 0.8},
        legend=Mark(shape="area", colours=tuple(RINGS.values())),
        fills=[RINGS[one] for one in minutes],
    )


def _unserved(shown: CentresShown, texts: Texts) -> MapLayer:
    rows = shown.plan.unserved.set_index("cell_id")
    cells = shown.ground.cells
    own = cells[cells["cell_id"].isin(rows.index)]
    ids = [str(one) for one in own["cell_id"]]
    return MapLayer(
        key="unserved",
        name=texts("centres.layer.unserved"),
        frame=_degrees(own),
        ids=ids,
        style={"color": "#a5623f", "weight": 1, "fillOpacity": 0.75},
        legend=Mark(shape="area", colours=(_UNSERVED, "#303030")),
        touch="hover",
        fills=[_UNSERVED] * len(ids),
        tips=[
            [
                texts("centres.people", n=int(rows.loc[one, "people"])),
                texts(f"centres.why.{rows.loc[one, 'reason']}"),
            ]
            for one in ids
        ],
    )


def _catchments(shown: CentresShown, texts: Texts) -> MapLayer:
    areas = catchments(shown.ground, shown.plan)
    areas = areas[areas["venue"].notna()]
    rows = {str(row["id"]): row for row in shown.plan.venues.to_dict("records")}
    own = [rows[one] for one in areas["venue"]]
    return MapLayer(
        key="catchments",
        name=texts("centres.layer.catchments"),
        frame=_degrees(areas),
        ids=[f"{CATCHMENT}{one}" for one in areas["venue"]],
        style={
            "color": _BORDER,
            "weight": 2,
            "dashArray": "6 3",
            **_CLEAR,
        },
        legend=Mark(shape="outline", colours=(_BORDER,), dashed=True),
        touch="click",
        tips=[
            [
                venue_name(row),
                texts("centres.people", n=int(row["people"])),
                texts("centres.mean_walk", n=round(float(row["mean_m"] or 0))),
            ]
            for row in own
        ],
    )


def venue_name(row: Mapping[Hashable, Any]) -> str:
    """Give a venue's name, or its id where it has none."""
    return str(row["name"] or row["id"])


def _venues(shown: CentresShown, decision: str, texts: Texts) -> MapLayer:
    rows = shown.plan.venues
    chosen = (rows["decision"] == decision).to_numpy()
    colour = DECISIONS[decision]
    style = {"color": "#ffffff", "weight": 1.5, "fillColor": colour, "fillOpacity": 1, "radius": 8}
    if decision == "not_needed":
        style = {**style, "color": "#4d4d4d", "radius": 6}
    return MapLayer(
        key=f"venues_{decision}",
        name=texts(f"centres.layer.{decision}"),
        frame=_degrees(shown.ground.venues[chosen]),
        ids=[str(one) for one in rows.loc[chosen, "id"]],
        style=style,
        legend=Mark(shape="point", colours=(colour if colour != "#ffffff" else "#bdbdbd",)),
        touch="click",
        fills=[colour] * int(chosen.sum()),
        tips=[_tip(row, texts) for row in rows[chosen].to_dict("records")],
    )


def _tip(row: Mapping[Hashable, Any], texts: Texts) -> list[str]:
    lines = [venue_name(row), texts(f"centres.decision.{row['decision']}")]
    if row["open"]:
        lines.append(texts("centres.people", n=int(row["people"])))
    return [*lines, texts("centres.click_hint")]


def _forced(shown: CentresShown, texts: Texts) -> MapLayer:
    settings = shown.plan.settings
    venues = shown.ground.venues
    own = venues[venues["id"].isin([*settings.opened, *settings.closed])]
    return MapLayer(
        key="forced",
        name=texts("centres.layer.forced"),
        frame=_degrees(own),
        ids=[f"forced{one}" for one in own["id"]],
        style={"color": "#000000", "weight": 3, "fill": False, "radius": 12},
        legend=Mark(shape="outline", colours=("#000000",)),
        strokes=["#000000" if one in settings.opened else "#8c8c8c" for one in own["id"]],
    )


def _degrees(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return frame[["geometry"]].to_crs(STORAGE_CRS)
