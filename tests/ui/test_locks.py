"""Locks on the page: made from lists and on the map, listed, kept with the scenario, taken away."""

from pathlib import Path

import pytest

from exports.certificates import certificate_sentence, reason_sentence
from exports.places import Places, say_cells
from scenarios.locks.kept import keep_lock_list, read_lock_list
from scenarios.locks.listed import join_list, lock_count, lock_grid, lock_pair
from scenarios.outcome import Certificate, Outcome
from scenarios.propose import Settings, propose
from scenarios.store import read_outcome
from scenarios.workers import Workers
from tests.ui.test_pages import RAW_KEY, open_page, words
from ui.lock_form import pick_on_map, picked_cells
from ui.lock_state import Draft
from ui.locks import lock_state
from ui.texts.catalog import LANGUAGES, Texts

COMMUNITY = "999001001001"


@pytest.fixture
def solved(small_project: Path, workers: Workers, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a plan, the only one of its workspace."""
    monkeypatch.setenv("GRIDPLAN_HOME", str(small_project.parent))
    monkeypatch.delenv("GRIDPLAN_PROJECT", raising=False)
    propose(small_project, Settings(), stop=lambda: False, on_progress=lambda _: None, workers=workers)
    return small_project


@pytest.fixture
def plan(solved: Path) -> Outcome:
    outcome = read_outcome(solved)
    assert outcome is not None
    return outcome


def at_locks(language: str = "zh_Hans"):
    test = open_page("grids", language)
    return test.selectbox(key="frame_community").set_value(COMMUNITY).run()


def choose(test, kind: str):
    return next(group for group in test.get("button_group") if group.key == "lock_kind").set_value(kind).run()


def test_a_number_of_grids_is_kept_with_the_scenario_and_survives_a_refresh(solved: Path) -> None:
    at_locks().selectbox(key="lock_count").set_value(4).run()
    assert read_lock_list(solved, "base") == (lock_count(COMMUNITY, 4),)
    test = at_locks()  # another visit
    assert test.selectbox(key="lock_count").value == 4
    assert "社区1：分成 4 个网格" in words(test)
    test.button(key="free_lock_0").click().run()
    assert read_lock_list(solved, "base") == ()
    assert not test.exception


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [("together", "001-00", "001-01"), ("apart", "001-00", "001-01"), ("in_grid", "001-00", None)],
)
def test_two_places_are_locked_from_lists(
    solved: Path, plan: Outcome, kind: str, first: str, second: str | None
) -> None:
    test = choose(at_locks(), kind)
    assert test.button(key="lock_add").disabled
    other = second or next(
        code
        for code, cell in zip(plan.cells["grid_code"], plan.cells["cell_id"], strict=True)
        if cell.startswith("001-")
        and code != dict(zip(plan.cells["cell_id"], plan.cells["grid_code"], strict=True))[first]
    )
    test.selectbox(key="lock_first").set_value(first).run()
    test.selectbox(key="lock_second").set_value(other).run()
    test.button(key="lock_add").click().run()
    assert not test.exception
    (lock,) = read_lock_list(solved, "base")
    assert lock.kind == kind
    assert first in lock.cells
    assert Texts("zh_Hans")("locks.state.waiting")[2:] in words(test) or "✓" in words(test)


def test_a_border_between_two_grids_is_locked(solved: Path, plan: Outcome) -> None:
    codes = sorted(plan.grids.loc[plan.grids["community_code"] == COMMUNITY, "code"])
    test = choose(at_locks(), "border")
    test.selectbox(key="lock_first").set_value(codes[0]).run()
    near = [option for option in test.selectbox(key="lock_second").options if option]
    assert near
    assert codes[0][-3:] not in " ".join(near)
    beside = next(code for code in codes if any(code[-3:] in option for option in near))
    test.selectbox(key="lock_second").set_value(beside).run()
    test.button(key="lock_add").click().run()
    (lock,) = read_lock_list(solved, "base")
    home = dict(zip(plan.cells["cell_id"], plan.cells["grid_code"], strict=True))
    assert lock.pairs
    assert all({home[a], home[b]} == {codes[0], beside} for a, b in lock.pairs)
    assert "✓" in words(test)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_lock_is_said_in_every_language(solved: Path, plan: Outcome, language: str) -> None:
    home = dict(zip(plan.cells["cell_id"], plan.cells["grid_code"], strict=True))
    community_of = dict(zip(plan.cells["cell_id"], plan.cells["community_code"], strict=True))
    keep_lock_list(
        solved,
        "base",
        (
            lock_count(COMMUNITY, 4),
            lock_grid(COMMUNITY, home["001-00"], home),
            lock_pair("together", ("001-00", "001-01"), community_of),
            lock_pair("apart", ("001-00", "001-23"), community_of),
            lock_pair("apart", ("002-00", "002-01"), community_of),
        ),
    )
    test = at_locks(language)
    assert not test.exception
    assert not test.warning
    assert not RAW_KEY.search(words(test))
    assert len([button for button in test.button if str(button.key).startswith("free_lock_")]) == 5


def test_a_proof_under_other_locks_is_said_to_be_one(solved: Path) -> None:
    changed = Texts("zh_Hans")("locks.changed")
    assert changed not in words(at_locks())
    keep_lock_list(solved, "base", (lock_count(COMMUNITY, 4),))
    assert changed in words(at_locks())


def test_a_lock_is_outlined_on_the_map_and_hidden_again(solved: Path, plan: Outcome) -> None:
    community_of = dict(zip(plan.cells["cell_id"], plan.cells["community_code"], strict=True))
    keep_lock_list(solved, "base", (lock_pair("apart", ("001-00", "001-23"), community_of),))
    test = at_locks()
    test.button(key="show_lock_0").click().run()
    assert test.session_state["gridplan"].outlined == ("001-00", "001-23")
    test.button(key="show_lock_0").click().run()
    assert test.session_state["gridplan"].outlined == ()


def test_clicks_on_the_map_choose_two_cells_then_begin_anew(
    plan: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = {"draft": Draft(kind="together", on_map=True, community=COMMUNITY)}
    monkeypatch.setattr("ui.lock_form.get_draft", lambda _community: held["draft"])
    monkeypatch.setattr("ui.lock_form.set_draft", lambda draft: held.update(draft=draft))
    for cell in ("001-00", "001-00", "002-00", "001-01"):  # twice the same, then one of another community
        assert pick_on_map(plan, COMMUNITY, cell)
    assert (held["draft"].first, held["draft"].second) == ("001-00", "001-01")
    assert picked_cells(plan, held["draft"]) == ("001-00", "001-01")
    assert pick_on_map(plan, COMMUNITY, "001-10")
    assert (held["draft"].first, held["draft"].second) == ("001-10", None)
    held["draft"] = Draft(kind="border", on_map=True, community=COMMUNITY)
    assert pick_on_map(plan, COMMUNITY, "001-00")
    home = dict(zip(plan.cells["cell_id"], plan.cells["grid_code"], strict=True))
    assert held["draft"].first == home["001-00"]
    held["draft"] = Draft(kind="together", on_map=False, community=COMMUNITY)
    assert not pick_on_map(plan, COMMUNITY, "001-00")


def test_locks_hold_in_the_next_proposal_from_the_page(solved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    keep_lock_list(solved, "base", (lock_count(COMMUNITY, 4),))
    monkeypatch.setattr("ui.proposals._work", lambda _path, settings, _author: asked.append(settings))
    monkeypatch.setattr("ui.proposals.all_jobs", Jobs)
    test = at_locks()
    next(b for b in test.button if b.label == Texts("zh_Hans")("grids_page.propose")).click().run()
    assert asked[0].locks.counts == {COMMUNITY: 4}


class Jobs:
    """No job is ever under way."""

    def start(self, *_: object) -> bool:
        return True

    def find(self, _key: object) -> None:
        return None


def test_a_lock_asked_in_vain_is_told_from_one_that_waits(solved: Path, workers: Workers) -> None:
    nine, held = lock_count(COMMUNITY, 9), lock_grid(COMMUNITY, "1", {"001-00": "1"})
    before = read_outcome(solved)
    assert lock_state(nine, before, (nine,)) == "waiting"
    assert lock_state(nine, before, ()) == "gone"
    settings = Settings(locks=join_list((nine,)))
    propose(solved, settings, stop=lambda: False, on_progress=lambda _: None, workers=workers)
    after = read_outcome(solved)
    assert lock_state(nine, after, (nine,)) == "unmet"
    assert lock_state(nine, after, (nine, held)) == "waiting"  # another question now


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_that_cannot_be_met_is_no_broken_rule(language: str) -> None:
    texts = Texts(language)
    facts = {"lock": "n_grids", "why": "no_plan", "n_grids": 9, "nearest": 4, "cells": []}
    told = Certificate(
        community_code="X",
        community_name="甲",
        n_grids=4,
        status="relaxed",
        objective=1.0,
        lower_bound=1.0,
        gap=0.0,
        proven=False,
        reasons=(("locks_conflict", facts),),
    )
    assert certificate_sentence(told, texts) == texts("certificate.wishes_set_aside", n_grids=4)
    assert "9" in reason_sentence("locks_conflict", facts, texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_places_are_named_by_compound_and_buildings(language: str) -> None:
    texts = Texts(language)
    ids = [f"b{n}" for n in range(98)]
    places = Places(
        kind_of=dict.fromkeys(ids, "building") | {"p": "parcel", "e": "empty"},
        compound_of={cell: "C1" if n < 90 else "C2" for n, cell in enumerate(ids)},
        names={"C1": "丹桂花园"},
    )
    said = say_cells([*ids, "p", "e"], places, texts)
    assert texts("places.buildings", name="丹桂花园", n=90) in said
    assert texts("places.buildings", name="C2", n=8) in said
    assert texts("places.parcel", id="p") in said
    assert "b17" not in said
    facts = {"cells": ids, "households": 120, "min_households": 300}
    assert "丹桂花园" in reason_sentence("cut_off_piece", facts, texts, places)
    assert "b17" not in reason_sentence("cut_off_piece", facts, texts)  # nor where nothing is known of them
    assert "98" in reason_sentence("cut_off_piece", facts, texts)
    assert "b17" not in reason_sentence("too_many_groups", facts, texts, places)
