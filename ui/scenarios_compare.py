"""Scenarios side by side: maps that move together, what differs, indicators, who moves and why, trade-off."""

from collections.abc import Sequence
from pathlib import Path

import altair as alt
import pandas as pd
import streamlit as st

from exports.texts import scenario_title
from scenarios import store
from scenarios.comparison.compare import Comparison
from scenarios.comparison.document import MOST
from scenarios.comparison.indicators import Indicator, measure
from scenarios.outcome import Outcome
from scenarios.tree import Node
from ui import workspace
from ui.boundary import escape_markdown
from ui.scenarios_pair import compared, difference_sentences, show_difference, show_side, unmet_lines
from ui.scenarios_words import grid_name, indicator_name, indicator_value
from ui.services_data import load_indicators
from ui.state import State
from ui.texts.catalog import Texts

_CHOSEN = "scenarios_compared"
_VIEWS = ("maps", "difference", "indicators", "changes", "why", "chart")
_HEIGHT = 400
_AXES = ("households_moved", "objective", "n_grids", "polsby_popper", "off_target", "compounds_split")


def draw_compare(texts: Texts, state: State, project: Path, nodes: Sequence[Node]) -> None:
    """Draw the comparison of the scenarios chosen."""
    chosen = _choose(texts, state, nodes)
    if len(chosen) < 2:
        st.info(texts("scenarios_page.choose_two"))
        return
    outcomes = [workspace.load_outcome(project, name) for name in chosen]
    found = [outcome for outcome in outcomes if outcome is not None]
    view = st.segmented_control(
        texts("scenarios_page.compare"),
        _VIEWS,
        default=_VIEWS[0],
        format_func=lambda name: texts(f"scenarios_page.{name}"),
        key="compare_view",
        label_visibility="collapsed",
    )
    first = found[0]
    if view == "maps":
        _draw_maps(texts, project, found)
    elif view == "indicators":
        _draw_indicators(texts, project, found)
    elif view == "chart":
        _draw_chart(texts, project, [node.name for node in nodes if not node.archived], chosen)
    elif view in ("difference", "changes", "why"):
        for other in found[1:]:
            _draw_pair(texts, project, first, other, view)


def _choose(texts: Texts, state: State, nodes: Sequence[Node]) -> list[str]:
    known = [node.name for node in nodes if not node.archived]
    kept = [name for name in st.session_state.get(_CHOSEN, []) if name in known]
    if not kept:
        node = next((item for item in nodes if item.name == state.scenario), None)
        pair = [node.parent, node.name] if node is not None and node.parent else known[:2]
        kept = [name for name in pair if name in known]
    chosen = st.multiselect(
        texts("scenarios_page.pick"),
        known,
        default=kept,
        max_selections=MOST,
        format_func=lambda name: scenario_title(texts, name),
        key=f"compare_pick_{'|'.join(known)}",
    )
    st.session_state[_CHOSEN] = list(chosen)
    return list(chosen)


def _draw_maps(texts: Texts, project: Path, outcomes: Sequence[Outcome]) -> None:
    for at, column in enumerate(st.columns(len(outcomes), gap="small")):
        outcome = outcomes[at]
        with column:
            st.caption(escape_markdown(scenario_title(texts, outcome.scenario)))
            show_side(
                texts,
                project,
                outcome,
                outcomes[0],
                key=f"compare_map_{at}_{len(outcomes)}",
                height=_HEIGHT,
            )


def _draw_pair(texts: Texts, project: Path, first: Outcome, second: Outcome, view: str) -> None:
    found = compared(first, second)
    facts = {
        "first": scenario_title(texts, first.scenario),
        "second": scenario_title(texts, second.scenario),
        "n": found.households_moved,
    }
    st.markdown(f"**{escape_markdown(texts('scenarios_page.moved_total', **facts))}**")
    if view == "difference":
        key = f"difference_{second.scenario}"
        show_difference(texts, project, first, second, key=key, height=_HEIGHT)
    elif view == "changes":
        _draw_changes(texts, first, second, found)
    else:
        for sentence in difference_sentences(texts, project, first, second):
            st.markdown(f"- {escape_markdown(sentence)}")


def _draw_indicators(texts: Texts, project: Path, outcomes: Sequence[Outcome]) -> None:
    services = [load_indicators(project, outcome.scenario) for outcome in outcomes]
    moved = [compared(outcomes[0], outcome).households_moved for outcome in outcomes]
    measured = measure(outcomes, services, moved)
    titles = [scenario_title(texts, outcome.scenario) for outcome in outcomes]
    rows = [_indicator_row(texts, item, titles) for item in measured]
    certificates = {
        title: texts(
            "scenarios_page.certificate",
            n=len(outcome.certificates),
            proven=sum(item.proven for item in outcome.certificates),
        )
        for title, outcome in zip(titles, outcomes, strict=True)
    }
    numbers = [name for name in rows[0] if name != texts("scenarios_page.indicator")]
    right = st.column_config.TextColumn(alignment="right")
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height=_HEIGHT,
        width="stretch",
        column_config=dict.fromkeys(numbers, right),
    )
    st.caption(escape_markdown(" · ".join(f"{title}: {said}" for title, said in certificates.items())))
    for title, outcome in zip(titles, outcomes, strict=True):
        for line in unmet_lines(texts, project, outcome):
            st.markdown(f"**{escape_markdown(f'{title} · {line}')}**")


def _indicator_row(texts: Texts, item: Indicator, titles: Sequence[str]) -> dict[str, str]:
    row = {texts("scenarios_page.indicator"): indicator_name(item, texts)}
    for at, title in enumerate(titles):
        row[title] = indicator_value(item.amounts[at], item.unit, texts)
        if at:
            difference = indicator_value(item.differences[at], item.unit, texts, signed=True)
            verdict = texts(f"compare.verdict.{item.verdicts[at]}")
            row[texts("scenarios_page.difference_of", name=title)] = difference
            row[texts("scenarios_page.verdict_of", name=title)] = verdict
    return row


def _draw_changes(texts: Texts, first: Outcome, second: Outcome, found: Comparison) -> None:
    home: dict[str, str] = {}
    names: dict[str, str] = {}
    for outcome in (first, second):
        home |= dict(zip(outcome.grids["code"], outcome.grids["community_code"], strict=True))
        names |= dict(zip(outcome.communities["code"], outcome.communities["name"], strict=True))
    column = {name: texts(f"scenarios_page.{name}") for name in ("community", "from_grid", "to_grid")}
    rows = []
    for flow in found.flows:
        community = str(home.get(flow.after or flow.before or "", ""))
        before, after = (
            "–" if code is None else grid_name(code, community, names) for code in (flow.before, flow.after)
        )
        if flow.before is not None and not found.keeps_code(flow.before):
            before = texts("compare.old_code", grid=before)
        rows.append(
            {
                column["community"]: str(names.get(community, "")),
                column["from_grid"]: before,
                column["to_grid"]: after,
                texts("scenarios_page.households"): flow.households,
                texts("scenarios_page.residents"): flow.residents,
            }
        )
    if rows:
        st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")


def _draw_chart(texts: Texts, project: Path, wanted: Sequence[str], chosen: Sequence[str]) -> None:
    names, indicators = _measured_all(str(project), store.project_digest(project), tuple(wanted))
    if not names:
        return
    measured = {item.name: item for item in indicators}
    axes = [name for name in _AXES if name in measured and None not in measured[name].amounts]
    left, right = st.columns(2)
    across = left.selectbox(
        texts("scenarios_page.x_axis"), axes, format_func=lambda name: indicator_name(measured[name], texts)
    )
    up = right.selectbox(
        texts("scenarios_page.y_axis"),
        axes,
        index=min(1, len(axes) - 1),
        format_func=lambda name: indicator_name(measured[name], texts),
    )
    frame = _chart_points(
        [scenario_title(texts, name) for name in names],
        [name in chosen for name in names],
        measured[across].amounts,
        measured[up].amounts,
        texts("common.comma"),
    )
    base = alt.Chart(frame).encode(
        x=alt.X("x:Q", title=indicator_name(measured[across], texts), scale=alt.Scale(zero=False)),
        y=alt.Y("y:Q", title=indicator_name(measured[up], texts), scale=alt.Scale(zero=False)),
    )
    points = base.mark_point(size=120, filled=True).encode(
        opacity=alt.condition("datum.chosen", alt.value(1.0), alt.value(0.35)), tooltip=["every", "x", "y"]
    )
    st.altair_chart(
        points + base.mark_text(dy=-12).encode(text="title"), width="stretch", height=_HEIGHT - 60
    )


def _chart_points(
    titles: Sequence[str],
    chosen: Sequence[bool],
    across: Sequence[float | None],
    up: Sequence[float | None],
    between: str,
) -> pd.DataFrame:
    """Give a point for every place on the chart; scenarios that share one share its label."""
    frame = pd.DataFrame({"title": titles, "x": across, "y": up, "chosen": chosen})
    grouped = frame.groupby(["x", "y"], as_index=False, sort=False)
    points = grouped.agg(
        title=("title", _join_titles), chosen=("chosen", "any"), every=("title", between.join)
    )
    return pd.DataFrame(points)


def _join_titles(titles: "pd.Series[str]") -> str:
    """Name at most two scenarios, and count the others."""
    shown = " / ".join(titles[:2])
    return shown if len(titles) <= 2 else f"{shown} +{len(titles) - 2}"


# Not by `workspace.load_outcome`: fifty outcomes would push those at hand off its shelf.
@st.cache_resource(show_spinner=False, max_entries=4)
def _measured_all(
    path: str,
    digest: str,  # noqa: ARG001 - part of the key
    names: tuple[str, ...],
) -> tuple[tuple[str, ...], tuple[Indicator, ...]]:
    """Measure all scenarios that have a plan, once for each version of the project's file."""
    found = [outcome for name in names if (outcome := store.read_outcome(Path(path), name)) is not None]
    return tuple(outcome.scenario for outcome in found), measure(found) if found else ()
