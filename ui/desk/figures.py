"""What an edit did, at once: the grids touched, who changes grid, the cost, and the hard rules broken."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from scenarios.desk.desk import Desk
from scenarios.desk.measure import BrokenRule, GridMeasures
from scenarios.desk.plan import DEDICATED
from ui.boundary import escape_markdown
from ui.desk.buttons import wish_button
from ui.desk.cost import draw_cost
from ui.desk.delta import short_code
from ui.desk.session import DeskSession
from ui.desk.table import piece_mark, size_mark
from ui.state import get_state, write_state
from ui.texts.catalog import Texts

_MOST_GRIDS = 5
_MOST_BROKEN = 3


def draw_figures(texts: Texts, session: DeskSession, desk: Desk, community: str | None) -> None:
    """Draw the figures of the grids touched last, or of those chosen."""
    items = touched_grids(session, desk) or chosen_grids(session, desk)
    before = session.before.measures.grids if session.before is not None else {}
    lines = [_line(texts, desk, item, before.get(item.code)) for item in items[:_MOST_GRIDS]]
    if lines:
        st.markdown("\n".join(lines))
    if community is not None and community in desk.measures.communities:
        _draw_moved(texts, session, desk, community)
        draw_cost(texts, desk, community)
    elif not lines:
        st.caption(texts("desk.hint"))
    for name in undedicated(session, desk):
        st.warning(texts("desk.undedicated", name=escape_markdown(name)))
    _draw_broken(texts, desk, community)


def touched_grids(session: DeskSession, desk: Desk) -> list[GridMeasures]:
    """Give the grids that the latest edit changed and that are still there."""
    if session.before is None:
        return []
    old, entries = session.before.measures.grids, session.before.plan.grids
    return [
        item
        for code, item in desk.measures.grids.items()
        if _counted(old.get(code)) != _counted(item) or entries.get(code) != desk.plan.grids[code]
    ]


def _counted(item: GridMeasures | None) -> GridMeasures | None:
    """Leave out who changes grid: that may differ in a grid of which nothing else does."""
    return None if item is None else replace(item, moved=0)


def undedicated(session: DeskSession, desk: Desk) -> list[str]:
    """Name the dedicated grids that the latest edit took out of the plan."""
    if session.before is None:
        return []
    old, new = session.before.plan.grids, desk.plan.grids
    kept = {
        entry.institution_id for entry in new.values() if entry.kind == DEDICATED and entry.institution_id
    }
    return [
        entry.name or code
        for code, entry in old.items()
        if entry.kind == DEDICATED and code not in new and entry.institution_id not in kept
    ]


def chosen_grids(session: DeskSession, desk: Desk) -> list[GridMeasures]:
    """Give the grids that chosen cells lie in."""
    codes = dict.fromkeys(desk.plan.grid_of_cell.get(cell) for cell in session.chosen)
    grids = desk.measures.grids
    return [grids[code] for code in codes if code is not None and code in grids]


def _line(texts: Texts, desk: Desk, item: GridMeasures, before: GridMeasures | None) -> str:
    size = texts("common.n_households", n=item.households)
    if before is not None and before.households != item.households:
        size += texts("desk.by", n=f"{item.households - before.households:+,}")
    parts = [size, texts("common.n_residents", n=item.residents), size_mark(texts, desk, item, desk.rules)]
    parts.append(piece_mark(texts, item))
    told = escape_markdown(" · ".join(parts))
    broken = any(rule.grid == item.code for rule in desk.measures.broken)
    name = escape_markdown(short_code(desk, item.code))
    return f"- **{name}** :red[{told}]" if broken else f"- **{name}** {told}"


def _draw_moved(texts: Texts, session: DeskSession, desk: Desk, community: str) -> None:
    if any(code is not None for code in desk.ground.today):
        st.markdown(escape_markdown(moved_words(texts, session, desk, community)))


def moved_words(texts: Texts, session: DeskSession, desk: Desk, community: str) -> str:
    """Say how many households change grid, by how many the latest edit changed that, how many have none."""
    part = desk.measures.communities[community]
    name = desk.ground.community_names.get(community, community)
    said = texts("desk.moved", community=name, n=part.moved)
    before = session.before.measures.communities.get(community) if session.before is not None else None
    if before is not None and before.moved != part.moved:
        said += texts("desk.by", n=f"{part.moved - before.moved:+,}")
    if part.unassigned:
        # They are with no grid that they could have changed to: without them the figure looks too good.
        cells = [desk.ground.place[cell] for cell in part.unassigned]
        said += texts("desk.moved_open", n=int(desk.ground.households[cells].sum()))
    return said


def _draw_broken(texts: Texts, desk: Desk, community: str | None) -> None:
    rules = sorted(desk.measures.broken, key=lambda rule: rule.community_code != community)
    if not rules:
        return
    st.markdown(f":red[**{escape_markdown(texts('desk.broken.title', n=len(rules)))}**]")
    for number, rule in enumerate(rules[:_MOST_BROKEN]):
        said, look = st.columns([2.7, 1], gap="small", vertical_alignment="center")
        said.markdown(f":red[{escape_markdown(broken_words(texts, desk, rule, community))}]")
        look.button(
            texts("desk.broken.look"),
            key=f"desk_look_{number}",
            width="stretch",
            on_click=_look,
            args=(rule.cells,),
        )
    if len(rules) > _MOST_BROKEN:
        st.caption(texts("desk.broken.more", n=len(rules) - _MOST_BROKEN))
    _draw_mending(texts, rules)


def broken_words(texts: Texts, desk: Desk, rule: BrokenRule, community: str | None) -> str:
    """Say which hard rule is broken, and by how much; a grid outside the community at hand by its name."""
    facts = {**rule.facts, "cells": len(rule.cells)}
    if rule.grid is not None:
        own = rule.community_code == community
        facts["grid"] = short_code(desk, rule.grid) if own else desk.plan.grids[rule.grid].name or rule.grid
    facts["community"] = desk.ground.community_names.get(rule.community_code, rule.community_code)
    return texts(f"desk.broken.{rule.code}", **facts)


def _draw_mending(texts: Texts, rules: Sequence[BrokenRule]) -> None:
    """Offer what the programme can mend by itself, side by side: the panel is short."""
    grids = [rule.grid for rule in rules if rule.code == "not_contiguous"]
    places = list(dict.fromkeys(rule.community_code for rule in rules if rule.code == "unassigned"))
    offers: list[tuple[str, str, Mapping[str, object]]] = []
    if grids:
        offers.append(("complete", "complete_contiguity", {"grids": grids}))
    if places:
        offers.append(("assign_rest", "assign_rest", {"communities": places}))
    if not offers:
        return
    for column, (name, edit, facts) in zip(st.columns(len(offers), gap="small"), offers, strict=True):
        with column:
            wish_button(texts, name, edit, facts)


def _look(cells: tuple[str, ...]) -> None:
    state = get_state()
    write_state(replace(state, outlined=cells).looking_at("cells", *cells))
