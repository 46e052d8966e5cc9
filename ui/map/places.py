"""The maps of today and of branches: communities by how they stand, places by what is proposed for them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import shapely
import streamlit as st

from geo.crs import metric_crs
from geo.layers import STORAGE_CRS, Layers
from scenarios import store
from scenarios.branches.diagnosis import CommunityToday
from scenarios.branches.values import Body, BranchPlan, Decision, Place
from scenarios.outcome import Outcome
from ui import workspace
from ui.branches_words import level_name, plain_reasons
from ui.map.assets import publish
from ui.map.content import html_language, layer_of
from ui.map.geometry import MapContent, MapLayer, Mark, place_of, to_document
from ui.texts.catalog import Texts

DECISIONS: Mapping[Decision, str] = {
    "own": "#1b7837",
    "joint": "#2166ac",
    "joins": "#9970ab",
    "not_yet": "#e08214",
}
"""Decision → colour; told apart by those who see no red or green, and none of them red."""

_STEPS = ("#f1f1ee", "#fbe6c5", "#f5ba86", "#d98b63", "#a5623f")
"""From no finding to the most, pale to dark, so that a grey printer keeps the order."""

_ABOVE = ("grids", "institutions", "venues")
_POINT = {"color": "#ffffff", "weight": 1, "fillOpacity": 0.95, "radius": 6}


def today_source(project: Path, told: Sequence[CommunityToday], language: str) -> str:
    """Publish the map of today; give the file's name."""
    token = hashlib.sha256(repr(told).encode()).hexdigest()
    return _today(str(project), store.project_digest(project), token, language, tuple(told))


def branches_source(project: Path, outcome: Outcome | None, plan: BranchPlan, language: str) -> str:
    """Publish the map of a proposal; give the file's name."""
    token = hashlib.sha256(repr(plan).encode()).hexdigest()
    return _branches(str(project), store.project_digest(project), token, language, (outcome, plan))


@st.cache_resource(show_spinner=False, max_entries=16)
def _today(
    path: str,
    digest: str,  # noqa: ARG001  # part of the key
    token: str,  # noqa: ARG001  # same
    language: str,
    _told: tuple[CommunityToday, ...],
) -> str:
    layers = workspace.load_layers(Path(path))
    return publish(to_document(today_content(layers, _told, Texts(language), place_of(path))))


@st.cache_resource(show_spinner=False, max_entries=16)
def _branches(
    path: str,
    digest: str,  # noqa: ARG001  # part of the key
    token: str,  # noqa: ARG001  # same
    language: str,
    _shown: tuple[Outcome | None, BranchPlan],
) -> str:
    layers = workspace.load_layers(Path(path))
    return publish(to_document(branches_content(layers, *_shown, Texts(language), place_of(path))))


def today_content(layers: Layers, told: Sequence[CommunityToday], texts: Texts, place: str) -> MapContent:
    """Give the map of today: communities by the number of facts outside the rules, today's grids above."""
    frame = gpd.GeoDataFrame(layers.frames["communities"])
    by_code = {one.code: one for one in told}
    own = [by_code.get(str(code)) for code in frame["code"]]
    counts = [len(one.outside) for one in told]
    span = (min(counts, default=0), max(counts, default=0))
    communities = MapLayer(
        key="communities",
        name=texts("today.layer"),
        frame=frame,
        ids=[str(code) for code in frame["code"]],
        style={"color": "#3b3b3b", "weight": 2, "fillOpacity": 0.85},
        legend=Mark(shape="area", colours=_STEPS[1:]),
        touch="click",
        tips=[_today_tip(one, texts) for one in own],
        labels=[
            [] if one is None else [one.name, texts("today.n_off_short", n=len(one.outside))] for one in own
        ],
        fills=[_STEPS[0] if one is None else _step(len(one.outside), span) for one in own],
    )
    above = [layer_of(name, layers, texts, hover=name != "grids") for name in _ABOVE]
    return MapContent(
        place=place,
        kind="today",
        language=html_language(texts),
        extent=frame,
        layers=(
            communities,
            *(replace(layer, shown=layer.key == "grids") for layer in above if layer is not None),
        ),
    )


def _step(count: int, span: tuple[int, int]) -> str:
    """Give the colour of a number of findings: pale for none, then from the fewest there are to the most."""
    fewest, most = span
    if count == 0:
        return _STEPS[0]
    share = (count - fewest) / (most - fewest) if most > fewest else 1.0
    return _STEPS[1 + round(share * (len(_STEPS) - 2))]


def _today_tip(one: CommunityToday | None, texts: Texts) -> list[str]:
    if one is None:
        return []
    return [one.name, *(texts(f"today.finding.{item.code}", **item.facts) for item in one.outside)]


def branches_content(
    layers: Layers, outcome: Outcome | None, plan: BranchPlan, texts: Texts, place: str
) -> MapContent:
    """Give the map of a proposal: grids and places by decision, joint branches as lines between places."""
    communities = gpd.GeoDataFrame(layers.frames["communities"])
    names = {body.id: body for body in plan.bodies}
    ground = [_grids_layer(outcome, layers, plan, texts, names)]
    links = _links_layer(plan, communities, texts)
    points = [
        _points_layer(plan, decision, communities, texts, names) for decision in reversed(tuple(DECISIONS))
    ]
    outline = layer_of("communities", layers, texts, hover=False)
    drawn = [*ground, outline, links, *points]
    return MapContent(
        place=place,
        kind="branches",
        language=html_language(texts),
        extent=communities,
        layers=tuple(layer for layer in drawn if layer is not None),
    )


def _grids_layer(
    outcome: Outcome | None, layers: Layers, plan: BranchPlan, texts: Texts, names: Mapping[str, Body]
) -> MapLayer | None:
    frame = outcome.grids if outcome is not None else layers.frames.get("grids")
    if not isinstance(frame, gpd.GeoDataFrame) or frame.empty:
        return None
    own = {place.source_id: place for place in plan.places if place.kind == "grid"}
    rows = [own.get(str(code)) for code in frame["code"]]
    return MapLayer(
        key="plan",
        name=texts("branches.kind.grid"),
        frame=frame,
        ids=[row.id if row else str(code) for row, code in zip(rows, frame["code"], strict=True)],
        style={"color": "#6b6b6b", "weight": 1, "fillOpacity": 0.28},
        legend=Mark(shape="area", colours=tuple(DECISIONS.values())),
        touch="click",
        tips=[_tip(row, texts, names) if row else [] for row in rows],
        fills=[DECISIONS[row.decision] if row else "#dddddd" for row in rows],
    )


def _tip(place: Place, texts: Texts, names: Mapping[str, Body]) -> list[str]:
    members = (
        texts("branches.no_data") if place.formal_members is None else texts.number(place.formal_members)
    )
    lines = [
        place.name,
        texts(f"branches.kind.{place.kind}"),
        texts("common.named", name=texts("branches.column.members"), value=members),
        texts(f"branches.decision.{place.decision}"),
        plain_reasons(texts, place.reasons[:1]),
    ]
    body = names.get(place.organisation or "")
    if body is not None and body.status == "proposed" and len(body.places) > 1:
        lines.append(level_name(texts, body.level))
    return lines


def _points_layer(
    plan: BranchPlan,
    decision: Decision,
    communities: gpd.GeoDataFrame,
    texts: Texts,
    names: Mapping[str, Body],
) -> MapLayer | None:
    rows = [
        place
        for place in plan.places
        if place.decision == decision and place.kind in ("institution", "compound") and place.at is not None
    ]
    if not rows:
        return None
    shapes = [shapely.Point(place.at) for place in rows]
    return MapLayer(
        key=f"places_{decision}",
        name=texts(f"branches.legend.{decision}"),
        frame=_in_degrees(shapes, communities),
        ids=[place.id for place in rows],
        style={**_POINT, "fillColor": DECISIONS[decision]},
        legend=Mark(shape="point", colours=(DECISIONS[decision],)),
        touch="click",
        tips=[_tip(place, texts, names) for place in rows],
        fills=[DECISIONS[decision]] * len(rows),
    )


def _links_layer(plan: BranchPlan, communities: gpd.GeoDataFrame, texts: Texts) -> MapLayer | None:
    at = {place.id: place.at for place in plan.places}
    lines, ids = [], []
    for body in plan.bodies:
        spots = [at[one] for one in body.places if at.get(one) is not None]
        for spot in spots[1:]:
            lines.append(shapely.LineString([spots[0], spot]))
            ids.append(body.id)
    if not lines:
        return None
    return MapLayer(
        key="links",
        name=texts("branches.legend.links"),
        frame=_in_degrees(lines, communities),
        ids=ids,
        style={"color": DECISIONS["joint"], "weight": 3, "dashArray": "2 4"},
        legend=Mark(shape="line", colours=(DECISIONS["joint"],), dashed=True),
    )


def _in_degrees(shapes: Sequence[shapely.Geometry], communities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(shapes), crs=metric_crs(communities)).to_crs(STORAGE_CRS)
