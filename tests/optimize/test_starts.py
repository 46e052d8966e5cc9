import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimize.checks import lay_out
from optimize.graph import label_components
from optimize.locks import settle_locks
from optimize.problem import Locks
from optimize.search_board import build_board
from optimize.search_prices import build_prices
from optimize.search_rounds import count_options
from optimize.starts import board_pieces, grid_range, mend, power_start, tree_start
from optimize.ward import ward_labels
from tests.optimize.oracle import make_problem, read_map
from tests.optimize.towns import draw_town


def board_of(problem):
    return build_board(problem, lay_out(problem).fixed, settle_locks(problem), build_prices(problem))


def pieces_and_grids(board, seed):
    count, piece = board_pieces(board)
    size = np.bincount(piece, minlength=count)
    return piece, np.random.default_rng(seed).integers(1, size + 1)


@pytest.mark.parametrize("start", [power_start, tree_start, lambda *args: ward_labels(*args[:3])])
@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), n_cells=st.integers(4, 60))
def test_a_start_has_the_wished_number_of_contiguous_grids_in_every_piece(start, seed, n_cells):
    town = draw_town(seed, n_cells)
    keep = np.random.default_rng(seed).random(len(town.edges)) < 0.8  # now and then in several pieces
    board, _ = board_of(make_problem(town.households, town.edges[keep], x_m=town.x_m, y_m=town.y_m))
    piece, grids = pieces_and_grids(board, seed)
    labels = start(board, piece, grids, seed)
    count, _ = label_components(len(labels), board.edges, labels)
    assert count == grids.sum() == len(np.unique(labels))
    assert np.array_equal([len(np.unique(labels[piece == index])) for index in range(len(grids))], grids)


def test_a_tree_start_balances_where_a_row_of_equal_cells_allows_it():
    board, _ = board_of(read_map(" ".join(["50"] * 24)))
    piece = np.zeros(24, dtype=np.int64)
    labels = tree_start(board, piece, np.array([3]), 1)
    assert ((np.bincount(labels) >= 6) & (np.bincount(labels) <= 10)).all()


def test_the_same_seed_gives_the_same_start():
    board, _ = board_of(draw_town(5, 50))
    piece, grids = np.zeros(50, dtype=np.int64), np.array([6])
    for start in (power_start, tree_start):
        assert np.array_equal(start(board, piece, grids, 4), start(board, piece, grids, 4))
    assert not np.array_equal(tree_start(board, piece, grids, 4), tree_start(board, piece, grids, 5))


def test_mending_keeps_the_heavier_part_and_fills_an_empty_grid():
    board, _ = board_of(read_map("90 10 80 30 20"))
    labels = mend(board, np.array([0, 1, 0, 0, 0]), np.zeros(5, dtype=np.int64), np.array([3]))
    assert labels[2:].tolist().count(0) >= 1
    assert labels[0] != 0 or labels[1] == 0
    assert sorted(set(labels.tolist())) == [0, 1, 2]
    assert label_components(5, board.edges, labels)[0] == 3


def test_the_range_of_grids_counts_an_oversize_unit_apart():
    board, _ = board_of(read_map("300 300 300"))
    assert grid_range(board, np.arange(3)) == (2, 3)
    over = board._replace(load=np.array([900, 300, 300]))
    assert grid_range(over, np.arange(3)) == (3, 3)


def test_a_fixed_number_of_grids_is_shared_among_pieces_by_households():
    board, _ = board_of(make_problem([400] * 8 + [400] * 2, [(i, i + 1) for i in range(9) if i != 7]))
    _, piece = board_pieces(board)
    (option,) = count_options(board, piece, 10, [(7, 10), (2, 2)])
    assert option.tolist() == [8, 2]


def test_cells_locked_together_become_one_unit_along_the_lightest_path():
    problem = read_map("10 90 10\n10 10 10", locks=Locks(together=((0, 2),)))
    board, units = board_of(problem)
    assert len(set(units.unit_of[[0, 3, 4, 5, 2]].tolist())) == 1
    assert units.unit_of[1] != units.unit_of[0]
    assert board.load.sum() == problem.households.sum()


def test_parallel_borders_of_a_unit_are_added_up():
    problem = read_map("10 90\n10 90", locks=Locks(together=((0, 2), (1, 3))))
    board, _ = board_of(problem)
    assert board.edges.tolist() == [[0, 1]]
    assert board.load.tolist() == [20, 180]
