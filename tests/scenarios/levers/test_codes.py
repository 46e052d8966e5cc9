"""The codes of a scenario's grids: its parent's where a grid goes on, never one for two grids."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import store
from scenarios.levers.answer import answer
from scenarios.levers.codes import codes_before, follow_codes
from scenarios.levers.pose import Posed, pose, read_filed
from scenarios.levers.registry import parse_lever
from scenarios.outcome import GridFacts, Outcome, Plan
from scenarios.plan import kept_plan
from scenarios.propose import Settings, propose
from scenarios.rules import GridRules
from scenarios.scenario_file import digest_plan, export_scenario, import_scenario
from scenarios.stability import surviving_grids
from scenarios.tree import fork_scenario, set_levers
from scenarios.workers import Workers
from tests.scenarios.levers.town import A, B, town

RULES = GridRules().with_band(100, 500)
LEVERS = ("counts=P1,households:180", f"n_grids={A},2")


def go(path: Path, name: str) -> Outcome:
    return answer(path, name, stop=lambda: False, on_progress=lambda _: None, workers=None).outcome


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, workers: Workers) -> Path:
    path = tmp_path_factory.mktemp("codes") / "town.gpkg"
    store.create_project(path, town())
    propose(path, Settings(rules=RULES), stop=lambda: False, on_progress=lambda _: None, workers=workers)
    fork_scenario(path, "base", "父")
    set_levers(path, "父", [parse_lever(f"n_grids={A},4")])
    go(path, "父")
    fork_scenario(path, "父", "子")
    return path


@pytest.fixture(scope="module")
def posed(project: Path) -> Posed:
    return pose(project, read_filed(project, "子"), time_limit_s=60)


def grids_of(plan: Plan) -> set[frozenset[str]]:
    held: dict[str, set[str]] = {}
    for cell, code in plan.grid_of_cell.items():
        if code is not None:
            held.setdefault(code, set()).add(cell)
    return {frozenset(cells) for cells in held.values()}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=6, max_size=6))
def test_survivors_bear_their_parents_codes_and_no_code_is_borne_twice(
    posed: Posed, project: Path, labels: list[int]
) -> None:
    parent = store.require_outcome(project, "父")
    home = next(item for item in posed.communities if item.code == A)
    numbers = [labels[at % len(labels)] for at in range(len(home.cell_ids))]
    codes = {f"{A}{number + 1:03d}" for number in numbers}
    plan = Plan(
        grid_of_cell={
            cell: f"{A}{number + 1:03d}" for cell, number in zip(home.cell_ids, numbers, strict=True)
        },
        facts={code: GridFacts(name=f"甲社区{code[-3:]}", kind="base", costs={"n": 1.0}) for code in codes},
        certificates=(),
    )
    followed = follow_codes(posed, {A: plan}, parent)[A]
    assert grids_of(followed) == grids_of(plan)
    assert set(followed.facts) == {code for code in followed.grid_of_cell.values() if code}
    assert digest_plan(followed.grid_of_cell) == digest_plan(plan.grid_of_cell)
    assert follow_codes(posed, {A: followed}, parent)[A] == followed
    cells = home.cells
    before = codes_before(posed, parent).loc[cells.index]
    now = cells["cell_id"].map(followed.grid_of_cell)
    survivors: Mapping[str, str] = surviving_grids(before, now, cells["households"])
    assert all(new == old for new, old in survivors.items())


def test_without_a_parent_codes_stay(posed: Posed, project: Path) -> None:
    parent = store.require_outcome(project, "父")
    home = next(item for item in posed.communities if item.code == A)
    plan = kept_plan(home, parent)
    assert plan is not None
    assert follow_codes(posed, {A: plan}, None) == {A: plan}


def test_a_plan_known_from_elsewhere_takes_the_parents_codes(project: Path) -> None:
    parent = store.require_outcome(project, "父")
    found = {}
    for under in ("base", "父"):
        name = f"在{under}下"
        fork_scenario(project, under, name)
        set_levers(project, name, [parse_lever(text) for text in LEVERS])
        found[under] = go(project, name)
    cells = found["父"].cells
    own = cells["community_code"] == A
    before = parent.cells.set_index("cell_id")["grid_code"].reindex(cells["cell_id"]).set_axis(cells.index)
    survivors = surviving_grids(before[own], cells["grid_code"][own], cells["households"][own])
    assert survivors
    assert all(new == old for new, old in survivors.items())
    for outcome in found.values():
        assert outcome.grids["code"].is_unique
    untouched = found["父"].cells["community_code"] == B
    assert (
        found["父"].cells.loc[untouched, "grid_code"].tolist()
        == found["base"].cells.loc[untouched, "grid_code"].tolist()
    )


def test_the_digest_of_a_file_does_not_hang_on_the_parent(project: Path) -> None:
    fork_scenario(project, "父", "出")
    set_levers(project, "出", [parse_lever(LEVERS[0])])
    go(project, "出")
    document = export_scenario(project, "出")
    import_scenario(project, document, "入")
    go(project, "入")
    again = export_scenario(project, "入")
    assert again["digest"] == document["digest"]
    assert again["plan_digest"] == document["plan_digest"]
