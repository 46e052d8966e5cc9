"""Centres: where to open them, who walks how far, whom they leave out, and what it costs."""

from dataclasses import replace
from pathlib import Path

import streamlit as st

from scenarios.project.codec import to_json
from scenarios.venues.plan import VenuePlan
from scenarios.venues.propose import keep_venues
from scenarios.venues.question import VenueGround
from scenarios.venues.settings import VenueSettings, to_document
from ui.boundary import boundary
from ui.centres import draw_answer, draw_certificate, draw_unserved, draw_venue, draw_venue_table, draw_ways
from ui.centres_curve import draw_curve
from ui.centres_data import answer_live, ground_token, load_ground, load_stored
from ui.centres_form import ask, draw_conditions, draw_question, first_question, fitted
from ui.centres_longer import better_of, draw_longer, longer_key
from ui.centres_state import force_of, forcing, next_force
from ui.frame import community_names
from ui.map.centres import CATCHMENT, CentresShown, centres_source
from ui.map.show import Delta, asked_view, show_map
from ui.services import draw_services
from ui.state import State, change_state, get_state, write_state
from ui.texts.catalog import Texts

_MAP_HEIGHT = 500
_TABS = ("venues", "curve", "unserved")


def render() -> None:
    """Draw the page."""
    state = get_state()
    texts = Texts(state.language)
    if state.project is None:
        st.info(texts("centres.no_project"))
        return
    with boundary(texts):
        ground = load_ground(state.project, state.scenario)
        settings = asked_of(state, ground)
        key = longer_key(ground_token(state.project, state.scenario), settings)
        plan = better_of(answer_live(state.project, state.scenario, settings), key)
        left, right = st.columns([1.9, 1], gap="medium")
        with left:
            _draw_map(state, state.project, ground, plan)
        with right, st.container(height=_MAP_HEIGHT, border=False), boundary(texts):
            _draw_panel(texts, state, state.project, ground, plan)
        _draw_tables(texts, state, ground, plan)
    with boundary(texts), st.expander(texts("staff.services"), expanded=True):
        draw_services(texts, state.project, state.scenario, community_names(state), state.community)


def asked_of(state: State, ground: VenueGround) -> VenueSettings:
    """Give what is asked: by this visitor, else by the proposal kept, else to begin with."""
    if state.centres is not None and state.centres.scenario == state.scenario:
        return fitted(state.centres.settings, ground)
    stored = load_stored(state.project, state.scenario) if state.project is not None else None
    return fitted(first_question(ground) if stored is None else stored.settings, ground)


def _alone(state: State, plan: VenuePlan) -> str | None:
    """Give the marked venue where its walks alone are asked for and it is open."""
    if state.centres is None or not state.centres.alone:
        return None
    is_open = plan.venues.loc[plan.venues["open"], "id"]
    return state.place if state.place in set(is_open) else None


def _draw_map(state: State, project: Path, ground: VenueGround, plan: VenuePlan) -> None:
    shown = CentresShown(ground=ground, plan=plan, alone=_alone(state, plan))
    asked = [ground_token(project, state.scenario), to_document(plan.settings), plan.certificate["objective"]]
    token = to_json(asked)
    delta = Delta(
        source=centres_source(project, shown, token, state.language),
        selected=state.place,
        seen=state.seen_click,
        view=asked_view(state),
    )
    show_map(delta, key="centres_map", height=_MAP_HEIGHT, on_click=_click)


def _click(place: str, number: int) -> None:
    """Mark a venue; a further click on the marked one forces it in, out, and neither again."""
    state = get_state()
    if state.project is None:
        return
    venue = place.removeprefix(CATCHMENT)
    if venue == place == state.place:
        settings = asked_of(state, load_ground(state.project, state.scenario))
        ask(forcing(settings, venue, next_force(force_of(settings, venue))))
    write_state(replace(get_state(), seen_click=number, place=venue))


def _draw_panel(texts: Texts, state: State, project: Path, ground: VenueGround, plan: VenuePlan) -> None:
    settings = plan.settings
    marked = state.place in set(ground.venue_ids)
    if marked and state.place is not None:
        alone = state.centres is not None and state.centres.alone
        draw_venue(texts, plan, state.place, settings, alone=alone)
        draw_certificate(texts, plan)  # up here: the venue would push it out of sight
    question, conditions = st.tabs([texts("centres.tab.question"), texts("centres.tab.conditions")])
    with question:
        draw_question(texts, ground, settings)
        draw_answer(texts, plan)
        if not marked:
            draw_certificate(texts, plan)
        draw_longer(texts, ground, plan, longer_key(ground_token(project, state.scenario), settings))
        _draw_adopt(texts, state, project, plan)
        draw_ways(texts, ground, plan)
    with conditions:
        draw_conditions(texts, ground, settings)


def _draw_adopt(texts: Texts, state: State, project: Path, plan: VenuePlan) -> None:
    """Offer to keep the answer with the scenario, or say that it is kept."""
    if plan.certificate["status"] == "none":
        return
    stored = load_stored(project, state.scenario)
    if stored is not None and stored.settings == plan.settings:
        same = list(stored.venues["open"]) == list(plan.venues["open"])
        st.caption(texts("centres.kept" if same else "centres.kept_old"))
        if same:
            return
    st.button(texts("centres.adopt"), type="primary", width="stretch", on_click=_adopt, args=(plan,))


def _adopt(plan: VenuePlan) -> None:
    state = get_state()
    if state.project is not None:
        with boundary(Texts(state.language)):
            keep_venues(state.project, state.scenario, plan)
            change_state(centres=None)


def _draw_tables(texts: Texts, state: State, ground: VenueGround, plan: VenuePlan) -> None:
    names = community_names(state)
    titles = [texts(f"centres.tab.{name}") for name in _TABS]
    with st.expander(texts("centres.title"), expanded=True):
        venues, curve, unserved = st.tabs(titles)
        with venues:
            draw_venue_table(texts, plan, names, state.community, state.place, _pick)
        with curve, boundary(texts):
            if state.project is not None:
                draw_curve(texts, ground, plan, ground_token(state.project, state.scenario))
        with unserved:
            draw_unserved(texts, ground, plan, names, state.community, _pick_cell)


def _pick(venue: str | None) -> None:
    write_state(replace(get_state(), place=venue))


def _pick_cell(cell: str | None) -> None:
    if cell is not None:
        write_state(get_state().looking_at("unserved", cell))


if __name__ == "__main__":
    import app

    app.main()
