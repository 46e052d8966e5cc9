"""What reading decides by itself is always listed: systems of files, bytes that are no text, old zips."""

import zipfile

import geopandas as gpd
import pytest

from geo.crs import from_storage
from geo.layers import STORAGE_CRS
from geo.read import read_layers
from tests.geo.layer_files import EXPECTED, homes, save_csv, save_file, save_parquet
from tests.geo.layers_by_hand import communities, compounds, only, table, write_geojson, zip_shapefile

CRS_CODES = {"crs_applied", "crs_overruled", "crs_kept", "crs_assumed"}


def in_gcj(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return from_storage(frame.to_crs(STORAGE_CRS), "GCJ-02")


def crs_findings(layers):
    return {
        fault.layer: (fault.code, fault.facts.get("declared"))
        for fault in layers.faults
        if fault.code in CRS_CODES
    }


def test_sources_of_several_systems_are_each_read_in_their_own(tmp_path):
    """GCJ-02 without a word, GCJ-02 that claims WGS84, and a projected file: one `--crs` for all."""
    write_geojson(in_gcj(communities()).set_crs(None, allow_override=True), tmp_path / "communities.geojson")
    save_file(compounds().to_crs(4549), tmp_path / "compounds.gpkg")
    layers = read_layers([tmp_path], crs="GCJ-02")
    assert homes(layers) == EXPECTED
    kept = only(layers.faults, "crs_kept")
    assert (kept.severity, kept.layer, kept.facts["file"]) == ("notice", "compounds", "compounds.gpkg")
    assert kept.facts["declared"] == "EPSG:4549"
    assert crs_findings(layers) == {
        "communities": ("crs_applied", None),
        "compounds": ("crs_kept", "EPSG:4549"),
    }


@pytest.mark.parametrize("kind", ["gpkg", "zip", "parquet"])
def test_a_file_that_claims_wgs84_is_overruled_and_that_is_listed(kind, ground, tmp_path):
    claims = in_gcj(compounds()).set_crs("EPSG:4326", allow_override=True)
    path = {
        "gpkg": lambda: save_file(claims, tmp_path / "compounds.gpkg"),
        "zip": lambda: zip_shapefile(claims, tmp_path, "compounds"),
        "parquet": lambda: save_parquet(claims, tmp_path / "compounds.parquet"),
    }[kind]()
    layers = read_layers([ground, path], crs="GCJ-02")
    assert homes(layers) == EXPECTED
    overruled = [fault for fault in layers.faults if fault.code == "crs_overruled"]
    assert ("compounds", "WGS84") in {(fault.layer, fault.facts["declared"]) for fault in overruled}


def test_a_system_that_file_and_person_agree_on_needs_no_word(tmp_path):
    save_file(communities().to_crs(4549), tmp_path / "communities.gpkg")
    save_file(compounds().to_crs(4549), tmp_path / "compounds.gpkg")
    assert crs_findings(read_layers([tmp_path], crs="EPSG:4549")) == {}


def test_bytes_that_are_no_text_are_listed_with_row_and_column(ground, tmp_path):
    path = save_csv(table(), tmp_path / "小区.csv", "utf-8")
    path.write_bytes(path.read_bytes().replace("乙".encode(), b"\xe4\xb9\xff"))
    fault = only(read_layers([ground, path]).faults, "text_undecodable")
    assert (fault.severity, fault.layer, fault.row, fault.column) == ("notice", "compounds", 2, "name")
    assert fault.facts["n"] == 1
    assert "\ufffd" in str(fault.facts["value"])


@pytest.mark.parametrize(("encoding", "broken"), [("UTF-8", b"\xe4\xb9\xff"), ("GBK", b"\xd2\xff")])
def test_bytes_that_are_no_text_in_a_shapefile_are_listed(encoding, broken, ground, tmp_path):
    home = tmp_path / "parts"
    home.mkdir()
    compounds().to_file(home / "compounds.shp", encoding=encoding)
    dbf = home / "compounds.dbf"
    dbf.write_bytes(dbf.read_bytes().replace("乙".encode(encoding), broken))
    layers = read_layers([ground, home])
    fault = only(layers.faults, "text_undecodable")
    assert (fault.layer, fault.row, fault.column) == ("compounds", 2, "name")
    assert layers.frames["compounds"]["name"].tolist()[::2] == ["甲", "丙"]


def test_an_old_windows_zip_with_backslashes_is_unpacked_into_folders(ground, tmp_path):
    plain = zip_shapefile(compounds(), tmp_path, "compounds")
    with zipfile.ZipFile(plain) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    old = tmp_path / "old.zip"
    with zipfile.ZipFile(old, "w") as archive:
        archive.writestr("图层\\", b"")
        for name, content in parts.items():
            archive.writestr(f"图层\\{name}", content)
    assert homes(read_layers([ground, old])) == EXPECTED
