"""What the web page shows, as plain values: shapes, labels, cards, figures and the table of grids."""

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from exports.certificates import certificate_lines
from exports.colours import PALETTE, colour_grids
from exports.gis import sizes_hold
from exports.labels import label_places
from exports.request import Request
from exports.small_counts import count_of_row
from exports.texts import Texts
from exports.webplaces import PLACES, page_places
from scenarios.desk.plan import DEDICATED

_DECIMALS = 7
"""A centimetre: finer than any screen or printer shows; the GIS formats carry the exact shapes."""

_TABLE = {
    "code": "",
    "name": "",
    "community": "",
    "kind": "",
    "households": "number",
    "residents": "number",
    "area_m2": "number",
    "in_band": "",
    "contiguous": "",
}
"""Columns of the table of grids → style."""

_BARRIERS = {"water": "river", "railways": "railway"}
"""Layer of the page → kind of barrier; walls are too fine for a screen."""

Feature = dict[str, Any]


class _Shown(NamedTuple):
    """A value as it is written, and its style (`broken`, `wide` or none)."""

    text: str
    style: str = ""


def page_data(request: Request) -> Mapping[str, object]:
    """Build the value that the page's script draws: its layers, the colours used, and its texts."""
    texts, outcome = request.texts, request.outcome
    grids = _grids(request)
    used = {feature["properties"]["fill"] for feature in grids}
    places = page_places(request)
    lines = {name: _barriers(request, kind) for name, kind in _BARRIERS.items()}
    layers = ("grids", "broken", "roads", "cells", "communities", "labels", *PLACES)
    return {
        "grids": _collection(grids),
        "cells": _collection(_cells(request)),
        "communities": _collection(_communities(outcome.communities)),
        "roads": _collection(_roads(request.roads)),
        **{name: _collection(features) for name, features in lines.items()},
        "places": places,
        "palette": [colour for colour in PALETTE if colour in used],
        "texts": {
            "layers": {name: texts(f"exports.layer.{name}") for name in layers}
            | {name: texts(f"sheets.legend.{kind}") for name, kind in _BARRIERS.items()},
            **{
                name: texts(f"exports.{name}")
                for name in ("hint", "note_colours", "north", "reset", "nothing_found")
            },
        },
    }


def page_figures(request: Request) -> str:
    """Write the overview as the pairs of a definition list."""
    texts, grids = request.texts, request.outcome.grids
    certificates = request.outcome.certificates
    fits = sizes_hold(grids)
    in_band, share = int(fits.sum()), float(fits.mean())
    figures = {
        "n_grids": texts.number(len(grids)),
        "households": texts.number(int(grids["households"].sum())),
        "residents": texts.number(int(grids["residents"].sum())),
        "in_band": f"{texts.number(in_band)} / {texts.number(len(grids))} ({texts.percent(share)})",
        "proven": f"{sum(c.proven for c in certificates)} / {len(certificates)}",
    }
    return "".join(
        f"<dt>{html.escape(texts(f'exports.figure.{name}'))}</dt><dd>{html.escape(shown)}</dd>"
        for name, shown in figures.items()
    )


def page_table(request: Request) -> str:
    """Write the table of grids: one row per grid, numbers to the right, broken rules in red."""
    texts, names, grids = request.texts, _community_names(request), request.outcome.grids
    # A column that no grid fills only takes room on paper.
    columns = [name for name in _TABLE if name != "name" or any(_text(name) for name in grids["name"])]
    head = "".join(_cell("th", _TABLE[name], texts(f"exports.column.{name}")) for name in columns)
    rows = [_row(grid, columns, names, texts) for grid in _records(grids)]
    return f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"


def _row(grid: Mapping[str, Any], columns: Sequence[str], names: Mapping[str, str], texts: Texts) -> str:
    shown = _shown(grid, names, texts)
    cells = "".join(_cell("td", shown[name].style or _TABLE[name], shown[name].text) for name in columns)
    return f'<tr data-code="{html.escape(str(grid["code"]))}">{cells}</tr>'


def _cell(tag: str, kind: str, text: str) -> str:
    css = f' class="{kind}"' if kind else ""
    return f"<{tag}{css}>{html.escape(text)}</{tag}>"


def _grids(request: Request) -> list[Feature]:
    texts, outcome = request.texts, request.outcome
    names = _community_names(request)
    known = {c.community_code: certificate_lines(c, texts) for c in outcome.certificates}
    fills, places = colour_grids(outcome.grids), label_places(outcome.grids, most=1)
    features = []
    grids = outcome.grids.assign(fits=sizes_hold(outcome.grids))
    records = zip(_records(grids), _shapes(grids), fills, places, strict=True)
    for grid, shape, fill, place in records:
        households = texts("exports.households_unit", n=count_of_row(texts, grid, "households"))
        community = names.get(grid["community_code"], grid["community_code"])
        title = _text(grid["name"]) or str(grid["code"])
        properties = {
            "code": grid["code"],
            "fill": fill,
            "broken": not (grid["fits"] and grid["contiguous"]),
            "tip": [title, community, households],
            "card": _card(grid, names, known.get(grid["community_code"], []), texts),
            "label": {
                "at": place.points[0],
                "radius_m": place.radius_m,
                "lines": [str(grid["code"])[-3:], households],
            },
        }
        features.append({"type": "Feature", "geometry": shape, "properties": properties})
    return features


def _card(
    grid: Mapping[str, Any], names: Mapping[str, str], known: Sequence[str], texts: Texts
) -> list[tuple[str, str, str]]:
    """List what the click card shows: name of the line, text, style; lines without text are left out."""
    shown = [(texts(f"exports.column.{name}"), *value) for name, value in _shown(grid, names, texts).items()]
    heads = [texts("exports.column.certificate"), *[""] * len(known)]
    shown += [(head, line, "wide") for head, line in zip(heads, known, strict=False)]
    return [line for line in shown if line[1]]


def _shown(grid: Mapping[str, Any], names: Mapping[str, str], texts: Texts) -> dict[str, _Shown]:
    """Write what is known of a grid as text, with the style that marks a broken rule."""
    return {
        "code": _Shown(str(grid["code"])),
        "name": _Shown(_text(grid["name"])),
        "community": _Shown(names.get(grid["community_code"], grid["community_code"])),
        "kind": _Shown(_kind(grid["kind"], texts)),
        "households": _Shown(count_of_row(texts, grid, "households")),
        "residents": _Shown(count_of_row(texts, grid, "residents")),
        "area_m2": _Shown(texts.number(round(grid["area_m2"]))),
        "in_band": _size(grid, texts),
        "contiguous": _rule(grid["contiguous"], texts),
    }


def _size(grid: Mapping[str, Any], texts: Texts) -> _Shown:
    any_size = grid["kind"] == DEDICATED
    return _Shown(texts("sheets.any_size")) if any_size else _rule(grid["in_band"], texts)


def _rule(holds: object, texts: Texts) -> _Shown:
    return _Shown(texts("exports.yes" if holds else "exports.no"), "" if holds else "broken")


def _cells(request: Request) -> list[Feature]:
    texts, cells = request.texts, request.outcome.cells
    features = []
    for cell, shape in zip(_records(cells), _shapes(cells), strict=True):
        households = texts("exports.households_unit", n=count_of_row(texts, cell, "households"))
        tip = [str(cell["cell_id"]), _kind(cell["kind"], texts), households, _text(cell["grid_code"])]
        properties = {"tip": [line for line in tip if line], "grid": _text(cell["grid_code"])}
        features.append({"type": "Feature", "geometry": shape, "properties": properties})
    return features


def _communities(communities: gpd.GeoDataFrame) -> list[Feature]:
    features = []
    places = label_places(communities, most=24)
    for community, shape, place in zip(_records(communities), _shapes(communities), places, strict=True):
        text = _text(community["name"]) or str(community["code"])
        label = {"text": text, "places": place.points, "radius_m": place.radius_m}
        features.append({"type": "Feature", "geometry": shape, "properties": {"label": label}})
    return features


def _roads(roads: gpd.GeoDataFrame | None) -> list[Feature]:
    if roads is None:
        return []
    return [
        {
            "type": "Feature",
            "geometry": shape,
            "properties": {"class": _text(road.get("class")), "tip": [_text(road.get("name"))]},
        }
        for road, shape in zip(_records(roads), _shapes(roads), strict=True)
    ]


def _barriers(request: Request, kind: str) -> list[Feature]:
    frame = request.layers.get("barriers")
    if not isinstance(frame, gpd.GeoDataFrame) or "kind" not in frame:
        return []
    shown = frame[(frame["kind"] == kind) & ~(frame.geometry.isna() | frame.geometry.is_empty)]
    return [{"type": "Feature", "geometry": shape, "properties": {}} for shape in _shapes(shown)]


def _collection(features: list[Feature]) -> Feature:
    return {"type": "FeatureCollection", "features": features}


def _shapes(frame: gpd.GeoDataFrame) -> list[object]:
    """Give the shapes as GeoJSON geometries, rounded; WGS 84, which CGCS2000 equals here."""
    rounded = shapely.transform(frame.geometry.to_numpy(), lambda points: np.round(points, _DECIMALS))
    return [shapely.geometry.mapping(shape) for shape in rounded]


def _records(frame: gpd.GeoDataFrame) -> Iterable[dict[str, Any]]:
    records: list[dict[str, Any]] = frame.drop(columns=frame.geometry.name).to_dict("records")
    return records


def _community_names(request: Request) -> dict[str, str]:
    communities = request.outcome.communities
    named = zip(communities["code"], communities["name"], strict=True)
    return {str(code): _text(name) or str(code) for code, name in named}


def _text(value: object) -> str:
    return "" if value is None or bool(pd.isna(value)) else str(value)


def _kind(value: object, texts: Texts) -> str:
    key = f"exports.kind.{_text(value)}"
    return texts(key) if texts.has(key) else _text(value)
