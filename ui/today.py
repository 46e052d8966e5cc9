"""What the page of today says: the headline, one community's facts, and the table of all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from exports.rule_words import rule_source
from scenarios.branches.diagnosis import CommunityToday, Finding
from scenarios.rules import RULES
from ui.boundary import escape_markdown
from ui.links import go_to
from ui.state import get_state, write_state
from ui.tables import draw_rows, fitted_height
from ui.texts.catalog import Texts

_OFF = "#fbd9b5"
_FACTS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "households": (("few_households", "many_households", "households_fine"), "n"),
    "grids": (("grids_off", "grids_fine"), "out"),
    "share": (("members_low", "members_fine"), "share"),
    "compounds": (("many_compounds", "compounds_fine"), "compounds"),
    "organisations": (("many_compounds", "compounds_fine"), "n"),
    "branch": (("small_branch", "branch_fine"), "n"),
    "paper": (("on_paper", "silent", "paper_fine"), "n"),
    "able": (("uncovered", "covered"), "able"),
    "staff": (("staff_short", "staff_fine"), "short"),
    "area": (("area_short", "area_fine"), "short"),
}
"""Column of the table → codes of its finding, and which of the finding's facts the column shows."""


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
    _draw_lines(texts, one, one.outside)
    if one.unknown:
        st.caption(texts("today.no_data"))
        _draw_lines(texts, one, one.unknown)
    fine = tuple(item for item in one.findings if item.state == "fine")
    if fine:
        st.caption(texts("today.fine"))
        st.markdown("\n".join(f"- {escape_markdown(finding_text(texts, item))}" for item in fine))


def _draw_lines(texts: Texts, one: CommunityToday, items: Sequence[Finding]) -> None:
    """Draw facts with the way to the page that mends each, which shows the community they are about."""
    for item in items:
        said, way = st.columns([2.6, 1], vertical_alignment="center")
        said.markdown(escape_markdown(finding_text(texts, item)), help=_basis(texts, item))
        key = f"mend_{one.code}_{one.findings.index(item)}"
        if way.button(texts(f"today.mend.{item.page}"), key=key, width="stretch"):
            write_state(replace(get_state(), community=one.code).looking_at("communities", one.code))
            go_to(item.page)


def finding_text(texts: Texts, item: Finding) -> str:
    """Say one fact."""
    return texts(f"today.finding.{item.code}", **item.facts)


def _basis(texts: Texts, item: Finding) -> str | None:
    if item.code == "members_low":
        return escape_markdown(texts("today.members_basis"))
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
    titles: dict[str, Any] = {"community": text(texts("today.column.community"), width=100)}
    for name in ("off", "unknown", "residents"):
        titles[name] = number(texts(f"today.column.{name}"), width=64)
    for name in _FACTS:
        titles[name] = number(texts(f"today.column.{name}"), help=texts(f"today.column_help.{name}"))
    draw_rows(
        "today_table",
        _marked(told),
        codes,
        chosen,
        on_pick,
        height=fitted_height(len(told), 12),
        placeholder=texts("branches.no_data"),
        column_config=titles,
    )
    st.caption(texts("today.table_note"))


def _marked(told: Sequence[CommunityToday]) -> Styler:
    """Give the table with every fact outside the rules on a ground of its own, in the colour of the map."""
    rows = today_rows(told)
    off = pd.DataFrame("", index=rows.index, columns=rows.columns)
    for position, one in enumerate(told):
        for name, (codes, _) in _FACTS.items():
            if any(item.code in codes for item in one.outside):
                off.loc[position, name] = f"background-color: {_OFF}"
    shown = rows.style.apply(lambda _: off, axis=None)
    return shown.format(precision=1, thousands=",")


def today_rows(told: Sequence[CommunityToday]) -> pd.DataFrame:
    """Give the communities as a table of figures; where one cannot be known the cell is empty."""
    columns: dict[str, Any] = {
        "community": [one.name for one in told],
        "off": [len(one.outside) for one in told],
        "unknown": [len(one.unknown) for one in told],
        "residents": pd.array([_figure(one, _FACTS["households"][0], "residents") for one in told], "Int64"),
    }
    for name, (codes, fact) in _FACTS.items():
        kind = "Float64" if name == "share" else "Int64"
        columns[name] = pd.array([_figure(one, codes, fact) for one in told], kind)
    return pd.DataFrame(columns)


def _figure(one: CommunityToday, codes: Sequence[str], fact: str) -> Any:  # noqa: ANN401 - whole or not
    """Give a figure of a community's first finding among some codes: the worst stands first."""
    return next((item.facts.get(fact) for item in one.findings if item.code in codes), None)
