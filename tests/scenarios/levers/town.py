"""A town of three communities in a row with compounds, buildings, a road, a wall and today's grids."""

import functools

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geo.cells import cut_cells
from geo.layers import STORAGE_CRS, Layers
from scenarios.levers.lever import Question
from scenarios.rules import GridRules
from scenarios.settings import DEFAULT_WEIGHTS

A, B, C = "999001001001", "999001001002", "999001001003"
METRES = "EPSG:4549"
X0, Y0 = 500_000.0, 4_000_000.0


@functools.cache
def _to_degrees() -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(METRES, STORAGE_CRS, always_xy=True)


def at(x_m: float, y_m: float) -> str:
    """Longitude and latitude of a place given in metres from the town's south-west corner."""
    lon, lat = _to_degrees().transform(X0 + x_m, Y0 + y_m)
    return f"{lon:.9f} {lat:.9f}"


def frame(columns: dict[str, list[object]], shapes: list[shapely.Geometry]) -> gpd.GeoDataFrame:
    """Rows with shapes in metres from the corner, in degrees."""
    moved = [shapely.transform(shape, lambda xy: xy + np.array([X0, Y0])) for shape in shapes]
    return gpd.GeoDataFrame(columns, geometry=moved, crs=METRES).to_crs(STORAGE_CRS)


def counts(*values: int | None) -> pd.api.extensions.ExtensionArray:
    """Whole numbers that may be missing."""
    return pd.array(list(values), dtype="Int64")


@functools.cache
def town() -> Layers:
    """Three communities of 300 m by 300 m; a wall runs through the first."""
    communities = frame(
        {"code": [A, B, C], "name": ["甲社区", "乙社区", "丙社区"]},
        [shapely.box(300 * i, 0, 300 * (i + 1), 300) for i in range(3)],
    )
    boxes = [(0, 0), (150, 0), (0, 150), (150, 150), (300, 0), (300, 150), (600, 0), (600, 150)]
    compounds = frame(
        {
            "id": [f"P{i + 1}" for i in range(8)],
            "name": [f"小区{i + 1}" for i in range(8)],
            "community_code": [A] * 4 + [B] * 2 + [C] * 2,
            "households": counts(100, 120, 130, 140, 150, 160, 170, 180),
            "residents": counts(300, 360, None, 420, 450, 480, 510, 540),
            "formal_members": counts(2, 0, None, 4, 5, 6, 7, 8),
        },
        [shapely.box(x, y, x + (150 if x < 300 else 300), y + 150) for x, y in boxes],
    )
    buildings = frame(
        {
            "id": ["K1", "K2"],
            "compound_id": ["P1", "P1"],
            "households": counts(60, 40),
            "residents": counts(180, 120),
            "floors": counts(6, 4),
        },
        [shapely.box(10, 10, 40, 30), shapely.box(60, 10, 90, 30)],
    )
    roads = frame({"name": ["长街"], "class": ["street"]}, [shapely.LineString([(0, 150), (300, 150)])])
    barriers = frame({"kind": ["wall"]}, [shapely.LineString([(150, 0), (150, 300)])])
    grids = frame(
        {"code": [f"{A}001", f"{A}002", f"{B}001", f"{C}001"], "community_code": [A, A, B, C]},
        [
            shapely.box(0, 0, 150, 300),
            shapely.box(150, 0, 300, 300),
            shapely.box(300, 0, 600, 300),
            shapely.box(600, 0, 900, 300),
        ],
    )
    venues = frame(
        {
            "id": ["V1", "V2"],
            "name": ["甲站", "乙站"],
            "status": ["existing", "candidate"],
            "area_m2": [200.0, 300.0],
            "cost_year": [60_000.0, None],
            "cost_build": [None, 500_000.0],
        },
        [shapely.Point(75, 75), shapely.Point(450, 75)],
    )
    facts = pd.DataFrame({"community_code": [A, B, C], "posts": counts(3, 4, 5)})
    return Layers(
        frames={
            "communities": communities,
            "compounds": compounds,
            "buildings": buildings,
            "roads": roads,
            "barriers": barriers,
            "venues": venues,
            "grids": grids,
            "community_facts": facts,
        }
    )


def question_of(layers: Layers) -> Question:
    """The question as the project asks it, without levers."""
    return Question(layers=layers, cells=_cells(), rules=GridRules(), weights=dict(DEFAULT_WEIGHTS))


@functools.cache
def _cells() -> gpd.GeoDataFrame:
    return cut_cells(town()).cells.to_crs(STORAGE_CRS)
