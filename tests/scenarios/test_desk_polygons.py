"""Grids drawn elsewhere: largest overlap, against plain shapely, and everything that does not fit is told."""

from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import affinity

from geo.crs import from_storage
from geo.layers import STORAGE_CRS
from scenarios.adoption.adopt import apply, look_ahead, preview
from scenarios.adoption.difference import Adoption, Allow, stand
from scenarios.adoption.polygon_fit import NOISE_SHARE, measure_overlaps
from scenarios.adoption.polygons import adopt_polygons
from scenarios.desk.desk import Desk, do_edit, open_desk
from scenarios.errors import AdoptionError, EditRefused
from tests.conftest import METRES
from tests.scenarios.planned import by_row, put_plan

HOME, OTHER = "999001001001", "999001001002"
NEW = Allow(new_grids=True)


@pytest.fixture
def desk(small_project: Path) -> Desk:
    return put_plan(small_project, by_row)


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """A box in metres: community 001 lies at 0–400 by −200–100, 002 at 400–700 by −100–100."""
    return shapely.box(500_000 + west, 4_000_000 + south, 500_000 + east, 4_000_000 + north)


def drawn(*shapes: shapely.Geometry, **columns: list[object]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=METRES).to_crs(STORAGE_CRS)


def write(path: Path, frame: gpd.GeoDataFrame, **options: object) -> Path:
    frame.to_file(path, **options)
    return path


def plan_shapes(desk: Desk) -> gpd.GeoDataFrame:
    """The grids of the plan on the desk, as a person would get them in QGIS."""
    cells = desk.ground.base.stored.cells
    codes = [desk.plan.grid_of_cell[cell] for cell in cells["cell_id"]]
    grids = cells.assign(网格编码=codes).dissolve("网格编码").reset_index()[["网格编码", "geometry"]]
    return grids.assign(名称=[desk.plan.grids[code].name for code in grids["网格编码"]])


def told(adoption: Adoption) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = {}
    for item in adoption.findings:
        found.setdefault(item.code, []).append({"row": item.row, **item.facts})
    return found


def refused(desk: Desk, path: Path, **options: object) -> dict[str, list[dict[str, object]]]:
    with pytest.raises(AdoptionError) as error:
        preview(desk, path, **options)
    found: dict[str, list[dict[str, object]]] = {}
    for item in error.value.facts["faults"]:
        if item.severity == "fault":
            found.setdefault(item.code, []).append({"row": item.row, **item.facts})
    return found


@pytest.mark.parametrize("ending", [".geojson", ".gpkg", ".kml", ".parquet", ".zip"])
def test_the_plan_itself_comes_back_from_every_format_without_a_change(
    desk: Desk, ending: str, tmp_path: Path
) -> None:
    path, grids = tmp_path / f"grids{ending}", plan_shapes(desk)
    if ending in (".zip", ".kml"):  # they keep ten bytes of a name, or plain ones only
        grids = grids.rename(columns={"网格编码": "code", "名称": "name"})
    if ending == ".parquet":
        grids.to_parquet(path)
    elif ending == ".zip":
        import zipfile  # noqa: PLC0415 - only here

        grids.to_file(tmp_path / "grids.shp", encoding="UTF-8")
        with zipfile.ZipFile(path, "w") as archive:
            for part in tmp_path.glob("grids.*"):
                if part != path:
                    archive.write(part, part.name)
    else:
        grids.to_file(path, driver={".kml": "KML"}.get(ending))
    assert path.is_file()
    adoption = preview(desk, path)
    assert adoption.is_empty, adoption
    assert {item.code for item in adoption.findings} <= {"crs_assumed", "heights_dropped"}


def test_cells_go_to_the_polygon_that_covers_most_and_the_split_is_told(desk: Desk, tmp_path: Path) -> None:
    # The border at x = 230 cuts the third column 30 : 70, so the third column goes east.
    west, east = box(0, -200, 230, 100), box(230, -200, 400, 100)
    path = write(tmp_path / "g.geojson", drawn(west, east, code=[f"{HOME}001", f"{HOME}002"]))
    adoption = preview(desk, path)
    after = {**desk.plan.grid_of_cell, **{move.cell_id: move.after for move in adoption.moves}}
    assert {cell for cell, code in after.items() if code == f"{HOME}001"} == {
        f"001-{row}{column}" for row in range(3) for column in range(2)
    }
    assert adoption.emptied == (f"{HOME}003",)
    split = told(adoption)["cell_split"]
    assert {item["cell"] for item in split} == {"001-02", "001-12", "001-22"}
    assert split[0]["shares"] == (f"{HOME}002 70.0%", f"{HOME}001 30.0%")
    assert told(adoption)["cells_uncovered"][0]["n"] == 6
    assert len(apply(desk, adoption, author="").plan.grids) == 4


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_largest_overlap_is_what_plain_shapely_says(data: st.DataObject) -> None:
    number = st.integers(-40, 440)
    corners = data.draw(st.lists(st.tuples(number, number, number, number), min_size=1, max_size=6))
    boxes = [shapely.box(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in corners]
    polygons = np.array([shape for shape in boxes if shape.area > 0], dtype=object)
    cells = np.array(
        [shapely.box(x, y, x + 100, y + 100) for x in range(0, 400, 100) for y in range(0, 400, 100)],
        dtype=object,
    )
    if not len(polygons):
        return
    found = measure_overlaps(cells, polygons)
    for at, cell in enumerate(cells):
        shares = [cell.intersection(polygon).area / cell.area for polygon in polygons]
        best = max(range(len(shares)), key=lambda i: (shares[i], -i))
        if shares[best] > NOISE_SHARE:
            assert found.best[at] == best
            assert found.best_share[at] == pytest.approx(shares[best])
        else:
            assert found.best[at] == -1


def test_gcj02_input_is_refused_when_nobody_says_so_and_right_when_told(desk: Desk, tmp_path: Path) -> None:
    grids = from_storage(plan_shapes(desk), "GCJ-02").set_crs(4326)
    path = write(tmp_path / "gcj.geojson", grids)
    (fault,) = refused(desk, path)["polygons_offset"]
    assert fault["better"] == "GCJ-02"
    adoption = preview(desk, path, crs="GCJ-02")
    assert adoption.is_empty
    assert "polygons_offset" not in told(adoption)


def test_bd09_is_recognised_too(desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path / "bd.geojson", from_storage(plan_shapes(desk), "BD-09").set_crs(4326))
    assert refused(desk, path)["polygons_offset"][0]["better"] == "BD-09"
    assert preview(desk, path, crs="BD-09").is_empty


def test_a_shape_that_crosses_itself_is_refused_and_a_hair_is_mended(desk: Desk, tmp_path: Path) -> None:
    x, y = 500_000, 4_000_000
    bow = shapely.Polygon([(x, y - 200), (x + 400, y + 100), (x + 400, y - 200), (x, y + 100)])
    path = write(tmp_path / "bow.gpkg", drawn(bow, code=[f"{HOME}001"]), layer="grids")
    assert refused(desk, path)["geometry_invalid"][0]["row"] == 1
    hair = shapely.Polygon(
        [
            (x, y - 200),
            (x + 400, y - 200),
            (x + 400, y + 100),
            (x + 200, y + 100),
            (x + 200.01, y + 100.02),
            (x + 199.99, y + 100.02),
            (x + 200.0, y + 100),
            (x, y + 100),
        ]
    )
    assert not hair.is_valid
    path = write(tmp_path / "hair.gpkg", drawn(hair, code=[f"{HOME}001"]), layer="grids")
    adoption = preview(desk, path)
    assert "geometry_mended" in told(adoption)
    assert len(adoption.moves) == 8


def test_parts_of_a_multipolygon_and_polygons_of_one_code_are_one_grid(desk: Desk, tmp_path: Path) -> None:
    two = shapely.MultiPolygon([box(0, -200, 100, 100), box(300, -200, 400, 100)])
    frame = drawn(
        two,
        box(100, -200, 200, 100),
        box(200, -200, 300, 100),
        code=[f"{HOME}001", f"{HOME}002", f"{HOME}002"],
    )
    adoption = preview(desk, write(tmp_path / "m.geojson", frame))
    assert told(adoption)["polygon_code_repeated"] == [{"row": 3, "code": f"{HOME}002", "first_row": 2}]
    after = {**desk.plan.grid_of_cell, **{move.cell_id: move.after for move in adoption.moves}}
    assert {after[f"001-0{column}"] for column in (0, 3)} == {f"{HOME}001"}
    assert {after[f"001-0{column}"] for column in (1, 2)} == {f"{HOME}002"}
    broken = {(rule.code, rule.grid) for rule in look_ahead(desk, adoption)}
    assert ("not_contiguous", f"{HOME}001") in broken


def test_a_polygon_over_two_communities_counts_in_one(desk: Desk, tmp_path: Path) -> None:
    frame = drawn(box(200, -200, 500, 100), code=[f"{HOME}002"])
    adoption = preview(desk, write(tmp_path / "c.geojson", frame))
    assert all(move.cell_id.startswith("001-") for move in adoption.moves)
    (crossing,) = told(adoption)["polygon_crosses"]
    assert (crossing["community"], crossing["others"], crossing["n"]) == ("社区1", ("社区2",), 2)


def test_polygons_without_codes_continue_the_grids_whose_households_they_hold(
    desk: Desk, tmp_path: Path
) -> None:
    rows = [box(0, 0, 400, 100), box(0, -100, 400, 0), box(0, -200, 200, -100), box(200, -200, 400, -100)]
    path = write(tmp_path / "n.geojson", drawn(*rows, 备注=["a", "b", "c", "d"]))
    assert refused(desk, path)["polygon_code_unknown"] == [
        {"row": 3, "code": f"{HOME}004", "community": "社区1"}
    ]
    adoption = preview(desk, path, allow=NEW)
    assert adoption.new_grids == {f"{HOME}004": "社区1004"}
    assert {move.cell_id for move in adoption.moves} == {"001-20", "001-21"}
    assert len(told(adoption)["polygon_code_given"]) == 4


def test_a_whole_file_without_codes_is_said_once(desk: Desk, tmp_path: Path) -> None:
    # A district drawn in QGIS gave fifty such lines, and the cells that its borders cut came after them.
    rows = [box(100 * at, -200, 100 * at + 100, 100) for at in range(4)] + [box(400, -200, 700, 100)]
    path = write(tmp_path / "n.geojson", drawn(*rows))
    found = told(preview(desk, path, allow=NEW))
    assert "polygon_code_given" not in found
    assert [item["n"] for item in found["polygon_codes_given"]] == [5]


def test_codes_of_another_make_are_replaced_and_names_are_taken(desk: Desk, tmp_path: Path) -> None:
    rows = [box(0, 0, 400, 100), box(0, -200, 400, 0)]
    path = write(tmp_path / "n.geojson", drawn(*rows, 编码=["A", f"{OTHER}001"], 名称=["河东", "河西"]))
    adoption = preview(desk, path)
    replaced = told(adoption)["polygon_code_replaced"]
    assert [(item["value"], item["code"]) for item in replaced] == [
        ("A", f"{HOME}001"),
        (f"{OTHER}001", f"{HOME}003"),
    ]
    assert adoption.renamed == {f"{HOME}001": "河东", f"{HOME}003": "河西"}
    after = apply(desk, adoption, author="")
    assert after.plan.grids[f"{HOME}003"].name == "河西"


def test_overlaps_gaps_and_polygons_beside_everything_are_listed(desk: Desk, tmp_path: Path) -> None:
    frame = drawn(
        box(0, -200, 260, 100),
        box(240, -200, 400, 100),
        box(900, 900, 950, 950),
        code=[f"{HOME}001", f"{HOME}002", f"{HOME}003"],
    )
    found = told(preview(desk, write(tmp_path / "o.geojson", frame)))
    assert found["polygons_overlap"] == [
        {"row": 1, "code": f"{HOME}001", "other": f"{HOME}002", "area_m2": 6000}
    ]
    assert found["polygon_without_cells"] == [{"row": 3, "code": f"{HOME}003"}]
    assert found["cells_uncovered"][0]["n"] == 6


def test_polygons_far_away_or_of_an_unknown_system_are_refused(desk: Desk, tmp_path: Path) -> None:
    far = drawn(affinity.translate(box(0, 0, 400, 100), 20_000, 0), code=["x"])
    (fault,) = refused(desk, write(tmp_path / "far.geojson", far))["polygons_far"]
    assert fault["distance_km"] == pytest.approx(19.3, abs=0.2)
    assert "crs_unknown" in refused(desk, write(tmp_path / "a.geojson", far), crs="EPSG:1")
    points = drawn(box(0, 0, 1, 1).centroid, code=["x"])
    assert "polygons_missing" in refused(desk, write(tmp_path / "p.geojson", points))


def test_of_several_layers_the_one_named_grids_counts(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "all.gpkg"
    plan_shapes(desk).to_file(path, layer="甲")
    plan_shapes(desk).to_file(path, layer="乙")
    assert refused(desk, path)["polygons_several"][0]["layers"] == ("甲", "乙")
    plan_shapes(desk).to_file(path, layer="网格")
    assert preview(desk, path).is_empty


def test_what_is_locked_is_said_before_anything_is_applied(desk: Desk, tmp_path: Path) -> None:
    locked = do_edit(desk, "lock", {"grids": [f"{HOME}003"]}, author="")
    path = write(tmp_path / "l.geojson", drawn(box(0, -200, 400, 100), code=[f"{HOME}001"]))
    with pytest.raises(EditRefused, match="edit_locked"):
        preview(locked, path)
    assert open_desk(desk.path).version == locked.version


def test_grids_are_not_looked_for_beyond_the_frame_that_is_given(desk: Desk) -> None:
    frame = drawn(box(0, 0, 400, 100)).assign(code=None)
    adoption = adopt_polygons(frame, stand(desk), source="-", allow=Allow())
    assert adoption.is_empty
    assert told(adoption)["cells_uncovered"][0]["n"] == 14


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(5, 395), min_size=1, max_size=3, unique=True))
def test_every_cell_is_where_its_polygon_is(desk: Desk, cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), 400]
    strips = [box(west, -200, east, 100) for west, east in pairwise(edges)]
    codes = [f"{HOME}{10 + at:03d}" for at in range(len(strips))]
    adoption = adopt_polygons(drawn(*strips, code=codes), stand(desk), source="-", allow=NEW)
    after = {**desk.plan.grid_of_cell, **{move.cell_id: move.after for move in adoption.moves}}
    cells = desk.ground.base.metres.cells
    for cell, shape in zip(cells["cell_id"], cells.to_crs(METRES).geometry, strict=True):
        if cell.startswith("001-"):
            shares = [shape.intersection(strip).area for strip in strips]
            best = max(shares)
            assert after[cell] in {codes[at] for at, share in enumerate(shares) if share > best - 1.0}


def test_label_points_are_left_out_and_a_code_may_stand_as_the_name(desk: Desk, tmp_path: Path) -> None:
    frame = drawn(
        box(0, -200, 400, 0),
        box(0, 0, 400, 100),
        box(0, 0, 400, 100).centroid,
        name=[f"{HOME}002", "一号网格", "标注"],
    )
    adoption = preview(desk, write(tmp_path / "k.kml", frame, driver="KML"))
    assert told(adoption)["polygons_others"] == [{"row": None, "n": 1}]
    assert {move.cell_id for move in adoption.moves} == {f"001-2{column}" for column in range(4)}
    assert {move.after for move in adoption.moves} == {f"{HOME}002"}
    assert adoption.renamed == {f"{HOME}001": "一号网格"}


def test_a_table_of_wkt_is_polygons(desk: Desk, tmp_path: Path) -> None:
    grids = plan_shapes(desk)
    table = grids.drop(columns="geometry").assign(WKT=grids.geometry.to_wkt())
    path = tmp_path / "wkt.csv"
    table.to_csv(path, index=False, encoding="utf-8-sig")
    adoption = preview(desk, path)
    assert adoption.is_empty
    assert adoption.kind == "polygons"


def test_of_an_exported_map_what_was_changed_in_it_counts(desk: Desk, tmp_path: Path) -> None:
    # An export holds the grids and the cells with their codes; a person changes one layer or the other.
    grids = plan_shapes(desk)
    cells = desk.ground.base.stored.cells[["cell_id", "geometry"]]
    cells = cells.assign(grid_code=[desk.plan.grid_of_cell[cell] for cell in cells["cell_id"]])
    redrawn = drawn(box(0, -200, 400, 0), box(0, 0, 400, 100)).assign(网格编码=[f"{HOME}002", f"{HOME}001"])
    moved = cells.assign(grid_code=cells["grid_code"].where(cells["cell_id"] != "001-00", f"{HOME}002"))

    def preview_of(name: str, **layers: gpd.GeoDataFrame) -> Adoption:
        for layer, frame in layers.items():
            frame.to_file(tmp_path / name, layer=layer)
        return preview(desk, tmp_path / name)

    assert preview_of("same.gpkg", grids=grids, cells=cells).is_empty
    by_grids = preview_of("redrawn.gpkg", grids=redrawn, cells=cells)
    assert {move.cell_id for move in by_grids.moves} == {f"001-2{column}" for column in range(4)}
    by_cells = preview_of("moved.gpkg", grids=grids, cells=moved)
    assert [move.cell_id for move in by_cells.moves] == ["001-00"]
    for layer, frame in (("grids", redrawn), ("cells", moved)):
        frame.to_file(tmp_path / "both.gpkg", layer=layer)
    assert "polygons_and_cells" in refused(desk, tmp_path / "both.gpkg")
