"""A lever over a range: every point is what the scenario would be, and the scenario stays as it is."""

from pathlib import Path

import pytest

from scenarios import store
from scenarios.comparison.sensitivity import Point, levers_at, read_range, vary
from scenarios.desk.forks import fork_scenario
from scenarios.levers.errors import LeverError, TreeError
from scenarios.levers.registry import parse_lever
from scenarios.scenario_file import digest_outcome
from scenarios.tree import read_tree, set_levers
from scenarios.workers import Workers
from tests.scenarios.levers.test_answer import go, project, solved_once
from tests.scenarios.levers.town import C

__all__ = ["project", "solved_once"]  # fixtures


def curve(
    path: Path, template: str, values: tuple[float, ...], workers: Workers | None = None
) -> tuple[Point, ...]:
    return vary(
        path, "方案", template, values, stop=lambda: False, on_progress=lambda _: None, workers=workers
    )


def test_a_point_is_what_the_scenario_becomes_with_that_lever(project: Path, workers: Workers) -> None:
    set_levers(project, "方案", [parse_lever("band=100,600")])
    go(project, "方案")
    before = digest_outcome(store.require_outcome(project, "方案"))
    points = curve(project, f"n_grids.{C}={{x}}", (1.0, 2.0), workers)
    of_c = [sum(code.startswith(C) for code in point.outcome.grids["code"]) for point in points]
    assert of_c == [1, 2]
    assert digest_outcome(store.require_outcome(project, "方案")) == before
    assert not next(node for node in read_tree(project) if node.name == "方案").stale
    for point in points:
        fork_scenario(project, "方案", f"点{point.value:g}")
        set_levers(project, f"点{point.value:g}", point.levers)
        assert digest_outcome(point.outcome) == digest_outcome(go(project, f"点{point.value:g}").outcome)


def test_a_value_that_changes_nothing_keeps_the_plan(project: Path) -> None:
    rules = store.require_outcome(project, "方案").rules
    (point,) = curve(project, "rule.max_households={x}", (float(str(rules["max_households"])),))
    assert digest_outcome(point.outcome) == digest_outcome(store.require_outcome(project, "方案"))


def test_a_range_is_read_with_both_ends() -> None:
    assert read_range("300..500/100") == (300.0, 400.0, 500.0)
    assert read_range("0..1/0.25") == (0.0, 0.25, 0.5, 0.75, 1.0)
    path = Path("town.gpkg")
    assert levers_at(path, "base", "weight.moved={x}", 0.25) == (parse_lever("weight.moved=0.25"),)
    assert levers_at(path, "base", "workers={x}", 0) == ()


@pytest.mark.parametrize("text", ["", "1..2", "2..1/1", "1..2/0", "0..1000/1", "a..b/c", "1..2/-1"])
def test_a_range_without_values_is_refused(text: str) -> None:
    with pytest.raises(TreeError) as caught:
        read_range(text)
    assert caught.value.code == "range_empty"


def test_a_value_that_the_lever_cannot_have_is_refused(project: Path) -> None:
    with pytest.raises(LeverError):
        curve(project, "weight.moved={x}", (-1.0,))
