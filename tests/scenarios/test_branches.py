"""Where branches can be set up: every decision, checked against the rules by hand and anew."""

import datetime as dt
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from data.generate import build_demo
from geo.layers import STORAGE_CRS, Layers
from scenarios.branches.document import branches_document, read_document, stored_document
from scenarios.branches.propose import ground_token, plan_branches, propose_branches
from scenarios.branches.standing import judge
from scenarios.branches.table import read_branches, save_settings
from scenarios.branches.values import BranchPlan, BranchSettings, Place, Standing
from scenarios.branches.ways import distances
from scenarios.ground import stand_on
from scenarios.rules import WorkRules
from scenarios.store import create_project, layers_digest, read_layers

METRES = "EPSG:4549"
DAY = dt.date(2026, 9, 30)


def town(
    institutions: list[dict[str, object]], organisations: list[dict[str, object]] | None = None
) -> Layers:
    """One community of four parcels of 1 km; institutions at (x, y) metres from its corner."""
    squares = [shapely.box(500_000 + 1000 * i, 4_000_000, 501_000 + 1000 * i, 4_001_000) for i in range(4)]
    parcels = gpd.GeoDataFrame(
        {
            "id": [f"P{i}" for i in range(4)],
            "households": [400] * 4,
            "residents": [1000] * 4,
            "community_code": ["999001001001"] * 4,
        },
        geometry=squares,
        crs=METRES,
    )
    community = gpd.GeoDataFrame(
        {"code": ["999001001001"], "name": ["甲社区"], "street": ["示范街道"]},
        geometry=[shapely.union_all(squares)],
        crs=METRES,
    )
    frames = {"communities": community.to_crs(STORAGE_CRS), "parcels": parcels.to_crs(STORAGE_CRS)}
    if institutions:
        frames["institutions"] = _institutions(institutions)
    if organisations is not None:
        frames["organisations"] = _organisations(organisations)
    return Layers(frames=frames)


def _points(rows: list[dict[str, object]]) -> list[shapely.Point]:
    return [shapely.Point(500_000 + float(str(r["x"])), 4_000_000 + float(str(r["y"]))) for r in rows]


def _institutions(rows: list[dict[str, object]]) -> gpd.GeoDataFrame:
    frame = pd.DataFrame(
        {
            "id": [r.get("id", f"D{i}") for i, r in enumerate(rows)],
            "name": [f"单位{i}" for i in range(len(rows))],
            "kind": ["enterprise"] * len(rows),
            "sector": [r.get("sector") for r in rows],
            "staff": pd.array([r.get("staff", 20) for r in rows], dtype="Int64"),
            "formal_members": pd.array([r.get("members") for r in rows], dtype="Int64"),
            "community_code": ["999001001001"] * len(rows),
            "cobuild": pd.array([r.get("cobuild") for r in rows], dtype="boolean"),
        }
    )
    return gpd.GeoDataFrame(frame, geometry=_points(rows), crs=METRES).to_crs(STORAGE_CRS)


def _organisations(rows: list[dict[str, object]]) -> gpd.GeoDataFrame:
    frame = pd.DataFrame(
        {
            "id": [f"Z{i}" for i in range(len(rows))],
            "name": [f"党组织{i}" for i in range(len(rows))],
            "level": [r.get("level", "branch") for r in rows],
            "formal_members": pd.array([r.get("members") for r in rows], dtype="Int64"),
            "host_kind": [r["kind"] for r in rows],
            "host_id": [r["host"] for r in rows],
            "last_activity": pd.to_datetime([r.get("day", "2026-09-01") for r in rows]),
        }
    )
    return gpd.GeoDataFrame(frame, geometry=_points(rows), crs=METRES).to_crs(STORAGE_CRS)


@pytest.fixture
def plan_of(tmp_path: Path):
    def plan(layers: Layers, **rules: float) -> BranchPlan:
        path = tmp_path / "town.gpkg"
        create_project(path, layers, replace=True)
        settings = BranchSettings(rules=WorkRules().with_values(rules), as_of=DAY)
        return plan_branches(stand_on(path, read_layers(path)), settings, None, stop=lambda: False)

    return plan


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.gpkg"
    create_project(path, build_demo())
    return path


def institution(plan: BranchPlan, name: str = "D0") -> Place:
    return next(place for place in plan.places if place.id == name)


def codes(place: Place) -> list[str]:
    return [one.code for one in place.reasons]


@pytest.mark.parametrize(
    ("members", "decision", "reasons"),
    [
        (0, "not_yet", ["no_members"]),
        (2, "not_yet", ["isolated"]),
        (3, "own", ["enough_members", "no_branch_committee"]),
        (6, "own", ["enough_members", "no_branch_committee"]),
        (7, "own", ["enough_members", "branch_committee"]),
        (50, "own", ["enough_members", "branch_committee"]),
        (51, "own", ["enough_members", "split_or_general_branch"]),
        (100, "own", ["enough_members", "split_or_general_branch"]),
        (101, "own", ["enough_members", "committee_possible"]),
        (None, "not_yet", ["no_count"]),
    ],
)
def test_the_edges_of_the_rules(plan_of, members: int | None, decision: str, reasons: list[str]) -> None:
    place = institution(plan_of(town([{"x": 500, "y": 500, "members": members}])))
    assert place.decision == decision
    assert codes(place) == reasons
    assert place.formal_members == members


@pytest.mark.parametrize(
    ("members", "lacking", "committee"),
    [(1, 2, 0), (2, 1, 0), (3, 0, 4), (6, 0, 1), (7, 0, 0), (None, None, None)],
)
def test_targets_are_whole_numbers_to_three_and_to_seven(
    plan_of, members: int | None, lacking: int | None, committee: int | None
) -> None:
    place = institution(plan_of(town([{"x": 500, "y": 500, "members": members}])))
    assert (place.lacking, place.lacking_committee) == (lacking, committee)


@pytest.mark.parametrize(("metres", "decision"), [(500, "joint"), (501, "not_yet")])
def test_places_share_a_branch_within_five_hundred_metres(plan_of, metres: int, decision: str) -> None:
    # The distance in the projection that the engine chooses is what counts: the two points are put there.
    layers = town([{"x": 500, "y": 500, "members": 2}, {"x": 500 + metres, "y": 500, "members": 2}])
    plan = plan_of(layers)
    apart = distances(np.array([place.at for place in plan.places if place.kind == "institution"]))[0, 1]
    assert apart == metres
    assert {place.decision for place in plan.places if place.kind == "institution"} == {decision}


def test_six_places_need_two_branches_and_five_only_one(plan_of) -> None:
    for count, wanted in ((5, 1), (6, 2)):
        rows = [{"x": 500 + 10 * i, "y": 500, "members": 2} for i in range(count)]
        bodies = [body for body in plan_of(town(rows)).bodies if body.level == "joint_branch"]
        assert len(bodies) == wanted
        assert all(len(body.places) <= 5 for body in bodies)


def test_two_small_places_with_too_few_together_wait_and_say_so(plan_of) -> None:
    plan = plan_of(town([{"x": 500, "y": 500, "members": 1}, {"x": 600, "y": 500, "members": 1}]))
    assert codes(institution(plan)) == ["too_few_together"]
    assert institution(plan).reasons[0].facts["lack"] == 2


def test_an_organisation_that_exists_is_kept_and_its_effect_is_told(plan_of) -> None:
    rows = [{"x": 500 + 900 * i, "y": 500, "members": n} for i, n in enumerate([5, 5, 0])]
    organisations = [
        {"x": 500, "y": 500, "kind": "institution", "host": "D0", "members": 5},
        {"x": 1400, "y": 500, "kind": "institution", "host": "D1", "members": 5, "day": "2026-03-29"},
        {"x": 2300, "y": 500, "kind": "institution", "host": "D2", "members": 0, "day": "2026-09-01"},
    ]
    plan = plan_of(town(rows, organisations))
    assert [institution(plan, f"D{i}").decision for i in range(3)] == ["own"] * 3
    assert [institution(plan, f"D{i}").organisation for i in range(3)] == ["Z0", "Z1", "Z2"]
    effective = [body.effective for body in plan.bodies if body.status == "existing"]
    assert effective == [True, False, False]
    assert "no_recent_activity" in codes(institution(plan, "D1"))
    assert "no_members_in_it" in codes(institution(plan, "D2"))


@pytest.mark.parametrize(("day", "effective"), [("2026-03-30", True), ("2026-03-29", False), (None, False)])
def test_activity_counts_to_the_day_six_months_back(day: str | None, effective: bool) -> None:
    one = Standing(
        id="Z", name="Z", level="branch", formal_members=3, host=("institution", "D"), community_code=None,
        last_activity=dt.date.fromisoformat(day) if day else None,
    )  # fmt: skip
    assert judge(one, WorkRules(), DAY, dated=True).effective is effective


def test_what_is_not_recorded_is_neither_effective_nor_not() -> None:
    one = Standing(
        id="Z", name="Z", level="branch", formal_members=None, host=("institution", "D"), community_code=None
    )
    judged = judge(one, WorkRules(), None, dated=False)
    assert judged.effective is None
    assert [item.code for item in judged.formal] == ["members_unknown", "activity_unknown"]


def test_a_joint_branch_that_exists_takes_in_its_neighbours(plan_of) -> None:
    rows = [{"x": 500, "y": 500, "members": 2}, {"x": 600, "y": 500, "members": 1}]
    joint = {"x": 500, "y": 500, "kind": "institution", "host": "D0", "members": 3, "level": "joint_branch"}
    plan = plan_of(town(rows, [joint]))
    assert institution(plan, "D0").decision == "joint"
    assert (institution(plan, "D1").decision, institution(plan, "D1").organisation) == ("joins", "Z0")
    assert plan.coverage[0].joint == 2


def test_who_has_nobody_to_share_with_joins_the_community_in_reach(plan_of) -> None:
    centre = {"x": 700, "y": 500, "kind": "community", "host": "999001001001", "members": 60}
    plan = plan_of(town([{"x": 500, "y": 500, "members": 1}], [centre | {"level": "general_branch"}]))
    place = institution(plan)
    assert (place.decision, place.organisation, codes(place)) == ("joins", "Z0", ["joins_organisation"])
    assert place.reasons[0].facts["metres"] == 200


def test_coverage_has_the_denominators_of_the_rules(plan_of) -> None:
    rows = [
        {"x": 100, "y": 500, "members": 5, "sector": "教育"},  # an organisation that is effective
        {"x": 900, "y": 500, "members": 5, "sector": "教育"},  # one without activity
        {"x": 1500, "y": 500, "members": 2, "sector": "商贸"},  # these two share a branch
        {"x": 1600, "y": 500, "members": 2, "sector": "商贸"},
        {"x": 2500, "y": 500, "members": 0, "sector": "商贸", "cobuild": True},
        {"x": 2600, "y": 500, "members": 0, "sector": "商贸", "cobuild": False},
        {"x": 2700, "y": 500, "members": None, "sector": "商贸"},
        {"x": 2800, "y": 500, "members": 0, "sector": "商贸", "staff": 0},  # nobody works there
    ]
    organisations = [
        {"x": 100, "y": 500, "kind": "institution", "host": "D0", "members": 5},
        {"x": 900, "y": 500, "kind": "institution", "host": "D1", "members": 5, "day": "2025-01-01"},
    ]
    plan = plan_of(town(rows, organisations))
    row = plan.coverage[0]
    assert (row.operating, row.own_today, row.joint_today, row.effective_today) == (7, 2, 0, 1)
    assert (row.own, row.joint, row.without, row.worked) == (2, 2, 3, 1)
    # Today the other five are without: one has an agreement, of three that is not known.
    assert (row.covered_today, row.without_today, row.worked_today, row.unknown_today) == (2, 5, 1, 3)
    assert row.work_today == pytest.approx(1 / 5)
    assert row.organisational_today == pytest.approx(2 / 7)
    assert row.effective_share == pytest.approx(1 / 7)
    assert row.organisational == pytest.approx(4 / 7)
    assert row.work == pytest.approx(1 / 3)
    assert (row.unknown, row.uncounted) == (1, 1)
    by_sector = {one.key: one for one in plan.coverage if one.scope == "sector"}
    assert by_sector["教育"].operating == 2
    assert by_sector["商贸"].organisational == pytest.approx(2 / 5)
    for scope in ("community", "sector", "grid"):
        assert sum(one.operating for one in plan.coverage if one.scope == scope) == row.operating


def test_coverage_of_today_is_not_known_without_a_layer_of_organisations(plan_of) -> None:
    row = plan_of(town([{"x": 100, "y": 500, "members": 5, "cobuild": True}])).coverage[0]
    assert not row.recorded
    assert (row.organisational_today, row.effective_share, row.work_today) == (None, None, None)
    assert row.organisational == 1.0


def test_effective_coverage_is_not_known_where_no_organisation_can_be_judged(plan_of) -> None:
    one = {"x": 100, "y": 500, "kind": "institution", "host": "D0", "members": None, "day": None}
    row = plan_of(town([{"x": 100, "y": 500, "members": 5}], [one])).coverage[0]
    assert (row.own_today, row.unjudged, row.effective_share) == (1, 1, None)
    assert row.organisational_today == 1.0


def test_without_agreements_on_record_work_coverage_is_not_known(plan_of) -> None:
    row = plan_of(town([{"x": 100, "y": 500, "members": 0}])).coverage[0]
    assert row.without == 1
    assert row.work is None


def test_every_institution_is_in_exactly_one_grid(demo: Path) -> None:
    layers = read_layers(demo)
    plan = plan_branches(stand_on(demo, layers), BranchSettings(), None, stop=lambda: False)
    own = [place for place in plan.places if place.kind == "institution"]
    assert sorted(place.source_id for place in own) == sorted(layers.frames["institutions"]["id"])
    grids = set(layers.frames["grids"]["code"])
    assert all(place.grid_code in grids for place in own)


@pytest.mark.parametrize("by_street", [0, 1])
def test_every_proposal_for_the_demo_keeps_the_rules(demo: Path, by_street: int) -> None:
    """An independent look: from the document and the layers alone, without the engine's arrays."""
    settings = BranchSettings(rules=WorkRules().with_values({"joint_by_street": by_street}))
    document = json.loads(json.dumps(branches_document(propose_branches(demo, settings, stop=lambda: False))))
    assert document["distances"]["measured"] == ("street" if by_street else "straight")
    places = {place["id"]: place for place in document["places"]}
    assert len(places) == len(document["places"])
    for body in document["organisations"]:
        if body["status"] == "existing" or len(body["places"]) == 1:
            continue
        own = [places[one] for one in body["places"]]
        members = [place["formal_members"] for place in own]
        assert all(0 < count < 3 for count in members)
        assert 3 <= sum(members) == body["formal_members"] <= 50
        assert 2 <= len(own) <= 5
        assert len({place["community_code"] for place in own}) == 1
        apart = [
            np.hypot(a["at"][0] - b["at"][0], a["at"][1] - b["at"][1]) for a in own for b in own if a is not b
        ]
        if by_street:  # no walk is shorter than the straight line, half a metre of rounding aside
            assert max(apart) - 0.5 <= body["max_distance_m"] <= 500
        else:
            assert round(max(apart)) == body["max_distance_m"] <= 500
    taken = [one for body in document["organisations"] for one in body["places"]]
    assert len(taken) == len(set(taken))
    for place in document["places"]:
        assert (place["organisation"] is None) == (place["decision"] == "not_yet")
        assert place["reasons"]
    assert document["certificate"]["proven"]


def test_counts_stay_whole_when_grids_share_a_compound(demo: Path) -> None:
    layers = read_layers(demo)
    plan = plan_branches(stand_on(demo, layers), BranchSettings(), None, stop=lambda: False)
    living = sum(place.formal_members or 0 for place in plan.places if place.kind == "grid")
    assert living == int(layers.frames["compounds"]["formal_members"].sum())


def test_a_proposal_is_kept_with_its_rules_and_read_back_the_same(demo: Path) -> None:
    settings = BranchSettings(rules=WorkRules().with_values({"joint_distance_m": 300}), as_of=DAY)
    plan = propose_branches(demo, settings, stop=lambda: False)
    assert read_branches(demo, "base") == (settings, plan)
    assert read_document(json.loads(json.dumps(stored_document(plan)))) == plan
    save_settings(demo, "base", BranchSettings())
    assert read_branches(demo, "base") == (BranchSettings(), plan)


def test_a_proposal_knows_the_layers_and_grids_it_is_about(demo: Path) -> None:
    plan = propose_branches(demo, BranchSettings(), stop=lambda: False)
    digest = layers_digest(read_layers(demo))
    assert plan.ground == ground_token(digest, None)
    assert plan.ground != ground_token(digest + "x", None)
