"""Wishes to the engines are entries of the log: undo takes them back, redo and a restart bring them again."""

from pathlib import Path

from scenarios.desk.change import Change, change_from_json, change_to_json
from scenarios.desk.desk import Desk, catch_up, do_edit, open_desk, read_history, redo, step_back, undo
from scenarios.desk.wishes import change_wishes
from scenarios.locks.kept import read_lock_list
from scenarios.locks.listed import Lock, add_lock, lock_count, lock_grid
from tests.scenarios.desk.conftest import PLAIN

FOUR = lock_count(PLAIN, 4)


def wish(desk: Desk, lock: Lock, author: str = "王") -> Desk:
    change_wishes(
        desk.path, desk.scenario, lambda known: add_lock(known, lock), author=author, names={PLAIN: "一社区"}
    )
    return catch_up(desk)


def kept(desk: Desk) -> tuple[Lock, ...]:
    return read_lock_list(desk.path, desk.scenario)


def test_undo_takes_a_wish_back_and_redo_brings_it_again(desk: Desk) -> None:
    whole = lock_grid(PLAIN, min(desk.plan.grids), desk.plan.grid_of_cell)
    asked = wish(wish(desk, FOUR), whole)
    assert kept(asked) == (FOUR, whole)
    assert (asked.version, asked.plan, asked.certificates) == (
        desk.version + 2,
        desk.plan,
        desk.certificates,
    )
    once = undo(open_desk(desk.path), author="李")
    assert kept(once) == (FOUR,)
    assert kept(undo(once, author="李")) == ()
    assert kept(redo(open_desk(desk.path), author="李")) == (FOUR,)


def test_stepping_back_restores_the_wishes_of_that_moment(desk: Desk) -> None:
    first = wish(desk, FOUR)
    seq = read_history(desk.path)[-1].seq
    later = do_edit(first, "rename", {"grid": min(first.plan.grids), "name": "新"}, author="王")
    later = wish(wish(later, lock_count(PLAIN, 5)), lock_count(PLAIN, 6))
    back = step_back(later, seq, author="王")
    assert kept(back) == (FOUR,)
    assert kept(undo(back, author="王")) == (lock_count(PLAIN, 6),)


def test_the_history_says_who_wished_for_what(desk: Desk) -> None:
    wish(desk, FOUR)
    change_wishes(desk.path, desk.scenario, lambda _known: (), author="李")
    first, second = read_history(desk.path)[-2:]
    assert (first.kind, first.author, first.facts["wish"], first.facts["n"]) == ("wish", "王", "count", 4)
    assert first.facts["names"] == ["一社区"]
    assert (second.kind, second.author) == ("unwish", "李")


def test_what_changes_nothing_is_not_logged(desk: Desk) -> None:
    now = wish(wish(desk, FOUR), FOUR)
    assert now.version == desk.version + 1


def test_without_a_plan_a_wish_is_kept_and_not_logged(small_project: Path) -> None:
    change_wishes(small_project, "base", lambda known: add_lock(known, FOUR), author="王")
    assert read_lock_list(small_project, "base") == (FOUR,)
    assert read_history(small_project) == ()


def test_a_change_of_wishes_survives_the_file(desk: Desk) -> None:
    change = Change(wishes=((), (FOUR, lock_grid(PLAIN, min(desk.plan.grids), desk.plan.grid_of_cell))))
    assert change_from_json(change_to_json(change)) == change
