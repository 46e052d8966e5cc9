"""How far apart places are: walked along streets where they are known, straight on elsewhere."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.layers import STORAGE_CRS, Layers
from scenarios.branches.document import branches_document
from scenarios.branches.propose import plan_branches
from scenarios.branches.values import BranchPlan, BranchSettings
from scenarios.branches.ways import FAR, measure_between
from scenarios.ground import stand_on
from scenarios.rules import WorkRules
from scenarios.store import create_project, read_layers
from tests.scenarios.test_branches import DAY, METRES, town

EAST, NORTH = 500_000, 4_000_000


def road(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([(EAST + x, NORTH + y) for x, y in points])


def with_roads(layers: Layers, *lines: shapely.LineString) -> Layers:
    roads = gpd.GeoDataFrame(
        {"name": ["街"] * len(lines), "class": ["street"] * len(lines)}, geometry=list(lines), crs=METRES
    )
    return Layers(frames={**layers.frames, "roads": roads.to_crs(STORAGE_CRS)})


def plan(tmp_path: Path, layers: Layers, **rules: float) -> BranchPlan:
    path = tmp_path / "town.gpkg"
    create_project(path, layers, replace=True)
    settings = BranchSettings(rules=WorkRules().with_values(rules), as_of=DAY)
    return plan_branches(stand_on(path, read_layers(path)), settings, None, stop=lambda: False)


# Two places 300 m apart; the only street between them goes 400 m down, across, and up again.
AROUND = road((500, 500), (500, 100), (800, 100), (800, 500))
PAIR = [{"x": 500, "y": 500, "members": 2}, {"x": 800, "y": 500, "members": 2}]


def decisions(found: BranchPlan) -> set[str]:
    return {place.decision for place in found.places if place.kind == "institution"}


def test_places_share_a_branch_by_the_way_that_people_walk(tmp_path: Path) -> None:
    walked = plan(tmp_path, with_roads(town(PAIR), AROUND))
    assert decisions(walked) == {"not_yet"}
    assert walked.measured == "street"
    straight = plan(tmp_path, with_roads(town(PAIR), AROUND), joint_by_street=0)
    assert decisions(straight) == {"joint"}
    assert straight.measured == "straight"


def test_without_streets_the_line_is_straight_and_the_document_says_so(tmp_path: Path) -> None:
    found = plan(tmp_path, town(PAIR))
    assert decisions(found) == {"joint"}
    told = branches_document(found)["distances"]
    # Four grids would count too, had the town any: two institutions are all there is.
    assert told == {"measured": "straight", "places": {"straight": 2}, "limit_m": 500}


@pytest.mark.parametrize(("metres", "decision"), [(500, "joint"), (501, "not_yet")])
def test_the_edge_of_the_rule_holds_along_a_street(tmp_path: Path, metres: int, decision: str) -> None:
    # The street bends: 300 m across and the rest down; both places stand on it.
    down = metres - 300
    bend = road((500, 900), (800, 900), (800, 900 - down))
    rows = [{"x": 500, "y": 900, "members": 2}, {"x": 800, "y": 900 - down, "members": 2}]
    found = plan(tmp_path, with_roads(town(rows), bend))
    assert decisions(found) == {decision}


def measured(layers: Layers, spots: dict[str, tuple[float, float]]):
    there = {key: (EAST + x, NORTH + y) for key, (x, y) in spots.items()}
    return measure_between(layers, gpd.GeoSeries([], crs=METRES).crs, there.items(), WorkRules())


def test_neighbours_in_one_yard_do_not_walk_out_to_the_street_and_back() -> None:
    layers = with_roads(town([]), road((0, 500), (4000, 500)))
    ways = measured(layers, {"a": (1000, 600), "b": (1010, 600), "c": (1500, 500)})
    assert ways.between("a", "b") == 10
    assert ways.between("a", "c") == 600  # down to the street and along it


def test_who_reaches_no_street_is_measured_straight_on_and_counted() -> None:
    layers = with_roads(town([]), road((0, 500), (1000, 500)))
    ways = measured(layers, {"on": (500, 500), "off": (3000, 500)})
    assert ways.between("on", "off") == 2500
    assert dict(ways.counts) == {"straight": 1, "street": 1}


def test_streets_that_do_not_meet_make_no_way() -> None:
    layers = with_roads(town([]), road((0, 500), (1000, 500)), road((0, 600), (1000, 600)))
    ways = measured(layers, {"here": (500, 500), "there": (500, 600)})
    assert ways.between("here", "there") == FAR


def test_an_organisation_of_places_without_a_way_between_tells_no_distance(tmp_path: Path) -> None:
    yards = [shapely.box(EAST + x, NORTH + 480, EAST + x + 40, NORTH + 520) for x in (480, 2480)]
    compounds = gpd.GeoDataFrame(
        {
            "id": ["X0", "X1"],
            "name": ["东院", "西院"],
            "households": [100, 100],
            "residents": [250, 250],
            "formal_members": [2, 2],
            "community_code": ["999001001001"] * 2,
        },
        geometry=yards,
        crs=METRES,
    ).to_crs(STORAGE_CRS)
    branch = {"kind": "community", "host": "999001001001", "x": 500, "y": 500, "members": 10}
    bare = town([], [branch])
    layers = Layers(frames={**bare.frames, "compounds": compounds})
    apart = with_roads(layers, road((400, 500), (600, 500)), road((2400, 500), (2600, 500)))
    joined = with_roads(layers, road((400, 500), (2600, 500)))
    for streets, metres in ((joined, 2000), (apart, None)):
        found = plan(tmp_path, streets)
        (body,) = [body for body in found.bodies if body.status == "existing"]
        assert set(body.places) == {"X0", "X1"}
        assert body.max_distance_m == metres
        told = branches_document(found)["organisations"]
        assert [row["max_distance_m"] for row in told if row["id"] == body.id] == [metres]


def test_ways_are_the_same_there_and_back() -> None:
    rng = np.random.default_rng(3)
    lines = [road((0, y), (1000, y)) for y in (100, 500, 900)] + [road((x, 100), (x, 900)) for x in (50, 700)]
    spots = {str(k): (float(x), float(y)) for k, (x, y) in enumerate(rng.uniform(0, 1000, (30, 2)))}
    ways = measured(with_roads(town([]), *lines), spots)
    assert (ways.metres == ways.metres.T).all()
    straight = measured(town([]), spots).metres
    assert (ways.metres >= straight - 1).all()
