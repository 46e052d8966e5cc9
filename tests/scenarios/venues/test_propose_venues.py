"""Venues of the demo project: proposed, stored, read back, refused; figures counted again by plain means."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from geo.layers import Layers
from gridplan import main
from optimize.stop import Never
from optimize.venues.models import MODELS
from scenarios.branches.table import save_settings
from scenarios.branches.values import BranchSettings
from scenarios.errors import RuleError
from scenarios.rules import RULES, WorkRules
from scenarios.store import create_project, read_layers
from scenarios.venues.propose import open_venues, place_venues, propose_venues, read_venues
from scenarios.venues.question import VenueGround
from scenarios.venues.settings import ONLY_FOR, VenueSettings, check_settings, for_model

DEMO = Path(__file__).parents[3] / "data" / "demo.gpkg"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("venues") / "demo.gpkg"
    shutil.copy(DEMO, path)
    return path


@pytest.fixture
def ground(demo_venues: VenueGround) -> VenueGround:
    return demo_venues


def run(*arguments: object) -> tuple[int, dict[str, object]]:
    result = CliRunner().invoke(main, ["venues", *map(str, arguments), "--json"])
    return result.exit_code, json.loads(result.stdout)


def test_figures_are_those_of_a_plain_count(ground: VenueGround) -> None:
    plan = place_venues(ground, VenueSettings(n_open=13), stop=Never())
    metres, people = ground.ways.distance_m, ground.cells["residents"].to_numpy()
    is_open = plan.venues["open"].to_numpy()
    nearest = metres[:, is_open].min(axis=1)
    assert plan.certificate["proven"]
    assert plan.certificate["objective"] == pytest.approx(float((people * nearest).sum()), rel=1e-9)
    assert plan.venues["people"].sum() == people.sum()
    assert is_open.sum() == 13
    assert plan.venues.loc[plan.venues["status"] == "existing", "open"].all()
    for minutes in ("5", "10", "15"):
        limit = RULES[f"walk_{minutes}_min_m"].default
        within = people[nearest <= limit].sum() / people.sum()
        assert plan.coverage[minutes] == pytest.approx(within)


def test_no_exchange_of_two_sites_is_better(ground: VenueGround) -> None:
    plan = place_venues(ground, VenueSettings(n_open=13), stop=Never())
    metres, people = ground.ways.distance_m, ground.cells["residents"].to_numpy()
    is_open, existing = plan.venues["open"].to_numpy(), (plan.venues["status"] == "existing").to_numpy()
    for out in np.flatnonzero(is_open & ~existing):
        for into in np.flatnonzero(~is_open):
            other = is_open.copy()
            other[out], other[into] = False, True
            paid = (people * np.minimum(metres[:, other].min(axis=1), 5000)).sum()
            assert paid >= plan.certificate["objective"] - 1e-6


def test_more_venues_never_mean_longer_ways(ground: VenueGround) -> None:
    plans = [place_venues(ground, VenueSettings(n_open=n), stop=Never()) for n in range(10, 16)]
    walked = [plan.certificate["objective"] for plan in plans]
    assert walked == sorted(walked, reverse=True)
    assert all(plan.certificate["proven"] for plan in plans)


def test_what_the_planner_forces_is_kept(ground: VenueGround) -> None:
    free = place_venues(ground, VenueSettings(n_open=12), stop=Never())
    new = free.venues[free.venues["decision"] == "opens"]["id"].tolist()
    idle = free.venues[free.venues["decision"] == "not_needed"]["id"].tolist()
    forced = VenueSettings(n_open=12, opened=(idle[0],), closed=(new[0],))
    plan = place_venues(ground, forced, stop=Never())
    decisions = dict(zip(plan.venues["id"], plan.venues["open"], strict=True))
    assert decisions[idle[0]]
    assert not decisions[new[0]]
    assert plan.certificate["objective"] >= free.certificate["objective"]


def test_land_use_and_budget_limit_what_opens(ground: VenueGround) -> None:
    land = "社区服务设施"
    plan = place_venues(ground, VenueSettings(budget=1.5e6, land_uses=(land,)), stop=Never())
    opened = plan.venues[plan.venues["decision"] == "opens"]
    uses = dict(zip(ground.venues["id"], ground.venues["land_use"], strict=True))
    assert len(opened)
    assert {uses[venue] for venue in opened["id"]} == {land}
    assert opened["cost"].sum() <= 1.5e6


def test_who_stays_unserved_and_why(ground: VenueGround) -> None:
    plan = place_venues(ground, VenueSettings(model="mclp", n_open=12), stop=Never())
    assert plan.certificate["objective"] == plan.unserved["people"].sum()
    metres = ground.ways.distance_m
    reach = RULES["walk_10_min_m"].default
    at = {cell: row for row, cell in enumerate(ground.cells["cell_id"])}
    assert set(plan.unserved["reason"]) <= {"no_way", "no_site_near", "too_far"}
    for row in plan.unserved.to_dict("records"):
        nearest = metres[at[row["cell_id"]]].min()
        assert (row["reason"] == "no_site_near") == bool(reach < nearest < np.inf)


def test_the_command_stores_what_it_prints(project: Path) -> None:
    code, document = run(project, "--open", 13)
    assert code == 0
    stored = read_venues(project)
    assert stored is not None
    assert stored.settings == VenueSettings(n_open=13)
    assert stored.venues["id"].tolist() == [row["id"] for row in document["venues"]]
    assert stored.certificate == document["certificate"]
    again = run(project, "--open", 13)[1]
    assert again == document


def test_what_cannot_be_is_said_with_exit_code_one(project: Path) -> None:
    code, document = run(project, "--model", "lscp")
    assert code == 1
    assert document["certificate"]["reasons"][0]["code"] == "not_all_reachable"
    assert document["certificate"]["reasons"][0]["cells"]
    code, document = run(project, "--may-close", "--open", 5, "--force", "ZD001", "--budget", "0")
    assert code == 2
    assert document["error"] == "bad_siting"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"model": "guess"}, "unknown_venue_model"),
        ({"weight": "members"}, "unknown_venue_weight"),
        ({"n_open": 0}, "venue_setting_out_of_range"),
        ({"budget": float("nan")}, "venue_setting_out_of_range"),
        ({"reach_m": -1.0}, "venue_setting_out_of_range"),
        ({"share": 1.5}, "venue_setting_out_of_range"),
        ({"colocation_m": 100.0, "model": "mclp"}, "venue_setting_not_for_model"),
        ({"n_open": 3, "model": "lscp"}, "venue_setting_not_for_model"),
        ({"opened": ("ZD001",), "closed": ("ZD001",)}, "venue_forced_both_ways"),
    ],
)
def test_settings_that_cannot_be_asked_are_refused(changes: dict[str, object], code: str) -> None:
    with pytest.raises(RuleError) as refused:
        check_settings(replace(VenueSettings(), **changes))
    assert refused.value.code == code


@pytest.mark.parametrize("model", MODELS)
def test_what_a_model_does_not_know_is_left_out_and_the_rest_kept(model: str) -> None:
    asked = VenueSettings(model=model, n_open=12, share=0.5, colocation_m=100.0, weight="households")
    held = for_model(asked)
    check_settings(held)
    assert for_model(held) == held
    for name, models in ONLY_FOR.items():
        assert (getattr(held, name) == getattr(asked, name)) == (model in models)
    assert replace(held, n_open=12, share=0.5, colocation_m=100.0) == asked


@pytest.mark.parametrize("model", MODELS)
def test_every_model_keeps_a_share_within_reach(project: Path, model: str) -> None:
    limit = () if model == "lscp" else ("--open", 16)
    code, document = run(project, "--model", model, *limit, "--share", 0.8, "--time-limit", 5)
    assert code == 0
    people = sum(row["people"] for row in document["ways"])
    within = sum(row["people"] for row in document["ways"] if (row["walk_m"] or 1e9) <= 500.0)
    assert within >= 0.8 * people


@pytest.mark.parametrize("model", MODELS)
def test_a_share_that_cannot_be_had_is_refused_with_the_most_there_is(project: Path, model: str) -> None:
    limit = () if model == "lscp" else ("--open", 11)
    code, document = run(project, "--model", model, *limit, "--share", 0.99)
    assert code == 1
    reason = document["certificate"]["reasons"][0]
    assert reason["code"] == ("not_all_reachable" if model == "lscp" else "share_out_of_reach")
    assert reason["share"] == pytest.approx(99.0)
    assert 50 < reason["possible"] < 99


@pytest.fixture(scope="module")
def half_priced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which two of the candidates have no cost, and a third costs nothing."""
    path = tmp_path_factory.mktemp("unpriced") / "half.gpkg"
    layers = read_layers(Path(shutil.copy(DEMO, path.with_name("demo.gpkg"))))
    venues = layers.frames["venues"].copy()
    candidates = venues.index[venues["status"] == "candidate"]
    venues.loc[candidates[:2], "cost_build"] = np.nan
    venues.loc[candidates[2], "cost_build"] = 0.0
    create_project(path, Layers(frames={**layers.frames, "venues": venues}))
    return path


def said(*arguments: object) -> str:
    result = CliRunner().invoke(main, ["venues", *map(str, arguments), "--lang", "zh_Hans"])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_budget_that_counts_venues_without_a_cost_as_free_says_so(half_priced: Path, project: Path) -> None:
    assert "有 2 处候选点没有造价，按 0 元计" in said(half_priced, "--budget", 1e6)
    assert "没有造价" not in said(half_priced, "--open", 12), "nothing is paid for"
    assert "没有造价" not in said(project, "--budget", 1e6), "all have one"
    document = run(half_priced, "--budget", 1e6)[1]
    assert document["unpriced"] == 2
    stored = read_venues(half_priced)
    assert stored is not None
    assert stored.unpriced == 2


def test_a_budget_that_buys_no_new_centre_says_so(project: Path) -> None:
    assert "经费 1,000 元，没有新设阵地" in said(project, "--budget", 1000)
    assert "没有新设阵地" not in said(project, "--budget", 1e6)
    assert "没有新设阵地" not in said(project, "--open", 10), "no money is asked for"


def test_venues_that_are_not_there_are_named(ground: VenueGround) -> None:
    with pytest.raises(RuleError) as refused:
        place_venues(ground, VenueSettings(n_open=12, opened=("ZD001", "NOPE")), stop=Never())
    assert refused.value.facts["venues"] == ["NOPE"]


def test_a_scenario_that_is_not_there_is_refused(project: Path) -> None:
    with pytest.raises(Exception, match="unknown_scenario"):
        propose_venues(project, VenueSettings(n_open=12), scenario="nope", stop=Never())


def test_minutes_are_those_of_the_scenarios_rules(project: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(project, tmp_path / "demo.gpkg"))
    rules = WorkRules().with_values({"walk_10_min_m": 400})
    save_settings(path, "base", BranchSettings(rules=rules))
    changed = open_venues(path)
    plan = place_venues(changed, VenueSettings(model="mclp", n_open=12), stop=Never())
    nearest = changed.ways.distance_m[:, plan.venues["open"].to_numpy()].min(axis=1)
    people = changed.cells["residents"].to_numpy()
    assert plan.certificate["objective"] == people[nearest > 400].sum()
    assert plan.coverage["10"] == pytest.approx(people[nearest <= 400].sum() / people.sum())
