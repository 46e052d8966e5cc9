"""Areas within a walk: as long as the walk is, one inside the other, empty where no street is near."""

import itertools

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from geo.walking.areas import BESIDE_M, walking_areas
from geo.walking.network import build_network, from_pieces
from geo.walking.paths import reach, walk
from geo.walking.snap import snap

NOTHING = np.zeros(0, object)


def street(*points: tuple[float, float]) -> np.ndarray:
    return np.array([shapely.LineString(pair) for pair in itertools.pairwise(points)], object)


def test_a_straight_street_is_reached_as_far_as_the_walk_goes() -> None:
    network = from_pieces(street((0, 0), (1000, 0), (2000, 0)))
    place = snap(np.array([shapely.Point(900, 40)], object), network, NOTHING)
    near, far = walking_areas(network, place, (240.0, 540.0))
    # Forty metres of the walk lead to the street.
    assert near.bounds[::2] == pytest.approx((900 - 200 - BESIDE_M, 900 + 200 + BESIDE_M), abs=3)
    assert far.bounds[::2] == pytest.approx((900 - 500 - BESIDE_M, 900 + 500 + BESIDE_M), abs=3)
    assert near.bounds[1::2] == pytest.approx((-BESIDE_M, BESIDE_M), abs=3)


def test_streets_that_do_not_meet_are_not_reached() -> None:
    network = from_pieces(np.concatenate([street((0, 0), (500, 0)), street((0, 300), (500, 300))]))
    place = snap(np.array([shapely.Point(0, 0)], object), network, NOTHING)
    (area,) = walking_areas(network, place, (2000.0,))
    assert area.covers(shapely.Point(480, 0))
    assert not area.intersects(shapely.Point(250, 300))


def test_without_streets_nothing_is_reached() -> None:
    empty = from_pieces(NOTHING)
    place = snap(np.array([shapely.Point(0, 0)], object), empty, NOTHING)
    assert all(area.is_empty for area in walking_areas(empty, place, (300.0, 500.0)))
    network = from_pieces(street((0, 0), (500, 0)))
    far = snap(np.array([shapely.Point(0, 5000)], object), network, NOTHING)
    assert all(area.is_empty for area in walking_areas(network, far, (300.0, 500.0)))


@given(seed=st.integers(0, 10_000), count=st.integers(1, 4))
@example(seed=1654, count=3)  # the union of both areas lost a corner
def test_a_node_is_as_far_as_the_nearest_place_and_areas_hold_what_is_reached(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    spots = np.unique(rng.integers(0, 12, (14, 2)) * 80.0, axis=0)
    pairs = rng.choice(len(spots), (20, 2))
    lines = [shapely.LineString(spots[pair]) for pair in pairs if pair[0] != pair[1]]
    network = build_network(gpd.GeoDataFrame(geometry=lines, crs="EPSG:4549"))
    places = snap(shapely.points(rng.uniform(0, 900, (count, 2))), network, NOTHING)
    nodes = snap(shapely.points(network.nodes_m), network, NOTHING)
    found = reach(network, places, 700.0)
    ways = walk(network, places, nodes, 700.0)
    dense = np.full(ways.shape, np.inf)
    rows = np.repeat(np.arange(count), np.diff(ways.indptr))
    dense[rows, ways.indices] = ways.data
    assert found == pytest.approx(dense.min(axis=0), abs=0.05)  # nodes lie on a grid of a centimetre
    small, large = walking_areas(network, places, (300.0, 700.0))
    assert small.difference(large.buffer(0.01)).area < 1e-6
    inside = shapely.points(network.nodes_m[found <= 700.0])
    assert all(large.buffer(5.0).covers(point) for point in inside)
