"""What the page of today says: the headline, one community's facts, and the table of all."""

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from exports.rule_words import rule_source
from scenarios.branches.diagnosis import CommunityToday, Finding
from scenarios.rules import RULES
from ui.boundary import escape_markdown
from ui.links import go_to
from ui.tables import draw_rows, fitted_height
from ui.texts.catalog import Texts


def draw_headline(texts: Texts, told: Sequence[CommunityToday]) -> None:
    """Sum up in one sentence where a look is needed."""
    off = sum(bool(one.outside) for one in told)
    if off == 0:
        st.markdown(texts("today.all_fine", n=len(told)))
        return
    worst = escape_markdown(told[0].name)
    st.markdown(texts("today.headline", n=len(told), off=off, worst=f"**{worst}**"))


def draw_community(texts: Texts, one: CommunityToday) -> None:
    """Draw one community's facts: outside the rules, not known, within the rules; each leads to its page."""
    st.markdown(f"**{escape_markdown(one.name)}** · {texts('today.n_off', n=len(one.outside))}")
    for position, item in enumerate(one.outside):
        said, way = st.columns([2.6, 1], vertical_alignment="center")
        said.markdown(escape_markdown(finding_text(texts, item)), help=_basis(texts, item))
        if way.button(texts(f"today.mend.{item.page}"), key=f"mend_{one.code}_{position}", width="stretch"):
            go_to(item.page)
    _draw_rest(texts, "no_data", one.unknown)
    _draw_rest(texts, "fine", tuple(item for item in one.findings if item.state == "fine"))


def _draw_rest(texts: Texts, title: str, items: Sequence[Finding]) -> None:
    if not items:
        return
    st.caption(texts(f"today.{title}"))
    st.markdown("\n".join(f"- {escape_markdown(finding_text(texts, item))}" for item in items))


def finding_text(texts: Texts, item: Finding) -> str:
    """Say one fact."""
    return texts(f"today.finding.{item.code}", **item.facts)


def _basis(texts: Texts, item: Finding) -> str | None:
    if item.rule is None:
        return None
    return escape_markdown(texts("branches.basis", source=rule_source(texts, RULES[item.rule])))


def draw_table(
    texts: Texts,
    told: Sequence[CommunityToday],
    chosen: str | None,
    on_pick: Callable[[str | None], None],
) -> None:
    """Draw all communities, the worst first; `on_pick` gets the code of the row a person picks."""
    codes = [one.code for one in told]
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    draw_rows(
        "today_table",
        today_rows(texts, told),
        codes,
        chosen,
        on_pick,
        height=fitted_height(len(told), 12),
        column_config={
            "community": text(texts("today.column.community"), width=110),
            "off": number(texts("today.column.off"), width=80),
            "unknown": number(texts("today.column.unknown"), width=70),
            "reasons": text(texts("today.column.reasons"), width=880),
        },
    )


def today_rows(texts: Texts, told: Sequence[CommunityToday]) -> pd.DataFrame:
    """Give the communities as a table for reading."""
    joined = texts("common.semicolon")
    return pd.DataFrame(
        {
            "community": [one.name for one in told],
            "off": [len(one.outside) for one in told],
            "unknown": [len(one.unknown) for one in told],
            "reasons": [joined.join(finding_text(texts, item) for item in one.outside) for one in told],
        }
    )
