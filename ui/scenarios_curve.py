"""One lever over a range: the form, the curve, and the plans behind its points."""

from collections.abc import Callable, Sequence
from pathlib import Path

import altair as alt
import pandas as pd
import streamlit as st

from exports.texts import scenario_title
from scenarios import tree
from scenarios.indicators import Indicator, measure
from scenarios.propose import Progress
from scenarios.sensitivity import Point, levers_at, spread, vary
from ui.boundary import escape_markdown, show_error
from ui.jobs import Work, all_jobs, all_workers
from ui.scenarios_jobs import start_answers
from ui.scenarios_words import indicator_name, lever_sentence
from ui.state import State, change_state, get_state
from ui.texts.catalog import Texts

_POLL_S = 0.3
_KINDS = (
    "rule.max_households={x}",
    "rule.min_households={x}",
    "weight.moved={x}",
    "weight.boundary={x}",
    "weight.compound_splits={x}",
    "weight.target_size={x}",
    "keep_today={x}",
    "workers={x}",
    "n_grids.{community}={x}",
)
_STARTS = {
    "rule": (400.0, 600.0, 50.0),
    "weight": (0.0, 2.0, 0.5),
    "keep_today": (5.0, 40.0, 5.0),
    "workers": (-2.0, 4.0, 1.0),
}
_SHOWN = ("objective", "households_moved", "n_grids", "compounds_split", "off_target", "polsby_popper")


def draw_curve(texts: Texts, state: State, project: Path) -> None:
    """Draw the form, and the curve once it is worked out."""
    key = ("curve", str(project), state.scenario)
    job = all_jobs().find(key)
    if job is not None and job.view().state == "running":
        _watch(texts.language, key)
        return
    _draw_form(texts, state, project, key)
    if job is None:
        return
    view = job.view()
    if view.error is not None:
        show_error(texts, view.error)
    elif isinstance(view.answer, tuple) and view.answer:
        _draw_points(texts, state, project, view.answer)


def _draw_form(texts: Texts, state: State, project: Path, key: tuple[str, ...]) -> None:
    kinds = [kind for kind in _KINDS if state.community is not None or "{community}" not in kind]
    chosen, low, high, step, go = st.columns([3, 1, 1, 1, 1.2], vertical_alignment="bottom")
    kind = chosen.selectbox(
        texts("scenarios_page.lever_of"), kinds, format_func=lambda item: _title(texts, item), key="curve_of"
    )
    start = _STARTS.get(kind.split(".")[0].split("=")[0], (2.0, 8.0, 1.0))
    ends = [
        column.number_input(
            texts(f"scenarios_page.range_{name}"), value=value, format="%g", key=f"curve_{name}_{kind}"
        )
        for column, name, value in zip((low, high, step), ("from", "to", "step"), start, strict=True)
    ]
    if go.button(texts("scenarios_page.run"), type="primary", width="stretch"):
        template = kind.replace("{community}", state.community or "")
        values = spread(*ends)
        for value in values:
            levers_at(project, state.scenario, template, value)
        all_jobs().forget(key)
        all_jobs().start(key, _work(project, state.scenario, template, values))
        st.rerun()


@st.fragment(run_every=_POLL_S)
def _watch(language: str, key: tuple[str, ...]) -> None:
    texts = Texts(language)
    job = all_jobs().find(key)
    if job is None or job.view().state != "running":
        st.rerun()
        return
    view = job.view()
    step = view.progress or Progress(stage="cells", done=0, total=1)
    name = scenario_title(texts, get_state().scenario)
    text = texts("scenarios_page.working", name=name, done=step.done, total=step.total)
    st.progress(step.done / step.total if step.total else 0.0, text=escape_markdown(text))
    if st.button(texts("scenarios_page.stop"), key="stop_curve", disabled=view.stopping):
        job.cancel()


def _work(project: Path, name: str, template: str, values: Sequence[float]) -> Work:
    workers = all_workers()

    def run(stop: Callable[[], bool], on_progress: Callable[[Progress], None]) -> tuple[Point, ...]:
        return vary(project, name, template, values, stop=stop, on_progress=on_progress, workers=workers)

    return run


def _draw_points(texts: Texts, state: State, project: Path, points: tuple[Point, ...]) -> None:
    measured = {item.name: item for item in measure([point.outcome for point in points])}
    axes = [name for name in _SHOWN if name in measured]
    shown = st.selectbox(
        texts("scenarios_page.y_axis"),
        axes,
        format_func=lambda name: indicator_name(measured[name], texts),
        key="curve_shown",
    )
    st.altair_chart(_chart(texts, points, measured[shown]), width="stretch", height=280)
    which, keep = st.columns([3, 1], vertical_alignment="bottom")
    at = which.selectbox(
        texts("scenarios_page.keep_point"),
        range(len(points)),
        format_func=lambda place: _say_point(texts, points[place]),
        key="curve_keep",
    )
    if keep.button(texts("scenarios_page.do_fork"), key="curve_fork", width="stretch"):
        name = f"{state.scenario} {points[at].value:g}"
        tree.fork_scenario(project, state.scenario, name)
        tree.set_levers(project, name, points[at].levers)
        change_state(scenario=name)
        start_answers(project, [name])
        st.rerun()


def _say_point(texts: Texts, point: Point) -> str:
    """Name a point by its value, and by its lever where it is one."""
    said = [lever_sentence(lever, texts, {}) for lever in point.levers[:1]]
    alone = len(point.levers) == 1 and point.levers[0].name != "n_grids"
    return said[0] if alone else f"{point.value:g}"


def _chart(texts: Texts, points: Sequence[Point], shown: Indicator) -> alt.Chart:
    frame = pd.DataFrame({"x": [point.value for point in points], "y": shown.amounts}).dropna()
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_line(point=True)
        .encode(
            x=alt.X("x:Q", title=texts("scenarios_page.lever_of"), scale=alt.Scale(zero=False)),
            y=alt.Y("y:Q", title=indicator_name(shown, texts), scale=alt.Scale(zero=False)),
            tooltip=["x", "y"],
        )
    )
    return chart


def _title(texts: Texts, template: str) -> str:
    """Name what a template varies."""
    head = template.partition("=")[0]
    lever, _, key = head.partition(".")
    if lever == "rule":
        return texts(f"rules.name.{key}")
    if lever == "weight":
        return f"{texts('levers.weight.title')} · {texts(f'grids_page.cost.{key}.name')}"
    return texts(f"levers.{lever}.title")
