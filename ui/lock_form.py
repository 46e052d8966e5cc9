"""Lock two places together or apart, a border, or a cell in a grid: chosen from lists or on the map."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import get_args

import streamlit as st

from exports.places import Places, say_cell
from scenarios.locks.listed import Lock, lock_border, lock_in_grid, lock_pair
from scenarios.outcome import Outcome
from ui.boundary import boundary, escape_markdown
from ui.lock_state import Draft, DraftKind, get_draft, load_places, put_lock, set_draft
from ui.neighbours import load_neighbours
from ui.state import State, get_state
from ui.texts.catalog import Texts

KINDS: tuple[DraftKind, ...] = get_args(DraftKind)


def draw_lock_form(texts: Texts, state: State, outcome: Outcome, community: str) -> None:
    """Draw the form by which two places, or a cell and a grid, are locked."""
    draft = get_draft(community)
    st.session_state["lock_kind"] = draft.kind
    st.pills(
        texts("locks.new"),
        KINDS,
        format_func=lambda kind: texts(f"locks.kind.{kind}"),
        key="lock_kind",
        on_change=_choose_kind,
        args=(community,),
    )
    if draft.kind is None:
        return
    st.caption(texts(f"locks.help.{draft.kind}"))
    names = _options(texts, state, outcome, community, draft.kind)
    first, second = st.columns(2, gap="small")
    with first:
        _choose(texts, "first", draft, names[0])
    with second:
        _choose(texts, "second", draft, names[1])
    st.session_state["lock_on_map"] = draft.on_map
    st.toggle(texts("locks.on_map"), key="lock_on_map", on_change=_switch_map, args=(community,))
    ready = draft.first is not None and draft.second is not None
    if st.button(texts("locks.add"), key="lock_add", width="stretch", disabled=not ready):
        with boundary(texts):
            put_lock(_make(state, outcome, draft))
            set_draft(Draft(community=community))
            st.rerun()


def pick_on_map(outcome: Outcome, community: str | None, cell: str) -> bool:
    """Take a click on a cell for the lock that is being made; tell whether one is.

    A click chooses the cell, or the grid it is in where a grid is asked for.
    """
    draft = get_draft(community)
    if draft.kind is None or not draft.on_map:
        return False
    own = outcome.cells[outcome.cells["cell_id"] == cell]
    if own.empty or str(own.iloc[0]["community_code"]) != community:
        return True
    code = own.iloc[0]["grid_code"]
    wants_grid = draft.kind == "border" or (draft.kind == "in_grid" and draft.first is not None)
    place = cell
    if wants_grid:
        if not isinstance(code, str):
            return True
        place = code
    set_draft(draft.picking(place))
    return True


def picked_cells(outcome: Outcome, draft: Draft) -> tuple[str, ...]:
    """Give the cells to outline while a lock is being made: those chosen, and those of grids chosen."""
    chosen = {place for place in (draft.first, draft.second) if place is not None}
    if draft.kind is None or not chosen:
        return ()
    cells = outcome.cells
    own = cells["cell_id"].isin(chosen) | cells["grid_code"].isin(chosen)
    return tuple(str(cell) for cell in cells.loc[own, "cell_id"])


def _options(
    texts: Texts, state: State, outcome: Outcome, community: str, kind: DraftKind
) -> tuple[dict[str, str], dict[str, str]]:
    """Give what may be chosen on either side: id → how it is called."""
    if kind == "border":
        grids = _grid_names(texts, outcome, community)
        return grids, _beside(state, outcome, grids, get_draft(community).first)
    cells = _cell_names(texts, load_places(state, outcome), outcome, community)
    return cells, _grid_names(texts, outcome, community) if kind == "in_grid" else cells


def _cell_names(texts: Texts, places: Places, outcome: Outcome, community: str) -> dict[str, str]:
    own = outcome.cells[outcome.cells["community_code"] == community]
    rows = zip(own["cell_id"].astype(str), own["households"].astype(int), strict=True)
    return {
        cell: texts("locks.cell", cell=say_cell(cell, places, texts), households=count)
        for cell, count in rows
    }


def _grid_names(texts: Texts, outcome: Outcome, community: str) -> dict[str, str]:
    own = outcome.grids[outcome.grids["community_code"] == community]
    rows = zip(own["code"].astype(str), own["households"].astype(int), strict=True)
    return {code: texts("locks.grid", code=code[-3:], households=count) for code, count in rows}


def _beside(state: State, outcome: Outcome, grids: Mapping[str, str], first: str | None) -> dict[str, str]:
    """Keep the grids that have a border with the first one."""
    if state.project is None or first is None:
        return dict(grids)
    home = dict(zip(outcome.cells["cell_id"], outcome.cells["grid_code"], strict=True))
    pairs = [{home.get(a), home.get(b)} for a, b in load_neighbours(state.project)]
    near = {code for pair in pairs if first in pair for code in pair} - {first}
    return {code: name for code, name in grids.items() if code in near}


def _choose(texts: Texts, side: str, draft: Draft, names: Mapping[str, str]) -> None:
    key = f"lock_{side}"
    chosen = draft.first if side == "first" else draft.second
    # The state is the truth: the widget's own memory is overwritten with it before each run.
    st.session_state[key] = chosen if chosen in names else None
    st.selectbox(
        texts(f"locks.{side}.{draft.kind}"),
        list(names),
        format_func=lambda place: escape_markdown(names.get(place, place)),
        key=key,
        placeholder=texts("locks.choose"),
        on_change=_choose_place,
        args=(draft.community, side),
    )


def _make(state: State, outcome: Outcome, draft: Draft) -> Lock:
    cells = outcome.cells
    codes: Sequence[object] = cells["grid_code"].astype(object).tolist()
    plan = {
        str(cell): code if isinstance(code, str) else None
        for cell, code in zip(cells["cell_id"], codes, strict=True)
    }
    first, second = draft.first or "", draft.second or ""
    if draft.kind == "border":
        pairs = load_neighbours(state.project) if state.project is not None else ()
        return lock_border(draft.community, (first, second), plan, pairs)
    if draft.kind == "in_grid":
        households = dict(zip(cells["cell_id"], cells["households"].astype(int), strict=True))
        return lock_in_grid(draft.community, first, second, plan, households)
    community_of = dict(zip(cells["cell_id"], cells["community_code"], strict=True))
    return lock_pair("together" if draft.kind == "together" else "apart", (first, second), community_of)


def _choose_kind(community: str) -> None:
    kind = st.session_state["lock_kind"]
    before = get_draft(community)
    selected = get_state().selected if kind == "border" else None
    set_draft(Draft(kind=kind, first=selected, on_map=before.on_map, community=community))


def _choose_place(community: str, side: str) -> None:
    draft, place = get_draft(community), st.session_state[f"lock_{side}"]
    changed = replace(draft, first=place) if side == "first" else replace(draft, second=place)
    set_draft(changed)


def _switch_map(community: str) -> None:
    set_draft(replace(get_draft(community), on_map=bool(st.session_state["lock_on_map"])))
