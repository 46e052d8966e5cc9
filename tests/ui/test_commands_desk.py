"""The commands of the desk: exit codes, one document on stdout, nothing written where something is wrong."""

import json
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from gridplan import main
from scenarios.desk.desk import open_desk, read_history
from tests.scenarios.planned import by_row, put_plan

HOME = "999001001001"


@pytest.fixture
def project(small_project: Path) -> Path:
    put_plan(small_project, by_row)
    return small_project


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments), "--lang", "zh_Hans"])


def edited(project: Path, path: Path, **values: object) -> Path:
    assert run("assignment", project, "--to", path).exit_code == 0
    book = openpyxl.load_workbook(path)
    for place, value in values.items():
        book.worksheets[0][place] = value
    book.save(path)
    return path


def test_a_table_goes_out_and_comes_back_as_one_edit(project: Path, tmp_path: Path) -> None:
    before = open_desk(project)
    path = edited(project, tmp_path / "t.xlsx")
    done = run("adopt", project, path, "--json")
    assert json.loads(done.stdout)["applied"] is False
    assert open_desk(project).version == before.version
    edited(project, path, E3=f"{HOME}002")
    # It breaks the first row of parcels in two: taken, told, and exit code 1.
    done = run("adopt", project, path, "--author", "王工", "--note", "试", "--json")
    document = json.loads(done.stdout)
    assert done.exit_code == 1
    assert (document["cells"], document["households"], document["applied"]) == (1, 120, True)
    assert document["moves"] == [
        {"cell_id": "001-01", "from": f"{HOME}001", "to": f"{HOME}002", "households": 120}
    ]
    assert {item["rule"] for item in document["broken"]} == {"above_maximum", "not_contiguous"}
    last = read_history(project)[-1]
    assert (last.kind, last.author, last.note) == ("assign", "王工", "试")


def test_a_dry_run_writes_nothing(project: Path, tmp_path: Path) -> None:
    path = edited(project, tmp_path / "t.xlsx", E3=f"{HOME}002")
    version = open_desk(project).version
    done = run("adopt", project, path, "--dry-run")
    assert done.exit_code == 1
    assert f"{HOME}001 → {HOME}002  120 户" in done.stderr
    assert "只是预览" in done.stderr
    # The exit code alone told that something was wrong, and nothing said what.
    assert "不符合硬性规则 3 处" in done.stderr
    assert f"网格 {HOME}001：断成 2 片" in done.stderr
    assert open_desk(project).version == version


def test_faults_exit_with_2_and_are_all_listed(project: Path, tmp_path: Path) -> None:
    path = edited(project, tmp_path / "t.xlsx", E3="一号", A4="没有")
    done = run("adopt", project, path, "--json")
    assert done.exit_code == 2
    document = json.loads(done.stdout)
    assert document["error"] == "adoption_refused"
    assert [(item["code"], item["row"]) for item in document["faults"] if item["severity"] == "fault"] == [
        ("assignment_code_unfit", 3),
        ("assignment_cell_unknown", 4),
    ]
    assert "第 3 行 “网格编码”列" in done.stderr


def test_new_grids_are_made_only_when_asked_for(project: Path, tmp_path: Path) -> None:
    path = edited(project, tmp_path / "t.xlsx", E3=f"{HOME}008", E4=None)
    assert run("adopt", project, path).exit_code == 2
    done = run("adopt", project, path, "--new-grids", "--allow-blank", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["new_grids"] == {f"{HOME}008": "社区1008"}
    assert open_desk(project).measures.unassigned == ("001-02",)


def test_a_file_that_is_not_there_is_a_sentence(project: Path, tmp_path: Path) -> None:
    done = run("adopt", project, tmp_path / "gone.xlsx")
    assert done.exit_code == 2
    assert "gone.xlsx" in done.stderr
    assert run("assignment", project, "--to", tmp_path / "t.pdf").exit_code == 2
    assert run("assignment", project, "--to", project).exit_code == 2


def test_a_grid_is_explained_in_sentences_or_as_json(project: Path) -> None:
    said = run("explain", project, f"{HOME}001")
    assert said.exit_code == 0
    assert "450 户，在 300–500 户的范围内。" in said.stdout
    document = json.loads(run("explain", project, f"{HOME}001", "--json").stdout)
    assert document["households"] == 450
    assert sum(item["share"] for item in document["stretches"]) == pytest.approx(1)
    assert run("explain", project, "x").exit_code == 2
    assert run("explain", project, f"{HOME}001", "--scenario", "x").exit_code == 2
