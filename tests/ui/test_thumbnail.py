"""Thumbnails: well-formed SVG inside its frame, hostile titles escaped, broken grids above the others."""

import xml.etree.ElementTree as ET

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from exports.colours import PALETTE
from ui.map.thumbnail import Size, draw_thumbnail

SVG = "{http://www.w3.org/2000/svg}"


def row_of_boxes(count: int, *, wide: float = 0.01, north: float = 30.0) -> gpd.GeoDataFrame:
    shapes = [shapely.box(120 + i * wide, north, 120 + (i + 1) * wide, north + 0.01) for i in range(count)]
    return gpd.GeoDataFrame({"code": range(count)}, geometry=shapes, crs="EPSG:4490")


def numbers(path: str) -> list[float]:
    return [float(word) for word in path.replace("M", " ").replace("L", " ").replace("Z", " ").split()]


@given(count=st.integers(1, 7), wide=st.floats(0.001, 0.05), north=st.floats(-60, 60))
def test_every_grid_is_drawn_inside_the_frame(count: int, wide: float, north: float) -> None:
    size = Size(width=200, height=120)
    root = ET.fromstring(draw_thumbnail(row_of_boxes(count, wide=wide, north=north), size=size))  # noqa: S314 - ours
    paths = root.findall(f"{SVG}path")
    assert len(paths) == count
    for path in paths:
        values = numbers(path.attrib["d"])
        assert all(0 <= x <= 200 for x in values[::2])
        assert all(0 <= y <= 120 for y in values[1::2])
        assert path.attrib["fill"] in PALETTE


def test_north_is_up_and_a_degree_east_is_shrunk() -> None:
    grid = row_of_boxes(1, wide=0.02, north=60.0)
    values = numbers(ET.fromstring(draw_thumbnail(grid)).find(f"{SVG}path").attrib["d"])  # noqa: S314 - ours
    wide = max(values[::2]) - min(values[::2])
    high = max(values[1::2]) - min(values[1::2])
    assert wide / high == pytest.approx(1.0, abs=0.01)  # 0.02° east at 60° north are as long as 0.01° north


def test_a_hole_stays_a_hole() -> None:
    ring = shapely.Polygon(
        shapely.box(120, 30, 120.03, 30.03).exterior.coords,
        [shapely.box(120.01, 30.01, 120.02, 30.02).exterior.coords],
    )
    drawn = draw_thumbnail(gpd.GeoDataFrame(geometry=[ring], crs="EPSG:4490"))
    assert drawn.count("M") == 2
    assert 'fill-rule="evenodd"' in drawn


def test_a_hostile_title_is_only_text() -> None:
    drawn = draw_thumbnail(row_of_boxes(2), title="<script>alert(1)</script>&")
    assert "<script" not in drawn
    assert ET.fromstring(drawn).findtext(f"{SVG}title") == "<script>alert(1)</script>&"  # noqa: S314 - ours


def test_broken_grids_are_drawn_last_and_red() -> None:
    paths = ET.fromstring(draw_thumbnail(row_of_boxes(3), broken=[True, False, False]))  # noqa: S314 - ours
    strokes = [path.attrib["stroke"] for path in paths.findall(f"{SVG}path")]
    assert strokes == ["#4a4a4a", "#4a4a4a", "#d7191c"]


def test_no_grids_give_an_empty_picture() -> None:
    empty = gpd.GeoDataFrame(geometry=[], crs="EPSG:4490")
    assert ET.fromstring(draw_thumbnail(empty)).findall(f"{SVG}path") == []  # noqa: S314 - ours
