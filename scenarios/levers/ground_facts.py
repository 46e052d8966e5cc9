"""Find and change rows of layers: what the levers on facts have in common."""

from collections.abc import Mapping
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import metric_crs
from geo.layers import STORAGE_CRS
from geo.places import locate
from scenarios.levers.errors import LeverError
from scenarios.levers.lever import Question

TARGETS = ("compounds", "buildings", "parcels", "institutions")
"""Layers in which a place with counts is looked for by its id, in this order."""


def frame_of(question: Question, layer: str) -> pd.DataFrame | None:
    """Give a layer, or None where the project has none of it."""
    return question.layers.frames.get(layer)


def with_frames(question: Question, frames: Mapping[str, pd.DataFrame]) -> Question:
    """Give the question with some layers replaced."""
    layers = replace(question.layers, frames={**question.layers.frames, **frames})
    return replace(question, layers=layers)


def all_communities(question: Question) -> frozenset[str]:
    """Give the codes of all communities."""
    return frozenset(str(code) for code in question.layers.frames["communities"]["code"])


def find_target(question: Question, lever: str, target: str) -> tuple[str, int]:
    """Find a place by its id: the layer and the position of its row.

    Raises
    ------
    LeverError
        `lever_target_missing`.
    """
    for layer in TARGETS:
        frame = frame_of(question, layer)
        if frame is not None and "id" in frame:
            rows = np.flatnonzero(frame["id"].astype(str).to_numpy() == target)
            if len(rows):
                return layer, int(rows[0])
    raise LeverError("lever_target_missing", lever=lever, target=target)


def require_community(question: Question, lever: str, code: str) -> None:
    """Refuse a community that is not there.

    Raises
    ------
    LeverError
        `lever_target_missing`.
    """
    if code not in all_communities(question):
        raise LeverError("lever_target_missing", lever=lever, target=code)


def communities_at(question: Question, shapes: gpd.GeoSeries) -> list[str | None]:
    """Give the community of each shape (EPSG:4490), None outside all."""
    communities = question.layers.frames["communities"]
    found = locate(shapes.reset_index(drop=True), gpd.GeoDataFrame(communities))
    return [None if code is None else str(code) for code in found]


def community_of_target(question: Question, layer: str, row: int) -> frozenset[str]:
    """Give the community that a place counts in: that of its cells, or else the one it lies in."""
    frame = question.layers.frames[layer]
    name = str(frame["id"].iloc[row])
    cells = question.cells
    own = set(cells.loc[cells["compound_id"] == name, "community_code"]) if layer == "compounds" else set()
    if layer in ("buildings", "parcels"):
        own |= set(cells.loc[cells["cell_id"] == name, "community_code"])
    shape = gpd.GeoSeries([frame.geometry.iloc[row]], crs=STORAGE_CRS)
    known = all_communities(question)
    return frozenset(str(code) for code in {*own, *communities_at(question, shape)} if code in known)


def near_communities(question: Question, shapes: gpd.GeoSeries, reach_m: float = 65.0) -> frozenset[str]:
    """Give the communities that lines in EPSG:4490 may cut, or whose borders may follow them."""
    communities = gpd.GeoDataFrame(question.layers.frames["communities"])
    crs = metric_crs(communities)
    around = shapely.buffer(shapely.union_all(shapes.to_crs(crs).to_numpy()), reach_m)
    touched = shapely.intersects(communities.to_crs(crs).geometry.to_numpy(), around)
    return frozenset(str(code) for code in communities["code"][touched])


def buildings_of(question: Question, compound: str, shape: shapely.Geometry) -> pd.Index:
    """Give the rows of a compound's buildings: those that name it, and those inside that name none."""
    frame = frame_of(question, "buildings")
    if frame is None or frame.empty:
        return pd.Index([], dtype=np.int64)
    named = frame["compound_id"] if "compound_id" in frame else pd.Series(None, index=frame.index)
    own = (named == compound).fillna(value=False).to_numpy(bool)
    inside = shapely.intersects(shape, shapely.point_on_surface(frame.geometry.to_numpy()))
    silent = named.isna().to_numpy(bool) & inside & (shape.geom_type != "Point")
    return pd.Index(np.flatnonzero(own | silent))


def set_number(frame: pd.DataFrame, row: int, column: str, value: object) -> pd.DataFrame:
    """Give the frame with one number changed; the column is made where it is missing."""
    changed = frame.copy()
    if column not in changed:
        changed[column] = pd.array([pd.NA] * len(changed), dtype="Int64")
    changed.iloc[row, changed.columns.get_loc(column)] = value
    return changed


def number_at(frame: pd.DataFrame, row: int, column: str) -> int | None:
    """Give a number of a row, None where it is not known."""
    if column not in frame or pd.isna(frame[column].iloc[row]):
        return None
    return int(frame[column].iloc[row])
