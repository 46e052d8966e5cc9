"""The trade-off curve against every choice of candidates there is."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from optimize.stop import Never
from scenarios.venues.curve import cost_curve
from scenarios.venues.question import VenueGround, build_costs, is_existing
from scenarios.venues.settings import VenueSettings


def frontier(ground: VenueGround) -> list[tuple[float, float]]:
    """Every choice that covers more than any cheaper one: (yuan, share within ten minutes)."""
    near = ground.ways.distance_m <= ground.rules.walk_10_min_m
    people = ground.cells["residents"].to_numpy(float)
    existing, cost = is_existing(ground.venues), build_costs(ground.venues)
    today = near[:, existing].any(axis=1)
    candidates = np.flatnonzero(~existing)
    found = []
    for picked in itertools.product((False, True), repeat=len(candidates)):
        chosen = candidates[np.array(picked)]
        within = today | near[:, chosen].any(axis=1)
        found.append((float(cost[chosen].sum()), float(people[within].sum() / people.sum())))
    kept: list[tuple[float, float]] = []
    for yuan, share in sorted(found, key=lambda one: (one[0], -one[1])):
        if not kept or share > kept[-1][1] + 1e-12:
            kept.append((yuan, share))
    return kept


def test_the_curve_holds_every_choice_that_covers_more_than_any_cheaper_one(
    demo_venues: VenueGround,
) -> None:
    told: list[tuple[int, int]] = []
    points = cost_curve(
        demo_venues, VenueSettings(), stop=Never(), on_step=lambda done, of: told.append((done, of))
    )
    best = frontier(demo_venues)
    assert [point.cost for point in points] == [yuan for yuan, _ in best]
    assert [point.share for point in points] == pytest.approx([share for _, share in best])
    assert all(point.proven for point in points)
    assert told == sorted(told)
    assert all(0 <= done <= of for done, of in told)


def test_without_costs_the_curve_counts_venues(demo_venues: VenueGround) -> None:
    free = replace(demo_venues, venues=demo_venues.venues.assign(cost_build=np.nan))
    points = cost_curve(free, VenueSettings(), stop=Never(), on_step=lambda *_: None)
    assert all(point.by_number for point in points)
    assert points[0].n_open == is_existing(free.venues).sum()
    assert [point.n_open for point in points] == sorted({point.n_open for point in points})
    assert [point.share for point in points] == sorted(point.share for point in points)


def test_told_to_stop_it_gives_what_it_has(demo_venues: VenueGround) -> None:
    assert cost_curve(demo_venues, VenueSettings(), stop=lambda: True, on_step=lambda *_: None) == ()
