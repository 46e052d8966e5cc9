"""First answers of scenarios: at once and honest; what is proven later takes their place."""

from pathlib import Path
from unittest import mock

import pytest

from scenarios import store
from scenarios.desk.forks import fork_scenario
from scenarios.levers.answer import Answered, is_stale
from scenarios.levers.first import answer_first
from scenarios.scenario_file import digest_outcome
from scenarios.tree import read_tree
from tests.scenarios.levers.test_answer import B, at, go, project, set_levers, solved_once
from tests.ui.test_commands_scenario import run

__all__ = ["project", "solved_once"]

NEW = f"new_compound=临江二期,210,{at(450, 225)}"


@pytest.fixture
def unlisted(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a community too large to list at once: the first answer comes without proof."""
    monkeypatch.setattr("optimize.first.FEW_GROUPS", 1)


def first(path: Path, name: str = "方案") -> Answered:
    return answer_first(path, name, stop=lambda: False)


def test_a_small_community_is_answered_for_good(project: Path) -> None:
    set_levers(project, "方案", NEW)
    found = first(project)
    assert (found.solved, found.pending) == ((B,), ())
    assert not is_stale(project, "方案")
    again = go(project, "方案")
    assert again.solved == ()
    assert digest_outcome(again.outcome) == digest_outcome(found.outcome)


@pytest.mark.usefixtures("unlisted")
def test_a_first_answer_says_so_and_is_replaced(project: Path) -> None:
    set_levers(project, "方案", NEW)
    found = first(project)
    assert found.pending == (B,)
    told = {item.community_code: item for item in found.outcome.certificates}[B]
    assert not told.proven
    assert "first_answer" in dict(told.reasons)
    node = next(item for item in read_tree(project) if item.name == "方案")
    assert (node.stale, node.pending) == (False, 1)
    assert is_stale(project, "方案")
    proven = go(project, "方案")
    assert proven.solved == (B,)
    assert {item.community_code: item.proven for item in proven.outcome.certificates}[B]
    assert not is_stale(project, "方案")
    assert not any("first_answer" in dict(item.reasons) for item in proven.outcome.certificates)


@pytest.mark.usefixtures("unlisted")
def test_the_way_by_a_first_answer_ends_where_the_direct_one_does(project: Path) -> None:
    fork_scenario(project, "base", "直接")
    for name in ("方案", "直接"):
        set_levers(project, name, NEW, "band=150,400")
    first(project)
    by_first = go(project, "方案").outcome
    with mock.patch("scenarios.levers.answer.known_answers", return_value={}):
        direct = go(project, "直接").outcome
    assert digest_outcome(by_first) == digest_outcome(direct)
    assert [item.objective for item in by_first.certificates] == [
        item.objective for item in direct.certificates
    ]


@pytest.mark.usefixtures("unlisted")
def test_a_first_answer_is_not_handed_on_as_the_answer(project: Path) -> None:
    set_levers(project, "方案", NEW)
    first(project)
    fork_scenario(project, "方案", "孙")
    assert is_stale(project, "孙")
    found = go(project, "孙")
    assert {item.community_code: item.proven for item in found.outcome.certificates}[B]
    assert not is_stale(project, "方案"), "its parent is answered before it"


@pytest.mark.usefixtures("unlisted")
def test_the_limit_on_who_moves_holds_in_a_first_answer(project: Path) -> None:
    set_levers(project, "方案", "keep_today=0")
    found = first(project)
    grids = found.outcome.grids
    for item in found.outcome.certificates:
        moved = grids.loc[grids["community_code"] == item.community_code, "cost_moved"].sum()
        assert moved == 0 or "keep_today_unmet" in dict(item.reasons)
    assert found.pending, "a plan found by weighing moves more is not the last word"


def test_nothing_but_the_plan_differs_from_the_parent(project: Path) -> None:
    before = digest_outcome(store.require_outcome(project))
    set_levers(project, "方案", NEW)
    first(project)
    assert digest_outcome(store.require_outcome(project)) == before


@pytest.mark.usefixtures("unlisted")
def test_the_command_lists_a_first_answer_and_proves_it(project: Path) -> None:
    set_levers(project, "方案", NEW)
    first(project)
    listed = run("scenario", "list", project, "--lang", "zh_Hans")
    assert "方案  初步" in listed.output
    assert run("scenario", "solve", project).exit_code == 0
    assert next(item for item in read_tree(project) if item.name == "方案").pending == 0
