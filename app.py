"""The app's front door: `streamlit run app.py`, or `gridplan app`.

Imports stay inside `main`: worker processes of a proposal import this file again and need none of it.
"""


def main() -> None:
    """Draw the frame and the page asked for."""
    from pathlib import Path  # noqa: PLC0415 - see above

    import streamlit as st  # noqa: PLC0415 - see above

    from pages import data, grids  # noqa: PLC0415 - see above
    from ui import frame  # noqa: PLC0415 - see above
    from ui.boundary import boundary  # noqa: PLC0415 - see above
    from ui.texts.catalog import Texts  # noqa: PLC0415 - see above

    state = frame.settle()
    texts = Texts(state.language)
    pages = {
        "data": st.Page(data.render, url_path="data", title=texts("data_page.title")),
        "grids": st.Page(grids.render, url_path="grids", title=texts("grids_page.title")),
    }
    # The default page has no address of its own, so it only points on: every real page keeps its deep link.
    door = st.Page(lambda: None, url_path="start", title=texts("app.name"), default=True, visibility="hidden")
    page = st.navigation([door, *pages.values()], position="top")
    # Said after the navigation, which would otherwise let the browser fetch an icon from another host.
    icon = Path(__file__).parent / "ui" / "static" / "icon.svg"
    st.set_page_config(page_title=f"{page.title} · {texts('app.name')}", page_icon=str(icon), layout="wide")
    if page == door:
        st.switch_page(pages["grids" if state.project else "data"])
    with boundary(texts):
        frame.draw_top_line(texts)
        page.run()


if __name__ == "__main__":
    main()
