import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from optimize.checks import lay_out
from optimize.costs import total_cost
from optimize.graph import is_contiguous, label_components
from optimize.groups import Groups
from optimize.locks import settle_locks
from optimize.params import Params
from optimize.problem import Locks
from optimize.search import search
from optimize.search_board import build_board
from optimize.search_chance import draw_kernel, new_chance, share_kernel
from optimize.search_flips import Heat, Span, anneal_kernel
from optimize.search_nest import build_nest, nest_rows, no_nest
from optimize.search_patches import anneal_patch, cut_patch
from optimize.search_prices import build_prices
from optimize.search_recombine import recombine_kernel
from optimize.search_rounds import RACE, walk_round
from optimize.search_trade import Steer, trade
from optimize.search_trees import build_tree
from optimize.search_walk import build_walk, unit_keys
from optimize.starts import tree_start
from tests.optimize.oracle import read_map
from tests.optimize.towns import draw_town

WARM = Heat(2.0, 1.0, 0.01, 0.1, 0.3)


def board_of(problem):
    return build_board(problem, lay_out(problem).fixed, settle_locks(problem), build_prices(problem))[0]


def assert_in_step(board, walk, k):
    """What the walk keeps up move by move must be what a fresh count gives."""
    fresh = build_walk(board, walk.labels, k)
    assert np.array_equal(walk.load, fresh.load)
    assert np.array_equal(walk.size, fresh.size)
    assert walk.n_cut[0] == fresh.n_cut[0]
    assert set(walk.cut[: walk.n_cut[0]]) == set(fresh.cut[: fresh.n_cut[0]])
    np.testing.assert_allclose([walk.cost[0], walk.miss[0]], [fresh.cost[0], fresh.miss[0]], atol=1e-6)
    best = build_walk(board, walk.best, k)
    np.testing.assert_allclose(walk.best_score, [best.miss[0], best.cost[0]], atol=1e-6)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10_000), n_cells=st.integers(6, 50))
def test_moves_keep_grids_contiguous_and_the_books_right(seed, n_cells):
    pair = ((0, n_cells - 1),)
    problem = draw_town(seed, n_cells, all_costs=True, locks=Locks(apart=pair))
    board = board_of(problem)
    k = 2 + seed % 4
    labels = tree_start(board, np.zeros(n_cells, dtype=np.int64), np.array([k]), seed)
    walk = build_walk(board, labels, k)
    anneal_kernel(board, walk, no_nest(), WARM, Span(0, 3000, 3000), new_chance(seed))
    assert_in_step(board, walk, k)
    assert label_components(n_cells, board.edges, walk.labels)[0] == k
    recombine_kernel(board, walk, build_tree(n_cells), WARM, Span(0, 50, 50), new_chance(seed))
    assert_in_step(board, walk, k)
    assert label_components(n_cells, board.edges, walk.labels)[0] == k
    assert label_components(n_cells, board.edges, walk.best)[0] == k


def test_the_price_of_a_plan_is_its_cost_for_boundary_and_target_size():
    problem = draw_town(3, 30, weights={"boundary": 1.0, "target_size": 0.5})
    board = board_of(problem)
    scale = build_prices(problem).edge_cost.mean()
    values = []
    for seed in range(6):
        labels = tree_start(board, np.zeros(30, dtype=np.int64), np.array([4]), seed)
        cost = float(total_cost(problem, Groups.from_labels(labels, problem.households)).sum())
        values.append(cost - scale * build_walk(board, labels, 4).cost[0])
    np.testing.assert_allclose(values, values[0])  # only the outline, a constant, is left over


def test_a_round_finds_the_only_balanced_plan_of_a_row():
    problem = read_map("100 100 100 100 250 50 100 300")
    board = board_of(problem)
    labels = np.array([0, 0, 0, 0, 0, 1, 1, 2])
    walk = walk_round(board, labels, 3, effort=RACE, turn=0, seed=1, stop=lambda: False, nest=no_nest())
    load = np.bincount(walk.best, weights=board.load)
    assert ((load >= 300) & (load <= 500)).all()


def test_draws_are_even_and_repeatable():
    chance = new_chance(1)
    drawn = np.array([draw_kernel(chance, 5) for _ in range(5000)])
    assert np.bincount(drawn, minlength=5).min() > 800
    shares = [share_kernel(new_chance(seed)) for seed in range(200)]
    assert 0.4 < np.mean(shares) < 0.6
    assert share_kernel(new_chance(7)) == share_kernel(new_chance(7))


def test_the_nest_holds_each_contiguous_grid_inside_the_band_once():
    problem = draw_town(4, 60)
    board = board_of(problem)
    walk = build_walk(board, tree_start(board, np.zeros(60, dtype=np.int64), np.array([9]), 1), 9)
    nest = build_nest(60)
    anneal_kernel(board, walk, nest, WARM, Span(0, 20_000, 20_000), new_chance(1))
    rows = nest_rows(nest, 60)
    assert len(rows) > 100
    assert len(np.unique(rows, axis=0)) == len(rows)
    load = rows @ board.load
    assert ((load >= board.low) & (load <= board.high)).all()
    assert all(is_contiguous(board.graph, np.flatnonzero(row)) for row in rows)


def test_trades_give_every_contiguous_grid_in_the_band_that_differs_by_two_out_and_two_in():
    problem = read_map("10 20 30 40\n15 25 35 45\n12 22 32 42", min_households=95, max_households=105)
    board = board_of(problem)
    inside = np.zeros(12, dtype=np.bool_)
    inside[[0, 1, 4, 5, 2]] = True  # 100 households
    nest, key = build_nest(12), unit_keys(12)
    trade(board, nest, key, inside, Steer(0.0, np.zeros(12), 0.0, np.inf))
    found = {tuple(np.flatnonzero(row)) for row in nest_rows(nest, 12)}
    expected = set()
    for bits in range(1, 1 << 12):
        cells = np.flatnonzero([bits >> i & 1 for i in range(12)])
        came, left = len(set(cells) - {0, 1, 2, 4, 5}), len({0, 1, 2, 4, 5} - set(cells))
        in_band = 95 <= board.load[cells].sum() <= 105
        if in_band and came <= 2 and left <= 2 and is_contiguous(board.graph, cells):
            expected.add(tuple(cells))
    assert expected <= found
    assert all(95 <= board.load[list(cells)].sum() <= 105 for cells in found)


def test_a_large_board_is_planned_inside_the_band_and_alike_with_the_same_seed():
    problem = draw_town(2, 600, mean=45)
    params = Params(engine="search", time_limit_s=0.4)
    plans = [search(problem, params, stop=lambda: False, rng=np.random.default_rng(5)) for _ in range(2)]
    assert plans[0].status == "feasible"
    assert np.array_equal(plans[0].labels, plans[1].labels)


def test_a_patch_keeps_the_rest_and_never_costs_more():
    problem = draw_town(3, 700, mean=45)
    board = board_of(problem)
    k = 80
    labels = tree_start(board, np.zeros(700, dtype=np.int64), np.array([k]), 1)
    before = build_walk(board, labels, k)
    changed, moves = anneal_patch(board, labels, k, 3, 7)
    after = build_walk(board, changed, k)
    assert moves > 0
    assert (after.miss[0], after.cost[0] - 1e-5) <= (before.miss[0], before.cost[0])
    assert label_components(700, board.edges, changed)[0] == k
    patch = cut_patch(board, labels, k, 3)
    outside = np.setdiff1d(np.arange(700), patch.units)
    assert len(outside) > 100
    assert np.array_equal(changed[outside], labels[outside])
