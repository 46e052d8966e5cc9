"""The costs of the five factors: hand-made communities, definitions on whole plans, bounds that hold."""

import inspect
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimize.costs import COSTS, cost_columns
from optimize.engines import Never, Params, solve
from optimize.errors import ProblemError
from optimize.groups import Groups
from optimize.problem import PER_CELL, PER_EDGE
from optimize.validate import validate_problem
from optimize.verify import order_labels
from tests.optimize.oracle import (
    METRES,
    plan_cost,
    plan_values,
    plans_that_hold,
    random_problem,
    read_map,
)

FACTORS = {"territory", "residents", "institutions", "organisations", "members"}


def measure(name, problem, *sets):
    return COSTS[name].per_group(problem, Groups.from_sets(sets, problem.households)).tolist()


def test_a_square_and_a_strip_by_polsby_popper():
    problem = read_map("1 1 1")
    square, strip = measure("polsby_popper", problem, [0], [0, 1, 2])
    assert square == pytest.approx(1 - np.pi / 4)
    assert strip == pytest.approx(1 - 4 * np.pi * 30_000 / 800**2)


def test_polsby_popper_looks_past_border_factors():
    problem = read_map("1 1 1", border_factor=np.array([0.2, 0.2]))
    assert measure("polsby_popper", problem, [0, 1]) == pytest.approx([1 - 4 * np.pi * 20_000 / 600**2])


def test_areas_that_no_outline_can_hold_count_as_discs():
    problem = read_map("1 1", outer_m=np.zeros(2), border_m=np.zeros(1))
    assert measure("polsby_popper", problem, [0], [0, 1]) == [0.0, 0.0]


def test_a_main_road_inside_a_grid_is_crossed_and_one_at_its_edge_is_not():
    problem = read_map("1 1 1", heavy=np.array([True, False]))
    assert measure("main_roads_crossed", problem, [0, 1, 2], [0, 1], [1, 2], [0]) == [100, 100, 0, 0]


def test_a_grid_meets_the_same_road_at_every_border_along_it():
    """Four cells round a crossing, the road from north to south: two borders of 100 m lie along it."""
    drawing = "1 1\n1 1"
    edges = read_map(drawing).edges
    problem = read_map(drawing, heavy=edges[:, 1] - edges[:, 0] == 1)
    assert measure("main_roads_crossed", problem, [0, 1, 2, 3], [0, 2], [0, 1]) == [200, 0, 100]


def test_residents_are_compared_with_the_reference():
    problem = read_map("1 1", residents=np.array([900, 300]))
    assert measure("residents_off", problem, [0], [0, 1]) == [100, 200]


def test_two_members_are_too_few_and_three_are_enough():
    problem = read_map("1 1 1", formal_members=np.array([2, 1, 40]))
    assert measure("branch_ready", problem, [0], [1], [0, 1], [2]) == [1, 1, 0, 0]
    nobody_needed = replace(problem, members_needed=0)
    assert measure("branch_ready", nobody_needed, [0]) == [0]


def test_one_organisation_is_enough():
    problem = read_map("1 1 1", organisations=np.array([0, 1, 3]))
    assert measure("organisations", problem, [0], [0, 1], [1, 2]) == [1, 0, 0]


def test_institutions_are_compared_with_the_mean():
    problem = read_map("1 1 1", institutions=np.array([1, 3, 5]), institutions_per_grid=4.5)
    assert measure("institutions", problem, [0], [0, 1], [0, 1, 2]) == [3.5, 0.5, 4.5]


@st.composite
def plans(draw):
    """Any plan of a random community, contiguous or not: costs must not care."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    problem = random_problem(rng, locks=False)
    labels = draw(st.lists(st.integers(0, 3), min_size=problem.n_cells, max_size=problem.n_cells))
    return problem, order_labels(np.array(labels, np.int64))


@given(plans())
@settings(max_examples=300, deadline=None)
def test_grids_add_up_to_the_plan_by_definition(case):
    problem, labels = case
    columns = cost_columns(problem, Groups.from_labels(labels, problem.households))
    values = plan_values(problem, [set(np.flatnonzero(labels == g).tolist()) for g in np.unique(labels)])
    assert columns.keys() == values.keys()
    for name, column in columns.items():
        assert column.sum() == pytest.approx(values[name], rel=1e-9, abs=1e-6), name
        assert (column >= 0).all(), name


@given(plans(), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_the_order_of_cells_changes_nothing(case, chance):
    problem, labels = case
    order = list(range(problem.n_cells))
    chance.shuffle(order)
    renamed = reorder(problem, np.array(order))
    before = cost_columns(problem, Groups.from_labels(labels, problem.households))
    after = cost_columns(renamed, Groups.from_labels(labels[order], renamed.households))
    for name in COSTS:
        assert after[name] == pytest.approx(before[name], rel=1e-9, abs=1e-6), name


def reorder(problem, order):
    """Give the same community with its cells in another order, and its borders from last to first."""
    place = np.argsort(order)
    per_cell = {name: getattr(problem, name)[order] for name in PER_CELL}
    per_edge = {name: getattr(problem, name)[::-1].copy() for name in PER_EDGE}
    edges = np.sort(place[problem.edges[::-1]], axis=1)
    return replace(problem, edges=edges, **per_cell, **per_edge)


@pytest.mark.parametrize("name", COSTS)
def test_no_plan_falls_below_the_least_of_a_cost(name):
    rng = np.random.default_rng(8)
    checked = 0
    for _ in range(60):
        problem = random_problem(rng, locks=False)
        for plan in plans_that_hold(problem)[:20]:
            checked += 1
            least = COSTS[name].least(problem, len(plan))
            assert 0 <= least <= plan_values(problem, plan)[name] * (1 + 1e-9) + 1e-9
    assert checked > 50


@pytest.mark.parametrize("batch", range(6))
def test_best_plan_with_every_cost_on(batch):
    rng = np.random.default_rng(200 + batch)
    proven = 0
    for case in range(60):
        weights = {name: float(rng.uniform(0.1, 4.0)) for name in COSTS}
        problem = replace(random_problem(rng, locks=case % 2 == 0), weights=weights)
        result = solve(problem, Params(engine="exact"), stop=Never(), rng=rng)
        costs = [plan_cost(problem, plan) for plan in plans_that_hold(problem)]
        assert result.proven == bool(costs)
        if costs:
            proven += 1
            assert result.objective == pytest.approx(min(costs), rel=1e-6)
            assert result.lower_bound <= min(costs) * (1 + 1e-6)
    assert proven > 5


@pytest.mark.parametrize("name", COSTS)
def test_each_cost_alone_changes_what_is_best(name):
    """A cost that the engine did not weigh would leave the plan as it is on every community."""
    rng = np.random.default_rng(9)
    for _ in range(300):
        problem = random_problem(rng, locks=False, n_cells=8)
        found = []
        for weights in ({"boundary": 1.0}, {"boundary": 1.0, name: 50.0}):
            result = solve(replace(problem, weights=weights), Params(engine="exact"), stop=Never(), rng=rng)
            found.append(result.labels.tolist())
        if found[0] != found[1] or name == "boundary":
            return
    raise AssertionError(name)


@pytest.mark.parametrize("name", COSTS)
def test_every_cost_is_documented_and_priced_as_the_definitions_say(name):
    cost = COSTS[name]
    assert cost.factor in FACTORS
    assert cost.metres_per_unit == METRES[name]
    assert cost.per_group.__name__ == name
    assert len(inspect.getdoc(cost.per_group) or "") > 60
    assert "#" in inspect.getsource(inspect.getmodule(cost.per_group)) or name == "boundary"


def test_all_five_factors_have_a_cost():
    assert {cost.factor for cost in COSTS.values()} == FACTORS


def test_numbers_that_make_no_sense_are_refused():
    problem = read_map("300 300", institutions_per_grid=float("nan"), members_needed=-1)
    problem = replace(problem, formal_members=np.array([-1, 0]), heavy=np.zeros(3, np.bool_))
    with pytest.raises(ProblemError) as caught:
        validate_problem(problem)
    assert set(caught.value.facts["faults"]) == {
        ("bad_number", "institutions_per_grid"),
        ("bad_number", "members_needed"),
        ("negative", "formal_members"),
        ("wrong_shape", "heavy"),
    }
