"""Today: where every community stands against the rules, the worst first, and where to mend it."""

from dataclasses import replace
from pathlib import Path

import streamlit as st

from scenarios.branches.diagnosis import CommunityToday
from scenarios.branches.values import BranchSettings
from ui import workspace
from ui.boundary import boundary
from ui.branches_data import grid_rules, load_branches, load_today
from ui.branches_rules import ORGANISATION_RULES, SERVICE_RULES, draw_rules_table
from ui.greeting import greet
from ui.map.places import today_source
from ui.map.show import Delta, asked_view, show_map
from ui.state import State, get_state, write_state
from ui.texts.catalog import Texts
from ui.today import draw_community, draw_headline, draw_table

_MAP_HEIGHT = 480


def render() -> None:
    """Draw the page."""
    state = get_state()
    texts = Texts(state.language)
    if state.project is None:
        st.info(texts("today.no_project"))
        return
    with boundary(texts):
        with st.spinner(texts("today.reading")):
            settings, _ = load_branches(state.project, state.scenario)
            outcome = workspace.load_outcome(state.project, state.scenario)
            rules = grid_rules(outcome)
            told = load_today(state.project, settings, rules)
        # The cells are cut by now, so that two do not cut them at once.
        greet(state, outcome)
        _draw(texts, state, state.project, settings, told)


def _draw(
    texts: Texts, state: State, project: Path, settings: BranchSettings, told: tuple[CommunityToday, ...]
) -> None:
    left, right = st.columns([1.9, 1], gap="medium")
    with left:
        _draw_map(state, project, told)
    with right, st.container(height=_MAP_HEIGHT, border=False):
        facts, rules = st.tabs([texts("branches.tab.result"), texts("branches.tab.rules")])
        with facts:
            draw_headline(texts, told)
            chosen = next((one for one in told if one.code == state.community), told[0] if told else None)
            if chosen is not None:
                draw_community(texts, chosen)
            st.caption(texts("today.hint"))
            st.caption(texts("today.note"))
        with rules, boundary(texts):
            draw_rules_table(texts, project, state.scenario, settings, SERVICE_RULES + ORGANISATION_RULES)
    with st.expander(texts("today.table"), expanded=True):
        draw_table(texts, told, state.community, _pick)


def _draw_map(state: State, project: Path, told: tuple[CommunityToday, ...]) -> None:
    delta = Delta(
        source=today_source(project, told, state.language),
        selected=state.community,
        seen=state.seen_click,
        view=asked_view(state),
    )
    show_map(delta, key="today_map", height=_MAP_HEIGHT, on_click=_click)


def _click(code: str, number: int) -> None:
    write_state(replace(get_state(), seen_click=number, community=code))


def _pick(code: str | None) -> None:
    state = replace(get_state(), community=code)
    write_state(state.looking_at("communities", *((code,) if code else ())))


if __name__ == "__main__":
    import app

    app.main()
