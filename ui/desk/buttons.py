"""Buttons that wish for an edit: the next run of the page makes it."""

from collections.abc import Callable, Mapping

import streamlit as st

from ui.desk.session import desk_session
from ui.texts.catalog import Texts


def wish_button(texts: Texts, name: str, edit: str, facts: Mapping[str, object]) -> None:
    """Draw the button `desk.NAME`, with its help, that wishes for an edit."""
    st.button(
        texts(f"desk.{name}"),
        key=f"desk_{name}",
        help=texts(f"desk.{name}_help"),
        width="stretch",
        on_click=desk_session().wish_for,
        args=(edit, facts),
    )


def draw_answer(
    texts: Texts, name: str, wish: tuple[str, Mapping[str, object]], leave: Callable[[], None]
) -> None:
    """Ask whether an offer that the map shows is taken, which is a wish, or left."""
    yes, no = st.columns(2, gap="small")
    yes.button(
        texts("desk.take"),
        key=f"desk_{name}_take",
        type="primary",
        width="stretch",
        on_click=desk_session().wish_for,
        args=wish,
    )
    no.button(texts("desk.leave"), key=f"desk_{name}_leave", width="stretch", on_click=leave)
