"""The form of the export page: each widget shows what is remembered and writes back what is chosen."""

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from exports.choices import ATLASES, ORIENTATIONS, PAPERS, PARTS, POSTS
from exports.formats import FORMATS
from scenarios.outcome import Outcome
from ui.export_choices import ExportChoices, change_choices, change_sheet, read_choices
from ui.frame import scenario_names, scenario_title
from ui.state import State
from ui.texts.catalog import Texts

PRINTED = (".pdf", ".png", ".svg")


def draw_form(texts: Texts, state: State, outcome: Outcome) -> None:
    """Draw the choices that the format has."""
    choices = read_choices()
    _pick(
        texts("export_page.format"),
        list(FORMATS),
        choices.ending,
        "export_ending",
        lambda ending: texts(f"exports.format.{ending.lstrip('.')}"),
        lambda ending: change_choices(ending=ending),
    )
    if choices.ending in PRINTED:
        _draw_paper(texts, choices, outcome)
        others = [name for name in scenario_names(state) if name != state.scenario]
        if others:
            _pick(
                texts("export_page.against"),
                ["", *others],
                choices.against if choices.against in others else "",
                "export_against",
                lambda name: scenario_title(texts, name) if name else texts("export_page.no_comparison"),
                lambda name: change_choices(against=name),
            )
    if choices.ending in (*PRINTED, ".pptx", ".xlsx", ".html"):
        _draw_words(texts, choices)


def _draw_paper(texts: Texts, choices: ExportChoices, outcome: Outcome) -> None:
    sheet = choices.sheet
    left, right = st.columns(2, gap="small")
    with left:
        _pick(
            texts("export_page.paper"),
            PAPERS,
            sheet.paper,
            "export_paper",
            str,
            lambda paper: change_sheet(paper=paper),
        )
    with right:
        _pick(
            texts("export_page.orientation"),
            ORIENTATIONS,
            sheet.orientation,
            "export_orientation",
            lambda name: texts(f"export_page.{name}"),
            lambda name: change_sheet(orientation=name),
        )
    names = extent_names(texts, outcome)
    _pick(
        texts("export_page.extent"),
        list(names),
        sheet.extent if sheet.extent in names else "",
        "export_extent",
        names.__getitem__,
        lambda code: change_sheet(extent=code),
    )
    if choices.ending != ".pdf":
        return
    _pick(
        texts("export_page.atlas"),
        ATLASES,
        sheet.atlas,
        "export_atlas",
        lambda name: texts(f"export_page.atlas_{name}"),
        lambda name: change_sheet(atlas=name),
    )
    st.session_state["export_parts"] = list(sheet.parts)
    st.pills(
        texts("export_page.parts"),
        PARTS,
        key="export_parts",
        selection_mode="multi",
        format_func=lambda name: texts(f"export_page.part_{name}"),
        on_change=_set_parts,
    )
    if "posts" in sheet.parts:
        _draw_people(texts, outcome)


def _set_parts() -> None:
    """Keep the parts in their own order; a file without any would be empty."""
    chosen = st.session_state["export_parts"]
    change_sheet(parts=tuple(part for part in PARTS if part in chosen) or ("map",))


def extent_names(texts: Texts, outcome: Outcome) -> dict[str, str]:
    """Give what can be printed, code → name: everything, each community, each grid."""
    homes = {
        str(code): str(name or code)
        for code, name in zip(outcome.communities["code"], outcome.communities["name"], strict=True)
    }
    names = {"": texts("export_page.everything"), **homes}
    for row in outcome.grids[["code", "name", "community_code"]].to_dict("records"):
        title = row["name"] if isinstance(row["name"], str) and row["name"] else row["code"]
        names[str(row["code"])] = f"{homes.get(row['community_code'], '')} › {title}"
    return names


def _draw_words(texts: Texts, choices: ExportChoices) -> None:
    sheet = choices.sheet
    st.session_state["export_title"] = sheet.title
    st.text_input(
        texts("export_page.title_field"),
        key="export_title",
        placeholder=texts("export_page.usual_title"),
        max_chars=60,
        on_change=lambda: change_sheet(title=st.session_state["export_title"].strip()),
    )
    left, right = st.columns(2, gap="small", vertical_alignment="bottom")
    with left:
        st.date_input(
            texts("export_page.date"),
            value=choices.date or "today",
            key="export_date_shown",
            on_change=lambda: change_choices(date=st.session_state["export_date_shown"]),
        )
    with right:
        st.session_state["export_mark"] = sheet.draft_mark
        st.toggle(
            texts("export_page.draft_mark"),
            key="export_mark",
            on_change=lambda: change_sheet(draft_mark=st.session_state["export_mark"]),
        )


def _draw_people(texts: Texts, outcome: Outcome) -> None:
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


def _pick(
    label: str,
    options: Sequence[str],
    current: str,
    key: str,
    show: Callable[[str], str],
    on_pick: Callable[[str], None],
) -> None:
    """Draw a choice; what is remembered is the truth, the widget's own memory is overwritten with it."""
    st.session_state[key] = current
    st.selectbox(label, options, key=key, format_func=show, on_change=lambda: on_pick(st.session_state[key]))
