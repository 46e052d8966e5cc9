"""Why a community's plan is not what was asked for: sentences, the place on the map, and the way out."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from exports.certificates import certificate_sentence, reason_sentence
from exports.places import Places
from scenarios.outcome import Certificate
from ui.boundary import escape_markdown
from ui.state import get_state, write_state
from ui.texts.catalog import Texts

Facts = Mapping[str, object]

_WAYS_OUT = {"min_that_works": "min_households", "max_that_works": "max_households"}
_BY_ARITHMETIC = {"min_needed": "min_households", "max_needed": "max_households"}


def draw_certificate(texts: Texts, item: Certificate, places: Places) -> None:
    """Draw what is known of a community's plan, and every reason with what can be done about it."""
    said = escape_markdown(certificate_sentence(item, texts))
    st.markdown(f"**{escape_markdown(item.community_name)}** — {said}")
    for position in range(len(item.reasons)):
        _draw_reason(texts, item, position, places)
    if not item.reasons and item.status == "feasible":
        st.markdown(f"- {texts('grids_page.no_reason')}")


def ways_out(facts: Facts) -> dict[str, int]:
    """Give the limits that make a plan possible, each alone: limit → households.

    Those known to work come first; where they could not be found out, those that arithmetic asks for.
    """
    for names in (_WAYS_OUT, _BY_ARITHMETIC):
        known = {limit: facts[name] for name, limit in names.items() if isinstance(facts.get(name), int)}
        if known:
            return {limit: int(str(value)) for limit, value in known.items()}
    return {}


def cells_of(facts: Facts) -> tuple[str, ...]:
    """Give the ids of the cells that a reason speaks of."""
    cells = facts.get("cells")
    return tuple(str(cell) for cell in cells) if isinstance(cells, list | tuple) else ()


def _draw_reason(texts: Texts, item: Certificate, position: int, places: Places) -> None:
    (code, facts), key = item.reasons[position], f"{item.community_code}_{position}"
    sentences = [reason_sentence(code, facts, texts, places)]
    limits = ways_out(facts)
    certain = any(name in facts for name in _WAYS_OUT)
    kind = "way_out" if certain else "way_out_maybe"
    sentences += [texts(f"grids_page.{kind}.{name}", n=value) for name, value in limits.items()]
    st.markdown("\n".join(f"- {escape_markdown(sentence)}" for sentence in sentences))
    cells = cells_of(facts)
    if not cells and not limits:
        return
    with st.container(horizontal=True, gap="small"):
        if cells:
            shown = get_state().outlined == cells
            st.button(
                texts("grids_page.hide_cells" if shown else "grids_page.show_cells"),
                key=f"show_{key}",
                on_click=_outline,
                args=(() if shown else cells,),
            )
        for name, value in limits.items():
            st.button(
                texts(f"grids_page.try_with.{name}", n=value),
                key=f"try_{key}_{name}",
                on_click=_try_with,
                args=(texts, item.community_code, name, value),
            )


def _outline(cells: tuple[str, ...]) -> None:
    state = get_state()
    write_state(state.outlining(cells) if cells else replace(state, outlined=()))


def _try_with(texts: Texts, community: str, limit: str, value: int) -> None:
    """Set one limit in the form, for this community alone, and say what to do next."""
    state = get_state()
    write_state(
        replace(
            state, community=community, only_community=True, limits={**(state.limits or {}), limit: value}
        )
    )
    st.toast(texts(f"grids_page.limit_set.{limit}", n=value))
