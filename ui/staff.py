"""Staff: needs, posts and loads by community and grid, the register of tasks, and the rules behind them."""

from dataclasses import replace
from pathlib import Path

import streamlit as st

from exports.staff_tables import grid_staff_table, staff_sentences, staff_table, task_table
from scenarios.branches.table import read_branches
from scenarios.staff.tasks import Task, add_task, decide_task, remove_task
from scenarios.staff.values import Staffing
from ui.boundary import boundary, escape_markdown
from ui.branches_rules import draw_rules_table
from ui.service_table import choose_view, draw_pick_table, draw_table
from ui.services_data import load_services
from ui.texts.catalog import Texts

STAFF_RULES = ("workers_per_grid", "workers_per_10000", "worker_hours_year")
_VIEWS = ("communities", "grids", "tasks", "rules")
_PICKED = "staff_task_picked"


def draw_staff(
    texts: Texts, project: Path, scenario: str, names: dict[str, str], community: str | None
) -> None:
    """Draw the staff of a scenario; grids of one community where one is looked at."""
    staffing = load_services(project, scenario).staffing
    for said in staff_sentences(texts, staffing):
        st.markdown(escape_markdown(said))
    view = choose_view(texts, "staff", _VIEWS)
    if view == "grids":
        draw_table(texts, grid_staff_table(texts, _of_community(staffing, community), names))
    elif view == "tasks":
        _draw_tasks(texts, project, scenario, staffing, names)
    elif view == "rules":
        settings, _ = read_branches(project, scenario)
        draw_rules_table(texts, project, scenario, settings, STAFF_RULES)
    else:
        draw_table(texts, staff_table(texts, staffing))
        st.caption(texts("staff.among"))


def _of_community(staffing: Staffing, community: str | None) -> Staffing:
    if community is None:
        return staffing
    return replace(staffing, grids=tuple(grid for grid in staffing.grids if grid.community_code == community))


def _draw_tasks(
    texts: Texts, project: Path, scenario: str, staffing: Staffing, names: dict[str, str]
) -> None:
    """Draw the register: what is asked, by whom, and what was decided; then a form for a new task."""
    st.caption(texts("staff.tasks_note"))
    if staffing.tasks:
        _draw_register(texts, project, scenario, staffing, names)
    else:
        st.caption(texts("staff.tasks_empty"))
    with boundary(texts):
        task = _ask_task(texts, names)
        if task is not None:
            add_task(project, scenario, task, list(names))
            st.rerun()


def _draw_register(
    texts: Texts, project: Path, scenario: str, staffing: Staffing, names: dict[str, str]
) -> None:
    ids = [task.name for task in staffing.tasks]
    picked = st.session_state.get(_PICKED)
    draw_pick_table(texts, task_table(texts, staffing, names), ids, picked, _pick)
    if picked not in ids:
        st.caption(texts("staff.tasks_pick"))
        return
    decisions = {"admit": True, "refuse": False, "reopen": None}
    for column, name in zip(st.columns(6), (*decisions, "remove"), strict=False):
        column.button(
            texts(f"staff.{name}"),
            key=f"task_{name}",
            width="stretch",
            on_click=_act,
            args=(texts, project, scenario, picked, name),
        )


def _pick(name: str | None) -> None:
    st.session_state[_PICKED] = name


def _act(texts: Texts, project: Path, scenario: str, task: str, what: str) -> None:
    with boundary(texts):
        if what == "remove":
            remove_task(project, scenario, task)
        else:
            admitted = {"admit": True, "refuse": False, "reopen": None}[what]
            decide_task(project, scenario, task, admitted=admitted)


def _ask_task(texts: Texts, names: dict[str, str]) -> Task | None:
    """Draw the form of a task; give it once it is sent."""
    with st.form("staff_task", border=False, clear_on_submit=True):
        name, origin, place, hours, send = st.columns([2.2, 1.6, 1.6, 1.2, 1], vertical_alignment="bottom")
        said = name.text_input(texts("staff.column.task"), max_chars=80)
        asker = origin.text_input(texts("staff.column.origin"), max_chars=40)
        code = place.selectbox(
            texts("staff.column.for"),
            ["", *names],
            format_func=lambda code: names.get(code, texts("staff.all_communities")),
        )
        time = hours.number_input(texts("staff.column.hours_year"), min_value=0, value=50, step=10)
        if not send.form_submit_button(texts("staff.add"), width="stretch"):
            return None
    return Task(name=said, origin=asker, hours=int(time), community_code=code or "")
