"""The page of scenarios: runs in every language, forks, pulls a lever, compares."""

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from scenarios import store
from scenarios.levers.registry import parse_lever
from scenarios.propose import Settings, propose
from scenarios.tree import fork_scenario, read_tree, set_levers
from scenarios.workers import Workers
from tests.scenarios.levers.test_answer import RULES, go
from tests.scenarios.levers.town import B, at, town
from tests.ui.test_pages import open_page, words
from ui.texts.catalog import LANGUAGES

VIEWS = ("maps", "difference", "indicators", "changes", "why", "chart")


@pytest.fixture(scope="module")
def answered_once(tmp_path_factory: pytest.TempPathFactory, workers: Workers) -> bytes:
    path = tmp_path_factory.mktemp("town") / "town.gpkg"
    store.create_project(path, town())
    propose(path, Settings(rules=RULES), stop=lambda: False, on_progress=lambda _: None, workers=workers)
    fork_scenario(path, "base", "二期")
    set_levers(path, "二期", [parse_lever(f"new_compound=临江二期,210,{at(450, 225)}")])
    go(path, "二期")
    return path.read_bytes()


@pytest.fixture
def project(tmp_path: Path, answered_once: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRIDPLAN_HOME", str(tmp_path))
    monkeypatch.delenv("GRIDPLAN_PROJECT", raising=False)
    path = tmp_path / "town.gpkg"
    path.write_bytes(answered_once)
    return path


def choose(test: AppTest, key: str, value: str) -> AppTest:
    test.session_state[key] = value
    return test.run()


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_view_runs_in_every_language(language: str) -> None:
    test = open_page("scenarios", language)
    assert not test.exception
    assert not test.warning
    assert "{" not in words(test)
    choose(test, "scenarios_view", "compare")
    for view in VIEWS:
        choose(test, "compare_view", view)
        assert not test.exception
        assert not test.warning
    choose(test, "scenarios_view", "sensitivity")
    assert not test.exception
    assert not test.warning


def test_the_page_without_a_plan_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDPLAN_HOME", str(tmp_path / "empty"))
    monkeypatch.delenv("GRIDPLAN_PROJECT", raising=False)
    test = open_page("scenarios")
    assert not test.exception
    assert len(test.info) == 1


def test_forking_and_pulling_a_lever_from_the_page(project: Path) -> None:
    test = open_page("scenarios")
    test.text_input[0].set_value("新方案")
    next(button for button in test.button if button.label == "派生").click()
    test.run()
    assert [node.name for node in read_tree(project)] == ["base", "二期", "新方案"]
    test.selectbox(key="lever_kind_0").set_value("band").run()
    test.number_input(key="lever_band_low_0").set_value(150)
    test.number_input(key="lever_band_high_0").set_value(420)
    next(button for button in test.button if button.label == "设定并计算").click()
    test.run()
    assert not test.exception
    for _ in range(200):
        if not next(node for node in read_tree(project) if node.name == "新方案").stale:
            break
        time.sleep(0.1)
    outcome = store.require_outcome(project, "新方案")
    assert (outcome.rules["min_households"], outcome.rules["max_households"]) == (150, 420)


def test_a_lever_that_cannot_be_pulled_is_explained(project: Path) -> None:
    test = open_page("scenarios")
    test.session_state["gridplan"] = __import__("dataclasses").replace(
        test.session_state["gridplan"], scenario="二期"
    )
    test.run()
    test.selectbox(key="lever_kind_0").set_value("merge_community").run()
    next(button for button in test.button if button.label == "设定并计算").click()
    test.run()
    assert not test.exception
    assert len(test.warning) == 1
    assert len(next(node for node in read_tree(project) if node.name == "二期").levers) == 1


def test_the_reason_is_said_in_words(project: Path) -> None:
    del project
    test = open_page("scenarios")
    choose(test, "scenarios_view", "compare")
    choose(test, "compare_view", "why")
    said = words(test)
    assert "临江二期新增210户" in said
    assert B not in said


def test_a_budget_is_varied_and_its_curve_keeps_its_name(project: Path) -> None:
    test = open_page("scenarios")
    choose(test, "scenarios_view", "sensitivity")
    test.selectbox(key="curve_of").set_value("budget={x}").run()
    for end, value in (("from", 100_000.0), ("to", 200_000.0), ("step", 100_000.0)):
        test.number_input(key=f"curve_{end}_budget={{x}}").set_value(value)
    next(button for button in test.button if button.label == "计算曲线").click()
    test.run()
    for _ in range(100):
        if any("预算总额变化的曲线" in item.value for item in test.markdown):
            break
        time.sleep(0.1)
        test.run()
    assert any("预算总额变化的曲线" in item.value for item in test.markdown)
    assert test.selectbox(key="curve_shown_budget={x}").value == "budget_short"
    assert test.selectbox(key="curve_of").value == "budget={x}"
    test.toggle(key="curve_plan").set_value(True).run()
    assert not test.exception
    next(button for button in test.button if button.key == "curve_fork").click()
    test.run()
    made = next(node for node in read_tree(project) if node.levers and node.levers[0].name == "budget")
    assert made.levers[0] == parse_lever("budget=100000")
    assert "预算总额" in made.name
