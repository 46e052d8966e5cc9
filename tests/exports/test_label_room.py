"""On demo and real district, at A3, every grid and community has a label and none meets another."""

import itertools

import pytest

from data.generate import build_demo
from exports.choices import SheetChoices
from exports.request import Request
from exports.sheet.marks import Box, Words
from exports.sheet.pages import build_document
from geo.read import read_layers as read_files
from scenarios.propose import Settings, propose
from scenarios.store import create_project, read_layers
from scenarios.workers import Workers
from ui.texts.catalog import Texts


@pytest.fixture(scope="module")
def solved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, workers: Workers):
    """A project with a quick plan: labels do not ask whether it is the best."""
    if request.param == "demo":
        layers = build_demo()
    else:
        layers = read_files([request.getfixturevalue("reference_district")])
    path = tmp_path_factory.mktemp("labels") / "p.gpkg"
    create_project(path, layers)
    settings = Settings(engine="ward", time_limit_s=1.0)
    outcome = propose(path, settings, stop=lambda: False, on_progress=lambda _: None, workers=workers)
    return outcome, read_layers(path).frames


def document(solved, language: str, **sheet):
    outcome, layers = solved
    choices = SheetChoices(parts=("map",), **sheet)
    return build_document(Request(outcome=outcome, texts=Texts(language), layers=layers, sheet=choices))


def overlaps(page) -> list[tuple[str, str]]:
    boxes = [(label.key, box) for label in page.labels for box in label.boxes]
    # Letters of one road's name belong together.
    return [(a, b) for (a, one), (b, two) in itertools.combinations(boxes, 2) if a != b and one.meets(two)]


@pytest.mark.parametrize("solved", ["demo", "reference"], indirect=True)
@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
def test_no_label_meets_another_at_a3(solved, orientation):
    page = document(solved, "zh_Hans", orientation=orientation).pages[0]
    assert overlaps(page) == []
    outcome, _ = solved
    kinds = {
        kind: {label.key for label in page.labels if label.kind == kind} for kind in ("grid", "community")
    }
    assert kinds["grid"] == set(outcome.grids["code"])
    assert kinds["community"] == set(outcome.communities["code"])


@pytest.mark.parametrize("solved", ["demo"], indirect=True)
def test_boxes_hold_the_letters_they_stand_for(solved):
    """The boxes that do not meet are as large as the text drawn: measured from the marks."""
    sheet = document(solved, "zh_Hans")
    page = sheet.pages[0]
    boxes = [box for label in page.labels for box in label.boxes]
    on_map = [
        mark
        for mark in page.marks
        if isinstance(mark, Words) and mark.halo is not None and not mark.angle_deg
    ]
    assert len(on_map) > 100
    for mark in on_map:
        width = sheet.type_.width_mm(mark.text, mark.size_pt, bold=mark.bold)
        size = mark.size_pt * 25.4 / 72
        ink = Box(mark.x - width / 2, mark.y, mark.x + width / 2, mark.y + 0.75 * size)
        assert any(box.inside(-0.05).holds(ink) for box in boxes), mark


@pytest.mark.parametrize("solved", ["demo"], indirect=True)
def test_every_community_page_of_the_atlas_is_free_of_collisions(solved):
    pages = document(solved, "zh_Hant", atlas="communities", paper="A4").pages
    assert [overlaps(page) for page in pages] == [[]] * len(pages)


def test_the_measure_finds_an_overlap(outcome):
    """The check can fail: the same label twice."""
    page = build_document(
        Request(outcome=outcome, texts=Texts("en"), sheet=SheetChoices(parts=("map",)))
    ).pages[0]
    first = page.labels[0]
    twin = first._replace(key="twin")
    assert overlaps(type(page)(width=1, height=1, title="", marks=(), labels=(first, twin)))
