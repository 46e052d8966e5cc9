"""Levers on communities: one merged into another, a border moved."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import metric_crs
from geo.layers import STORAGE_CRS
from scenarios.levers.errors import LeverError
from scenarios.levers.ground_facts import all_communities, require_community, with_frames
from scenarios.levers.lever import Question, lever_field

_SAME_M = 0.05  # edges drawn twice as near as this are one edge


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeCommunity:
    """A community that becomes part of a neighbour; its posts and budget add to the neighbour's."""

    name: ClassVar[str] = "merge_community"
    stage: ClassVar[int] = 35
    changes: ClassVar[Literal["layers", "terms"]] = "layers"
    community: str = lever_field("community", key=True)
    into: str = lever_field("community")

    def apply(self, question: Question) -> Question:
        """Merge them.

        Raises
        ------
        LeverError
            `lever_target_missing`; `lever_not_neighbours` where they share no border.
        """
        for code in (self.community, self.into):
            require_community(question, self.name, code)
        frame = gpd.GeoDataFrame(question.layers.frames["communities"])
        pair = [_shape(frame, self.into), _shape(frame, self.community)]
        if self.community == self.into or not _share_border(frame, pair):
            raise LeverError("lever_not_neighbours", lever=self.name, target=self.community, other=self.into)
        joined = _join(frame, pair)
        kept = frame[frame["code"].astype(str) != self.community].copy()
        kept.loc[kept["code"].astype(str) == self.into, kept.geometry.name] = joined
        frames: dict[str, pd.DataFrame] = {"communities": kept}
        for name, layer in question.layers.frames.items():
            if "community_code" in layer and name != "community_facts":
                frames[name] = _recode(layer, "community_code", self.community, self.into)
        if "organisations" in question.layers.frames:
            frames["organisations"] = _rehost(
                question.layers.frames["organisations"], self.community, self.into
            )
        facts = question.layers.frames.get("community_facts")
        if facts is not None:
            frames["community_facts"] = _add_facts(facts, self.community, self.into)
        return with_frames(question, frames)

    def reach(self, question: Question) -> frozenset[str]:
        """Give both."""
        return frozenset({self.community, self.into}) & all_communities(question)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveBorder:
    """Ground handed over to a neighbouring community: a compound, or cells by their ids (joined by `+`)."""

    name: ClassVar[str] = "move_border"
    stage: ClassVar[int] = 30
    changes: ClassVar[Literal["layers", "terms"]] = "layers"
    into: str = lever_field("community", key=True)
    compound: str | None = lever_field("compound", key=True, default=None)
    cells: tuple[str, ...] = lever_field("cells", default=())

    def apply(self, question: Question) -> Question:
        """Hand the ground over.

        Raises
        ------
        LeverError
            `lever_target_missing`, `lever_one_community`, `lever_not_neighbours`, `lever_nothing_left`.
        """
        require_community(question, self.name, self.into)
        chosen = self._cells(question)
        giver = str(chosen["community_code"].iloc[0])
        frame = gpd.GeoDataFrame(question.layers.frames["communities"])
        crs = metric_crs(frame)
        ground = shapely.union_all(chosen.to_crs(crs).geometry.to_numpy())
        old = shapely.intersection(_shape(frame, giver), shapely.buffer(ground, _SAME_M))
        left = _one_piece(shapely.difference(_shape(frame, giver), shapely.buffer(ground, 0.0)))
        if left is None:
            raise LeverError("lever_nothing_left", lever=self.name, target=giver)
        taken = shapely.difference(_shape(frame, giver), left)
        pair = [_shape(frame, self.into), taken]
        if old.is_empty or not _share_border(frame, pair):
            raise LeverError("lever_not_neighbours", lever=self.name, target=giver, other=self.into)
        shapes = frame.to_crs(crs).geometry.to_numpy().copy()
        codes = frame["code"].astype(str).to_numpy()
        shapes[codes == giver] = left
        shapes[codes == self.into] = _close(shapely.union_all(pair))
        moved = gpd.GeoSeries(shapes, index=frame.index, crs=crs).to_crs(STORAGE_CRS)
        # Those that do not change keep their own numbers, to the last digit.
        same = ~np.isin(codes, [giver, self.into])
        moved[same] = frame.geometry[same]
        frames: dict[str, pd.DataFrame] = {"communities": frame.set_geometry(moved)}
        ground_deg = gpd.GeoSeries([taken], crs=crs).to_crs(STORAGE_CRS).iloc[0]
        for name in ("compounds", "parcels", "institutions"):
            layer = question.layers.frames.get(name)
            if layer is not None and not layer.empty and "community_code" in layer:
                inside = shapely.intersects(
                    ground_deg, shapely.point_on_surface(layer.geometry.to_numpy())
                ) & (layer["community_code"] == giver).fillna(value=False).to_numpy(bool)
                changed = layer.copy()
                changed.loc[inside, "community_code"] = self.into
                frames[name] = changed
        return with_frames(question, frames)

    def reach(self, question: Question) -> frozenset[str]:
        """Give the one that gives and the one that takes."""
        return frozenset({self.into, str(self._cells(question)["community_code"].iloc[0])})

    def _cells(self, question: Question) -> gpd.GeoDataFrame:
        cells = question.cells
        wanted = cells["cell_id"].isin(self.cells)
        if self.compound is not None:
            wanted = wanted | (cells["compound_id"] == self.compound)
        unknown = sorted(set(self.cells) - set(cells["cell_id"]))
        chosen = cells[wanted]
        if unknown or chosen.empty:
            raise LeverError(
                "lever_target_missing", lever=self.name, target=unknown[0] if unknown else self.compound or ""
            )
        if set(chosen["community_code"]) & {self.into} or len(set(chosen["community_code"])) > 1:
            raise LeverError("lever_one_community", lever=self.name, other=self.into)
        return chosen


def _shape(frame: gpd.GeoDataFrame, code: str) -> shapely.Geometry:
    """Give the shape of a community in metres."""
    return frame[frame["code"].astype(str) == code].to_crs(metric_crs(frame)).geometry.iloc[0]


def _share_border(frame: gpd.GeoDataFrame, pair: list[shapely.Geometry]) -> bool:
    """Tell whether two shapes in metres meet along some length."""
    del frame
    beside = shapely.intersection(shapely.buffer(pair[0], _SAME_M * 2), shapely.boundary(pair[1]))
    return bool(beside.length > 1.0)


def _join(frame: gpd.GeoDataFrame, pair: list[shapely.Geometry]) -> shapely.Geometry:
    whole = _close(shapely.union_all(pair))
    return gpd.GeoSeries([whole], crs=metric_crs(frame)).to_crs(STORAGE_CRS).iloc[0]


def _close(shape: shapely.Geometry) -> shapely.Geometry:
    """Close the hairs between shapes that were digitised apart, and leave every other edge where it is."""
    closed = shapely.buffer(shapely.buffer(shape, _SAME_M, join_style="mitre"), -_SAME_M, join_style="mitre")
    hairs = shapely.difference(closed, shape)
    joined = shapely.union_all([shape, *(part for part in shapely.get_parts(hairs) if part.length > 1.0)])
    rings = [
        shapely.Polygon(part.exterior, [hole for hole in part.interiors if shapely.Polygon(hole).area > 1.0])
        for part in shapely.get_parts(joined)
        if part.geom_type == "Polygon"
    ]
    return shapely.union_all(rings)


def _one_piece(shape: shapely.Geometry) -> shapely.Geometry | None:
    """Drop the crumbs that cutting leaves; None where nothing is left."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and part.area > 1.0]
    return shapely.union_all(parts) if parts else None


def _recode(frame: pd.DataFrame, column: str, old: str, new: str) -> pd.DataFrame:
    changed = frame.copy()
    changed.loc[(changed[column] == old).fillna(value=False), column] = new
    return changed


def _rehost(frame: pd.DataFrame, old: str, new: str) -> pd.DataFrame:
    if not {"host_kind", "host_id"} <= set(frame.columns):
        return frame
    changed = frame.copy()
    hosted = ((changed["host_kind"] == "community") & (changed["host_id"] == old)).fillna(value=False)
    changed.loc[hosted, "host_id"] = new
    return changed


def _add_facts(facts: pd.DataFrame, old: str, new: str) -> pd.DataFrame:
    codes = facts["community_code"].astype(str)
    if old not in set(codes):
        return facts
    if new not in set(codes):
        return _recode(facts, "community_code", old, new)
    changed = facts.copy()
    numbers = [name for name in facts.columns if pd.api.types.is_numeric_dtype(facts[name].dtype)]
    for name in numbers:
        total = facts.loc[codes.isin([old, new]), name].sum(min_count=1)
        changed.loc[codes == new, name] = total
    return changed[codes != old]
