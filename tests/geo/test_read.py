import os
import stat

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from shapely.geometry import LineString

from geo.crs import from_storage
from geo.layers import STORAGE_CRS
from geo.read import read_layers
from tests.geo.layer_files import EXPECTED, WRITERS, homes, save_csv, save_file, write_excel
from tests.geo.layers_by_hand import (
    EAST,
    WEST,
    codes,
    communities,
    compounds,
    only,
    refused,
    table,
    write_geojson,
    zip_shapefile,
)


@pytest.mark.parametrize("kind", WRITERS)
def test_every_format_gives_the_same_layer(kind, ground, tmp_path):
    layers = read_layers([ground, WRITERS[kind](tmp_path)])
    assert homes(layers) == EXPECTED
    assert layers.frames["compounds"].crs == STORAGE_CRS
    assert layers.frames["compounds"]["community_code"].tolist() == [WEST, WEST, EAST]
    assert codes(layers.faults, "fault") == []


@pytest.mark.parametrize("kind", WRITERS)
def test_sources_stay_as_they_were_and_nothing_appears_beside_them(kind, ground, tmp_path):
    source = WRITERS[kind](tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    read_layers([ground, source])
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write to read-only folders")
def test_a_read_only_folder_can_be_read(tmp_path):
    write_geojson(communities(), tmp_path / "communities.geojson")
    save_file(compounds(), tmp_path / "compounds.gpkg")
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert homes(read_layers([tmp_path])) == EXPECTED
    finally:
        tmp_path.chmod(stat.S_IRWXU)


def test_a_geopackage_gives_all_its_layers_and_ignores_others(tmp_path):
    path = tmp_path / "project.gpkg"
    communities().to_file(path, layer="communities")
    compounds().to_file(path, layer="小区")
    for other in ("layer_styles", "gridplan_grids"):
        pyogrio.write_dataframe(pd.DataFrame({"a": [1]}), path, layer=other)
    layers = read_layers([path])
    assert list(layers.frames) == ["communities", "compounds"]
    assert [f.facts["file"] for f in layers.faults if f.code == "layer_ignored"] == [
        "project.gpkg / layer_styles",
        "project.gpkg / gridplan_grids",
    ]


def test_a_folder_is_read_with_what_is_in_it(ground, tmp_path):
    home = ground.parent
    write_excel(table(), home / "小区.xlsx")
    (home / "README.md").write_text("not a layer")
    (home / "~$小区.xlsx").write_text("a lock file of Excel")
    write_excel(pd.DataFrame({"a": [1]}), home / "notes.xlsx")
    layers = read_layers([home])
    assert homes(layers) == EXPECTED
    assert only(layers.faults, "layer_ignored").facts["file"].startswith("notes.xlsx")
    assert tmp_path.exists()


def test_a_workbook_with_a_sheet_for_each_layer(ground, tmp_path):
    path = tmp_path / "街道资料.xlsx"
    write_excel(table(), path, sheet="小区")
    with pd.ExcelWriter(path, engine="openpyxl", mode="a") as writer:
        facts = pd.DataFrame({"社区代码": [int(WEST), int(EAST)], "志愿者": ["12人", "无"]})
        facts.to_excel(writer, sheet_name="社区情况", index=False)
        pd.DataFrame({"说明": ["请勿修改"]}).to_excel(writer, sheet_name="填表须知", index=False)
    layers = read_layers([ground, path])
    assert layers.frames["community_facts"]["community_code"].tolist() == [WEST, EAST]
    assert layers.frames["community_facts"]["volunteers"].tolist() == [12, 0]
    assert [f.row for f in layers.faults if f.code == "value_read"] == [1, 2]
    assert only(layers.faults, "layer_ignored").facts["file"] == "街道资料.xlsx / 填表须知"


def test_a_sheet_without_a_telling_name_goes_by_the_file(ground, tmp_path):
    path = write_excel(table(), tmp_path / "小区.xlsx")
    with pd.ExcelWriter(path, engine="openpyxl", mode="a") as writer:
        pd.DataFrame({"说明": ["请勿修改"]}).to_excel(writer, sheet_name="Sheet2", index=False)
    assert homes(read_layers([ground, path])) == EXPECTED


def test_rows_keep_their_numbers_across_titles_blanks_and_totals(ground, tmp_path):
    rows = (
        "某街道小区台账,,,,\n小区编号,小区名称,户数,经度,纬度\na,甲,300,121.502,31.205\n"
        ",,,,\nb,乙,约400,121.506,31.205\n合计,,700,,\n"
    )
    path = tmp_path / "小区.csv"
    path.write_text(rows, encoding="utf-8")
    faults = refused(ground, path).facts["faults"]
    assert only(faults, "value_unreadable").row == 3
    assert (only(faults, "total_row").row, only(faults, "total_row").layer) == (4, "compounds")
    path.write_text(rows.replace("约", ""), encoding="utf-8")
    assert read_layers([ground, path]).frames["compounds"]["households"].tolist() == [300, 400]


def test_a_comma_inside_a_number_that_shifts_a_row_is_a_fault(ground, tmp_path):
    path = tmp_path / "小区.csv"
    path.write_text(
        "小区编号,户数,经度,纬度\na,1,124,121.502,31.205\nb,9,121.506,31.205,\n", encoding="utf-8"
    )
    assert only(refused(ground, path).facts["faults"], "row_too_long").row == 1


def test_rows_that_end_early_and_headers_that_repeat_or_are_blank(ground, tmp_path):
    path = tmp_path / "小区.csv"
    path.write_text(
        "经度,纬度,小区编号,户数,小区编号,\n121.502,31.205,a,300,z,x\n121.506,31.205,b,400\n",
        encoding="utf-8",
    )
    layers = read_layers([ground, path])
    assert layers.frames["compounds"]["id"].tolist() == ["a", "b"]
    assert [
        f.facts["header"] for f in layers.faults if f.layer == "compounds" and f.code == "column_spare"
    ] == ["小区编号 (5)"]
    assert only(layers.faults, "column_ignored").facts["header"] == "#6"
    path.write_text("经度,纬度,小区编号,户数\n121.502,31.205,a\n", encoding="utf-8")
    assert only(refused(ground, path).facts["faults"], "value_missing").column == "households"


def test_a_phone_number_under_a_blank_header_is_refused(ground, tmp_path):
    path = tmp_path / "小区.csv"
    path.write_text("小区编号,户数,经度,纬度,\na,300,121.502,31.205,13812345678\n", encoding="utf-8")
    assert only(refused(ground, path).facts["faults"], "personal_phone_numbers").column == "#5"


def test_a_shape_longer_than_the_usual_limit_of_a_csv_field(tmp_path):
    circle = communities().geometry[0].centroid.buffer(0.004, quad_segs=2000)
    save_csv(pd.DataFrame({"code": [WEST], "wkt": [circle.wkt]}), tmp_path / "communities.csv", "utf-8")
    save_csv(table().head(2), tmp_path / "小区.csv", "utf-8")
    assert len(circle.wkt) > 131_072
    assert len(shapely.get_coordinates(read_layers([tmp_path]).frames["communities"].geometry)) == 8001


@pytest.mark.parametrize("name", ["GCJ-02", "BD-09", "EPSG:4549", "WGS84"])
def test_the_system_of_the_sources_can_be_given(name, tmp_path):
    for layer, frame in (("communities", communities()), ("compounds", compounds())):
        moved = from_storage(frame.to_crs(STORAGE_CRS), name)
        write_geojson(moved.set_crs(None, allow_override=True), tmp_path / f"{layer}.geojson")
    assert homes(read_layers([tmp_path], crs=name)) == EXPECTED


def test_a_declared_system_is_used(tmp_path):
    save_file(communities().to_crs(4549), tmp_path / "communities.gpkg")
    zip_shapefile(compounds().to_crs(4549), tmp_path, "compounds")
    layers = read_layers([tmp_path / "communities.gpkg", tmp_path / "compounds.zip"])
    assert homes(layers) == EXPECTED
    assert "crs_assumed" not in codes(layers.faults)


def test_a_mapping_by_hand_goes_before_what_is_recognised(ground, tmp_path):
    frame = table().rename(columns={"户数": "2023年", "经度": "东"}).assign(户数=["1", "2", "3"])
    path = save_csv(frame, tmp_path / "小区.csv", "utf-8")
    chosen = {"2023年": "households", "东": "lon", "户数": ""}
    layers = read_layers([ground, path], mapping={"compounds": chosen})
    assert homes(layers) == EXPECTED
    faults = refused(ground, path, mapping={"estates": {}, "compounds": {"gone": "name"}}).facts["faults"]
    assert {"mapping_unknown_layer", "mapping_unknown_header"} <= set(codes(faults))


def test_names_that_attack_are_kept_as_text(ground, tmp_path):
    nasty = ["<script>alert(1)</script>", "=HYPERLINK(1)", "'; DROP TABLE x"]
    for path in (
        write_geojson(compounds(name=nasty), tmp_path / "compounds.geojson"),
        save_csv(table(小区名称=nasty), tmp_path / "小区.csv", "utf-8"),
    ):
        assert read_layers([ground, path]).frames["compounds"]["name"].tolist() == nasty


def test_the_reference_district_is_clean_and_quick(reference_district):
    layers = read_layers([reference_district])
    assert {name: len(frame) for name, frame in layers.frames.items()} == {
        "communities": 33,
        "parcels": 798,
        "roads": 1026,
    }
    assert layers.frames["parcels"]["households"].sum() == 77_542
    assert layers.faults == ()


def test_kml_lines_polygons_and_folders(tmp_path):
    def ring(shape):
        return " ".join(f"{x},{y},0" for x, y in shape.coords)

    def area(row):
        return (
            f"<Placemark><name>{row['name']}</name><ExtendedData><SchemaData>"
            f'<SimpleData name="社区代码">{row["code"]}</SimpleData></SchemaData></ExtendedData>'
            f"<MultiGeometry><Polygon><outerBoundaryIs><LinearRing><coordinates>{ring(row.geometry.exterior)}</coordinates>"
            "</LinearRing></outerBoundaryIs></Polygon></MultiGeometry></Placemark>"
        )

    areas = "".join(area(row) for _, row in communities().iterrows())
    road = ring(LineString([(121.5, 31.205), (121.52, 31.205)]))
    path = tmp_path / "街道.kml"
    path.write_text(
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>街道</name>'
        f"<Document><name>社区</name>{areas}</Document><Folder><name>道路</name><Placemark><name>大路</name>"
        f"<LineString><coordinates>{road}</coordinates></LineString></Placemark></Folder></Document></kml>",
        encoding="utf-8",
    )
    home = write_geojson(compounds(), tmp_path / "compounds.geojson")
    layers = read_layers([path, home])
    assert layers.frames["communities"]["code"].tolist() == [WEST, EAST]
    assert layers.frames["roads"]["name"].tolist() == ["大路"]
    before = gpd.GeoSeries(communities().geometry.to_numpy())
    after = gpd.GeoSeries(layers.frames["communities"].geometry.to_numpy())
    assert before.symmetric_difference(after).area.max() == 0
