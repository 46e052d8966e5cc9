"""History: who changed the plan, when, how and why; back to any point of it."""

import streamlit as st

from scenarios.desk.desk import read_history
from scenarios.desk.log import EditRecord
from ui.boundary import boundary, escape_markdown
from ui.desk.history import Told, find_places, first_point, history_rows, who_did
from ui.desk.session import desk_session
from ui.desk.words import local_time, reader_zone, say_edit
from ui.state import State, get_state
from ui.tables import fitted_height, table_key
from ui.texts.catalog import Texts

_MOST_ROWS = 11


def render() -> None:
    """Draw the page."""
    state = get_state()
    texts = Texts(state.language)
    if state.project is None:
        st.info(texts("grids_page.no_project"))
        return
    records = read_history(state.project, state.scenario)
    if not records:
        st.info(texts("history.nothing"))
        return
    table, side = st.columns([2.6, 1], gap="medium")
    with table:
        chosen = _draw_table(texts, state, records)
    with side, boundary(texts):
        _draw_record(texts, records, chosen)


def _draw_table(texts: Texts, state: State, records: tuple[EditRecord, ...]) -> EditRecord | None:
    """Draw the log, newest first, of one person and community or all; give the entry picked."""
    who, what = st.columns(2, gap="small", vertical_alignment="bottom")
    names = list(dict.fromkeys(record.author for record in records if record.author))
    person = who.selectbox(
        texts("history.person"),
        ["", *names],
        key="history_person",
        format_func=lambda name: name or texts("history.everybody"),
    )
    hide = what.toggle(texts("history.hide_undone"), key="history_hide")
    places = find_places(records, desk_session().open_if_possible(state.project, state.scenario))
    shown = [
        record
        for record in reversed(records)
        if person in ("", record.author)
        and not (hide and (record.undone or record.reverts is not None))
        and (state.community is None or state.community in places[record.seq])
    ]
    if not shown:
        st.caption(texts("history.none_here"))
        return None
    told = Told(zone=reader_zone(), known={record.seq: record for record in records})
    key = table_key("history", [f"{texts.language} {record.seq}" for record in shown])
    picked = st.dataframe(
        history_rows(texts, shown, told),
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        hide_index=True,
        height=fitted_height(len(shown), _MOST_ROWS),
        column_config={
            "seq": st.column_config.TextColumn(texts("history.column.seq"), width=50, alignment="right"),
            "at": st.column_config.TextColumn(texts("history.column.at"), width=140),
            "who": st.column_config.TextColumn(texts("history.column.who"), width=70),
            "what": st.column_config.TextColumn(texts("history.column.what"), width=425),
            "why": st.column_config.TextColumn(texts("history.column.why"), width=130),
        },
    )
    rows = picked["selection"]["rows"]
    return shown[rows[0]] if rows else None


def _draw_record(texts: Texts, records: tuple[EditRecord, ...], chosen: EditRecord | None) -> None:
    """Say everything about the entry picked, and offer the way back to it."""
    st.caption(texts("history.about"))
    if chosen is None:
        return
    known = {record.seq: record for record in records}
    when = local_time(chosen.at, reader_zone(), texts)
    lines = [
        f"**{escape_markdown(say_edit(texts, chosen, known.get))}**",
        escape_markdown(texts("history.by", name=who_did(texts, chosen), time=when)),
    ]
    if chosen.note:
        lines.append(escape_markdown(texts("history.note", note=chosen.note)))
    if chosen.undone:
        lines.append(texts("history.undone"))
    with st.container(border=True):
        st.markdown("  \n".join(lines))
    if chosen.seq < first_point(records):
        st.caption(texts("history.too_early"))
        return
    later = sum(record.seq > chosen.seq for record in records)
    if not later:
        st.caption(texts("history.latest"))
        return
    st.text_input(texts("desk.note"), key="history_note", placeholder=texts("desk.note_hint"))
    st.button(
        texts("history.step_back", n=later),
        key="history_step_back",
        type="primary",
        width="stretch",
        on_click=_step_back,
        args=(chosen.seq,),
    )


def _step_back(seq: int) -> None:
    # The note is read at the click: what was typed a moment before has not been through a run of the page.
    why = str(st.session_state["history_note"]).strip()
    desk_session().wish_for("step_back", {"to": seq}, why)
    st.session_state["history_note"] = ""


if __name__ == "__main__":
    import app

    app.main()
