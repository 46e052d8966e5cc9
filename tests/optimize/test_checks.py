"""Reasons before searching, and the best plan around them."""

import numpy as np
import pytest

from optimize.checks import lay_out
from optimize.engines import Never, Params, solve
from optimize.locks import settle_locks
from optimize.problem import Locks
from optimize.verify import find_contradictions
from tests.optimize.oracle import draw, read_map


def run(problem):
    result = solve(problem, Params(engine="exact"), stop=Never(), rng=np.random.default_rng(0))
    assert find_contradictions(problem, result) == ()
    return result


def only(items):
    assert len(items) == 1, items
    return items[0]


def test_an_oversize_cell_is_a_grid_of_its_own_and_the_rest_is_proven():
    town = "200 200 900 200 200\n200 100 100 200 200"
    result = run(read_map(town))
    assert result.status == "relaxed"
    assert not result.proven
    reason = only(result.reasons)
    assert reason.code == "oversize_cell"
    assert reason.cells == (2,)
    assert reason.facts == {"households": 900, "max_households": 500, "joined": (), "rest_proven": True}
    violation = only(result.violations)
    assert violation.code == "above_maximum"
    assert violation.facts["households"] == 900
    assert np.count_nonzero(result.labels == violation.grid) == 1


def test_empty_cells_cut_off_by_an_oversize_cell_join_it():
    town = "0 900 200 200"
    result = run(read_map(town))
    assert draw(result.labels, town) == ["aabb"]
    assert result.reasons[0].facts["joined"] == (0,)


def test_a_piece_cut_off_by_an_oversize_cell_stands_alone_when_that_breaks_the_band_less():
    town = "280 900 200 200"
    result = run(read_map(town))
    assert draw(result.labels, town) == ["abcc"]
    assert {reason.code for reason in result.reasons} == {"oversize_cell", "cut_off_piece"}
    assert {(v.code, v.facts["households"]) for v in result.violations} == {
        ("above_maximum", 900),
        ("below_minimum", 280),
    }


def test_a_cut_off_piece_below_the_minimum_never_spoils_the_rest():
    town = "100 150 . 200 200 200 200"
    result = run(read_map(town))
    assert draw(result.labels, town) == ["aa.bbcc"]
    reason = only(result.reasons)
    assert reason.code == "cut_off_piece"
    assert reason.cells == (0, 1)
    assert reason.facts["households"] == 250
    assert reason.facts["min_that_works"] == 250
    assert reason.facts["rest_proven"]


@pytest.mark.parametrize(("town", "total"), [("100 100", 200), ("0 0\n0 0", 0)])
def test_a_whole_community_below_the_minimum_is_not_called_a_cut_off_piece(town, total):
    result = run(read_map(town))
    assert result.status == "relaxed"
    reason = only(result.reasons)
    assert reason.code == "community_below_minimum"
    assert reason.facts["households"] == total
    assert reason.facts["min_households"] == 300


def test_a_community_below_the_minimum_in_two_pieces_names_its_own_total():
    result = run(read_map("100 . 150"))
    assert {reason.code for reason in result.reasons} == {"community_below_minimum"}
    assert {reason.facts["households"] for reason in result.reasons} == {250}


def test_an_arithmetic_gap_names_what_would_do():
    """550 households are too many for one grid and too few for two."""
    town = "100 100 100 100 150"
    result = run(read_map(town))
    reason = only(result.reasons)
    assert reason.code == "arithmetic_gap"
    assert reason.facts["households"] == 550
    assert reason.facts["max_needed"] == 550
    assert reason.facts["min_needed"] == 275
    # Cells of 100 and 150 divide into 300 + 250 at best, which is the fewest outside the band too.
    assert reason.facts["min_that_works"] == 250
    assert reason.facts["max_that_works"] == 550
    assert reason.facts["outside_band"] == 50


def test_no_combination_is_told_from_arithmetic():
    """Two times 350 fits two grids by arithmetic, but 250 + 200 + 250 in a row cannot be halved."""
    town = "250 200 250"
    result = run(read_map(town, min_households=300, max_households=440))
    reason = only(result.reasons)
    assert reason.code == "no_combination"
    assert reason.facts["outside_band"] == 60
    assert (reason.facts["plan_min"], reason.facts["plan_max"]) == (250, 450)
    assert "min_that_works" not in reason.facts  # neither limit alone would do so little
    assert result.status == "relaxed"


@pytest.mark.parametrize(
    ("locks", "why"),
    [
        (Locks(whole=(frozenset({0, 1}), frozenset({1, 2}))), "overlap"),
        (Locks(whole=(frozenset({0, 3}),)), "not_contiguous"),
        (Locks(whole=(frozenset({0}),), together=((0, 1),)), "whole"),
        (Locks(whole=(frozenset({0, 1}),), apart=((0, 1),)), "whole"),
        (Locks(together=((0, 1),), apart=((1, 0),)), "together"),
        (Locks(together=((0, 1), (1, 2), (2, 3))), "above_maximum"),
        (Locks(together=((0, 5),)), "no_way_between"),
    ],
)
def test_locks_in_conflict_are_named_and_set_aside(locks, why):
    town = "200 200 200 200 . 200 200"
    result = run(read_map(town, locks=locks))
    reason = next(reason for reason in result.reasons if reason.code == "locks_conflict")
    assert reason.facts["why"] == why
    assert result.status == "relaxed"
    assert any(v.code == "lock_broken" for v in result.violations)
    assert (result.labels >= 0).all()


def test_locks_that_leave_no_plan_give_before_the_band():
    """Both ends apart from the middle leaves 200 alone: the fewest locks break, no grid leaves the band."""
    town = "200 200 200"
    result = run(read_map(town, max_households=600, min_households=300, locks=Locks(apart=((0, 1), (1, 2)))))
    assert {v.code for v in result.violations} == {"lock_broken"}
    assert {reason.code for reason in result.reasons} == {"locks_conflict"}
    assert result.reasons[0].facts["why"] == "no_plan"


def test_tied_cells_that_do_not_touch_share_a_grid():
    town = "100 100 100 100\n100 100 100 100"
    result = run(read_map(town, locks=Locks(together=((0, 2),))))
    assert result.proven
    assert result.labels[0] == result.labels[2]


def test_lay_out_takes_the_community_apart():
    town = "200 900 200 200\n. . . 200"
    layout = lay_out(read_map(town))
    assert layout.fixed == (frozenset({1}),)
    assert [part.all_cells() for part in layout.parts] == [(0,), (2, 3, 4)]


def test_settled_locks_merge_chains():
    problem = read_map("100 100 100 100", locks=Locks(together=((0, 1), (2, 1)), apart=((0, 3), (0, 3))))
    locks = settle_locks(problem)
    assert locks.clusters == (frozenset({0, 1, 2}),)
    assert locks.apart == ((0, 3),)
    assert locks.reasons == ()
