"""Grids: ask for a proposal, read it on the map and in the table, take it away as a file."""

import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import streamlit as st

from scenarios import store
from scenarios.errors import RuleError
from scenarios.outcome import Outcome
from ui import workspace
from ui.alternatives import community_in_question, draw_alternatives, draw_looking, preview_offer
from ui.boundary import boundary
from ui.desk.view import draw_desk, draw_mode
from ui.downloads import draw_downloads
from ui.exchange import draw_exchange
from ui.explain import draw_explain
from ui.forms import draw_rules_form
from ui.greeting import greet
from ui.lock_form import pick_on_map, picked_cells
from ui.lock_state import Draft, get_draft, load_places
from ui.locks import draw_locks, kept_codes, relocked
from ui.map.show import Delta, asked_view, show_map
from ui.map.sources import Shown, map_source
from ui.moves import draw_moves, load_moves, load_today
from ui.plans import swap_community
from ui.proposals import draw_progress, rules_in_force, start_proposal
from ui.results import Focus, draw_results
from ui.state import State, change_state, get_state, write_state
from ui.tables import draw_grid_table
from ui.texts.catalog import Texts

_MAP_HEIGHT = 480


def render() -> None:
    """Draw the page."""
    state = get_state()
    texts = Texts(state.language)
    if state.project is None:
        st.info(texts("grids_page.no_project"))
        return
    if not state.adjusting:
        greet(state, workspace.load_outcome(state.project, state.scenario))
    _desk(texts.language)


@st.fragment
def _desk(language: str) -> None:
    # A fragment: a click on the map runs this part again and not the whole page.
    texts, state = Texts(language), get_state()
    with boundary(texts):
        if state.project is None:
            return
        left, right = st.columns([2, 1], gap="medium")
        if state.adjusting:
            draw_desk(texts, state, state.project, (left, right), _MAP_HEIGHT)
            return
        outcome = workspace.load_outcome(state.project, state.scenario)
        shown = _shown(state, outcome)
        with left:
            _draw_map(state, state.project, shown)
        # As high as the map and scrolling by itself, so that the table below stays on the first screen.
        with right, st.container(height=_MAP_HEIGHT, border=False):
            if outcome is not None:
                draw_mode(texts, state)
            _draw_panel(texts, state, outcome, shown)
        if shown is not None:
            _draw_tables(texts, state, state.project, shown)


def _shown(state: State, outcome: Outcome | None) -> Shown | None:
    """Give the plan that map and table show: the stored one, or one of the alternatives in its place."""
    if outcome is None or state.project is None:
        return None
    token = store.project_digest(state.project)
    offer = preview_offer(state, outcome)
    if offer is not None:
        outcome, token = swap_community(outcome, offer.outcome, offer.community), offer.token + token
    return Shown(
        outcome=outcome,
        token=f"{state.scenario} {token}",
        locked=kept_codes(state, outcome),
        picking=_draft(state, outcome).on_map,
    )


def _draft(state: State, outcome: Outcome) -> Draft:
    """Give the lock that is being made for the community in question."""
    return get_draft(community_in_question(state, outcome))


def _draw_map(state: State, project: Path, shown: Shown | None) -> None:
    delta = Delta(
        source=map_source(project, shown, state.language),
        selected=state.selected,
        outlined=_outlined(state, shown),
        seen=state.seen_click,
        view=asked_view(state),
    )
    show_map(delta, key="grids_map", height=_MAP_HEIGHT, on_click=_click_map)


def _outlined(state: State, shown: Shown | None) -> tuple[str, ...]:
    """Give the cells to outline: those of the lock that is being made, or those asked for in the panel."""
    chosen = picked_cells(shown.outcome, _draft(state, shown.outcome)) if shown is not None else ()
    return chosen or state.outlined


def _draw_tables(texts: Texts, state: State, project: Path, shown: Shown) -> None:
    outcome = shown.outcome
    with st.expander(texts("grids_page.table"), expanded=True):
        today = load_today(project, state.scenario)
        if not today.notna().any():
            draw_grid_table(texts, outcome, state.community, state.selected, _pick_row, kept=shown.locked)
            return
        moves = load_moves(project, state.scenario, shown.token, outcome)
        own = moves if state.community is None else moves[moves["community_code"] == state.community]
        moved = texts("moves.tab", n=int(own["households"].sum()))
        grids, who = st.tabs([texts("grids_page.title"), moved])
        with grids:
            draw_grid_table(texts, outcome, state.community, state.selected, _pick_row, kept=shown.locked)
        with who:
            draw_moves(texts, outcome, own, _pick_row)


def _draw_panel(texts: Texts, state: State, outcome: Outcome | None, shown: Shown | None) -> None:
    # A place of its own: whatever is said here, the tabs below stay where they are and keep the one open.
    with st.container():
        if not draw_progress(texts):
            _draw_propose(texts, state, outcome)
        draw_looking(texts, state, outcome)
    if outcome is None or shown is None:
        st.caption(texts("grids_page.no_plan"))
        draw_rules_form(texts, None)
        return
    names = ("result", "rules", "alternatives", "locks", "export")
    result, rules, others, locks, take = st.tabs([texts(f"grids_page.tab.{name}") for name in names])
    with result:
        first = state.project == workspace.first_project()
        hint = texts("grids_page.try" if first and state.community is None else "grids_page.pick_hint")
        focus = Focus(
            community=state.community,
            selected=state.selected,
            kept=shown.locked,
            relocked=relocked(state, shown.outcome),
            hint=hint,
        )
        card = partial(draw_explain, texts, state.project, shown.outcome, state.selected, token=shown.token)
        draw_results(texts, shown.outcome, load_places(state, shown.outcome), focus, draw_card=card)
    with rules:
        draw_rules_form(texts, outcome)
    with others, boundary(texts):
        draw_alternatives(texts, state, outcome)
    with locks, boundary(texts):
        draw_locks(texts, state, shown.outcome)
    with take, boundary(texts):
        draw_downloads(texts, state)
        draw_exchange(texts, state)


def _draw_propose(texts: Texts, state: State, outcome: Outcome | None) -> None:
    if state.community is not None:
        st.session_state["only_community"] = state.only_community
        st.checkbox(texts("grids_page.only_community"), key="only_community", on_change=_keep_scope)
    if st.button(
        texts("grids_page.propose"), type="primary", width="stretch", disabled=not _valid(state, outcome)
    ):
        start_proposal(state, outcome)
        change_state(preview=None, outlined=())
        st.rerun(scope="fragment")


def _valid(state: State, outcome: Outcome | None) -> bool:
    try:
        rules_in_force(state, outcome)
    except RuleError:
        return False  # the form says what is wrong
    return True


def _keep_scope() -> None:
    change_state(only_community=bool(st.session_state["only_community"]))


def _click_map(code: str, number: int) -> None:
    state = get_state()
    outcome = workspace.load_outcome(state.project, state.scenario) if state.project is not None else None
    if outcome is not None and pick_on_map(outcome, community_in_question(state, outcome), code):
        change_state(seen_click=number)
        return
    write_state(replace(get_state(), seen_click=number).marking(code, time.monotonic()))


def _pick_row(code: str | None) -> None:
    state = get_state()
    if not state.is_echo(code, time.monotonic()):
        state = replace(state, selected=code)
        write_state(state.looking_at("plan", code) if code else state)


if __name__ == "__main__":
    import app

    app.main()
