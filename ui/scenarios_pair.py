"""Two scenarios: what differs between them, counted, drawn and said; kept by the digests of their plans."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import streamlit as st

from exports.certificates import certificate_lines
from exports.places import known_places
from exports.texts import scenario_title
from geo.layers import Layers
from scenarios.comparison.compare import Comparison, compare
from scenarios.comparison.indicators import Indicator, measure
from scenarios.comparison.sensitivity import Point
from scenarios.comparison.venues import changed_venues
from scenarios.document import unmet
from scenarios.facilities.measure import decisions_of
from scenarios.levers.causes import find_causes, list_sentences, place_names
from scenarios.levers.stand import stand, stand_of
from scenarios.outcome import Outcome
from ui.boundary import escape_markdown
from ui.map.assets import publish
from ui.map.geometry import to_document
from ui.map.linked import difference_content, side_content
from ui.map.show import Delta, show_map
from ui.scenarios_words import indicator_name, indicator_value, sentence_text
from ui.services_data import load_indicators
from ui.texts.catalog import Texts

_SHORT = (
    "n_grids", "households_moved", "broken", "workers_short", "households_per_grid_worker",
    "service_area_short_m2", "money_year", "money_once",
)  # fmt: skip
_FEW = 6


def compared(first: Outcome, second: Outcome) -> Comparison:
    """Compare two outcomes, once for each pair of plans."""
    return _compared(outcome_token(first), outcome_token(second), first, second)


def show_side(
    texts: Texts, project: Path, outcome: Outcome, first: Outcome, *, key: str, height: int
) -> None:
    """Show the map of one scenario, that moves with those beside it and has the colours of the first."""
    tokens = outcome_token(outcome), outcome_token(first)
    source = _side_source(str(project), *tokens, texts.language, outcome, first)
    show_map(Delta(source=source), key=key, height=height)


def show_difference(
    texts: Texts, project: Path, first: Outcome, second: Outcome, *, key: str, height: int
) -> None:
    """Show the map of what differs."""
    tokens = outcome_token(first), outcome_token(second)
    venues = find_changed_venues(project, first.scenario, second.scenario)
    told = "|".join(f"{row.id}:{row.change}" for row in venues.itertuples())
    source = _difference_source(str(project), *tokens, texts.language, told, (first, second, venues))
    show_map(Delta(source=source), key=key, height=height)


def show_point(
    texts: Texts, project: Path, own: Outcome, point: Point, *, key: str, height: int = 300
) -> None:
    """Show how the plan behind a point of a curve differs from the scenario that it varies."""
    frames = stand(project).ground.layers.frames
    layers = Layers(frames={**frames, "communities": point.outcome.communities})
    found = compared(own, point.outcome)
    content = difference_content(layers, own, point.outcome, found, texts, _place(str(project)))
    show_map(Delta(source=publish(to_document(content))), key=key, height=height)


def find_changed_venues(project: Path, first: str, second: str) -> gpd.GeoDataFrame:
    """Find the centres that two scenarios differ by, with what their proposals open and close."""
    before, after = (stand_of(project, name).ground.layers for name in (first, second))
    return changed_venues(before, after, decisions_of(project, first), decisions_of(project, second))


def difference_sentences(
    texts: Texts, project: Path, first: Outcome, second: Outcome, most: int | None = None
) -> list[str]:
    """Say what differs and why, the weightiest first."""
    found = list_sentences(compared(first, second), find_causes(project, first, second), first, second)
    names = all_names(project, first, second)
    return [sentence_text(sentence, texts, names) for sentence in found[:most]]


def draw_short(texts: Texts, project: Path, parent: Outcome, own: Outcome, height: int) -> None:
    """Draw what a scenario changes against its parent: a few figures, the map, the weightiest sentences."""
    head = texts("scenarios_page.with_parent", name=scenario_title(texts, parent.scenario))
    figures = " · ".join(_figures(texts, project, parent, own))
    st.markdown(f"**{escape_markdown(head)}** · {escape_markdown(figures)}")
    picture, said = st.columns([1.6, 1], gap="small")
    with picture:
        show_difference(texts, project, parent, own, key="difference_parent", height=height)
    with said, st.container(height=height, border=False):
        for line in unmet_lines(texts, project, own):
            st.markdown(f"**{escape_markdown(line)}**")
        for sentence in difference_sentences(texts, project, parent, own):
            st.markdown(f"- {escape_markdown(sentence)}")


def unmet_lines(texts: Texts, project: Path, outcome: Outcome) -> list[str]:
    """Say where a plan is not what was asked for, and why."""
    layers = stand_of(project, outcome.scenario).ground.layers
    places = known_places(outcome, layers.frames.get("compounds"))
    return [
        texts("compare.shape.plain", community=item.community_name, said=line.rstrip("。."))
        for item in unmet(outcome)
        for line in certificate_lines(item, texts, places)
    ]


def all_names(project: Path, *outcomes: Outcome) -> Mapping[str, str]:
    """Give the names of places by their codes and ids, on the ground of all outcomes."""
    names: dict[str, str] = {}
    for outcome in outcomes:
        names |= place_names(stand_of(project, outcome.scenario))
    return names


def outcome_token(outcome: Outcome) -> str:
    """Give a text that differs between outcomes that look different."""
    digest = hashlib.sha256(outcome.scenario.encode())
    for column in ("cell_id", "grid_code", "households"):
        digest.update("|".join(map(str, outcome.cells[column])).encode())
    return digest.hexdigest()


def _figures(texts: Texts, project: Path, first: Outcome, second: Outcome) -> Sequence[str]:
    services = [load_indicators(project, outcome.scenario) for outcome in (first, second)]
    measured: Mapping[str, Indicator] = {item.name: item for item in measure([first, second], services)}
    moved = texts("scenarios_page.moved_here", n=compared(first, second).households_moved)
    told = [
        texts(
            "scenarios_page.figure",
            name=indicator_name(item, texts),
            value=indicator_value(item.amounts[1], item.unit, texts),
            difference=indicator_value(item.differences[1], item.unit, texts, signed=True),
        )
        for name in _SHORT
        if (item := measured.get(name)) is not None and item.differences[1]
    ]
    return [moved, *told][:_FEW]


@st.cache_resource(show_spinner=False, max_entries=64)
def _compared(one: str, other: str, _first: Outcome, _second: Outcome) -> Comparison:  # noqa: ARG001 - keys
    return compare(_first, _second)


@st.cache_resource(show_spinner=False, max_entries=64)
def _side_source(
    path: str,
    token: str,  # noqa: ARG001 - part of the key
    like: str,  # noqa: ARG001 - same
    language: str,
    _outcome: Outcome,
    _first: Outcome,
) -> str:
    layers = stand_of(Path(path), _outcome.scenario).ground.layers
    return publish(to_document(side_content(layers, _outcome, Texts(language), _place(path), _first)))


@st.cache_resource(show_spinner=False, max_entries=64)
def _difference_source(
    path: str,
    one: str,
    other: str,
    language: str,
    told: str,  # noqa: ARG001 - part of the key
    _drawn: tuple[Outcome, Outcome, gpd.GeoDataFrame],
) -> str:
    first, second, venues = _drawn
    layers = stand_of(Path(path), second.scenario).ground.layers
    found = _compared(one, other, first, second)
    content = difference_content(layers, first, second, found, Texts(language), _place(path), venues)
    return publish(to_document(content))


def _place(path: str) -> str:
    return hashlib.sha256(path.encode()).hexdigest()[:12]
