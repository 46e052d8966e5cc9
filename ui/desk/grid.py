"""Tab "grid": name, code and kind of the grid at hand; merge, split or dissolve it."""

import hashlib

import streamlit as st

from scenarios.desk.desk import Desk
from scenarios.desk.edits import LONGEST_CODE, LONGEST_NAME
from scenarios.desk.facts import institution_names, offer_split
from scenarios.desk.plan import BASE, DEDICATED, cells_of_grids
from scenarios.errors import EditRefused
from scenarios.explain.grid import explain_on_desk
from ui.boundary import escape_markdown
from ui.desk.buttons import draw_answer, wish_button
from ui.desk.cells import neighbour_grids
from ui.desk.delta import short_code
from ui.desk.session import DeskSession, desk_session
from ui.explain import draw_explanation
from ui.texts.catalog import Texts


def draw_grid(texts: Texts, session: DeskSession, desk: Desk) -> None:
    """Draw what can be done with the grid that the latest pick lies in."""
    code = session.grid_at_hand()
    if code is None or code not in desk.plan.grids:
        st.caption(texts("desk.choose_grid"))
        return
    cells = cells_of_grids(
        desk.plan.grid_of_cell, desk.ground.cells_of(desk.measures.grids[code].community_code)
    )[code]
    st.markdown(heading(texts, desk, code))
    _draw_merge(texts, session, desk, code, cells)
    _draw_split(texts, session, desk, code, cells)
    _draw_dissolve(texts, code)
    with st.expander(texts("desk.facts"), expanded=False):
        _draw_facts(texts, session, desk, code, cells)
    # Worked out only for who asks: it takes longer than an edit.
    if st.toggle(texts("desk.why"), key="desk_why"):
        draw_explanation(texts, explain_on_desk(desk, code), expanded=True)


def heading(texts: Texts, desk: Desk, code: str) -> str:
    """Name the grid, and say what it is dedicated to, and whether that has been given to another grid."""
    entry = desk.plan.grids[code]
    said = texts("desk.this_grid", code=escape_markdown(code), name=escape_markdown(entry.name))
    if entry.kind != DEDICATED:
        return said
    place = institution_names(desk).get(entry.institution_id or "", "")
    for_whom = texts("common.named", name=texts("desk.kind_dedicated"), value=place)
    cell = desk.ground.cell_of_institution.get(entry.institution_id or "")
    if place and desk.plan.grid_of_cell.get(cell or "") != code:
        for_whom = texts("desk.institution_left", place=for_whom)
    return f"{said}  \n{escape_markdown(for_whom if place else texts('desk.kind_dedicated'))}"


def _draw_facts(texts: Texts, session: DeskSession, desk: Desk, code: str, cells: list[str]) -> None:
    entry = desk.plan.grids[code]
    places = institutions_of(desk, cells)
    # Filled in anew only when what it says has changed: others' edits elsewhere leave what is half typed.
    said = hashlib.sha256(repr((entry, sorted(places))).encode()).hexdigest()[:8]
    form = f"desk_facts_{code}_{said}"
    with st.form(form, border=False):
        st.text_input(texts("desk.column.name"), value=entry.name, key=f"{form}_name", max_chars=LONGEST_NAME)
        st.text_input(texts("grids_page.column.code"), value=code, key=f"{form}_code", max_chars=LONGEST_CODE)
        kinds = [BASE, DEDICATED]
        st.radio(
            texts("desk.kind"),
            kinds,
            index=kinds.index(entry.kind),
            format_func=lambda kind: texts(f"desk.kind_{kind}"),
            horizontal=True,
            key=f"{form}_kind",
        )
        ids = ["", *places]
        st.selectbox(
            texts("desk.institution"),
            ids,
            index=ids.index(entry.institution_id) if entry.institution_id in ids else 0,
            format_func=lambda key: places.get(key, texts("desk.no_institution")),
            help=texts("desk.institution_help"),
            key=f"{form}_place",
        )
        # Wished for before the page is drawn: a run that the next one cuts short would forget the click.
        st.form_submit_button(
            texts("desk.save_grid"), width="stretch", on_click=_save, args=(session, code, form)
        )


def institutions_of(desk: Desk, cells: list[str]) -> dict[str, str]:
    """Give the institutions that lie in some cells: id → name."""
    inside, names = set(cells), institution_names(desk)
    return {
        key: names.get(key, key) for key, cell in desk.ground.cell_of_institution.items() if cell in inside
    }


def _save(session: DeskSession, code: str, form: str) -> None:
    """Wish for what the form says otherwise than the plan; from a callback, so that no click is lost."""
    entry = session.desk.plan.grids.get(code) if session.desk is not None else None
    if entry is None:
        return  # another person has merged or dissolved it since
    name, new_code, kind, place = (
        st.session_state[f"{form}_{of}"] for of in ("name", "code", "kind", "place")
    )
    if name.strip() != entry.name:
        session.wish_for("rename", {"grid": code, "name": name})
    institution = (place or None) if kind == DEDICATED else None
    if (kind, institution) != (entry.kind, entry.institution_id):
        session.wish_for("dedicate", {"grid": code, "kind": kind, "institution_id": institution})
    if new_code.strip() != code:
        session.wish_for("recode", {"grid": code, "code": new_code})


def _draw_merge(texts: Texts, session: DeskSession, desk: Desk, code: str, cells: list[str]) -> None:
    chosen = dict.fromkeys(desk.plan.grid_of_cell.get(cell) for cell in session.chosen)
    codes = [code, *(other for other in chosen if other is not None and other != code)]
    if len(codes) > 1:
        total = sum(desk.measures.grids[other].households for other in codes)
        st.button(
            texts(
                "desk.merge_chosen",
                grids=texts("common.comma").join(short_code(desk, c) for c in codes),
                n=total,
            ),
            key="desk_merge_chosen",
            width="stretch",
            on_click=session.wish_for,
            args=("merge", {"grids": codes}),
        )
        return
    near = neighbour_grids(desk, cells)
    if not near:
        return
    choose, merge = st.columns([2.4, 1], gap="small", vertical_alignment="bottom")
    households = desk.measures.grids[code].households
    choose.selectbox(
        texts("desk.merge_with"),
        near,
        key="desk_merge_with",
        format_func=lambda near_code: texts(
            "desk.merge_would",
            grid=short_code(desk, near_code),
            n=households + desk.measures.grids[near_code].households
            if near_code in desk.measures.grids
            else 0,
        ),
    )
    merge.button(
        texts("desk.merge"),
        key="desk_merge",
        width="stretch",
        on_click=_merge,
        args=(session, code),
    )


def _merge(session: DeskSession, code: str) -> None:
    # Read at the click: a neighbour that was picked a moment before has not been through a run of the page.
    session.wish_for("merge", {"grids": [code, st.session_state["desk_merge_with"]]})


def _draw_split(texts: Texts, session: DeskSession, desk: Desk, code: str, cells: list[str]) -> None:
    if session.split is not None and session.split[0] == code:
        _draw_halves(texts, session, desk, code, cells)
        return
    chosen = [cell for cell in session.chosen if cell in set(cells)]
    if chosen and len(chosen) == len(session.chosen) and len(chosen) < len(cells):
        st.button(
            texts("desk.split_chosen", n=len(chosen)),
            key="desk_split_chosen",
            width="stretch",
            on_click=session.wish_for,
            args=("split", {"grid": code, "cells": chosen}),
        )
    st.button(
        texts("desk.split"),
        key="desk_split",
        width="stretch",
        help=texts("desk.split_help"),
        on_click=_look_split,
        args=(code,),
    )


def _draw_halves(texts: Texts, session: DeskSession, desk: Desk, code: str, cells: list[str]) -> None:
    half = session.split[1] if session.split is not None else ()
    at = [desk.ground.place[cell] for cell in half]
    away = int(desk.ground.households[at].sum())
    left = desk.measures.grids[code].households - away
    said = texts(
        "desk.split_offer",
        grid=short_code(desk, code),
        left=left,
        away=away,
        cells=len(cells),
        half=len(half),
    )
    least = desk.rules.min_households
    short = sum(size < least for size in (left, away)) if desk.plan.grids[code].kind == BASE else away < least
    if short:
        st.warning(f"{said}{texts(f'desk.split_short_{int(short)}', least=least)}")
    else:
        st.info(said)
    draw_answer(texts, "split", ("split", {"grid": code, "cells": list(half)}), _leave_split)


def _draw_dissolve(texts: Texts, code: str) -> None:
    spread, hold = st.columns(2, gap="small")
    with spread:
        wish_button(texts, "dissolve", "dissolve", {"grid": code, "spread": True})
    with hold:
        wish_button(texts, "dissolve_open", "dissolve", {"grid": code})


def _look_split(code: str) -> None:
    session = desk_session()
    if session.desk is None:
        return
    session.error = None
    try:
        session.split = (code, offer_split(session.desk, code))
        session.choose(())
        session.at_hand = code
    except EditRefused as error:
        session.refuse(error)


def _leave_split() -> None:
    desk_session().split = None
