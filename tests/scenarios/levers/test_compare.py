"""Comparisons add up both ways, find nothing between a plan and itself, and say only what is true."""

import functools
from collections.abc import Mapping
from dataclasses import asdict
from itertools import permutations
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.changes import from_name
from exports.compare import differ
from geo.cells import cut_cells
from geo.layers import STORAGE_CRS
from scenarios import store
from scenarios.assemble import assemble
from scenarios.comparison.compare import Comparison, compare, moved_borders
from scenarios.comparison.indicators import measure
from scenarios.desk.forks import fork_scenario
from scenarios.document import unmet
from scenarios.levers.causes import find_causes, list_sentences, place_names
from scenarios.levers.stand import stand
from scenarios.outcome import GridFacts, Outcome, Plan
from scenarios.propose import Settings, propose
from scenarios.rules import GridRules
from scenarios.workers import Workers
from tests.scenarios.levers.test_answer import RULES, go, set_levers
from tests.scenarios.levers.town import A, B, C, at, town
from ui.scenarios_words import grid_name, sentence_text
from ui.texts.catalog import LANGUAGES, Texts


@functools.cache
def town_cells():
    return cut_cells(town()).cells.to_crs(STORAGE_CRS)


def outcome_of(labels: list[int], name: str = "a") -> Outcome:
    """The town divided as the labels say; -1 is no grid."""
    cells = town_cells()
    codes = {
        str(cell): None if label < 0 else f"{code}{label:03d}"
        for cell, code, label in zip(cells["cell_id"], cells["community_code"], labels, strict=True)
    }
    used = sorted({code for code in codes.values() if code})
    facts = {code: GridFacts(name=code, kind="base", costs={"cost_boundary": 1.0}) for code in used}
    plan = Plan(grid_of_cell=codes, facts=facts, certificates=())
    return assemble(
        scenario=name,
        cells=cells,
        plan=plan,
        communities=town().frames["communities"],
        summary={"in_band_share": 0.5},
        rules=asdict(GridRules()),
    )


LABELS = st.lists(st.integers(-1, 3), min_size=9, max_size=9)


@given(one=LABELS)
@settings(max_examples=15, deadline=None)
def test_a_plan_does_not_differ_from_itself(one: list[int]) -> None:
    outcome = outcome_of(one)
    found = compare(outcome, outcome)
    assert found.is_empty
    assert found.households_moved == 0
    assert {item.verdicts[0] for item in measure([outcome, outcome])} <= {"same", "no_matter"}


@given(one=LABELS, other=LABELS)
@settings(max_examples=30, deadline=None)
def test_households_add_up_for_every_grid_and_both_ways(one: list[int], other: list[int]) -> None:
    first, second = outcome_of(one), outcome_of(other, "b")
    there, back = compare(first, second), compare(second, first)
    assert there.households_moved == back.households_moved
    for change in there.changes:
        came = sum(flow.households for flow in change.came)
        left = sum(flow.households for flow in change.left)
        assert change.households[1] == change.households[0] + came - left + change.built - change.gone
    changed = [sum(flow.households for flow in found.flows) for found in (there, back)]
    assert changed[0] == changed[1]


@given(one=LABELS, other=LABELS)
@settings(max_examples=15, deadline=None)
def test_nobody_who_stays_could_be_told_to_move_less(one: list[int], other: list[int]) -> None:
    """The fewest households move, counted again over every matching of few grids."""
    first, second = outcome_of(one), outcome_of(other, "b")
    shared: dict[tuple[str, str], int] = {}
    codes = dict(zip(second.cells["cell_id"], second.cells["grid_code"], strict=True))
    for cell, code, n in zip(
        first.cells["cell_id"], first.cells["grid_code"], first.cells["households"], strict=True
    ):
        if isinstance(code, str) and isinstance(codes[cell], str):
            shared[code, codes[cell]] = shared.get((code, codes[cell]), 0) + int(n)
    total = sum(shared.values())
    kept = 0
    for community in (A, B, C):
        old = sorted({a for a, _ in shared if a.startswith(community)})
        new = sorted({b for _, b in shared if b.startswith(community)})
        padded = [*new, *[""] * max(0, len(old) - len(new))]
        kept += max(
            (
                sum(shared.get((a, b), 0) for a, b in zip(old, order, strict=False))
                for order in permutations(padded, len(old))
            ),
            default=0,
        )
    assert compare(first, second).households_moved == total - kept


def test_borders_that_move_lie_between_grids_of_one_plan_only() -> None:
    first = outcome_of([0, 0, 1, 1, 1, 0, 0, 0, 0])
    second = outcome_of([0, 0, 0, 1, 1, 0, 0, 0, 0], "b")
    found = compare(first, second)
    gone, come = (
        lines.set_crs(None, allow_override=True) for lines in moved_borders(first, second, found.changes)
    )
    assert gone.length.sum() > 0
    assert come.length.sum() > 0
    old = first.grids.geometry.boundary.union_all()
    assert gone.difference(old.buffer(1e-9)).length.sum() < 1e-9
    assert come.intersection(old).length.sum() < 1e-9


@pytest.fixture(scope="module")
def lively(tmp_path_factory: pytest.TempPathFactory, workers: Workers) -> Path:
    """A project with three answered scenarios."""
    path = tmp_path_factory.mktemp("lively") / "town.gpkg"
    store.create_project(path, town())
    propose(path, Settings(rules=RULES), stop=lambda: False, on_progress=lambda _: None, workers=workers)
    for name, levers in {
        "新": [f"new_compound=临江二期,210,{at(75, 220)}"],
        "并": [f"merge_community={A},{B}"],
        "宽": ["band=150,500"],
    }.items():
        fork_scenario(path, "base", name)
        set_levers(path, name, *levers)
        go(path, name)
    return path


def recount(first: Outcome, second: Outcome, found: Comparison) -> Mapping[tuple[str, str], int]:
    """Households by (grid before, grid after), counted cell by cell in another way."""
    old = first.cells.set_index("cell_id")
    new = second.cells.set_index("cell_id")
    both = old.index.intersection(new.index)
    table = pd.DataFrame(
        {
            "a": old.loc[both, "grid_code"],
            "b": new.loc[both, "grid_code"],
            "n": [
                min(x, y)
                for x, y in zip(old.loc[both, "households"], new.loc[both, "households"], strict=True)
            ],
        }
    )
    del found
    return {(str(a), str(b)): int(n) for (a, b), n in table.groupby(["a", "b"])["n"].sum().items()}


@pytest.mark.parametrize("name", ["新", "并", "宽"])
def test_every_sentence_is_true(lively: Path, name: str) -> None:
    first, second = store.require_outcome(lively), store.require_outcome(lively, name)
    found = compare(first, second)
    causes = find_causes(lively, first, second)
    told = list_sentences(found, causes, first, second)
    counted = recount(first, second, found)
    old = first.grids.set_index("code")["households"]
    new = second.grids.set_index("code")["households"]
    differ = {
        str(code)
        for outcome, other in ((first, second), (second, first))
        for code in outcome.communities["code"]
        if divided(outcome, str(code)) != divided(other, str(code))
    }
    assert told
    for sentence in told:
        facts = sentence.facts
        if sentence.code == "takes":
            assert counted[str(facts["source"]), str(facts["grid"])] == facts["n"]
        elif sentence.code == "new_grid":
            assert int(new[facts["grid"]]) == facts["n"]
            assert facts["grid"] not in found.successor.values()
        elif sentence.code == "grid_gone":
            assert int(old[facts["grid"]]) == facts["n"]
            assert facts["grid"] not in found.successor
        elif sentence.code == "untouched":
            same = [code for code in second.communities["code"] if str(code) not in differ]
            assert len(same) >= facts["n"] > 0 or name == "并"
        for cause in sentence.why:
            assert cause.added
            if "community_code" in facts:
                assert facts["community_code"] in cause.communities
    if name == "新":
        assert differ == {A}
        assert [cause.code for cause in causes] == ["new_compound"]
        built = [item.facts["n"] for item in told if item.code == "built"]
        assert sum(int(str(n)) for n in built) == 210


def divided(outcome: Outcome, code: str) -> set[tuple[frozenset[str], int]]:
    cells = outcome.cells[outcome.cells["community_code"] == code]
    return {
        (frozenset(own["cell_id"]), int(own["households"].sum())) for _, own in cells.groupby("grid_code")
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_reads_in_every_language(lively: Path, language: str) -> None:
    texts = Texts(language)
    names = place_names(stand(lively))
    first = store.require_outcome(lively)
    for name in ("新", "并", "宽"):
        second = store.require_outcome(lively, name)
        for one, other in ((first, second), (second, first)):
            told = list_sentences(compare(one, other), find_causes(lively, one, other), one, other)
            for sentence in told:
                said = sentence_text(sentence, texts, names)
                assert said
                assert "{" not in said


def test_indicators_know_which_way_is_better(lively: Path) -> None:
    outcomes = [store.require_outcome(lively, name) for name in ("base", "新", "宽")]
    table = {item.name: item for item in measure(outcomes)}
    assert table["households"].verdicts == ("no_matter",) * 3
    assert table["households"].differences[1] == 210
    assert table["objective"].verdicts[2] == "no_matter"  # other rules: not the same question
    for item in table.values():
        for value, base, verdict in zip(item.amounts, [item.amounts[0]] * 3, item.verdicts, strict=True):
            if verdict == "better":
                assert (value < base) == (item.direction == "lower")


def test_a_number_of_grids_that_cannot_be_had_is_not_told_as_done(tmp_path: Path, workers: Workers) -> None:
    path = tmp_path / "town.gpkg"
    store.create_project(path, town())
    propose(path, Settings(rules=RULES), stop=lambda: False, on_progress=lambda _: None, workers=workers)
    fork_scenario(path, "base", "多")
    base = store.require_outcome(path)
    before = next(item.n_grids for item in base.certificates if item.community_code == C)
    for count, code in ((99, "n_grids_unmet"), (before, "n_grids")):
        set_levers(path, "多", f"n_grids.{C}={count}")
        after = go(path, "多").outcome
        (cause,) = find_causes(path, base, after)
        assert cause.code == code
    set_levers(path, "多", f"n_grids.{C}=99")
    after = go(path, "多").outcome
    (item,) = unmet(after)
    (cause,) = find_causes(path, base, after)
    assert (item.community_code, cause.facts["count"], cause.facts["got"]) == (C, 99, item.n_grids)
    for language in LANGUAGES:
        texts = Texts(language)
        said = [
            sentence_text(sentence, texts, {C: "丙社区"})
            for sentence in list_sentences(compare(base, after), [cause], base, after)
        ]
        assert "99" in said[0]
        assert str(item.n_grids) in said[0].replace("99", "")


def test_a_code_that_passed_on_to_another_grid_is_called_the_old_one() -> None:
    # The larger part of 001 goes on as 002 and the larger part of 002 as 001, so 002 takes some from 002.
    first, second = outcome_of([1, 1, 1, 2, 2, 1, 1, 1, 1]), outcome_of([2, 2, 2, 2, 1, 1, 1, 1, 1], "b")
    found = compare(first, second)
    (flow,) = found.flows
    assert flow.before == flow.after == f"{A}002"
    assert not found.keeps_code(f"{A}002")
    assert found.keeps_code(f"{B}001")
    row = differ(first, second).moves.iloc[0]
    for language, said in (("zh_Hans", "原002"), ("zh_Hant", "原002"), ("en", "former 002")):
        assert from_name(row.to_dict(), Texts(language), "002") == said
    assert not differ(first, first).moves["renamed"].any()


def test_a_grid_of_another_community_is_called_by_its_name() -> None:
    names = {A: "甲社区", B: "乙社区"}
    assert grid_name(f"{A}001", A, names) == "001"
    assert grid_name(f"{A}001", B, names) == "甲社区 001"
    assert grid_name(f"{A}001", "", {}) == f"{A}001"
