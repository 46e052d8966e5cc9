"""Levers on places where people live or work: a new compound, demolition, changed counts, members added."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.cells_seeds import split_whole
from geo.layers import STORAGE_CRS
from scenarios.levers.errors import LeverError
from scenarios.levers.ground_facts import (
    buildings_of,
    communities_at,
    community_of_target,
    find_target,
    frame_of,
    number_at,
    set_number,
    with_frames,
)
from scenarios.levers.lever import Question, lever_field

_MOST = 100_000
_COUNTS = ("households", "residents")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCompound:
    """A new compound, drawn as an area or put as a point.

    On ground that is a parcel the households are added to the parcel, for there parcels are the cells.
    """

    name: ClassVar[str] = "new_compound"
    stage: ClassVar[int] = 40
    changes: ClassVar[Literal["layers", "terms"]] = "layers"
    title: str = lever_field("text", key=True)
    households: int = lever_field("count", low=1, high=_MOST)
    at: str = lever_field("place")
    residents: int | None = lever_field("count", low=0, high=10 * _MOST, default=None)
    formal_members: int | None = lever_field("count", low=0, high=_MOST, default=None)

    @property
    def compound_id(self) -> str:
        """The id that it has among the compounds."""
        return f"NEW-{self.title}"

    def apply(self, question: Question) -> Question:
        """Add it."""
        shape = shapely.from_wkt(self.at)
        community = self._community(question)
        parcel = _parcel_under(question, shape)
        if parcel is not None:
            return self._on_parcel(question, parcel)
        frame = frame_of(question, "compounds")
        if frame is not None and self.compound_id in set(frame["id"].astype(str)):
            raise LeverError("lever_id_taken", lever=self.name, target=self.compound_id)
        row = {
            "id": self.compound_id,
            "name": self.title,
            "community_code": community,
            "households": self.households,
            "residents": self.residents,
            "formal_members": self.formal_members,
        }
        new = gpd.GeoDataFrame([row], geometry=[shape], crs=STORAGE_CRS)
        return with_frames(question, {"compounds": _append(frame, new)})

    def reach(self, question: Question) -> frozenset[str]:
        """Give the communities on whose ground it lies."""
        shape = shapely.from_wkt(self.at)
        communities = question.layers.frames["communities"]
        touched = shapely.intersects(communities.geometry.to_numpy(), shape)
        return frozenset(str(code) for code in communities["code"][touched])

    def _community(self, question: Question) -> str:
        found = communities_at(question, gpd.GeoSeries([shapely.from_wkt(self.at)], crs=STORAGE_CRS))[0]
        if found is None:
            raise LeverError("lever_outside", lever=self.name, target=self.title)
        return found

    def _on_parcel(self, question: Question, row: int) -> Question:
        parcels = question.layers.frames["parcels"]
        for column, more in (("households", self.households), ("residents", self.residents)):
            if more is not None:
                parcels = set_number(parcels, row, column, (number_at(parcels, row, column) or 0) + more)
        return with_frames(question, {"parcels": parcels})


@dataclass(frozen=True, slots=True, kw_only=True)
class Demolition:
    """A compound with its buildings, a building, a parcel's homes or an institution that goes."""

    name: ClassVar[str] = "demolition"
    stage: ClassVar[int] = 70
    changes: ClassVar[Literal["layers", "terms"]] = "layers"
    target: str = lever_field("target", key=True)

    def apply(self, question: Question) -> Question:
        """Take it away."""
        layer, row = find_target(question, self.name, self.target)
        frame = question.layers.frames[layer]
        if layer == "parcels":  # its ground stays, nobody lives there any more
            for column in _COUNTS:
                frame = set_number(frame, row, column, 0)
            return with_frames(question, {layer: frame})
        left = {layer: _without(frame, [row])}
        if layer == "compounds":
            own = buildings_of(question, self.target, frame.geometry.iloc[row])
            if len(own):
                left["buildings"] = _without(question.layers.frames["buildings"], list(own))
        if layer == "buildings":
            left |= _less_in_compound(question, frame, row)
        return with_frames(question, left)

    def reach(self, question: Question) -> frozenset[str]:
        """Give the community it lies in."""
        return community_of_target(question, *find_target(question, self.name, self.target))


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Changed counts of a compound, a building, a parcel or an institution; what is left out stays.

    The figures of a compound's buildings follow it in proportion, and a building's change its compound's.
    """

    name: ClassVar[str] = "counts"
    stage: ClassVar[int] = 50
    changes: ClassVar[Literal["layers", "terms"]] = "layers"
    target: str = lever_field("target", key=True)
    households: int | None = lever_field("count", low=0, high=_MOST, default=None)
    residents: int | None = lever_field("count", low=0, high=10 * _MOST, default=None)
    formal_members: int | None = lever_field("count", low=0, high=_MOST, default=None)

    def apply(self, question: Question) -> Question:
        """Change them."""
        layer, row = find_target(question, self.name, self.target)
        frame = question.layers.frames[layer]
        wanted = {
            "households": self.households,
            "residents": self.residents,
            "formal_members": self.formal_members,
        }
        given = {column: value for column, value in wanted.items() if value is not None}
        if not given:
            raise LeverError("lever_field_missing", lever=self.name, field="households", known=list(wanted))
        for column, value in given.items():
            if not _may_have(layer, column):
                raise LeverError("lever_field_unknown", lever=self.name, field=column, known=[layer])
            question = _with_count(question, layer, row, column, value)
        del frame
        return question

    def reach(self, question: Question) -> frozenset[str]:
        """Give the community it lies in."""
        return community_of_target(question, *find_target(question, self.name, self.target))


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """Formal members added to a compound or an institution."""

    name: ClassVar[str] = "members"
    stage: ClassVar[int] = 60
    changes: ClassVar[Literal["layers", "terms"]] = "layers"
    place: str = lever_field("member_place", key=True)
    add: int = lever_field("count", low=-_MOST, high=_MOST)

    def apply(self, question: Question) -> Question:
        """Add them; there are never fewer than none."""
        layer, row = find_target(question, self.name, self.place)
        if layer not in ("compounds", "institutions"):
            raise LeverError("lever_target_missing", lever=self.name, target=self.place)
        frame = question.layers.frames[layer]
        count = max(0, (number_at(frame, row, "formal_members") or 0) + self.add)
        return with_frames(question, {layer: set_number(frame, row, "formal_members", count)})

    def reach(self, question: Question) -> frozenset[str]:
        """Give the community it lies in."""
        return community_of_target(question, *find_target(question, self.name, self.place))


def _may_have(layer: str, column: str) -> bool:
    if column == "formal_members":
        return layer in ("compounds", "institutions")
    return layer != "institutions"


def _with_count(question: Question, layer: str, row: int, column: str, value: int) -> Question:
    frame = question.layers.frames[layer]
    before = number_at(frame, row, column)
    changed: dict[str, pd.DataFrame] = {layer: set_number(frame, row, column, value)}
    if layer == "compounds" and column in _COUNTS:
        own = buildings_of(question, str(frame["id"].iloc[row]), frame.geometry.iloc[row])
        if len(own):
            buildings = question.layers.frames["buildings"]
            changed["buildings"] = _share_anew(buildings, own, column, before, value)
    if layer == "buildings" and before is not None:
        changed |= _more_in_compound(question, frame, row, column, value - before)
    return with_frames(question, changed)


def _share_anew(
    buildings: pd.DataFrame, rows: pd.Index, column: str, before: int | None, total: int
) -> pd.DataFrame:
    """Bring the figures of a compound's buildings in line with its new total."""
    if column not in buildings:
        return buildings
    known = [int(row) for row in rows if number_at(buildings, int(row), column) is not None]
    if not known:
        return buildings
    values = np.array([number_at(buildings, row, column) or 0 for row in known], dtype=np.float64)
    whole = max(float(values.sum()), float(before or 0))
    part = total if len(known) == len(rows) else round(total * float(values.sum()) / whole if whole else 0)
    changed = buildings.copy()
    changed.iloc[known, changed.columns.get_loc(column)] = split_whole(int(part), values)
    return changed


def _less_in_compound(question: Question, buildings: pd.DataFrame, row: int) -> dict[str, pd.DataFrame]:
    """Take a building's figures, as its cell has them, out of its compound's total."""
    changed: dict[str, pd.DataFrame] = {}
    cell = question.cells[question.cells["cell_id"] == str(buildings["id"].iloc[row])]
    for column in _COUNTS:
        known = number_at(buildings, row, column)
        less = known if known is not None else (int(cell[column].iloc[0]) if len(cell) else 0)
        base = question if "compounds" not in changed else with_frames(question, changed)
        changed |= _more_in_compound(base, buildings, row, column, -less)
    return changed


def _more_in_compound(
    question: Question, buildings: pd.DataFrame, row: int, column: str, more: int
) -> dict[str, pd.DataFrame]:
    compounds = frame_of(question, "compounds")
    compound = buildings["compound_id"].iloc[row] if "compound_id" in buildings else None
    if compounds is None or compound is None or pd.isna(compound):
        return {}
    rows = np.flatnonzero(compounds["id"].astype(str).to_numpy() == str(compound))
    if not len(rows):
        return {}
    total = number_at(compounds, int(rows[0]), column)
    if total is None:
        return {}
    return {"compounds": set_number(compounds, int(rows[0]), column, max(0, total + more))}


def _parcel_under(question: Question, shape: shapely.Geometry) -> int | None:
    parcels = frame_of(question, "parcels")
    if parcels is None or parcels.empty:
        return None
    rows = np.flatnonzero(shapely.intersects(parcels.geometry.to_numpy(), shapely.point_on_surface(shape)))
    return int(rows[0]) if len(rows) else None


def _append(frame: pd.DataFrame | None, new: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    if frame is None or frame.empty:
        for column in ("households", "residents", "formal_members"):
            new[column] = new[column].astype("Int64")
        return new
    row = new.reindex(columns=frame.columns)
    for column in frame.columns:
        if column != frame.geometry.name:
            row[column] = row[column].astype(frame[column].dtype)
    return gpd.GeoDataFrame(
        pd.concat([frame, row], ignore_index=True), geometry=frame.geometry.name, crs=frame.crs
    )


def _without(frame: pd.DataFrame, rows: list[int]) -> pd.DataFrame:
    return frame.drop(index=frame.index[rows])
