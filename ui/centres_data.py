"""What the page of centres reads and works out, once for each version of the project and each question."""

from dataclasses import asdict
from pathlib import Path

import streamlit as st

from optimize.stop import TimeLimit
from scenarios import store
from scenarios.branches.table import read_branches
from scenarios.levers.stand import ground_key, ground_of
from scenarios.project.codec import to_json
from scenarios.venues.plan import VenuePlan
from scenarios.venues.propose import place_venues, read_venues
from scenarios.venues.question import VenueGround, stand_venues
from scenarios.venues.settings import VenueSettings, to_document
from ui import workspace
from ui.branches_data import load_branches

LIVE_S = 4.0
"""How long a page waits for an answer; a longer search goes on in the background."""

ROOM_S = 0.15
"""The same where venues have only so much room; the bound is looser then, the page offers to search on."""


def ground_token(path: Path, scenario: str) -> str:
    """Give a text that changes whenever the ways or the rules of walking do."""
    known = store.known_layers_digest(path) or store.layers_digest(workspace.load_layers(path))
    settings, _ = load_branches(path, scenario)
    return to_json([ground_key(path, scenario, known), asdict(settings.rules)])


def load_ground(path: Path, scenario: str) -> VenueGround:
    """Measure the ways of a scenario."""
    return _ground(str(path), ground_token(path, scenario), scenario)


def load_stored(path: Path, scenario: str) -> VenuePlan | None:
    """Read the proposal kept with a scenario."""
    return _stored(str(path), store.project_digest(path), scenario)


def answer_live(path: Path, scenario: str, settings: VenueSettings) -> VenuePlan:
    """Answer a question while the page waits."""
    token = ground_token(path, scenario)
    return _answer(str(path), token, scenario, to_json(to_document(settings)), settings)


@st.cache_resource(show_spinner=False, max_entries=4)
def _ground(path: str, token: str, scenario: str) -> VenueGround:  # noqa: ARG001  # part of the key
    place = Path(path)
    settings, _ = read_branches(place, scenario)
    return stand_venues(ground_of(place, scenario, workspace.load_layers(place)), settings.rules)


@st.cache_resource(show_spinner=False, max_entries=8)
def _stored(path: str, digest: str, scenario: str) -> VenuePlan | None:  # noqa: ARG001  # same
    return read_venues(Path(path), scenario)


@st.cache_resource(show_spinner=False, max_entries=64)
def _answer(path: str, token: str, scenario: str, asked: str, _settings: VenueSettings) -> VenuePlan:  # noqa: ARG001  # same
    ground = _ground(path, token, scenario)
    if _settings.model == "capacitated":
        first = place_venues(ground, _settings, stop=TimeLimit(min(ROOM_S, LIVE_S)))
        if first.certificate["objective"] is not None:
            return first
    return place_venues(ground, _settings, stop=TimeLimit(LIVE_S))
