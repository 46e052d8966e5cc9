"""The approval sheet: every conclusion with its code and figures, room for those who decide."""

import dataclasses
import itertools

import pytest

from exports.choices import SheetChoices
from exports.request import Request
from exports.sheet.marks import Words
from exports.sheet.pages import build_document
from tests.exports.outcome_by_hand import build_outcome
from ui.texts.catalog import LANGUAGES, Texts


def said(outcome=None, layers=None, **sheet) -> str:
    choices = SheetChoices(parts=("minutes",), **sheet)
    request = Request(
        outcome=outcome or build_outcome(), texts=Texts("zh_Hans"), layers=layers or {}, sheet=choices
    )
    pages = build_document(request).pages
    return "\n".join(mark.text for page in pages for mark in page.marks if isinstance(mark, Words))


def test_conclusions_and_reasons_bear_their_codes():
    words = said().replace("\n", "")
    assert "〔optimal〕" in words
    assert "〔relaxed〕" in words
    assert "〔oversize_cell〕" in words
    assert "须经批准" in words
    assert words.count("签字：") == 4


def test_households_that_change_grid_are_told_or_why_they_are_not():
    outcome = build_outcome()
    assert "无现行网格" in said()
    today = outcome.grids[["code", "name", "kind", "community_code", "geometry"]]
    merged = today.dissolve("community_code", as_index=False).assign(code=["A", "B"])
    words = said(layers={"grids": merged}).splitlines()
    by_home = outcome.grids.groupby("community_code")["households"].agg(["sum", "max"])
    for moved in by_home["sum"] - by_home["max"]:
        assert f"{int(moved):,}" in words


def test_reasons_that_read_alike_are_said_once():
    outcome = build_outcome()
    twice = dataclasses.replace(outcome.certificates[0], reasons=(("time_limit", {}), ("time_limit", {})))
    words = said(dataclasses.replace(outcome, certificates=(twice, outcome.certificates[1])))
    assert words.count("〔time_limit〕") == 1


def test_a_community_has_its_own_sheet():
    words = said(extent="999001001001").replace("\n", "")
    assert "〔optimal〕" in words
    assert "〔relaxed〕" not in words


@pytest.mark.parametrize("language", LANGUAGES)
def test_heads_of_the_findings_do_not_run_into_each_other(language):
    """The English heads were once printed over one another."""
    request = Request(outcome=build_outcome(), texts=Texts(language), sheet=SheetChoices(parts=("minutes",)))
    document = build_document(request)
    type_ = document.type_
    lines: dict[float, list[Words]] = {}
    for mark in document.pages[0].marks:
        if isinstance(mark, Words) and mark.align == "left":
            lines.setdefault(round(mark.y, 3), []).append(mark)
    wide = [sorted(line, key=lambda mark: mark.x) for line in lines.values() if len(line) > 3]
    assert wide
    for line in wide:
        for one, two in itertools.pairwise(line):
            assert one.x + type_.width_mm(one.text, one.size_pt, bold=one.bold) < two.x, one.text
