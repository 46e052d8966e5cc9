"""One lever over a range: the form, the curve, and the plans behind its points."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import altair as alt
import pandas as pd
import streamlit as st

from exports.texts import scenario_title
from scenarios import tree
from scenarios.comparison.indicators import Indicator, measure
from scenarios.comparison.sensitivity import Point, levers_at, spread, vary
from scenarios.levers.causes import place_names
from scenarios.levers.stand import stand
from scenarios.propose import Progress
from ui import workspace
from ui.boundary import escape_markdown, show_error
from ui.jobs import Work, all_jobs, all_workers
from ui.scenarios_jobs import start_answers
from ui.scenarios_pair import compared, show_point
from ui.scenarios_words import indicator_name, lever_sentence
from ui.services_data import load_services
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
    "budget={x}",
    "unit_cost.pay_worker_yuan={x}",
    "rule.workers_per_10000={x}",
    "rule.service_area_per_100_m2={x}",
)
_STARTS = {
    "rule": (400.0, 600.0, 50.0),
    "weight": (0.0, 2.0, 0.5),
    "keep_today": (5.0, 40.0, 5.0),
    "workers": (-2.0, 4.0, 1.0),
    "unit_cost": (60_000.0, 100_000.0, 10_000.0),
    "rule.workers_per_10000": (15.0, 21.0, 1.0),
    "rule.service_area_per_100_m2": (20.0, 40.0, 5.0),
}
_SHOWN = (
    "households_moved", "n_grids", "objective", "compounds_split", "off_target", "polsby_popper",
    "workers_short", "households_per_grid_worker", "service_area_short_m2", "money_year",
    "budget_short", "budget_left", "budget_posts", "budget_area_m2",
)  # fmt: skip
_FIRST_SHOWN = {
    "budget": "budget_short",
    "unit_cost": "money_year",
    "rule.workers_per_10000": "workers_short",
    "rule.service_area_per_100_m2": "service_area_short_m2",
}
"""What a lever is most likely asked for; else who changes grid."""
_ROUND_YUAN = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A finished curve, and what was varied for it."""

    template: str
    points: tuple[Point, ...]


def draw_curve(texts: Texts, state: State, project: Path) -> None:
    """Draw the form, and the curve once it is worked out."""
    key = ("curve", str(project), state.scenario)
    job = all_jobs().find(key)
    if job is not None and job.view().state == "running":
        _watch(texts.language, key)
        return
    last = job.view().answer if job is not None else None
    _draw_form(texts, state, project, key, last.template if isinstance(last, Curve) else "")
    if job is None:
        return
    view = job.view()
    if view.error is not None:
        show_error(texts, view.error)
    elif isinstance(view.answer, Curve) and view.answer.points:
        _draw_points(texts, state, project, view.answer)


def _draw_form(texts: Texts, state: State, project: Path, key: tuple[str, ...], last: str) -> None:
    kinds = [kind for kind in _KINDS if state.community is not None or "{community}" not in kind]
    # While a curve is worked out the form is gone, and its widgets forget: the finished one names its lever.
    varied = [kind.replace("{community}", state.community or "") for kind in kinds]
    index = varied.index(last) if last in varied else 0
    chosen, low, high, step, go = st.columns([3, 1, 1, 1, 1.2], vertical_alignment="bottom")
    kind = chosen.selectbox(
        texts("scenarios_page.lever_of"),
        kinds,
        index=index,
        format_func=lambda item: _title(texts, item),
        key="curve_of",
    )
    start = _start_of(project, state.scenario, kind)
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

    def run(stop: Callable[[], bool], on_progress: Callable[[Progress], None]) -> Curve:
        points = vary(project, name, template, values, stop=stop, on_progress=on_progress, workers=workers)
        return Curve(template=template, points=points)

    return run


def _draw_points(texts: Texts, state: State, project: Path, curve: Curve) -> None:
    points, title = curve.points, _title(texts, curve.template, _community_names(project))
    measured = _measured(points)
    axes = [
        name for name in _SHOWN if name in measured and any(v is not None for v in measured[name].amounts)
    ]
    st.markdown(f"**{escape_markdown(texts('scenarios_page.curve_of', name=title))}**")
    shown = st.selectbox(
        texts("scenarios_page.y_axis"),
        axes,
        index=axes.index(first_shown(curve.template, axes)),
        format_func=lambda name: indicator_name(measured[name], texts),
        key=f"curve_shown_{curve.template}",
    )
    st.altair_chart(_chart(texts, points, measured[shown], title), width="stretch", height=260)
    which, keep = st.columns([3, 1], vertical_alignment="bottom")
    at = which.selectbox(
        texts("scenarios_page.keep_point"),
        range(len(points)),
        format_func=lambda place: _say_point(texts, points[place]),
        key="curve_keep",
    )
    if keep.button(texts("scenarios_page.do_fork"), key="curve_fork", width="stretch"):
        name = f"{scenario_title(texts, state.scenario)} {title} {texts.number(points[at].value, 2)}"
        tree.fork_scenario(project, state.scenario, name, author=state.author)
        tree.set_levers(project, name, points[at].levers)
        change_state(scenario=name)
        start_answers(project, [name], state.author)
        st.rerun()
    _draw_plan(texts, state, project, points[at])


def _draw_plan(texts: Texts, state: State, project: Path, point: Point) -> None:
    """Draw the plan behind a point beside the scenario as it is: what differs, on a map and in words."""
    with st.expander(texts("scenarios_page.open_point", name=_say_point(texts, point))):
        own = workspace.load_outcome(project, state.scenario)
        if own is None or not st.toggle(texts("scenarios_page.show_plan"), key="curve_plan"):
            return
        found = compared(own, point.outcome)
        st.caption(texts("scenarios_page.moved_of_point", n=found.households_moved))
        show_point(texts, project, own, point, key=f"curve_map_{point.value:g}")


def first_shown(template: str, axes: Sequence[str]) -> str:
    """Give the indicator that a curve shows first."""
    head = template.partition("=")[0]
    wished = _FIRST_SHOWN.get(head) or _FIRST_SHOWN.get(head.partition(".")[0], axes[0])
    return wished if wished in axes else axes[0]


def _measured(points: Sequence[Point]) -> dict[str, Indicator]:
    found = measure([point.outcome for point in points], [point.services for point in points])
    return {item.name: item for item in found}


def _start_of(project: Path, scenario: str, kind: str) -> tuple[float, float, float]:
    """Give the range that a form begins with; a budget is varied about what the year needs."""
    head = kind.partition("=")[0]
    if head == "budget":
        needed = load_services(project, scenario).money.total.yuan
        step = max(1, round(needed / 10 / _ROUND_YUAN)) * _ROUND_YUAN
        middle = round(needed / _ROUND_YUAN) * _ROUND_YUAN
        return float(max(0, middle - 2 * step)), float(middle + 2 * step), float(step)
    return _STARTS.get(head, _STARTS.get(head.partition(".")[0], (2.0, 8.0, 1.0)))


def _community_names(project: Path) -> dict[str, str]:
    return place_names(stand(project))


def _say_point(texts: Texts, point: Point) -> str:
    """Name a point by its value, and by its lever where it is one."""
    said = [lever_sentence(lever, texts, {}) for lever in point.levers[:1]]
    alone = len(point.levers) == 1 and point.levers[0].name != "n_grids"
    return said[0] if alone else f"{point.value:g}"


def _chart(texts: Texts, points: Sequence[Point], shown: Indicator, title: str) -> alt.Chart:
    frame = pd.DataFrame({"x": [point.value for point in points], "y": shown.amounts}).dropna()
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_line(point=True)
        .encode(
            x=alt.X("x:Q", title=title, scale=alt.Scale(zero=False)),
            y=alt.Y("y:Q", title=indicator_name(shown, texts), scale=alt.Scale(zero=False)),
            tooltip=["x", "y"],
        )
    )
    return chart


def _title(texts: Texts, template: str, names: Mapping[str, str] | None = None) -> str:
    """Name what a template varies; `names` gives communities' names by their codes."""
    head = template.partition("=")[0]
    lever, _, key = head.partition(".")
    if lever == "rule":
        return texts(f"rules.name.{key}")
    if lever == "weight":
        return f"{texts('levers.weight.title')} · {texts(f'grids_page.cost.{key}.name')}"
    if lever == "unit_cost":
        return texts(f"rules.name.{key}")
    title = texts(f"levers.{lever}.title")
    return f"{names.get(key, key)} · {title}" if names and key else title
