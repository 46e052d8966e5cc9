"""Who changes grid: one row for each pair of today's grid and the grid that takes households from it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from geo.crs import metric_crs
from scenarios import store
from scenarios.build import todays_grid
from scenarios.outcome import Outcome
from scenarios.stability import list_moves
from ui import workspace
from ui.tables import table_key
from ui.texts.catalog import Texts


def load_today(project: Path, scenario: str) -> pd.Series:
    """Give the code of today's grid of each cell id, None where there is none; read once per version."""
    return _today(str(project), store.project_digest(project), scenario)


def load_moves(project: Path, scenario: str, token: str, outcome: Outcome) -> pd.DataFrame:
    """List who changes grid in a plan; worked out once for each token, which differs between plans."""
    return _moves(str(project), scenario, token, outcome)


def draw_moves(texts: Texts, outcome: Outcome, moves: pd.DataFrame, on_pick: Callable[[str], None]) -> None:
    """Draw who changes grid; `on_pick` gets the new grid of the row picked."""
    if moves.empty:
        st.caption(texts("moves.nobody"))
        return
    moves = moves.sort_values("households", ascending=False)
    grids = [str(code) for code in moves["to_grid"]]

    key = table_key("moves_table", [f"{a} {b}" for a, b in zip(moves["from_grid"], grids, strict=True)])

    def _picked() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows:
            on_pick(grids[rows[0]])

    st.caption(
        texts(
            "moves.total", households=int(moves["households"].sum()), residents=int(moves["residents"].sum())
        )
    )
    st.dataframe(
        move_rows(outcome, moves),
        key=key,
        on_select=_picked,
        selection_mode="single-row",
        hide_index=True,
        height=245,
        column_config=_columns(texts),
    )


def move_rows(outcome: Outcome, moves: pd.DataFrame) -> pd.DataFrame:
    """Give the moves as a table for reading, with the communities' names."""
    names = dict(zip(outcome.communities["code"], outcome.communities["name"], strict=True))
    return pd.DataFrame(
        {
            "community": [str(names.get(code) or code) for code in moves["community_code"]],
            "from_grid": moves["from_grid"].to_numpy(),
            "to_grid": moves["to_grid"].to_numpy(),
            "households": moves["households"].to_numpy(),
            "residents": moves["residents"].to_numpy(),
        }
    )


def _columns(texts: Texts) -> dict[str, Any]:
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    return {
        "community": text(texts("grids_page.column.community")),
        "from_grid": text(texts("moves.from_grid"), width="medium"),
        "to_grid": text(texts("moves.to_grid"), width="medium"),
        "households": number(texts("grids_page.column.households"), format="localized"),
        "residents": number(texts("grids_page.column.residents"), format="localized"),
    }


@st.cache_resource(show_spinner=False, max_entries=8)
def _today(path: str, digest: str, scenario: str) -> pd.Series:  # noqa: ARG001  # the digest is part of the key
    outcome = workspace.load_outcome(Path(path), scenario)
    if outcome is None:
        return pd.Series([], dtype=object)
    cells = outcome.cells.to_crs(metric_crs(outcome.cells))
    today = todays_grid(workspace.load_layers(Path(path)), cells)
    return today.set_axis(cells["cell_id"])


@st.cache_resource(show_spinner=False, max_entries=16)
def _moves(path: str, scenario: str, token: str, _outcome: Outcome) -> pd.DataFrame:  # noqa: ARG001  # part of the key
    return list_moves(_outcome.cells.set_index("cell_id"), load_today(Path(path), scenario))
