"""Draw a table of services: numbers to the right with separators, what is not counted as no data."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from exports.letters import ems
from exports.service_table import Column, Table
from ui.tables import draw_rows, fitted_height
from ui.texts.catalog import Texts

_MOST_ROWS = 14
_PAGE_PX = 1150
_MOST_PX = 420
_PAD_PX = 26


def choose_view(texts: Texts, area: str, views: Sequence[str]) -> str:
    """Draw the choice between the tables of an area; the first is shown to begin with."""
    view = st.segmented_control(
        texts(f"{area}.title"),
        views,
        default=views[0],
        format_func=lambda name: texts(f"{area}.view.{name}"),
        key=f"{area}_view",
        label_visibility="collapsed",
    )
    return view or views[0]


def draw_table(texts: Texts, table: Table) -> None:
    """Draw a table as high as its rows."""
    st.dataframe(table_rows(table), hide_index=True, **_looks(texts, table))


def draw_pick_table(
    texts: Texts,
    table: Table,
    ids: Sequence[str],
    chosen: str | None,
    on_pick: Callable[[str | None], None],
) -> None:
    """Draw a table of which one row can be marked; `on_pick` gets the id of the row a person picks."""
    draw_rows(f"table_{table.name}", table_rows(table), ids, chosen, on_pick, **_looks(texts, table))


def _looks(texts: Texts, table: Table) -> dict[str, Any]:
    return {
        "height": fitted_height(len(table.rows), _MOST_ROWS),
        "placeholder": texts("staff.no_data"),
        "column_config": {
            str(at): _look(column, width)
            for at, (column, width) in enumerate(zip(table.columns, _widths(table), strict=True))
        },
    }


def _look(column: Column, width: int | None) -> Any:  # noqa: ANN401 - Streamlit's columns have no common type
    if column.kind == "text":
        return st.column_config.TextColumn(column.title, width=width)
    form = "localized" if column.kind == "count" else f"%.{column.digits}f"
    return st.column_config.NumberColumn(column.title, width=width, format=form)


def _widths(table: Table) -> list[int | None]:
    """Give each column the width of its title and longest value, where the table is too wide for the page.

    Left to itself the browser would cut titles before it lets the table scroll.
    """
    cells = [[column.title, *_said(table, at)] for at, column in enumerate(table.columns)]
    widths = [round(min(_MOST_PX, _PAD_PX + max(map(_length_px, texts)))) for texts in cells]
    return list(widths) if sum(widths) > _PAGE_PX else [None] * len(widths)


def _said(table: Table, at: int) -> list[str]:
    values = [row[at] for row in table.rows]
    return [str(value or "")[:80] if isinstance(value, str | None) else f"{value:,.1f}" for value in values]


def _length_px(text: str) -> float:
    return 15.2 * ems(text, narrow=0.49)


def table_rows(table: Table) -> pd.DataFrame:
    """Give the rows with the types that their columns are drawn by; columns are named by their position."""
    kinds = {"text": "object", "count": "Int64", "decimal": "Float64"}
    return pd.DataFrame(
        {
            str(at): pd.array([row[at] for row in table.rows], dtype=kinds[column.kind])
            for at, column in enumerate(table.columns)
        }
    )
