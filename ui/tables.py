"""Tables under the map: one row a grid, one row a fault, one row a layer."""

import zlib
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from geo.layers import Fault, Layers
from scenarios.outcome import Outcome
from ui.boundary import escape_markdown
from ui.messages import fault_text, layer_name
from ui.texts.catalog import Texts

_MOST_FAULTS = 200
_ROW_PX = 35
_HEAD_PX = 38


def draw_grid_table(
    texts: Texts,
    outcome: Outcome,
    community: str | None,
    selected: str | None,
    on_pick: Callable[[str | None], None],
    *,
    kept: frozenset[str] = frozenset(),
) -> None:
    """Draw the grids, of one community or of all; `on_pick` gets the code of the row a person picks.

    `kept` holds the codes of grids that a person fixed, whose size is theirs.
    """
    grids = outcome.grids
    if community is not None:
        grids = grids[grids["community_code"] == community]
    codes = [str(code) for code in grids["code"]]
    draw_rows(
        "grid_table",
        grid_rows(texts, outcome, grids, kept),
        codes,
        selected,
        on_pick,
        height=280,
        column_config=_grid_columns(texts),
    )


def draw_rows(
    name: str,
    rows: pd.DataFrame,
    ids: Sequence[str],
    chosen: str | None,
    on_pick: Callable[[str | None], None],
    **looks: Any,  # noqa: ANN401 - handed on to Streamlit
) -> None:
    """Draw a table of which one row can be marked; `on_pick` gets the id of the row a person picks.

    The state is the truth: a click on the map marks the row by the same way.
    """
    key = table_key(name, ids)

    def picked() -> None:
        found = st.session_state[key]["selection"]["rows"]
        on_pick(ids[found[0]] if found else None)

    marked = [ids.index(chosen)] if chosen in ids else []
    st.session_state[key] = {"selection": {"rows": marked, "columns": [], "cells": []}}
    st.dataframe(rows, key=key, on_select=picked, selection_mode="single-row", hide_index=True, **looks)


def fitted_height(n_rows: int, most: int) -> int:
    """Give the height of a table that shows its rows, up to so many, and no empty ones (pixels)."""
    return _HEAD_PX + _ROW_PX * min(max(n_rows, 1), most)


def table_key(name: str, rows: Sequence[str]) -> str:
    """Name a table by what its rows are: a row picked in one list must never count in another."""
    return f"{name}_{zlib.crc32(chr(10).join(rows).encode())}"


def grid_rows(
    texts: Texts, outcome: Outcome, grids: pd.DataFrame, kept: frozenset[str] = frozenset()
) -> pd.DataFrame:
    """Give the grids as a table for reading: columns in the reader's order, areas in hectares."""
    names = dict(zip(outcome.communities["code"], outcome.communities["name"], strict=True))
    low, high = outcome.rules.get("min_households"), outcome.rules.get("max_households")
    return pd.DataFrame(
        {
            "code": grids["code"].to_numpy(),
            "community": [str(names.get(code) or code) for code in grids["community_code"]],
            "households": grids["households"].to_numpy(),
            "residents": grids["residents"].to_numpy(),
            "area": grids["area_m2"].to_numpy() / 10_000,
            "polsby_popper": grids["polsby_popper"].to_numpy(),
            "in_band": [
                texts("locks.by_hand_short")
                if code in kept and not inside
                else band_mark(texts, households, low, high)
                for code, inside, households in zip(
                    grids["code"], grids["in_band"], grids["households"], strict=True
                )
            ],
        }
    )


def band_mark(texts: Texts, households: float, low: object, high: object) -> str:
    """Tell whether a grid's households are within the limits, in a word that survives a grey printer."""
    if isinstance(low, int | float) and households < low:
        return texts("grids_page.band.below")
    if isinstance(high, int | float) and households > high:
        return texts("grids_page.band.above")
    return texts("grids_page.band.inside")


def _grid_columns(texts: Texts) -> dict[str, Any]:
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    return {
        "code": text(texts("grids_page.column.code"), width="medium"),
        "community": text(texts("grids_page.column.community")),
        "households": number(texts("grids_page.column.households"), format="localized"),
        "residents": number(texts("grids_page.column.residents"), format="localized"),
        "area": number(texts("grids_page.column.area"), format="%.1f"),
        "polsby_popper": number(
            texts("grids_page.column.polsby_popper"),
            format="%.2f",
            help=texts("grids_page.column.polsby_popper_help"),
        ),
        "in_band": text(texts("grids_page.column.in_band")),
    }


def draw_fault_table(texts: Texts, faults: Sequence[Fault]) -> None:
    """Draw what was found while reading, faults first: where, what, and how to mend it."""
    weight = {"fault": 0, "repair": 1, "notice": 2}
    ordered = sorted(faults, key=lambda fault: weight[fault.severity])
    # A plain table, because its cells wrap: a sentence cut off helps nobody.
    rows = pd.DataFrame([_fault_row(texts, fault) for fault in ordered[:_MOST_FAULTS]])
    titles = {name: _unbroken(texts(f"data_page.fault.{name}")) for name in rows.columns}
    st.table(rows.rename(columns=titles).set_index(titles["severity"]))
    if len(ordered) > _MOST_FAULTS:
        st.caption(texts("data_page.fault.more", n=len(ordered) - _MOST_FAULTS))


def _fault_row(texts: Texts, fault: Fault) -> dict[str, str]:
    said = fault_text(fault, texts)
    column = column_name(texts, fault.column) if fault.column else ""
    return {
        "severity": _unbroken(texts(f"data_page.fault.{fault.severity}")),
        "layer": escape_markdown(_unbroken(layer_title(texts, fault.layer))),
        "row": "" if fault.row is None else texts.number(fault.row),
        "column": escape_markdown(_unbroken(column)),
        "what": escape_markdown(said.what),
        "mend": escape_markdown(said.mend),
    }


def _unbroken(text: str) -> str:
    """Keep a short Chinese word on one line of a narrow column, where it would be cut after any character."""
    return "\N{WORD JOINER}".join(text)


def draw_layer_table(texts: Texts, layers: Layers) -> None:
    """Draw which layers a project holds: how many rows, and the households counted there."""
    rows = [
        {
            "layer": layer_title(texts, name),
            "rows": len(frame),
            "households": int(frame["households"].sum()) if "households" in frame else None,
        }
        for name, frame in layers.frames.items()
    ]
    number = st.column_config.NumberColumn
    st.dataframe(
        pd.DataFrame(rows).astype({"households": "Int64"}),
        hide_index=True,
        height=fitted_height(len(rows), len(rows)),
        placeholder="",
        column_config={
            "layer": st.column_config.TextColumn(texts("data_page.layer.name")),
            "rows": number(texts("data_page.layer.rows"), format="localized"),
            "households": number(texts("data_page.layer.households"), format="localized"),
        },
    )


def layer_title(texts: Texts, name: str) -> str:
    """Give a layer's name as a heading begins: with a capital where the language has them."""
    shown = layer_name(name, texts)
    return shown[:1].upper() + shown[1:]


def column_name(texts: Texts, column: str) -> str:
    """Give a column's name in the reader's language."""
    return texts(f"columns.{column}") if texts.has(f"columns.{column}") else column
