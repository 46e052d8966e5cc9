"""What the tab on a grid says of it."""

from scenarios.desk.desk import Desk, do_edit
from tests.scenarios.desk.conftest import desk, project, solved_template  # noqa: F401 - fixtures
from ui.desk.grid import heading
from ui.texts.catalog import Texts

GONE = "已不在本网格内"


def test_a_dedicated_grid_that_lost_its_institution_says_so(desk: Desk) -> None:  # noqa: F811 - a fixture
    # The cell with the school could be given away, and the grid was still shown as the school's.
    cell = desk.ground.cell_of_institution["school"]
    code = desk.plan.grid_of_cell[cell]
    assert code is not None
    held = do_edit(desk, "dedicate", {"grid": code, "institution_id": "school"}, author="")
    assert "学校" in heading(Texts("zh_Hans"), held, code)
    assert GONE not in heading(Texts("zh_Hans"), held, code)
    lost = do_edit(held, "new_grid", {"cells": [cell]}, author="")
    assert GONE in heading(Texts("zh_Hans"), lost, code)
