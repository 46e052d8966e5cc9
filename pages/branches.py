"""Branches: where one can be set up, which places share one, who is covered; with the rules beside it."""

from dataclasses import asdict
from dataclasses import replace as changed
from pathlib import Path

import streamlit as st

from exports.branches_table import places_csv
from scenarios import store
from scenarios.branches.propose import ground_token
from scenarios.branches.values import BranchPlan, BranchSettings
from scenarios.levers.stand import ground_key
from scenarios.outcome import Outcome
from ui import workspace
from ui.boundary import boundary
from ui.branches import (
    draw_by_grid,
    draw_organisations,
    draw_places,
    draw_result,
    draw_targets,
)
from ui.branches_coverage import draw_colouring, draw_coverage
from ui.branches_data import load_branches
from ui.branches_job import draw_propose
from ui.branches_rules import ORGANISATION_RULES, draw_rules_table, draw_rules_used
from ui.frame import community_names
from ui.map.coverage import coverage_source
from ui.map.places import branches_source
from ui.map.show import Delta, asked_view, show_map
from ui.map.sources import map_source
from ui.proposals import weights_in_force
from ui.state import State, change_state, get_state, write_state
from ui.texts.catalog import Texts

_MAP_HEIGHT = 480
_CHOICE_HEIGHT = 56
_TABS = ("places", "coverage", "targets", "grids", "organisations")


def render() -> None:
    """Draw the page."""
    state = get_state()
    texts = Texts(state.language)
    if state.project is None:
        st.info(texts("branches.no_project"))
        return
    with boundary(texts):
        outcome = workspace.load_outcome(state.project, state.scenario)
        settings, plan = load_branches(state.project, state.scenario)
        left, right = st.columns([1.9, 1], gap="medium")
        with left:
            _draw_map(state, state.project, outcome, plan)
        with right, st.container(height=_MAP_HEIGHT, border=False), boundary(texts):
            _draw_panel(texts, state, outcome, settings, plan)
        if plan is not None:
            _draw_tables(texts, state, plan, outcome)


def _draw_map(state: State, project: Path, outcome: Outcome | None, plan: BranchPlan | None) -> None:
    # The choice is there without a plan too: a map that changes its height forgets where it was.
    colouring = draw_colouring(Texts(state.language), enabled=plan is not None)
    if plan is None:
        source = map_source(project, None, state.language)
    elif colouring.measure is None:
        source = branches_source(project, outcome, plan, state.language)
    else:
        source = coverage_source(project, outcome, plan, colouring, state.language)
    delta = Delta(source=source, selected=state.place, seen=state.seen_click, view=asked_view(state))
    show_map(delta, key="branches_map", height=_MAP_HEIGHT - _CHOICE_HEIGHT, on_click=_click)


def _draw_panel(
    texts: Texts,
    state: State,
    outcome: Outcome | None,
    settings: BranchSettings,
    plan: BranchPlan | None,
) -> None:
    project = state.project
    if project is None:
        return
    if outcome is not None and outcome.stale:
        st.warning(texts("branches.stale_grids"))
    draw_propose(texts, state, settings)
    if plan is None:
        st.caption(texts("branches.no_plan"))
        draw_rules_table(texts, project, state.scenario, settings, ORGANISATION_RULES)
        _draw_switch(texts, state, outcome)
        return
    result, rules = st.tabs([texts("branches.tab.result"), texts("branches.tab.rules")])
    with result:
        _draw_stale(texts, project, outcome, settings, plan)
        draw_result(texts, plan, state.place)
        draw_rules_used(texts, asdict(plan.settings.rules), ORGANISATION_RULES)
        _draw_download(texts, plan)
    with rules:
        draw_rules_table(texts, project, state.scenario, settings, ORGANISATION_RULES)
        _draw_switch(texts, state, outcome)


def _draw_stale(
    texts: Texts, project: Path, outcome: Outcome | None, settings: BranchSettings, plan: BranchPlan
) -> None:
    """Say when the proposal is about other rules, other data or other grids than there are now."""
    digest = store.known_layers_digest(project)
    if plan.settings != settings:
        st.warning(texts("branches.stale_rules"))
    elif digest is not None and plan.ground != ground_token(
        ground_key(project, plan.scenario, digest), outcome
    ):
        st.warning(texts("branches.stale"))


def _draw_switch(texts: Texts, state: State, outcome: Outcome | None) -> None:
    """Offer to draw grids that can each carry a branch: the weight of the grid engine by its plain name."""
    st.session_state["one_grid_one_branch"] = weights_in_force(state, outcome).get("branch_ready", 0.0) > 0
    st.toggle(
        texts("branches.switch"),
        key="one_grid_one_branch",
        on_change=_switch,
        help=texts("branches.switch_help"),
    )


def _switch() -> None:
    state = get_state()
    outcome = workspace.load_outcome(state.project, state.scenario) if state.project else None
    weights = weights_in_force(state, outcome)
    change_state(weights={**weights, "branch_ready": float(st.session_state["one_grid_one_branch"])})


def _draw_download(texts: Texts, plan: BranchPlan) -> None:
    hide = st.checkbox(texts("branches.hide_small"), value=True, key="hide_small_counts")
    st.download_button(
        texts("branches.download"),
        places_csv(plan, texts, hide_small=hide),
        file_name=f"branches-{plan.scenario}.csv",
        mime="text/csv",
        on_click="ignore",
        width="stretch",
    )


def _draw_tables(texts: Texts, state: State, plan: BranchPlan, outcome: Outcome | None) -> None:
    names = community_names(state)
    own = [place for place in plan.places if state.community in (None, place.community_code)]
    grids = {} if outcome is None else dict(zip(outcome.grids["code"], outcome.grids["name"], strict=True))
    grids |= {place.id: place.name for place in plan.places if place.kind == "grid"}
    titles = [texts(f"branches.tab.{name}") for name in _TABS]
    with st.expander(texts("branches.title"), expanded=True):
        places, coverage, targets, by_grid, bodies = st.tabs(titles)
        with places:
            draw_places(texts, own, names, state.place, _pick)
        with coverage:
            draw_coverage(texts, plan.coverage, {**names, **grids})
        with targets:
            draw_targets(texts, plan, own, names)
        with by_grid:
            draw_by_grid(texts, plan, state.community)
        with bodies:
            draw_organisations(texts, plan)


def _click(place: str, number: int) -> None:
    write_state(changed(get_state(), seen_click=number, place=place))


def _pick(place: str | None) -> None:
    state = changed(get_state(), place=place)
    write_state(_looking_at(state, place) if place else state)


def _looking_at(state: State, place: str) -> State:
    """Send the map to a place, in whichever layer it is drawn."""
    if state.project is None:
        return state
    _, plan = load_branches(state.project, state.scenario)
    found = next((one for one in plan.places if one.id == place), None) if plan is not None else None
    if found is None or found.kind in ("property_company", "owners_committee"):
        return state
    layer = "plan" if found.kind == "grid" else f"places_{found.decision}"
    return state.looking_at(layer, place)


if __name__ == "__main__":
    import app

    app.main()
