"""What the pages of today and of branches read, once for each version of the project and of the rules."""

from dataclasses import asdict, fields
from pathlib import Path

import streamlit as st

from scenarios import store
from scenarios.branches.diagnosis import CommunityToday, diagnose
from scenarios.branches.propose import land_of
from scenarios.branches.standing import latest_activity
from scenarios.branches.table import read_branches
from scenarios.branches.values import BranchPlan, BranchSettings
from scenarios.ground import Ground, stand_on
from scenarios.outcome import Outcome
from scenarios.project.codec import to_json
from scenarios.rules import GridRules
from ui import workspace


def load_branches(path: Path, scenario: str) -> tuple[BranchSettings, BranchPlan | None]:
    """Read a scenario's rules and its proposal."""
    return _branches(str(path), store.project_digest(path), scenario)


def load_today(path: Path, settings: BranchSettings, rules: GridRules) -> tuple[CommunityToday, ...]:
    """Say where each community stands today, the worst first."""
    layers = workspace.load_layers(path)
    token = to_json([asdict(settings.rules), str(settings.as_of), asdict(rules)])
    return _today(str(path), store.layers_digest(layers), token, settings, rules)


def grid_rules(outcome: Outcome | None) -> GridRules:
    """Give the rules of a plan of grids, or the defaults without one."""
    if outcome is None:
        return GridRules()
    names = {item.name for item in fields(GridRules)}
    known = {name: float(str(value)) for name, value in outcome.rules.items() if name in names}
    return GridRules().with_values(known)


@st.cache_resource(show_spinner=False, max_entries=16)
def _branches(path: str, digest: str, scenario: str) -> tuple[BranchSettings, BranchPlan | None]:  # noqa: ARG001  # the digest is part of the key
    return read_branches(Path(path), scenario)


@st.cache_resource(show_spinner=False, max_entries=4)
def _ground(path: str, digest: str) -> Ground:  # noqa: ARG001  # same
    return stand_on(Path(path), workspace.load_layers(Path(path)))


@st.cache_resource(show_spinner=False, max_entries=16)
def _today(
    path: str,
    digest: str,
    token: str,  # noqa: ARG001  # part of the key
    _settings: BranchSettings,
    _rules: GridRules,
) -> tuple[CommunityToday, ...]:
    ground = _ground(path, digest)
    day = _settings.as_of or latest_activity(ground.layers)
    settings = BranchSettings(rules=_settings.rules, as_of=day)
    return diagnose(ground, land_of(ground, None), settings, _rules)
