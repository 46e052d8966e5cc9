"""What stands beside a map: all that belongs there has its place, or a page of its own follows."""

import dataclasses
import itertools

import geopandas as gpd
import pytest
import shapely

from exports.choices import ORIENTATIONS, PAPERS, SheetChoices
from exports.request import Request
from exports.sheet.fonts import find_type
from exports.sheet.ground import build_ground
from exports.sheet.marks import Words
from exports.sheet.pages import build_document, map_bodies, require_extent
from tests.exports.outcome_by_hand import build_outcome
from ui.texts.catalog import LANGUAGES, Texts

_LONG = "名称很长的" * 30
EXTENTS = ("", "999001001001", "999001001001001")


def ask(language: str, n_compounds: int = 1, name: str = "清河", **sheet) -> Request:
    """The plan made by hand under rules that a note tells, with compounds to list."""
    plan = build_outcome()
    cells = plan.cells.assign(compound_id=[f"c{at % n_compounds}" for at in range(len(plan.cells))])
    plan = dataclasses.replace(plan, cells=cells, rules={"min_households": 300, "max_households": 500})
    west, south, _, _ = plan.communities.total_bounds
    compounds = gpd.GeoDataFrame(
        {
            "id": [f"c{at}" for at in range(n_compounds)],
            "name": [f"{name}第{at}小区" for at in range(n_compounds)],
        },
        geometry=[shapely.Point(west, south)] * n_compounds,
        crs="EPSG:4490",
    )
    choices = SheetChoices(**{"parts": ("map",), **sheet})
    return Request(outcome=plan, texts=Texts(language), layers={"compounds": compounds}, sheet=choices)


def words(marks) -> set[str]:
    return {mark.text for mark in marks if isinstance(mark, Words)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("extent", EXTENTS)
def test_the_note_and_the_compounds_stand_on_every_paper(language, extent):
    """The note dropped silently where the table of grids took the room, and from every portrait sheet."""
    request = ask(language)
    texts, type_ = request.texts, find_type(language)
    ground = build_ground(request)
    wanted = {texts("sheets.legend.title"), texts("exports.figures"), texts("sheets.note.title")}
    if extent:
        wanted.add(texts("sheets.places_title"))
    for paper, orientation in itertools.product(PAPERS, ORIENTATIONS):
        sheet = SheetChoices(paper=paper, orientation=orientation, parts=("map",))
        asked = dataclasses.replace(request, sheet=sheet)
        first, *more = map_bodies(asked, ground, require_extent(asked, ground, extent), type_)
        assert wanted <= words(first.marks), (paper, orientation)
        assert not more


def test_what_finds_no_room_beside_the_map_follows_on_pages_of_its_own():
    request = ask("zh_Hans", n_compounds=400, name=_LONG, extent="999001001001", paper="A4")
    document = build_document(request)
    first, *more = (words(page.marks) for page in document.pages)
    assert document.pages[1].title == f"{document.pages[0].title}（续）"
    title = request.texts("sheets.places_title")
    assert request.texts("sheets.note.title") in first
    assert title not in first
    assert more
    assert all(title in page for page in more)
    listed = "".join(mark.text for page in document.pages for mark in page.marks if isinstance(mark, Words))
    cells = request.outcome.cells
    asked = cells[cells["grid_code"].str.startswith("999001001001")]["compound_id"].unique()
    for compound in asked:
        assert f"第{compound.removeprefix('c')}小区" in listed
    for page in document.pages:
        for mark in page.marks:
            if isinstance(mark, Words):
                assert 0 < mark.y < page.height


def test_a_table_is_set_as_large_as_its_pages_allow():
    """On A4 it once stood in letters of 5.6 points over an empty half of the page."""
    request = ask("zh_Hans", paper="A4", orientation="portrait", parts=("table",))
    plan = request.outcome
    named = dataclasses.replace(
        plan,
        communities=plan.communities.assign(name=["清河社区", "北苑社区"]),
        grids=plan.grids.assign(name="清河社区一号网格"),
    )
    (page,) = build_document(dataclasses.replace(request, outcome=named)).pages
    words = [mark for mark in page.marks if isinstance(mark, Words)]
    sizes = [mark.size_pt for mark in words if mark.text == "999001001001001"]
    assert sizes
    assert min(sizes) > 8
