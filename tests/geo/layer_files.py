"""The same compounds in every kind of file that can be read."""

import openpyxl
import pandas as pd
import shapely

from tests.geo.layers_by_hand import compounds, table, write_geojson, write_old_excel, zip_shapefile


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


def write_kml(frame, path):
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
    "geopackage": lambda home: save_file(compounds(), home / "小区.gpkg"),
    "shapefile": lambda home: zip_shapefile(compounds(), home, "小区"),
    "shapefile_gbk": lambda home: zip_shapefile(
        compounds(), home, "compounds", encoding="GBK", leave_out=(".cpg",)
    ),
    "geoparquet": lambda home: save_parquet(compounds(), home / "compounds.parquet"),
    "kml": lambda home: write_kml(compounds(), home / "compounds.kml"),
    "csv": lambda home: save_csv(table(), home / "小区.csv", "utf-8"),
    "csv_bom": lambda home: save_csv(table(), home / "小区.csv", "utf-8-sig"),
    "csv_gbk": lambda home: save_csv(table(), home / "小区.csv", "gbk"),
    "csv_wkt": lambda home: save_csv(
        pd.DataFrame(compounds()).assign(geometry=compounds().to_wkt()["geometry"]),
        home / "compounds.csv",
        "utf-8",
    ),
    "excel_old": lambda home: write_old_excel(table(), home / "小区.xls"),
    "excel": lambda home: write_excel(table(), home / "小区.xlsx"),
    "excel_sheet": lambda home: write_excel(table(), home / "资料.xlsx", sheet="小区", title="小区情况表"),
}


def save_file(frame, path):
    frame.to_file(path)
    return path


def save_parquet(frame, path):
    frame.to_parquet(path)
    return path


def save_csv(frame, path, encoding):
    frame.to_csv(path, index=False, encoding=encoding)
    return path
