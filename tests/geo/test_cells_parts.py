"""The parts that cells are made with: sharing figures, sharing ground, dividing, exact tilings."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.cells_seeds import split_whole
from geo.cells_shapes import divide_evenly, polygonal, share_out, tessellate
from geo.pieces import Cuts, cut_pieces
from geo.tiling import Rough, make_exact


def shapes(*given_):
    return np.array(given_, dtype=object)


NOTHING = np.empty(0, dtype=object)
NO_CUTS = Cuts(heavy=NOTHING, light=NOTHING, walls=NOTHING, bodies=NOTHING)


@given(total=st.integers(0, 10**6), weights=st.lists(st.floats(0, 1e6), min_size=1, max_size=30))
def test_whole_parts_sum_exactly_and_stay_near_their_share(total, weights):
    weights = np.array(weights)
    parts = split_whole(total, weights)
    assert parts.sum() == total
    share = (
        total * weights / weights.sum() if weights.sum() > 0 else np.full(len(weights), total / len(weights))
    )
    assert (np.abs(parts - share) <= 1 + 1e-6).all()


def test_equal_weights_favour_the_first():
    assert split_whole(5, np.ones(3)).tolist() == [2, 2, 1]


def test_a_line_that_ends_a_rounding_error_short_still_cuts():
    ground = shapely.box(0, 0, 100, 100)
    line = shapely.LineString([(50, 1e-9), (50, 100 - 1e-9)])
    assert len(cut_pieces(ground, shapes(line))) == 2


def test_a_dead_end_cuts_nothing():
    ground = shapely.box(0, 0, 100, 100)
    assert len(cut_pieces(ground, shapes(shapely.LineString([(50, -5), (50, 60)])))) == 1


def test_a_building_too_thin_to_shrink_still_has_a_cell():
    seeds = shapes(shapely.box(10, 10, 10.5, 40), shapely.box(60, 10, 80, 40), shapely.Point(90, 90))
    cells = tessellate(seeds, shapely.box(0, 0, 100, 100))
    assert shapely.area(cells).min() > 100
    assert abs(shapely.area(cells).sum() - 10_000) < 1e-6


def test_parts_are_even_and_always_the_same():
    zone = shapely.Polygon([(0, 0), (300, 0), (300, 100), (100, 100), (100, 250), (0, 250)])
    parts = divide_evenly(zone, 5)
    area = shapely.area(parts)
    assert len(parts) == 5
    assert abs(area.sum() - zone.area) < 1e-6
    assert area.max() < 1.6 * area.min()
    assert [one.wkb for one in divide_evenly(zone, 5)] == [one.wkb for one in parts]


def test_ground_goes_to_the_near_side_of_a_road():
    verge = shapely.box(0, 100, 100, 110)
    cells = shapes(shapely.box(0, 0, 100, 100), shapely.box(0, 110, 100, 200))
    assert {cell for cell, _ in share_out([verge], cells, NO_CUTS)[0]} == {0, 1}
    street = Cuts(
        heavy=NOTHING, light=shapes(shapely.LineString([(0, 110), (100, 110)])), walls=NOTHING, bodies=NOTHING
    )
    assert [cell for cell, _ in share_out([verge], cells, street)[0]] == [0]


def test_ground_that_touches_only_other_ground_is_reached_through_it():
    strips = [shapely.box(0, 120, 100, 130), shapely.box(0, 100, 100, 120), shapely.box(0, 500, 9, 509)]
    shares, left = share_out(strips, shapes(shapely.box(0, 0, 100, 100)), NO_CUTS)
    assert [cell for cell, _ in shares] == [0, 0]
    assert left == strips[2:]


def test_cut_off_bits_and_bare_ground_go_to_the_neighbour():
    region = shapely.box(0, 0, 300, 100)
    torn = shapely.MultiPolygon([shapely.box(0, 0, 100, 100), shapely.box(280, 0, 300, 100)])
    rough = Rough(
        shapes=shapes(torn, shapely.box(100, 0, 270, 100)),
        owner=np.array([0, 1]),
        region=np.array([0, 0]),
        anchor=shapes(None, None),
    )
    first, second = make_exact(shapes(region), rough)
    assert first.equals(shapely.box(0, 0, 100, 100))
    assert second.equals(shapely.box(100, 0, 300, 100))


def test_overlapping_communities_are_each_tiled_whole():
    regions = shapes(shapely.box(0, 0, 100, 100), shapely.box(90, 0, 200, 100))
    rough = Rough(shapes=regions, owner=np.array([0, 1]), region=np.array([0, 1]), anchor=shapes(None, None))
    cells = make_exact(regions, rough)
    assert [cell.equals(region) for cell, region in zip(cells, regions, strict=True)] == [True, True]


def test_neighbouring_communities_share_nodes():
    regions = shapes(shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100))
    halves = shapes(shapely.box(0, 0, 100, 37), shapely.box(0, 37, 100, 100), regions[1])
    rough = Rough(
        shapes=halves, owner=np.arange(3), region=np.array([0, 0, 1]), anchor=shapes(None, None, None)
    )
    cells = make_exact(regions, rough)
    assert shapely.coverage_is_valid(cells)
    assert (100.0, 37.0) in cells[2].exterior.coords


def test_clipping_leaves_only_ground():
    line, square = shapely.LineString([(0, 0), (9, 0)]), shapely.box(0, 0, 1, 1)
    kept = polygonal(shapes(line, shapely.GeometryCollection([line, square]), square))
    assert shapely.area(kept).tolist() == [0, 1, 1]
    assert (shapely.get_dimensions(kept[1:]) == 2).all()
