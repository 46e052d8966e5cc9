"""What the browser is given to draw: complete, exact to a decimetre, labels inside their areas."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.layers import STORAGE_CRS
from ui.map import assets
from ui.map.geometry import MapContent, MapLayer, Mark, label_places, to_document

EVIL = "<script>alert(1)</script>"


def content(shapes: list, **facts) -> MapContent:
    frame = gpd.GeoDataFrame(geometry=shapes, crs=STORAGE_CRS)
    ids = [str(i) for i in range(len(shapes))]
    legend = Mark(shape="area", colours=("#fff",))
    layer = MapLayer(key="plan", name="网格", frame=frame, ids=ids, style={}, legend=legend, **facts)
    return MapContent(place="p", kind="plan", language="zh-CN", extent=frame, layers=(layer,))


def read(shapes: list, **facts) -> list[dict]:
    return json.loads(to_document(content(shapes, **facts)))["layers"][0]["features"]


def test_names_from_files_stay_data() -> None:
    feature = read([shapely.box(120, 30, 120.01, 30.01)], tips=[[EVIL]], labels=[[EVIL]])[0]
    assert feature["t"] == [EVIL]
    assert feature["l"] == [EVIL]


def test_missing_shapes_are_left_out_and_rows_keep_their_values() -> None:
    square = shapely.box(120, 30, 120.01, 30.01)
    features = read(
        [square, None, shapely.Polygon(), square],
        fills=["a", "b", "c", "d"],
        broken=[False, True, True, True],
    )
    assert [(f["id"], f["c"], f.get("bad", False)) for f in features] == [("0", "a", False), ("3", "d", True)]


def test_bounds_are_those_of_the_extent() -> None:
    document = json.loads(to_document(content([shapely.box(120, 30, 120.5, 30.25)])))
    assert document["bounds"] == [[30, 120], [30.25, 120.5]]


def test_shared_corners_stay_shared() -> None:
    left, right = read(
        [shapely.box(120, 30, 120.0000014, 30.01), shapely.box(120.0000014, 30, 120.02, 30.01)]
    )
    assert {x for x, _ in left["g"]["coordinates"][0]} & {x for x, _ in right["g"]["coordinates"][0]}


@given(
    points=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=3, max_size=9, unique=True),
)
def test_a_label_sits_inside_its_area_with_its_circle(points: list[tuple[int, int]]) -> None:
    hull = shapely.convex_hull(shapely.MultiPoint(points))
    if hull.geom_type != "Polygon":
        return
    area = shapely.transform(hull, lambda xy: xy * 1e-4 + [120, 30])
    ((lat, lon), radius_m), *_ = label_places(np.array([area]))
    at = shapely.Point(lon, lat)
    assert area.buffer(2e-6).contains(at)
    assert radius_m <= area.boundary.distance(at) * 111_320 * 1.02 + 0.3


def test_an_area_without_extent_gets_a_label_nowhere_visible() -> None:
    flat = shapely.Polygon([(120, 30), (120.1, 30), (120, 30)])
    assert label_places(np.array([flat]))[0][1] == pytest.approx(0)


def test_visitors_may_publish_the_same_map_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # After a restart of the server all open tabs ask for the same map: one run took away the other's draft.
    monkeypatch.setattr(assets, "served_folder", lambda: tmp_path)
    texts = [f"{number} " * 20_000 for number in range(40) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(assets.publish, texts))
    assert len(set(names)) == 40
    assert {path.name for path in tmp_path.iterdir()} == set(names)
    for text, name in zip(texts, names, strict=True):
        assert (tmp_path / name).read_text(encoding="utf-8") == text
