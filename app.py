"""The app's front door: `streamlit run app.py`, or `gridplan app`."""

from pathlib import Path

import streamlit as st

from pages import branches, centres, data, export, grids, history, scenarios, today
from ui import frame
from ui.boundary import boundary
from ui.texts.catalog import Texts

_ICON = Path(__file__).parent / "ui" / "static" / "icon.svg"
# Address of a page → how it is drawn, and the key of its title; in the order of the work. No bare string says
# so: Streamlit would write it on the page.
_PAGES = {
    "today": (today.render, "today.title"),
    "data": (data.render, "data_page.title"),
    "grids": (grids.render, "grids_page.title"),
    "branches": (branches.render, "branches.title"),
    "centres": (centres.render, "centres.title"),
    "scenarios": (scenarios.render, "scenarios_page.title"),
    "history": (history.render, "history.title"),
    "export": (export.render, "export_page.title"),
}


def main() -> None:
    """Draw the frame and the page asked for."""
    state = frame.settle()
    texts = Texts(state.language)
    pages = {
        name: st.Page(render, url_path=name, title=texts(title)) for name, (render, title) in _PAGES.items()
    }
    # The default page has no address of its own, so it only points on: every real page keeps its deep link.
    door = st.Page(lambda: None, url_path="start", title=texts("app.name"), default=True, visibility="hidden")
    page = st.navigation([door, *pages.values()], position="top")
    # Said after the navigation, which would otherwise let the browser fetch an icon from another host.
    st.set_page_config(page_title=f"{page.title} · {texts('app.name')}", page_icon=str(_ICON), layout="wide")
    if page == door:
        st.switch_page(pages["today" if state.project else "data"])
    with boundary(texts):
        frame.draw_top_line(texts)
        page.run()
        frame.draw_end(texts)


if __name__ == "__main__":
    main()
