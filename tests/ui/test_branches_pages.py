"""The pages of today and of branches in every language, and what leaves them as a file."""

import csv
import io
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from data.generate import build_demo
from exports.branches_table import places_csv
from scenarios.branches.propose import propose_branches
from scenarios.branches.table import read_branches
from scenarios.branches.values import BranchSettings
from scenarios.store import create_project
from tests.ui.test_pages import RAW_KEY, open_page, words
from ui.jobs import all_jobs
from ui.texts.catalog import LANGUAGES, Texts


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    create_project(folder / "demo.gpkg", build_demo())
    propose_branches(folder / "demo.gpkg", BranchSettings(), stop=lambda: False)
    return folder


@pytest.fixture
def workspace(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRIDPLAN_HOME", str(home))
    monkeypatch.delenv("GRIDPLAN_PROJECT", raising=False)
    return home / "demo.gpkg"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", ["today", "branches"])
def test_pages_speak_every_language(workspace: Path, page: str, language: str) -> None:  # noqa: ARG001
    test = open_page(page, language)
    assert not test.exception
    assert not test.warning
    said = words(test)
    assert not RAW_KEY.search(said)
    assert "{" not in said


@pytest.mark.parametrize("page", ["today", "branches"])
def test_pages_say_so_without_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    monkeypatch.setenv("GRIDPLAN_HOME", str(tmp_path))
    monkeypatch.delenv("GRIDPLAN_PROJECT", raising=False)
    test = open_page(page)
    assert not test.exception
    assert len(test.info) == 1


def test_today_puts_the_planted_community_first(workspace: Path) -> None:  # noqa: ARG001
    test = open_page("today")
    said = words(test)
    assert "最需要关注的是**钟巷社区**" in said
    assert "17 个小区只有 1 个党组织" in said
    table = next(one.value for one in test.dataframe if "households" in one.value)
    worst = table.iloc[0]
    assert worst["community"] == "钟巷社区"
    assert (worst["compounds"], worst["organisations"], worst["branch"]) == (17, 1, 6)
    assert 800 <= worst["residents"] < 900


def test_a_line_of_today_leads_to_its_page_and_keeps_the_community(workspace: Path) -> None:  # noqa: ARG001
    test = open_page("today")
    assert test.session_state["gridplan"].community is None
    way = next(button for button in test.button if button.label == "党组织 →")
    way.click().run()
    assert test.session_state["gridplan"].community == "999001001005"
    # What is not known leads to the data.
    test = open_page("today")
    test.session_state["gridplan"] = replace(test.session_state["gridplan"], community="999001001004")
    test.run()
    assert "居民党员数未统计" in words(test)
    assert [button.label for button in test.button].count("数据 →") == 1


def test_a_rule_is_changed_refused_and_set_back(fresh: Path) -> None:
    test = open_page("branches")
    assert "《中国共产党支部工作条例（试行）》" in words(test)
    test.number_input(key="rule_base_joint_distance_m").set_value(400).run()
    assert not test.exception
    assert read_branches(fresh, "base")[0].rules.joint_distance_m == 400
    assert "默认为 500 米" in words(test)
    test.toggle(key="rule_base_joint_across_communities").set_value(True).run()
    assert read_branches(fresh, "base")[0].rules.joint_across_communities == 1
    test.number_input(key="rule_base_committee_members_over").set_value(20).run()
    assert "应依次增大，现在 50 大于 20" in test.warning[0].value
    assert test.number_input(key="rule_base_committee_members_over").value == 100
    next(button for button in test.button if button.label == "恢复默认值").click().run()
    assert read_branches(fresh, "base")[0] == BranchSettings()
    assert "默认为 500 米" not in words(test)


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRIDPLAN_HOME", str(tmp_path))
    monkeypatch.delenv("GRIDPLAN_PROJECT", raising=False)
    create_project(tmp_path / "demo.gpkg", build_demo())
    return tmp_path / "demo.gpkg"


def test_branches_can_be_proposed_from_the_page(fresh: Path) -> None:
    test = open_page("branches")
    assert "还没有方案" in words(test)
    next(button for button in test.button if button.label == "测算党组织设置方案").click()
    test.run()
    # The work goes on by itself, whoever looks: a page opened anew finds it.
    job = all_jobs().find(("branches", str(fresh), "base"))
    assert job is not None
    job.join(120)
    again = open_page("branches")
    assert not again.exception
    assert "已证明" in words(again)
    assert read_branches(fresh, "base")[1] is not None
    assert all_jobs().find(("branches", str(fresh), "base")) is None


def test_a_proposal_that_is_stopped_leaves_things_as_they_were(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = threading.Event()

    def wait_for_the_stop(*_: object, stop: Callable[[], bool], **__: object) -> object:
        while not stop():
            told.wait(0.05)
        return object()  # what a stopped engine hands over is not kept

    monkeypatch.setattr("ui.branches_job.run_one", wait_for_the_stop)
    test = open_page("branches")
    next(button for button in test.button if button.label == "测算党组织设置方案").click()
    test.run()
    next(button for button in open_page("branches").button if button.label == "停止测算").click().run()
    job = all_jobs().find(("branches", str(fresh), "base"))
    assert job is not None
    job.join(20)
    assert job.view().state == "stopped"
    assert "已停止" in open_page("branches").info[0].value
    assert read_branches(fresh, "base")[1] is None


def test_one_grid_one_branch_is_the_weight_of_the_grid_engine(workspace: Path) -> None:  # noqa: ARG001
    test = open_page("branches")
    assert not test.toggle(key="one_grid_one_branch").value
    test.toggle(key="one_grid_one_branch").set_value(True).run()
    assert not test.exception
    assert test.session_state["gridplan"].weights["branch_ready"] == 1.0


@pytest.mark.parametrize("language", LANGUAGES)
def test_small_counts_can_be_hidden_in_the_file(workspace: Path, language: str) -> None:
    plan = read_branches(workspace, "base")[1]
    assert plan is not None
    texts = Texts(language)
    shown, hidden = (
        list(csv.reader(io.StringIO(places_csv(plan, texts, hide_small=hide).decode("utf-8-sig"))))
        for hide in (False, True)
    )
    small = [place for place in plan.places if place.formal_members in (1, 2)]
    assert small
    members = [row[4] for row in hidden[1:]]
    assert {"1", "2"} & {row[4] for row in shown[1:]}
    assert not {"1", "2"} & set(members)
    assert members.count("<3") == len(small)
    assert "0" in members


def test_hidden_counts_do_not_come_back_through_the_reasons(workspace: Path) -> None:
    plan = read_branches(workspace, "base")[1]
    assert plan is not None
    texts = Texts("en")
    rows = list(csv.reader(io.StringIO(places_csv(plan, texts, hide_small=True).decode("utf-8-sig"))))[1:]
    for place, row in zip(plan.places, rows, strict=True):
        if place.formal_members in (1, 2):
            assert not any(f"{n} short" in row[7] or f"{n} members" in row[7] for n in (1, 2))
