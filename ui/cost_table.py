"""What a plan costs: every cost in its own unit, for the marked grid, its community and all together."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from optimize.costs import COSTS
from scenarios.outcome import Outcome
from scenarios.settings import DEFAULT_WEIGHTS
from ui.texts.catalog import Texts

_DIGITS: Mapping[str, int] = {"ratio": 2, "institutions": 1}
"""Decimals by unit; whole numbers where none are given."""


def draw_costs(texts: Texts, outcome: Outcome, *, community: str | None, selected: str | None) -> None:
    """Draw the costs as a small table, folded away; those that weigh something come first."""
    rows = cost_rows(texts, outcome, community=community, selected=selected)
    if rows.empty:
        return
    with st.expander(texts("costs.title")):
        column = st.column_config.TextColumn
        st.dataframe(
            rows,
            hide_index=True,
            height="content",
            column_config={
                "cost": column(texts("costs.cost"), width=148),
                "grid": column(texts("costs.grid", code=(selected or "")[-3:]), alignment="right", width=78),
                "total": column(
                    texts("costs.community" if community is not None else "costs.all"),
                    alignment="right",
                    width=78,
                ),
                "weight": column(texts("costs.weight"), alignment="right", width=50),
            },
        )
        st.caption(texts("costs.note"))


def cost_rows(texts: Texts, outcome: Outcome, *, community: str | None, selected: str | None) -> pd.DataFrame:
    """Give name, total and weight of every cost, and the value for the marked grid if there is one."""
    grids = outcome.grids
    if community is not None:
        grids = grids[grids["community_code"] == community]
    marked = outcome.grids[outcome.grids["code"] == selected]
    weights = outcome.weights or DEFAULT_WEIGHTS
    known = [name for name in COSTS if f"cost_{name}" in grids.columns and len(grids)]
    rows = []
    for name in sorted(known, key=lambda name: not weights.get(name)):
        unit = COSTS[name].unit
        row = {"cost": texts(f"costs.short.{name}")}
        if len(marked):
            row["grid"] = _written(texts, marked[f"cost_{name}"].iloc[0], unit)
        row["total"] = _written(texts, grids[f"cost_{name}"].sum(min_count=1), unit)
        row["weight"] = texts.number(weights[name], 1) if weights.get(name) else "–"
        rows.append(row)
    return pd.DataFrame(rows)


def _written(texts: Texts, value: float, unit: str) -> str:
    """Write a value with its unit; an index has none."""
    if pd.isna(value):
        return "–"
    number = texts.number(float(value), _DIGITS.get(unit, 0))
    return number if unit == "ratio" else f"{number} {texts(f'grids_page.cost_unit.{unit}')}"
