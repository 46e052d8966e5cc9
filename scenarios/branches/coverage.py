"""Who is covered: institutions at work counted by community, line of work and grid, today and as proposed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from scenarios.branches.values import CoverageRow, Place, Standing

Scope = Literal["all", "community", "sector", "grid"]


def count_coverage(
    places: Iterable[Place], standing: Sequence[Standing], *, recorded: bool = True
) -> tuple[CoverageRow, ...]:
    """Count the coverage of all institutions, then by community, line of work and grid.

    `recorded` tells whether there is a layer of organisations.

    Organisational coverage is (own + joint) / institutions at work; work coverage is counted among those that
    have neither. Who joins a joint branch that exists is in one. Source: 中办发〔2012〕11号, as explained.
    """
    institutions = [place for place in places if place.kind == "institution" and place.operating]
    of_place = {one.place: one for one in standing if one.place is not None}
    rows = [_row("all", "", institutions, of_place)]
    keyed: tuple[tuple[Scope, str], ...] = (
        ("community", "community_code"),
        ("sector", "sector"),
        ("grid", "grid_code"),
    )
    for scope, name in keyed:
        groups: dict[str, list[Place]] = {}
        for place in institutions:
            groups.setdefault(getattr(place, name) or "", []).append(place)
        rows += [_row(scope, key, groups[key], of_place) for key in sorted(groups)]
    return tuple(replace(row, recorded=recorded) for row in rows)


def _row(scope: Scope, key: str, places: Sequence[Place], of_place: Mapping[str, Standing]) -> CoverageRow:
    kept = [of_place.get(place.id) for place in places]
    standing = [one for one in kept if one is not None]
    shared = {one.id for one in of_place.values() if one.level == "joint_branch"}
    joint = [place for place in places if place.decision == "joint" or place.organisation in shared]
    without = [place for place in places if place.decision in ("joins", "not_yet") and place not in joint]
    worked = [place for place in without if place.agreement or place.decision == "joins"]
    alone = [place for place in places if place.id not in of_place]
    return CoverageRow(
        scope=scope,
        key=key,
        operating=len(places),
        own_today=sum(one.level != "joint_branch" for one in standing),
        joint_today=sum(one.level == "joint_branch" for one in standing),
        effective_today=sum(one.effective is True for one in standing),
        unjudged=sum(one.effective is None for one in standing),
        own=sum(place.decision == "own" for place in places),
        joint=len(joint),
        without=len(without),
        worked=len(worked),
        unknown=sum(place.agreement is None and place.decision != "joins" for place in without),
        worked_today=sum(place.agreement is True for place in alone),
        unknown_today=sum(place.agreement is None for place in alone),
        uncounted=sum(place.formal_members is None for place in places),
    )
