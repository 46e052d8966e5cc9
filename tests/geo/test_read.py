import contextlib
import os
import random
import stat
import zipfile

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from shapely.geometry import LineString, mapping

from geo.crs import from_storage
from geo.errors import CrsError, FormatError, LayerError, SchemaError
from geo.layers import STORAGE_CRS
from geo.read import read_layers
from tests.geo.layers_by_hand import (
    EAST,
    WEST,
    codes,
    communities,
    compounds,
    only,
    refused,
    table,
    write_broken_geojson,
    write_geojson,
    write_old_excel,
    zip_shapefile,
)


@pytest.fixture
def ground(tmp_path):
    """The two communities as a GeoJSON file, to which a test adds one more source."""
    home = tmp_path / "ground"
    home.mkdir()
    return write_geojson(communities(), home / "communities.geojson")


def homes(layers):
    frame = layers.frames["compounds"]
    points = shapely.get_coordinates(frame.geometry).round(6).tolist()
    return frame["id"].tolist(), frame["name"].tolist(), frame["households"].tolist(), points


EXPECTED = (
    ["a", "b", "c"],
    ["甲", "乙", "丙"],
    [300, 400, 500],
    [[121.502, 31.205], [121.506, 31.205], [121.515, 31.205]],
)


def write_excel(frame, path, sheet="Sheet1", title=None):
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    if title:
        page.append([title])
    page.append(list(frame.columns))
    for row in frame.itertuples(index=False):
        page.append(list(row))
    book.save(path)
    return path


def kml(frame, path):
    marks = "".join(
        f"<Placemark><name>{row.name}</name><ExtendedData>"
        f'<Data name="小区编号"><value>{row.id}</value></Data>'
        f'<Data name="户数"><value>{row.households}</value></Data></ExtendedData>'
        f"<Point><coordinates>{row.geometry.x},{row.geometry.y},0</coordinates></Point></Placemark>"
        for row in frame.rename(columns={"name": "label"}).assign(name=frame["name"]).itertuples(index=False)
    )
    text = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>'
    path.write_text(f'<?xml version="1.0" encoding="UTF-8"?>{text}', encoding="utf-8")
    return path


WRITERS = {
    "geojson": lambda home: write_geojson(compounds(), home / "compounds.geojson"),
    "geopackage": lambda home: _to_file(compounds(), home / "小区.gpkg"),
    "shapefile": lambda home: zip_shapefile(compounds(), home, "小区"),
    "shapefile_gbk": lambda home: zip_shapefile(
        compounds(), home, "compounds", encoding="GBK", leave_out=(".cpg",)
    ),
    "geoparquet": lambda home: _to_parquet(compounds(), home / "compounds.parquet"),
    "kml": lambda home: kml(compounds(), home / "compounds.kml"),
    "csv": lambda home: _to_csv(table(), home / "小区.csv", "utf-8"),
    "csv_bom": lambda home: _to_csv(table(), home / "小区.csv", "utf-8-sig"),
    "csv_gbk": lambda home: _to_csv(table(), home / "小区.csv", "gbk"),
    "csv_wkt": lambda home: _to_csv(
        pd.DataFrame(compounds()).assign(geometry=compounds().to_wkt()["geometry"]),
        home / "compounds.csv",
        "utf-8",
    ),
    "excel_old": lambda home: write_old_excel(table(), home / "小区.xls"),
    "excel": lambda home: write_excel(table(), home / "小区.xlsx"),
    "excel_sheet": lambda home: write_excel(table(), home / "资料.xlsx", sheet="小区", title="小区情况表"),
}


def _to_file(frame, path):
    frame.to_file(path)
    return path


def _to_parquet(frame, path):
    frame.to_parquet(path)
    return path


def _to_csv(frame, path, encoding):
    frame.to_csv(path, index=False, encoding=encoding)
    return path


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
    _to_file(compounds(), tmp_path / "compounds.gpkg")
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
    with pd.ExcelWriter(path, mode="a") as writer:
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
    with pd.ExcelWriter(path, mode="a") as writer:
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
    _to_csv(pd.DataFrame({"code": [WEST], "wkt": [circle.wkt]}), tmp_path / "communities.csv", "utf-8")
    _to_csv(table().head(2), tmp_path / "小区.csv", "utf-8")
    assert len(circle.wkt) > 131_072
    assert len(shapely.get_coordinates(read_layers([tmp_path]).frames["communities"].geometry)) == 8001


@pytest.mark.parametrize("name", ["GCJ-02", "BD-09", "EPSG:4549", "WGS84"])
def test_the_system_of_the_sources_can_be_given(name, tmp_path):
    for layer, frame in (("communities", communities()), ("compounds", compounds())):
        moved = from_storage(frame.to_crs(STORAGE_CRS), name)
        write_geojson(moved.set_crs(None, allow_override=True), tmp_path / f"{layer}.geojson")
    assert homes(read_layers([tmp_path], crs=name)) == EXPECTED


def test_a_declared_system_is_used(tmp_path):
    _to_file(communities().to_crs(4549), tmp_path / "communities.gpkg")
    zip_shapefile(compounds().to_crs(4549), tmp_path, "compounds")
    layers = read_layers([tmp_path / "communities.gpkg", tmp_path / "compounds.zip"])
    assert homes(layers) == EXPECTED
    assert "crs_assumed" not in codes(layers.faults)


def test_a_mapping_by_hand_goes_before_what_is_recognised(ground, tmp_path):
    frame = table().rename(columns={"户数": "2023年", "经度": "东"}).assign(户数=["1", "2", "3"])
    path = _to_csv(frame, tmp_path / "小区.csv", "utf-8")
    chosen = {"2023年": "households", "东": "lon", "户数": ""}
    layers = read_layers([ground, path], mapping={"compounds": chosen})
    assert homes(layers) == EXPECTED
    faults = refused(ground, path, mapping={"estates": {}, "compounds": {"gone": "name"}}).facts["faults"]
    assert {"mapping_unknown_layer", "mapping_unknown_header"} <= set(codes(faults))


def test_names_that_attack_are_kept_as_text(ground, tmp_path):
    nasty = ["<script>alert(1)</script>", "=HYPERLINK(1)", "'; DROP TABLE x"]
    for path in (
        write_geojson(compounds(name=nasty), tmp_path / "compounds.geojson"),
        _to_csv(table(小区名称=nasty), tmp_path / "小区.csv", "utf-8"),
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


# Bad input: a clear error each, and never a traceback of another kind.


@pytest.mark.parametrize(
    "ending", [".geojson", ".gpkg", ".zip", ".shp", ".parquet", ".kml", ".csv", ".xlsx", ".xls"]
)
@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x00\xff\xfe" * 400])
def test_empty_and_damaged_files(ending, content, ground, tmp_path):
    path = tmp_path / f"compounds{ending}"
    path.write_bytes(content)
    error = refused(ground, path)
    faults = error.facts["faults"]
    if content == b"":
        assert only(faults, "source_empty").facts["file"] == path.name
    elif ending != ".csv":  # any bytes are a CSV; its columns are what is missing then
        assert {"source_unreadable", "shapefile_incomplete"} & set(codes(faults))
    assert error.code == "layers_refused"


@pytest.mark.parametrize("kind", WRITERS)
def test_a_file_damaged_anywhere_is_read_or_refused_and_nothing_else(kind, ground, tmp_path, capfd):
    source = WRITERS[kind](tmp_path)
    whole, chance = source.read_bytes(), random.Random(5)  # noqa: S311 - no secret
    for _ in range(8):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 20)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        source.write_bytes(damaged[: chance.choice([None, chance.randrange(1, len(damaged))])])
        with contextlib.suppress(LayerError):
            read_layers([ground, source])
    assert capfd.readouterr().out == ""  # standard output belongs to --json


def test_a_file_that_is_not_there_or_of_another_kind(ground, tmp_path):
    (tmp_path / "compounds.docx").write_text("x")
    error = refused(ground, tmp_path / "gone.geojson", tmp_path / "compounds.docx")
    assert type(error) is LayerError  # the missing layer is another kind of fault
    assert codes(error.facts["faults"])[:2] == ["source_missing", "source_kind_unknown"]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert only(refused(empty).facts["faults"], "source_without_layers").facts["file"] == "empty"


@pytest.mark.parametrize(
    "entry", ["../compounds.csv", "/compounds.csv", "a/../../x.csv", "..\\x.csv", "C:/x.csv"]
)
def test_a_zip_with_paths_out_of_it(entry, ground, tmp_path):
    home = tmp_path / "in"
    home.mkdir()
    path = home / "compounds.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("roads.csv", "x")
        archive.writestr(entry, "x")
    before = sorted(tmp_path.rglob("*"))
    error = refused(ground, path, write_geojson(compounds(), tmp_path / "ground" / "compounds.geojson"))
    assert isinstance(error, FormatError)
    assert only(error.facts["faults"], "archive_unsafe_path").facts["entry"]
    assert [p for p in sorted(tmp_path.rglob("*")) if p.name != "compounds.geojson"] == before


def test_a_zip_bomb(ground, tmp_path, monkeypatch):
    monkeypatch.setattr("geo.read_archive.SIZE_LIMIT_MB", 1)
    path = tmp_path / "compounds.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("compounds.csv", b"0" * 3_000_000)
    assert path.stat().st_size < 10_000
    assert only(refused(ground, path).facts["faults"], "archive_too_large").facts["size_mb"] == 3


def test_chinese_names_in_a_zip_of_windows(ground, tmp_path):
    path = tmp_path / "图层.zip"
    info = zipfile.ZipInfo("XXXX.csv")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, table().to_csv(index=False))
    path.write_bytes(path.read_bytes().replace(b"XXXX.csv", "小区".encode("gbk") + b".csv"))
    assert homes(read_layers([ground, path])) == EXPECTED


def test_a_shapefile_whose_cpg_lies(ground, tmp_path):
    home = tmp_path / "parts"
    home.mkdir()
    compounds().to_file(home / "compounds.shp", encoding="GBK")
    (home / "compounds.cpg").write_text("UTF-8")
    assert homes(read_layers([ground, home])) == EXPECTED


def test_a_shapefile_without_its_parts(ground, tmp_path):
    no_system = zip_shapefile(compounds(), tmp_path, "compounds", leave_out=(".prj",))
    error = refused(ground, no_system)
    assert isinstance(error, CrsError)
    assert only(error.facts["faults"], "crs_missing").layer == "compounds"
    assert homes(read_layers([ground, no_system], crs="WGS84")) == EXPECTED
    bare = tmp_path / "bare"
    bare.mkdir()
    no_index = zip_shapefile(compounds(), bare, "compounds", leave_out=(".shx", ".dbf"))
    fault = only(refused(ground, no_index).facts["faults"], "shapefile_incomplete")
    assert fault.facts["missing"] == (".shx", ".dbf")


@pytest.mark.parametrize(
    ("stored", "declared", "code"),
    [
        ("EPSG:4549", "EPSG:4326", "crs_degrees_expected"),
        ("EPSG:4326", "EPSG:4549", "crs_metres_expected"),
        ("EPSG:4525", "EPSG:4549", "crs_outside_area"),  # with the zone in front of the easting
        ("EPSG:32651", "EPSG:4549", "layer_far_away"),
    ],
)
def test_a_wrong_system(stored, declared, code, ground, tmp_path):
    path = tmp_path / "compounds.gpkg"
    compounds().to_crs(stored).set_crs(declared, allow_override=True).to_file(path)
    error = refused(ground, path)
    assert isinstance(error, CrsError)
    assert codes(error.facts["faults"], "fault") == [code]


def test_longitude_and_latitude_the_wrong_way_round(ground, tmp_path):
    swapped = table().rename(columns={"经度": "纬度", "纬度": "经度"})
    faults = refused(ground, _to_csv(swapped, tmp_path / "小区.csv", "utf-8")).facts["faults"]
    assert codes(faults, "fault") == ["crs_axes_swapped"]


def test_a_system_that_does_not_exist(ground, tmp_path):
    path = write_geojson(compounds(), tmp_path / "compounds.geojson")
    error = refused(ground, path, crs="EPSG:123456")
    assert isinstance(error, CrsError)
    assert codes(error.facts["faults"], "fault") == ["crs_unknown", "crs_unknown"]


def test_an_old_system_is_read_with_a_word_of_warning(tmp_path):
    _to_file(communities().to_crs(2385), tmp_path / "communities.gpkg")  # Xi'an 1980, 120° E
    _to_file(compounds().to_crs(2385), tmp_path / "compounds.gpkg")
    layers = read_layers([tmp_path])
    assert codes(layers.faults, "notice") == ["crs_approximate", "crs_approximate"]


def test_a_table_without_places(ground, tmp_path):
    path = _to_csv(table().drop(columns="经度"), tmp_path / "小区.csv", "utf-8")
    error = refused(ground, path)
    assert isinstance(error, SchemaError)
    assert codes(error.facts["faults"], "fault") == ["geometry_column_missing"]


def test_places_that_cannot_be_read(ground, tmp_path):
    frame = table(经度=["121.502", "东边", ""], 纬度=["31.205", "31.205", ""])
    faults = refused(ground, _to_csv(frame, tmp_path / "小区.csv", "utf-8")).facts["faults"]
    assert [(f.code, f.row) for f in faults if f.severity == "fault"] == [
        ("geometry_unreadable", 2),
        ("geometry_missing", 3),
    ]


def test_null_geometry_and_mixed_properties(ground, tmp_path):
    features = [
        ({"id": "a", "households": "300户", "tags": ["x"]}, mapping(compounds().geometry[0])),
        ({"id": 2, "households": 40}, None),
    ]
    path = write_broken_geojson(tmp_path / "compounds.geojson", features)
    faults = refused(ground, path).facts["faults"]
    assert [(f.code, f.row) for f in faults if f.severity == "fault"] == [("geometry_missing", 2)]
    assert only(faults, "value_read").facts == {"value": "300户", "read": "300"}


def test_personal_records_are_refused_with_the_reason_only(ground, tmp_path):
    number = "11010519491231002X"
    path = _to_csv(table(备注=[number, "", ""]), tmp_path / "小区.csv", "utf-8")
    error = refused(ground, path)
    assert isinstance(error, SchemaError)
    fault = only(error.facts["faults"], "personal_id_numbers")
    assert (fault.layer, fault.column) == ("compounds", "备注")
    assert number not in str(error)
    assert codes(error.facts["faults"], "fault") == ["personal_id_numbers"]


def test_a_layer_twice_an_unknown_one_and_an_empty_one(ground, tmp_path):
    first = write_geojson(compounds(), tmp_path / "compounds.geojson")
    second = _to_csv(table(), tmp_path / "小区.csv", "utf-8")
    unknown = _to_csv(table(), tmp_path / "foo.csv", "utf-8")
    empty = _to_csv(table().head(0), tmp_path / "驻区单位.csv", "utf-8")
    faults = refused(ground, first, second, unknown, empty).facts["faults"]
    assert codes(faults, "fault") == ["layer_unknown", "layer_twice"]
    assert only(faults, "layer_empty").layer == "institutions"


def test_a_kml_that_would_exhaust_memory(ground, tmp_path):
    path = tmp_path / "compounds.kml"
    path.write_text('<!DOCTYPE x [<!ENTITY a "aaaa">]><kml>&a;</kml>')
    assert "source_unreadable" in codes(refused(ground, path).facts["faults"])


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
