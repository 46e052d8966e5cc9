"""Two scenarios on one sheet: what changes is what the cells say."""

import dataclasses

import pytest

from exports.choices import SheetChoices
from exports.compare import differ
from exports.request import Request
from exports.sheet.marks import Words
from exports.sheet.pages import build_document
from tests.exports.outcome_by_hand import build_outcome
from ui.texts.catalog import Texts


@pytest.fixture(scope="module")
def moved():
    """The plan with one cell in its neighbour's grid, and two codes swapped."""
    plan = build_outcome()
    cells = plan.cells.copy()
    cells.loc[cells["cell_id"] == "元1-1", "grid_code"] = "999001001001002"
    swap = {"999001001002001": "999001001002002", "999001001002002": "999001001002001"}
    cells["grid_code"] = cells["grid_code"].replace(swap)
    grids = plan.grids.assign(code=plan.grids["code"].replace(swap)).sort_values("code", ignore_index=True)
    return dataclasses.replace(plan, scenario="second", cells=cells, grids=grids)


def test_only_the_cell_that_moved_is_different(outcome, moved):
    found = differ(outcome, moved)
    assert list(found.cells["cell_id"]) == ["元1-1"]
    assert found.households == int(outcome.cells.set_index("cell_id").loc["元1-1", "households"])
    assert found.moves[["from_grid", "to_grid"]].to_numpy().tolist() == [
        ["999001001001001", "999001001001002"]
    ]


def test_a_plan_does_not_differ_from_itself(outcome):
    found = differ(outcome, outcome)
    assert found.cells.empty
    assert found.households == 0


def test_plans_of_other_facts_are_compared_by_who_lives_in_both(outcome, moved):
    """A scenario in which a building goes once was refused: its cells were not the same."""
    cells = moved.cells[moved.cells["cell_id"] != "元0-0"]
    found = differ(outcome, dataclasses.replace(moved, cells=cells))
    assert list(found.cells["cell_id"]) == ["元1-1"]
    assert found.households == int(outcome.cells.set_index("cell_id").loc["元1-1", "households"])


def test_each_scenario_set_against_the_plan_has_a_sheet(outcome, moved):
    third = dataclasses.replace(moved, scenario="third")
    request = Request(outcome=outcome, texts=Texts("en"), others=(moved, third))
    pages = build_document(request).pages
    assert ["second" in page.title for page in pages] == [True, False]
    assert ["third" in page.title for page in pages] == [False, True]


def test_the_community_of_a_grid_is_compared(outcome, moved):
    """The other plan need not have a grid of that code."""
    request = Request(
        outcome=outcome, texts=Texts("en"), others=(moved,), sheet=SheetChoices(extent="999001001001001")
    )
    shown = {label.key for label in build_document(request).pages[0].labels if label.kind == "grid"}
    assert shown == {"999001001001001", "999001001001002", "999001001001003"}


@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
@pytest.mark.parametrize("extent", ["", "999001001001"])
def test_sheet_shows_both_plans_and_the_difference(outcome, moved, orientation, extent):
    request = Request(
        outcome=outcome,
        texts=Texts("zh_Hans"),
        others=(moved,),
        sheet=SheetChoices(orientation=orientation, extent=extent),
    )
    page, *others = build_document(request).pages
    assert others == []
    words = [mark.text for mark in page.marks if isinstance(mark, Words)]
    assert "second" in words
    assert "变化" in words
    households = int(outcome.cells.set_index("cell_id").loc["元1-1", "households"])
    assert f"{households} 户" in words
    shown = [label.key for label in page.labels if label.kind == "grid"]
    n = len(outcome.grids) if not extent else 3
    assert len(shown) == 2 * n
