"""A column of persons is refused in every kind of file, and a roster of members by its headers alone."""

import pandas as pd
import pytest

from geo.errors import SchemaError
from tests.geo.layer_files import save_csv, save_file, save_parquet, write_excel
from tests.geo.layers_by_hand import (
    compounds,
    only,
    refused,
    table,
    write_geojson,
    write_old_excel,
    zip_shapefile,
)

NUMBER = "11010519491231002X"
COLUMN = "备注"


def _frame():
    return compounds().assign(**{COLUMN: [NUMBER, "", ""]})


def _table():
    return table(**{COLUMN: [NUMBER, "", ""]})


def _write_kml(home):
    mark = (
        "<Placemark><name>甲</name><ExtendedData>"
        f'<Data name="小区编号"><value>a</value></Data><Data name="{COLUMN}"><value>{NUMBER}</value></Data>'
        "</ExtendedData><Point><coordinates>121.502,31.205,0</coordinates></Point></Placemark>"
    )
    path = home / "compounds.kml"
    text = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{mark}</Document></kml>'
    path.write_text(f'<?xml version="1.0" encoding="UTF-8"?>{text}', encoding="utf-8")
    return path


WRITERS = {
    "csv": lambda home: save_csv(_table(), home / "小区.csv", "utf-8"),
    "xlsx": lambda home: write_excel(_table(), home / "小区.xlsx"),
    "xls": lambda home: write_old_excel(_table(), home / "小区.xls"),
    "gpkg": lambda home: save_file(_frame(), home / "小区.gpkg"),
    "geojson": lambda home: write_geojson(_frame(), home / "compounds.geojson"),
    "zip": lambda home: zip_shapefile(_frame(), home, "小区"),
    "parquet": lambda home: save_parquet(_frame(), home / "compounds.parquet"),
    "kml": _write_kml,
}


@pytest.mark.parametrize("kind", WRITERS)
def test_a_column_of_persons_is_refused_in_every_format(kind, ground, tmp_path):
    error = refused(ground, WRITERS[kind](tmp_path))
    assert isinstance(error, SchemaError)
    fault = only(error.facts["faults"], "personal_id_numbers")
    assert fault.column == COLUMN
    assert NUMBER not in str(error)


@pytest.mark.parametrize("header", ["党员姓名", "入党时间", "转正日期", "党龄", "政治面貌", "入黨日期"])
def test_a_roster_of_members_is_refused_by_its_headers(header, ground, tmp_path):
    frame = pd.DataFrame(table()).assign(**{header: ["某", "某", "某"]})
    error = refused(ground, save_csv(frame, tmp_path / "小区.csv", "utf-8"))
    assert isinstance(error, SchemaError)
    assert only(error.facts["faults"], "personal_header").column == header
