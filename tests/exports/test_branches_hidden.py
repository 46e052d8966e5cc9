"""What a proposal for branches does not tell: counts of 1 or 2 members, nor a number that gives one away."""

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import gridplan
from data.generate import build_demo
from exports.branches_hidden import hidden_members, hide_in_document
from exports.branches_table import cobuild_csv, places_csv
from scenarios.branches.document import branches_document
from scenarios.branches.propose import plan_branches
from scenarios.branches.table import read_branches
from scenarios.branches.values import BranchPlan, BranchSettings
from scenarios.ground import stand_on
from scenarios.store import create_project, read_layers
from tests.scenarios.test_branches import DAY, town
from ui.texts.catalog import Texts

ZH = Texts("zh_Hans")


def plan_of(tmp_path: Path, members: list[int]) -> BranchPlan:
    path = tmp_path / "town.gpkg"
    rows = [{"x": 500 + 10 * k, "y": 500, "members": n} for k, n in enumerate(members)]
    create_project(path, town(rows), replace=True)
    ground = stand_on(path, read_layers(path))
    return plan_branches(ground, BranchSettings(as_of=DAY), None, stop=lambda: False)


@pytest.mark.parametrize(
    ("members", "hidden"),
    [
        ([2, 2], True),  # 4 members at two places can only be 2 and 2
        ([1, 1, 1], True),
        ([1, 2], False),  # 3 may be 1 and 2 or 2 and 1
        ([2, 2, 1], False),
    ],
)
def test_the_members_of_a_joint_branch_are_told_only_where_they_settle_nothing(
    tmp_path: Path, members: list[int], hidden: bool
) -> None:
    plan = plan_of(tmp_path, members)
    (joint,) = [body for body in plan.bodies if body.level == "joint_branch"]
    found = hidden_members(plan)
    assert (joint.id in found.bodies) == hidden
    (row,) = hide_in_document(branches_document(plan), plan, found)["organisations"]
    assert row["formal_members"] == (None if hidden else sum(members))
    table = places_csv(plan, ZH, hide_small=True).decode("utf-8-sig")
    assert (f"合计 {sum(members)} 名" in table) != hidden


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.gpkg"
    create_project(path, build_demo())
    return path


def few_members(document: dict) -> list[object]:
    rows = [*document["places"], *document["organisations"]]
    found = [row["formal_members"] for row in rows]
    for row in rows:
        for why in [*row.get("reasons", ()), *row.get("formal", ()), *row.get("advice", ())]:
            found += [why["facts"].get(name) for name in ("n", "together")]
    return [count for count in found if count in (1, 2)]


@pytest.mark.parametrize("hide", [False, True])
def test_the_command_leaves_small_counts_out_when_asked(demo: Path, hide: bool) -> None:
    arguments = ["branches", str(demo), "--json", *(["--hide-small-counts"] if hide else [])]
    done = CliRunner().invoke(gridplan.main, arguments)
    assert done.exit_code == 0
    assert bool(few_members(json.loads(done.stdout))) != hide


def test_the_compounds_of_a_grid_give_no_hidden_count_away(demo: Path) -> None:
    CliRunner().invoke(gridplan.main, ["branches", str(demo), "--json"])
    plan = read_branches(demo, "base")[1]
    assert plan is not None
    found = hidden_members(plan)
    grids: dict[str | None, list[bool]] = {}
    for place in plan.places:
        if place.kind == "compound" and place.formal_members and place.grid_code:
            grids.setdefault(place.grid_code, []).append(place.id in found.places)
    assert any(any(marks) for marks in grids.values())
    for code, marks in grids.items():
        assert sum(marks) != 1 or code in found.places


def test_the_list_for_co_building_has_every_institution_once(demo: Path) -> None:
    CliRunner().invoke(gridplan.main, ["branches", str(demo), "--json"])
    plan = read_branches(demo, "base")[1]
    assert plan is not None
    rows = list(csv.reader(io.StringIO(cobuild_csv(plan, ZH).decode("utf-8-sig"))))
    own = [place for place in plan.places if place.kind == "institution"]
    assert len(rows) == 1 + len(own)
    assert rows[0] == ["网格", "网格编码", "名称", "行业", "共建协议", "建议"]
    assert {row[4] for row in rows[1:]} >= {"已签共建协议", "未签"}
    told = branches_document(plan)["grids"]
    assert sum(len(grid["institutions"]) for grid in told) == len(own)
    assert len({grid["grid_code"] for grid in told}) == len(told)
