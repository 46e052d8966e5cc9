"""Where each community stands today: facts against rules, the worst first, and what cannot be known."""

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from data.generate import build_demo
from data.specs import PLANTED_CODE
from geo.layers import STORAGE_CRS, Layers
from scenarios.branches.diagnosis import CommunityToday, diagnose
from scenarios.branches.propose import land_of
from scenarios.branches.standing import latest_activity
from scenarios.branches.values import BranchSettings
from scenarios.facilities.measure import read_facilities
from scenarios.ground import stand_on
from scenarios.rules import GridRules
from scenarios.staff.measure import read_staff
from scenarios.store import create_project, read_layers
from tests.scenarios.test_branches import METRES, town


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.gpkg"
    create_project(path, build_demo())
    return path


def test_the_planted_community_comes_out_worst_for_the_right_reasons(demo: Path) -> None:
    layers = read_layers(demo)
    ground = stand_on(demo, layers)
    settings = BranchSettings(as_of=latest_activity(layers))
    told = diagnose(ground, land_of(ground, None), settings, GridRules())
    assert told[0].code == PLANTED_CODE
    reasons = {one.code: one.facts for one in told[0].outside}
    assert reasons["many_compounds"]["compounds"] == 17
    assert reasons["small_branch"]["n"] == 6
    assert reasons["few_households"]["n"] < 1000
    assert {"grids_off", "members_low", "on_paper", "uncovered"} <= reasons.keys()
    assert len(told) == len(layers.frames["communities"])


def test_what_is_not_counted_is_said_and_never_counts_as_wrong(tmp_path: Path) -> None:
    path = tmp_path / "bare.gpkg"
    create_project(path, town([]))
    ground = stand_on(path, read_layers(path))
    (only,) = diagnose(ground, land_of(ground, None), BranchSettings(), GridRules())
    names = "no_grids members_uncounted organisations_unknown staff_unknown area_unknown no_institutions"
    assert {one.code for one in only.unknown} >= set(names.split())
    assert only.outside == ()


def test_staff_and_area_of_today_are_those_of_the_page_of_centres(demo: Path) -> None:
    layers = read_layers(demo)
    ground = stand_on(demo, layers)
    told = {one.code: one for one in diagnose(ground, land_of(ground, None), BranchSettings(), GridRules())}
    staff = {row.code: row for row in read_staff(demo).communities}
    rooms = {row.code: row for row in read_facilities(demo).communities}
    for code, one in told.items():
        facts = {item.code: item.facts for item in one.findings}
        need = next(facts[name]["need"] for name in ("staff_short", "staff_fine") if name in facts)
        assert need == staff[code].needed
        area = next((facts[name] for name in ("area_short", "area_fine") if name in facts), None)
        if area is not None:
            assert area["need"] == round(rooms[code].needed_m2)
            assert area["n"] == round(rooms[code].area_m2 or 0)


def test_a_venue_without_area_leaves_the_service_area_open(tmp_path: Path) -> None:
    path = tmp_path / "town.gpkg"
    layers = town([])
    venues = gpd.GeoDataFrame(
        {"id": ["V0", "V1"], "name": ["甲", "乙"], "status": ["existing"] * 2, "area_m2": [10.0, None]},
        geometry=[shapely.Point(500_500, 4_000_500), shapely.Point(501_500, 4_000_500)],
        crs=METRES,
    )
    create_project(path, Layers(frames={**layers.frames, "venues": venues.to_crs(STORAGE_CRS)}))
    ground = stand_on(path, read_layers(path))
    (only,) = diagnose(ground, land_of(ground, None), BranchSettings(), GridRules())
    assert "area_partly" in {one.code for one in only.unknown}


def diagnose_town(path: Path, layers: Layers) -> CommunityToday:
    create_project(path, layers)
    ground = stand_on(path, read_layers(path))
    (only,) = diagnose(ground, land_of(ground, None), BranchSettings(), GridRules())
    return only


def test_without_a_layer_of_organisations_nobody_is_said_to_be_without_one(tmp_path: Path) -> None:
    told = diagnose_town(tmp_path / "town.gpkg", town([{"x": 100, "y": 500, "members": 5}]))
    assert "organisations_unknown" in {one.code for one in told.unknown}
    assert not {"uncovered", "covered"} & {one.code for one in told.findings}


def test_institutions_whose_members_nobody_counted_are_not_said_to_have_none(tmp_path: Path) -> None:
    rows = [{"x": 100, "y": 500, "members": None}, {"x": 900, "y": 500, "members": 4}]
    host = {"x": 900, "y": 500, "kind": "institution", "host": "D1", "members": 4}
    told = diagnose_town(tmp_path / "town.gpkg", town(rows, [host]))
    (finding,) = (one for one in told.findings if one.code == "uncovered_uncounted")
    assert (finding.state, finding.page) == ("unknown", "data")
    assert (finding.facts["n"], finding.facts["uncounted"]) == (1, 1)
