"""Everything a map may show, in metres, projected once and shared by all pages of a document."""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from exports.colours import colour_grids, on_paper
from exports.gis import sizes_hold
from exports.request import Request
from exports.sheet.marks import Box
from geo.crs import metric_crs

_DRAWN = ("roads", "barriers", "buildings", "compounds", "venues", "organisations", "institutions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The layers in one metric system.

    Attributes
    ----------
    grids
        As in the outcome, with `fill` and `broken`.
    layers
        Those of the project that maps draw; layers that are absent or empty are left out.
    names
        Community code → name.
    """

    system: pyproj.CRS
    grids: gpd.GeoDataFrame
    cells: gpd.GeoDataFrame
    communities: gpd.GeoDataFrame
    layers: Mapping[str, gpd.GeoDataFrame]
    names: Mapping[str, str]

    def within(self, layer: str, box: Box) -> gpd.GeoDataFrame:
        """Give the part of a layer that meets a box; an empty frame for a layer that is not there."""
        frame = self.layers.get(layer)
        if frame is None:
            return gpd.GeoDataFrame({"name": []}, geometry=[], crs=self.system)
        return frame.iloc[np.sort(frame.sindex.query(shapely.box(*box), predicate="intersects"))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """What a map is about: the sub-district, a community or a grid, with the codes of the grids inside.

    `home` is the community that a grid lies in, or the community itself.
    """

    kind: str
    code: str
    name: str
    codes: frozenset[str]
    bounds: tuple[float, float, float, float]
    home: str = ""


def build_ground(request: Request) -> Ground:
    """Project the outcome and the project's layers."""
    outcome = request.outcome
    system = metric_crs(outcome.communities)
    fills = [on_paper(colour) for colour in colour_grids(outcome.grids)]
    grids = outcome.grids.to_crs(system).assign(fill=fills)
    grids["broken"] = ~(sizes_hold(grids) & grids["contiguous"].astype(bool))
    communities = outcome.communities.to_crs(system)
    names = {
        str(code): text(name) or str(code)
        for code, name in zip(communities["code"], communities["name"], strict=True)
    }
    layers = {}
    for name in _DRAWN:
        frame = request.layers.get(name)
        if isinstance(frame, gpd.GeoDataFrame):
            there = frame[~(frame.geometry.isna() | frame.geometry.is_empty)]
            if len(there):
                layers[name] = there.to_crs(system)
    return Ground(
        system=system,
        grids=grids,
        cells=outcome.cells.to_crs(system),
        communities=communities,
        layers=layers,
        names=names,
    )


def find_extent(ground: Ground, code: str, place: str) -> Extent | None:
    """Find the community or grid of a code, or everything where it is empty; None where nothing has it."""
    grids = ground.grids
    if not code:
        return Extent(
            kind="all",
            code="",
            name=place,
            codes=frozenset(grids["code"]),
            bounds=_bounds(ground.communities),
        )
    if code in ground.names:
        inside = frozenset(grids.loc[grids["community_code"] == code, "code"])
        area = ground.communities[ground.communities["code"] == code]
        return Extent(
            kind="community",
            code=code,
            name=ground.names[code],
            codes=inside,
            bounds=_bounds(area),
            home=code,
        )
    found = grids[grids["code"] == code]
    if found.empty:
        return None
    row = found.iloc[0]
    home, name = ground.names.get(row["community_code"], ""), grid_title(row)
    name = name if name.startswith(home) else f"{home} {name}"
    return Extent(
        kind="grid",
        code=code,
        name=name,
        codes=frozenset([code]),
        bounds=_bounds(found),
        home=str(row["community_code"]),
    )


def grid_title(row: "pd.Series[object]") -> str:
    """Give a grid's name, or its code where it has none."""
    return text(row["name"]) or str(row["code"])


def short_code(code: str) -> str:
    """Give the part of a code that tells a grid within its community: its last three signs."""
    return code[-3:]


def text(value: object) -> str:
    """Give a value as text, nothing for a missing one."""
    return "" if value is None or bool(pd.isna(value)) else str(value)


def place_name(request: Request) -> str:
    """Give the name of the sub-district: what was typed, or what the communities say they belong to."""
    if request.sheet.place:
        return request.sheet.place
    frame = request.layers.get("communities")
    if frame is None or "street" not in frame:
        return ""
    streets = sorted({text(value) for value in frame["street"]} - {""})
    return streets[0] if len(streets) == 1 else ""


def _bounds(frame: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    west, south, east, north = (float(part) for part in frame.total_bounds)
    return west, south, east, north
