"""What venues offer: communities, venues, what is lacking, and the checklist of functions to be edited."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import streamlit as st

from exports.facilities_tables import (
    facilities_sentences,
    facilities_table,
    function_name,
    gap_table,
    venue_table,
)
from exports.texts import Texts as AnyTexts
from scenarios.branches.table import read_branches
from scenarios.facilities.checklist import DEFAULT_CHECKLIST, Function, split_words
from scenarios.facilities.measure import checklist_of, save_checklist
from scenarios.facilities.values import Facilities
from ui.boundary import escape_markdown
from ui.branches_rules import draw_rules_table
from ui.service_table import choose_view, draw_table
from ui.services_data import load_proposed, load_services
from ui.texts.catalog import Texts

FACILITY_RULES = ("service_area_per_100_m2", "activity_share")
_VIEWS = ("communities", "venues", "gaps", "checklist")


def draw_facilities(
    texts: Texts, project: Path, scenario: str, names: dict[str, str], community: str | None
) -> None:
    """Draw area, functions and gaps of the communities; of one where one is looked at."""
    found = _found(texts, project, scenario)
    for said in facilities_sentences(texts, found):
        st.markdown(escape_markdown(said))
    view = choose_view(texts, "facilities", _VIEWS)
    shown = _of_community(found, community)
    if view == "venues":
        draw_table(texts, venue_table(texts, shown, names))
    elif view == "gaps":
        if any(row.gaps for row in shown.communities):
            draw_table(texts, gap_table(texts, shown))
        else:
            st.caption(texts("facilities.no_gaps"))
    elif view == "checklist":
        _draw_checklist(texts, project, scenario)
    else:
        draw_table(texts, facilities_table(texts, found))


def _found(texts: Texts, project: Path, scenario: str) -> Facilities:
    proposed = load_proposed(project, scenario)
    if proposed is not None and st.toggle(
        texts("facilities.with_proposal"),
        key="facilities_with_proposal",
        help=texts("facilities.with_proposal_help"),
    ):
        return proposed
    return load_services(project, scenario).facilities


def _of_community(found: Facilities, community: str | None) -> Facilities:
    if community is None:
        return found
    return replace(
        found,
        venues=tuple(venue for venue in found.venues if venue.community_code == community),
        communities=tuple(row for row in found.communities if row.code == community),
    )


def _draw_checklist(texts: Texts, project: Path, scenario: str) -> None:
    """Draw the rules on area and the checklist; what is changed is kept with the scenario at once."""
    settings, _ = read_branches(project, scenario)
    draw_rules_table(texts, project, scenario, settings, FACILITY_RULES)
    current = checklist_of(project, scenario)
    st.caption(texts("facilities.checklist_note"))
    if any(not item.verified and item.source == "practice" for item in current):
        st.caption(texts("facilities.checklist_unverified"))
    edited = st.data_editor(
        checklist_rows(texts, current),
        key=f"checklist_{scenario}_{hash(current)}",
        hide_index=True,
        num_rows="dynamic",
        disabled=["source"],
        column_config={
            "function": st.column_config.TextColumn(texts("facilities.column.function"), required=True),
            "words": st.column_config.TextColumn(texts("facilities.column.words"), width="large"),
            "from_m2": st.column_config.NumberColumn(
                texts("facilities.column.from_m2"), min_value=0, step=10, default=0
            ),
            "source": st.column_config.TextColumn(texts("facilities.column.source")),
        },
    )
    wanted = read_rows(texts, edited, current)
    if wanted != current:
        save_checklist(project, scenario, wanted)
        st.rerun()
    if current != DEFAULT_CHECKLIST and st.button(texts("facilities.back")):
        save_checklist(project, scenario, DEFAULT_CHECKLIST)
        st.rerun()


def checklist_rows(texts: AnyTexts, checklist: tuple[Function, ...]) -> pd.DataFrame:
    """Give the checklist as rows: name, words, area, source."""
    return pd.DataFrame(
        {
            "function": [function_name(texts, item) for item in checklist],
            "words": [texts("common.comma").join(item.words) for item in checklist],
            "from_m2": pd.array([item.from_m2 for item in checklist], dtype="Int64"),
            "source": [_source(texts, item) for item in checklist],
        }
    )


def _source(texts: AnyTexts, item: Function) -> str:
    key = f"rules.document.{item.source}"
    name = texts(key) if texts.has(key) else item.source
    if item.source == "ours":
        return name
    return f"{name} · {texts('rules.seen' if item.verified else 'rules.cited')}"


def read_rows(texts: AnyTexts, rows: pd.DataFrame, current: tuple[Function, ...]) -> tuple[Function, ...]:
    """Read an edited checklist; a row that keeps its name keeps what cannot be edited."""
    known = {function_name(texts, item): item for item in current}
    found = []
    for row in rows.to_dict("records"):
        name = "" if pd.isna(row["function"]) else str(row["function"]).strip()
        if not name:
            continue
        own = known.get(name, Function(name=name, words=(), from_m2=0))
        said = () if pd.isna(row["words"]) else split_words(str(row["words"]))
        area = 0 if pd.isna(row["from_m2"]) else int(row["from_m2"])
        found.append(replace(own, words=said or (own.name,), from_m2=area))
    return tuple(found)
