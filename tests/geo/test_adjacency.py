"""Who borders whom, how long, and along what."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from libpysal.graph import Graph

from geo.adjacency import BORDER_CLASSES, link_cells, measure_outer
from geo.cells import cut_cells
from tests.geo.small_towns import METRIC, random_towns


def squares(*, community=("C1",) * 4, compound=(None,) * 4):
    """Four squares of 100 m: 0 and 1 below, 2 and 3 above."""
    shapes = [shapely.box(x, y, x + 100, y + 100) for y in (0, 100) for x in (0, 100)]
    return gpd.GeoDataFrame(
        {"community_code": list(community), "compound_id": list(compound)}, geometry=shapes, crs=METRIC
    )


def lines(column, *drawn):
    names, shapes = zip(*drawn, strict=True)
    return gpd.GeoDataFrame({column: names}, geometry=list(shapes), crs=METRIC)


def pairs(links):
    return list(zip(links["a"], links["b"], strict=True))


def test_corners_are_not_adjacent():
    links = link_cells(squares(), None, None)
    assert pairs(links) == [(0, 1), (0, 2), (1, 3), (2, 3)]
    assert links["border_m"].tolist() == [100.0] * 4
    assert links["crosses"].tolist() == ["none"] * 4
    assert links.geometry.iloc[0].equals(shapely.LineString([(100, 0), (100, 100)]))
    assert links.crs == METRIC


def test_short_contacts_are_corners():
    shapes = [
        shapely.Polygon([(0, 0), (100, 0), (100, 99.5), (100, 100), (0, 100)]),
        shapely.Polygon([(100, 99.5), (200, 99.5), (200, 200), (100, 200), (100, 100)]),
    ]
    cells = gpd.GeoDataFrame({"community_code": ["C1"] * 2, "compound_id": None}, geometry=shapes, crs=METRIC)
    assert len(link_cells(cells, None, None)) == 0
    assert len(link_cells(cells, None, None, min_border_m=0.1)) == 1


def test_communities_are_never_linked():
    links = link_cells(squares(community=("C1", "C2", "C1", "C2")), None, None)
    assert pairs(links) == [(0, 2), (1, 3)]
    outer = measure_outer(squares(community=("C1", "C2", "C1", "C2")))
    assert outer.tolist() == [300.0] * 4


def test_a_road_counts_where_the_border_follows_it_not_where_it_crosses():
    along = shapely.LineString([(92, -50), (92, 250)])  # 8 m off the vertical border, within half a street
    links = link_cells(squares(), lines("class", ("street", along)), None)
    assert links["along_street_m"].tolist() == [100.0, 0.0, 0.0, 100.0]
    assert links["crosses"].tolist() == ["street", "none", "none", "street"]


@pytest.mark.parametrize(
    ("name", "off_m", "followed"), [("lane", 5, True), ("lane", 8, False), ("main", 14, True)]
)
def test_a_road_is_followed_within_half_its_width(name, off_m, followed):
    road = shapely.LineString([(100 + off_m, -50), (100 + off_m, 250)])
    links = link_cells(squares(), lines("class", (name, road)), None)
    assert (links["crosses"].iloc[0] == name) == followed


def test_the_weightiest_class_followed_for_half_the_border_counts():
    whole = shapely.LineString([(100, 0), (100, 200)])
    half = shapely.LineString([(100, 0), (100, 60)])
    links = link_cells(squares(), lines("class", ("lane", whole), ("main", half)), None)
    first = links.iloc[0]
    assert (first["along_lane_m"], first["crosses"]) == (100.0, "main")
    assert first["along_main_m"] == pytest.approx(60, abs=5)
    assert links["crosses"].iloc[3] == "lane"


def test_barriers_and_compounds_are_borders_too():
    wall = shapely.LineString([(0, 100), (100, 100)])
    river = shapely.box(85, 100, 115, 250)
    cells = squares(compound=("K1", None, "K1", "K1"))
    links = link_cells(cells, None, lines("kind", ("wall", wall), ("river", river)))
    assert dict(zip(pairs(links), links["crosses"], strict=True)) == {
        (0, 1): "compound",
        (0, 2): "wall",
        (1, 3): "compound",
        (2, 3): "river",
    }


def test_a_border_in_the_middle_of_a_wide_river_follows_it():
    river = shapely.box(20, -50, 180, 250)
    links = link_cells(squares(), None, lines("kind", ("river", river)))
    assert links["crosses"].tolist() == ["river", "none", "none", "river"]


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(layers=random_towns())
def test_borders_add_up_to_perimeters_and_agree_with_libpysal(layers):
    cells = cut_cells(layers, max_households=300).cells
    links = link_cells(cells, layers.frames.get("roads"), None, min_border_m=0)
    shared = np.bincount(links["a"], links["border_m"], len(cells))
    shared += np.bincount(links["b"], links["border_m"], len(cells))
    assert np.allclose(shared + measure_outer(cells), cells.length, atol=1e-6)
    assert np.allclose(links.length, links["border_m"], atol=1e-6)
    assert (links["a"] < links["b"]).all()
    assert not links.duplicated(["a", "b"]).any()
    along = links[[f"along_{name}_m" for name in BORDER_CLASSES]].to_numpy()
    assert (along <= links["border_m"].to_numpy()[:, None] + 1e-9).all()
    for _, group in cells.groupby("community_code"):
        # libpysal finds rook neighbours by other means: shared edges as vertex pairs.
        graph = Graph.build_contiguity(group.geometry, rook=True, strict=True)
        theirs = {(a, b) for a, b in graph.adjacency.index if a < b and graph[a].loc[b] > 0}
        assert theirs == {pair for pair in pairs(links) if pair[0] in group.index}
