"""The workbook: other programs read the plan's figures from it, and no name becomes a formula."""

import csv
import dataclasses
import io
import shutil
import subprocess

import openpyxl
import pytest

from exports.book_sheet import Field, Sheet
from exports.choices import SheetChoices
from exports.formats import FORMATS, export, write_request
from exports.request import Request
from exports.workbook import fill_page
from scenarios.branches.values import Because, Body, BranchPlan, BranchSettings, Place
from ui.texts.catalog import Texts


@pytest.fixture(scope="module")
def book(exported):
    return openpyxl.load_workbook(exported[".xlsx"])


def table(page) -> list[dict]:
    heads, *rows = page.iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_sheets_bear_titles_in_the_language(book):
    assert book.sheetnames == [
        "概况",
        "网格",
        "基本单元",
        "各项代价",
        "规则与依据",
    ]  # no changes without today's grids, no branches without a proposal
    assert ".xlsx" in FORMATS


def test_grids_and_households_are_those_of_the_plan(book, outcome):
    rows = {row["网格编码"]: row for row in table(book["网格"])}
    assert list(rows) == list(outcome.grids["code"])
    for grid in outcome.grids.to_dict("records"):
        assert rows[grid["code"]]["户数"] == grid["households"]
        assert rows[grid["code"]]["人口"] == grid["residents"]
        assert isinstance(rows[grid["code"]]["面积（平方米）"], int)


def test_cells_add_up_to_their_grids(book, outcome):
    sums: dict[str, int] = {}
    for row in table(book["基本单元"]):
        sums[row["所属网格"]] = sums.get(row["所属网格"], 0) + row["户数"]
    assert sums == dict(zip(outcome.grids["code"], outcome.grids["households"], strict=True))


def test_text_that_looks_like_a_formula_stays_text(book):
    nasty = [
        cell
        for page in book
        for line in page.iter_rows()
        for cell in line
        if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@"))
    ]
    assert any(cell.value == '=HYPERLINK("x")' for cell in nasty)
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in nasty)


def test_codes_stay_whole(book):
    """A code of fifteen digits read as a number would lose its last ones."""
    codes = book["网格"]["A"][1:]
    assert codes
    assert all(cell.data_type == "s" and cell.number_format == "@" for cell in codes)


def test_heads_are_frozen_and_tables_filtered(book):
    for page in list(book)[1:]:
        assert page.freeze_panes in ("A2", "B2")
        assert page.auto_filter.ref.startswith("A1:")
        assert page.print_title_rows == "$1:$1"


def test_rules_name_their_sources(book):
    rules = {row["规则"]: row for row in table(book["规则与依据"])}
    assert "GB/T 34300" in rules["网格最多户数"]["依据"]


def test_changes_against_today_add_up(outcome, tmp_path):
    today = outcome.grids[["code", "name", "kind", "community_code", "geometry"]].copy()
    today.loc[:, "code"] = ["999001001001002", "999001001001001", *today["code"][2:]]
    # Two grids swap their codes: nobody moves, because each grid succeeds the one with its households.
    export(outcome, tmp_path / "x.xlsx", Texts("en"), layers={"grids": today})
    assert table(openpyxl.load_workbook(tmp_path / "x.xlsx")["Changes against today"]) == []
    merged = today.dissolve("community_code", as_index=False).assign(code=["A", "B"])
    export(outcome, tmp_path / "y.xlsx", Texts("en"), layers={"grids": merged})
    moved = table(openpyxl.load_workbook(tmp_path / "y.xlsx")["Changes against today"])
    by_home = outcome.grids.groupby("community_code")["households"].agg(["sum", "max"])
    assert sum(row["Households"] for row in moved) == int((by_home["sum"] - by_home["max"]).sum())


def test_scenarios_stand_side_by_side_and_moves_between_them_add_up(outcome, tmp_path):
    cells = outcome.cells.copy()
    cells.loc[cells["cell_id"] == "元1-1", "grid_code"] = "999001001001002"
    other = dataclasses.replace(outcome, scenario="second", cells=cells)
    request = Request(outcome=outcome, texts=Texts("zh_Hans"), others=(other,))
    write_request(request, tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    rows = {row["指标"]: row for row in table(book["方案对比"])}
    assert rows["户数"]["second"] == int(outcome.cells["households"].sum())
    moved = table(book["方案之间的调整"])
    assert [(row["另一方案"], row["户数"]) for row in moved] == [("second", 44)]


@pytest.mark.parametrize("hide", [True, False])
def test_branches_stand_with_their_reasons_and_small_counts_hidden(outcome, tmp_path, hide):
    place = Place(
        id="i1",
        kind="institution",
        source_id="1",
        name="=清河小学",
        community_code="999001001001",
        grid_code="999001001001001",
        formal_members=2,
        decision="not_yet",
        reasons=(Because(code="isolated", facts={"lack": 1}),),
    )
    body = Body(
        id="o1", name="第一党支部", level="branch", formal_members=2, places=("i1",), max_distance_m=0,
        status="existing",
    )  # fmt: skip
    plan = BranchPlan(
        scenario="base", settings=BranchSettings(), as_of=None, places=(place,), bodies=(body,),
        coverage=(), stages=(), runtime_s=0.0,
    )  # fmt: skip
    request = Request(
        outcome=outcome, texts=Texts("zh_Hans"), branches=plan, sheet=SheetChoices(hide_small=hide)
    )
    write_request(request, tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    (row,) = table(book["党组织设置"])
    assert (row["名称"], row["建议"]) == ("=清河小学", "暂不具备条件")
    assert row["正式党员"] == ("<3" if hide else "2")
    assert ("1 名" in row["理由"]) != hide
    (listed,) = table(book["党组织名单"])
    assert (listed["组织"] if "组织" in listed else listed["党组织"]) == "第一党支部"


def test_office_opens_it(exported, tmp_path, outcome):
    """LibreOffice reads the sheet of grids as it stands."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    second_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2"
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    arguments = [profile, "--headless", "--convert-to", second_sheet, "--outdir", str(tmp_path)]
    done = subprocess.run(
        [office, *arguments, str(exported[".xlsx"])], capture_output=True, text=True, check=False
    )
    made = list(tmp_path.glob("*.csv"))
    if not made:
        pytest.skip(f"LibreOffice has no Calc: {done.stderr[-200:]}")
    rows = list(csv.DictReader(io.StringIO(made[0].read_text(encoding="utf-8"))))
    assert [row["网格编码"] for row in rows] == list(outcome.grids["code"])
    assert [int(row["户数"].replace(",", "")) for row in rows] == list(outcome.grids["households"])


def test_sentences_have_rows_as_high_as_they_need():
    """Programs that do not find the height of wrapped text by themselves printed rows over each other."""
    long = "这一项缺得很多" * 20
    sheet = Sheet(name="gaps", fields=[Field(title="缺项", width=40)], rows=[[long], ["短"]])
    page = openpyxl.Workbook().active
    fill_page(page, sheet)
    assert page.row_dimensions[2].height >= 7 * 15
    assert page.row_dimensions[3].height is None
