"""A visitor's desk: wishes granted once, a late edit kept for the person to settle, words for every edit."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.colours import PALETTE
from scenarios.desk.desk import Desk, do_edit, open_desk, read_history
from scenarios.desk.edits import EDITS
from scenarios.desk.log import EditRecord
from scenarios.desk.plan import cells_of_grids
from scenarios.propose import Settings, propose
from scenarios.store import create_project
from scenarios.workers import Workers
from tests.conftest import join_layers, parcel_layers
from ui.desk import delta
from ui.desk.cells import neighbour_grids
from ui.desk.colours import colour_plan, meeting, recolour
from ui.desk.figures import broken_words, undedicated
from ui.desk.history import find_places, first_point
from ui.desk.session import DeskSession
from ui.desk.words import say_edit, say_wish
from ui.texts.catalog import LANGUAGES, Texts

FIRST, SECOND = "999001001001", "999001001002"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, workers: Workers) -> Path:
    """Two communities of twelve parcels each, with a plan."""
    path = tmp_path_factory.mktemp("desk") / "template.gpkg"
    rows = [[110, 120, 130, 90], [100, 95, 105, 115], [80, 130, 125, 100]]
    layers = join_layers(parcel_layers(rows), parcel_layers(rows, code=SECOND, x_m=500_400))
    create_project(path, layers)
    propose(path, Settings(), stop=lambda: False, on_progress=lambda _: None, workers=workers)
    return path


@pytest.fixture
def project(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(template, tmp_path / "desk.gpkg"))


@pytest.fixture
def session(project: Path, monkeypatch: pytest.MonkeyPatch) -> DeskSession:
    monkeypatch.setattr(delta, "publish", lambda _text, kind: kind)
    session = DeskSession()
    session.open(project, "base")
    return session


def border_cell(desk: Desk, community: str = FIRST) -> tuple[str, str]:
    """A cell beside another grid, and that grid."""
    cell = next(cell for cell in desk.ground.cells_of(community) if neighbour_grids(desk, [cell]))
    return cell, neighbour_grids(desk, [cell])[0]


def said(desk: Desk, number: int, *, community: str = FIRST) -> dict[str, object]:
    cell, code = border_cell(desk, community)
    wish = {"n": number, "kind": "give", "facts": {"cells": [cell], "grid": code}}
    return {"chosen": [], "focus": cell, "wishes": [wish]}


def test_a_wish_sent_twice_is_granted_once(session: DeskSession, project: Path) -> None:
    # The browser sends a wish again until it hears that it was dealt with: values may overtake each other.
    message = said(session.desk, 7)
    session.hear(message, 8)
    session.hear(message, 9)
    assert session.grant("甲")
    session.hear(message, 10)
    assert not session.grant("甲")
    assert [record.kind for record in read_history(project)] == ["origin", "give"]
    assert session.done == 7


def test_an_old_message_is_not_heard_again(session: DeskSession) -> None:
    session.hear({"chosen": ["a"], "wishes": []}, 5)
    session.hear({"chosen": ["b"], "wishes": []}, 4)
    assert session.chosen == ("a",)


def test_a_refused_wish_leaves_the_plan_and_says_why(session: DeskSession) -> None:
    before = session.desk.version
    session.wish_for("give", {"cells": ["nowhere"], "grid": "x"})
    assert not session.grant("")
    assert session.error.code in ("edit_unknown_cells", "edit_unknown_grids")
    assert session.desk.version == before


def test_a_refused_wish_leaves_what_was_chosen(session: DeskSession) -> None:
    # The map lets go of the choice when the person wishes: after a refusal they had to pick all cells again.
    cell, code = border_cell(session.desk)
    locked = do_edit(session.desk, "lock", {"grids": [code]}, author="")
    session.refresh()
    assert session.desk.version == locked.version
    session.hear({**said(session.desk, 7), "wishes": [wish_to_give(7, cell, code)]}, 8)
    assert not session.grant("甲")
    assert session.error.code == "edit_locked_grids"
    assert session.chosen == (cell,)
    assert session.select[1] == (cell,)


def wish_to_give(number: int, cell: str, code: str) -> dict[str, object]:
    return {"n": number, "kind": "give", "facts": {"cells": [cell], "grid": code}}


def test_a_merge_says_which_dedicated_grid_it_ended(session: DeskSession) -> None:
    cell, code = border_cell(session.desk)
    own = session.desk.plan.grid_of_cell[cell]
    session.wish_for("dedicate", {"grid": code, "kind": "dedicated", "institution_id": None})
    session.grant("")
    assert undedicated(session, session.desk) == []
    name = session.desk.plan.grids[code].name
    session.wish_for("merge", {"grids": [own, code]})
    session.grant("")
    assert undedicated(session, session.desk) == [name]


def late(session: DeskSession, project: Path) -> tuple[str, str]:
    """Let another person edit, then the visitor; give what the visitor wanted."""
    cell, code = border_cell(session.desk, SECOND)
    do_edit(open_desk(project), "give", {"cells": [cell], "grid": code}, author="乙")
    mine = border_cell(session.desk)
    session.wish_for("give", {"cells": [mine[0]], "grid": mine[1]})
    session.grant("甲")
    return mine


def test_a_late_wish_waits_for_the_person(session: DeskSession, project: Path) -> None:
    late(session, project)
    assert [record.author for record in session.conflict.entries] == ["乙"]
    seen = session.desk.version
    session.refresh()
    assert session.desk.version == seen  # what the person was looking at stays until they have chosen
    session.wish_for("undo", {})
    assert not session.grant("甲")
    assert len(read_history(project)) == 2


def test_mine_on_top_keeps_both(session: DeskSession, project: Path) -> None:
    cell, code = late(session, project)
    session.settle_on_top("甲")
    assert session.conflict is None
    assert session.desk.plan.grid_of_cell[cell] == code
    assert [record.author for record in read_history(project)] == ["", "乙", "甲"]
    assert open_desk(project).plan == session.desk.plan


def test_mine_apart_leaves_theirs(session: DeskSession, project: Path) -> None:
    cell, code = late(session, project)
    theirs = open_desk(project).plan
    assert session.settle_apart("我的", "甲") == "我的"
    assert open_desk(project).plan == theirs
    kept = open_desk(project, "我的").plan
    assert kept.grid_of_cell[cell] == code
    assert kept == session.desk.plan


def test_a_taken_name_keeps_the_conflict(session: DeskSession, project: Path) -> None:
    late(session, project)
    assert session.settle_apart("base", "甲") is None
    assert session.error.code == "scenario_exists"
    assert session.conflict is not None


def test_mine_dropped_shows_theirs(session: DeskSession, project: Path) -> None:
    late(session, project)
    session.settle_without()
    assert session.conflict is None
    assert session.desk.plan == open_desk(project).plan
    assert len(read_history(project)) == 2


def test_what_others_did_is_shown(session: DeskSession, project: Path) -> None:
    cell, code = border_cell(session.desk)
    do_edit(open_desk(project), "give", {"cells": [cell], "grid": code}, author="乙")
    session.refresh()
    assert session.desk.plan.grid_of_cell[cell] == code


def test_a_plan_never_edited_stays_on_the_desk(session: DeskSession) -> None:
    # It was opened anew on every run, and what was offered for it was forgotten.
    desk = session.desk
    session.split = ("grid", ("cell",))
    session.refresh()
    assert session.desk is desk
    assert session.split == ("grid", ("cell",))


def test_the_browser_is_told_only_what_differs(session: DeskSession) -> None:
    drawn, told = delta.differ(session.drawn, session.desk, session.desk.plan)
    assert (told["cells"], told["grids"]) == ({}, {})
    cell, code = border_cell(session.desk)
    session.wish_for("give", {"cells": [cell], "grid": code})
    session.grant("")
    _, told = delta.differ(drawn, session.desk, session.desk.plan)
    assert told["cells"] == {cell: code}
    assert told["base"] == drawn.base


def test_a_large_difference_is_published_anew(session: DeskSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delta, "_MOST_CELLS", 0)
    cell, code = border_cell(session.desk)
    session.wish_for("give", {"cells": [cell], "grid": code})
    session.grant("")
    drawn, told = delta.differ(session.drawn, session.desk, session.desk.plan)
    assert told["cells"] == {}
    assert drawn.cells[cell] == code


@settings(max_examples=30, deadline=None)
@given(picks=st.lists(st.tuples(st.integers(0, 23), st.integers(0, 20)), max_size=12))
def test_grids_that_meet_never_share_a_colour(template: Path, picks: list[tuple[int, int]]) -> None:
    desk = open_desk(template)
    plan, ground = desk.plan, desk.ground
    colours = colour_plan(plan, ground)
    for at, choice in picks:
        cell = ground.cell_ids[at]
        home = ground.community_of(cell)
        codes = [code for code, item in desk.measures.grids.items() if item.community_code == home]
        to = codes[choice % len(codes)]
        moved = {**plan.grid_of_cell, cell: to}
        touched = {plan.grid_of_cell[cell] or "", to}
        kept = {code: entry for code, entry in plan.grids.items() if code in moved.values()}
        plan = type(plan)(grid_of_cell=moved, grids=kept)
        colours = recolour(plan, ground, colours, touched)
        assert colours.keys() == plan.grids.keys()
        beside = meeting(plan, ground)
        most = max((sum(code in pair for pair in beside) for code in plan.grids), default=0)
        if most < len(PALETTE):
            assert all(colours[a] != colours[b] for a, b in beside)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_edit_has_words(language: str) -> None:
    texts = Texts(language)
    facts = {
        "cells": ["a", "b"],
        "grid": "g1",
        "grids": ["g1", "g2"],
        "code": "g3",
        "name": "新",
        "communities": ["c"],
        "to": {},
    }
    other = texts("edits.other", kind="?", cells=0).partition("?")[0]
    for kind in (*EDITS, "origin", "proposal", "fork", "step_back", "accept"):
        asked = {**facts, "n_grids": 3, "from": "base", "version": 1}
        asked |= {"to": 3} if kind == "step_back" else {}
        words = say_wish(texts, kind, asked, n_cells=2)
        assert "{" not in words
        if kind != "accept":
            assert not words.startswith(other), kind


def record(seq: int, kind: str, **values: object) -> EditRecord:
    filled = {"facts": {}, "author": "甲", "note": "", "at": "2026-11-24T10:00:00.000Z", "reverts": None}
    counts = {"version": seq, "n_cells": 1, "n_grids": 0}
    return EditRecord(seq=seq, kind=kind, **{**filled, **counts, **values})


def test_an_undo_says_what_it_takes_back() -> None:
    texts = Texts("zh_Hans")
    known = {
        1: record(1, "give", facts={"cells": ["a"], "grid": "g"}),
        2: record(2, "undo", reverts=1),
        3: record(3, "redo", reverts=2),
    }
    assert say_edit(texts, known[3], known.get) == "恢复：把 1 个单元划给网格 g"
    assert say_edit(texts, known[2], lambda _seq: None) == "撤销：第 1 条"


def test_broken_grids_of_two_communities_are_told_apart(session: DeskSession, project: Path) -> None:
    desk = session.open(project, "base")
    for community in (FIRST, SECOND):
        desk = do_edit(desk, "merge", {"grids": list(desk.measures.communities[community].grids)}, author="")
    rules = [rule for rule in desk.measures.broken if rule.code == "above_maximum"]
    assert {rule.community_code for rule in rules} == {FIRST, SECOND}
    said = {broken_words(Texts("zh_Hans"), desk, rule, None) for rule in rules}
    assert len({sentence.split("：")[0] for sentence in said}) == len(rules)
    own = next(rule for rule in rules if rule.community_code == FIRST)
    assert delta.short_code(desk, str(own.grid)) in broken_words(Texts("en"), desk, own, FIRST).split()[1]


def test_an_edit_is_found_under_its_community(session: DeskSession, project: Path) -> None:
    desk = session.desk
    cell, code = border_cell(desk, SECOND)
    desk = do_edit(desk, "give", {"cells": [cell], "grid": code}, author="")
    gone = next(iter(cells_of_grids(desk.plan.grid_of_cell, desk.ground.cells_of(FIRST))))
    desk = do_edit(desk, "dissolve", {"grid": gone}, author="")
    places = find_places(read_history(project), desk)
    assert [places[item.seq] for item in read_history(project)][1:] == [{SECOND}, {FIRST}]


def test_there_is_no_way_behind_an_origin() -> None:
    assert first_point((record(1, "give"), record(2, "origin"), record(3, "give"))) == 2
    assert first_point((record(4, "give"),)) == 4


def test_a_wish_made_before_others_appeared_is_a_conflict(session: DeskSession, project: Path) -> None:
    # The plan of others appears by itself; a click made before that must not be taken as if it had seen it.
    seen = session.desk.version
    theirs = do_edit(
        open_desk(project), "rename", {"grid": min(session.desk.plan.grids), "name": "新"}, author="乙"
    )
    session.refresh()
    assert session.desk.version == theirs.version
    assert [(record.kind, record.author) for record in session.news] == [("rename", "乙")]
    message = said(session.desk, 7)
    message["wishes"][0]["seen"] = seen
    session.hear(message, 8)
    assert not session.grant("甲")
    assert [record.author for record in session.conflict.entries] == ["乙"]
    session.settle_on_top("甲")
    assert session.desk.version == theirs.version + 1


def test_a_wish_that_saw_the_others_is_granted(session: DeskSession, project: Path) -> None:
    do_edit(open_desk(project), "rename", {"grid": min(session.desk.plan.grids), "name": "新"}, author="乙")
    session.refresh()
    message = said(session.desk, 7)
    message["wishes"][0]["seen"] = session.desk.version
    session.hear(message, 8)
    assert session.grant("甲")
