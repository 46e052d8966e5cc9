"""The tree of scenarios, and the panel of the one at hand: its levers, name, note and file."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from exports.texts import scenario_title
from geo.layers import Layers
from scenarios import tree
from scenarios.levers.lever import key_of
from scenarios.levers.stand import stand_of
from scenarios.project.schema import BASE_SCENARIO
from scenarios.scenario_file import export_scenario, import_scenario, read_document
from scenarios.tree import Node
from ui import workspace
from ui.boundary import boundary, escape_markdown
from ui.scenarios_form import begin_anew, draw_lever_form
from ui.scenarios_jobs import answer_now, start_answers
from ui.scenarios_words import lever_sentence
from ui.state import State, change_state
from ui.tables import fitted_height, table_key
from ui.texts.catalog import Texts

_MOST_ROWS = 5


def draw_tree(texts: Texts, state: State, nodes: Sequence[Node], names: Mapping[str, str]) -> None:
    """Draw one row a scenario, indented below its parent; the row picked is the scenario at hand."""
    known = [node.name for node in nodes]
    key = table_key("scenario_tree", known)

    def picked() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows:
            change_state(scenario=known[rows[0]], selected=None, preview=None, limits=None, weights=None)

    rows = [known.index(state.scenario)] if state.scenario in known else []
    st.session_state[key] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    st.dataframe(
        pd.DataFrame([_row(texts, node, names) for node in nodes]),
        key=key,
        on_select=picked,
        selection_mode="single-row",
        hide_index=True,
        height=fitted_height(len(nodes), _MOST_ROWS),
        column_config={
            "name": text(texts("scenarios_page.name"), width=150),
            "state": text(texts("scenarios_page.state")),
            "levers": text(texts("scenarios_page.levers"), width=230),
            "grids": number(texts("scenarios_page.grids"), format="localized"),
            "moved": number(texts("scenarios_page.moved"), format="localized"),
            "proven": text(texts("scenarios_page.proven")),
            "note": text(texts("scenarios_page.note")),
        },
    )


def draw_panel(
    texts: Texts,
    state: State,
    project: Path,
    nodes: Sequence[Node],
    names: Mapping[str, str],
    *,
    busy: bool,
) -> None:
    """Draw what can be done with the scenario at hand; `busy` tells whether answers are being worked out."""
    node = next((item for item in nodes if item.name == state.scenario), None)
    if node is None:
        return
    st.markdown(f"**{escape_markdown(scenario_title(texts, node.name))}**")
    _draw_levers(texts, state, project, node, names, busy=busy)
    if node.name != BASE_SCENARIO:
        with boundary(texts):
            outcome = workspace.load_outcome(project, node.name)
            levers = draw_lever_form(texts, form_layers(project, node), outcome)
            if levers:
                tree.set_levers(project, node.name, levers)
                answer_now(texts, project, node.name, state.author)
                begin_anew()
                st.rerun()
    with st.expander(texts("scenarios_page.fork"), expanded=node.name == BASE_SCENARIO), boundary(texts):
        _draw_fork(texts, state, project, node)
    with st.expander(texts("scenarios_page.manage")), boundary(texts):
        _draw_names(texts, project, node)
    with st.expander(texts("scenarios_page.file")), boundary(texts):
        _draw_file(texts, state, project, node)


def _row(texts: Texts, node: Node, names: Mapping[str, str]) -> dict[str, object]:
    marks = [texts(f"scenarios_page.{name}") for name in ("preferred", "archived") if getattr(node, name)]
    state = texts(f"scenarios_page.{state_word(node)}")
    return {
        "name": "\N{EM SPACE}" * node.depth + scenario_title(texts, node.name),
        "state": " · ".join([state, *marks]),
        "levers": "; ".join(lever_sentence(lever, texts, names) for lever in node.levers),
        "grids": node.n_grids,
        "moved": node.households_moved,
        "proven": "–" if node.proven_share is None else texts.percent(node.proven_share),
        "note": node.note,
    }


def form_layers(project: Path, node: Node) -> Layers:
    """Give the ground that a scenario's next lever changes: with what its levers have made already."""
    answered = workspace.load_outcome(project, node.name)
    return workspace.load_layers(project) if answered is None else stand_of(project, node.name).ground.layers


def state_word(node: Node) -> str:
    """Give the key of what is said of a plan: out of date, a first answer, or up to date."""
    return "stale" if node.stale else "first_state" if node.pending else "current"


def _draw_levers(
    texts: Texts, state: State, project: Path, node: Node, names: Mapping[str, str], *, busy: bool
) -> None:
    if node.name == BASE_SCENARIO:
        st.caption(texts("scenarios_page.base_scenario_fixed"))
        return
    if not node.levers:
        st.caption(texts("scenarios_page.no_levers"))
    for at, lever in enumerate(node.levers):
        said, button = st.columns([3, 1], vertical_alignment="center")
        said.markdown(escape_markdown(lever_sentence(lever, texts, names)))
        if button.button(texts("scenarios_page.drop"), key=f"drop_{node.name}_{at}", width="stretch"):
            tree.set_levers(project, node.name, drop=[key_of(lever)])
            answer_now(texts, project, node.name, state.author)
            st.rerun()
    for lever in node.inherited:
        st.caption(
            escape_markdown(f"{lever_sentence(lever, texts, names)} · {texts('scenarios_page.inherited')}")
        )
    if busy or not (node.stale or node.pending):
        return
    label = texts(f"scenarios_page.{'solve' if node.stale else 'prove'}")
    if st.button(label, key="solve_one", width="stretch"):
        start_answers(project, [node.name], state.author)
        st.rerun()


def _draw_fork(texts: Texts, state: State, project: Path, node: Node) -> None:
    with st.form("fork", border=False, clear_on_submit=True):
        name = st.text_input(texts("scenarios_page.new_name"))
        if st.form_submit_button(texts("scenarios_page.do_fork"), width="stretch"):
            with boundary(texts):
                tree.fork_scenario(project, node.name, name, author=state.author)
                change_state(scenario=name.strip())
                st.rerun()


def _draw_names(texts: Texts, project: Path, node: Node) -> None:
    note = st.text_area(texts("scenarios_page.note"), value=node.note, key=f"note_{node.name}", height=70)
    if note.strip() != node.note:
        tree.set_note(project, node.name, note)
        st.rerun()
    prefer = "unprefer" if node.preferred else "prefer"
    _button(texts, prefer, lambda: tree.prefer(project, node.name, preferred=not node.preferred))
    put_aside = "unarchive" if node.archived else "archive"
    _button(texts, put_aside, lambda: tree.archive(project, node.name, archived=not node.archived))
    if node.name == BASE_SCENARIO:
        return
    new_name = st.text_input(texts("scenarios_page.rename"), value=node.name, key=f"name_{node.name}")
    if new_name.strip() != node.name:
        tree.rename_scenario(project, node.name, new_name)
        change_state(scenario=new_name.strip())
        st.rerun()
    if st.checkbox(texts("scenarios_page.sure", name=escape_markdown(node.name)), key=f"sure_{node.name}"):
        _button(texts, "delete", lambda: _delete(project, node))


def _delete(project: Path, node: Node) -> None:
    tree.delete_scenario(project, node.name)
    change_state(scenario=node.parent or BASE_SCENARIO)


def _button(texts: Texts, name: str, act: Callable[[], object]) -> None:
    if st.button(texts(f"scenarios_page.{name}"), key=f"scenario_{name}", width="stretch"):
        act()
        st.rerun()


def _draw_file(texts: Texts, state: State, project: Path, node: Node) -> None:
    st.download_button(
        texts("scenarios_page.download"),
        lambda: json.dumps(export_scenario(project, node.name), ensure_ascii=False, indent=2),
        file_name=f"{node.name}.json",
        mime="application/json",
        width="stretch",
    )
    file = st.file_uploader(texts("scenarios_page.upload"), type=["json"], key="scenario_file")
    if file is not None and st.session_state.get("scenario_file_taken") != file.file_id:
        st.session_state["scenario_file_taken"] = file.file_id
        text = file.getvalue().decode("utf-8", errors="replace")
        found = import_scenario(project, read_document(text, file.name), author=state.author)
        change_state(scenario=found.name)
        start_answers(project, [found.name], state.author)
        st.rerun()
