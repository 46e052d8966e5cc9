"""The map of coverage: communities, grids or institutions in the colour of their share, pale to dark."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import shapely
import streamlit as st

from geo.crs import metric_crs
from geo.layers import STORAGE_CRS, Layers
from scenarios import store
from scenarios.branches.values import BranchPlan, CoverageRow, Place
from scenarios.outcome import Outcome
from ui import workspace
from ui.branches_coverage import Colouring
from ui.branches_words import MEASURES, Measure, coverage_name, coverage_said, share_of
from ui.map.assets import publish
from ui.map.content import html_language, layer_of
from ui.map.geometry import MapContent, MapLayer, Mark, place_of, to_document
from ui.texts.catalog import Texts

_STEPS = ("#f7fbff", "#deebf7", "#c6dbef", "#9ecae1", "#6baed6")
"""Shares from none to all: pale enough for names, and in order on a grey printer (ColorBrewer blues)."""

_NOTHING = "#d9d9d9"  # nobody to count, or not known


def coverage_source(
    project: Path, outcome: Outcome | None, plan: BranchPlan, colouring: Colouring, language: str
) -> str:
    """Publish the map of coverage; give the file's name."""
    token = hashlib.sha256(repr((plan, colouring)).encode()).hexdigest()
    return _coverage(str(project), store.project_digest(project), token, language, (outcome, plan, colouring))


@st.cache_resource(show_spinner=False, max_entries=16)
def _coverage(
    path: str,
    digest: str,  # noqa: ARG001  # part of the key
    token: str,  # noqa: ARG001  # same
    language: str,
    _shown: tuple[Outcome | None, BranchPlan, Colouring],
) -> str:
    layers = workspace.load_layers(Path(path))
    place = place_of(path)
    return publish(to_document(coverage_content(layers, *_shown, Texts(language), place)))


def coverage_content(
    layers: Layers,
    outcome: Outcome | None,
    plan: BranchPlan,
    colouring: Colouring,
    texts: Texts,
    place: str,
) -> MapContent:
    """Give the map of coverage; each shape tells every measure with what it is counted among."""
    communities = gpd.GeoDataFrame(layers.frames["communities"])
    measure = colouring.measure or MEASURES[0]
    rows = {row.key: row for row in plan.coverage if row.scope == colouring.scope}
    outline = layer_of("communities", layers, texts, hover=False)
    if colouring.scope == "community":
        drawn = [_areas(communities, "communities", rows, measure, texts)]
    elif colouring.scope == "grid":
        frame = outcome.grids if outcome is not None else layers.frames.get("grids")
        drawn = [] if frame is None else [_areas(gpd.GeoDataFrame(frame), "plan", rows, measure, texts)]
        drawn += [] if outline is None else [outline]
    else:
        drawn = [] if outline is None else [outline]
        drawn.append(_points(plan.places, communities, rows, measure, texts))
    return MapContent(
        place=place,
        kind=f"coverage_{colouring.scope}",
        language=html_language(texts),
        extent=communities,
        layers=tuple(drawn),
    )


def _areas(
    frame: gpd.GeoDataFrame, key: str, rows: Mapping[str, CoverageRow], measure: Measure, texts: Texts
) -> MapLayer:
    names = dict(zip(frame["code"].astype(str), frame["name"], strict=True)) if "name" in frame else {}
    names = {code: name for code, name in names.items() if isinstance(name, str) and name}
    codes = [str(code) for code in frame["code"]]
    own = [rows.get(code) for code in codes]
    return MapLayer(
        key=key,
        name=_title(texts, measure),
        frame=frame,
        ids=codes,
        style={"color": "#3b3b3b", "weight": 1.5, "fillOpacity": 0.85},
        legend=_legend(),
        touch="click" if key == "plan" else "hover",
        tips=[_tip(row, code, measure, names, texts) for row, code in zip(own, codes, strict=True)],
        labels=[_label(row, code, measure, names, texts) for row, code in zip(own, codes, strict=True)],
        fills=[_colour(row, measure) for row in own],
    )


def _points(
    places: Sequence[Place],
    communities: gpd.GeoDataFrame,
    rows: Mapping[str, CoverageRow],
    measure: Measure,
    texts: Texts,
) -> MapLayer:
    shown = [one for one in places if one.kind == "institution" and one.operating and one.at is not None]
    points = gpd.GeoDataFrame(geometry=[shapely.Point(one.at) for one in shown], crs=metric_crs(communities))
    own = [rows.get(one.sector or "") for one in shown]
    return MapLayer(
        key="institutions",
        name=_title(texts, measure),
        frame=points.to_crs(STORAGE_CRS),
        ids=[one.id for one in shown],
        style={"color": "#3b3b3b", "weight": 1, "fillOpacity": 0.95, "radius": 6},
        legend=_legend(),
        touch="click",
        tips=[
            [one.name, *_tip(row, one.sector or "", measure, {}, texts)]
            for one, row in zip(shown, own, strict=True)
        ],
        fills=[_colour(row, measure) for row in own],
    )


def _title(texts: Texts, measure: Measure) -> str:
    return texts("branches.legend.coverage", name=texts(f"branches.measure.{measure}"))


def _legend() -> Mark:
    return Mark(shape="area", colours=_STEPS)


def _label(
    row: CoverageRow | None, code: str, measure: Measure, names: Mapping[str, str], texts: Texts
) -> list[str]:
    share = None if row is None else share_of(row, measure)
    return [names.get(code, code[-3:]), "—" if share is None else texts.percent(share, 0)]


def _tip(
    row: CoverageRow | None, code: str, measure: Measure, names: Mapping[str, str], texts: Texts
) -> list[str]:
    if row is None:
        return [names.get(code, code), texts("branches.nobody")]
    first = [measure, *(name for name in MEASURES if name != measure)]
    said = [
        texts(
            "common.named",
            name=texts(f"branches.measure.{name}"),
            value=coverage_said(texts, row, name),
        )
        for name in first
    ]
    return [coverage_name(texts, row, names), *said]


def _colour(row: CoverageRow | None, measure: Measure) -> str:
    share = None if row is None else share_of(row, measure)
    if share is None:
        return _NOTHING
    return _STEPS[min(len(_STEPS) - 1, int(share * len(_STEPS)))]
