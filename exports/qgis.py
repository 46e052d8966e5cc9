"""Styles that travel inside a GeoPackage, in the table where QGIS looks for a layer's default style."""

from collections.abc import Callable, Mapping
from xml.etree import ElementTree as ET  # only builds documents here, reads none

import geopandas as gpd
import pandas as pd

from exports.gis import column_label
from exports.texts import Texts

_Element = ET.Element
_NORMAL, _BOLD = 50, 75
_FIXED = pd.Timestamp("2020-01-01T00:00:00Z")
"""QGIS takes the newest of the default styles and asks each for its time; a fixed one gives the same file."""


def style_table(layers: Mapping[str, gpd.GeoDataFrame], texts: Texts) -> pd.DataFrame:
    """Build the `layer_styles` rows: fills, labels, and field names in the reader's language."""
    rows = [
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": name,
            "f_geometry_column": "geom",
            "styleName": name,
            "styleQML": _style(name, frame, texts),
            "styleSLD": "",
            "useAsDefault": True,
            "description": texts(f"exports.layer.{name}"),
            "owner": "",
            "ui": "",
            "update_time": _FIXED,
        }
        for name, frame in layers.items()
    ]
    return pd.DataFrame(rows)


def _style(name: str, frame: gpd.GeoDataFrame, texts: Texts) -> str:
    root = ET.Element("qgis", version="3.28.0", styleCategories="Symbology|Labeling|Fields")
    _RENDERERS[name](root, frame)
    # Without this QGIS reads the labels and leaves them off.
    root.set("labelsEnabled", "0" if root.find("labeling") is None else "1")
    aliases = ET.SubElement(root, "aliases")
    for column in frame.columns.drop(frame.geometry.name):
        ET.SubElement(aliases, "alias", field=column, name=column_label(name, column, texts))
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(
        root, encoding="unicode"
    )


def _grids(root: _Element, frame: gpd.GeoDataFrame) -> None:
    renderer = ET.SubElement(root, "renderer-v2", type="categorizedSymbol", attr="fill", symbollevels="0")
    fills = sorted(frame["fill"].unique())
    categories = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    for number, fill in enumerate(fills):
        where = {"symbol": str(number), "value": fill, "label": "", "render": "true", "type": "string"}
        ET.SubElement(categories, "category", where)
        _fill_symbol(symbols, str(number), fill=fill, outline="#4D4D4D", width_mm=0.3)
    _labels(root, "right(\"code\", 3) || '\\n' || coalesce(\"households\", '*')", size=8, weight=_NORMAL)


def _cells(root: _Element, _frame: gpd.GeoDataFrame) -> None:
    renderer = ET.SubElement(root, "renderer-v2", type="singleSymbol", symbollevels="0")
    _fill_symbol(ET.SubElement(renderer, "symbols"), "0", fill=None, outline="#8C8C8C", width_mm=0.15)


def _communities(root: _Element, _frame: gpd.GeoDataFrame) -> None:
    renderer = ET.SubElement(root, "renderer-v2", type="singleSymbol", symbollevels="0")
    _fill_symbol(ET.SubElement(renderer, "symbols"), "0", fill=None, outline="#1A1A1A", width_mm=0.8)
    _labels(root, '"name"', size=11, weight=_BOLD)


_RENDERERS: Mapping[str, Callable[[_Element, gpd.GeoDataFrame], None]] = {
    "grids": _grids,
    "cells": _cells,
    "communities": _communities,
}


def _fill_symbol(symbols: _Element, name: str, *, fill: str | None, outline: str, width_mm: float) -> None:
    symbol = ET.SubElement(symbols, "symbol", name=name, type="fill", alpha="1", clip_to_extent="1")
    layer = ET.SubElement(
        symbol, "layer", {"class": "SimpleFill", "enabled": "1", "locked": "0", "pass": "0"}
    )
    options = {
        "color": _rgba(fill or "#FFFFFF"),
        "style": "solid" if fill else "no",
        "outline_color": _rgba(outline),
        "outline_style": "solid",
        "outline_width": str(width_mm),
        "outline_width_unit": "MM",
        "joinstyle": "round",
    }
    table = ET.SubElement(layer, "Option", type="Map")
    for key, value in options.items():
        ET.SubElement(table, "Option", name=key, type="QString", value=value)
        ET.SubElement(layer, "prop", k=key, v=value)  # what QGIS before 3.26 reads


def _labels(root: _Element, expression: str, *, size: int, weight: int) -> None:
    labeling = ET.SubElement(root, "labeling", type="simple")
    settings = ET.SubElement(labeling, "settings")
    look = {
        "fieldName": expression,
        "isExpression": "1",
        "fontSize": str(size),
        "fontSizeUnit": "Point",
        # Without its weight, which is Qt's of 0 to 99, QGIS draws hair lines that cannot be read.
        "fontWeight": str(weight),
        "textColor": _rgba("#1A1A1A"),
        "textOpacity": "1",
    }
    style = ET.SubElement(settings, "text-style", look)
    halo = {"bufferDraw": "1", "bufferSize": "0.7", "bufferSizeUnits": "MM", "bufferColor": _rgba("#FFFFFF")}
    ET.SubElement(style, "text-buffer", halo)
    ET.SubElement(settings, "text-format", multilineAlign="1", wrapChar="")  # centred
    # "4": horizontal, where inside there is room; "1", over the middle, left narrow grids out.
    ET.SubElement(
        settings,
        "placement",
        placement="4",
        quadOffset="4",
        layerType="PolygonGeometry",
        centroidInside="1",
        fitInPolygonOnly="1",
        polygonPlacementFlags="2",
        priority="5",
    )
    # Areas that lie in areas: as obstacles, of no priority, they leave each other no label at all.
    ET.SubElement(settings, "rendering", drawLabels="1", obstacle="0", upsidedownLabels="0")


def _rgba(colour: str) -> str:
    return ",".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5)) + ",255"
