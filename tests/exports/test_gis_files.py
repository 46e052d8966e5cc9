"""Every GIS file is read again by other eyes and compared with the plan: same grids, households, land."""

import shutil
import sqlite3
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import pytest
import shapely

from exports.formats import export
from geo.crs import to_storage
from tests.exports.outcome_by_hand import METRIC, NASTY, as_table

ENDINGS = (".gpkg", ".geojson", ".zip", ".kml")


def read_grids(path: Path) -> gpd.GeoDataFrame:
    """Read the grids as any GIS would, and name the columns as the layer in the project does."""
    if path.suffix == ".kml":
        return gpd.read_file(path, layer="grids", driver="LIBKML").rename(columns={"Name": "name"})
    frame = gpd.read_file(path) if path.suffix == ".geojson" else gpd.read_file(path, layer="grids")
    return frame.rename(columns={"comm_code": "community_code"})


@pytest.mark.parametrize("ending", ENDINGS)
def test_same_grids_and_households(exported, outcome, ending):
    read, wanted = as_table(read_grids(exported[ending])), as_table(outcome.grids)
    assert read.index.tolist() == wanted.index.tolist()
    for column in wanted.columns:
        assert read[column].fillna("").tolist() == wanted[column].fillna("").tolist(), column


@pytest.mark.parametrize("ending", ENDINGS)
def test_codes_stay_text(exported, ending):
    codes = read_grids(exported[ending])["code"]
    assert all(isinstance(code, str) and len(code) == 15 for code in codes)


@pytest.mark.parametrize("ending", ENDINGS)
def test_tiling_contiguity_and_nesting_measured_from_the_file(exported, outcome, ending):
    grids = read_grids(exported[ending]).to_crs(METRIC)
    communities = outcome.communities.to_crs(METRIC).set_index("code").geometry
    assert grids.is_valid.all()
    assert (shapely.get_num_geometries(shapely.union_all(grids.geometry.to_numpy())) == 1).all()
    for code, group in grids.groupby("community_code"):
        whole = shapely.union_all(group.geometry.to_numpy())
        assert communities[code].symmetric_difference(whole).area < 0.01
        assert group.geometry.area.sum() - whole.area < 0.01
        assert all(shapely.get_num_geometries(shape) == 1 for shape in group.geometry)
        assert not (group.code.str[:12] != code).any()


def test_geojson_is_what_the_standard_asks(exported):
    frame = gpd.read_file(exported[".geojson"])
    assert frame.crs.to_epsg() == 4326
    assert '"crs"' not in exported[".geojson"].read_text(encoding="utf-8")
    assert frame.total_bounds[0] == pytest.approx(120, abs=0.1)  # longitude first


def test_shapefile_fields_are_short_known_and_explained(exported):
    with zipfile.ZipFile(exported[".zip"]) as archive:
        assert archive.read("grids.cpg").strip() == b"UTF-8"
        explained = archive.read("fields.txt").decode("utf-8-sig")
    for layer in ("grids", "cells", "communities"):
        for field in gpd.read_file(exported[".zip"], layer=layer).columns.drop("geometry"):
            assert len(field) <= 10
            assert f"\n{field:<10}  " in explained.replace("\r\n", "\n")
    assert "社区编码" in explained


def test_cells_know_their_grid(exported, outcome):
    for path, column in ((exported[".gpkg"], "grid_code"), (exported[".zip"], "grid_code")):
        cells = gpd.read_file(path, layer="cells")
        sums = cells.groupby(column)["households"].sum()
        assert sums.to_dict() == outcome.grids.set_index("code")["households"].to_dict()


def test_communities_carry_sums_and_proof(exported):
    communities = gpd.read_file(exported[".gpkg"], layer="communities").set_index("code")
    assert communities["name"].to_dict() == NASTY
    assert communities["n_grids"].tolist() == [3, 2]
    assert communities["proven"].tolist() == [True, False]
    assert (
        communities["households"].sum() == gpd.read_file(exported[".gpkg"], layer="cells")["households"].sum()
    )


def test_geopackage_carries_styles_that_fit_its_layers(exported):
    grids = gpd.read_file(exported[".gpkg"], layer="grids")
    with sqlite3.connect(exported[".gpkg"]) as base:
        rows = base.execute(
            "SELECT s.f_table_name, s.styleQML, s.useAsDefault FROM layer_styles s "
            "JOIN gpkg_geometry_columns g ON g.table_name = s.f_table_name "
            "AND g.column_name = s.f_geometry_column ORDER BY 1"
        ).fetchall()
    assert [(name, default) for name, _, default in rows] == [("cells", 1), ("communities", 1), ("grids", 1)]
    style = ET.fromstring(rows[2][1])  # noqa: S314 - written by ourselves
    values = {category.get("value") for category in style.iter("category")}
    assert values == set(grids["fill"])
    assert {alias.get("field") for alias in style.iter("alias")} <= set(grids.columns)


def test_styles_are_written_as_qgis_reads_them(exported):
    """Labels once were off: QGIS draws them where the root says so, and takes the newest default style."""
    with sqlite3.connect(exported[".gpkg"]) as base:
        columns = [row[1] for row in base.execute("PRAGMA table_info(layer_styles)")]
        styles = dict(base.execute("SELECT f_table_name, styleQML FROM layer_styles").fetchall())
        times = base.execute("SELECT count(*) FROM layer_styles WHERE update_time IS NOT NULL").fetchone()
    wanted = ["f_table_catalog", "f_table_schema", "f_table_name", "f_geometry_column", "styleName"]
    wanted += ["styleQML", "styleSLD", "useAsDefault", "description", "owner", "ui", "update_time"]
    assert columns == ["id", *wanted]
    assert times == (3,)
    labelled = {}
    for name, text in styles.items():
        root = ET.fromstring(text)  # noqa: S314 - written by ourselves
        labelled[name] = root.get("labelsEnabled")
        renderer = root.find("renderer-v2")
        symbols = {symbol.get("name") for symbol in renderer.iter("symbol")}
        assert {category.get("symbol") for category in renderer.iter("category")} <= symbols
        for layer in renderer.iter("layer"):
            options = {option.get("name"): option.get("value") for option in layer.iter("Option")}
            assert options.items() >= {prop.get("k"): prop.get("v") for prop in layer.iter("prop")}.items()
        if (labels := root.find("labeling")) is not None:
            settings = labels.find("settings")
            assert [part.tag for part in settings] == ["text-style", "text-format", "placement", "rendering"]
            assert settings.find("text-style").get("fieldName")
            # QGIS 3.22 drew hair lines without the weight, and no label at all for two layers of obstacles.
            assert int(settings.find("text-style").get("fontWeight")) >= 50
            assert int(settings.find("placement").get("priority")) > 0
            assert settings.find("rendering").get("obstacle") == "0"
    assert labelled == {"grids": "1", "cells": "0", "communities": "1"}


@pytest.mark.parametrize(
    ("ending", "crs"),
    [
        (ending, crs)
        for ending in ENDINGS
        for crs in ("GCJ-02", "BD-09", "EPSG:4549")
        if (ending, crs) != (".kml", "EPSG:4549")
    ],
)
def test_other_coordinate_systems_come_back(outcome, texts, tmp_path, ending, crs):
    path = tmp_path / f"x{ending}"
    export(outcome, path, texts, crs=crs)
    read = read_grids(path)
    if crs.startswith("EPSG"):
        assert read.crs.to_epsg() == 4549
    else:
        # No registered code: nothing false is declared, by those formats that declare anything.
        declares_nothing = read.crs is None or "Undefined" in str(read.crs)
        assert declares_nothing == (ending in (".gpkg", ".zip"))
        if not declares_nothing:
            assert f"坐标系：{crs}" in path.read_text(encoding="utf-8")
        moved = shapely.distance(read.geometry.to_numpy(), outcome.grids.geometry.to_numpy())
        assert (moved > 0.001).all()  # about 100 m and more
    back = to_storage(read, crs).to_crs(METRIC)
    wanted = outcome.grids.to_crs(METRIC)
    assert (back.geometry.hausdorff_distance(wanted.geometry, align=False) < 0.01).all()


@pytest.mark.parametrize(
    ("ending", "source"),
    [(".gpkg", "{}"), (".geojson", "{}"), (".zip", "/vsizip/{}"), (".kml", "{}")],
)
def test_ogrinfo_reads_the_file(exported, ending, source):
    ogrinfo = shutil.which("ogrinfo")
    if ogrinfo is None:
        pytest.skip("ogrinfo (GDAL's command line) is not installed")
    done = subprocess.run(
        [ogrinfo, "-al", "-q", source.format(exported[ending])],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert "ERROR" not in done.stderr
    assert "第二网格" in done.stdout
    assert "999001001001002" in done.stdout
    assert "households (Integer" in done.stdout
