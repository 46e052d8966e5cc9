"""Layers and plans as the one JSON document that the map in the browser draws; no Streamlit in here."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

_DEGREE_M = 111_320.0
_DECIMALS = 6  # of a degree: a tenth of a metre


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One sign of the legend: shape (area, outline, line, point), colours, a text where no layer has one."""

    shape: str
    colours: tuple[str, ...]
    text: str = ""
    dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLayer:
    """One layer of the map.

    Attributes
    ----------
    key, name
        Identity, and the name the reader sees.
    frame
        Geometry in degrees; only its shapes are used.
    ids
        One per row; clicks and deltas speak of it.
    style
        Leaflet path options shared by all features.
    touch
        "click" to report clicks, "hover" for a tooltip only, None for neither.
    tips, labels
        Per row: lines of the tooltip; lines written on the map where they fit.
    fills, strokes
        Colours per row; None for the one in `style`.
    broken
        Per row, whether a hard rule is broken: drawn with a red outline.
    facts
        Per row, what else the browser's scripts need of a feature.
    """

    key: str
    name: str
    frame: gpd.GeoDataFrame
    ids: Sequence[str]
    style: Mapping[str, object]
    legend: Mark
    shown: bool = True
    touch: str | None = None
    tips: Sequence[Sequence[str]] | None = None
    labels: Sequence[Sequence[str]] | None = None
    fills: Sequence[str] | None = None
    strokes: Sequence[str] | None = None
    broken: Sequence[bool] | None = None
    facts: Sequence[Mapping[str, object]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MapContent:
    """What one map shows, bottom layer first.

    `place` tells maps of different projects apart and `kind` those of the same project, whose layers are
    switched on and off each for itself; the map opens on `extent`. `more` is what the scripts of that kind of
    map need besides.
    """

    place: str
    kind: str
    language: str
    extent: gpd.GeoDataFrame
    layers: tuple[MapLayer, ...]
    marks: tuple[Mark, ...] = field(default=())
    more: Mapping[str, object] = field(default_factory=dict)


def to_document(content: MapContent) -> str:
    """Write the content as the JSON document the browser fetches."""
    layers = [_layer(layer) for layer in content.layers if len(layer.frame)]
    return json.dumps(
        {
            "place": content.place,
            "kind": content.kind,
            "lang": content.language,
            "bounds": _bounds(content.extent),
            "layers": layers,
            "marks": [_mark(mark) for mark in content.marks],
            **content.more,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _layer(layer: MapLayer) -> dict[str, Any]:
    shapes = _rounded(layer.frame.geometry.to_numpy())
    kept = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    features = [{"id": str(layer.ids[i]), "g": shape} for i, shape in _geojson(shapes, kept)]
    rows = np.flatnonzero(kept).tolist()
    for key, values in (("t", layer.tips), ("c", layer.fills), ("s", layer.strokes)):
        if values is not None:
            for feature, i in zip(features, rows, strict=True):
                feature[key] = values[i]
    for feature, i in zip(features, rows, strict=True):
        if layer.broken is not None and layer.broken[i]:
            feature["bad"] = True
        if layer.facts is not None:
            feature.update(layer.facts[i])
    if layer.labels is not None:
        for feature, i, (at, radius_m) in zip(features, rows, label_places(shapes[kept]), strict=True):
            feature.update(l=list(layer.labels[i]), p=at, r=radius_m)
    return {
        "key": layer.key,
        "name": layer.name,
        "show": layer.shown,
        "touch": layer.touch,
        "style": dict(layer.style),
        "legend": _mark(layer.legend),
        "features": features,
    }


def place_of(path: str) -> str:
    """Give the `place` of a project's maps, which tells nothing of where its file lies."""
    return hashlib.sha256(path.encode()).hexdigest()[:12]


def label_places(shapes: np.ndarray[Any, Any]) -> list[tuple[list[float], float]]:
    """Find where each area's label sits.

    Returns
    -------
    One per shape: the centre of its largest inscribed circle as [lat, lon], and its radius in metres.
    """
    places: list[tuple[list[float], float]] = []
    for shape in shapes:
        # A circle on the ground is one on the screen only when a degree east counts as its true length.
        shrink = float(np.cos(np.radians(shape.centroid.y)))
        flat = shapely.transform(shape, lambda xy, k=shrink: xy * [k, 1.0])
        if flat.area == 0:
            places.append(([shape.centroid.y, shape.centroid.x], 0.0))
            continue
        tolerance = max(np.ptp(flat.bounds[::2]), np.ptp(flat.bounds[1::2])) / 100
        radius = shapely.maximum_inscribed_circle(flat, tolerance)
        x, y = radius.coords[0]
        at = [round(y, _DECIMALS), round(x / shrink, _DECIMALS)]
        places.append((at, round(radius.length * _DEGREE_M, 1)))
    return places


def _rounded(shapes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    rounded: np.ndarray[Any, Any] = shapely.transform(
        shapely.force_2d(shapes), lambda xy: np.round(xy, _DECIMALS)
    )
    return rounded


def _geojson(shapes: np.ndarray[Any, Any], kept: np.ndarray[Any, Any]) -> list[tuple[int, Any]]:
    texts = shapely.to_geojson(shapes[kept])
    return [(int(i), json.loads(text)) for i, text in zip(np.flatnonzero(kept), texts, strict=True)]


def _bounds(frame: gpd.GeoDataFrame) -> list[list[float]]:
    west, south, east, north = (float(value) for value in frame.total_bounds)
    return [[south, west], [north, east]]


def _mark(mark: Mark) -> dict[str, object]:
    return {"shape": mark.shape, "colours": list(mark.colours), "text": mark.text, "dashed": mark.dashed}
