"""Levers: read from commands and files, applied to layers and terms, felt only where they reach."""

import string

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.cells import cut_cells
from geo.cut_marks import mark_cuts
from geo.layers import STORAGE_CRS, Layers
from geo.measures import measure_tiling
from scenarios.errors import RuleError
from scenarios.levers.errors import LeverError
from scenarios.levers.lever import Lever, Question, key_of, specs_of, to_plain
from scenarios.levers.registry import (
    LEVERS,
    apply_levers,
    in_order,
    lever_from_plain,
    levers_from_json,
    levers_to_json,
    merge,
    parse_lever,
)
from scenarios.levers.terms import WeightLever
from scenarios.rules import GridRules
from scenarios.settings import DEFAULT_WEIGHTS
from tests.scenarios.levers.town import A, B, C, at, question_of, town

ALL = [
    f"new_compound=临江二期,410,{at(75, 220)}",
    "demolition=P1",
    "demolition=K1",
    "counts=P1,households:300",
    "counts.K1=households:80",
    "members=P1,5",
    f"merge_community={A},{B}",
    f"move_border={B},P2",
    "close_road=#1",
    f"new_road=新路,street,LINESTRING({at(0, 250)}, {at(300, 250)})",
    f"open_bridge=at:{at(150, 200)},width_m:30",
    "remove_barrier=#1",
    f"staff={A},posts,2",
    "venue=V2,open",
    "venue_area=V1,400",
    "unit_cost.pay_worker_yuan=80000",
    "budget=5000000",
    f"budget_line={A},budget_venues,30000",
    "rule.workers_per_10000=20",
    "band=250,450",
    f"n_grids.{A}=2",
    "keep_today=20",
    "rule.residents_reference=900",
    "weight.moved=0.5",
    "seed=7",
]


def test_every_kind_of_lever_has_an_example_here() -> None:
    assert {parse_lever(text).name for text in ALL} == set(LEVERS)


@pytest.mark.parametrize("text", ALL)
def test_a_lever_survives_a_file_and_keeps_its_key(text: str) -> None:
    lever = parse_lever(text)
    assert levers_from_json(levers_to_json([lever])) == (lever,)
    assert lever_from_plain(to_plain(lever)) == lever
    assert key_of(lever).startswith(lever.name)


@pytest.mark.parametrize("text", ALL)
def test_a_lever_is_felt_only_where_it_reaches(text: str) -> None:
    question = question_of(town())
    lever = parse_lever(text)
    after = lever.apply(question)
    reached = lever.reach(question)
    before, then = mark_cuts(question.layers), mark_cuts(after.layers)
    changed = {code for code in before.keys() | then.keys() if before.get(code) != then.get(code)}
    assert changed <= reached
    assert (lever.changes == "layers") == (after.layers is not question.layers)


@pytest.mark.parametrize("text", ALL)
def test_what_comes_out_can_be_cut_into_an_exact_tiling(text: str) -> None:
    after = parse_lever(text).apply(question_of(town()))
    cells = cut_cells(after.layers).cells
    communities = after.layers.frames["communities"]
    faults = measure_tiling(cells, gpd.GeoDataFrame(communities))
    assert faults["gap_m2"].max() < 1
    assert faults["overlap_m2"].max() < 1
    assert cells["cell_id"].is_unique


def households(question: Question) -> dict[str, int]:
    cells = cut_cells(question.layers).cells
    return {str(code): int(n) for code, n in cells.groupby("community_code")["households"].sum().items()}


@given(n=st.integers(1, 2000), x=st.integers(5, 295), y=st.integers(5, 295))
@settings(max_examples=10, deadline=None)
def test_a_new_compound_adds_its_households_to_its_community_and_to_no_other(n: int, x: int, y: int) -> None:
    question = question_of(town())
    before = households(question)
    after = households(parse_lever(f"new_compound=新,{n},{at(x, y)}").apply(question))
    assert after == {**before, A: before[A] + n}


@given(n=st.integers(0, 3000))
@settings(max_examples=10, deadline=None)
def test_changed_counts_of_a_compound_reach_its_buildings_and_add_up(n: int) -> None:
    question = question_of(town())
    before = households(question)
    after = households(parse_lever(f"counts=P1,households:{n}").apply(question))
    assert after == {**before, A: before[A] - 100 + n}


def test_demolition_takes_a_compound_with_its_buildings_and_a_building_from_its_compound() -> None:
    question = question_of(town())
    before = households(question)
    assert households(parse_lever("demolition=P1").apply(question))[A] == before[A] - 100
    without = parse_lever("demolition=K1").apply(question)
    assert households(without)[A] == before[A] - 60
    compounds = without.layers.frames["compounds"].set_index("id")
    assert int(compounds.loc["P1", "households"]) == 40


def test_a_merged_community_takes_everything_over() -> None:
    question = question_of(town())
    before = households(question)
    after = parse_lever(f"merge_community={A},{B}").apply(question)
    assert households(after) == {B: before[A] + before[B], C: before[C]}
    assert A not in set(after.layers.frames["compounds"]["community_code"])
    facts = after.layers.frames["community_facts"].set_index("community_code")
    assert int(facts.loc[B, "posts"]) == 7


def test_a_border_moved_hands_over_the_compound_and_nothing_else() -> None:
    question = question_of(town())
    before = households(question)
    after = parse_lever(f"move_border={B},P2").apply(question)
    assert households(after) == {A: before[A] - 120, B: before[B] + 120, C: before[C]}
    shapes = after.layers.frames["communities"].set_index("code").geometry
    kept = question.layers.frames["communities"].set_index("code").geometry
    assert shapes[C].equals_exact(kept[C], 0)
    assert shapes[A].intersection(shapes[B]).area < 1e-12


def test_a_bridge_changes_what_the_border_follows() -> None:
    question = question_of(town())
    before = cut_cells(question.layers).links
    after = cut_cells(parse_lever("remove_barrier=#1").apply(question).layers).links
    assert before["along_wall_m"].sum() > after["along_wall_m"].sum()


@given(
    order=st.permutations(
        [text for text in ALL if not text.startswith(("merge", "move", "demolition", "remove"))]
    )
)
@settings(max_examples=5, deadline=None)
def test_the_order_in_which_levers_are_set_does_not_matter(order: list[str]) -> None:
    question = question_of(town())
    levers = [parse_lever(text) for text in order]
    one, other = apply_levers(question, levers), apply_levers(question, in_order(levers))
    assert mark_cuts(one.layers) == mark_cuts(other.layers)
    assert (one.rules, one.weights, one.seed, one.counts) == (
        other.rules,
        other.weights,
        other.seed,
        other.counts,
    )


def test_applying_leaves_the_question_before_as_it_was() -> None:
    question = question_of(town())
    before = {name: frame.copy() for name, frame in question.layers.frames.items()}
    apply_levers(
        question,
        [parse_lever(text) for text in ALL if not text.startswith(("merge", "demolition", "remove"))],
    )
    for name, frame in question.layers.frames.items():
        pd.testing.assert_frame_equal(pd.DataFrame(frame), pd.DataFrame(before[name]))


@given(name=st.text(string.ascii_letters, min_size=1), value=st.text(max_size=20))
@settings(max_examples=60)
def test_whatever_is_written_is_a_lever_or_an_error_with_a_code(name: str, value: str) -> None:
    codes: set[str] = set()
    for text in (f"{name}={value}", f"{next(iter(LEVERS))}={value}", f"band={value}", f"rule.x={value}"):
        try:
            lever = parse_lever(text)
        except LeverError as error:
            codes.add(error.code)
        else:
            assert lever.name in LEVERS
    assert all(code.startswith("lever_") for code in codes)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("bands=1,2", "lever_unknown"),
        ("band", "lever_not_written"),
        ("band=", "lever_not_written"),
        ("band=250", "lever_field_missing"),
        ("band=a,b", "lever_value_unreadable"),
        ("band=1,2,3", "lever_value_unreadable"),
        ("band=-5,300", "lever_value_out_of_range"),
        ("new_compound=甲,10,somewhere", "lever_value_unreadable"),
        ("new_compound=甲,1.5,116 33", "lever_value_unreadable"),
        ("keep_today=120", "lever_value_out_of_range"),
        ("weight.moved=nan", "lever_value_unreadable"),
    ],
)
def test_what_is_written_wrongly_is_refused_with_a_code(text: str, code: str) -> None:
    with pytest.raises(LeverError) as caught:
        parse_lever(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("demolition=nobody", "lever_target_missing"),
        ("counts=nobody,households:3", "lever_target_missing"),
        ("counts=P1,", "lever_value_unreadable"),
        (f"merge_community={A},{C}", "lever_not_neighbours"),
        (f"merge_community={A},{A}", "lever_not_neighbours"),
        (f"move_border={C},P2", "lever_not_neighbours"),
        (f"move_border={A},P2", "lever_one_community"),
        (f"move_border={B},cells:nobody", "lever_target_missing"),
        (f"new_compound=外,10,{at(5000, 5000)}", "lever_outside"),
        ("close_road=#99", "lever_target_missing"),
        (f"open_bridge={at(100, 100)}", "lever_no_barrier_there"),
        (f"new_road=路,alley,LINESTRING({at(0, 0)}, {at(9, 9)})", "lever_value_unreadable"),
    ],
)
def test_a_lever_that_finds_nothing_says_so(text: str, code: str) -> None:
    with pytest.raises(LeverError) as caught:
        parse_lever(text).apply(question_of(town()))
    assert caught.value.code == code


def test_rules_and_weights_are_checked_by_their_own_ranges() -> None:
    question = question_of(town())
    for text in ("rule.nothing=3", "rule.max_households=0", "weight.nothing=1", "rule.min_households=600"):
        with pytest.raises(RuleError):
            parse_lever(text).apply(question)


def test_own_levers_take_the_place_of_inherited_ones_with_the_same_key() -> None:
    one, two = parse_lever("weight.moved=1"), parse_lever("weight.moved=2")
    other = parse_lever("weight.boundary=3")
    assert merge([one, other], [two]) == (other, two)


def test_a_new_compound_on_a_parcel_adds_to_the_parcel() -> None:
    parcels = gpd.GeoDataFrame(
        {"id": ["Q1", "Q2"], "households": pd.array([10, 20], dtype="Int64"), "community_code": [A, A]},
        geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)],
        crs=STORAGE_CRS,
    )
    communities = gpd.GeoDataFrame({"code": [A]}, geometry=[shapely.box(0, 0, 2, 1)], crs=STORAGE_CRS)
    layers = Layers(frames={"communities": communities, "parcels": parcels})
    question = Question(layers=layers, cells=parcels, rules=GridRules(), weights=dict(DEFAULT_WEIGHTS))
    after = parse_lever("new_compound=新,5,1.5 0.5").apply(question)
    assert after.layers.frames["parcels"]["households"].tolist() == [10, 25]


def test_a_form_knows_every_field() -> None:
    for kind in LEVERS.values():
        assert specs_of(kind)
    lever: Lever = WeightLever(cost="moved", value=1.0)
    assert key_of(lever) == "weight.moved"
