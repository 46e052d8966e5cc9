"""Levers on what holds people apart: a road closed or opened, a bridge, a barrier that goes."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import metric_crs
from geo.layers import STORAGE_CRS
from geo.schema import LAYERS
from scenarios.levers.errors import LeverError
from scenarios.levers.ground_facts import frame_of, near_communities, with_frames
from scenarios.levers.lever import Question, key_values, lever_field


class _Removal:
    """A lever by which rows of a layer go: its key is the name that they bear, or the number of one."""

    __slots__ = ()
    name: ClassVar[str]
    stage: ClassVar[int] = 10
    changes: ClassVar[Literal["layers", "terms"]] = "layers"
    layer: ClassVar[str]
    column: ClassVar[str]

    def apply(self, question: Question) -> Question:
        """Take them away."""
        frame = question.layers.frames[self.layer]
        return with_frames(question, {self.layer: frame.drop(index=frame.index[self._rows(question)])})

    def reach(self, question: Question) -> frozenset[str]:
        """Give the communities beside them."""
        rows = self._rows(question)
        return near_communities(question, question.layers.frames[self.layer].geometry.iloc[rows])

    def _rows(self, question: Question) -> list[int]:
        """Find the rows, by number (`#1` is the first) or by name.

        Raises
        ------
        LeverError
            `lever_target_missing`.
        """
        frame = frame_of(question, self.layer)
        (wanted,) = key_values(self)
        if frame is not None and wanted.startswith("#") and wanted[1:].isdigit():
            rows = np.flatnonzero(frame.index.to_numpy() == int(wanted[1:]) - 1)
        elif frame is not None and self.column in frame:
            rows = np.flatnonzero((frame[self.column] == wanted).fillna(value=False).to_numpy(bool))
        else:
            rows = np.zeros(0, np.int64)
        if not len(rows):
            raise LeverError("lever_target_missing", lever=self.name, target=wanted)
        return [int(row) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseRoad(_Removal):
    """A road that goes, by its name (all its pieces) or by the number of its row (`#12`)."""

    name: ClassVar[str] = "close_road"
    layer: ClassVar[str] = "roads"
    column: ClassVar[str] = "name"
    road: str = lever_field("road", key=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRoad:
    """A new road of some class."""

    name: ClassVar[str] = "new_road"
    stage: ClassVar[int] = 20
    changes: ClassVar[Literal["layers", "terms"]] = "layers"
    title: str = lever_field("text", key=True)
    road_class: str = lever_field("road_class")
    line: str = lever_field("line")

    def apply(self, question: Question) -> Question:
        """Add it."""
        if self.road_class not in LAYERS["roads"].column("class").choices:
            raise LeverError(
                "lever_value_unreadable", lever=self.name, field="road_class", value=self.road_class
            )
        frame = frame_of(question, "roads")
        row = gpd.GeoDataFrame(
            [{"name": self.title, "class": self.road_class}],
            geometry=[shapely.from_wkt(self.line)],
            crs=STORAGE_CRS,
        )
        joined = row if frame is None else pd.concat([frame, row], ignore_index=True)
        return with_frames(question, {"roads": gpd.GeoDataFrame(joined, crs=STORAGE_CRS)})

    def reach(self, question: Question) -> frozenset[str]:
        """Give the communities beside it."""
        return near_communities(question, gpd.GeoSeries([shapely.from_wkt(self.line)], crs=STORAGE_CRS))


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveBarrier(_Removal):
    """A barrier that goes: a wall pulled down, a river covered; by its row (`#3`) or its kind."""

    name: ClassVar[str] = "remove_barrier"
    layer: ClassVar[str] = "barriers"
    column: ClassVar[str] = "kind"
    barrier: str = lever_field("barrier", key=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBridge:
    """A bridge or a gate: every barrier near the place is open over some metres."""

    name: ClassVar[str] = "open_bridge"
    stage: ClassVar[int] = 20
    changes: ClassVar[Literal["layers", "terms"]] = "layers"
    at: str = lever_field("place", key=True)
    width_m: float = lever_field("metre", low=1, high=2000, default=40.0)

    def apply(self, question: Question) -> Question:
        """Cut the gap.

        Raises
        ------
        LeverError
            `lever_no_barrier_there`.
        """
        frame = frame_of(question, "barriers")
        if frame is None or frame.empty:
            raise LeverError("lever_no_barrier_there", lever=self.name)
        crs = metric_crs(gpd.GeoDataFrame(question.layers.frames["communities"]))
        shapes = gpd.GeoSeries(frame.geometry).to_crs(crs).to_numpy()
        gap = self._gap(crs)
        hit = shapely.intersects(shapes, gap)
        if not hit.any():
            raise LeverError("lever_no_barrier_there", lever=self.name)
        left = gpd.GeoSeries(shapely.difference(shapes[hit], gap), crs=crs).to_crs(STORAGE_CRS)
        geometry = frame.geometry.to_numpy().copy()
        geometry[hit] = left.to_numpy()
        changed = frame.set_geometry(gpd.GeoSeries(geometry, index=frame.index, crs=STORAGE_CRS))
        return with_frames(question, {"barriers": changed[~shapely.is_empty(geometry)]})

    def reach(self, question: Question) -> frozenset[str]:
        """Give the communities beside the barriers that it opens.

        A river that is cut through may join ground far from the bridge.
        """
        frame = frame_of(question, "barriers")
        if frame is None or frame.empty:
            return frozenset()
        crs = metric_crs(gpd.GeoDataFrame(question.layers.frames["communities"]))
        hit = shapely.intersects(gpd.GeoSeries(frame.geometry).to_crs(crs).to_numpy(), self._gap(crs))
        return near_communities(question, frame.geometry[hit]) if hit.any() else frozenset()

    def _gap(self, crs: object) -> shapely.Geometry:
        place = gpd.GeoSeries([shapely.from_wkt(self.at)], crs=STORAGE_CRS).to_crs(crs).iloc[0]
        return shapely.buffer(place, self.width_m / 2)
