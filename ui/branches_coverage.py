"""Coverage on the page of branches: what the map is coloured by, and the table with every denominator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import pandas as pd
import streamlit as st

from scenarios.branches.values import CoverageRow
from ui.branches_words import MEASURES, Measure, coverage_name, coverage_said
from ui.tables import fitted_height
from ui.texts.catalog import Texts

Scope = Literal["community", "sector", "grid"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
_DECISION = "decision"
_KEY = "gridplan_coverage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Colouring:
    """What the map is coloured by: a measure of coverage, None for the proposal; and of what."""

    measure: Measure | None = None
    scope: Scope = "community"


def read_colouring() -> Colouring:
    """Give what the visitor chose; it outlives a change of page."""
    kept = st.session_state.get(_KEY)
    return kept if isinstance(kept, Colouring) else Colouring()


def draw_colouring(texts: Texts, *, enabled: bool) -> Colouring:
    """Draw the choice above the map."""
    now = read_colouring()
    left, right = st.columns([3, 1], gap="small")
    st.session_state["branches_measure"] = now.measure or _DECISION
    with left:
        st.selectbox(
            texts("branches.colour_by"),
            (_DECISION, *MEASURES),
            key="branches_measure",
            format_func=lambda name: texts("branches.colour", name=texts(f"branches.measure.{name}")),
            label_visibility="collapsed",
            disabled=not enabled,
            on_change=_keep,
        )
    st.session_state["branches_scope"] = now.scope
    with right:
        st.selectbox(
            texts("branches.column.key"),
            SCOPES,
            key="branches_scope",
            format_func=lambda name: texts(f"branches.scope.{name}"),
            label_visibility="collapsed",
            disabled=now.measure is None or not enabled,
            on_change=_keep,
        )
    return now


def _keep() -> None:
    measure = st.session_state["branches_measure"]
    st.session_state[_KEY] = Colouring(
        measure=None if measure == _DECISION else measure, scope=st.session_state["branches_scope"]
    )


def draw_coverage(texts: Texts, rows: Sequence[CoverageRow], names: Mapping[str, str]) -> None:
    """Draw coverage by community, line of work or grid, with the line of all."""
    scope = st.segmented_control(
        texts("branches.column.key"),
        SCOPES,
        default=SCOPES[0],
        format_func=lambda name: texts(f"branches.scope.{name}"),
        key="coverage_scope",
        label_visibility="collapsed",
    )
    shown = [row for row in rows if row.scope in ("all", scope or SCOPES[0])]
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    titles: dict[str, Any] = {"key": text(texts("branches.column.key"))}
    for name in ("operating", "own_today", "joint_today"):
        titles[name] = number(texts(f"branches.column.{name}"))
    for measure in MEASURES:
        titles[measure] = text(texts(f"branches.measure.{measure}"), alignment="right")
    st.dataframe(
        coverage_rows(texts, shown, names),
        hide_index=True,
        height=fitted_height(len(shown), 10),
        placeholder=texts("branches.no_data"),
        column_config=titles,
    )
    st.caption(texts("branches.coverage_note"))


def coverage_rows(texts: Texts, rows: Sequence[CoverageRow], names: Mapping[str, str]) -> pd.DataFrame:
    """Give coverage as rows for reading, each share with its numerator and denominator."""
    columns: dict[str, Any] = {
        "key": [coverage_name(texts, row, names) for row in rows],
        "operating": [row.operating for row in rows],
        "own_today": pd.array([row.own_today if row.recorded else None for row in rows], "Int64"),
        "joint_today": pd.array([row.joint_today if row.recorded else None for row in rows], "Int64"),
    }
    for measure in MEASURES:
        columns[measure] = [coverage_said(texts, row, measure) for row in rows]
    return pd.DataFrame(columns)
