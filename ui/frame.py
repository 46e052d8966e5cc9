"""The frame of every page: project · scenario · community · undo / redo · language, kept in the address."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from exports.texts import scenario_title
from scenarios import store
from scenarios.errors import ScenarioError
from ui import workspace
from ui.desk.conflict import draw_conflict
from ui.desk.steps import draw_steps, grant_wishes, tell_error
from ui.state import State, change_state, get_state, read_state, write_state
from ui.texts.catalog import LANGUAGES, Texts, choose_language


def settle() -> State:
    """Give the visitor's state, made on the first run from the address, the browser and the command line."""
    state = read_state()
    fresh = state is None
    if state is None:
        asked = st.query_params.get("lang")
        language = asked if asked is not None and asked in LANGUAGES else choose_language(st.context.locale)
        project = workspace.find_project(st.query_params.get("project")) or next(
            iter(workspace.list_projects()), None
        )
        state = State(
            language=language,
            project=project,
            scenario=st.query_params.get("scenario") or store.BASE_SCENARIO,
            community=st.query_params.get("community"),
            adjusting=st.query_params.get("mode") == "adjust",
        )
    elif state.project is not None and not state.project.is_file():
        state = state.opening(None)
    state = _with_known_names(state)
    if fresh and state.community is not None:
        state = replace(state, view=("communities", (state.community,)))  # whoever was sent a link sees it
    write_state(state)
    _keep_in_address(state)
    return state


def draw_top_line(texts: Texts) -> None:
    """Draw the line that every page begins with."""
    state = get_state()
    grant_wishes(state)
    project, scenario, community, steps, language = st.columns([2.7, 2, 2.7, 1.6, 1.4], gap="small")
    with project:
        _choose_project(texts, state)
    if state.project is not None:
        with scenario:
            _choose_scenario(texts, state)
        with community:
            _choose_community(texts, state)
        with steps:
            draw_steps(texts, state)
    with language:
        _choose(
            texts("app.language"),
            list(LANGUAGES),
            state.language,
            "frame_language",
            LANGUAGES.__getitem__,
            _set_language,
        )
    draw_conflict(texts, state)


def draw_end(texts: Texts) -> None:
    """Draw what is left to be said when the page has been drawn."""
    tell_error(texts, briefly=True)


def community_names(state: State) -> dict[str, str]:
    """Give the communities of the open project, code → name; none where the project cannot be read."""
    if state.project is None:
        return {}
    try:
        frame = workspace.load_layers(state.project).frames.get("communities")
    except ScenarioError:
        return {}  # the page says what is wrong with the project; the frame stays usable
    if frame is None:
        return {}
    names = frame["name"] if "name" in frame else frame["code"]
    return {
        str(code): str(name) if isinstance(name, str) and name else str(code)
        for code, name in zip(frame["code"], names, strict=True)
    }


def _choose_project(texts: Texts, state: State) -> None:
    names = list(workspace.project_titles())
    current = workspace.project_title(state.project) if state.project else None
    if not names:
        st.caption(texts("app.no_project"))
        return
    _choose(
        texts("app.project"),
        names,
        current,
        "frame_project",
        lambda name: texts("app.project_is", name=name),
        _set_project,
    )


def _choose_scenario(texts: Texts, state: State) -> None:
    names = scenario_names(state)
    _choose(
        texts("app.scenario"),
        names,
        state.scenario,
        "frame_scenario",
        lambda name: texts("app.scenario_is", name=scenario_title(texts, name)),
        _set_scenario,
    )


def _choose_community(texts: Texts, state: State) -> None:
    names = community_names(state)
    _choose(
        texts("app.community"),
        ["", *names],
        state.community or "",
        "frame_community",
        lambda code: texts("app.community_is", name=names[code]) if code else texts("app.all_communities"),
        _set_community,
    )


def scenario_names(state: State) -> list[str]:
    """List the scenarios of the open project, the base scenario first even before it has a plan."""
    stored: Sequence[str] = ()
    if state.project is not None:
        try:
            stored = store.list_scenarios(state.project)
        except ScenarioError:
            stored = ()
    return [store.BASE_SCENARIO, *(name for name in stored if name != store.BASE_SCENARIO)]


def _choose(
    label: str,
    options: Sequence[str],
    current: str | None,
    key: str,
    show: Callable[[str], str],
    on_change: Callable[[], None],
) -> None:
    # The state is the truth: a widget's own memory is overwritten with it before each run.
    if current in options:
        st.session_state[key] = current
    st.selectbox(label, options, key=key, format_func=show, on_change=on_change, label_visibility="collapsed")


def _set_project() -> None:
    write_state(get_state().opening(workspace.find_project(st.session_state["frame_project"])))


def _set_scenario() -> None:
    change_state(
        scenario=st.session_state["frame_scenario"],
        selected=None,
        limits=None,
        weights=None,
        outlined=(),
        preview=None,
    )


def _set_community() -> None:
    code = st.session_state["frame_community"] or None
    write_state(
        replace(get_state(), community=code, selected=None, outlined=(), preview=None).looking_at(
            "communities", *((code,) if code else ())
        )
    )


def _set_language() -> None:
    change_state(language=st.session_state["frame_language"])


def _with_known_names(state: State) -> State:
    """Forget a scenario or community that the project no longer has."""
    scenario = state.scenario if state.scenario in scenario_names(state) else store.BASE_SCENARIO
    community = state.community if state.community in community_names(state) else None
    return replace(state, scenario=scenario, community=community)


def _keep_in_address(state: State) -> None:
    wanted = {
        "lang": state.language,
        "project": workspace.project_title(state.project) if state.project else "",
        "scenario": state.scenario if state.scenario != store.BASE_SCENARIO else "",
        "community": state.community or "",
        "mode": "adjust" if state.adjusting else "",
    }
    for name, value in wanted.items():
        if value and st.query_params.get(name) != value:
            st.query_params[name] = value
        elif not value and name in st.query_params:
            del st.query_params[name]
