"""Scenarios that wait for their answer, and what a click means for a lever's field."""

from pathlib import Path
from unittest import mock

import pytest

from scenarios.errors import EditConflict, ScenarioError
from scenarios.propose import ProposalStopped
from tests.scenarios.levers.town import A, at, town
from ui import scenarios_jobs
from ui.scenarios_jobs import Queue, _work
from ui.scenarios_place import corners_to_text, find_clicked


def test_the_first_to_come_begins_and_the_last_to_go_closes() -> None:
    queue = Queue()
    assert queue.add(["a", "b"])
    assert not queue.add(["b", "c"])
    assert [queue.take() for _ in range(4)] == ["a", "b", "c", None]
    assert queue.add(["d"])


def test_a_scenario_changed_while_it_is_worked_out_is_wanted_again() -> None:
    queue = Queue()
    queue.add(["a"])
    queue.take()
    assert not queue.is_wanted_again()
    queue.add(["a"])
    assert queue.is_wanted_again()
    assert queue.take() == "a"
    assert not queue.is_wanted_again()


def test_a_batch_goes_on_after_one_that_fails_and_tells_it() -> None:
    queue, done = Queue(), []

    def answer(_path: Path, name: str, **_: object) -> mock.Mock:
        if name == "bad":
            raise ScenarioError("unknown_scenario", scenario=name)
        done.append(name)
        return mock.Mock(kept=(), known=(), solved=())

    queue.add(["bad", "good"])
    with (
        mock.patch.object(scenarios_jobs, "answer", answer),
        mock.patch.object(scenarios_jobs, "all_workers"),
    ):
        work = _work(Path("town.gpkg"), queue)
        with pytest.raises(ScenarioError):
            work(lambda: False, lambda _: None)
    assert done == ["good"]


def test_a_plan_adjusted_meanwhile_is_tried_again() -> None:
    queue, tries = Queue(), []

    def answer(_path: Path, name: str, **_: object) -> mock.Mock:
        tries.append(name)
        if len(tries) == 1:
            raise EditConflict("changed_meanwhile")
        return mock.Mock(kept=("x",), known=(), solved=())

    queue.add(["a"])
    with (
        mock.patch.object(scenarios_jobs, "answer", answer),
        mock.patch.object(scenarios_jobs, "all_workers"),
    ):
        assert _work(Path("town.gpkg"), queue)(lambda: False, lambda _: None) == {"a": (1, 0, 0)}
    assert tries == ["a", "a"]


def test_a_stop_ends_the_batch_and_the_next_begins_anew() -> None:
    queue = Queue()
    queue.add(["a", "b"])
    with mock.patch.object(scenarios_jobs, "all_workers"), pytest.raises(ProposalStopped):
        _work(Path("town.gpkg"), queue)(lambda: True, lambda _: None)
    assert queue.add(["c"])
    assert queue.take() == "c"


def test_corners_become_a_point_a_line_or_an_area() -> None:
    assert corners_to_text("1 2", area=True) == "1 2"
    assert corners_to_text("1 2;3 4", area=False) == "LINESTRING(1 2, 3 4)"
    assert corners_to_text("1 2;3 4", area=True) == "3 4"
    assert corners_to_text("1 2;3 4;5 6", area=True) == "POLYGON((1 2, 3 4, 5 6, 1 2))"
    assert corners_to_text("", area=True) == ""


@pytest.mark.parametrize(
    ("kind", "x", "y", "found"),
    [
        ("community", 100, 100, A),
        ("compound", 100, 100, "P1"),
        ("road", 100, 160, "长街"),
        ("barrier", 155, 100, "#1"),
        ("road", 800, 20, None),
    ],
)
def test_a_click_finds_what_lies_there(kind: str, x: float, y: float, found: str | None) -> None:
    assert find_clicked(town(), kind, at(x, y)) == found
