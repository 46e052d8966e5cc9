"""The synthetic sub-district holds what the demo and the other tests build on."""

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import data.generate
from data.generate import build_demo
from data.specs import PLANTED_CODE, REFERENCE_DATE
from geo.layers import STORAGE_CRS
from geo.schema import LAYERS
from geo.validate import check_layers
from scenarios import store

METRES = "EPSG:4548"
POINTS_CODE, PARCELS_CODE = "999001001009", "999001001004"
Frames = Mapping[str, gpd.GeoDataFrame]


@pytest.fixture(scope="module")
def demo() -> Frames:
    return build_demo().frames


@pytest.fixture(scope="module")
def metric(demo: Frames) -> Frames:
    """The layers with geometry, in metres."""
    return {name: frame.to_crs(METRES) for name, frame in demo.items() if "geometry" in frame}


def households(frames: Frames) -> pd.Series:
    """Households by community."""
    table = pd.concat([frames["compounds"], frames["parcels"]])
    return table.groupby("community_code")["households"].sum()


def overlap_m2(shapes: gpd.GeoSeries) -> float:
    """Area counted more than once."""
    return float(shapes.area.sum() - shapely.union_all(shapes.to_numpy()).area)


def test_every_layer_of_the_schema_is_there_with_its_columns(demo: Frames) -> None:
    assert list(demo) == list(LAYERS)
    for name, frame in demo.items():
        wanted = list(LAYERS[name].column_names) + (["geometry"] if LAYERS[name].geometry else [])
        assert list(frame.columns) == wanted, name
        assert len(frame) > 0, name
        if LAYERS[name].geometry:
            assert frame.crs == STORAGE_CRS


def test_the_checks_find_no_fault() -> None:
    assert not check_layers(build_demo())


def test_required_values_are_filled_keys_are_unique_choices_are_known(demo: Frames) -> None:
    for name, spec in LAYERS.items():
        frame = demo[name]
        if spec.key:
            assert frame[spec.key].is_unique, name
        for column in spec.columns:
            if column.required:
                assert frame[column.name].notna().all(), (name, column.name)
            if column.choices and not column.open_choice:
                assert set(frame[column.name].dropna()) <= set(column.choices), (name, column.name)
            if column.kind == "count":
                assert (frame[column.name].dropna() >= 0).all(), (name, column.name)


def test_references_point_to_rows_that_exist(demo: Frames) -> None:
    for name, spec in LAYERS.items():
        for column in spec.columns:
            if column.refers_to:
                layer, key = column.refers_to
                assert set(demo[name][column.name].dropna()) <= set(demo[layer][key]), (name, column.name)


def test_counts_are_those_of_one_sub_district(demo: Frames) -> None:
    assert 10 <= len(demo["communities"]) <= 12
    assert 70 <= len(demo["compounds"]) <= 90
    assert 420 <= len(demo["buildings"]) <= 600
    assert 19_000 <= households(demo).sum() <= 21_500
    ordinary = households(demo).drop(PLANTED_CODE)
    assert ordinary.between(1_000, 3_000).all()
    assert demo["buildings"]["households"].between(20, 120).all()


def test_codes_are_of_an_invented_county_and_the_street_says_so(demo: Frames) -> None:
    assert demo["communities"]["code"].str.fullmatch("999[0-9]{9}").all()
    assert demo["grids"]["code"].str.fullmatch("999[0-9]{12}").all()
    assert demo["communities"]["street"].str.contains("合成数据").all()


def test_compounds_add_up_their_buildings(demo: Frames) -> None:
    sums = demo["buildings"].groupby("compound_id")[["households", "residents"]].sum()
    stated = demo["compounds"].set_index("id").loc[sums.index, ["households", "residents"]]
    assert (sums == stated).all(axis=None)


def test_small_and_large_compounds_occur_and_one_large_one_has_no_buildings(demo: Frames) -> None:
    compounds = demo["compounds"]
    assert (compounds["households"] > 500).sum() >= 4
    assert (compounds["households"] < 200).sum() >= 20
    points = compounds[compounds["community_code"] == POINTS_CODE]
    assert (points.geom_type == "Point").all()
    assert (points["households"] > 500).sum() == 1
    assert not set(points["id"]) & set(demo["buildings"]["compound_id"])
    assert set(compounds["name"]) >= {"稻香东村", "稻香西村", "麦香东村", "麦香西村"}


def test_planted_case(demo: Frames) -> None:
    compounds = demo["compounds"][demo["compounds"]["community_code"] == PLANTED_CODE]
    assert len(compounds) == 17
    assert 800 <= compounds["residents"].sum() < 900
    organisations = demo["organisations"]
    (branch,) = organisations[organisations["host_id"] == PLANTED_CODE].itertuples()
    assert (branch.level, branch.formal_members) == ("branch", 6)
    assert compounds["formal_members"].sum() == 6


def test_communities_tile_the_sub_district(metric: Frames) -> None:
    shapes = metric["communities"].geometry
    assert shapes.is_valid.all()
    assert shapely.coverage_is_valid(metric["communities"].geometry.to_numpy())
    assert overlap_m2(shapes) < 1.0
    whole = shapely.union_all(shapes.to_numpy())
    assert whole.geom_type == "Polygon"
    assert not whole.interiors


@pytest.mark.parametrize("layer", ["grids", "parcels"])
def test_grids_and_parcels_tile_their_community(metric: Frames, layer: str) -> None:
    frame = metric[layer]
    for code, parts in frame.groupby("community_code"):
        community = metric["communities"].set_index("code").loc[code, "geometry"]
        assert overlap_m2(parts.geometry) < 1.0
        assert shapely.union_all(parts.geometry.to_numpy()).symmetric_difference(community).area < 1.0
        assert (parts.geom_type == "Polygon").all()
    assert set(metric["parcels"]["community_code"]) == {PARCELS_CODE}
    assert set(metric["grids"]["community_code"]) == set(metric["communities"]["code"])


def test_buildings_stand_in_their_compound_and_compounds_in_their_community(metric: Frames) -> None:
    compounds = metric["compounds"].set_index("id")
    communities = metric["communities"].set_index("code").geometry
    buildings = metric["buildings"]
    around = compounds.loc[buildings["compound_id"], "geometry"].to_numpy()
    assert shapely.contains(around, buildings.geometry.to_numpy()).all()
    inside = communities.loc[compounds["community_code"]].to_numpy()
    assert shapely.contains(inside, compounds.geometry.to_numpy()).all()


@pytest.mark.parametrize("layer", ["compounds", "buildings"])
def test_nothing_overlaps_and_nothing_lies_on_a_road_or_in_the_river(metric: Frames, layer: str) -> None:
    shapes = metric[layer].geometry
    assert shapes.is_valid.all()
    areas = shapes[shapes.geom_type == "Polygon"]
    assert overlap_m2(areas) < 0.01
    barriers = metric["barriers"]
    lines = shapely.union_all(
        [*metric["roads"].geometry, *barriers.loc[barriers["kind"] != "wall", "geometry"]]
    )
    assert areas.distance(lines).min() > 3.0


def test_places_lie_in_the_community_that_they_name(metric: Frames) -> None:
    communities = metric["communities"].set_index("code").geometry
    institutions = metric["institutions"]
    around = communities.loc[institutions["community_code"]].to_numpy()
    assert shapely.contains(around, institutions.geometry.to_numpy()).all()
    whole = shapely.union_all(communities.to_numpy())
    assert metric["venues"].within(whole).all()
    assert metric["organisations"].geometry.dropna().within(whole).all()


def test_roads_of_every_class_meet_at_shared_ends(metric: Frames) -> None:
    roads = metric["roads"]
    assert set(roads["class"]) == set(LAYERS["roads"].column("class").choices)
    assert set(metric["barriers"]["kind"]) == {"river", "railway", "wall"}
    assert roads["name"].str.endswith("桥").sum() >= 3
    groups = shapely.get_parts(shapely.union_all(roads.buffer(0.05).to_numpy()))
    assert len(groups) == 1, "one network, no street without a junction"


def test_institutions_of_every_kind_and_some_large(demo: Frames) -> None:
    institutions = demo["institutions"]
    assert set(institutions["kind"]) == set(LAYERS["institutions"].column("kind").choices)
    assert (institutions["staff"] >= 200).sum() >= 3
    assert (institutions["formal_members"] <= institutions["staff"]).all()
    assert institutions["cobuild"].nunique() == 2


def test_organisations_of_every_level_and_host_some_of_them_asleep(demo: Frames) -> None:
    organisations = demo["organisations"]
    assert set(organisations["level"]) == set(LAYERS["organisations"].column("level").choices)
    assert set(organisations["host_kind"]) == set(LAYERS["organisations"].column("host_kind").choices)
    assert (organisations["formal_members"] == 0).sum() >= 2
    day = pd.Timestamp(REFERENCE_DATE)
    assert (organisations["last_activity"].dropna() <= day).all()
    assert (organisations["last_activity"] < day - pd.DateOffset(months=6)).sum() >= 5
    assert organisations.geometry.isna().any()
    homes = {
        "community": set(demo["communities"]["code"]),
        "grid": set(demo["grids"]["code"]),
        "compound": set(demo["compounds"]["id"]),
        "owners_committee": set(demo["compounds"]["id"]),
        "property_company": set(demo["compounds"]["property_company"].dropna()),
        "institution": set(demo["institutions"]["id"]),
    }
    for kind, hosted in organisations.groupby("host_kind"):
        assert set(hosted["host_id"]) <= homes[kind], kind


def test_todays_grids_no_longer_fit(metric: Frames) -> None:
    homes = pd.concat([metric["compounds"], metric["parcels"]])
    homes = gpd.GeoDataFrame(
        homes[["households"]], geometry=homes.geometry.representative_point(), crs=METRES
    )
    held = metric["grids"].sjoin(homes, predicate="contains").groupby("code")["households"].sum()
    assert held.sum() == homes["households"].sum()
    assert (held > 650).sum() >= 3
    assert (held < 300).sum() >= 3


def test_facts_hold_posts_and_five_budget_lines(demo: Frames) -> None:
    facts = demo["community_facts"]
    assert set(facts["community_code"]) == set(demo["communities"]["code"])
    assert (facts["filled"] <= facts["posts"]).all()
    assert (facts.filter(like="budget_") > 0).all(axis=None)
    assert facts.filter(like="budget_").shape[1] == 6  # the first of the five lines is given in two parts
    assert (facts["grid_workers"] <= facts["filled"]).all()


def test_venues_exist_and_are_proposed(demo: Frames) -> None:
    counts = demo["venues"]["status"].value_counts()
    assert counts["existing"] >= 8
    assert counts["candidate"] >= 8


def test_some_venues_tell_hours_and_activity_area_and_some_do_not(demo: Frames) -> None:
    own = demo["venues"][demo["venues"]["status"] == "existing"]
    for column in ("activity_m2", "hours"):
        assert 0 < own[column].isna().sum() < len(own) / 2
    assert (own["activity_m2"].dropna() < own["area_m2"][own["activity_m2"].notna()]).all()
    assert own["staff"].notna().all()


def test_same_seed_gives_equal_frames(demo: Frames) -> None:
    again = build_demo().frames
    for name, frame in demo.items():
        assert_frame_equal(pd.DataFrame(frame), pd.DataFrame(again[name]))


@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000))
@example(seed=2)  # a block too narrow for a plot had no box to throw points at
def test_any_seed_gives_a_clean_town(seed: int) -> None:
    metric = {name: f.to_crs(METRES) for name, f in build_demo(seed).frames.items() if "geometry" in f}
    test_communities_tile_the_sub_district(metric)
    test_buildings_stand_in_their_compound_and_compounds_in_their_community(metric)
    test_nothing_overlaps_and_nothing_lies_on_a_road_or_in_the_river(metric, "buildings")


def test_the_committed_project_is_what_the_generator_makes() -> None:
    committed = store.read_layers(Path(data.generate.__file__).with_name("demo.gpkg"))
    made = build_demo()
    assert committed.frames.keys() == made.frames.keys()
    for name, frame in made.frames.items():
        assert_frames_agree(committed.frames[name], frame)


def assert_frames_agree(stored: pd.DataFrame, made: pd.DataFrame) -> None:
    if isinstance(made, gpd.GeoDataFrame):
        assert stored.geometry.isna().equals(made.geometry.isna())
        known = made.geometry.notna()
        assert stored.geometry[known].geom_equals_exact(made.geometry[known], 1e-12).all()
        stored, made = stored.drop(columns="geometry"), made.drop(columns="geometry")
    as_text = [frame.astype(object).where(frame.notna(), None).astype(str) for frame in (stored, made)]
    pd.testing.assert_frame_equal(*as_text)
