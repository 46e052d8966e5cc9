"""Venues against area and functions: what is lacking, what is not known, and never one for the other."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.desk.forks import delete_scenario, fork_scenario
from scenarios.errors import RuleError, UnknownScenario
from scenarios.facilities.checklist import (
    DEFAULT_CHECKLIST,
    Function,
    checked_list,
    checklist_document,
    find_functions,
    read_checklist,
)
from scenarios.facilities.document import facilities_document
from scenarios.facilities.measure import checklist_of, measure_facilities, read_facilities, save_checklist
from scenarios.facilities.values import CommunityFacilities
from scenarios.ground import stand_on
from scenarios.rules import WorkRules
from scenarios.store import read_layers
from scenarios.venues.propose import propose_venues
from scenarios.venues.settings import VenueSettings
from tests.scenarios.services.conftest import OVERSIZE, PLAIN


def row_of(path: Path, code: str, **how: bool) -> CommunityFacilities:
    found = read_facilities(path, **how)
    return next(row for row in found.communities if row.code == code)


def codes(row: CommunityFacilities, *, known: bool) -> list[str]:
    return [gap.code for gap in row.gaps if gap.known is known]


def test_area_met_and_functions_short_is_a_finding_of_its_own(solved_town: Path) -> None:
    row = row_of(solved_town, PLAIN)
    assert (row.area_m2, row.needed_m2, row.short_m2) == (500.0, 390.0, 0.0)
    assert row.area_met_functions_short
    assert row.functions == ("政务服务",)
    assert "养老服务" in (row.missing or ())
    assert codes(row, known=True) == ["area_met_functions_short", "activity_short"]
    assert row.activity_short_m2 == pytest.approx(390 * 0.6 - 200)
    assert row.activity_share == pytest.approx(0.4)


def test_what_is_not_given_is_no_data_and_no_lack(solved_town: Path) -> None:
    row = row_of(solved_town, OVERSIZE)
    assert row.short_m2 == pytest.approx(414 - 200)
    assert row.activity_m2 is None
    assert row.activity_short_m2 is None
    unknown = codes(row, known=False)
    assert set(unknown) == {"activity_unknown", "services_unknown", "hours_unknown", "staff_unknown"}
    assert row.missing == ()  # 200 m² are asked for the first two functions alone, and both are there
    assert row.windows == 1
    assert row.staff is None


def test_venues_outside_all_communities_count_for_none(solved_town: Path) -> None:
    found = read_facilities(solved_town)
    far = next(venue for venue in found.venues if venue.id == "V5")
    assert far.community_code is None
    assert found.total.area_m2 == 700.0
    assert found.total.short_m2 == pytest.approx(214.0)  # 110 m² too much in one do not help the other
    for name in ("households", "needed_m2", "area_m2"):
        assert getattr(found.total, name) == sum(getattr(row, name) for row in found.communities)


def test_an_area_that_nobody_gave_leaves_the_verdict_open(solved_town: Path) -> None:

    layers = read_layers(solved_town)
    venues = layers.frames["venues"].copy()
    venues.loc[venues["id"] == "V2", "area_m2"] = None
    ground = replace(
        stand_on(solved_town, layers), layers=replace(layers, frames={**layers.frames, "venues": venues})
    )
    found = measure_facilities(ground, WorkRules(), DEFAULT_CHECKLIST)
    row = next(row for row in found.communities if row.code == OVERSIZE)
    assert (row.area_m2, row.short_m2, row.area_met) == (None, None, None)
    assert "area_unknown" in codes(row, known=False)
    assert found.total.short_m2 is None


def test_a_proposal_counts_when_asked(solved_town: Path) -> None:
    wanted = VenueSettings(n_open=5, opened=("V3", "V4"))
    propose_venues(solved_town, wanted, stop=lambda: False)
    assert row_of(solved_town, PLAIN).area_m2 == 500.0
    assert row_of(solved_town, PLAIN, with_proposal=True).area_m2 == 600.0
    services = {venue.id: venue.service for venue in read_facilities(solved_town, with_proposal=True).venues}
    assert services["V3"] == services["V4"] == "opens"


def test_a_proposal_that_was_not_possible_closes_nothing(solved_town: Path) -> None:
    plan = propose_venues(solved_town, VenueSettings(n_open=1), stop=lambda: False)
    assert plan.certificate["status"] == "none"
    assert row_of(solved_town, PLAIN, with_proposal=True).area_m2 == 500.0


def test_a_scenario_that_is_not_there_is_said(solved_town: Path) -> None:
    with pytest.raises(UnknownScenario):
        read_facilities(solved_town, "nowhere")


def test_a_checklist_is_of_its_scenario_and_handed_down(solved_town: Path) -> None:
    own = [Function(name="理发", words=(), from_m2=100), *DEFAULT_CHECKLIST[:1]]
    fork_scenario(solved_town, "base", "甲")
    fork_scenario(solved_town, "甲", "孙")
    save_checklist(solved_town, "甲", own)
    assert checklist_of(solved_town, "base") == DEFAULT_CHECKLIST
    assert [item.name for item in checklist_of(solved_town, "孙")] == ["理发", "政务服务"]
    assert checklist_of(solved_town, "甲")[0].words == ("理发",)
    delete_scenario(solved_town, "甲")
    assert [item.name for item in checklist_of(solved_town, "孙")] == ["理发", "政务服务"]
    assert read_facilities(solved_town, "孙").communities[0].missing == ("理发",)


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ([Function(name=name, words=(), from_m2=1) for name in ("甲", "甲 ")], "checklist_twice"),
        ([Function(name="甲", words=(), from_m2=-1)], "checklist_area"),
    ],
)
def test_a_checklist_that_makes_no_sense_is_refused(items: list[Function], code: str) -> None:
    with pytest.raises(RuleError) as caught:
        checked_list(items)
    assert caught.value.code == code


def test_the_checklist_says_that_its_source_was_not_seen() -> None:
    assert DEFAULT_CHECKLIST
    assert not any(item.verified for item in DEFAULT_CHECKLIST)
    assert read_checklist(checklist_document(DEFAULT_CHECKLIST)) == DEFAULT_CHECKLIST


@given(names=st.lists(st.sampled_from([item.name for item in DEFAULT_CHECKLIST]), unique=True))
@settings(max_examples=40, deadline=None)
def test_every_function_is_known_by_each_of_its_words(names: Sequence[str]) -> None:
    chosen = [item for item in DEFAULT_CHECKLIST if item.name in names]
    for item in chosen:
        for word in item.words:
            assert item.name in find_functions([f"老{word}室"], DEFAULT_CHECKLIST)
    assert set(find_functions([item.words[0] for item in chosen], DEFAULT_CHECKLIST)) >= set(names)


def test_the_document_tells_gaps_with_their_source(solved_town: Path) -> None:
    document = facilities_document(read_facilities(solved_town))
    plain = next(row for row in document["communities"] if row["code"] == PLAIN)
    assert plain["area_met"] is True
    assert plain["area_met_functions_short"] is True
    assert {gap["source"] for gap in plain["gaps"]} == {None, "国办发〔2021〕56号"}
    assert next(v for v in document["venues"] if v["id"] == "V1")["other"] == ["棋牌"]
