"""Locks in a planner's words: read, put to the engines, told back; and held by the command."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gridplan import main
from optimize.problem import Locks
from scenarios import store
from scenarios.errors import RuleError, UnknownScenario
from scenarios.locks.kept import keep_lock_list
from scenarios.locks.listed import lock_count, lock_pair
from scenarios.locks.typed import read_locks
from scenarios.locks.wanted import GridLocks, check_locks, keep_grids, locks_of, put_in_grids, words_of
from scenarios.propose import Settings, propose
from scenarios.workers import Workers

IDS = ["a", "b", "c", "d"]


def read(path: Path, **words: list[str]) -> GridLocks:
    kinds = ("together", "apart", "keep_grid", "in_grid", "n_grids")
    return read_locks(path, "base", **{kind: words.get(kind, []) for kind in kinds})


def test_there_and_back() -> None:
    locks = Locks(together=((0, 1),), apart=((1, 2),), whole=(frozenset({2, 3}),), n_grids=2)
    assert locks_of(words_of(locks, "X", IDS), "X", IDS) == locks
    assert locks_of(words_of(Locks(), "X", IDS), "X", IDS) == Locks()


def test_a_cell_goes_into_the_grid_where_most_of_its_households_are() -> None:
    plan = {"a": "1", "b": "1", "c": "2", "d": None}
    households = {"a": 10, "b": 90, "c": 50}
    assert put_in_grids([("c", "1")], plan, households) == (("c", "b"),)
    assert put_in_grids([("b", "1")], plan, households) == (("b", "a"),)
    assert put_in_grids([("c", "2")], plan, households) == ()  # alone in it already
    with pytest.raises(RuleError, match="unknown_cells"):
        put_in_grids([("x", "1")], plan, households)


def test_grids_are_kept_by_their_codes() -> None:
    plan = {"a": "1", "b": "1", "c": "2", "d": None}
    assert keep_grids(["1", "1"], plan) == (frozenset({"a", "b"}),)
    with pytest.raises(RuleError, match="unknown_grids"):
        keep_grids(["3"], plan)


@pytest.mark.parametrize(
    "words",
    [
        {"together": ["a"]},
        {"apart": ["a,a"]},
        {"n_grids": ["999=many"]},
        {"n_grids": ["999"]},
        {"together": [",b"]},
    ],
)
def test_what_is_no_lock_is_refused_with_its_form(small_project: Path, words: dict[str, list[str]]) -> None:
    with pytest.raises(RuleError) as raised:
        read(small_project, **words)
    assert raised.value.code == "not_a_lock"
    assert raised.value.facts["form"]


def test_everything_wrong_with_locks_is_said_at_once(planned_project: Path) -> None:
    words = ["--together", "001-00", "--in-grid", "nowhere=9", "--keep-grid", "8", "--keep-grid", "7"]
    more = ["--apart", "001-00,lost", "--together", "001-00,002-00", "--n-grids", "X=two", "--n-grids", "Y=0"]
    done = CliRunner().invoke(main, ["grids", str(planned_project), "--lang", "en", "--json", *words, *more])
    assert done.exit_code == 2
    document = json.loads(done.stdout)
    said = [document, *document["others"]]
    assert [item["error"] for item in said] == [
        "unknown_cells",
        "unknown_grids",
        "unknown_grids",
        "not_a_lock",
        "not_a_lock",
        "unknown_cells",
        "lock_across_communities",
        "unknown_community",
        "lock_count_too_small",
    ]
    for name in ("nowhere", "8", "7", "“001-00”", "X=two", "lost", "002-00", "Y", "at least one"):
        assert name in done.stderr
    with pytest.raises(RuleError) as raised:
        check_locks(GridLocks(together=(("a", "x"),), apart=(("a", "b"),)), {"a": "A", "b": "B"})
    assert [raised.value.code, *(item.code for item in raised.value.others)] == [
        "unknown_cells",
        "lock_across_communities",
    ]


def test_a_grid_cannot_be_named_before_there_is_a_plan(small_project: Path) -> None:
    with pytest.raises(UnknownScenario):
        read(small_project, keep_grid=["999001001001001"])


def test_the_command_holds_every_kind_of_lock(small_project: Path) -> None:
    run(small_project)
    grid_of = grids_by_cell(small_project)
    kept = grid_of["001-00"]
    members = {cell for cell, code in grid_of.items() if code == kept}
    a, b = "001-22", "001-23"
    run(small_project, "--keep-grid", kept, "--apart", f"{a},{b}")
    grid_of = grids_by_cell(small_project)
    assert {cell for cell, code in grid_of.items() if code == grid_of["001-00"]} == members
    assert grid_of[a] != grid_of[b]
    heart = put_in_grids([(a, grid_of[b])], grid_of, households(small_project))[0][1]
    run(small_project, "--in-grid", f"{a}={grid_of[b]}", "--together", "001-00,001-01")
    grid_of = grids_by_cell(small_project)
    assert grid_of[a] == grid_of[heart]
    assert grid_of["001-00"] == grid_of["001-01"]
    document = run(small_project, "--n-grids", "999001001001=4")
    counts = {item["community_code"]: item["n_grids"] for item in document["communities"]}
    assert counts["999001001001"] == 4


def households(path: Path) -> dict[str, int]:
    cells = store.require_outcome(path).cells
    return dict(zip(cells["cell_id"], cells["households"], strict=True))


def run(path: Path, *options: str) -> dict[str, list[dict[str, object]]]:
    done = CliRunner().invoke(main, ["grids", str(path), "--json", *options])
    assert done.exit_code in {0, 1}, done.output
    return json.loads(done.stdout)


def grids_by_cell(path: Path) -> dict[str, str]:
    cells = store.require_outcome(path).cells
    return dict(zip(cells["cell_id"], cells["grid_code"], strict=True))


def test_the_command_keeps_the_locks_of_the_scenario(small_project: Path) -> None:
    run(small_project)
    home = grids_by_cell(small_project)
    community_of = dict.fromkeys(home, "999001001001")
    kept = (lock_count("999001001001", 4), lock_pair("together", ("001-22", "001-23"), community_of))
    keep_lock_list(
        small_project, "base", (*kept, lock_pair("apart", ("gone", "001-00"), {"gone": "x", "001-00": "x"}))
    )
    document = run(small_project)
    assert document["communities"][0]["n_grids"] == 4
    home = grids_by_cell(small_project)
    assert home["001-22"] == home["001-23"]
    document = run(small_project, "--n-grids", "999001001001=3")
    assert document["communities"][0]["n_grids"] == 3


BAD = [
    (["--weight", "boundary=-1"], "boundary"),
    (["--weight", "boundary=nan"], "boundary"),
    (["--weight", "beauty=1"], "main_roads_crossed"),
    (["--weight", "boundary"], "NAME=NUMBER"),
    (["--n-grids", "999001001001=0"], "at least one"),
    (["--n-grids", "123=2"], "123"),
    (["--n-grids", "999001001001=two"], "COMMUNITY=3"),
    (["--together", "001-00,nowhere"], "nowhere"),
    (["--together", "001-00,002-00"], "002-00"),
    (["--apart", "001-00"], "A,B"),
    (["--keep-grid", "9"], "9"),
    (["--in-grid", "001-00=9"], "9"),
    (["--in-grid", "nowhere=999001001001001"], "nowhere"),
]


@pytest.mark.parametrize(("options", "named"), BAD, ids=[" ".join(options) for options, _ in BAD])
def test_bad_input_is_a_sentence_that_names_it_and_says_what_to_do(
    planned_project: Path, options: list[str], named: str
) -> None:
    done = CliRunner().invoke(main, ["grids", str(planned_project), "--lang", "en", *options])
    assert done.exit_code == 2
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert "Traceback" not in done.output
    assert named in done.output
    said = [line for line in done.output.splitlines() if named in line][-1]
    assert said.rstrip().endswith(".")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--n-grids", "999001001001=9"], "9 grids that were asked for"),
        (["--together", "001-00,001-01", "--apart", "001-00,001-01"], "must share a grid and must not"),
        (
            ["--together", "001-00,001-23", "--together", "001-03,001-20", "--together", "001-00,001-20"],
            "must share",
        ),
    ],
)
def test_wishes_that_cannot_all_be_met_are_told_apart_from_broken_rules(
    planned_project: Path, options: list[str], said: str
) -> None:
    done = CliRunner().invoke(main, ["grids", str(planned_project), "--lang", "en", *options])
    assert done.exit_code == 1
    assert said in done.output
    first = next(line for line in done.output.splitlines() if line.startswith("社区1"))
    assert "Every hard rule holds; not all that was locked could be kept" in first


@pytest.fixture
def planned_project(small_project: Path, workers: Workers) -> Path:
    propose(small_project, Settings(), stop=lambda: False, on_progress=lambda _: None, workers=workers)
    return small_project


def test_the_command_refuses_a_lock_on_what_is_not_there(small_project: Path) -> None:
    done = CliRunner().invoke(main, ["grids", str(small_project), "--together", "001-00,nowhere"])
    assert done.exit_code == 2
