"""The commands of scenarios: what they print, what they refuse, and that nothing is left half-written."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gridplan import main
from scenarios import store
from scenarios.propose import Settings, propose
from scenarios.workers import Workers
from tests.scenarios.levers.test_answer import RULES
from tests.scenarios.levers.town import A, B, C, at, town


@pytest.fixture(scope="module")
def solved_once(tmp_path_factory: pytest.TempPathFactory, workers: Workers) -> bytes:
    path = tmp_path_factory.mktemp("town") / "town.gpkg"
    store.create_project(path, town())
    propose(path, Settings(rules=RULES), stop=lambda: False, on_progress=lambda _: None, workers=workers)
    return path.read_bytes()


@pytest.fixture
def project(tmp_path: Path, solved_once: bytes) -> Path:
    path = tmp_path / "town.gpkg"
    path.write_bytes(solved_once)
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(item) for item in arguments])


def answer_of(*arguments: object) -> dict[str, object]:
    found = run(*arguments, "--json")
    assert found.exit_code in (0, 1), found.output
    document = json.loads(found.stdout)
    assert isinstance(document, dict)
    return document


def test_from_a_fork_to_a_comparison(project: Path) -> None:
    assert run("scenario", "fork", project, "base", "二期", "--note", "会前").exit_code == 0
    found = answer_of("scenario", "set", project, "二期", f"new_compound=临江二期,210,{at(450, 225)}")
    assert found["solved"] == [B]
    assert found["stale"] is False
    listed = answer_of("scenario", "list", project)["scenarios"]
    assert [item["scenario"] for item in listed] == ["base", "二期"]
    assert listed[1]["note"] == "会前"
    assert listed[1]["levers"][0]["key"] == "new_compound.临江二期"
    compared = answer_of("compare", project, "base", "二期")
    assert {"households_moved", "indicators", "changes"} <= compared.keys()
    households = next(item for item in compared["indicators"] if item["name"] == "households")
    assert households["differences"] == [0.0, 210.0]
    alone = answer_of("compare", project, "base", "base")
    assert (alone["households_moved"], alone["changes"]) == (0, [])
    assert run("compare", project, "base", "二期", "--lang", "zh_Hans").exit_code == 0


def test_a_scenario_survives_its_file_and_comes_out_alike(project: Path, tmp_path: Path) -> None:
    run("scenario", "fork", project, "base", "二期")
    levers = [f"new_compound=临江二期,210,{at(450, 225)}", "band=180,360", "weight.moved=0.5", "seed=3"]
    first = answer_of("scenario", "set", project, "二期", *levers)
    file = tmp_path / "二期.json"
    assert run("scenario", "export", project, "二期", "--to", file).exit_code == 0
    second = answer_of("scenario", "import", project, file, "--name", "再来")
    assert second["plan_digest"] == first["plan_digest"]
    assert second["solved"] == []
    again = tmp_path / "再来.json"
    run("scenario", "export", project, "再来", "--to", again)
    one, other = json.loads(file.read_text("utf-8")), json.loads(again.read_text("utf-8"))
    assert one["digest"] == other["digest"]
    assert one["plan_digest"] == other["plan_digest"] == first["plan_digest"]


def test_a_plan_that_is_not_what_was_asked_for_says_why(project: Path) -> None:
    run("scenario", "fork", project, "base", "多")
    found = run("scenario", "set", project, "多", f"n_grids.{C}=99", "--lang", "zh_Hans")
    assert found.exit_code == 1
    assert "要求分成 99 个网格，但没有这样的划分" in found.stderr


def test_dropping_renaming_noting_preferring_archiving_deleting(project: Path) -> None:
    run("scenario", "fork", project, "base", "甲")
    run("scenario", "set", project, "甲", "n_grids." + C + "=1", "--later")
    assert answer_of("scenario", "list", project)["scenarios"][1]["stale"] is True
    assert answer_of("scenario", "solve", project)["scenario"] == "甲"
    assert run("scenario", "set", project, "甲", "--drop", f"n_grids.{C}").exit_code == 0
    for command in (
        ["rename", project, "甲", "乙"],
        ["note", project, "乙", "备忘"],
        ["prefer", project, "乙"],
        ["archive", project, "乙"],
    ):
        assert run("scenario", *command).exit_code == 0
    node = answer_of("scenario", "list", project)["scenarios"][1]
    assert (node["scenario"], node["note"], node["preferred"], node["archived"]) == ("乙", "备忘", True, True)
    assert node["levers"] == []
    run("scenario", "fork", project, "乙", "丙")
    run("scenario", "prefer", project, "丙")
    preferred = [
        item["scenario"] for item in answer_of("scenario", "list", project)["scenarios"] if item["preferred"]
    ]
    assert preferred == ["丙"]
    assert run("scenario", "delete", project, "乙").exit_code == 0
    assert [item["parent"] for item in answer_of("scenario", "list", project)["scenarios"]] == [None, "base"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["set", "甲", "bands=1,2"], "lever_unknown"),
        (["set", "甲", "band=5"], "lever_field_missing"),
        (["set", "甲", "band=x,y"], "lever_value_unreadable"),
        (["set", "甲"], "lever_not_written"),
        (["set", "甲", "demolition=nobody"], "lever_target_missing"),
        (["set", "甲", "rule.max_households=5"], "band_upside_down"),
        (["set", "甲", "rule.nothing=5"], "unknown_rule"),
        (["set", "甲", f"merge_community={A},{C}"], "lever_not_neighbours"),
        (["set", "甲", "--drop", "band"], "lever_not_set"),
        (["set", "nobody", "band=1,2"], "unknown_scenario"),
        (["set", "base", "band=1,2"], "scenario_is_base"),
        (["fork", "base", "甲"], "scenario_exists"),
        (["fork", "nobody", "乙"], "unknown_scenario"),
        (["fork", "base", "  "], "scenario_name_empty"),
        (["rename", "甲", "base"], "scenario_exists"),
        (["rename", "base", "乙"], "scenario_is_base"),
        (["delete", "base"], "scenario_is_base"),
        (["delete", "nobody"], "unknown_scenario"),
        (["note", "nobody", "x"], "unknown_scenario"),
        (["prefer", "nobody"], "unknown_scenario"),
        (["solve", "nobody"], "unknown_scenario"),
    ],
)
def test_bad_input_is_refused_in_words_and_leaves_the_project_alone(
    project: Path, arguments: list[str], code: str
) -> None:
    run("scenario", "fork", project, "base", "甲")
    before = answer_of("scenario", "list", project)
    found = run("scenario", arguments[0], project, *arguments[1:], "--json", "--lang", "en")
    assert found.exit_code == 2
    assert json.loads(found.stdout)["error"] == code
    assert len(found.stderr.strip().splitlines()[-1]) > 20
    assert answer_of("scenario", "list", project) == before


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["base"], "compare_too_few"),
        (["base"] * 5, "compare_too_many"),
        (["base", "nobody"], "unknown_scenario"),
    ],
)
def test_a_comparison_of_what_is_not_there_is_refused(project: Path, names: list[str], code: str) -> None:
    found = run("compare", project, *names, "--json")
    assert found.exit_code == 2
    assert json.loads(found.stdout)["error"] == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "scenario_file_unreadable"),
        ("[]", "scenario_file_unreadable"),
        ('{"format": "other", "levers": []}', "scenario_file_unknown"),
        (
            '{"format": "gridplan-scenario/1", "name": "乙", "levers": [], "digest": "0"}',
            "scenario_file_changed",
        ),
        (
            '{"format": "gridplan-scenario/1", "name": "乙", "levers": [{"lever": "no"}]}',
            "lever_unknown",
        ),
        (
            '{"format": "gridplan-scenario/1", "name": "乙",'
            ' "levers": [{"lever": "demolition", "target": "x"}]}',
            "lever_target_missing",
        ),
        ('{"format": "gridplan-scenario/1", "name": "", "levers": []}', "scenario_name_empty"),
    ],
)
def test_a_file_that_is_none_leaves_nothing_behind(
    project: Path, tmp_path: Path, text: str, code: str
) -> None:
    file = tmp_path / "x.json"
    file.write_text(text, encoding="utf-8")
    before = answer_of("scenario", "list", project)
    found = run("scenario", "import", project, file, "--json")
    assert found.exit_code == 2
    assert json.loads(found.stdout)["error"] == code
    assert answer_of("scenario", "list", project) == before


def test_the_project_is_never_written_over_by_an_export(project: Path) -> None:
    before = project.read_bytes()
    assert run("scenario", "export", project, "base", "--to", project).exit_code == 2
    assert project.read_bytes() == before


def test_the_levers_are_listed_with_their_fields() -> None:
    listed = answer_of("scenario", "levers")
    assert listed["band"] == {
        "low": {"kind": "count", "required": True, "low": 0, "high": 1000000},
        "high": {"kind": "count", "required": True, "low": 1, "high": 1000000},
    }
    assert "band=low,high" in run("scenario", "levers", "--lang", "en").stdout


def test_a_curve_has_a_plan_behind_every_point(project: Path) -> None:
    run("scenario", "fork", project, "base", "甲")
    assert run("scenario", "set", project, "甲", "band=100,600").exit_code == 0
    found = answer_of("sensitivity", project, "甲", f"n_grids.{C}={{x}}", "1..2/1")
    assert [point["value"] for point in found["points"]] == [1.0, 2.0]
    assert len({point["plan_digest"] for point in found["points"]}) == 2
    assert run("sensitivity", project, "甲", f"n_grids.{C}={{x}}", "1..2/1").stdout.count("\t") > 10
    refused = run("sensitivity", project, "甲", "weight.moved={x}", "2..1/1", "--json")
    assert (refused.exit_code, json.loads(refused.stdout)["error"]) == (2, "range_empty")
