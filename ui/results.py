"""What the panel beside the map says of a plan: headline, certificates, the marked grid."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from exports.places import Places
from scenarios.outcome import Outcome
from ui.boundary import boundary, escape_markdown
from ui.cost_table import draw_costs
from ui.reasons import draw_certificate
from ui.tables import band_mark
from ui.texts.catalog import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Focus:
    """What is looked at: the community, the marked grid or a hint without one.

    `kept` are the grids that a person fixed, `relocked` the communities whose locks have changed since.
    """

    community: str | None = None
    selected: str | None = None
    kept: frozenset[str] = frozenset()
    relocked: frozenset[str] = frozenset()
    hint: str = ""


def draw_results(
    texts: Texts, outcome: Outcome, places: Places, focus: Focus, *, draw_card: Callable[[], None]
) -> None:
    """Draw the marked grid, its card, the community looked at, or the headline and what needs a look."""
    if outcome.stale:
        st.warning(texts("grids_page.stale"))
    _draw_selected(texts, outcome, focus)
    with boundary(texts):
        draw_card()
    community = focus.community or _community_of(outcome, focus.selected)
    for item in outcome.certificates:
        if item.community_code == community:
            draw_certificate(texts, item, places)
            if community in focus.relocked:
                st.caption(texts("locks.changed"))
    draw_costs(texts, outcome, community=community, selected=focus.selected)
    if focus.community is None:
        # What the whole plan is like comes after the grid that a person has just marked, and its community.
        _draw_plan(texts, outcome, places, told=community)


def _community_of(outcome: Outcome, code: str | None) -> str | None:
    own = outcome.grids.loc[outcome.grids["code"] == code, "community_code"]
    return str(own.iloc[0]) if len(own) else None


def _draw_plan(texts: Texts, outcome: Outcome, places: Places, told: str | None) -> None:
    st.markdown(headline(texts, outcome))
    _draw_figures(texts, outcome)
    notable = [item for item in outcome.certificates if not item.proven and item.community_code != told]
    if all(item.proven for item in outcome.certificates):
        st.markdown(texts("grids_page.certificate.all_optimal"))
        return
    if not notable:
        return
    with st.expander(texts("grids_page.not_proven", n=len(notable)), expanded=len(notable) <= 3):
        for item in notable:
            draw_certificate(texts, item, places)


def headline(texts: Texts, outcome: Outcome) -> str:
    """Sum a plan up in one sentence: grids, share inside the band, communities proven."""
    share = float(outcome.grids["in_band"].mean()) if len(outcome.grids) else 0.0
    return texts(
        "grids_page.headline",
        grids=len(outcome.grids),
        in_band=texts.percent(share),
        proven=sum(item.proven for item in outcome.certificates),
        communities=len(outcome.certificates),
    )


def _draw_figures(texts: Texts, outcome: Outcome) -> None:
    split, moved = outcome.summary.get("compounds_split"), outcome.summary.get("households_moved")
    lines = []
    if isinstance(split, int) and outcome.cells["compound_id"].notna().any():
        lines.append(f"- {texts('grids_page.compounds_split', n=split)}")
    if isinstance(moved, int):
        lines.append(f"- {texts('grids_page.households_moved', n=moved)}")
    if lines:
        st.markdown("\n".join(lines))


def _draw_selected(texts: Texts, outcome: Outcome, focus: Focus) -> None:
    rows = outcome.grids[outcome.grids["code"] == focus.selected]
    if rows.empty:
        st.caption(focus.hint)
        return
    row = rows.iloc[0]
    mark = band_mark(
        texts, row["households"], outcome.rules.get("min_households"), outcome.rules.get("max_households")
    )
    if row["code"] in focus.kept and not row["in_band"]:
        mark = texts("locks.by_hand")
    names = dict(zip(outcome.communities["code"], outcome.communities["name"], strict=True))
    with st.container(border=True):
        community = str(names.get(row["community_code"]) or row["community_code"])
        st.markdown(
            f"**{texts('grids_page.selected', code=str(row['code']))}**  \n"
            f"{escape_markdown(community)} · {escape_markdown(mark)}  \n"
            + texts(
                "grids_page.selected_counts",
                households=int(row["households"]),
                residents=int(row["residents"]),
                area=texts.number(row["area_m2"] / 10_000, 1),
                compactness=texts.number(row["polsby_popper"], 2),
            )
        )
