"""The walking network: streets cut where they meet, places snapped, ways equal to those of plain Dijkstra."""

import itertools

import geopandas as gpd
import numpy as np
import pytest
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from geo.walking.network import build_network, from_pieces
from geo.walking.paths import walk
from geo.walking.snap import snap

NOTHING = np.zeros(0, object)


def roads(*lines, classes=None):
    shapes = [shapely.LineString(line) for line in lines]
    return gpd.GeoDataFrame({"class": classes or ["street"] * len(shapes)}, geometry=shapes, crs="EPSG:4549")


def points(*places):
    return shapely.points(np.array(places, float).reshape(-1, 2))


def ways(network, origins, targets, *, limit_m=10_000.0, barriers=NOTHING):
    starts, ends = snap(origins, network, barriers), snap(targets, network, barriers)
    found = walk(network, starts, ends, limit_m).tocoo()
    dense = np.full((len(origins), len(targets)), np.inf)
    dense[found.row, found.col] = found.data
    return dense


def draw_streets(seed, side=9):
    rng = np.random.default_rng(seed)
    spots = np.stack(np.meshgrid(np.arange(side), np.arange(side)), -1).reshape(-1, 2) * 100.0
    spots += rng.uniform(-20, 20, spots.shape)
    at = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [
            np.stack([at[:, :-1].ravel(), at[:, 1:].ravel()], 1),
            np.stack([at[:-1].ravel(), at[1:].ravel()], 1),
        ]
    )
    pairs = pairs[rng.random(len(pairs)) < 0.8]
    network = from_pieces(shapely.linestrings(np.stack([spots[pairs[:, 0]], spots[pairs[:, 1]]], axis=1)))
    return network, rng


def plain_ways(network, origins, targets):
    """Measure with scipy on a graph in which every place is a node of its own."""
    n, k = len(network.nodes_m), len(origins.edge)
    on_edge = {}
    for snapped, base in ((origins, n), (targets, n + k)):
        for i, edge in enumerate(snapped.edge.tolist()):
            if edge >= 0:
                on_edge.setdefault(edge, []).append((snapped.along_m[i], base + i))
    links = []
    for edge, (a, b) in enumerate(network.edges.tolist()):
        stops = [(0.0, a), *sorted(on_edge.get(edge, [])), (network.length_m[edge], b)]
        links += [(u, v, max(y - x, 1e-9)) for (x, u), (y, v) in itertools.pairwise(stops)]
    tail, head, metres = (np.array(column) for column in zip(*links, strict=True))
    size = n + k + len(targets.edge)
    graph = coo_matrix((metres, (tail, head)), (size, size)).tocsr()
    table = dijkstra(graph.maximum(graph.T), indices=np.arange(n, n + k))[:, n + k :]
    return table + origins.aside_m[:, None] + targets.aside_m[None, :]


@pytest.mark.parametrize("seed", range(8))
def test_ways_are_those_of_plain_dijkstra(seed):
    network, rng = draw_streets(seed)
    origins = snap(shapely.points(rng.uniform(0, 800, (12, 2))), network, NOTHING)
    targets = snap(shapely.points(rng.uniform(0, 800, (60, 2))), network, NOTHING)
    plain = plain_ways(network, origins, targets)
    for limit_m in (150.0, 600.0, 5000.0):
        found = walk(network, origins, targets, limit_m)
        dense = np.full(plain.shape, np.inf)
        rows = np.repeat(np.arange(len(origins.edge)), np.diff(found.indptr))
        dense[rows, found.indices] = found.data
        within = plain <= limit_m
        assert (np.isfinite(dense) == within).all()
        assert np.abs(dense[within] - plain[within]).max() < 1e-5


def test_streets_that_cross_meet_and_motorways_do_not():
    streets = roads([(0, 0), (100, 0)], [(50, -50), (50, 50)])
    assert ways(build_network(streets), points((0, 0)), points((50, 50)))[0, 0] == pytest.approx(100)
    with_motorway = roads([(0, 0), (100, 0)], [(50, -50), (50, 50)], classes=["street", "motorway"])
    network = build_network(with_motorway)
    assert len(network.edges) == 1
    assert network.n_parts == 1


def test_parts_that_do_not_connect_are_numbered_by_length_and_have_no_way():
    network = build_network(roads([(0, 0), (100, 0)], [(0, 500), (900, 500)]))
    assert network.n_parts == 2
    assert network.part[np.argmax(network.nodes_m[:, 1])] == 0
    assert np.isinf(ways(network, points((0, 0)), points((0, 500)))[0, 0])


def test_two_places_on_one_street_walk_along_it_and_not_by_its_ends():
    network = build_network(roads([(0, 0), (1000, 0)]))
    assert ways(network, points((400, 3)), points((410, 4)))[0, 0] == pytest.approx(17)


def test_the_step_to_the_street_does_not_cross_a_barrier():
    network = build_network(roads([(0, 0), (100, 0)], [(0, 60), (100, 60)], [(0, 0), (0, 60)]))
    wall = np.array([shapely.LineString([(-10, 10), (110, 10)])])
    place = points((80, 20))
    assert snap(place, network, NOTHING).aside_m[0] == pytest.approx(20)
    assert snap(place, network, wall).aside_m[0] == pytest.approx(40)
    ring = np.array([shapely.Point(80, 20).buffer(5).exterior])
    assert snap(place, network, ring).edge.tolist() == [-1]


def test_places_too_far_and_districts_without_streets_are_said():
    network = build_network(roads([(0, 0), (100, 0)]))
    far = snap(points((0, 301)), network, NOTHING)
    assert far.edge.tolist() == [-1]
    assert np.isinf(far.aside_m[0])
    empty = build_network(roads([(0, 0), (1, 0)]).iloc[:0])
    assert empty.n_parts == 0
    assert np.isinf(ways(empty, points((0, 0)), points((1, 1)))).all()


def test_the_limit_includes_the_steps_aside():
    network = build_network(roads([(0, 0), (1000, 0)]))
    assert np.isinf(ways(network, points((0, 10)), points((480, 11)), limit_m=500.0)[0, 0])
    assert ways(network, points((0, 10)), points((480, 10)), limit_m=500.0)[0, 0] == pytest.approx(500)
