"""What a person is told after a wish: refusals that stay, what a button gives, which grids were touched."""

from dataclasses import replace

from scenarios.desk.measure import PlanMeasures
from tests.ui.test_desk_session import FIRST, border_cell, project, session, template  # noqa: F401 - fixtures
from ui.desk.cells import wish_chosen
from ui.desk.figures import moved_words, touched_grids
from ui.desk.session import DeskSession
from ui.texts.catalog import Texts


def test_a_refusal_is_said_until_the_person_goes_on(session: DeskSession) -> None:  # noqa: F811 - a fixture
    # A run that followed by itself, for the price of the plan, wiped out what was said.
    session.wish_for("give", {"cells": ["nowhere"], "grid": "x"})
    assert not session.grant("")
    assert not session.grant("")
    session.refresh()
    assert session.error is not None
    session.hear({"chosen": [], "wishes": []}, 5)
    assert session.error is None


def test_a_button_gives_what_is_chosen_at_the_click(session: DeskSession) -> None:  # noqa: F811 - a fixture
    # Cells picked after the panel was drawn were on the map, and the button left them where they were.
    cells = session.desk.ground.cells_of(FIRST)
    session.hear({"chosen": list(cells[:2]), "wishes": []}, 5)
    wish_chosen(session, "new_grid")
    assert session.grant("")
    assert len({session.desk.plan.grid_of_cell[cell] for cell in cells[:2]}) == 1
    session.hear({"chosen": [], "wishes": []}, 6)
    wish_chosen(session, "new_grid")
    assert not session.grant("")
    assert session.error.code == "edit_without_cells"


def test_a_grid_in_which_only_movers_differ_was_not_touched(session: DeskSession) -> None:  # noqa: F811 - a fixture
    # It was listed among the grids that an edit changed, with the same figures as before.
    cell, code = border_cell(session.desk)
    before = session.desk.plan.grid_of_cell[cell]
    session.wish_for("give", {"cells": [cell], "grid": code})
    assert session.grant("")
    other = next(item for item in session.desk.measures.grids.values() if item.code not in (before, code))
    assert {item.code for item in touched_grids(session, session.desk)} == {before, code}
    parts = dict(session.desk.measures.communities)
    part = parts[other.community_code]
    grids = {**part.grids, other.code: replace(other, moved=other.moved + 7)}
    parts[other.community_code] = replace(part, grids=grids)
    desk = replace(session.desk, measures=PlanMeasures(communities=parts))
    assert {item.code for item in touched_grids(session, desk)} == {before, code}


def test_households_in_no_grid_are_named_beside_those_that_move(
    session: DeskSession,  # noqa: F811 - a fixture
) -> None:
    # Giving a grid up seemed to spare its households the change.
    grid = next(iter(session.desk.measures.communities[FIRST].grids.values()))
    texts = Texts("zh_Hans")
    assert "暂未划入" not in moved_words(texts, session, session.desk, FIRST)
    session.wish_for("dissolve", {"grid": grid.code})
    assert session.grant("")
    assert f"另有 {grid.households} 户暂未划入网格" in moved_words(texts, session, session.desk, FIRST)
