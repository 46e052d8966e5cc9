"""Export: choose what is printed, see the sheet as it will be, take the file away."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import streamlit as st

from exports.order import Order
from scenarios.outcome import Outcome
from ui import workspace
from ui.boundary import boundary
from ui.export_choices import read_choices
from ui.export_form import GIS, PRINTED, asked_scenarios, draw_form, systems
from ui.export_job import draw_make, preview
from ui.state import State, get_state
from ui.texts.catalog import Texts


def render() -> None:
    """Draw the page."""
    state = get_state()
    texts = Texts(state.language)
    if state.project is None:
        st.info(texts("grids_page.no_project"))
        return
    outcome = workspace.load_outcome(state.project, state.scenario)
    if outcome is None:
        st.info(texts("export_page.no_plan"))
        return
    left, right = st.columns([2, 1], gap="medium")
    with right:
        # Above the form, where a small screen shows it; drawn after it, so that it knows the choices.
        make, form = st.container(), st.container()
        with form, boundary(texts):
            draw_form(texts, state, outcome)
        with make, boundary(texts):
            draw_make(texts, _order(texts, state, outcome, state.project))
    with left, boundary(texts):
        _draw_preview(texts, _order(texts, state, outcome, state.project))


def _order(texts: Texts, state: State, outcome: Outcome, project: Path) -> Order:
    """Give what the choices ask for, as far as the format can hold it."""
    choices = read_choices()
    against = asked_scenarios(choices, state)
    sheet = choices.sheet
    # Only a PDF has room for an atlas, and a comparison has pages of its own.
    if choices.ending != ".pdf" or against:
        sheet = replace(sheet, atlas="none")
    if choices.ending not in PRINTED:
        sheet = replace(sheet, extent="")
    takes_crs = choices.ending in GIS and choices.crs in systems(choices, outcome)
    return Order(
        project=project,
        scenario=state.scenario,
        to=Path(f"{project.stem}{choices.ending}"),
        texts=texts,
        crs=(choices.crs or None) if takes_crs else None,
        date=choices.date or dt.datetime.now().astimezone().date(),
        sheet=sheet,
        against=against,
    )


def _draw_preview(texts: Texts, order: Order) -> None:
    """Show the first page; formats that are no paper show the map that they carry."""
    with st.spinner(texts("export_page.drawing")):
        picture = preview(order)
    st.image(picture, width="stretch")
    kind = "preview_sheet" if order.to.suffix in PRINTED else "preview_other"
    st.caption(texts(f"export_page.{kind}"))


if __name__ == "__main__":
    import app

    app.main()
