"""From layers to arrays: what the costs need of roads, members and institutions."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.cells import cut_cells
from geo.layers import Layers, Tiling
from geo.measures import polsby_popper
from optimize.costs import COSTS
from optimize.groups import Groups
from optimize.problem import Problem
from optimize.validate import validate_problem
from scenarios.build import build_problem, mean_per_grid
from scenarios.facts import count_facts
from scenarios.propose import to_metres
from scenarios.rules import GridRules
from tests.conftest import METRES, join_layers, parcel_layers


def town(road_class: str) -> Layers:
    """Two communities of 100 m parcels, 3 x 2 and 2 x 1; a road runs along the first border of the first one.

    Three members and one of two institutions lie in the second community.
    """
    both = join_layers(
        parcel_layers([[100, 110, 120], [130, 140, 150]]),
        parcel_layers([[90, 80]], code="999001001002", x_m=500_300),
    )
    road = gpd.GeoDataFrame(
        {"name": ["r"], "class": [road_class]},
        geometry=[shapely.LineString([(500_100, 3_999_800), (500_100, 4_000_100)])],
        crs=METRES,
    )
    institutions = gpd.GeoDataFrame(
        {"id": ["1", "2"], "formal_members": pd.array([2, 3], dtype="Int64")},
        geometry=[shapely.Point(500_050, 4_000_050), shapely.Point(500_450, 4_000_050)],
        crs=METRES,
    )
    return Layers(frames={**both.frames, "roads": road, "institutions": institutions})


def build(layers: Layers, code: str) -> tuple[Problem, Tiling]:
    metres = to_metres(cut_cells(layers))
    today = pd.Series([None] * len(metres.cells), index=metres.cells.index, dtype=object)
    problem = build_problem(
        metres,
        code,
        rules=GridRules(),
        weights={"boundary": 1.0},
        today=today,
        facts=count_facts(layers, metres.cells),
    )
    validate_problem(problem)
    return problem, metres


@pytest.mark.parametrize(
    ("road_class", "n_heavy"), [("motorway", 2), ("trunk", 2), ("main", 2), ("street", 0), ("lane", 0)]
)
def test_borders_along_main_roads_are_heavy(road_class: str, n_heavy: int) -> None:
    problem, _ = build(town(road_class), "999001001001")
    assert len(problem.edges) == 7
    assert int(problem.heavy.sum()) == n_heavy
    ends = np.sort(problem.x_m[problem.edges[problem.heavy]], axis=1)
    assert (np.diff(ends) > 90).all()


def test_each_community_has_the_counts_of_its_own_cells() -> None:
    layers = town("main")
    first, _ = build(layers, "999001001001")
    second, _ = build(layers, "999001001002")
    assert first.formal_members.tolist() == [2, 0, 0, 0, 0, 0]
    assert second.formal_members.tolist() == [0, 3]
    assert second.institutions.tolist() == [0, 1]
    assert second.institutions_per_grid == pytest.approx(400 / 170)
    assert (second.members_needed, second.residents_reference) == (3, 1000)


def test_the_mean_is_that_of_grids_of_the_wished_size() -> None:
    assert mean_per_grid(12, 2400, 400) == 2.0
    assert mean_per_grid(5, 0, 400) == 0.0


def test_polsby_popper_of_cells_is_that_of_their_shapes() -> None:
    problem, metres = build(town("main"), "999001001001")
    own = metres.cells[metres.cells["community_code"] == "999001001001"].reset_index(drop=True)
    sets = [[0], [0, 1], [0, 1, 2, 4], list(range(6))]
    shapes = gpd.GeoSeries([shapely.union_all(own.geometry.array[s]) for s in sets], crs=own.crs)
    values = COSTS["polsby_popper"].per_group(problem, Groups.from_sets(sets, problem.households))
    assert (1 - values).tolist() == pytest.approx(polsby_popper(shapes).tolist(), rel=1e-4)
