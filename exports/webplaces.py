"""The places on the web page: venues, organisations, institutions and compounds, each with its card."""

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from exports.branches_table import shown_count
from exports.request import Request
from exports.sheet.ground import text

PLACES = ("venues", "organisations", "institutions", "compounds")
_DECIMALS = 7
_COUNTS = ("households", "residents", "staff", "formal_members", "area_m2", "capacity")
_PEOPLE = _COUNTS[:4]
_WORDS = ("functions", "sector", "property_company")


def page_places(request: Request) -> Mapping[str, dict[str, Any]]:
    """Build a collection of points for each layer that is there; an area is shown by a point inside it."""
    found = {}
    for layer in PLACES:
        frame = request.layers.get(layer)
        if isinstance(frame, gpd.GeoDataFrame) and "name" in frame:
            features = [_feature(request, layer, row) for row in _there(frame)]
            found[layer] = {"type": "FeatureCollection", "features": features}
    return found


def _there(frame: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    there = frame[~(frame.geometry.isna() | frame.geometry.is_empty) & frame["name"].notna()]
    points = shapely.point_on_surface(there.geometry.to_numpy())
    rows: list[dict[str, Any]] = there.assign(geometry=points).to_dict("records")
    return rows


def _feature(request: Request, layer: str, row: Mapping[str, Any]) -> dict[str, Any]:
    point = [float(part) for part in np.round(shapely.get_coordinates(row["geometry"])[0], _DECIMALS)]
    name, said = text(row["name"]), request.texts(f"exports.layer.{layer}")
    properties = {
        "tip": [name, said],
        "empty": row.get("status") == "candidate",
        "card": [(said, name, ""), *_facts(request, row)],
    }
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": point}, "properties": properties}


def _facts(request: Request, row: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Write what is known of a place, by the columns that have a name in the reader's language."""
    texts = request.texts
    lines = []
    for column in (*_COUNTS, *_WORDS):
        value = text(row.get(column))
        if not value or not texts.has(f"columns.{column}"):
            continue
        shown = texts.number(float(value)) if column in _COUNTS else value
        if column in _PEOPLE:
            shown = shown_count(texts, int(float(value)), hide_small=request.sheet.hide_small)
        lines.append((texts(f"columns.{column}"), shown, ""))
    return lines
