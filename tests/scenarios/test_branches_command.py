"""The command `gridplan branches`: one document, or the reason why not."""

import json
from pathlib import Path

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner

import gridplan
from data.generate import build_demo
from scenarios.branches.table import read_branches, save_settings
from scenarios.branches.values import BranchSettings
from scenarios.project.connect import writing
from scenarios.project.schema import SCENARIOS
from scenarios.rules import WorkRules
from scenarios.store import create_project


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.gpkg"
    create_project(path, build_demo())
    return path


def test_the_command_prints_places_organisations_coverage_and_certificate(demo: Path) -> None:
    done = CliRunner().invoke(gridplan.main, ["branches", str(demo), "--scenario", "base", "--json"])
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert {"places", "organisations", "coverage", "certificate"} <= document.keys()
    place, body = document["places"][0], document["organisations"][0]
    fields = ("id", "kind", "name", "community_code", "grid_code", "formal_members", "decision", "reasons")
    assert {*fields, "organisation"} <= place.keys()
    assert {"id", "level", "formal_members", "places", "max_distance_m"} <= body.keys()
    assert document["certificate"]["proven"] == (document["certificate"]["gap"] == 0)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--scenario", "nowhere"], "unknown_scenario"),
        (["--rule", "joint_distance_m=-1"], "rule_out_of_range"),
        (["--rule", "joint_distance_m"], "not_name_equals_number"),
    ],
)
def test_the_command_refuses_what_it_cannot_do(demo: Path, arguments: list[str], code: str) -> None:
    done = CliRunner().invoke(gridplan.main, ["branches", str(demo), *arguments, "--json"])
    assert done.exit_code == 2
    assert json.loads(done.stdout)["error"] == code


def test_a_scenario_made_from_another_has_its_rules_until_it_has_its_own(demo: Path) -> None:
    with writing(demo) as connection:
        rows = [("base", None), ("child", "base"), ("grandchild", "child")]
        facts = {"seed": 1, "rules": "{}", "weights": "{}"}
        connection.execute(insert(SCENARIOS), [{"name": n, "parent": p, **facts} for n, p in rows])
    near = BranchSettings(rules=WorkRules().with_values({"joint_distance_m": 300}))
    far = BranchSettings(rules=WorkRules().with_values({"joint_distance_m": 900}))
    save_settings(demo, "base", near)
    assert read_branches(demo, "grandchild") == (near, None)
    save_settings(demo, "child", far)
    assert read_branches(demo, "grandchild") == (far, None)
    assert read_branches(demo, "base")[0] == near
