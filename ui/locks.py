"""What the planner has fixed before the next proposal: the number of grids, and grids that stay."""

from collections.abc import Mapping

import streamlit as st

from scenarios.outcome import Outcome
from ui.alternatives import community_in_question
from ui.boundary import escape_markdown
from ui.frame import community_names
from ui.state import KeptGrid, State, change_state, get_state
from ui.texts.catalog import Texts

_MOST_GRIDS = 99


def draw_locks(texts: Texts, state: State, outcome: Outcome) -> None:
    """Draw the locks of the community in question, and the list of all."""
    names = community_names(state)
    community = community_in_question(state, outcome)
    if community is None:
        st.caption(texts("locks.pick"))
    else:
        _draw_count(texts, state, community, names)
        _draw_keep(texts, state, outcome)
    _draw_list(texts, state, names)
    st.caption(texts("locks.note"))


def kept_codes(state: State, outcome: Outcome) -> frozenset[str]:
    """Give the codes of the grids that are made of exactly the cells of a grid that was locked."""
    if not state.kept:
        return frozenset()
    held = outcome.cells.dropna(subset=["grid_code"]).groupby("grid_code")["cell_id"].agg(frozenset)
    wanted = {item.cells for item in state.kept}
    return frozenset(str(code) for code, cells in held.items() if cells in wanted)


def _draw_count(texts: Texts, state: State, community: str, names: Mapping[str, str]) -> None:
    st.session_state["lock_count"] = dict(state.counts).get(community, 0)
    st.selectbox(
        escape_markdown(texts("locks.count", community=names.get(community, community))),
        range(_MOST_GRIDS + 1),
        format_func=lambda number: texts.number(number) if number else texts("locks.free"),
        key="lock_count",
        on_change=_keep_count,
        args=(community,),
    )


def _draw_keep(texts: Texts, state: State, outcome: Outcome) -> None:
    rows = outcome.grids[outcome.grids["code"] == state.selected]
    if rows.empty:
        st.caption(texts("locks.select"))
        return
    row = rows.iloc[0]
    code = str(row["code"])
    if code in kept_codes(state, outcome):
        st.caption(texts("locks.kept_already", code=code))
        return
    own = outcome.cells.loc[outcome.cells["grid_code"] == code, "cell_id"]
    grid = KeptGrid(
        community=str(row["community_code"]), code=code, cells=frozenset(str(cell) for cell in own)
    )
    st.button(
        texts("locks.keep", code=code, households=int(row["households"])),
        key="keep_grid",
        width="stretch",
        on_click=_keep_grid,
        args=(grid,),
    )


def _draw_list(texts: Texts, state: State, names: Mapping[str, str]) -> None:
    if not state.kept and not state.counts:
        st.caption(texts("locks.nothing"))
        return
    st.markdown(texts("locks.list"))
    for item in state.kept:
        name = names.get(item.community, item.community)
        said = texts("locks.is_kept", community=name, code=item.code)
        if _row(texts, said, f"free_{item.code}"):
            change_state(kept=tuple(other for other in state.kept if other != item))
            st.rerun(scope="fragment")
    for community, number in state.counts:
        said = texts("locks.is_count", community=names.get(community, community), n=number)
        if _row(texts, said, f"free_count_{community}"):
            change_state(counts=tuple(item for item in state.counts if item[0] != community))
            st.rerun(scope="fragment")


def _row(texts: Texts, said: str, key: str) -> bool:
    words, button = st.columns([2.6, 1], gap="small", vertical_alignment="center")
    words.markdown(escape_markdown(said))
    return button.button(texts("locks.remove"), key=key, width="stretch")


def _keep_count(community: str) -> None:
    number = int(st.session_state["lock_count"])
    others = tuple(item for item in get_state().counts if item[0] != community)
    change_state(counts=(*others, (community, number)) if number else others)


def _keep_grid(grid: KeptGrid) -> None:
    change_state(kept=(*get_state().kept, grid))
