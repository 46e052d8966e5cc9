"""Bad input: a clear error each, and never a traceback of another kind."""

import contextlib
import random
import zipfile

import pytest
from shapely.geometry import mapping

from geo.errors import CrsError, FormatError, LayerError, SchemaError
from geo.read import read_layers
from tests.geo.layer_files import EXPECTED, WRITERS, homes, save_csv, save_file
from tests.geo.layers_by_hand import (
    codes,
    communities,
    compounds,
    only,
    refused,
    table,
    write_broken_geojson,
    write_geojson,
    zip_shapefile,
)


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
    faults = refused(ground, save_csv(swapped, tmp_path / "小区.csv", "utf-8")).facts["faults"]
    assert codes(faults, "fault") == ["crs_axes_swapped"]


def test_a_system_that_does_not_exist(ground, tmp_path):
    path = write_geojson(compounds(), tmp_path / "compounds.geojson")
    error = refused(ground, path, crs="EPSG:123456")
    assert isinstance(error, CrsError)
    assert codes(error.facts["faults"], "fault") == ["crs_unknown", "crs_unknown"]


def test_an_old_system_is_read_with_a_word_of_warning(tmp_path):
    save_file(communities().to_crs(2385), tmp_path / "communities.gpkg")  # Xi'an 1980, 120° E
    save_file(compounds().to_crs(2385), tmp_path / "compounds.gpkg")
    layers = read_layers([tmp_path])
    assert codes(layers.faults, "notice") == ["crs_approximate", "crs_approximate"]


def test_a_table_without_places(ground, tmp_path):
    path = save_csv(table().drop(columns="经度"), tmp_path / "小区.csv", "utf-8")
    error = refused(ground, path)
    assert isinstance(error, SchemaError)
    assert codes(error.facts["faults"], "fault") == ["geometry_column_missing"]


def test_places_that_cannot_be_read(ground, tmp_path):
    frame = table(经度=["121.502", "东边", ""], 纬度=["31.205", "31.205", ""])
    faults = refused(ground, save_csv(frame, tmp_path / "小区.csv", "utf-8")).facts["faults"]
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
    path = save_csv(table(备注=[number, "", ""]), tmp_path / "小区.csv", "utf-8")
    error = refused(ground, path)
    assert isinstance(error, SchemaError)
    fault = only(error.facts["faults"], "personal_id_numbers")
    assert (fault.layer, fault.column) == ("compounds", "备注")
    assert number not in str(error)
    assert codes(error.facts["faults"], "fault") == ["personal_id_numbers"]


def test_a_layer_twice_an_unknown_one_and_an_empty_one(ground, tmp_path):
    first = write_geojson(compounds(), tmp_path / "compounds.geojson")
    second = save_csv(table(), tmp_path / "小区.csv", "utf-8")
    unknown = save_csv(table(), tmp_path / "foo.csv", "utf-8")
    empty = save_csv(table().head(0), tmp_path / "驻区单位.csv", "utf-8")
    faults = refused(ground, first, second, unknown, empty).facts["faults"]
    assert codes(faults, "fault") == ["layer_unknown", "layer_twice"]
    assert only(faults, "layer_empty").layer == "institutions"


def test_a_kml_that_would_exhaust_memory(ground, tmp_path):
    path = tmp_path / "compounds.kml"
    path.write_text('<!DOCTYPE x [<!ENTITY a "aaaa">]><kml>&a;</kml>')
    assert "source_unreadable" in codes(refused(ground, path).facts["faults"])


def test_a_zip_within_a_zip(ground, tmp_path):
    inner = zip_shapefile(compounds(), tmp_path, "compounds")
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(inner, "in/compounds.ZIP")
    fault = only(refused(ground, path).facts["faults"], "source_kind_unknown")
    assert fault.facts["file"] == "all.zip / in/compounds.ZIP"
