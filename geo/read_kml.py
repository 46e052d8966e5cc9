"""Read KML: placemarks by folder, their extended data, points, lines and polygons.

GDAL rewrites Chinese names of extended data into underscores, so that two of them collide; hence this reader.
"""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import shapely

from geo.errors import FormatError
from geo.read_raw import RawTable, Reading, number_rows, opening

_CONTAINERS = ("Document", "Folder")
_SHAPES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry")


def read_kml(path: Path, *, only: bool) -> Reading:
    """Read a KML file; each folder or inner document is a layer, the rest goes by the file name.

    Raises
    ------
    FormatError
        `source_unreadable` when it is not well-formed, holds a document type (a known way to exhaust memory)
        or a geometry without proper coordinates; `source_without_layers`.
    """
    raw = path.read_bytes()
    with opening(path.name):
        if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
            raise FormatError("source_unreadable", file=path.name)
        root = ET.fromstring(raw)  # noqa: S314 - entities were refused above
        layers: dict[str, list[dict[str, Any]]] = {}
        _collect(root, path.stem, layers)
    if not layers:
        raise FormatError("source_without_layers", file=path.name)
    alone = only and len(layers) == 1
    return Reading(tables=tuple(_table(name, marks, path, alone) for name, marks in layers.items()))


def _table(name: str, marks: list[dict[str, Any]], path: Path, only: bool) -> RawTable:
    shapes = np.array([mark.pop("shape") for mark in marks], dtype=object)
    return RawTable(
        name=name,
        file=path.name,
        stem=path.stem,
        only=only,
        table=number_rows(pd.DataFrame(marks, dtype=object)),
        shapes=shapes,
        crs="WGS84",
        crs_assumed=True,
    )


def _collect(element: ET.Element, layer: str, layers: dict[str, list[dict[str, Any]]]) -> None:
    for child in element:
        tag = _tag(child)
        if tag == "Placemark":
            layers.setdefault(layer, []).append(_placemark(child))
        elif tag in _CONTAINERS:
            # The outermost document's name is a title; GDAL writes layers as documents inside it.
            is_layer = tag == "Folder" or _tag(element) in _CONTAINERS
            named = _text(child, "name") if is_layer else None
            _collect(child, named or layer, layers)


def _placemark(mark: ET.Element) -> dict[str, Any]:
    row: dict[str, Any] = {"shape": None}
    for element in mark.iter():
        tag = _tag(element)
        if tag == "SimpleData":
            row[element.get("name", "")] = element.text
        elif tag == "Data":
            row[element.get("name", "")] = _text(element, "value")
    name = _text(mark, "name")
    if name is not None:
        row.setdefault("name", name)
    for child in mark:
        if _tag(child) in _SHAPES:
            row["shape"] = _shape(child)
    return row


def _shape(element: ET.Element) -> shapely.Geometry:
    tag = _tag(element)
    if tag == "Point":
        return shapely.Point(_coordinates(element)[0])
    if tag in ("LineString", "LinearRing"):
        return shapely.LineString(_coordinates(element))
    if tag == "Polygon":
        rings = {"outerBoundaryIs": [], "innerBoundaryIs": []}  # type: dict[str, list[Any]]
        for child in element:
            if _tag(child) in rings:
                rings[_tag(child)].append(_coordinates(child))
        return shapely.Polygon(rings["outerBoundaryIs"][0], rings["innerBoundaryIs"])
    return _joined([_shape(child) for child in element if _tag(child) in _SHAPES])


def _joined(parts: list[shapely.Geometry]) -> shapely.Geometry:
    kinds = {part.geom_type for part in parts}
    if kinds == {"Polygon"}:
        return shapely.MultiPolygon(parts)
    if kinds == {"LineString"}:
        return shapely.MultiLineString(parts)
    return shapely.GeometryCollection(parts)


def _coordinates(element: ET.Element) -> list[tuple[float, ...]]:
    found = next((child.text for child in element.iter() if _tag(child) == "coordinates"), None)
    return [tuple(float(part) for part in point.split(",")[:2]) for point in (found or "").split()]


def _text(element: ET.Element, tag: str) -> str | None:
    return next((child.text for child in element if _tag(child) == tag), None)


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
