"""Small counts stay hidden in every file, and no sum that is told gives one away."""

import itertools
import re
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx import Presentation
from typer.testing import CliRunner

import gridplan
from data.generate import build_demo
from exports.choices import SheetChoices
from exports.formats import write_request
from exports.request import Request
from exports.small_counts import SMALL, cover, hide_small_counts, is_small
from scenarios.outcome import Outcome
from tests.exports.outcome_by_hand import build_outcome
from ui.texts.catalog import Texts

ZH = Texts("zh_Hans")
FEW = re.compile(r"(?<![\d,])[12] 户")


def possible(counts: list[int], hidden: list[bool], total: int, exposed: bool) -> list[set[int]]:
    """All values that each hidden count can have for a reader who knows the rest, the sum and the rule.

    The reader knows that a hidden count is not 0; of one alone among those hidden nothing else.
    """
    at = [k for k, is_hidden in enumerate(hidden) if is_hidden]
    shown = sum(count for k, count in enumerate(counts) if k not in at)
    found: list[set[int]] = [set() for _ in at]
    if exposed:
        return [set(range(1, SMALL)) for _ in at]
    for guess in itertools.product(range(1, total - shown + 1), repeat=len(at)):
        if sum(guess) == total - shown and any(is_small(value) for value in guess):
            for values, value in zip(found, guess, strict=True):
                values.add(value)
    return found


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=4))
def test_no_hidden_count_can_be_worked_out_from_the_sum(counts: list[int]) -> None:
    found = cover(counts, ["whole"] * len(counts))
    assert all(found.hidden[at] for at, count in enumerate(counts) if is_small(count))
    for values in possible(counts, found.hidden.tolist(), sum(counts), "whole" in found.exposed):
        assert len(values) > 1


@pytest.mark.parametrize(
    ("counts", "hidden", "exposed"),
    [
        ([5, 7], [False, False], False),
        ([1, 7, 5, 0], [True, False, True, False], False),  # the least of the others goes with it
        ([1, 2, 9], [True, True, False], False),  # 3 may be 1 + 2 or 2 + 1
        ([1, 1, 9, 4], [True, True, False, True], False),  # 2 could only be 1 + 1
        ([2, 2], [True, True], True),  # nothing else to hide: the sum goes
        ([1], [True], True),
        ([0, 3], [False, False], False),
    ],
)
def test_what_is_hidden_with_a_small_count(counts: list[int], hidden: list[bool], exposed: bool) -> None:
    found = cover(counts, ["whole"] * len(counts))
    assert found.hidden.tolist() == hidden
    assert bool(found.exposed) == exposed


@pytest.fixture
def small() -> Outcome:
    """The plan by hand with a dedicated grid of 2 households and cells of 1 and 2."""
    outcome = build_outcome()
    cells, grids = outcome.cells.copy(), outcome.grids.copy()
    first = grids["code"].iloc[0]
    own = cells.index[cells["grid_code"] == first]
    cells.loc[own, "households"] = [2] + [0] * (len(own) - 1)
    grids.loc[grids["code"] == first, "households"] = 2
    other = cells.index[cells["grid_code"] == grids["code"].iloc[1]][0]
    cells.loc[other, "residents"] = 1
    grids["residents"] = [
        int(cells.loc[cells["grid_code"] == code, "residents"].sum()) for code in grids["code"]
    ]
    return replace(outcome, cells=cells, grids=grids)


def request(outcome: Outcome, *, hide: bool) -> Request:
    asked = Request(outcome=outcome, texts=ZH, sheet=SheetChoices(hide_small=hide))
    return hide_small_counts(asked) if hide else asked


def written(outcome: Outcome, path: Path, *, hide: bool) -> Path:
    write_request(request(outcome, hide=hide), path)
    return path


def counts_in(path: Path, layer: str) -> tuple[pd.Series, pd.Series]:
    frame = gpd.read_file(f"zip://{path}!{layer}.shp" if path.suffix == ".zip" else path, **(
        {} if path.suffix in (".zip", ".geojson", ".kml") else {"layer": layer}
    ))  # fmt: skip
    names = {"households": "households", "residents": "residents"}
    return tuple(pd.to_numeric(frame[name], errors="coerce") for name in names.values())


@pytest.mark.parametrize("ending", [".gpkg", ".geojson", ".zip"])
@pytest.mark.parametrize("hide", [False, True])
def test_gis_files_hold_no_small_count(small: Outcome, tmp_path: Path, ending: str, hide: bool) -> None:
    path = written(small, tmp_path / f"plan{ending}", hide=hide)
    layers = ["grids", "cells"] if ending == ".gpkg" else ["grids"]
    found = []
    for layer in layers:
        name = layer
        if ending == ".zip":
            with zipfile.ZipFile(path) as archive:
                name = next(Path(item).stem for item in archive.namelist() if item.endswith(".shp"))
        for values in counts_in(path, name):
            found += values.dropna().astype(int).tolist()
    assert any(is_small(value) for value in found) != hide


def test_kml_holds_no_small_count(small: Outcome, tmp_path: Path) -> None:
    for hide in (False, True):
        said = written(small, tmp_path / "plan.kml", hide=hide).read_text(encoding="utf-8")
        assert ('<SimpleData name="households">2</SimpleData>' in said) != hide


def test_the_workbook_holds_no_small_count(small: Outcome, tmp_path: Path) -> None:
    for hide in (False, True):
        book = openpyxl.load_workbook(written(small, tmp_path / "plan.xlsx", hide=hide))
        values = []
        for name in ("网格", "基本单元"):
            rows = list(book[name].iter_rows(values_only=True))
            at = [
                k
                for k, title in enumerate(rows[0])
                if str(title).startswith(("户数", "人口", "居民", "常住"))
            ]
            assert at
            values += [row[k] for row in rows[1:] for k in at]
        assert any(isinstance(value, int) and is_small(value) for value in values) != hide
        assert ("*" in values) == hide


def test_the_web_page_holds_no_small_count(small: Outcome, tmp_path: Path) -> None:
    for hide in (False, True):
        said = written(small, tmp_path / "plan.html", hide=hide).read_text(encoding="utf-8")
        assert ("* 户" in said) == hide
        assert bool(FEW.search(said)) != hide


def test_slides_hold_no_small_count(small: Outcome, tmp_path: Path) -> None:
    for hide in (False, True):
        deck = Presentation(str(written(small, tmp_path / "plan.pptx", hide=hide)))
        cells = [
            cell.text
            for slide in deck.slides
            for shape in slide.shapes
            if shape.has_table and shape.table.cell(0, 0).text == ZH("exports.column.code")
            for row in shape.table.rows
            for cell in row.cells
        ]
        assert cells
        assert ("2" in cells) != hide
        assert ("*" in cells) == hide


def test_printed_tables_hold_no_small_count(small: Outcome, tmp_path: Path) -> None:
    for hide in (False, True):
        path = written(small, tmp_path / "plan.pdf", hide=hide)
        said = subprocess.run(
            ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
        ).stdout
        assert bool(re.search(r"基础网格\s+2\s", said)) != hide
        assert bool(re.search(r"基础网格\s+\*\s", said)) == hide
        assert ("少于 3 的户数" in said) == hide


def test_without_small_counts_nothing_is_marked(tmp_path: Path) -> None:
    outcome = build_outcome()
    told = request(outcome, hide=True)
    assert told.sources == ""
    assert (told.outcome.grids["households"] == outcome.grids["households"]).all()
    assert tmp_path.exists()


@pytest.mark.parametrize(
    ("more", "hide"), [((), True), (("--hide-small-counts",), True), (("--show-small-counts",), False)]
)
def test_the_command_hides_unless_told_to_show(tmp_path: Path, more: tuple[str, ...], hide: bool) -> None:
    project = tmp_path / "demo.gpkg"
    assert CliRunner().invoke(gridplan.main, ["demo", str(project)]).exit_code == 0
    community = build_demo().frames["communities"]["code"].iloc[0]
    asked = ["grids", str(project), "--community", str(community), "--time-limit", "5"]
    assert CliRunner().invoke(gridplan.main, asked).exit_code in (0, 1)
    assert CliRunner().invoke(gridplan.main, ["branches", str(project)]).exit_code == 0
    to = tmp_path / "plan.xlsx"
    asked = ["export", str(project), "--to", str(to), *more]
    assert CliRunner().invoke(gridplan.main, asked).exit_code == 0
    heads, *rows = openpyxl.load_workbook(to)["党组织设置"].iter_rows(values_only=True)
    members = [row[heads.index("正式党员")] for row in rows]
    assert bool({"1", "2"} & set(members)) != hide
    assert ("<3" in members) == hide
