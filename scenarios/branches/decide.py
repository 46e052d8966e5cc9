"""What each place may do: keep its organisation, found one, share one, join one, or wait; always with why.

The order: an organisation that exists is kept. A place with enough members founds its own. Those who live in
a community whose organisation is a plain branch belong to that branch, which can have no branch under it. The
other places with members too few share a branch where the grouping says so, or join one in reach.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimize.branches import JointProblem, JointResult
from optimize.problem import IntArray
from scenarios.branches.standing import size_advice
from scenarios.branches.values import Because, Body, Place, Standing
from scenarios.branches.ways import Ways
from scenarios.rules import WorkRules

_LIVING = ("grid", "compound")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The places that may share a branch and the joint branches that exist, as one list, and the question."""

    places: tuple[Place, ...]
    anchors: tuple[Standing, ...]
    problem: JointProblem


def place_key(place: Place) -> str:
    """Name a place among what distances are measured between."""
    return f"place:{place.id}"


def standing_key(one: Standing) -> str:
    """Name an organisation among what distances are measured between."""
    return f"organisation:{one.id}"


def decide_alone(places: Iterable[Place], standing: Sequence[Standing], rules: WorkRules) -> list[Place]:
    """Decide for every place that needs no other; those that might share a branch come back undecided."""
    own = _by_place(standing)
    town = _plain_branches(standing, rules)
    return [_lacks(_alone(place, own.get(place.id), town, rules), rules) for place in places]


def is_open(place: Place) -> bool:
    """Tell whether a place has members, too few to found a branch, and nothing is decided yet."""
    return place.decision == "not_yet" and not place.reasons


def _alone(place: Place, kept: Standing | None, town: Mapping[str, Standing], rules: WorkRules) -> Place:
    members = place.formal_members
    if kept is not None:
        joint = kept.level == "joint_branch"
        why = Because(code="kept_joint" if joint else "kept", facts={"name": kept.name})
        return replace(
            place,
            decision="joint" if joint else "own",
            organisation=kept.id,
            # A company or a committee is counted by its organisation alone.
            formal_members=kept.formal_members if members is None else members,
            reasons=(why, *kept.formal, *kept.advice),
        )
    if members is None:
        return replace(place, reasons=(Because(code="no_count"),))
    facts = {"n": members}
    if members == 0:
        return replace(place, reasons=(Because(code="no_members", rule="formal_members_min", facts=facts),))
    if members >= rules.formal_members_min:
        why = Because(code="enough_members", rule="formal_members_min", facts=facts)
        return replace(
            place,
            decision="own",
            organisation=f"own:{place.id}",
            reasons=(why, *size_advice(members, None, rules)),
        )
    branch = town.get(place.community_code or "")
    if place.kind in _LIVING and branch is not None:
        why = Because(code="belongs_to_community_branch", facts={"name": branch.name, "n": members})
        return replace(place, decision="joins", organisation=branch.id, reasons=(why,))
    return place


def _lacks(place: Place, rules: WorkRules) -> Place:
    members = place.formal_members
    if members is None:
        return place
    short = max(0, rules.formal_members_min - members)
    committee = 0 if short else max(0, rules.branch_committee_min - members)
    return replace(place, lacking=short, lacking_committee=committee)


def _by_place(standing: Sequence[Standing]) -> dict[str, Standing]:
    """Give the organisation of each place; of several the one with most members."""
    found: dict[str, Standing] = {}
    for one in sorted(standing, key=lambda one: one.formal_members or 0):
        if one.place is not None:
            found[one.place] = one
    return found


def _plain_branches(standing: Sequence[Standing], rules: WorkRules) -> dict[str, Standing]:
    """Give the communities whose organisation is a branch small enough to stay one."""
    return {
        one.host[1]: one
        for one in standing
        if one.host[0] == "community"
        and one.level in ("branch", None)
        and one.effective is not False
        and (one.formal_members or 0) <= rules.branch_members_max
    }


def gather(places: Sequence[Place], standing: Sequence[Standing], ways: Ways, rules: WorkRules) -> Candidates:
    """Put the question which places share a branch; those without a place on the ground cannot."""
    open_places = tuple(place for place in places if is_open(place) and place.at is not None)
    of_place = {place.id: place for place in places}
    anchors = tuple(
        one
        for one in standing
        if one.level == "joint_branch"
        and one.effective is not False
        and one.at is not None
        and one.formal_members is not None
    )
    keys = [*(place_key(place) for place in open_places), *(standing_key(one) for one in anchors)]
    sectors = [*(place.sector for place in open_places), *(_sector(one, of_place) for one in anchors)]
    areas = [*(_area(place, rules) for place in open_places), *(_anchor_area(one, rules) for one in anchors)]
    members = [
        *(place.formal_members or 0 for place in open_places),
        *(one.formal_members or 0 for one in anchors),
    ]
    problem = JointProblem(
        members=np.array(members, np.int64),
        distance_m=ways.table(keys),
        sector_idx=_numbers(sectors),
        area_idx=_numbers(areas),
        anchor=np.arange(len(members)) >= len(open_places),
        min_members=rules.formal_members_min,
        max_members=rules.branch_members_max,
        max_places=rules.joint_places_max,
        max_distance_m=rules.joint_distance_m,
        sector_m=rules.joint_sector_m,
    )
    return Candidates(places=open_places, anchors=anchors, problem=problem)


def _sector(one: Standing, of_place: Mapping[str, Place]) -> str | None:
    host = of_place.get(one.place or "")
    return host.sector if host is not None else None


def _area(place: Place, rules: WorkRules) -> str:
    """Name what a place may share a branch within: grids and compounds are the same people counted twice."""
    layer = "grid" if place.kind == "grid" else "other"
    return layer if rules.joint_across_communities else f"{layer}|{place.community_code}"


def _anchor_area(one: Standing, rules: WorkRules) -> str:
    return "other" if rules.joint_across_communities else f"other|{one.community_code}"


def _numbers(values: Sequence[str | None]) -> IntArray:
    known = {
        value: number for number, value in enumerate(sorted({value for value in values if value is not None}))
    }
    return np.array([-1 if value is None else known[value] for value in values], np.int64)


def share(
    places: Sequence[Place], candidates: Candidates, result: JointResult, rules: WorkRules
) -> tuple[list[Place], list[Body]]:
    """Write the groups down: who shares which branch, and why."""
    decided = {place.id: place for place in places}
    bodies: list[Body] = []
    count = len(candidates.places)
    for group in result.groups:
        anchors = [candidates.anchors[at - count] for at in group if at >= count]
        own = [candidates.places[at] for at in group if at < count]
        far = int(candidates.problem.distance_m[np.ix_(group, group)].max())
        members = sum(place.formal_members or 0 for place in own)
        if anchors:
            facts: dict[str, object] = {"name": anchors[0].name, "metres": far}
            why = Because(code="joins_joint_branch", rule="joint_distance_m", facts=facts)
            for place in own:
                decided[place.id] = replace(
                    place, decision="joins", organisation=anchors[0].id, reasons=(why,)
                )
            continue
        number = f"joint-{len(bodies) + 1:03d}"
        facts = {"places": len(own), "n": members, "metres": far}
        why = Because(code="shares_branch", rule="joint_places_max", facts=facts)
        mixed = len({place.sector for place in own if place.sector}) > 1
        extra = (Because(code="mixed_lines", rule="joint_sector_m"),) if mixed else ()
        for place in own:
            decided[place.id] = replace(place, decision="joint", organisation=number, reasons=(why, *extra))
        bodies.append(
            Body(
                id=number,
                name=own[0].name,
                level="joint_branch",
                formal_members=members,
                places=tuple(place.id for place in own),
                max_distance_m=far,
                status="proposed",
                advice=size_advice(members, "joint_branch", rules),
            )
        )
    return [decided[place.id] for place in places], bodies
