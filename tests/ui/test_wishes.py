"""Presets, reasons with their ways out, locks: what the planner wishes, in the form and in sentences."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.certificates import reason_sentence
from optimize.costs import COSTS
from scenarios.outcome import Certificate, Outcome
from scenarios.propose import Settings, propose
from scenarios.store import read_outcome
from scenarios.workers import Workers
from tests.ui.test_pages import open_page, words
from ui.plans import broken_grids, same_plan, swap_community
from ui.presets import OWN, PRESETS, plan_title, preset_of
from ui.reasons import cells_of, ways_out
from ui.texts.catalog import LANGUAGES, Texts

CONFLICTS = {
    "whole": ("overlap", "not_contiguous"),
    "together": ("whole", "above_maximum", "no_way_between", "no_plan"),
    "apart": ("whole", "together", "no_plan"),
    "n_grids": ("no_plan", "nearest"),
}


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


@given(st.sampled_from(sorted(PRESETS)), st.lists(st.sampled_from(sorted(COSTS))))
def test_weights_of_nothing_do_not_hide_a_preset(name: str, unused: list[str]) -> None:
    weights = dict.fromkeys(unused, 0.0) | dict(PRESETS[name])
    assert preset_of(weights) == name
    assert preset_of(weights | {"boundary": 4.5}) == OWN


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_preset_and_every_plan_has_a_name(language: str) -> None:
    texts = Texts(language)
    names = {plan_title(texts, (name,)) for name in (*PRESETS, OWN)}
    names |= {plan_title(texts, ("other_1",), gain, 5) for gain in ("", "n_grids", *COSTS)}
    assert len(names) == len(PRESETS) + 1 + 2 + len(COSTS)
    assert "5" in plan_title(texts, ("other_2",), "n_grids", 5)
    joined = plan_title(texts, ("compact", "stable"))
    assert all(texts(f"presets.{name}.name") in joined for name in ("compact", "stable"))


@pytest.mark.usefixtures("solved")
def test_a_preset_fills_the_form_and_a_slider_makes_it_the_planner_s_own() -> None:
    test = open_page("grids")
    assert test.session_state["weight_preset"] == "standard"
    presets = next(group for group in test.get("button_group") if group.key == "weight_preset")
    presets.set_value("stable").run()
    assert test.slider(key="weight_moved").value == PRESETS["stable"]["moved"]
    assert test.slider(key="weight_target_size").value == 0
    test.slider(key="weight_moved").set_value(1.5).run()
    assert test.session_state["weight_preset"] == OWN
    assert not test.exception


@pytest.mark.usefixtures("solved")
def test_every_cost_has_one_slider() -> None:
    test = open_page("grids")
    assert sorted(slider.key for slider in test.slider) == sorted(f"weight_{name}" for name in COSTS)


def test_the_limits_that_work_come_before_those_of_arithmetic() -> None:
    facts = {"min_needed": 290, "max_needed": 530, "min_that_works": 280, "max_that_works": None}
    assert ways_out(facts) == {"min_households": 280}
    assert ways_out({"min_needed": 290, "max_needed": 530}) == {"min_households": 290, "max_households": 530}
    assert ways_out({"households": 7}) == {}
    assert cells_of({"cells": ["a", "b"], "n_cells": 2}) == ("a", "b")
    assert cells_of({}) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_conflict_of_locks_has_a_sentence_of_its_own(language: str) -> None:
    texts = Texts(language)
    numbers = {"households": 620, "max_households": 500, "n_grids": 7}
    said = set()
    for lock, reasons in CONFLICTS.items():
        for why in reasons:
            facts = {"lock": lock, "why": why, **numbers, **({"nearest": 6} if why == "nearest" else {})}
            said.add(reason_sentence("locks_conflict", facts, texts))
    assert len(said) == sum(len(reasons) for reasons in CONFLICTS.values())
    assert not any("{" in sentence for sentence in said)
    assert texts("reasons.locks_conflict") not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_cells_of_a_reason_are_shown_and_hidden(language: str, solved: Path) -> None:
    test = open_page("grids", language)
    texts = Texts(language)
    show = next(b for b in test.button if b.label == texts("grids_page.show_cells"))
    show.click().run()
    state = test.session_state["gridplan"]
    certificates = read_outcome(solved).certificates
    (reason,) = next(item.reasons for item in certificates if item.reasons)
    assert state.outlined == cells_of(reason[1])
    assert state.view == ("cells", state.outlined)
    next(b for b in test.button if b.label == texts("grids_page.hide_cells")).click().run()
    assert test.session_state["gridplan"].outlined == ()
    assert not test.exception


def test_try_with_sets_the_limit_for_that_community_alone(
    plan: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = plan.certificates[0].community_code
    told = Certificate(
        community_code=code,
        community_name="甲",
        n_grids=1,
        status="relaxed",
        objective=1.0,
        lower_bound=1.0,
        gap=0.0,
        proven=False,
        reasons=(
            (
                "no_combination",
                {"households": 900, "min_households": 300, "max_households": 500, "min_that_works": 270},
            ),
        ),
    )
    outcome = Outcome(**{**_fields(plan), "certificates": (told,)})
    monkeypatch.setattr("ui.workspace.load_outcome", lambda *_: outcome)
    test = open_page("grids")
    assert "270" in words(test)
    next(b for b in test.button if b.label == "试试最少 270 户").click().run()
    assert test.number_input(key="limit_min_households").value == 270
    state = test.session_state["gridplan"]
    assert (state.community, state.only_community) == (code, True)
    assert not test.exception


def test_a_grid_fixed_by_a_person_is_not_broken_by_its_size(plan: Outcome) -> None:
    above = plan.grids.index[plan.grids["households"] > 500]
    broken = broken_grids(plan.grids)
    assert [at for at, bad in enumerate(broken) if bad] == above.tolist()
    locked = frozenset(plan.grids.loc[above, "code"])
    assert not any(broken_grids(plan.grids, locked))


def test_a_community_s_plan_can_be_swapped_and_told_apart(plan: Outcome) -> None:
    code = plan.certificates[0].community_code
    cells = plan.cells.copy()
    own = cells["community_code"] == code
    names = {old: f"{old}x" for old in cells.loc[own, "grid_code"]}
    cells.loc[own, "grid_code"] = cells.loc[own, "grid_code"].map(names)
    renamed = Outcome(**{**_fields(plan), "cells": cells})
    assert same_plan(plan, renamed, code)
    first, second = (
        cells.index[own & (cells["grid_code"] == grid)][0] for grid in sorted(names.values())[:2]
    )
    cells.loc[first, "grid_code"] = cells.loc[second, "grid_code"]
    assert not same_plan(plan, renamed, code)
    swapped = swap_community(plan, renamed, code)
    assert same_plan(swapped, renamed, code)
    other = plan.certificates[1].community_code
    assert same_plan(swapped, plan, other)
    assert len(swapped.cells) == len(plan.cells)


def _fields(outcome: Outcome) -> dict[str, object]:
    return {name: getattr(outcome, name) for name in Outcome.__dataclass_fields__}
