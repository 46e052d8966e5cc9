"""The outline of a group of cells: every metre once, the nearest line's name, the side it faces."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.alongside import read_lines
from geo.stretches import Outline, find_side, trace_outline

METRES = "EPSG:4549"
NO_COMPOUND = np.full(16, None, dtype=object)
CELLS = np.array(
    [shapely.box(100 * x, 100 * y, 100 * x + 100, 100 * y + 100) for y in range(4) for x in range(4)],
    dtype=object,
)


def roads(*lines: tuple[str, str | None, list[tuple[float, float]]]) -> gpd.GeoDataFrame:
    columns = {"class": [line[0] for line in lines], "name": [line[1] for line in lines]}
    return gpd.GeoDataFrame(columns, geometry=[shapely.LineString(line[2]) for line in lines], crs=METRES)


def trace(inside: list[int], *, layer: gpd.GeoDataFrame | None = None, compound=NO_COMPOUND) -> Outline:
    chosen = np.isin(np.arange(16), inside)
    return trace_outline(CELLS, chosen, compound, read_lines(METRES, layer, None))


def along(outline: Outline) -> dict[tuple[str, str | None], float]:
    found: dict[tuple[str, str | None], float] = {}
    for follows, title, length in zip(outline.follows, outline.title, outline.length_m, strict=True):
        found[follows, title] = found.get((follows, title), 0.0) + length
    return found


@settings(deadline=None)
@given(inside=st.sets(st.integers(0, 15), min_size=1, max_size=16))
def test_the_steps_are_the_outline_and_lead_out_of_it(inside: set[int]) -> None:
    outline = trace(sorted(inside))
    shape = shapely.union_all(CELLS[sorted(inside)])
    assert outline.length_m.sum() == pytest.approx(shape.length)
    beyond = outline.middle + outline.outward
    assert not shapely.contains_xy(shape, beyond[:, 0], beyond[:, 1]).any()
    assert shapely.contains_xy(shape, *(outline.middle - outline.outward).T).all()
    for own, other in zip(outline.own, outline.other, strict=True):
        assert own in inside
        assert other not in inside


def test_the_nearest_line_of_the_weightiest_class_gives_its_name() -> None:
    layer = roads(
        ("street", "甲路", [(0, 104), (200, 104)]),
        ("street", "乙路", [(0, 98), (200, 98)]),
        ("lane", "丙巷", [(0, 100), (200, 100)]),
        ("path", None, [(200, 0), (200, 100)]),
    )
    found = along(trace([0, 1], layer=layer))
    assert found["street", "乙路"] == pytest.approx(200)
    assert found["path", None] == pytest.approx(100)
    assert sum(found.values()) == pytest.approx(600)


def test_a_compound_s_edge_counts_where_nothing_weightier_runs() -> None:
    compound = NO_COMPOUND.copy()
    compound[[0, 1]], compound[[4]] = "A", "B"
    found = along(trace([0, 1], layer=roads(("main", "大街", [(200, 0), (200, 100)])), compound=compound))
    assert found["compound", "A"] == pytest.approx(200)
    assert found["main", "大街"] == pytest.approx(100)
    assert found["open", None] == pytest.approx(300)


def test_a_wall_is_named_after_the_compound_beside_it() -> None:
    compound = NO_COMPOUND.copy()
    compound[[4, 5]] = "A", "B"
    walls = gpd.GeoDataFrame(
        {"kind": ["wall"]}, geometry=[shapely.LineString([(0, 100), (0, 0), (200, 0)])], crs=METRES
    )
    chosen = np.isin(np.arange(16), [0, 1])
    found = along(trace_outline(CELLS, chosen, compound, read_lines(METRES, None, walls)))
    assert found["wall", None] == pytest.approx(300)
    assert found["compound", "A"] == found["compound", "B"] == pytest.approx(100)
    inside = np.isin(np.arange(16), [4])
    lower = walls.assign(geometry=[shapely.LineString([(0, 100), (100, 100)])])
    found = along(trace_outline(CELLS, inside, compound, read_lines(METRES, None, lower)))
    assert found["wall", "A"] == pytest.approx(100)


@pytest.mark.parametrize(
    ("other", "side"), [(6, "east"), (4, "west"), (9, "north"), (1, "south"), (-1, "around")]
)
def test_a_side_is_where_the_neighbour_lies(other: int, side: str) -> None:
    outline = trace([5])
    chosen = outline.other == other if other >= 0 else np.ones(len(outline.other), np.bool_)
    assert find_side(outline, chosen) == side


def test_a_stretch_round_a_corner_lies_between_two_sides() -> None:
    outline = trace([5])
    assert find_side(outline, np.isin(outline.other, [6, 9])) == "north_east"
    assert find_side(outline, np.isin(outline.other, [4, 1])) == "south_west"
