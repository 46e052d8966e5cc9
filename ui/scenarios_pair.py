"""Two scenarios: what differs between them, counted, drawn and said; kept by the digests of their plans."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

from exports.certificates import certificate_lines
from exports.places import known_places
from exports.texts import scenario_title
from scenarios.compare import Comparison, compare
from scenarios.document import unmet
from scenarios.indicators import Indicator, measure
from scenarios.levers.causes import find_causes, list_sentences, place_names
from scenarios.levers.stand import stand_of
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


def show_side(texts: Texts, project: Path, outcome: Outcome, *, key: str, height: int) -> None:
    """Show the map of one scenario, that moves with those beside it."""
    source = _side_source(str(project), outcome_token(outcome), texts.language, outcome)
    show_map(Delta(source=source), key=key, height=height)


def show_difference(
    texts: Texts, project: Path, first: Outcome, second: Outcome, *, key: str, height: int
) -> None:
    """Show the map of what differs."""
    tokens = outcome_token(first), outcome_token(second)
    source = _difference_source(str(project), *tokens, texts.language, first, second)
    show_map(Delta(source=source), key=key, height=height)


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
def _side_source(path: str, token: str, language: str, _outcome: Outcome) -> str:  # noqa: ARG001 - part of the key
    layers = stand_of(Path(path), _outcome.scenario).ground.layers
    return publish(to_document(side_content(layers, _outcome, Texts(language), _place(path))))


@st.cache_resource(show_spinner=False, max_entries=64)
def _difference_source(
    path: str, one: str, other: str, language: str, _first: Outcome, _second: Outcome
) -> str:
    layers = stand_of(Path(path), _second.scenario).ground.layers
    found = _compared(one, other, _first, _second)
    content = difference_content(layers, _first, _second, found, Texts(language), _place(path))
    return publish(to_document(content))


def _place(path: str) -> str:
    return hashlib.sha256(path.encode()).hexdigest()[:12]
