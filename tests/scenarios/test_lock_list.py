"""Locks as a planner lists them: made, joined, kept in the file, told whether a plan holds them."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.desk.plan import DEDICATED, DeskLocks, DeskPlan, GridEntry
from scenarios.desk.wishes import change_wishes
from scenarios.errors import RuleError
from scenarios.locks.join import join_locks
from scenarios.locks.kept import keep_lock_list, read_lock_list
from scenarios.locks.listed import (
    Lock,
    add_lock,
    holds,
    join_list,
    list_from_json,
    list_to_json,
    lock_border,
    lock_count,
    lock_grid,
    lock_in_grid,
    lock_pair,
    still_there,
)
from scenarios.locks.wanted import GridLocks, locks_mark

PLAN = {"a": "1", "b": "1", "c": "2", "d": "2", "e": None}
HOME = dict.fromkeys("abcde", "X") | {"z": "Y"}
NEIGHBOURS = (("a", "b"), ("b", "c"), ("a", "d"), ("c", "d"), ("d", "e"))
HOUSEHOLDS = {"a": 10, "b": 90, "c": 50, "d": 5, "e": 1}


def every_kind() -> tuple[Lock, ...]:
    return (
        lock_count("X", 3),
        lock_grid("X", "1", PLAN),
        lock_pair("together", ("a", "b"), HOME),
        lock_pair("apart", ("b", "c"), HOME),
        lock_border("X", ("1", "2"), PLAN, NEIGHBOURS),
        lock_in_grid("X", "c", "1", PLAN, HOUSEHOLDS),
    )


def test_every_kind_asks_the_engines_for_its_own() -> None:
    assert join_list(every_kind()) == GridLocks(
        counts={"X": 3},
        whole=(frozenset({"a", "b"}),),
        together=(("a", "b"), ("c", "b")),
        apart=(("b", "c"), ("b", "c"), ("a", "d")),
    )


def test_locks_survive_json() -> None:
    assert list_from_json(json.loads(json.dumps(list_to_json(every_kind())))) == every_kind()


def test_a_lock_is_held_or_not() -> None:
    count, grid, together, apart, border, in_grid = every_kind()
    held = [holds(item, PLAN, 2) for item in (count, grid, together, apart, border, in_grid)]
    assert held == [False, True, True, True, True, False]
    other = PLAN | {"c": "1"}
    assert [holds(item, other, 3) for item in (count, grid, together, apart, border, in_grid)] == [
        True,
        False,
        True,
        False,
        False,
        True,
    ]


def test_nothing_is_locked_twice_and_a_community_has_one_number() -> None:
    locks = add_lock(add_lock((), lock_count("X", 3)), lock_count("X", 4))
    assert [item.n_grids for item in locks] == [4]
    locks = add_lock(locks, lock_pair("apart", ("a", "b"), HOME))
    assert add_lock(locks, lock_pair("apart", ("b", "a"), HOME))[1:] == (
        lock_pair("apart", ("b", "a"), HOME),
    )


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: lock_count("X", 0), "lock_count_too_small"),
        (lambda: lock_grid("X", "9", PLAN), "unknown_grids"),
        (lambda: lock_pair("apart", ("a", "a"), HOME), "lock_same_cell"),
        (lambda: lock_pair("apart", ("a", "?"), HOME), "unknown_cells"),
        (lambda: lock_pair("together", ("a", "z"), HOME), "lock_across_communities"),
        (lambda: lock_border("X", ("1", "9"), PLAN, NEIGHBOURS), "no_border_between"),
        (lambda: lock_border("X", ("1", "1"), PLAN, NEIGHBOURS), "no_border_between"),
        (lambda: lock_in_grid("X", "a", "3", {"a": "3"}, HOUSEHOLDS), "alone_in_grid"),
    ],
)
def test_a_senseless_lock_is_refused(make, code: str) -> None:
    with pytest.raises(RuleError) as caught:
        make()
    assert caught.value.code == code


def test_locks_on_cells_that_are_gone_are_left_out() -> None:
    assert still_there(every_kind(), "abcd", ["X"]) == every_kind()
    assert [item.kind for item in still_there(every_kind(), "ab", ["X"])] == ["count", "grid", "together"]
    assert still_there(every_kind(), "abcd", ["Y"]) == ()


def test_locks_are_kept_with_their_scenario(small_project: Path) -> None:
    assert read_lock_list(small_project, "base") == ()
    keep_lock_list(small_project, "base", every_kind())
    keep_lock_list(small_project, "other", every_kind()[:1])
    assert read_lock_list(small_project, "base") == every_kind()
    assert read_lock_list(small_project, "other") == every_kind()[:1]
    keep_lock_list(small_project, "base", ())
    assert read_lock_list(small_project, "base") == ()


def test_a_mark_tells_locks_apart_and_not_their_order() -> None:
    ids = list("abcde")
    one = GridLocks(together=(("a", "b"),), apart=(("c", "d"), ("a", "d")))
    same = GridLocks(together=(("b", "a"),), apart=(("d", "a"), ("c", "d")))
    assert locks_mark(GridLocks(), "X", ids) == ""
    assert locks_mark(one, "X", ids) == locks_mark(same, "X", ids) != ""
    assert locks_mark(GridLocks(counts={"X": 2}), "X", ids) != locks_mark(
        GridLocks(counts={"X": 3}), "X", ids
    )
    assert locks_mark(GridLocks(counts={"Y": 2}), "X", ids) == ""


def desk(**locks: frozenset[str] | bool) -> DeskPlan:
    entries = {"1": GridEntry(name="一"), "2": GridEntry(name="市场", kind=DEDICATED)}
    return DeskPlan(grid_of_cell=PLAN, grids=entries, locks=DeskLocks(**locks))


def test_a_grid_locked_on_the_desk_and_a_dedicated_one_stay_whole_and_keep_their_names() -> None:
    kept = join_locks(GridLocks(counts={"X": 2}), desk(grids=frozenset({"1"})), HOME)
    assert kept.locks.counts == {"X": 2}
    assert set(kept.locks.whole) == {frozenset({"a", "b"}), frozenset({"c", "d"})}
    assert {(item.code, item.name, item.kind) for item in kept.names.values()} == {
        ("1", "一", "base"),
        ("2", "市场", DEDICATED),
    }
    assert kept.desk == {"a": "1", "b": "1", "c": "2", "d": "2"}


def test_cells_locked_on_the_desk_stay_with_each_other_and_apart_from_those_of_other_grids() -> None:
    plan = DeskPlan(
        grid_of_cell=PLAN,
        grids={"1": GridEntry(name="一"), "2": GridEntry(name="二")},
        locks=DeskLocks(cells=frozenset("abce")),
    )
    kept = join_locks(GridLocks(apart=(("a", "e"),)), plan, HOME)
    assert kept.locks.together == (("a", "b"),)
    assert kept.locks.apart == (("a", "c"), ("a", "e"))
    assert kept.desk == {"a": "1", "b": "1", "c": "2"}  # a cell in no grid is held by nothing


def test_locked_communities_are_settled() -> None:
    assert join_locks(GridLocks(), desk(communities=frozenset({"Y"})), HOME).settled == {"Y"}
    assert join_locks(GridLocks(), desk(everything=True), HOME).settled == {"X", "Y"}


@given(st.dictionaries(st.sampled_from("abcde"), st.sampled_from(["1", "2", None])), st.data())
def test_what_is_joined_is_held_by_the_plan_that_lies_there(plan, data) -> None:
    grids = {code: GridEntry(name=code) for code in set(plan.values()) - {None}}
    cells = data.draw(st.frozensets(st.sampled_from("abcde")))
    kept = join_locks(
        GridLocks(), DeskPlan(grid_of_cell=plan, grids=grids, locks=DeskLocks(cells=cells)), HOME
    )
    assert all(plan[a] == plan[b] is not None for a, b in kept.locks.together)
    assert all(plan[a] != plan[b] for a, b in kept.locks.apart)
    assert all(plan[cell] == code for cell, code in kept.desk.items())


def test_two_who_lock_at_once_both_keep_their_lock(small_project: Path) -> None:
    first, second, third = every_kind()[:3]
    change_wishes(small_project, "base", lambda known: add_lock(known, first))
    change_wishes(small_project, "base", lambda known: add_lock(known, second))
    change_wishes(small_project, "base", lambda known: (*[x for x in known if x != first], third))
    assert read_lock_list(small_project, "base") == (second, third)
