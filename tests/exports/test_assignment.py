"""The assignment table as a spreadsheet sees it."""

import csv
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest

from exports.assignment import write_assignment
from exports.errors import EndingError, WriteError
from scenarios.adoption.difference import Standing
from ui.texts.catalog import LANGUAGES, Texts

HOME = "999001001001"
EVIL = '=HYPERLINK("http://x","甲")'


@pytest.fixture
def standing() -> Standing:
    ids = ("007", "+1", EVIL, "-2", "@x")
    return Standing(
        cells=gpd.GeoDataFrame(),
        grid_of_cell={cell: None if cell == "@x" else f"{HOME}001" for cell in ids},
        community_of_cell=dict.fromkeys(ids, HOME),
        compound_of_cell={cell: "XQ1" if cell == "007" else None for cell in ids},
        households_of_cell={cell: 10 * at for at, cell in enumerate(ids)},
        names={f"{HOME}001": "=1+1"},
        communities={HOME: "听松社区"},
        compounds={"XQ1": "丹桂花园"},
        today={},
        used=frozenset(),
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_header_is_in_the_reader_s_language_frozen_and_filtered(
    standing: Standing, language: str, tmp_path: Path
) -> None:
    texts = Texts(language)
    write_assignment(standing, tmp_path / "t.xlsx", texts)
    cells, grids = openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets
    assert [cell.value for cell in cells[1]] == [
        texts(f"exchange.column.{name}")
        for name in ("cell_id", "compound", "community", "households", "grid_code")
    ]
    assert (cells.freeze_panes, cells.auto_filter.ref) == ("A2", "A1:E6")
    assert (cells.title, grids.title) == (texts("exchange.sheet.cells"), texts("exchange.sheet.grids"))
    assert [cell.value for cell in grids[2]] == [f"{HOME}001", "=1+1", "听松社区"]


def test_text_stays_text_and_households_are_numbers(standing: Standing, tmp_path: Path) -> None:
    write_assignment(standing, tmp_path / "t.xlsx", Texts("zh_Hans"))
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets[0]
    rows = {row[0].value: row for row in sheet.iter_rows(min_row=2)}
    assert set(rows) == {"007", "+1", EVIL, "-2", "@x"}
    for row in rows.values():
        assert [cell.data_type for cell in row] != ["f"] * 5
        assert row[0].data_type == "s"
        assert row[4].number_format == "@"
        assert row[3].data_type == "n"
    assert rows["007"][1].value == "丹桂花园"
    assert rows[EVIL][0].quotePrefix
    assert rows["@x"][4].value is None
    grids = openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets[1]
    assert grids["B2"].data_type == "s"


def test_csv_has_the_mark_and_no_formula(standing: Standing, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    write_assignment(standing, path, Texts("zh_Hans"))
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["基本单元编号", "小区", "社区", "户数", "网格编码"]
    assert not [value for row in rows for value in row if value.startswith(("=", "+", "-", "@"))]
    assert f"'{EVIL}" in {row[0] for row in rows}


def test_other_endings_and_missing_folders_are_refused(standing: Standing, tmp_path: Path) -> None:
    with pytest.raises(EndingError, match="unknown_ending"):
        write_assignment(standing, tmp_path / "t.pdf", Texts("en"))
    with pytest.raises(WriteError, match="no_folder"):
        write_assignment(standing, tmp_path / "gone" / "t.csv", Texts("en"))
    assert list(tmp_path.iterdir()) == []
