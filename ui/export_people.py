"""The table in which names may be typed in for one print."""

import pandas as pd
import streamlit as st

from exports.choices import POSTS
from scenarios.outcome import Outcome
from ui.export_choices import change_sheet, read_choices
from ui.texts.catalog import Texts


def draw_people(texts: Texts, outcome: Outcome) -> None:
    """Let names be typed in for this print; they live in this form alone and go to no file of ours."""
    with st.expander(texts("export_page.people")):
        st.caption(texts("export_page.people_note"))
        table = pd.DataFrame(
            "",
            index=pd.Index(outcome.grids["code"].astype(str), name=texts("exports.column.code")),
            columns=list(POSTS),
        )
        edited = st.data_editor(
            table,
            key="export_people",
            column_config={
                post: st.column_config.TextColumn(texts(f"sheets.posts.{post}"), max_chars=20)
                for post in POSTS
            },
            height=240,
        )
        typed = {
            (str(code), post): str(row[post]).strip()
            for code, row in edited.iterrows()
            for post in POSTS
            if str(row[post]).strip()
        }
        if typed != read_choices().sheet.people:
            change_sheet(people=typed)
