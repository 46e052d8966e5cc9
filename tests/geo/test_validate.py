import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely.geometry import LineString, MultiPoint, MultiPolygon, Point, Polygon, box

from geo.layers import STORAGE_CRS, Layers
from geo.read import read_layers
from geo.validate import check_layers
from tests.geo.layers_by_hand import (
    EAST,
    SIDE,
    WEST,
    X,
    Y,
    codes,
    communities,
    compounds,
    only,
    parcels,
    refused,
    write_geojson,
)


def save(folder, **frames):
    for name, frame in frames.items():
        write_geojson(frame, folder / f"{name}.geojson")
    return folder


def read(folder, **frames):
    return read_layers([save(folder, **frames)])


def refuse(folder, **frames):
    return refused(save(folder, **frames)).facts["faults"]


def shaped(frame, row, shape):
    shapes = list(frame.geometry)
    shapes[row] = shape
    return frame.set_geometry(gpd.GeoSeries(shapes, crs=frame.crs))


def test_a_good_project_has_nothing_but_what_was_assumed_and_located(tmp_path):
    layers = read(tmp_path, communities=communities(), compounds=compounds())
    assert codes(layers.faults, "fault") == []
    assert codes(layers.faults, "repair") == ["community_located_all"]
    assert layers.frames["compounds"]["community_code"].tolist() == [WEST, WEST, EAST]
    assert check_layers(layers) == ()


def test_types_and_missing_columns_are_those_of_the_schema(tmp_path):
    frame = read(tmp_path, communities=communities(), compounds=compounds()).frames["compounds"]
    assert frame.crs.to_epsg() == 4490
    assert str(frame["households"].dtype) == "Int64"
    assert str(frame["owners_committee"].dtype) == "boolean"
    assert frame["id"].tolist() == ["a", "b", "c"]
    assert frame["formal_members"].isna().all()
    assert frame.index.tolist() == [0, 1, 2]


def test_all_faults_come_at_once_with_layer_row_and_column(tmp_path):
    bad = compounds(id=["a", "a", None], households=[-5, "约300", None], 备注=["", "x", ""])
    bad = shaped(bad, 2, None)
    west, east = communities().geometry
    torn = communities(code=[WEST, WEST]).set_geometry([west, shapely.union(east, west.buffer(-0.001))])
    faults = refuse(tmp_path, communities=torn, compounds=bad)
    wrong = {(f.code, f.layer, f.row, f.column) for f in faults if f.severity == "fault"}
    assert wrong == {
        ("key_duplicate", "communities", 2, "code"),
        ("communities_overlap", "communities", 1, None),
        ("key_duplicate", "compounds", 2, "id"),
        ("value_missing", "compounds", 3, "id"),
        ("value_negative", "compounds", 1, "households"),
        ("value_unreadable", "compounds", 2, "households"),
        ("value_missing", "compounds", 3, "households"),
        ("geometry_missing", "compounds", 3, None),
    }


def test_layers_that_are_needed(tmp_path):
    line = LineString([(X, Y), (X, Y + 1)])
    roads = gpd.GeoDataFrame({"name": ["x"]}, geometry=[line])
    faults = refuse(tmp_path, roads=roads)
    assert codes(faults, "fault") == ["layer_missing", "unit_layer_missing"]
    assert check_layers(Layers(frames={}))[0].layer == "communities"


def test_a_missing_required_column_is_one_fault_not_one_a_row(tmp_path):
    frame = compounds().drop(columns="households")
    fault = only(refuse(tmp_path, communities=communities(), compounds=frame), "column_missing")
    assert (fault.layer, fault.column, fault.row) == ("compounds", "households", None)
    assert "户数" in fault.facts["headers"]


def bow_tie(x, y, size):
    return Polygon([(x, y), (x + size, y + size), (x + size, y), (x, y + size)])


def test_a_shape_that_crosses_itself_is_a_fault_with_its_place(tmp_path):
    broken = shaped(parcels(), 1, bow_tie(X, Y, 0.005))
    fault = only(refuse(tmp_path, communities=communities(), parcels=broken), "geometry_invalid")
    assert (fault.layer, fault.row) == ("parcels", 2)
    assert float(fault.facts["lon"]) == pytest.approx(X + 0.0025, abs=1e-6)
    assert float(fault.facts["lat"]) == pytest.approx(Y + 0.0025, abs=1e-6)


def test_a_shape_that_crosses_itself_by_a_hair_is_mended_and_listed(tmp_path):
    x, y, s = X, Y, 0.005
    knot = [(x + 1e-7, y + 2 * s), (x - 1e-7, y + 2 * s + 1e-7), (x + 1e-7, y + 2 * s + 1e-7)]
    spike = Polygon([(x, y), (x + s, y), (x + s, y + 2 * s), *knot, (x, y + 2 * s)])
    assert not spike.is_valid
    layers = read(tmp_path, communities=communities(), parcels=shaped(parcels(), 0, spike))
    fault = only(layers.faults, "geometry_mended")
    assert (fault.severity, fault.layer, fault.row) == ("repair", "parcels", 1)
    assert fault.facts["change_m2"] < fault.facts["area_m2"] * 0.001
    assert layers.frames["parcels"].geometry.is_valid.all()


@pytest.mark.parametrize(
    ("layer", "shape", "code"),
    [
        ("parcels", Point(X, Y), "geometry_not_polygon"),
        ("communities", LineString([(X, Y), (X + 1e-3, Y)]), "geometry_not_polygon"),
        ("compounds", LineString([(X, Y), (X + 1e-3, Y)]), "geometry_not_point_or_polygon"),
        ("compounds", MultiPoint([(X, Y), (X + 1e-3, Y)]), "geometry_not_point_or_polygon"),
        ("parcels", Polygon(), "geometry_missing"),
    ],
)
def test_a_shape_of_the_wrong_kind_is_a_fault(tmp_path, layer, shape, code):
    frames = {"communities": communities(), "compounds": compounds(), "parcels": parcels()}
    frames[layer] = shaped(frames[layer], 0, shape)
    fault = only(refuse(tmp_path, **frames), code)
    assert (fault.layer, fault.row) == (layer, 1)


def test_a_multipoint_of_one_is_a_point_and_parts_of_an_area_are_one_area(tmp_path):
    points = shaped(compounds(), 0, MultiPoint([(X + 0.002, Y + 0.005)]))
    two = MultiPolygon([box(X, Y, X + 0.001, Y + 0.001), box(X + 0.003, Y, X + 0.004, Y + 0.001)])
    layers = read(tmp_path, communities=communities(), compounds=shaped(points, 1, two))
    assert only(layers.faults, "geometry_single").row == 1
    assert layers.frames["compounds"].geom_type.tolist() == ["Point", "MultiPolygon", "Point"]


def test_heights_are_left_out_and_listed(tmp_path):
    high = shaped(compounds(), 0, Point(X + 0.002, Y + 0.005, 12.0))
    layers = read(tmp_path, communities=communities(), compounds=high)
    assert only(layers.faults, "heights_dropped").facts["n"] == 1
    assert not layers.frames["compounds"].has_z.any()


@pytest.mark.parametrize(
    ("overlap_m", "code"), [(0.01, "communities_overlap"), (0.0005, "communities_sliver")]
)
def test_communities_that_overlap(tmp_path, overlap_m, code):
    west, east = communities().geometry
    wider = box(*west.bounds[:2], west.bounds[2] + overlap_m / 95_000, west.bounds[3])
    faults = check_layers(
        Layers(
            frames={
                "communities": communities().set_geometry([wider, east]).to_crs(STORAGE_CRS),
                "compounds": compounds().to_crs(STORAGE_CRS),
            }
        )
    )
    fault = only(faults, code)
    assert (fault.facts["code"], fault.facts["other_code"]) == (WEST, EAST)
    assert fault.facts["area_m2"] == pytest.approx(overlap_m * 1109, rel=0.05)
    assert tmp_path.exists()


def test_a_border_with_a_vertex_on_one_side_only_is_no_overlap():
    # Straight in degrees, so exact there; in the projection the middle vertex stands off the line by 12 mm.
    south = box(X, Y, X + SIDE, Y + SIDE)
    north = Polygon(
        [(X, Y + SIDE), (X + SIDE / 2, Y + SIDE), (X + SIDE, Y + SIDE), (X + SIDE, Y + 0.02), (X, Y + 0.02)]
    )
    frame = communities().set_geometry([south, north], crs=4326).to_crs(STORAGE_CRS)
    faults = check_layers(Layers(frames={"communities": frame, "compounds": compounds().to_crs(STORAGE_CRS)}))
    assert not {"communities_overlap", "communities_sliver"} & set(codes(faults))


def test_what_lies_outside_every_community_is_noticed(tmp_path):
    layers = read(tmp_path, communities=communities(), compounds=shaped(compounds(), 2, Point(X - 0.01, Y)))
    fault = only(layers.faults, "outside_communities")
    assert (fault.severity, fault.layer, fault.row, fault.facts["id"]) == ("notice", "compounds", 3, "c")
    assert pd.isna(layers.frames["compounds"]["community_code"][2])
    assert only(layers.faults, "community_empty").facts["community_code"] == EAST


def test_parcels_that_leave_gaps_or_overlap_are_noticed_with_their_area(tmp_path):
    shapes = list(parcels().geometry)
    shapes[1] = box(X + SIDE / 2, Y, X + SIDE, Y + SIDE * 0.9)
    shapes[3] = box(X + 1.4 * SIDE, Y, X + 2.1 * SIDE, Y + SIDE)
    layers = read(tmp_path, communities=communities(), parcels=parcels().set_geometry(shapes, crs=4326))
    community_m2 = 0.01 * 95_300 * 0.01 * 110_870
    gap, overlap, beyond = (
        only(layers.faults, code) for code in ("parcels_gap", "parcels_overlap", "parcels_outside")
    )
    assert gap.facts["community_code"] == WEST
    assert gap.facts["area_m2"] == pytest.approx(0.05 * community_m2, rel=0.01)
    assert overlap.facts["community_code"] == EAST
    assert overlap.facts["area_m2"] == pytest.approx(0.1 * community_m2, rel=0.01)
    assert beyond.facts["area_m2"] == pytest.approx(0.1 * community_m2, rel=0.01)


def test_an_area_across_two_communities_goes_to_the_larger_share(tmp_path):
    across = shaped(compounds(), 0, box(X + 0.008, Y, X + 0.014, Y + 0.001))
    layers = read(tmp_path, communities=communities(), compounds=across)
    assert layers.frames["compounds"]["community_code"][0] == EAST


def test_codes_are_kept_filled_by_place_or_by_name_and_each_is_listed(tmp_path):
    given = compounds(community_code=["东社区", None, EAST])
    layers = read(tmp_path, communities=communities(), compounds=given)
    assert layers.frames["compounds"]["community_code"].tolist() == [EAST, WEST, EAST]
    assert only(layers.faults, "community_by_name").row == 1
    assert only(layers.faults, "community_located").row == 2
    elsewhere = only(layers.faults, "community_elsewhere")
    assert (elsewhere.row, elsewhere.facts) == (1, {"value": EAST, "community_code": WEST})


def test_references_that_lead_nowhere(tmp_path):
    houses = gpd.GeoDataFrame(
        {"id": ["1", "2"], "compound_id": ["a", "zz"], "households": [10, 20]},
        geometry=[Point(X + 0.002, Y + 0.005), Point(X + 0.012, Y + 0.005)],
        crs=4326,
    )
    layers = read(tmp_path, communities=communities(), compounds=compounds(), buildings=houses)
    notice = only(layers.faults, "compound_unknown")
    assert (notice.severity, notice.row, notice.facts["value"]) == ("notice", 2, "zz")
    wrong = compounds(community_code=["310101001999", WEST, EAST])
    faults = refuse(tmp_path, communities=communities(), compounds=wrong)
    fault = only(faults, "reference_unknown")
    assert (fault.layer, fault.row, fault.column) == ("compounds", 1, "community_code")


def test_hosts_of_organisations_are_looked_up(tmp_path):
    branches = pd.DataFrame(
        {"id": ["1", "2", "3"], "host_kind": ["小区", "compound", None], "host_id": ["a", "q", "q"]}
    )
    branches.to_csv(tmp_path / "党组织.csv", index=False)
    layers = read(tmp_path, communities=communities(), compounds=compounds())
    notice = only(layers.faults, "host_unknown")
    assert (notice.row, notice.facts["value"]) == (2, "q")
    assert layers.frames["organisations"].geometry.isna().all()


def test_a_community_without_cells_or_without_households_is_noticed(tmp_path):
    west_only = compounds().iloc[:2]
    layers = read(tmp_path, communities=communities(), compounds=west_only)
    assert only(layers.faults, "community_empty").facts["community_code"] == EAST
    layers = read(tmp_path, communities=communities(), compounds=compounds(households=[300, 400, 0]))
    assert only(layers.faults, "community_without_households").facts["community_code"] == EAST


def test_a_layer_in_another_town_is_a_fault(tmp_path):
    far = compounds().set_geometry(compounds().translate(xoff=2.0))
    faults = refuse(tmp_path, communities=communities(), compounds=far)
    fault = only(faults, "layer_far_away")
    assert fault.layer == "compounds"
    assert fault.facts["distance_km"] == pytest.approx(189, abs=3)


def test_checking_a_project_changes_nothing_and_counts_rows_from_one(tmp_path):
    layers = read(tmp_path, communities=communities(), compounds=compounds())
    frames = {name: frame.copy() for name, frame in layers.frames.items()}
    frames["compounds"]["households"] = [1, -2, 3]
    before = frames["compounds"].copy()
    fault = only(check_layers(Layers(frames=frames)), "value_negative")
    assert (fault.row, fault.column) == (2, "households")
    pd.testing.assert_frame_equal(frames["compounds"], before)


def test_numbers_stored_as_text_are_found_in_a_project():
    frame = compounds(households=["300", "many", "-1"]).to_crs(STORAGE_CRS)
    faults = check_layers(
        Layers(frames={"communities": communities().to_crs(STORAGE_CRS), "compounds": frame})
    )
    assert (only(faults, "value_unreadable").row, only(faults, "value_negative").row) == (2, 3)


def houses(**columns):
    """Two buildings of compound a and one of no compound, all in the west; the first row was left out."""
    places = [Point(X + dx, Y + 0.002) for dx in (0.0011, 0.0012, 0.0030)]
    frame = gpd.GeoDataFrame(
        {"id": ["1", "2", "3"], "compound_id": ["a", "a", None], **columns}, geometry=places, crs=4326
    )
    frame.index = [1, 2, 3]
    return frame.to_crs(STORAGE_CRS)


def check_with(buildings):
    frames = {
        "communities": communities().to_crs(STORAGE_CRS),
        "compounds": compounds().to_crs(STORAGE_CRS),
        "buildings": buildings,
    }
    return check_layers(Layers(frames=frames))


def test_buildings_without_figures_are_counted_unless_their_compound_has_them():
    notice = only(check_with(houses()), "figures_missing")
    assert (notice.severity, notice.layer, notice.row, notice.facts["n"]) == ("notice", "buildings", None, 1)
    assert "figures_missing" not in codes(check_with(houses(households=[1, 2, 0])))


def test_a_compound_that_contradicts_its_buildings_is_noticed_with_its_row():
    notice = only(check_with(houses(households=[1, 2, 0])), "compound_total_differs")
    assert (notice.layer, notice.row, notice.facts["id"], notice.facts["in_buildings"]) == (
        "compounds",
        1,
        "a",
        3,
    )


def test_figures_are_checked_only_on_layers_without_faults():
    assert "compound_total_differs" not in codes(check_with(houses(households=[-1, 2, 0])))
