"""What the planner has fixed before the next proposal: grids and their number, places, borders."""

from typing import Literal

import pandas as pd
import streamlit as st

from exports.places import Places, say_cell
from optimize.checks import count_range
from scenarios.locks.listed import Lock, holds, join_list, lock_count, lock_grid
from scenarios.locks.wanted import locks_mark
from scenarios.outcome import Outcome
from ui.alternatives import community_in_question
from ui.boundary import boundary, escape_markdown
from ui.frame import community_names
from ui.lock_form import draw_lock_form
from ui.lock_state import drop_locks, load_locks, load_places, put_lock, usable_locks
from ui.plans import certificate_of
from ui.state import State, get_state, write_state
from ui.texts.catalog import Texts

_MORE_GRIDS = 3

LockState = Literal["held", "unmet", "waiting", "gone"]


def draw_locks(texts: Texts, state: State, outcome: Outcome) -> None:
    """Draw the locks of the community in question, and the list of all."""
    community = community_in_question(state, outcome)
    if community is None:
        st.caption(texts("locks.pick"))
    else:
        _draw_count(texts, state, outcome, community)
        _draw_keep(texts, state, outcome)
        draw_lock_form(texts, state, outcome, community)
    _draw_list(texts, state, outcome)


def kept_codes(state: State, outcome: Outcome) -> frozenset[str]:
    """Give the codes of the grids that are made of exactly the cells of a grid that was locked."""
    wanted = {frozenset(item.cells) for item in load_locks(state) if item.kind == "grid"}
    if not wanted:
        return frozenset()
    held = outcome.cells.dropna(subset=["grid_code"]).groupby("grid_code")["cell_id"].agg(frozenset)
    return frozenset(str(code) for code, cells in held.items() if cells in wanted)


def lock_sentence(texts: Texts, lock: Lock, names: dict[str, str], places: Places) -> str:
    """Say what a lock asks for."""
    cells = [say_cell(cell, places, texts) for cell in lock.cells]
    return texts(
        f"locks.is.{lock.kind}",
        community=names.get(lock.community, lock.community),
        n=lock.n_grids,
        first=cells[0] if cells else "",
        second=cells[1] if len(cells) > 1 else "",
        code=lock.codes[0][-3:] if lock.codes else "",
        other=lock.codes[1][-3:] if len(lock.codes) > 1 else "",
    )


def _draw_count(texts: Texts, state: State, outcome: Outcome, community: str) -> None:
    names = community_names(state)
    locked = {item.community: item.n_grids for item in load_locks(state) if item.kind == "count"}
    own = outcome.cells[outcome.cells["community_code"] == community]
    low, high = (int(str(outcome.rules.get(f"{end}_households") or 0)) for end in ("min", "max"))
    fewest, most = count_range(int(own["households"].sum()), low, max(high, 1))
    now = int((outcome.grids["community_code"] == community).sum())
    last = max(most, now, locked.get(community, 0)) + _MORE_GRIDS
    st.session_state["lock_count"] = locked.get(community, 0)
    st.selectbox(
        escape_markdown(texts("locks.count", community=names.get(community, community))),
        range(min(last, max(len(own), 1)) + 1),
        format_func=lambda number: texts("locks.grids", n=number) if number else texts("locks.free"),
        key="lock_count",
        on_change=_keep_count,
        args=(community,),
        help=texts("locks.count_help", fewest=fewest, most=most) if fewest <= most else None,
    )


def _draw_keep(texts: Texts, state: State, outcome: Outcome) -> None:
    rows = outcome.grids[outcome.grids["code"] == state.selected]
    if rows.empty:
        st.caption(texts("locks.select"))
        return
    row = rows.iloc[0]
    code = str(row["code"])
    if code in kept_codes(state, outcome):
        said = texts("locks.kept_already", code=code)
        st.caption(said if row["in_band"] else f"{said} {_outside(texts, row)}")
        return
    if st.button(
        texts("locks.keep", code=code[-3:], households=int(row["households"])),
        key="keep_grid",
        width="stretch",
    ):
        with boundary(texts):
            plan = dict(zip(outcome.cells["cell_id"], outcome.cells["grid_code"], strict=True))
            put_lock(lock_grid(str(row["community_code"]), code, plan))
            st.rerun()
    if not row["in_band"]:
        st.caption(texts("locks.keep_outside"))


def _outside(texts: Texts, row: pd.Series) -> str:
    return texts("locks.outside", households=int(row["households"]))


def _draw_list(texts: Texts, state: State, outcome: Outcome) -> None:
    locks = load_locks(state)
    if not locks:
        st.caption(texts("locks.nothing"))
        return
    st.markdown(texts("locks.list"))
    names, places = community_names(state), load_places(state, outcome)
    there = usable_locks(state, outcome)
    states = [lock_state(lock, outcome, there) for lock in locks]
    with st.container(gap="small"):
        for position, (lock, stands) in enumerate(zip(locks, states, strict=True)):
            _draw_row(texts, lock, f"{position}", lock_sentence(texts, lock, names, places), stands)
    if "waiting" in states:
        st.caption(texts("locks.waiting"))
    elif set(states) == {"held"}:
        st.caption(texts("locks.all_held"))


def lock_state(lock: Lock, outcome: Outcome, there: tuple[Lock, ...]) -> LockState:
    """Tell whether a plan does what a lock asks for, or was asked in vain; `there` are all in force."""
    if lock not in there:
        return "gone"
    cells = outcome.cells[outcome.cells["community_code"] == lock.community]
    codes = [code if isinstance(code, str) else None for code in cells["grid_code"].astype(object)]
    ids = cells["cell_id"].astype(str).tolist()
    if holds(lock, dict(zip(ids, codes, strict=True)), len({code for code in codes if code is not None})):
        return "held"
    certificate = certificate_of(outcome, lock.community)
    tried = certificate is not None and certificate.locks == locks_mark(join_list(there), lock.community, ids)
    return "unmet" if tried else "waiting"


def relocked(state: State, outcome: Outcome) -> frozenset[str]:
    """Give the communities that were worked out under other locks than those in force now."""
    wishes = join_list(usable_locks(state, outcome))
    concerned = {item.community for item in load_locks(state)}
    concerned |= {item.community_code for item in outcome.certificates if item.locks}
    ids = {
        code: outcome.cells.loc[outcome.cells["community_code"] == code, "cell_id"].astype(str).tolist()
        for code in concerned
    }
    return frozenset(
        item.community_code
        for item in outcome.certificates
        if item.community_code in concerned
        and item.locks != locks_mark(wishes, item.community_code, ids[item.community_code])
    )


def _draw_row(texts: Texts, lock: Lock, key: str, said: str, state: LockState) -> None:
    st.markdown(f"{escape_markdown(said)}  \n:gray[{texts(f'locks.state.{state}')}]")
    with st.container(horizontal=True, gap="small"):
        cells = tuple(sorted(lock.touched))
        if cells and state != "gone":
            shown = get_state().outlined == cells
            label = texts("grids_page.hide_cells" if shown else "grids_page.show_cells")
            st.button(label, key=f"show_lock_{key}", on_click=_outline, args=(() if shown else cells,))
        st.button(texts("locks.remove"), key=f"free_lock_{key}", on_click=drop_locks, args=(lock,))


def _outline(cells: tuple[str, ...]) -> None:
    write_state(get_state().outlining(cells))


def _keep_count(community: str) -> None:
    number = int(st.session_state["lock_count"])
    if number:
        put_lock(lock_count(community, number))
        return
    counts = [item for item in load_locks(get_state()) if item.kind == "count"]
    drop_locks(*(item for item in counts if item.community == community))
