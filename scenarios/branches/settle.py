"""Places that no joint branch takes in: they join an organisation in reach, or wait and are told why."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from optimize.problem import BoolArray
from scenarios.branches.decide import Candidates, is_open, place_key, standing_key
from scenarios.branches.values import Because, Place, Standing
from scenarios.branches.ways import Ways
from scenarios.rules import WorkRules

_TAKES_IN = ("community", "grid", "compound")
"""Hosts whose organisation takes in places nearby; one of an institution or a company keeps to itself."""


def settle_rest(
    places: Sequence[Place],
    standing: Sequence[Standing],
    candidates: Candidates,
    ways: Ways,
    rules: WorkRules,
) -> list[Place]:
    """Let the places left over join an organisation in reach, or say why they have to wait."""
    room = {one.id: _room(one, rules) for one in standing}
    for place in places:
        if place.decision == "joins" and place.organisation in room:
            room[place.organisation] -= place.formal_members or 0
    near = _near_counts(candidates)
    settled = []
    for place in places:
        if not is_open(place):
            settled.append(place)
            continue
        best = _nearest(place, standing, room, ways, rules)
        if best is None:
            settled.append(replace(place, reasons=(_isolated(place, near.get(place.id), rules),)))
            continue
        one, metres = best
        room[one.id] -= place.formal_members or 0
        facts = {"name": one.name, "metres": metres}
        why = Because(code="joins_organisation", rule="joint_distance_m", facts=facts)
        settled.append(replace(place, decision="joins", organisation=one.id, reasons=(why,)))
    return settled


def _room(one: Standing, rules: WorkRules) -> float:
    """Give how many members an organisation may still take in; a general branch or a committee any number."""
    if one.level not in ("branch", "joint_branch", None):
        return math.inf
    return rules.branch_members_max - (one.formal_members or 0)


def _nearest(
    place: Place,
    standing: Sequence[Standing],
    room: Mapping[str, float],
    ways: Ways,
    rules: WorkRules,
) -> tuple[Standing, int] | None:
    best: tuple[Standing, int] | None = None
    if place.at is None:
        return None
    for one in standing:
        takes = one.host[0] in _TAKES_IN or one.level == "joint_branch"
        if (
            not takes
            or one.effective is False
            or one.at is None
            or room[one.id] < (place.formal_members or 0)
        ):
            continue
        if not rules.joint_across_communities and one.community_code != place.community_code:
            continue
        metres = ways.between(place_key(place), standing_key(one))
        if metres <= rules.joint_distance_m and (best is None or metres < best[1]):
            best = (one, metres)
    return best


def _near_counts(candidates: Candidates) -> dict[str, tuple[int, int]]:
    """Give for each candidate how many others are in reach, and their members with its own."""
    problem, count = candidates.problem, len(candidates.places)
    near: BoolArray = problem.distance_m <= problem.max_distance_m
    near = near & (problem.area_idx[:, None] == problem.area_idx[None, :])
    np.fill_diagonal(near, val=False)
    return {
        place.id: (
            int(near[at, :count].sum()),
            int(problem.members[:count][near[at, :count]].sum() + problem.members[at]),
        )
        for at, place in enumerate(candidates.places)
    }


def _isolated(place: Place, near: tuple[int, int] | None, rules: WorkRules) -> Because:
    facts: dict[str, object] = {"n": place.formal_members, "lack": place.lacking}
    if near is None:
        return Because(code="no_position", rule="joint_distance_m", facts=facts)
    others, members = near
    if others == 0:
        return Because(code="isolated", rule="joint_distance_m", facts=facts)
    facts |= {"others": others, "together": members}
    code = "too_few_together" if members < rules.formal_members_min else "others_share_already"
    return Because(code=code, rule="formal_members_min", facts=facts)
