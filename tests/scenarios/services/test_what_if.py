"""What if: levers on staff, venues and unit costs are answered in the comparison, and nowhere else."""

from pathlib import Path

import pytest

from scenarios.comparison.document import compare_document
from scenarios.comparison.indicators import measure
from scenarios.comparison.services import read_indicators
from scenarios.desk.forks import fork_scenario
from scenarios.errors import ScenarioError
from scenarios.levers.answer import answer
from scenarios.levers.registry import parse_lever
from scenarios.money.read import lever_costs, read_services
from scenarios.store import read_layers, require_outcome
from scenarios.tree import set_levers
from tests.scenarios.services.conftest import PLAIN


def ask(path: Path, *levers: str) -> dict[str, tuple[float | None, float | None]]:
    """Fork the base scenario, set levers, answer; give the indicators before and after that differ."""
    fork_scenario(path, "base", "设想")
    set_levers(path, "设想", [parse_lever(text) for text in levers])
    done = answer(path, "设想", stop=lambda: False, on_progress=lambda _step: None, workers=None)
    assert done.solved == ()
    before, after = read_indicators(path, ["base", "设想"])
    return {name: (before[name], after[name]) for name in before if before[name] != after[name]}


def test_grid_workers_are_in_place_and_approved(solved_town: Path) -> None:
    changed = ask(solved_town, f"staff.{PLAIN}=grid_workers,3")
    assert changed.keys() == {
        "workers_short", "households_per_worker", "institutions_per_worker", "tasks_per_worker",
        "households_per_grid_worker", "money_operations", "money_year",
    }  # fmt: skip
    assert changed["households_per_worker"] == (1300 / 3, 1300 / 6)
    assert changed["households_per_grid_worker"] == (1300 / 2, 1300 / 5)
    assert changed["money_year"][1] - changed["money_year"][0] == 3 * 75_000


def test_filling_a_vacancy_costs_nothing_new(solved_town: Path) -> None:
    changed = ask(solved_town, f"staff.{PLAIN}=filled,1")
    assert changed["posts_vacant"] == (1, 0)
    assert not any(name.startswith("money_") for name in changed)


def test_a_unit_cost_moves_its_line_alone(solved_town: Path) -> None:
    changed = ask(solved_town, "unit_cost.service_fund_yuan=250000")
    assert changed.keys() == {"money_service_fund", "money_year"}
    assert changed["money_service_fund"] == (400_000, 500_000)
    assert lever_costs(solved_town, "设想") == {"service_fund_yuan": 250_000}
    assert lever_costs(solved_town, "base") == {}


def test_an_opened_venue_is_built_and_run(solved_town: Path) -> None:
    changed = ask(solved_town, "venue.V4=open", "venue_area.V4=80")
    assert changed["service_area_short_m2"] == (414 - 200, 414 - 280)
    assert changed["money_once"] == (0, 80 * 2000)
    before, after = changed["money_facilities"]
    assert after - before == 80 * 300


def test_a_closed_venue_leaves_its_community_without(solved_town: Path) -> None:
    changed = ask(solved_town, "venue.V1=closed")
    assert changed["service_area_short_m2"] == (214, 214 + 390)
    assert changed["money_facilities"][1] == 200 * 300
    assert "money_once" not in changed


def test_an_enlarged_venue_costs_with_its_area(solved_town: Path) -> None:
    changed = ask(solved_town, "venue_area.V1=600")
    assert changed["money_once"] == (0, 100 * 2000)
    before, after = changed["money_facilities"]
    assert after - before == 150_000 * 0.2


def test_levers_leave_the_parent_and_the_layers_untouched(solved_town: Path) -> None:
    layers, base = read_layers(solved_town), read_services(solved_town)
    ask(solved_town, f"staff.{PLAIN}=posts,-9", "venue.V1=closed", "unit_cost.pay_worker_yuan=1")
    assert read_services(solved_town).money == base.money
    assert read_layers(solved_town).frames["venues"].equals(layers.frames["venues"])
    assert read_services(solved_town, "设想").staffing.communities[0].posts == 0


@pytest.mark.parametrize(
    ("lever", "code"),
    [
        (f"staff.{PLAIN}=cleaners,1", "lever_choice_unknown"),
        ("staff.999001001002=posts,1", "lever_not_counted"),
        ("staff.1=posts,1", "lever_target_missing"),
        (f"staff.{PLAIN}=posts,1.5", "lever_value_unreadable"),
        ("venue.V9=open", "lever_target_missing"),
        ("venue.V1=gone", "lever_choice_unknown"),
        ("venue_area.V1=-1", "lever_value_out_of_range"),
        ("unit_cost.pay=1", "unknown_rule"),
        ("unit_cost.pay_worker_yuan=0.5", "rule_not_whole"),
    ],
)
def test_levers_that_find_nothing_are_refused(solved_town: Path, lever: str, code: str) -> None:
    fork_scenario(solved_town, "base", "设想")
    with pytest.raises(ScenarioError) as caught:
        set_levers(solved_town, "设想", [parse_lever(lever)])
    assert caught.value.code == code


def test_the_comparison_tells_them(solved_town: Path) -> None:
    ask(solved_town, f"staff.{PLAIN}=grid_workers,3")
    outcomes = [require_outcome(solved_town, name) for name in ("base", "设想")]
    document = compare_document(solved_town, outcomes)
    told = {item["name"]: item for item in document["indicators"]}
    assert told["households_per_worker"]["verdicts"][1] == "better"
    assert told["money_operations"]["verdicts"][1] == "no_matter"
    assert told["money_year"]["differences"][1] == 225_000
    assert document["households_moved"] == 0
    assert document["pairs"][0]["sentences"][0]["code"] == "cause_staff"
    assert "money_year" not in {item.name for item in measure(outcomes)}
