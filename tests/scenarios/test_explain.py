"""Why a grid is as it is: the border adds up, lines and sides are right, the arithmetic of sizes holds."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from data.generate import build_demo
from geo.layers import STORAGE_CRS, Layers
from scenarios.desk.desk import Desk, do_edit
from scenarios.desk.measure import find_pieces
from scenarios.errors import EditRefused
from scenarios.explain.border import Stretch
from scenarios.explain.grid import explain_on_desk, explanation_document, planned_of
from scenarios.store import create_project, read_outcome
from tests.conftest import METRES, join_layers, parcel_layers
from tests.scenarios.planned import by_row, put_plan
from ui.explain_words import explain_in_words
from ui.texts.catalog import LANGUAGES, Texts

HOME, OTHER = "999001001001", "999001001002"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The synthetic sub-district with today's grids as its plan."""
    path = tmp_path_factory.mktemp("explain") / "demo.gpkg"
    create_project(path, build_demo())
    return put_plan(path, lambda cell: cell["today"])


def town() -> Layers:
    """Two communities side by side; a main road runs along the first grid's south, a river along its west."""
    layers = join_layers(
        parcel_layers([[110, 120, 130, 90], [100, 95, 105, 115], [80, 130, 125, 100]]),
        parcel_layers([[110, 100, 130], [190, 140, 110]], code=OTHER, x_m=500_400),
    )
    x, y = 500_000, 4_000_000
    lines = {
        "人民路": shapely.LineString([(x - 5, y), (x + 405, y)]),
        "": shapely.LineString([(x - 3, y - 200), (x - 3, y + 100)]),
    }
    roads = gpd.GeoDataFrame({"name": ["人民路"], "class": ["main"]}, geometry=[lines["人民路"]], crs=METRES)
    river = gpd.GeoDataFrame({"kind": ["river"]}, geometry=[lines[""]], crs=METRES)
    return Layers(
        frames={
            **layers.frames,
            "roads": roads.to_crs(STORAGE_CRS),
            "barriers": river.to_crs(STORAGE_CRS),
        }
    )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    path = tmp_path / "town.gpkg"
    create_project(path, town())
    return put_plan(path, by_row)


def looks(stretch: Stretch) -> tuple[str, str, str, str, str, int]:
    facts = (stretch.kind, stretch.code, stretch.follows, stretch.line, stretch.side)
    return (*facts, round(stretch.length_m))


def test_the_stretches_of_every_grid_add_up_to_its_outline(demo: Desk) -> None:
    outcome = read_outcome(demo.path)
    assert outcome is not None
    assert len(outcome.grids) > 35
    measured = dict(zip(outcome.grids["code"], outcome.grids["perimeter_m"], strict=True))
    for code in demo.plan.grids:
        item = explain_on_desk(demo, code)
        assert sum(stretch.length_m for stretch in item.stretches) == pytest.approx(
            item.perimeter_m, abs=1e-6
        )
        assert item.perimeter_m == pytest.approx(measured[code], abs=0.01)
        assert sum(stretch.share for stretch in item.stretches) == pytest.approx(1.0)
        assert min(stretch.length_m for stretch in item.stretches) >= 1.0


def test_two_neighbours_tell_the_same_border(demo: Desk) -> None:
    told: dict[tuple[str, str], float] = {}
    for code in demo.plan.grids:
        for stretch in explain_on_desk(demo, code).stretches:
            if stretch.kind == "grid":
                told[code, stretch.code] = told.get((code, stretch.code), 0.0) + stretch.length_m
    assert len(told) > 60
    for (one, other), length in told.items():
        # Contacts below a metre count with another neighbour, on either side.
        assert told.get((other, one), 0.0) == pytest.approx(length, abs=2.5)


def test_roads_rivers_and_sides_are_those_of_the_map(desk: Desk) -> None:
    item = explain_on_desk(desk, f"{HOME}001")
    assert [looks(stretch) for stretch in item.stretches] == [
        ("edge", "", "open", "", "north", 400),
        ("edge", "", "river", "", "west", 100),
        ("grid", f"{HOME}002", "main", "人民路", "south", 400),
        ("community", OTHER, "open", "", "east", 100),
    ]


def test_a_grid_all_around_faces_all_ways(desk: Desk) -> None:
    inner = do_edit(desk, "new_grid", {"cells": ["001-11"], "code": f"{HOME}009"}, author="")
    item = explain_on_desk(inner, f"{HOME}009")
    assert {stretch.kind for stretch in item.stretches} == {"grid"}
    around = next(stretch for stretch in item.stretches if stretch.code == f"{HOME}002")
    assert (around.side, around.follows) == ("around", "open")


def test_cells_in_no_grid_are_named_as_such(desk: Desk) -> None:
    left = do_edit(desk, "assign", {"to": {"001-10": None}}, author="")
    kinds = {stretch.kind for stretch in explain_on_desk(left, f"{HOME}001").stretches}
    assert "unassigned" in kinds


def test_numbers_are_those_of_the_cells(demo: Desk) -> None:
    facts, ground = demo.ground.base.facts, demo.ground
    for code in list(demo.plan.grids)[:8]:
        item = explain_on_desk(demo, code)
        at = [ground.place[cell] for cell, grid in demo.plan.grid_of_cell.items() if grid == code]
        assert item.households == ground.households[at].sum()
        assert item.residents == ground.residents[at].sum()
        assert item.formal_members == facts.formal_members[at].sum()
        assert len(item.institutions) == facts.institutions[at].sum()
        assert item.n_organisations == facts.organisations[at].sum()
        held = {ground.compound[place] for place in at} - {None}
        assert {part.id for part in item.compounds} == held
        for part in item.compounds:
            inside = [place for place in at if ground.compound[place] == part.id]
            assert part.households == ground.households[inside].sum()


def test_where_the_plan_is_today_s_nobody_moves(demo: Desk) -> None:
    for code in demo.plan.grids:
        moves = explain_on_desk(demo, code).moves
        assert moves.known
        assert (moves.came, moves.went) == ((), ())


def test_who_moves_is_told_from_both_sides(demo: Desk) -> None:
    ground = demo.ground
    one, other = next(
        (grid, demo.plan.grid_of_cell[far])
        for cell, grid in demo.plan.grid_of_cell.items()
        if grid is not None
        for far, _, _ in ground.neighbours(cell)
        if demo.plan.grid_of_cell[far] not in (grid, None) and ground.households[ground.place[cell]]
    )
    cell = next(
        cell
        for cell, grid in demo.plan.grid_of_cell.items()
        if grid == one and 0 < ground.households[ground.place[cell]] < 100
    )
    households = int(ground.households[ground.place[cell]])
    after = do_edit(demo, "give", {"cells": [cell], "grid": other}, author="")
    gained, lost = explain_on_desk(after, str(other)).moves, explain_on_desk(after, one).moves
    assert [(share.code, share.households) for share in gained.came] == [(one, households)]
    assert [(share.code, share.households) for share in lost.went] == [(other, households)]


def test_why_not_larger_or_smaller_is_what_doing_it_shows(desk: Desk) -> None:
    rules = desk.rules
    checked = set()
    for code in desk.plan.grids:
        item = explain_on_desk(desk, code)
        for step in item.larger.examples.values():
            after = do_tried(desk, step.cell_id, code)
            assert after[code] == step.total == item.households + step.households
            assert after.get(step.other) == (step.other_total if step.other_total else None)
            wrong = {
                "over_max": step.total > rules.max_households,
                "other_below_min": step.other_total < rules.min_households,
                "other_breaks": in_pieces(desk, step.cell_id, code, step.other),
                "free": False,
            }
            assert wrong[step.why] or step.why == "free"
            checked.add(step.why)
        for step in item.smaller.examples.values():
            after = do_tried(desk, step.cell_id, str(step.other))
            assert after.get(code, 0) == step.total == item.households - step.households
            assert after[step.other] == step.other_total
            checked.add(f"smaller {step.why}")
    assert {"over_max", "smaller other_over_max"} <= checked


def do_tried(desk: Desk, cell: str, code: str) -> dict[str | None, int]:
    """Count the households of every grid once a cell is given away."""
    grids = {**desk.plan.grid_of_cell, cell: code}
    series = pd.Series(desk.ground.households, index=[grids[name] for name in desk.ground.cell_ids])
    return {str(grid): int(count) for grid, count in series.groupby(level=0).sum().items()}


def in_pieces(desk: Desk, cell: str, code: str, other: str | None) -> bool:
    grids = {**desk.plan.grid_of_cell, cell: code}
    return len(find_pieces(desk.ground, [name for name, grid in grids.items() if grid == other])) > 1


def test_an_unknown_grid_is_refused(desk: Desk) -> None:
    with pytest.raises(EditRefused, match="edit_unknown_grids"):
        explain_on_desk(desk, "nothing")


def test_the_plan_on_the_desk_and_the_stored_one_say_the_same(desk: Desk) -> None:
    from scenarios.explain.grid import explain  # noqa: PLC0415 - only this test

    outcome = read_outcome(desk.path)
    assert outcome is not None
    assert explain(desk.ground, planned_of(outcome), f"{HOME}002") == explain_on_desk(desk, f"{HOME}002")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_grid_is_explained_in_words(demo: Desk, language: str) -> None:
    texts = Texts(language)
    for code in demo.plan.grids:
        sections = explain_in_words(texts, explain_on_desk(demo, code))
        lines = [line.text for section in sections for line in section.lines]
        assert len(sections) == 5
        assert len(lines) > 7
        assert not [line for line in lines if "{" in line or "explain." in line]


def test_a_broken_rule_is_marked_and_nothing_else(desk: Desk) -> None:
    broken = do_edit(desk, "give", {"cells": ["001-10"], "grid": f"{HOME}001"}, author="")
    sections = explain_in_words(Texts("zh_Hans"), explain_on_desk(broken, f"{HOME}001"))
    marked = [line.text for section in sections for line in section.lines if line.broken]
    assert marked == ["550 户，超过上限 500 户。"]


def test_the_document_is_plain(desk: Desk) -> None:
    import json  # noqa: PLC0415 - only this test

    document = json.loads(json.dumps(explanation_document(explain_on_desk(desk, f"{HOME}001"))))
    assert document["rules"]["max_households"] == 500
    assert {"stretches", "compounds", "moves", "larger", "smaller", "certificate"} <= document.keys()
    assert document["stretches"][0]["length_m"] == pytest.approx(400, abs=0.5)
