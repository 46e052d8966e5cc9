"""Tab "locks": what no edit and no new solution may move."""

from collections.abc import Mapping

import streamlit as st

from scenarios.desk.desk import Desk
from ui.boundary import escape_markdown
from ui.desk.delta import short_code
from ui.desk.session import DeskSession
from ui.texts.catalog import Texts


def draw_desk_locks(texts: Texts, session: DeskSession, desk: Desk, community: str | None) -> None:
    """Draw a lock for what is chosen, the grid and community at hand, and everything."""
    locks = desk.plan.locks
    cells = list(session.chosen)
    if cells:
        held = all(cell in locks.cells for cell in cells)
        _switch(texts, session, "cells", held, {"cells": cells}, texts("desk.lock.cells", n=len(cells)))
    code = session.grid_at_hand()
    if code in desk.plan.grids:
        name = texts("desk.lock.grid", grid=short_code(desk, str(code)))
        _switch(texts, session, "grid", code in locks.grids, {"grids": [code]}, name)
    if community is not None:
        named = desk.ground.community_names.get(community, community)
        name = texts("desk.lock.community", community=named)
        _switch(
            texts, session, "community", community in locks.communities, {"communities": [community]}, name
        )
    _switch(texts, session, "all", locks.everything, {"everything": True}, texts("desk.lock.all"))
    if not (locks.cells or locks.grids or locks.communities or locks.everything):
        st.caption(texts("desk.lock.none"))
        return
    counted = texts(
        "desk.lock.counted",
        cells=len(locks.cells),
        grids=len(locks.grids),
        communities=len(locks.communities),
    )
    st.caption(texts("desk.lock.everything") if locks.everything else counted)
    if not locks.everything:
        st.button(
            texts("desk.lock.clear"),
            key="desk_unlock_every",
            width="stretch",
            on_click=session.wish_for,
            args=("unlock", {"everything": True}),
        )


def _switch(
    texts: Texts, session: DeskSession, key: str, held: bool, facts: Mapping[str, object], name: str
) -> None:
    said, button = st.columns([2.2, 1], gap="small", vertical_alignment="center")
    said.markdown(escape_markdown(name))
    button.button(
        texts("desk.lock.unlock" if held else "desk.lock.lock"),
        key=f"desk_lock_{key}",
        width="stretch",
        on_click=session.wish_for,
        args=("unlock" if held else "lock", dict(facts)),
    )
