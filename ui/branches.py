"""What the page on branches says: the marked place, coverage, targets, lists by grid, organisations."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from exports.branches_table import cobuild_csv, cobuild_table
from scenarios.branches.values import Body, BranchPlan, Place
from ui.boundary import escape_markdown
from ui.branches_words import (
    body_name,
    certificate,
    distances_said,
    headline,
    level_name,
    plain_reasons,
    reason,
)
from ui.tables import draw_rows
from ui.texts.catalog import Texts


def draw_result(texts: Texts, plan: BranchPlan, selected: str | None) -> None:
    """Draw the headline, how good the grouping is, and the marked place with its reasons."""
    place = next((one for one in plan.places if one.id == selected), None)
    if place is not None:
        draw_place(texts, plan, place)
    st.markdown(headline(texts, plan))
    new = [body for body in plan.bodies if body.status == "proposed"]
    joint = sum(body.level == "joint_branch" for body in new)
    st.markdown(texts("branches.new", own=len(new) - joint, joint=joint))
    st.markdown(certificate(texts, plan))
    if not plan.coverage[0].recorded:
        st.warning(texts("branches.no_organisations"))
    st.caption(distances_said(texts, plan))
    if plan.as_of is None:
        st.caption(texts("branches.no_as_of"))
    else:
        how = "given" if plan.settings.as_of else "latest"
        st.caption(
            texts(
                "branches.as_of",
                day=plan.as_of.isoformat(),
                months=plan.settings.rules.activity_months,
                how=texts(f"branches.as_of_{how}"),
            )
        )
    if place is None:
        st.caption(texts("branches.pick"))


def draw_place(texts: Texts, plan: BranchPlan, place: Place) -> None:
    """Draw one place: what is proposed, every reason with its source, what it lacks."""
    with st.container(border=True):
        members = _count(texts, place.formal_members)
        st.markdown(
            f"**{escape_markdown(place.name)}** · {texts(f'branches.kind.{place.kind}')}  \n"
            + texts("common.named", name=texts("branches.column.members"), value=members)
            + f" · **{texts(f'branches.decision.{place.decision}')}**"
        )
        lines = [f"- {escape_markdown(reason(texts, one))}" for one in place.reasons]
        if place.lacking:
            lines.append(f"- {texts('branches.lacks_3', n=place.lacking)}")
        elif place.lacking_committee and place.decision == "own":
            lines.append(f"- {texts('branches.lacks_7', n=place.lacking_committee)}")
        body = next((one for one in plan.bodies if one.id == place.organisation), None)
        if body is not None:
            lines.append(f"- {escape_markdown(texts('branches.organisation', name=body_name(texts, body)))}")
        st.markdown("\n".join(lines))


def draw_places(
    texts: Texts,
    places: Sequence[Place],
    names: dict[str, str],
    selected: str | None,
    on_pick: Callable[[str | None], None],
) -> None:
    """Draw places as a table; `on_pick` gets the id of the row a person picks."""
    ids = [place.id for place in places]
    draw_rows(
        "branch_places",
        place_rows(texts, places, names),
        ids,
        selected,
        on_pick,
        height=300,
        placeholder=texts("branches.no_data"),
        column_config=_titles(texts, ("name", "kind", "community", "decision", "members", "reason")),
    )


def place_rows(texts: Texts, places: Sequence[Place], names: dict[str, str]) -> pd.DataFrame:
    """Give places as rows: name, kind, community, decision, members, why."""
    return pd.DataFrame(
        {
            "name": [place.name for place in places],
            "kind": [texts(f"branches.kind.{place.kind}") for place in places],
            "community": [
                names.get(place.community_code or "", place.community_code or "") for place in places
            ],
            "decision": [texts(f"branches.decision.{place.decision}") for place in places],
            "members": pd.array([place.formal_members for place in places], dtype="Int64"),
            "reason": [plain_reasons(texts, place.reasons) for place in places],
        }
    )


def draw_targets(texts: Texts, plan: BranchPlan, places: Sequence[Place], names: dict[str, str]) -> None:
    """Draw what places lack to found a branch or to elect a committee, the nearest to it first."""
    rules = plan.settings.rules
    short = [
        place for place in places if place.lacking or (place.lacking_committee and place.decision == "own")
    ]
    short.sort(key=lambda place: (place.lacking or 0, place.lacking_committee or 0, place.name))
    rows = pd.DataFrame(
        {
            "name": [place.name for place in short],
            "kind": [texts(f"branches.kind.{place.kind}") for place in short],
            "community": [_community(place, names) for place in short],
            "members": pd.array([place.formal_members for place in short], dtype="Int64"),
            "lacking": pd.array([place.lacking or None for place in short], dtype="Int64"),
            "lacking_committee": pd.array(
                [place.lacking_committee or None for place in short], dtype="Int64"
            ),
        }
    )
    number = st.column_config.NumberColumn
    st.dataframe(
        rows,
        hide_index=True,
        height=300,
        placeholder="",
        column_config={
            **_titles(texts, ("name", "kind", "community", "members")),
            "lacking": number(texts("branches.column.lacking", n=rules.formal_members_min)),
            "lacking_committee": number(texts("branches.column.lacking", n=rules.branch_committee_min)),
        },
    )


def draw_by_grid(texts: Texts, plan: BranchPlan, community: str | None) -> None:
    """Draw the institutions of each grid with their agreements: each is in exactly one grid."""
    heads, rows = cobuild_table(plan, texts, community)
    st.dataframe(pd.DataFrame(rows, columns=heads), hide_index=True, height=260)
    st.download_button(
        texts("branches.download_cobuild"),
        cobuild_csv(plan, texts, community),
        file_name=f"cobuild-{plan.scenario}.csv",
        mime="text/csv",
        on_click="ignore",
    )


def draw_organisations(texts: Texts, plan: BranchPlan) -> None:
    """Draw every organisation, existing and proposed, with its level and what its size asks for."""
    marks = {True: "branches.effective_yes", False: "branches.effective_no", None: "branches.no_data"}
    rows = pd.DataFrame(
        {
            "name": [body_name(texts, body) for body in plan.bodies],
            "status": [texts(f"branches.{body.status}") for body in plan.bodies],
            "level": [level_name(texts, body.level) for body in plan.bodies],
            "members": pd.array([body.formal_members for body in plan.bodies], dtype="Int64"),
            "places": [len(body.places) for body in plan.bodies],
            "distance": pd.array([_far(body) for body in plan.bodies], dtype="Int64"),
            "effective_mark": [
                texts(marks[body.effective]) if body.status == "existing" else "" for body in plan.bodies
            ],
            "advice": [plain_reasons(texts, (*body.formal, *body.advice)) for body in plan.bodies],
        }
    )
    st.dataframe(
        rows,
        hide_index=True,
        height=300,
        placeholder="—",
        column_config=_titles(texts, tuple(rows.columns)),
    )


def _far(body: Body) -> int | None:
    """Give how far the places of an organisation are apart, None where there are no two."""
    return body.max_distance_m if len(body.places) > 1 else None


def _community(place: Place, names: dict[str, str]) -> str:
    return names.get(place.community_code or "", place.community_code or "")


def _titles(texts: Texts, names: Sequence[str]) -> dict[str, Any]:
    numbers = ("members", "places", "distance")
    kinds = st.column_config
    return {
        name: (kinds.NumberColumn if name in numbers else kinds.TextColumn)(texts(f"branches.column.{name}"))
        for name in names
    }


def _count(texts: Texts, value: int | None) -> str:
    return texts("branches.no_data") if value is None else texts.number(value)
