"""The exact engine on communities drawn by hand, and its parts one by one."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from optimize.bitsets import mask_of
from optimize.checks import combine
from optimize.engines import Never, Params, solve
from optimize.enumerate import list_groups
from optimize.groups import Groups
from optimize.partition import choose
from optimize.pool import Pool, Side
from optimize.problem import Locks
from optimize.relaxation import price, relax
from optimize.units import build_units, join_dead_ends
from optimize.verify import find_contradictions
from tests.optimize.oracle import contiguous_sets, draw, households_of, make_problem, random_problem, read_map


def run(problem, **options):
    return solve(problem, Params(engine="exact", **options), stop=Never(), rng=np.random.default_rng(0))


def test_squares_beat_rows():
    """Four squares of 2 x 2 have the shortest borders."""
    town = "100 100 100 100\n" * 4
    result = run(read_map(town))
    assert draw(result.labels, town) == ["aabb", "aabb", "ccdd", "ccdd"]
    assert result.objective == 4 * 800
    assert result.proven
    assert result.lower_bound == result.objective


def test_a_main_road_pulls_the_border():
    """Between columns 1 and 2 runs a road whose metres count a tenth."""
    town = "100 100 100 100 100 100"
    factors = np.array([1.0, 1.0, 0.1, 1.0, 1.0])
    assert draw(run(read_map(town, border_factor=factors)).labels, town) == ["aaabbb"]
    factors = np.array([1.0, 1.0, 1.0, 0.1, 1.0])
    assert run(read_map(town, border_factor=factors, min_households=200)).labels.tolist() == [
        0,
        0,
        0,
        0,
        1,
        1,
    ]


def test_a_compound_is_kept_whole_when_it_fits():
    town = "100 100 100 100 100 100 100"
    compound = np.array([0, 0, 0, 0, 1, 1, 1])
    weights = {"boundary": 1.0, "compound_splits": 1.0}
    assert draw(run(read_map(town, compound_idx=compound, weights=weights)).labels, town) == ["aaaabbb"]
    assert draw(run(read_map(town, compound_idx=1 - compound[::-1], weights=weights)).labels, town) == [
        "aaabbbb"
    ]


def test_ties_are_broken_the_same_way_every_time():
    town = "100 100 100 100 100 100 100 100\n" * 3
    plans = {tuple(run(read_map(town)).labels.tolist()) for _ in range(3)}
    assert len(plans) == 1


def test_the_number_of_grids_can_be_asked_for():
    town = "100 100 100 100\n100 100 100 100\n100 100 100 100"
    for count, status in ((3, "optimal"), (4, "optimal")):
        result = run(read_map(town, locks=Locks(n_grids=count)))
        assert result.status == status
        assert result.labels.max() + 1 == count


def test_the_nearest_number_of_grids_when_that_many_cannot_be():
    town = "100 100 100 100\n100 100 100 100\n100 100 100 100"
    result = run(read_map(town, locks=Locks(n_grids=7)))
    assert result.status == "relaxed"
    assert result.labels.max() + 1 == 4
    assert result.reasons[0].facts["nearest"] == 4
    assert {v.code for v in result.violations} == {"n_grids"}


def test_cells_without_households_ride_along():
    town = "0 0 0 0 0\n0 300 0 300 0\n0 0 0 0 0"
    problem = read_map(town)
    result = run(problem)
    assert result.proven
    assert find_contradictions(problem, result) == ()


def test_a_grid_fixed_whole_may_have_any_size():
    town = "100 100 100 100\n100 100 100 100"
    problem = read_map(town, locks=Locks(whole=(frozenset({0}),)))
    result = run(problem)
    assert result.labels[0] == 0
    assert np.count_nonzero(result.labels == 0) == 1
    assert result.status == "optimal"  # the lock is part of the question
    assert [(v.code, v.facts["locked"]) for v in result.violations] == [("below_minimum", True)]


def test_listing_meets_every_group_exactly_once():
    """All contiguous sets inside the band, no more and no fewer, when the band leaves any rest."""
    rng = np.random.default_rng(2)
    for _ in range(100):
        problem = replace(random_problem(rng, locks=False), min_households=1)
        units = build_units(problem, range(problem.n_cells))
        listing = list_groups(units, 1, problem.max_households, 10**6, Never())
        assert listing.complete
        found = [frozenset(listing.groups.cells(at).tolist()) for at in range(len(listing.groups))]
        assert len(set(found)) == len(found)
        expected = {
            group
            for group in contiguous_sets(problem)
            if 1 <= households_of(problem, group) <= problem.max_households and _leaves_people(problem, group)
        }
        assert set(found) == expected


def _leaves_people(problem, group):
    """Whether each piece left over has somebody living in it, as a band from 1 asks, and can be divided."""
    rest = [cell for cell in range(problem.n_cells) if cell not in group]
    if not rest:
        return True
    part = set(rest)
    near = {cell: set() for cell in rest}
    for a, b in problem.edges.tolist():
        if a in part and b in part:
            near[a].add(b)
            near[b].add(a)
    while part:
        piece, front = set(), [part.pop()]
        while front:
            cell = front.pop()
            piece.add(cell)
            front += near[cell] & part
            part -= near[cell]
        if households_of(problem, piece) == 0:
            return False
    return True


def test_listing_beyond_64_units_uses_more_words():
    n = 130
    problem = make_problem([100] * n, [(at, at + 1) for at in range(n - 1)])
    listing = list_groups(build_units(problem, range(n)), 300, 500, 10**6, Never())
    # On a row of 130 cells, three to five in a row; a rest of one or two cells would be no grid.
    expected = [
        (first, size)
        for size in (3, 4, 5)
        for first in range(n - size + 1)
        if first not in {1, 2} and n - first - size not in {1, 2}
    ]
    found = sorted((int(c.min()), len(c)) for c in map(listing.groups.cells, range(len(listing.groups))))
    assert found == sorted(expected)
    assert run(problem).proven


@pytest.mark.parametrize("max_groups", [1, 10, 100])
def test_a_listing_knows_when_it_was_cut_off(max_groups):
    problem = read_map("100 100 100 100 100\n" * 5)
    units = build_units(problem, range(25))
    assert not list_groups(units, 300, 500, max_groups, Never()).complete
    result = run(problem, max_groups=max_groups)
    assert result.stats.truncated
    assert not result.proven
    assert result.status == "none"
    assert result.reasons[0].code == "too_many_groups"


def test_dead_ends_join_what_they_hang_on():
    """Cell 0 is empty and reaches only cell 1; cells 4 and 5 hang on cell 3 and cannot fill a grid."""
    problem = make_problem([0, 200, 150, 100, 50, 30], [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)])
    units = join_dead_ends(build_units(problem, range(6)), 300)
    assert len(units) == 1  # 530 in a row: neither end can stand alone
    units = join_dead_ends(build_units(problem, range(6)), 190)
    assert units.cells == ((0, 1), (2,), (3, 4, 5)) or len(units) < 6


def test_units_side_by_side_keep_their_relations():
    problem = make_problem([1] * 6, [(0, 1), (1, 2), (3, 4), (4, 5)])
    parts = [
        build_units(problem, [0, 1, 2], [frozenset({0, 2})], [(0, 1)]),
        build_units(problem, [3, 4, 5], [], [(3, 5)]),
    ]
    both = combine(parts)
    assert both.near == (0b10, 0b101, 0b10, 0b10000, 0b101000, 0b10000)
    assert both.apart[3] == mask_of([5])
    assert both.tied == (0b101,)


def make_pool(sets, cost, n_units, **changes):
    groups = Groups.from_sets(sets, np.ones(n_units, np.int64))
    return Pool(
        **(
            {"groups": groups, "n_units": n_units, "cost": np.array(cost, float), "max_chosen": n_units}
            | changes
        )
    )


def test_a_fractional_relaxation_is_closed_by_the_integer_programme():
    """The odd cycle: three pairs at half each cost 1.5, the best plan costs 2.5."""
    pool = make_pool([[0, 1], [1, 2], [0, 2], [0], [1], [2]], [1, 1, 1, 1.5, 1.5, 1.5], 3)
    assert relax(pool, Never()).bound == pytest.approx(1.5, abs=1e-6)
    choice = choose(pool, Never())
    assert choice.status == "best"
    assert choice.cost == 2.5


def test_a_pool_without_a_plan_is_impossible_even_when_its_relaxation_is_not():
    pool = make_pool([[0, 1], [1, 2], [0, 2]], [1, 1, 1], 3)
    assert choose(pool, Never()).status == "impossible"
    assert choose(make_pool([[0], [1]], [1, 1], 3), Never()).status == "impossible"
    assert choose(make_pool([], [], 2), Never()).status == "impossible"


def test_sides_are_kept():
    pool = make_pool([[0], [1], [0, 1]], [1, 1, 5], 2)
    one = Side(coefficient=np.ones(3), lower=1.0, upper=1.0)
    assert choose(pool, Never()).cost == 2
    assert choose(replace(pool, sides=(one,)), Never()).cost == 5


def test_bounds_from_any_duals_are_valid():
    """Even wild duals must give a bound below the best plan: that is what makes early stops safe."""
    rng = np.random.default_rng(4)
    pool = make_pool([[0, 1], [1, 2], [0, 2], [0], [1], [2]], [1, 1, 1, 1.5, 1.5, 1.5], 3)
    pool = replace(pool, sides=(Side(coefficient=np.ones(6), lower=2.0, upper=2.0),))
    for scale in (0.1, 1.0, 10.0, 1e6):
        for _ in range(50):
            assert price(pool, rng.normal(0, scale, 4))[2] <= 2.5


def test_nothing_is_printed():
    """The solver's banner would spoil the JSON on standard output."""
    code = (
        "import numpy as np\n"
        "from optimize.partition import choose\nfrom optimize.pool import Pool\n"
        "from optimize.groups import Groups\n"
        "groups = Groups.from_sets([[0], [1]], np.ones(2, np.int64))\n"
        "pool = Pool(groups=groups, n_units=2, cost=np.ones(2), max_chosen=2)\n"
        "assert choose(pool, lambda: False).status == 'best'\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert done.stderr == ""
