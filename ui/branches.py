"""What the page on branches says: the marked place, coverage, targets, lists by grid, organisations."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from scenarios.branches.values import BranchPlan, CoverageRow, Place
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
from ui.tables import fitted_height, mark_row
from ui.texts.catalog import Texts

SCOPES = ("community", "sector", "grid")


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
    key, picked = mark_row("branch_places", ids, selected, on_pick)
    st.dataframe(
        place_rows(texts, places, names),
        key=key,
        on_select=picked,
        selection_mode="single-row",
        hide_index=True,
        height=300,
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


def draw_coverage(texts: Texts, rows: Sequence[CoverageRow], names: dict[str, str]) -> None:
    """Draw coverage by community, line of work or grid, with the line of all."""
    scope = st.segmented_control(
        texts("branches.column.key"),
        SCOPES,
        default=SCOPES[0],
        format_func=lambda name: texts(f"branches.scope.{name}"),
        key="coverage_scope",
        label_visibility="collapsed",
    )
    shown = [row for row in rows if row.scope in ("all", scope or SCOPES[0])]
    st.dataframe(
        coverage_rows(texts, shown, names),
        hide_index=True,
        height=fitted_height(len(shown), 10),
        column_config=_titles(texts, tuple(_COVERAGE)),
    )
    st.caption(texts("branches.coverage_note"))


_COVERAGE = (
    "key",
    "operating",
    "own_today",
    "joint_today",
    "organisational_today",
    "effective",
    "organisational",
    "work",
)


def coverage_rows(texts: Texts, rows: Sequence[CoverageRow], names: dict[str, str]) -> pd.DataFrame:
    """Give coverage as rows for reading; a share that cannot be known says so."""
    return pd.DataFrame(
        {
            "key": [_key(texts, row, names) for row in rows],
            "operating": [row.operating for row in rows],
            "own_today": [row.own_today for row in rows],
            "joint_today": [row.joint_today for row in rows],
            "organisational_today": [_share(texts, row.organisational_today) for row in rows],
            "effective": [_share(texts, row.effective_share) for row in rows],
            "organisational": [_share(texts, row.organisational) for row in rows],
            "work": [_share(texts, row.work if row.without else None, none=row.without == 0) for row in rows],
        }
    )


def _key(texts: Texts, row: CoverageRow, names: dict[str, str]) -> str:
    if row.scope == "all":
        return texts("branches.all")
    if not row.key:
        return texts("branches.outside") if row.scope == "grid" else texts("branches.no_data")
    return names.get(row.key, row.key)


def _share(texts: Texts, value: float | None, *, none: bool = False) -> str:
    if value is None:
        return "—" if none else texts("branches.no_data")
    return texts.percent(value)


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
        column_config={
            **_titles(texts, ("name", "kind", "community", "members")),
            "lacking": number(texts("branches.column.lacking", n=rules.formal_members_min)),
            "lacking_committee": number(texts("branches.column.lacking", n=rules.branch_committee_min)),
        },
    )


def draw_by_grid(texts: Texts, places: Sequence[Place], names: dict[str, str]) -> None:
    """Draw the institutions of each grid with their agreements: each is in exactly one grid."""
    own = sorted(
        (place for place in places if place.kind == "institution"),
        key=lambda one: (one.grid_code or "~", one.name),
    )
    mark = {True: "branches.agreement_yes", False: "branches.agreement_no", None: "branches.no_data"}
    rows = pd.DataFrame(
        {
            "grid": [
                names.get(one.grid_code, one.grid_code) if one.grid_code else texts("branches.outside")
                for one in own
            ],
            "name": [one.name for one in own],
            "sector": [one.sector or "" for one in own],
            "agreement": [texts(mark[one.agreement]) for one in own],
            "decision": [texts(f"branches.decision.{one.decision}") for one in own],
        }
    )
    st.dataframe(rows, hide_index=True, height=300, column_config=_titles(texts, tuple(rows.columns)))


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
            "distance": [body.max_distance_m for body in plan.bodies],
            "effective_mark": [
                texts(marks[body.effective]) if body.status == "existing" else "" for body in plan.bodies
            ],
            "advice": [plain_reasons(texts, (*body.formal, *body.advice)) for body in plan.bodies],
        }
    )
    st.dataframe(rows, hide_index=True, height=300, column_config=_titles(texts, tuple(rows.columns)))


def _community(place: Place, names: dict[str, str]) -> str:
    return names.get(place.community_code or "", place.community_code or "")


def _grid(texts: Texts, place: Place, names: dict[str, str]) -> str:
    if place.grid_code is None:
        return texts("branches.outside")
    return names.get(place.grid_code, place.grid_code)


def _titles(texts: Texts, names: Sequence[str]) -> dict[str, Any]:
    numbers = ("members", "operating", "own_today", "joint_today", "places", "distance")
    kinds = st.column_config
    return {
        name: (kinds.NumberColumn if name in numbers else kinds.TextColumn)(texts(f"branches.column.{name}"))
        for name in names
    }


def _count(texts: Texts, value: int | None) -> str:
    return texts("branches.no_data") if value is None else texts.number(value)
