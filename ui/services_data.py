"""What the parts on staff, venues and money read, once for each version of the project."""

from pathlib import Path

import streamlit as st

from scenarios import store
from scenarios.comparison.services import indicators_of
from scenarios.facilities.measure import read_facilities
from scenarios.facilities.values import Facilities
from scenarios.money.read import Services, read_services
from scenarios.money.store import read_money_settings
from scenarios.money.values import MoneySettings
from scenarios.venues.propose import read_venues


def load_services(path: Path, scenario: str) -> Services:
    """Measure staff, venues and money of a scenario."""
    return _services(str(path), store.project_digest(path), scenario)


def load_proposed(path: Path, scenario: str) -> Facilities | None:
    """Measure its venues with what its proposal opens and closes; None where it has no proposal."""
    return _proposed(str(path), store.project_digest(path), scenario)


def load_indicators(path: Path, scenario: str) -> dict[str, float | None]:
    """Give what a scenario has and costs, as indicators."""
    return indicators_of(load_services(path, scenario))


def load_money_settings(path: Path, scenario: str) -> MoneySettings:
    """Give what was set about money."""
    return read_money_settings(path, scenario)


@st.cache_resource(show_spinner=False, max_entries=16)
def _services(path: str, digest: str, scenario: str) -> Services:  # noqa: ARG001  # the digest is part of the key
    return read_services(Path(path), scenario)


@st.cache_resource(show_spinner=False, max_entries=8)
def _proposed(path: str, digest: str, scenario: str) -> Facilities | None:  # noqa: ARG001  # same
    plan = read_venues(Path(path), scenario)
    if plan is None or plan.certificate["status"] == "none":
        return None
    return read_facilities(Path(path), scenario, with_proposal=True)
