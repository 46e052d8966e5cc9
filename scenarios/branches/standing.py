"""Organisations as they are: where they sit, whether they are more than paper, what their size asks for."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import geopandas as gpd
import pandas as pd

from geo.layers import Layers
from geo.places import locate
from scenarios.branches.values import Because, Standing
from scenarios.given import count, text
from scenarios.rules import WorkRules

_BRANCHES = ("branch", "joint_branch", None)


def latest_activity(layers: Layers) -> dt.date | None:
    """Give the latest activity on record, None without any."""
    days = _days(layers)
    return None if days.empty or days.isna().all() else days.max().date()


def read_standing(
    layers: Layers, rules: WorkRules, as_of: dt.date | None, homes: Mapping[tuple[str, str], str]
) -> tuple[Standing, ...]:
    """Read the organisations of a project and judge each by the rules.

    Parameters
    ----------
    homes
        (kind, id) of a host → community, for organisations that have no place of their own.
    """
    frame = layers.frames.get("organisations")
    if frame is None or frame.empty:
        return ()
    placed = _communities(frame, layers)
    days = _days(layers)
    dated = bool(days.notna().any())
    found = []
    for position, row in enumerate(frame.to_dict("records")):
        host = (text(row.get("host_kind")) or "", text(row.get("host_id")) or "")
        home = host[1] if host[0] == "community" else homes.get(host)
        day = days.iloc[position]
        one = Standing(
            id=str(row["id"]),
            name=text(row.get("name")) or str(row["id"]),
            level=text(row.get("level")),
            formal_members=count(row.get("formal_members")),
            host=host,
            community_code=home or placed[position],
            last_activity=None if pd.isna(day) else day.date(),
        )
        found.append(judge(one, rules, as_of, dated=dated))
    return tuple(found)


def judge(one: Standing, rules: WorkRules, as_of: dt.date | None, *, dated: bool) -> Standing:
    """Say whether an organisation is more than paper, and what its members ask for.

    `dated` says that activities are on record at all: only then does a missing one mean that there was none.
    """
    members = one.formal_members
    formal = [*_too_few(members, rules), *_silent(one, rules, as_of, dated=dated)]
    known = [item for item in formal if not item.code.endswith("_unknown")]
    effective: bool | None = False if known else (None if formal else True)
    return replace(
        one, effective=effective, formal=tuple(formal), advice=size_advice(members, one.level, rules)
    )


def size_advice(members: int | None, level: str | None, rules: WorkRules) -> tuple[Because, ...]:
    """Say what a number of members asks for: a committee, a split or a general branch, a branch committee."""
    if members is None or members < rules.formal_members_min:
        return ()
    if members > rules.committee_members_over:
        fits = level == "committee"
        code = "committee_fits" if fits else "committee_possible"
        return (Because(code=code, rule="committee_members_over", facts={"n": members}),)
    if members > rules.branch_members_max:
        fits = level not in _BRANCHES
        code = "general_branch_fits" if fits else "split_or_general_branch"
        return (Because(code=code, rule="branch_members_max", facts={"n": members}),)
    if level not in _BRANCHES:
        return ()
    if members >= rules.branch_committee_min:
        return (Because(code="branch_committee", rule="branch_committee_min", facts={"n": members}),)
    lacking = rules.branch_committee_min - members
    return (
        Because(
            code="no_branch_committee", rule="branch_committee_min", facts={"n": members, "lack": lacking}
        ),
    )


def _too_few(members: int | None, rules: WorkRules) -> list[Because]:
    if members is None:
        return [Because(code="members_unknown")]
    if members == 0:
        return [Because(code="no_members_in_it", rule="formal_members_min")]
    lacking = rules.formal_members_min - members
    if lacking > 0:
        facts = {"n": members, "lack": lacking}
        return [Because(code="too_few_in_it", rule="formal_members_min", facts=facts)]
    return []


def _silent(one: Standing, rules: WorkRules, as_of: dt.date | None, *, dated: bool) -> list[Because]:
    if as_of is None or (one.last_activity is None and not dated):
        return [Because(code="activity_unknown")]
    facts: dict[str, object] = {"months": rules.activity_months}
    if one.last_activity is None:
        return [Because(code="no_activity", rule="activity_months", facts=facts)]
    since = (pd.Timestamp(as_of) - pd.DateOffset(months=rules.activity_months)).date()
    if one.last_activity < since:
        facts["day"] = one.last_activity.isoformat()
        return [Because(code="no_recent_activity", rule="activity_months", facts=facts)]
    return []


def _days(layers: Layers) -> "pd.Series":
    frame = layers.frames.get("organisations")
    if frame is None or "last_activity" not in frame:
        return pd.Series([pd.NaT] * (0 if frame is None else len(frame)), dtype="datetime64[ns]")
    return pd.to_datetime(frame["last_activity"], errors="coerce")


def _communities(frame: pd.DataFrame, layers: Layers) -> list[str | None]:
    communities = layers.frames.get("communities")
    if not isinstance(frame, gpd.GeoDataFrame) or communities is None:
        return [None] * len(frame)
    return [str(code) if code is not None else None for code in locate(frame.geometry, communities)]
