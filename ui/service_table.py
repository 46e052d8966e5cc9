"""Draw a table of services: numbers to the right with separators, what is not counted as no data."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from exports.service_table import Column, Table
from ui.tables import fitted_height, mark_row
from ui.texts.catalog import Texts

_MOST_ROWS = 14


def draw_table(texts: Texts, table: Table) -> None:
    """Draw a table as high as its rows."""
    st.dataframe(table_rows(table), **_looks(texts, table))


def draw_pick_table(
    texts: Texts,
    table: Table,
    ids: Sequence[str],
    chosen: str | None,
    on_pick: Callable[[str | None], None],
) -> None:
    """Draw a table of which one row can be marked; `on_pick` gets the id of the row a person picks."""
    key, picked = mark_row(f"table_{table.name}", ids, chosen, on_pick)
    st.dataframe(
        table_rows(table), key=key, on_select=picked, selection_mode="single-row", **_looks(texts, table)
    )


def _looks(texts: Texts, table: Table) -> dict[str, Any]:
    return {
        "hide_index": True,
        "height": fitted_height(len(table.rows), _MOST_ROWS),
        "placeholder": texts("staff.no_data"),
        "column_config": {str(at): _look(column) for at, column in enumerate(table.columns)},
    }


def _look(column: Column) -> Any:  # noqa: ANN401 - Streamlit's columns have no common type
    if column.kind == "text":
        return st.column_config.TextColumn(column.title, width="large" if column.width >= 30 else None)
    number = st.column_config.NumberColumn
    return number(column.title, format="localized" if column.kind == "count" else f"%.{column.digits}f")


def table_rows(table: Table) -> pd.DataFrame:
    """Give the rows with the types that their columns are drawn by; columns are named by their position."""
    kinds = {"text": "object", "count": "Int64", "decimal": "Float64"}
    return pd.DataFrame(
        {
            str(at): pd.array([row[at] for row in table.rows], dtype=kinds[column.kind])
            for at, column in enumerate(table.columns)
        }
    )
