"""The form of the export page: each widget shows what is remembered and writes back what is chosen."""

from collections.abc import Callable, Sequence

import streamlit as st

from exports.choices import ATLASES, ORIENTATIONS, PAPERS, PARTS
from exports.formats import COMPARED, FORMATS
from exports.texts import scenario_title
from geo.crs import NAMED_CRS, metric_crs
from scenarios.outcome import Outcome
from ui.export_choices import ExportChoices, change_choices, change_sheet, read_choices
from ui.export_people import draw_people
from ui.frame import scenario_names
from ui.state import State
from ui.texts.catalog import Texts

PRINTED = (".pdf", ".png", ".svg")
WORDED = (*COMPARED, ".html")
GIS = tuple(ending for ending in FORMATS if ending not in WORDED)


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
    compared = _draw_comparison(texts, choices, state) if choices.ending in COMPARED else ()
    if choices.ending in PRINTED:
        _draw_paper(texts, choices, outcome)
        if choices.ending == ".pdf" and not compared:
            _draw_pages(texts, choices, outcome)
    if choices.ending in GIS:
        _draw_system(texts, choices, outcome)
    if choices.ending in WORDED:
        _draw_words(texts, choices)
    _switch(
        texts("export_page.hide_small"),
        choices.sheet.hide_small,
        "export_hide_small",
        lambda on: change_sheet(hide_small=on),
    )


def asked_scenarios(choices: ExportChoices, state: State) -> tuple[str, ...]:
    """Give the scenarios to compare with that are there; a picture has room for one."""
    there = set(scenario_names(state)) - {state.scenario}
    found = tuple(name for name in choices.against if name in there)
    if choices.ending not in COMPARED:
        return ()
    return found[:1] if choices.ending in (".png", ".svg") else found


def systems(choices: ExportChoices, outcome: Outcome) -> list[str]:
    """Give the coordinate systems to choose from: "" is the usual one, the local metric comes last."""
    metric = f"EPSG:{metric_crs(outcome.communities).to_epsg()}"
    return ["", *NAMED_CRS, *([] if FORMATS[choices.ending].in_degrees else [metric])]


def _draw_comparison(texts: Texts, choices: ExportChoices, state: State) -> tuple[str, ...]:
    others = [name for name in scenario_names(state) if name != state.scenario]
    chosen = asked_scenarios(choices, state)
    if not others:
        return ()
    if choices.ending in (".png", ".svg"):
        _pick(
            texts("export_page.against"),
            ["", *others],
            chosen[0] if chosen else "",
            "export_against",
            lambda name: scenario_title(texts, name) if name else texts("export_page.no_comparison"),
            lambda name: change_choices(against=(name,) if name else ()),
        )
        return chosen
    st.session_state["export_against_many"] = list(chosen)
    st.multiselect(
        texts("export_page.against"),
        others,
        key="export_against_many",
        format_func=lambda name: scenario_title(texts, name),
        placeholder=texts("export_page.no_comparison"),
        help=texts("export_page.against_help"),
        on_change=lambda: change_choices(against=tuple(st.session_state["export_against_many"])),
    )
    return chosen


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


def _draw_pages(texts: Texts, choices: ExportChoices, outcome: Outcome) -> None:
    """Draw the choices of a file of many pages."""
    sheet = choices.sheet
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
        draw_people(texts, outcome)


def _set_parts() -> None:
    """Keep the parts in their own order; a file without any would be empty."""
    chosen = st.session_state["export_parts"]
    change_sheet(parts=tuple(part for part in PARTS if part in chosen) or ("map",))


def _draw_system(texts: Texts, choices: ExportChoices, outcome: Outcome) -> None:
    options = systems(choices, outcome)
    _pick(
        texts("export_page.crs"),
        options,
        choices.crs if choices.crs in options else "",
        "export_crs",
        lambda name: _system_title(texts, name),
        lambda name: change_choices(crs=name),
    )
    if choices.crs in ("GCJ-02", "BD-09"):
        st.caption(texts("export_page.crs_offset"))


def _system_title(texts: Texts, name: str) -> str:
    if name.startswith("EPSG:"):
        return texts("export_page.crs_metric", code=name)
    return texts(f"export_page.crs_{name.lower().replace('-', '')}" if name else "export_page.crs_usual")


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
    """Draw what is said on the sheets: heading, whose data it is, date, draft mark."""
    sheet = choices.sheet
    if choices.ending != ".xlsx":
        _type(
            texts("export_page.title_field"),
            sheet.title,
            "export_title",
            texts("export_page.usual_title"),
            lambda said: change_sheet(title=said),
        )
    _type(
        texts("export_page.sources"),
        sheet.sources,
        "export_sources",
        texts("export_page.usual_sources"),
        lambda said: change_sheet(sources=said),
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
        if choices.ending in PRINTED:
            _switch(
                texts("export_page.draft_mark"),
                sheet.draft_mark,
                "export_mark",
                lambda on: change_sheet(draft_mark=on),
            )


def _switch(label: str, current: bool, key: str, on_switch: Callable[[bool], None]) -> None:
    st.session_state[key] = current
    st.toggle(label, key=key, on_change=lambda: on_switch(st.session_state[key]))


def _type(label: str, current: str, key: str, usual: str, on_typed: Callable[[str], None]) -> None:
    st.session_state[key] = current
    st.text_input(
        label,
        key=key,
        placeholder=usual,
        max_chars=100,
        on_change=lambda: on_typed(st.session_state[key].strip()),
    )


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
