"""Alternatives on the page: worked out in the background, shown as cards, looked at, taken."""

import re
from pathlib import Path

import pytest

from scenarios.propose import Settings, propose
from scenarios.store import read_outcome
from scenarios.workers import Workers
from tests.ui.test_pages import RAW_KEY, open_page, words
from ui.alternatives import figure_text
from ui.jobs import all_jobs
from ui.plans import same_plan
from ui.texts.catalog import LANGUAGES, Texts

COMMUNITY = "999001001001"
WAIT_S = 60


@pytest.fixture
def solved(small_project: Path, workers: Workers, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a plan, the only one of its workspace, and workers that its page shares."""
    monkeypatch.setenv("GRIDPLAN_HOME", str(small_project.parent))
    monkeypatch.delenv("GRIDPLAN_PROJECT", raising=False)
    monkeypatch.setattr("ui.offers.all_workers", lambda: workers)
    propose(small_project, Settings(), stop=lambda: False, on_progress=lambda _: None, workers=workers)
    return small_project


def ask(language: str = "zh_Hans"):
    """Open the page, choose the community and wait for its alternatives."""
    test = open_page("grids", language)
    test.selectbox(key="frame_community").set_value(COMMUNITY).run()
    test.button(key="show_alternatives").click().run()
    state = test.session_state["gridplan"]
    jobs = [job for key, job in all_jobs().items() if isinstance(key, tuple) and str(state.project) in key]
    assert len(jobs) == 1
    jobs[0].join(WAIT_S)
    assert jobs[0].view().error is None
    return test.run()


@pytest.mark.usefixtures("solved")
@pytest.mark.parametrize("language", LANGUAGES)
def test_cards_in_every_language(language: str) -> None:
    test = ask(language)
    assert not test.exception
    assert not test.warning
    pictures = test.image
    assert 2 <= len(pictures) <= 6
    assert not RAW_KEY.search(words(test))
    looks = [button for button in test.button if button.key and button.key.startswith("look_")]
    assert 1 <= len(looks) <= len(pictures)


def test_look_shows_and_take_stores(solved: Path) -> None:
    before = read_outcome(solved)
    test = ask()
    look = next(button for button in test.button if str(button.key).startswith("look_"))
    preset = look.key.removeprefix("look_")
    look.click().run()
    state = test.session_state["gridplan"]
    assert (state.preview.community, state.preview.preset) == (COMMUNITY, preset)
    assert same_plan(read_outcome(solved), before, COMMUNITY)  # nothing is stored by looking
    assert Texts("zh_Hans")("alternatives.back") in words(test)
    test.button(key=f"take_{preset}").click().run()
    assert not test.exception
    assert test.session_state["gridplan"].preview is None
    after = read_outcome(solved)
    assert not same_plan(after, before, COMMUNITY)
    assert same_plan(after, before, "999001001002")
    assert Texts("zh_Hans")("alternatives.now") in words(test)


@pytest.mark.usefixtures("solved")
def test_other_limits_ask_for_other_alternatives() -> None:
    test = ask()
    assert test.image
    test.number_input(key="limit_max_households").set_value(480).run()
    assert not test.image
    assert test.button(key="show_alternatives")


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_say_what_changes(language: str) -> None:
    texts = Texts(language)
    same = texts("alternatives.unchanged")
    assert same in figure_text(texts, "n_grids", 5, 0)
    assert "+1" in figure_text(texts, "n_grids", 5, 1)
    assert "−0.4" in figure_text(texts, "border_m", 6_240, -412)
    assert same in figure_text(texts, "border_m", 6_240, 3)  # less than what is shown
    assert "−1,200" in figure_text(texts, "households_moved", 320, -1_200)
    assert re.search(r"0\.64.*\+0\.03", figure_text(texts, "polsby_popper", 0.641, 0.03))
