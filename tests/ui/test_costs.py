"""Costs beside the map, and limits and weights that the form reads back from the plan."""

from pathlib import Path

import pytest

from optimize.costs import COSTS
from scenarios.propose import Settings, propose
from scenarios.rules import GridRules
from scenarios.store import read_outcome
from scenarios.workers import Workers
from tests.ui.test_pages import open_page, words
from ui.cost_table import cost_rows
from ui.presets import OWN
from ui.texts.catalog import LANGUAGES, Texts

WEIGHTS = {"boundary": 2.0, "moved": 1.5}


@pytest.fixture
def solved(small_project: Path, workers: Workers, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a plan made under other limits and weights than usual."""
    monkeypatch.setenv("GRIDPLAN_HOME", str(small_project.parent))
    monkeypatch.delenv("GRIDPLAN_PROJECT", raising=False)
    settings = Settings(rules=GridRules().with_band(290, 520), weights=WEIGHTS)
    propose(small_project, settings, stop=lambda: False, on_progress=lambda _: None, workers=workers)
    return small_project


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cost_has_its_unit_its_grid_and_its_total(solved: Path, language: str) -> None:
    outcome = read_outcome(solved)
    texts = Texts(language)
    code = str(outcome.grids["code"].iloc[0])
    rows = cost_rows(texts, outcome, community="999001001001", selected=code)
    assert len(rows) == len(COSTS)
    assert list(rows["weight"][:2]) == ["2", "1.5"]  # those that weigh come first
    assert set(rows["weight"][2:]) == {"–"}
    own = outcome.grids[outcome.grids["community_code"] == "999001001001"]
    metres = texts("grids_page.cost_unit.m")
    assert rows["total"][0] == f"{texts.number(own['cost_boundary'].sum())} {metres}"
    assert rows["grid"][0] == f"{texts.number(outcome.grids['cost_boundary'].iloc[0])} {metres}"
    assert "grid" not in cost_rows(texts, outcome, community=None, selected=None)


def test_the_form_reads_limits_and_weights_back_and_says_when_they_differ(solved: Path) -> None:
    assert read_outcome(solved).weights == WEIGHTS
    test = open_page("grids")
    assert test.number_input(key="limit_min_households").value == 290
    assert test.slider(key="weight_boundary").value == 2.0
    assert test.slider(key="weight_moved").value == 1.5
    assert test.slider(key="weight_target_size").value == 0.0
    assert test.session_state["weight_preset"] == OWN
    changed = Texts("zh_Hans")("presets.changed")
    assert changed not in words(test)
    test.slider(key="weight_moved").set_value(3.0).run()
    assert changed in words(test)
    test.button(key="form_back").click().run()
    assert changed not in words(test)
    assert test.slider(key="weight_moved").value == 1.5
    test.number_input(key="limit_max_households").set_value(510).run()
    assert changed in words(test)
    assert not test.exception
