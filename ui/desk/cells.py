"""Tab "cells": what is chosen, and which grid it could go to."""

import streamlit as st

from scenarios.desk.desk import Desk
from scenarios.desk.plan import DEDICATED
from ui.boundary import escape_markdown
from ui.desk.delta import short_code
from ui.desk.session import DeskSession
from ui.desk.table import size_mark
from ui.tables import band_mark
from ui.texts.catalog import Texts

_MOST_NEIGHBOURS = 5


def draw_cells(texts: Texts, session: DeskSession, desk: Desk) -> None:
    """Draw the chosen cells and the grids that they could be given to, neighbours first."""
    cells = [cell for cell in session.chosen if cell in desk.ground.place]
    if not cells:
        st.caption(texts("desk.choose"))
        return
    st.markdown(choice_words(texts, desk, cells))
    homes = {desk.ground.community_of(cell) for cell in cells}
    if len(homes) > 1:
        st.caption(texts("desk_map.two_communities"))
        return
    near = neighbour_grids(desk, cells)
    for code in near[:_MOST_NEIGHBOURS]:
        _offer(texts, session, desk, cells, code)
    community = next(iter(homes))
    others = [
        code for code in desk.measures.communities[community].grids if code not in near[:_MOST_NEIGHBOURS]
    ]
    if others:
        _other(texts, session, desk, cells, others)
    st.button(
        texts("desk.new_grid"),
        key="desk_new_grid",
        width="stretch",
        on_click=wish_chosen,
        args=(session, "new_grid"),
    )


def choice_words(texts: Texts, desk: Desk, cells: list[str]) -> str:
    """Say what is chosen: cells, households, residents, and the grids that they lie in."""
    at = [desk.ground.place[cell] for cell in cells]
    codes = dict.fromkeys(desk.plan.grid_of_cell.get(cell) for cell in cells)
    names = [escape_markdown(short_code(desk, code)) if code else texts("desk.no_grid") for code in codes]
    return texts(
        "desk.chosen",
        cells=len(cells),
        households=int(desk.ground.households[at].sum()),
        residents=int(desk.ground.residents[at].sum()),
        grids=texts("common.comma").join(names[:6]),
    )


def neighbour_grids(desk: Desk, cells: list[str]) -> list[str]:
    """List the grids beside chosen cells, the one with the longest common border first."""
    chosen = set(cells)
    metres: dict[str, float] = {}
    for cell in cells:
        for other, border_m, _ in desk.ground.neighbours(cell):
            code = desk.plan.grid_of_cell.get(other)
            if code is not None and other not in chosen:
                metres[code] = metres.get(code, 0.0) + border_m
    homes = {desk.plan.grid_of_cell.get(cell) for cell in cells}
    if len(homes) == 1:
        metres.pop(next(iter(homes)) or "", None)
    return sorted(metres, key=lambda code: (-metres[code], code))


def _offer(texts: Texts, session: DeskSession, desk: Desk, cells: list[str], code: str) -> None:
    st.button(
        escape_markdown(_label(texts, desk, cells, code)),
        key=f"desk_give_{code}",
        width="stretch",
        disabled=code in desk.plan.locks.grids or desk.plan.locks.everything,
        on_click=wish_chosen,
        args=(session, "give", code),
    )


def _other(texts: Texts, session: DeskSession, desk: Desk, cells: list[str], codes: list[str]) -> None:
    choose, give = st.columns([2.4, 1], gap="small", vertical_alignment="bottom")
    choose.selectbox(
        texts("desk.other_grid"),
        codes,
        key="desk_other_grid",
        format_func=lambda code: _label(texts, desk, cells, code),
    )
    give.button(
        texts("desk.give_other"),
        key="desk_give_other",
        width="stretch",
        on_click=_give_other,
        args=(session,),
    )


def wish_chosen(session: DeskSession, kind: str, grid: str | None = None) -> None:
    """Wish for an edit of what is chosen now: cells picked a moment before may not be in the panel yet."""
    known = session.desk.ground.place if session.desk is not None else {}
    cells = [cell for cell in session.chosen if cell in known]
    session.wish_for(kind, {"cells": cells} if grid is None else {"cells": cells, "grid": grid})


def _give_other(session: DeskSession) -> None:
    # Read at the click as well: the grid may have been picked a moment before.
    wish_chosen(session, "give", str(st.session_state["desk_other_grid"]))


def _label(texts: Texts, desk: Desk, cells: list[str], code: str) -> str:
    """Say what a grid would hold with the chosen cells."""
    at = [desk.ground.place[cell] for cell in cells if desk.plan.grid_of_cell.get(cell) != code]
    item = desk.measures.grids[code]
    households = item.households + int(desk.ground.households[at].sum())
    if desk.plan.grids[code].kind == DEDICATED:
        mark = size_mark(texts, desk, item, desk.rules)
    else:
        mark = band_mark(texts, households, desk.rules.min_households, desk.rules.max_households)
    return texts("desk.give", grid=short_code(desk, code), n=households, mark=mark)
