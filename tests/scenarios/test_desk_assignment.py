"""An assignment table goes out and comes back: only what differs is an edit, all faults are told at once."""

import csv
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exports.assignment import ENDINGS, write_assignment
from geo.read_files import read_sources
from geo.values import clean_text
from scenarios.adoption.adopt import apply, preview
from scenarios.adoption.difference import Adoption, Allow, Standing, stand
from scenarios.adoption.table import adopt_table
from scenarios.desk.desk import Desk, do_edit, open_desk, read_history, undo
from scenarios.errors import AdoptionError, EditConflict
from tests.scenarios.planned import by_row, put_plan
from ui.messages import fault_text
from ui.texts.catalog import LANGUAGES, Texts, read_catalog

HOME, OTHER = "999001001001", "999001001002"
TEXTS = Texts("zh_Hans")


@pytest.fixture
def desk(small_project: Path) -> Desk:
    return put_plan(small_project, by_row)


@pytest.fixture
def table(desk: Desk, tmp_path: Path) -> Path:
    path = tmp_path / "表.xlsx"
    write_assignment(stand(desk), path, TEXTS)
    return path


def change(path: Path, *edits: tuple[int, int, object]) -> None:
    """Put values into cells of the first sheet: row, column, value."""
    book = openpyxl.load_workbook(path)
    for row, column, value in edits:
        book.worksheets[0].cell(row, column).value = value
    book.save(path)


def faults(desk: Desk, path: Path, **allowed: bool) -> list[tuple[str, int | None, str | None]]:
    with pytest.raises(AdoptionError) as refused:
        preview(desk, path, allow=Allow(**allowed))
    found = refused.value.facts["faults"]
    assert refused.value.facts["n"] == sum(item.severity == "fault" for item in found)
    return [(item.code, item.row, item.column) for item in found if item.severity == "fault"]


def codes(adoption: Adoption) -> list[str]:
    return [item.code for item in adoption.findings]


clean = st.text(
    st.characters(exclude_categories=("C", "Z"), exclude_characters=";"), min_size=1, max_size=8
).map(lambda text: str(clean_text(text).value or "x"))
digits = st.from_regex(r"[0-9]{1,6}", fullmatch=True)
formulas = st.builds(str.__add__, st.sampled_from(["=", "+", "-", "@", "'=", "''+"]), clean)
ids = st.one_of(clean, digits, formulas).filter(
    lambda text: text.lower() not in ("total", "totals", "sum") and clean_text(text).value == text
)


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    """A plan of two communities whose ids and names are whatever an import lets through."""
    cells = draw(st.lists(ids, min_size=1, max_size=12, unique=True))
    homes = {cell: draw(st.sampled_from((HOME, OTHER))) for cell in cells}
    grids = {cell: draw(st.sampled_from((None, "001", "002", "003"))) for cell in cells}
    grid_of_cell = {cell: None if number is None else homes[cell] + number for cell, number in grids.items()}
    codes = sorted({code for code in grid_of_cell.values() if code is not None})
    return Standing(
        cells=gpd.GeoDataFrame(),
        grid_of_cell=grid_of_cell,
        community_of_cell=homes,
        compound_of_cell={cell: draw(st.none() | clean) for cell in cells},
        households_of_cell={cell: draw(st.integers(0, 500)) for cell in cells},
        names={code: draw(clean) for code in codes},
        communities={HOME: draw(clean), OTHER: draw(clean)},
        compounds={},
        today={},
        used=frozenset(codes),
    )


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(standing=standings(), ending=st.sampled_from(ENDINGS), language=st.sampled_from(list(LANGUAGES)))
def test_an_unchanged_table_changes_nothing(
    standing: Standing, ending: str, language: str, tmp_path: Path
) -> None:
    path = tmp_path / f"t{ending}"
    write_assignment(standing, path, Texts(language))
    adoption = adopt_table(read_sources([path]), path.name, standing, allow=Allow())
    assert adoption.is_empty
    assert adoption.findings == ()


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(standing=standings(), ending=st.sampled_from(ENDINGS), data=st.data())
def test_exactly_the_cells_that_were_given_another_code_move(
    standing: Standing, ending: str, data: st.DataObject, tmp_path: Path
) -> None:
    wanted = {
        cell: data.draw(st.sampled_from((None, f"{home}001", f"{home}007")), label=cell)
        for cell, home in standing.community_of_cell.items()
    }
    changed = {**standing.grid_of_cell, **wanted}
    path = tmp_path / f"t{ending}"
    written = Standing(
        **{name: getattr(standing, name) for name in Standing.__slots__} | {"grid_of_cell": changed}
    )
    write_assignment(written, path, TEXTS)
    allow = Allow(new_grids=True, unassigned=True)
    adoption = adopt_table(read_sources([path]), path.name, standing, allow=allow)
    moved = {move.cell_id: move.after for move in adoption.moves}
    assert moved == {cell: code for cell, code in wanted.items() if code != standing.grid_of_cell[cell]}
    households = standing.households_of_cell
    assert adoption.households == sum(households[cell] for cell in moved)
    assert set(adoption.new_grids) == {code for code in wanted.values() if code} - set(standing.names)


def test_a_change_becomes_one_edit_that_undo_takes_back(desk: Desk, table: Path) -> None:
    change(table, (3, 5, f"{HOME}002"), (4, 5, f"{HOME}002"))
    adoption = preview(desk, table)
    assert [(move.cell_id, move.before, move.after) for move in adoption.moves] == [
        ("001-01", f"{HOME}001", f"{HOME}002"),
        ("001-02", f"{HOME}001", f"{HOME}002"),
    ]
    (flow,) = adoption.flows
    assert (flow.before, flow.after, flow.n_cells, flow.households) == (
        f"{HOME}001",
        f"{HOME}002",
        2,
        120 + 130,
    )
    after = apply(desk, adoption, author="李工", note="社区会商")
    last = read_history(desk.path)[-1]
    assert (last.kind, last.author, last.note, last.n_cells) == ("assign", "李工", "社区会商", 2)
    assert open_desk(desk.path).plan == after.plan
    assert undo(after, author="李工").plan == desk.plan


def test_what_was_looked_at_is_not_laid_over_newer_edits(desk: Desk, table: Path) -> None:
    change(table, (3, 5, f"{HOME}002"))
    adoption = preview(desk, table)
    apply(desk, adoption, author="甲")
    with pytest.raises(EditConflict):
        apply(desk, adoption, author="乙")


def test_every_fault_is_told_at_once_with_row_and_column_and_nothing_is_done(desk: Desk, table: Path) -> None:
    change(
        table,
        (2, 1, "没有这个"),
        (3, 5, 9.99001e14 + 0.5),
        (4, 5, f"{OTHER}001"),
        (5, 5, "一号"),
        (6, 5, f"{HOME}009"),
        (7, 5, None),
        (8, 1, None),
        (9, 1, "001-20"),
        (10, 5, "9.99001E+14"),
    )
    assert faults(desk, table) == [
        ("assignment_cell_unknown", 2, "cell_id"),
        ("assignment_code_unfit", 3, "grid_code"),
        ("assignment_code_elsewhere", 4, "grid_code"),
        ("assignment_code_unfit", 5, "grid_code"),
        ("assignment_code_unknown", 6, "grid_code"),
        ("assignment_code_blank", 7, "grid_code"),
        ("assignment_cell_blank", 8, "cell_id"),
        ("assignment_rounded", 10, "grid_code"),
    ]
    assert open_desk(desk.path).version == desk.version


def test_a_table_from_before_a_recode_is_told_of_once(desk: Desk, table: Path) -> None:
    # Each of its rows was listed with the same long sentence, and none said what the code is now.
    cells = [cell for cell, code in desk.plan.grid_of_cell.items() if code == f"{HOME}001"]
    for old, new in (("001", "021"), ("021", "031")):
        desk = do_edit(desk, "recode", {"grid": HOME + old, "code": HOME + new}, author="李静")
    with pytest.raises(AdoptionError) as refused:
        preview(desk, table)
    (item,) = refused.value.facts["faults"]
    assert (item.code, item.facts["now"]) == ("assignment_code_recoded", f"{HOME}031")
    assert len(item.facts["rows"]) == len(cells)
    said = fault_text(item, TEXTS)
    assert f"2–{len(cells) + 1}" in said.where
    assert f"{HOME}031" in said.mend


def test_a_recode_that_was_undone_is_none(desk: Desk, table: Path) -> None:
    desk = undo(do_edit(desk, "recode", {"grid": f"{HOME}001", "code": f"{HOME}021"}, author=""), author="")
    assert stand(desk).recoded == {}
    assert preview(desk, table).is_empty


def test_cells_with_the_same_fault_are_named_together(desk: Desk, table: Path) -> None:
    change(table, (2, 5, None), (3, 5, None), (5, 5, None))
    with pytest.raises(AdoptionError) as refused:
        preview(desk, table)
    (item,) = refused.value.facts["faults"]
    assert item.facts["cell"] == ("001-00", "001-01", "001-03")
    assert item.facts["rows"] == (2, 3, 5)
    assert "2–3、5" in fault_text(item, TEXTS).where


def test_a_cell_twice_is_a_fault_only_where_the_rows_differ(desk: Desk, table: Path) -> None:
    change(table, (3, 1, "001-00"))
    assert codes(preview(desk, table)) == ["assignment_cell_repeated", "assignment_rows_missing"]
    change(table, (3, 5, f"{HOME}002"))
    assert faults(desk, table) == [("assignment_cell_twice", 3, "cell_id")]


def test_numbers_full_width_digits_and_blanks_are_read(desk: Desk, table: Path) -> None:
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    change(
        table,
        (2, 5, 999001001001002),
        (3, 5, 999001001001002.0),
        (4, 5, f"{HOME}002".translate(wide)),
        (5, 5, f" {HOME[:6]} {HOME[6:]}002\u00a0"),
        (5, 1, " 001-03\u200b"),
    )
    adoption = preview(desk, table)
    assert [move.after for move in adoption.moves] == [f"{HOME}002"] * 4
    assert codes(adoption) == ["assignment_tidied"]
    assert adoption.emptied == (f"{HOME}001",)


def test_a_sixteenth_digit_is_lost_in_a_number(desk: Desk, table: Path) -> None:
    change(table, (2, 5, 9990010010010020))
    assert faults(desk, table) == [("assignment_rounded", 2, "grid_code")]


def test_rows_left_out_keep_their_grid_and_are_counted(desk: Desk, table: Path) -> None:
    book = openpyxl.load_workbook(table)
    book.worksheets[0].delete_rows(6, 100)
    book.save(table)
    change(table, (2, 5, f"{HOME}002"))
    adoption = preview(desk, table)
    assert len(adoption.moves) == 1
    (missing,) = adoption.findings
    assert (missing.code, missing.facts["n"]) == ("assignment_rows_missing", 14)


def test_columns_may_be_moved_renamed_and_have_a_title_above(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "改.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["示范街道网格调整表", "", ""])
        writer.writerow(["备注", "所属网格", "基本单元", "户数"])
        writer.writerow(["会商", f"{HOME}002", "001-00", "110"])
        writer.writerow(["", "", "", "合计 110"])
        writer.writerow(["", f"{HOME}009", "001-01", ""])
    assert faults(desk, path) == [("assignment_code_unknown", 5, "grid_code")]
    adoption = preview(desk, path, allow=Allow(new_grids=True))
    assert [(move.cell_id, move.after) for move in adoption.moves] == [
        ("001-00", f"{HOME}002"),
        ("001-01", f"{HOME}009"),
    ]
    assert "text_encoding" in codes(adoption)


def test_a_table_without_the_two_columns_is_no_assignment(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("户数,社区\n1,2\n", encoding="utf-8")
    assert faults(desk, path) == [("polygons_missing", None, None)]


def test_blank_codes_take_cells_out_only_when_allowed(desk: Desk, table: Path) -> None:
    change(table, (2, 5, None))
    assert faults(desk, table) == [("assignment_code_blank", 2, "grid_code")]
    adoption = preview(desk, table, allow=Allow(unassigned=True))
    assert [(move.cell_id, move.after) for move in adoption.moves] == [("001-00", None)]
    assert apply(desk, adoption, author="").measures.unassigned == ("001-00",)


def test_new_grids_take_their_name_from_the_second_sheet(desk: Desk, table: Path) -> None:
    change(table, (2, 5, f"{HOME}009"), (3, 5, f"{HOME}010"))
    book = openpyxl.load_workbook(table)
    grids = book.worksheets[1]
    grids.append([f"{HOME}009", "河西网格"])
    grids.cell(2, 2).value = "新名"
    book.save(table)
    adoption = preview(desk, table, allow=Allow(new_grids=True))
    assert adoption.new_grids == {f"{HOME}009": "河西网格", f"{HOME}010": "社区1010"}
    assert adoption.renamed == {f"{HOME}001": "新名"}
    after = apply(desk, adoption, author="")
    assert after.plan.grids[f"{HOME}009"].name == "河西网格"
    assert after.plan.grids[f"{HOME}001"].name == "新名"


def test_zeros_that_a_spreadsheet_took_are_put_back_only_where_one_id_fits() -> None:
    from scenarios.adoption.difference import know  # noqa: PLC0415 - only this test

    known = know(["007", "12", "0012", "A-1", "a-2"])
    assert known.find("7") == "007"
    assert known.find("12") == "12"
    assert known.find("00012") is None
    assert known.find("ａ－１") == "A-1"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_has_a_sentence_and_a_mend(language: str) -> None:
    import re  # noqa: PLC0415 - only this test

    root = Path(__file__).parents[2] / "scenarios" / "adoption"
    source = "".join(
        (root / name).read_text(encoding="utf-8")
        for name in ("table.py", "polygons.py", "polygon_fit.py", "polygon_codes.py")
    )
    found = set(re.findall(r'"((?:assignment|polygons?|cells?)_[a-z_]+)"', source)) - {"cell_id"}
    assert len(found) > 20
    known = read_catalog(language)
    assert {
        code for code in found if not {f"faults.{code}.text", f"faults.{code}.mend"} <= known.keys()
    } == set()
