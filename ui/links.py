"""Go from one page to another."""

import streamlit as st
from streamlit.errors import StreamlitAPIException


def go_to(page: str) -> None:
    """Go to a page by the last part of its address; the visitor's choices stay.

    Where the app has no such page, to the one with the data.
    """
    # A page is known by its address alone: the one that the app has registered answers.
    try:
        st.switch_page(st.Page(_nothing, url_path=page))
    except StreamlitAPIException:
        st.switch_page(st.Page(_nothing, url_path="data"))


def _nothing() -> None:
    """Stand in for a page that is drawn elsewhere."""
