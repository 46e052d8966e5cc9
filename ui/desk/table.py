"""The table under the map of a plan under adjustment: one row a grid, as it is now."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from scenarios.desk.desk import Desk
from scenarios.desk.measure import GridMeasures
from scenarios.desk.plan import DEDICATED, cells_of_grids
from scenarios.rules import GridRules
from ui.desk.session import desk_session
from ui.state import State, get_state, write_state
from ui.tables import band_mark, table_key
from ui.texts.catalog import Texts


def draw_desk_table(texts: Texts, state: State, desk: Desk) -> None:
    """Draw the grids of the community looked at, or all; picking a row chooses its cells on the map."""
    with st.expander(texts("grids_page.table"), expanded=True):
        items = [
            item
            for code, part in desk.measures.communities.items()
            if state.community in (None, code)
            for item in part.grids.values()
        ]
        items.sort(key=lambda item: item.code)
        codes = [item.code for item in items]
        key = table_key("desk_table", codes)
        st.dataframe(
            desk_rows(texts, desk, items),
            key=key,
            on_select=lambda: _pick(key, codes),
            selection_mode="single-row",
            hide_index=True,
            height=280,
            column_config=_columns(texts),
        )


def desk_rows(texts: Texts, desk: Desk, items: Sequence[GridMeasures]) -> pd.DataFrame:
    """Give grids as a table for reading."""
    names, rules = desk.ground.community_names, desk.rules
    return pd.DataFrame(
        {
            "code": [item.code for item in items],
            "name": [desk.plan.grids[item.code].name for item in items],
            "community": [names.get(item.community_code, item.community_code) for item in items],
            "households": [item.households for item in items],
            "residents": [item.residents for item in items],
            "cells": [item.n_cells for item in items],
            "in_band": [size_mark(texts, desk, item, rules) for item in items],
            "pieces": [piece_mark(texts, item) for item in items],
            "moved": [item.moved for item in items],
        }
    )


def size_mark(texts: Texts, desk: Desk, item: GridMeasures, rules: GridRules) -> str:
    """Tell whether a grid's size keeps the rule, in a word; a dedicated one need not."""
    if desk.plan.grids[item.code].kind == DEDICATED:
        return texts("desk.dedicated")
    return band_mark(texts, item.households, rules.min_households, rules.max_households)


def piece_mark(texts: Texts, item: GridMeasures) -> str:
    """Tell whether a grid hangs together, in a word."""
    return texts("desk.whole") if item.contiguous else texts("desk.pieces", n=item.n_pieces)


def _pick(key: str, codes: Sequence[str]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    session, state = desk_session(), get_state()
    if not rows or session.desk is None:
        return
    code = codes[rows[0]]
    cells = tuple(cells_of_grids(session.desk.plan.grid_of_cell).get(code, ()))
    session.choose(cells)
    write_state(state.looking_at("cells", *cells))


def _columns(texts: Texts) -> dict[str, Any]:
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    return {
        "code": text(texts("grids_page.column.code"), width="medium"),
        "name": text(texts("desk.column.name")),
        "community": text(texts("grids_page.column.community")),
        "households": number(texts("grids_page.column.households"), format="localized"),
        "residents": number(texts("grids_page.column.residents"), format="localized"),
        "cells": number(texts("desk.column.cells"), format="localized"),
        "in_band": text(texts("grids_page.column.in_band")),
        "pieces": text(texts("desk.column.pieces")),
        "moved": number(texts("desk.column.moved"), format="localized"),
    }
