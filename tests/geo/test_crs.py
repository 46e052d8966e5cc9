import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon, box

from geo.crs import (
    bd_to_gcj,
    canonical_name,
    from_storage,
    gcj_to_bd,
    gcj_to_wgs,
    is_approximate,
    is_geographic,
    metric_crs,
    to_storage,
    wgs_to_gcj,
)
from geo.errors import CrsError
from geo.layers import STORAGE_CRS

METRES_PER_DEGREE = 111_320.0
IN_CHINA = st.tuples(st.floats(73.5, 135.0), st.floats(18.0, 53.5))


def frame(*shapes, crs=STORAGE_CRS):
    return gpd.GeoDataFrame({"n": range(len(shapes))}, geometry=list(shapes), crs=crs)


def test_gcj_and_bd_agree_with_published_pairs():
    # wgs ↔ gcj: the test case of eviltransform; gcj ↔ bd: the usual example of Tian'anmen (coordtransform).
    gcj = wgs_to_gcj(np.array([[121.5272106, 31.1774276]]))
    assert gcj == pytest.approx(np.array([[121.531541859215, 31.17530398364597]]), abs=1e-6)
    bd = gcj_to_bd(np.array([[116.404, 39.915]]))
    assert bd == pytest.approx(np.array([[116.41036949371029, 39.92133699351021]]), abs=1e-6)


@given(st.lists(IN_CHINA, min_size=1, max_size=30))
def test_the_offset_systems_come_back_to_below_a_millimetre(points):
    wgs = np.array(points)
    for there, back in ((wgs_to_gcj, gcj_to_wgs), (gcj_to_bd, bd_to_gcj)):
        error_m = np.abs(back(there(wgs)) - wgs).max() * METRES_PER_DEGREE
        assert error_m < 0.001


def test_the_offset_is_some_hundred_metres_in_china_and_none_outside():
    shanghai, paris = np.array([[121.47, 31.23]]), np.array([[2.35, 48.85]])
    moved_m = np.linalg.norm(wgs_to_gcj(shanghai) - shanghai) * METRES_PER_DEGREE
    assert 100 < moved_m < 1000
    for move in (wgs_to_gcj, gcj_to_wgs, gcj_to_bd, bd_to_gcj):
        assert (move(paris) == paris).all()


@pytest.mark.parametrize(
    "name", ["WGS84", "CGCS2000", "GCJ-02", "BD-09", "EPSG:4549", "EPSG:32651", "EPSG:3857"]
)
def test_frames_come_back_from_every_system(name):
    before = frame(box(121.4, 31.1, 121.5, 31.2), Point(121.45, 31.15))
    after = to_storage(from_storage(before, name), name)
    assert after.crs.to_epsg() == 4490
    moved = np.abs(shapely.get_coordinates(after.geometry) - shapely.get_coordinates(before.geometry))
    assert moved.max() * METRES_PER_DEGREE < 0.001
    assert list(after["n"]) == [0, 1]


@given(st.lists(IN_CHINA, min_size=3, max_size=40), st.sampled_from(["GCJ-02", "BD-09", "EPSG:4549"]))
def test_vertices_that_were_identical_stay_identical(points, name):
    lines = [shapely.LineString(points), shapely.LineString(points[::-1] + points[:1])]
    moved = to_storage(from_storage(frame(*lines), name), name)
    forward, backward = (shapely.get_coordinates(shape) for shape in moved.geometry)
    assert (forward == backward[:-1][::-1]).all()


def test_missing_and_empty_shapes_and_heights_pass():
    shapes = [None, Polygon(), Point(121.4, 31.2, 7.0)]
    moved = to_storage(gpd.GeoDataFrame(geometry=gpd.GeoSeries(shapes)), "GCJ-02")
    assert moved.geometry[0] is None
    assert moved.geometry[1].is_empty
    assert not moved.geometry[2].has_z


def test_the_frame_given_is_not_changed():
    before = frame(Point(121.4, 31.2))
    copy = before.copy()
    to_storage(before, "BD-09")
    assert before.geom_equals_exact(copy, 0).all()


@pytest.mark.parametrize(
    ("lon", "lat", "epsg"),
    [
        (121.5, 31.2, 4550),  # on the edge of two zones: the eastern one, always
        (121.4, 31.2, 4549),
        (116.4, 39.9, 4548),
        (75.5, 39.5, 4534),
        (134.0, 48.0, 4554),
        (2.35, 48.85, 32631),
        (-70.0, -33.0, 32719),
        (179.99, 10.0, 32660),
    ],
)
def test_the_metric_system_is_that_of_the_zone(lon, lat, epsg):
    assert metric_crs(frame(Point(lon, lat))).to_epsg() == epsg


def test_areas_measured_in_the_metric_system_are_true():
    square = frame(box(121.50, 31.20, 121.51, 31.21))
    true_m2 = abs(square.crs.get_geod().geometry_area_perimeter(square.geometry[0])[0])
    assert square.to_crs(metric_crs(square)).area[0] == pytest.approx(true_m2, rel=1e-3)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("gcj02", "GCJ-02"),
        ("BD09LL", "BD-09"),
        ("epsg:4326", "WGS84"),
        ("EPSG:4490", "CGCS2000"),
        ("OGC:CRS84", "WGS84"),
        ("epsg:4549", "EPSG:4549"),
    ],
)
def test_names_are_read_in_their_usual_spellings(written, name):
    assert canonical_name(written) == name


def test_degrees_and_rough_systems_are_told_apart():
    assert is_geographic("GCJ-02")
    assert is_geographic("EPSG:4214")
    assert not is_geographic("EPSG:4549")
    assert is_approximate("EPSG:2334")  # Xi'an 1980
    assert not is_approximate("EPSG:4549")
    assert not is_approximate("EPSG:32651")


def test_what_is_no_system_is_refused():
    with pytest.raises(CrsError) as error:
        canonical_name("火星")
    assert error.value.code == "crs_unknown"
    with pytest.raises(CrsError) as error:
        metric_crs(frame(None))
    assert error.value.code == "crs_no_extent"
    with pytest.raises(CrsError) as error:
        metric_crs(frame(Point(1, 1), crs=None))
    assert error.value.code == "crs_missing"
