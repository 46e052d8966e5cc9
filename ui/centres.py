"""What the page of centres says: the marked venue, the answer in sentences, venues and unserved as tables."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from scenarios.venues.plan import VenuePlan
from scenarios.venues.question import VenueGround
from scenarios.venues.settings import VenueSettings
from ui.boundary import escape_markdown
from ui.centres_form import ask
from ui.centres_state import FORCES, force_of, forcing
from ui.commands_venues import certificate_sentence
from ui.state import change_state, get_state
from ui.tables import draw_rows, fitted_height
from ui.texts.catalog import Texts

_WAN = 10_000
_ORDER = {"opens": 0, "closes": 1, "stays": 2, "not_needed": 3}
_WAYS = ("no_gate", "straight")


def draw_venue(texts: Texts, plan: VenuePlan, venue: str, settings: VenueSettings, *, alone: bool) -> None:
    """Draw the marked venue: what is proposed for it, and whether the planner forces it in or out."""
    row = next(row for row in plan.venues.to_dict("records") if row["id"] == venue)
    with st.container(border=True):
        said = [texts(f"centres.decision.{row['decision']}")]
        if row["open"] and row["people"]:
            said.append(texts("centres.people", n=int(row["people"])))
            said.append(texts("centres.mean_walk", n=round(float(row["mean_m"]))))
        if row["cost"]:
            said.append(texts("centres.costs", n=round(float(row["cost"]) / _WAN, 1)))
        name = escape_markdown(str(row["name"] or row["id"]))
        st.markdown(f"**{name}**  \n" + " · ".join(said))
        st.session_state["centres_force"] = force_of(settings, venue)
        kind = "existing" if row["status"] == "existing" else "candidate"
        st.segmented_control(
            texts("centres.force"),
            FORCES,
            key="centres_force",
            format_func=lambda force: texts(f"centres.force_{kind}.{force}"),
            on_change=_force,
            args=(settings, venue),
            label_visibility="collapsed",
            width="stretch",
        )
        if row["open"]:
            st.session_state["centres_alone"] = alone
            st.checkbox(texts("centres.alone"), key="centres_alone", on_change=_alone, args=(settings,))


def _force(settings: VenueSettings, venue: str) -> None:
    ask(forcing(settings, venue, st.session_state["centres_force"] or "free"))


def _alone(settings: VenueSettings) -> None:
    ask(settings)
    choice = get_state().centres
    if choice is not None:
        change_state(centres=replace(choice, alone=bool(st.session_state["centres_alone"])))


def draw_answer(texts: Texts, plan: VenuePlan) -> None:
    """Draw what the answer means, or why there is none."""
    if plan.certificate["status"] == "none":
        st.warning(f"**{texts('centres.no_answer')}**\n\n" + "\n".join(_reasons(texts, plan)))
        return
    lines = [escape_markdown(_headline(texts, plan)), *_coverage(texts, plan)]
    beyond = int(plan.unserved["people"].sum())
    if beyond:
        lines.append(texts("centres.beyond", n=beyond, cells=len(plan.unserved)))
    st.markdown("  \n".join(lines))


def draw_certificate(texts: Texts, plan: VenuePlan) -> None:
    """Draw how good the answer is, where there is one."""
    if plan.certificate["status"] != "none":
        st.markdown(f"**{certificate_sentence(plan, texts)}**")


def _reasons(texts: Texts, plan: VenuePlan) -> list[str]:
    return [
        "- " + escape_markdown(texts(f"reasons.{reason['code']}", **{key: reason[key] for key in reason}))
        for reason in plan.certificate["reasons"]
    ]


def _headline(texts: Texts, plan: VenuePlan) -> str:
    count = plan.venues["decision"].value_counts()
    cost = float(np.nansum(plan.venues.loc[plan.venues["decision"] == "opens", "cost"].to_numpy(float)))
    parts = [texts("centres.open_n", n=int(plan.venues["open"].sum()))]
    parts += [
        texts(f"centres.n_{decision}", n=int(count[decision]))
        for decision in ("stays", "opens", "closes")
        if decision in count
    ]
    if cost:
        parts.append(texts("centres.costs", n=round(cost / _WAN, 1)))
    return texts("centres.joint").join(parts) + texts("centres.stop")


def _coverage(texts: Texts, plan: VenuePlan) -> list[str]:
    rows = plan.ways[plan.ways["walk_m"].notna() & (plan.ways["people"] > 0)]
    people, metres = rows["people"].to_numpy(float), rows["walk_m"].to_numpy(float)
    share = {key: texts.percent(value or 0.0) for key, value in plan.coverage.items()}
    lines = [
        texts(
            "centres.within",
            today=share["today_10"],
            then=share["10"],
            then5=share["5"],
            then15=share["15"],
        )
    ]
    if people.sum():
        lines.append(
            texts(
                "centres.walked", mean=round(float(people @ metres / people.sum())), most=round(metres.max())
            )
        )
    return lines


def draw_ways(texts: Texts, ground: VenueGround, plan: VenuePlan) -> None:
    """Say how the ways were measured, where it was not simply along the streets."""
    counts = plan.measured
    if not counts.get("parts"):
        st.caption(texts("centres.no_streets", share=texts.percent(0.3)))
        return
    if counts["parts"] > 1:
        st.caption(texts("centres.parts", n=counts["parts"]))
    for way in _WAYS:
        if counts.get(way):
            st.caption(texts(f"centres.ways.{way}", n=counts[way]))
    off = int((ground.ways.venue_by == "straight").sum())
    if off:
        st.caption(texts("centres.venues_off_street", n=off))


def draw_venue_table(
    texts: Texts,
    plan: VenuePlan,
    names: Mapping[str, str],
    community: str | None,
    selected: str | None,
    on_pick: Callable[[str | None], None],
) -> None:
    """Draw the venues, what changes first, as a table; `on_pick` gets the id of the row a person picks."""
    rows = plan.venues.assign(order=plan.venues["decision"].map(_ORDER)).sort_values("order", kind="stable")
    if community is not None:
        rows = rows[rows["community_code"] == community]
    ids = [str(one) for one in rows["id"]]
    draw_rows(
        "centres_table",
        venue_rows(texts, rows, plan.settings, names),
        ids,
        selected,
        on_pick,
        placeholder="",  # an empty cell, not the word None
        height=fitted_height(len(ids), 8),
        column_config=_columns(texts, ("people", "mean", "longest", "cost", "capacity")),
    )


def venue_rows(
    texts: Texts, rows: pd.DataFrame, settings: VenueSettings, names: Mapping[str, str]
) -> pd.DataFrame:
    """Give the venues as rows for reading: metres whole, costs in ten thousand yuan."""
    priced = pd.to_numeric(rows["cost"]).where(rows["status"] != "existing")
    return pd.DataFrame(
        {
            "name": [str(name or one) for name, one in zip(rows["name"], rows["id"], strict=True)],
            "community": [names.get(str(code), str(code or "")) for code in rows["community_code"]],
            "decision": [texts(f"centres.decision.{one}") for one in rows["decision"]],
            "forced": [_forced_word(texts, settings, str(one)) for one in rows["id"]],
            "people": rows["people"].to_numpy(),
            "mean": rows["mean_m"].round().astype("Float64"),
            "longest": rows["longest_m"].round().astype("Float64"),
            "cost": (priced / _WAN).round(1),
            "capacity": pd.to_numeric(rows["capacity"]).astype("Float64"),
        }
    )


def _forced_word(texts: Texts, settings: VenueSettings, venue: str) -> str:
    force = force_of(settings, venue)
    return "" if force == "free" else texts(f"centres.force_candidate.{force}")


def draw_unserved(
    texts: Texts,
    ground: VenueGround,
    plan: VenuePlan,
    names: Mapping[str, str],
    community: str | None,
    on_pick: Callable[[str | None], None],
) -> None:
    """Draw who is further than asked from any open venue, and why, most people first."""
    rows = plan.unserved.sort_values("people", ascending=False)
    if community is not None:
        rows = rows[rows["community_code"] == community]
    if rows.empty:
        st.caption(texts("centres.all_served"))
        return
    ids = [str(one) for one in rows["cell_id"]]
    draw_rows(
        "centres_unserved",
        unserved_rows(texts, ground, rows, names),
        ids,
        None,
        on_pick,
        placeholder="",  # an empty cell, not the word None
        height=fitted_height(len(ids), 8),
        column_config=_columns(texts, ("affected", "nearest")),
    )


def unserved_rows(
    texts: Texts, ground: VenueGround, rows: pd.DataFrame, names: Mapping[str, str]
) -> pd.DataFrame:
    """Give the unserved as rows for reading."""
    places = place_names(ground)
    return pd.DataFrame(
        {
            "place": [places.get(str(one), str(one)) for one in rows["cell_id"]],
            "community": [names.get(str(code), str(code)) for code in rows["community_code"]],
            "affected": rows["people"].to_numpy(),
            "why": [texts(f"centres.why.{one}") for one in rows["reason"]],
            "nearest": rows["nearest_m"].astype("Float64").round(),
        }
    )


def place_names(ground: VenueGround) -> dict[str, str]:
    """Name cells by their compound where they have one; the others keep their id."""
    names = ground.compound_names
    cells = ground.cells
    return {
        str(cell): names[str(compound)]
        for cell, compound in zip(cells["cell_id"], cells["compound_id"], strict=True)
        if str(compound) in names
    }


def _columns(texts: Texts, numbers: tuple[str, ...]) -> dict[str, Any]:
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    titles: dict[str, Any] = {
        name: text(texts(f"centres.column.{name}"))
        for name in ("name", "community", "decision", "forced", "place", "why")
    }
    return titles | {name: number(texts(f"centres.column.{name}"), format="localized") for name in numbers}
