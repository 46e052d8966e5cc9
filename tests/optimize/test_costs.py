"""Costs: by their definitions, on hand-made communities, and adding up over grids."""

import time

import numpy as np
import pytest

from optimize.costs import COSTS, cost_columns, total_cost
from optimize.groups import Groups
from optimize.verify import order_labels
from tests.optimize.oracle import make_problem, plan_cost, random_problem, read_map


def groups_of(problem, *sets):
    return Groups.from_sets(sets, problem.households)


def test_boundary_without_factors_is_the_perimeter():
    problem = read_map("100 100\n100 100")
    assert COSTS["boundary"].per_group(problem, groups_of(problem, [0], [0, 1], [0, 1, 2, 3])).tolist() == [
        400.0,
        600.0,
        800.0,
    ]


def test_boundary_along_a_main_road_counts_less():
    problem = read_map("100 100 100", border_factor=np.array([0.25, 1.0]))
    assert COSTS["boundary"].per_group(problem, groups_of(problem, [0], [0, 1])).tolist() == [325.0, 600.0]


def test_a_compound_in_three_grids_costs_two_splits():
    problem = read_map("1 1 1 1 1 1", compound_idx=np.array([0, 0, 0, 0, 0, -1]))
    plan = groups_of(problem, [0, 1], [2], [3, 4, 5])
    assert COSTS["compound_splits"].per_group(problem, plan).sum() == pytest.approx(2)
    whole = groups_of(problem, [0, 1, 2, 3, 4], [5])
    assert COSTS["compound_splits"].per_group(problem, whole).tolist() == [0, 0]


def test_a_grid_moves_all_but_todays_grid_it_continues():
    problem = read_map("100 30 60 50", today_idx=np.array([0, 0, 1, -1]))
    plan = groups_of(problem, [0], [1, 2, 3])
    # Grid 0 continues today's 0 (100 of 130); grid 1 continues today's 1; the 30 move, the unknown 50 do not.
    assert COSTS["moved"].per_group(problem, plan).tolist() == [0, 30]


def test_half_of_a_grid_continues_nothing():
    """Exactly half would let two grids both claim to continue today's."""
    problem = read_map("100 100", today_idx=np.array([0, 0]))
    assert COSTS["moved"].per_group(problem, groups_of(problem, [0], [1])).tolist() == [100, 100]


def test_target_size_counts_both_ways():
    problem = read_map("300 450")
    assert COSTS["target_size"].per_group(problem, groups_of(problem, [0], [1])).tolist() == [100, 50]


def test_a_single_cell_is_as_compact_as_a_disc_and_a_row_is_not():
    problem = read_map("1 1 1 1 1 1")
    one, row = COSTS["compactness"].per_group(problem, groups_of(problem, [3], [0, 1, 2, 3, 4, 5]))
    assert one == pytest.approx(0, abs=1e-9)
    assert row > 2


def test_costs_add_up_over_grids():
    """The sum over grids is the cost of the plan by definition: the proof of the exact engine rests on it."""
    rng = np.random.default_rng(5)
    for _ in range(200):
        problem = random_problem(rng)
        labels = order_labels(rng.integers(0, 3, problem.n_cells))
        groups = Groups.from_labels(labels, problem.households)
        plan = [frozenset(np.flatnonzero(labels == grid).tolist()) for grid in np.unique(labels)]
        assert total_cost(problem, groups).sum() == pytest.approx(plan_cost(problem, plan), rel=1e-9)


COUNTED_PER_GRID = {"target_size", "residents_off", "branch_ready", "organisations", "institutions"}


def test_no_cost_is_below_zero_and_an_empty_group_has_no_shape():
    rng = np.random.default_rng(6)
    for _ in range(50):
        problem = random_problem(rng)
        groups = Groups.from_sets([[], [0], list(range(problem.n_cells))], problem.households)
        for name, values in cost_columns(problem, groups).items():
            assert (values >= 0).all(), name
            assert name in COUNTED_PER_GRID or values[0] == 0, name


def test_off_costs_are_measured_but_not_weighed():
    problem = read_map("300 300", weights={"boundary": 0.0, "target_size": 0.5})
    groups = groups_of(problem, [0], [1])
    assert set(cost_columns(problem, groups)) == set(COSTS)
    assert total_cost(problem, groups).tolist() == [100.0, 100.0]


@pytest.mark.parametrize("name", COSTS)
def test_every_cost_says_what_it_is(name):
    cost = COSTS[name]
    assert cost.name == name
    assert cost.unit in {"m", "splits", "households", "residents", "institutions", "grids", "ratio"}
    assert cost.metres_per_unit > 0


def test_a_million_groups_take_well_under_a_second_each():
    problem = random_problem(np.random.default_rng(1), n_cells=9)
    members = np.tile(np.arange(8, dtype=np.int32), 1_000_000)
    groups = Groups(
        indptr=np.arange(1_000_001) * 8, members=members, households=np.full(1_000_000, 400, np.int64)
    )
    start = time.process_time()
    cost_columns(problem, groups)
    assert (time.process_time() - start) / len(COSTS) < 1


def test_groups_are_the_same_from_labels_sets_bits_and_rows():
    households = np.array([5, 7, 11, 13])
    labels = Groups.from_labels(np.array([1, -1, 0, 1]), households)
    sets = Groups.from_sets([[2], [0, 3]], households)
    bits = Groups.from_masks(np.array([[0b0100], [0b1001]], np.uint64), households)
    rows = Groups.from_rows(np.array([[0, 0, 1, 0], [1, 0, 0, 1]], np.bool_), households)
    for groups in (labels, sets, bits, rows):
        assert groups.indptr.tolist() == [0, 1, 3]
        assert groups.members.tolist() == [2, 0, 3]
        assert groups.households.tolist() == [11, 18]


def test_taking_groups_keeps_their_order():
    households = np.array([5, 7, 11, 13])
    groups = Groups.from_sets([[0], [1, 2], [3], []], households).take(np.array([3, 1, 0]))
    assert [groups.cells(at).tolist() for at in range(3)] == [[], [1, 2], [0]]
    assert groups.households.tolist() == [0, 18, 5]


def test_read_only_arrays_are_measured_too():
    problem = make_problem([100, 200], [(0, 1)])
    problem.outer_m.flags.writeable = False
    groups = groups_of(problem, [0, 1])
    groups.members.flags.writeable = False
    assert total_cost(problem, groups).tolist() == [100.0]
