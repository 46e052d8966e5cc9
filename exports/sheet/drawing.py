"""The map itself: ground, grids, roads, borders and symbols as marks, from the bottom up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from exports.sheet.ground import Extent, Ground
from exports.sheet.marks import Box, Mark, Shapes, Style
from exports.sheet.scale import View

LAND = "#F3F1EC"
PALE = "#E4E1DA"
INK = "#1A1A1A"
BROKEN = "#B3001B"
WATER = "#BBD9EA"
GRID_LINE = "#3C3C3C"
HATCH_BROKEN = "///"
HATCH_DEDICATED = ".."


class Band(NamedTuple):
    """A road's look on an A3 sheet: width of the road and of its edge, in millimetres."""

    width: float
    edge: float
    fill: str


ROADS: Mapping[str, Band] = {
    "path": Band(0.15, 0.0, "#A59A8C"),
    "lane": Band(0.35, 0.14, "#FFFFFF"),
    "street": Band(0.65, 0.18, "#FFFFFF"),
    "main": Band(1.1, 0.16, "#FFF6D6"),
    "trunk": Band(1.35, 0.18, "#FFE3A6"),
    "motorway": Band(1.5, 0.2, "#F7C97B"),
}
"""Class → look, the least important first, which is the order of drawing."""
ROAD_EDGE = "#8C8377"


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """A point on the map: what kind, where on paper, what it is called."""

    kind: str
    at: tuple[float, float]
    name: str
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One map: the ground, what it is about, the window on it, and how much furniture is enlarged.

    A plain map shows borders, roads and codes alone: it is small.
    """

    ground: Ground
    extent: Extent
    view: View
    zoom: float
    is_plain: bool = False


def base_marks(scene: Scene) -> Iterator[Mark]:
    """Draw everything below the labels and symbols."""
    ground, extent, view, zoom = scene.ground, scene.extent, scene.view, scene.zoom
    clip = view.box
    yield Shapes(shapes=[shapely.box(*clip)], style=Style(fill=LAND))
    near = ground.grids.iloc[ground.grids.sindex.query(shapely.box(*view.ground))]
    inside = near[near["code"].isin(extent.codes)]
    around = near[~near["code"].isin(extent.codes)]
    if len(around):
        yield _areas(around, view, Style(fill=PALE, line="#A8A399", width_mm=0.15 * zoom))
    for fill, part in inside.groupby("fill"):
        yield _areas(part, view, Style(fill=str(fill)))
    if not scene.is_plain:
        yield from _buildings(ground, view, zoom)
    yield from _water(ground, view, zoom)
    yield from _roads(ground, view, zoom)
    yield from _lines(ground, view, zoom)
    yield from _status(inside, view, zoom)
    if view.ratio <= 5000 and extent.kind != "all":
        cells = ground.cells[ground.cells["grid_code"].isin(extent.codes)]
        hair = 0.14 * zoom
        yield _areas(cells, view, Style(line="#6B6B6B", width_mm=hair, dash_mm=(5 * hair, 5 * hair)))
    yield from _borders(scene, inside)


def _areas(frame: gpd.GeoDataFrame, view: View, style: Style) -> Shapes:
    return Shapes(shapes=tuple(view.to_paper(frame.geometry.to_numpy())), style=style, clip=view.box)


def _status(inside: gpd.GeoDataFrame, view: View, zoom: float) -> Iterator[Mark]:
    """Hatch what must be seen on a grey print too: dedicated grids, and those that break a hard rule."""
    dedicated = inside[inside["kind"] == "dedicated"]
    if len(dedicated):
        yield _areas(dedicated, view, Style(hatch=HATCH_DEDICATED, line="#6E6E6E", width_mm=0.01))
    broken = inside[inside["broken"]]
    if len(broken):
        yield _areas(broken, view, Style(hatch=HATCH_BROKEN, line=BROKEN, width_mm=0.5 * zoom))


def _buildings(ground: Ground, view: View, zoom: float) -> Iterator[Mark]:
    if view.ratio > 12500:
        return
    houses = ground.within("buildings", view.ground)
    houses = houses[houses.geom_type.isin(["Polygon", "MultiPolygon"])]
    if len(houses):
        yield _areas(houses, view, Style(fill="#5C5247", line="#5C5247", width_mm=0.05 * zoom, alpha=0.38))


def _water(ground: Ground, view: View, zoom: float) -> Iterator[Mark]:
    rivers = _barriers(ground, view, "river")
    areas = rivers[rivers.geom_type.isin(["Polygon", "MultiPolygon"])]
    if len(areas):
        yield _areas(areas, view, Style(fill=WATER, line="#6FA3C4", width_mm=0.15 * zoom))
    streams = rivers[~rivers.geom_type.isin(["Polygon", "MultiPolygon"])]
    if len(streams):
        yield _areas(streams, view, Style(line="#6FA3C4", width_mm=1.5 * zoom))
        yield _areas(streams, view, Style(line=WATER, width_mm=1.2 * zoom))


def _roads(ground: Ground, view: View, zoom: float) -> Iterator[Mark]:
    """Draw the edges of all roads below all roads, so that crossings are open."""
    roads = ground.within("roads", view.ground)
    if roads.empty:
        return
    # On a wide map lanes would be a grey veil; on a near one roads take the room they have.
    finer = float(np.clip((12000 / view.ratio) ** 0.5, 0.7, 1.6)) * zoom
    known = roads["class"] if "class" in roads else pd.Series("lane", index=roads.index)
    groups = dict(iter(roads.groupby(known.where(known.isin(ROADS.keys()), "lane"))))
    shapes = {
        name: tuple(view.to_paper(groups[name].geometry.to_numpy())) for name in ROADS if name in groups
    }
    for name, lines in shapes.items():
        band = ROADS[name]
        if band.edge:
            style = Style(line=ROAD_EDGE, width_mm=(band.width * finer + 2 * band.edge * zoom))
            yield Shapes(shapes=lines, style=style, clip=view.box)
    for name, lines in shapes.items():
        band = ROADS[name]
        yield Shapes(shapes=lines, style=Style(line=band.fill, width_mm=band.width * finer), clip=view.box)


def _lines(ground: Ground, view: View, zoom: float) -> Iterator[Mark]:
    railways = _barriers(ground, view, "railway")
    if len(railways):
        yield _areas(railways, view, Style(line="#4A4A4A", width_mm=0.8 * zoom))
        yield _areas(
            railways, view, Style(line="#FFFFFF", width_mm=0.5 * zoom, dash_mm=(2.4 * zoom, 2.4 * zoom))
        )
    walls = _barriers(ground, view, "wall")
    if len(walls) and view.ratio <= 12500:
        dash = (0.9 * zoom, 0.5 * zoom)
        yield _areas(walls, view, Style(line="#7A5C3E", width_mm=0.2 * zoom, dash_mm=dash))


def _barriers(ground: Ground, view: View, kind: str) -> gpd.GeoDataFrame:
    found = ground.within("barriers", view.ground)
    return found[found["kind"] == kind] if "kind" in found else found


def _borders(scene: Scene, inside: gpd.GeoDataFrame) -> Iterator[Mark]:
    extent, view, zoom = scene.extent, scene.view, scene.zoom
    edges = Shapes(
        shapes=_edges(inside.geometry.to_numpy(), view),
        style=Style(line=GRID_LINE, width_mm=0.34 * zoom),
        clip=view.box,
    )
    yield edges
    homes = scene.ground.communities
    lines = _edges(homes.geometry.to_numpy(), view)
    # The sign for a community's border on Chinese plans: long dash, dot.
    yield Shapes(shapes=lines, style=Style(line="#FFFFFF", width_mm=1.5 * zoom, alpha=0.75), clip=view.box)
    dash = tuple(part * zoom for part in (3.2, 0.9, 0.7, 0.9))
    yield Shapes(shapes=lines, style=Style(line=INK, width_mm=0.62 * zoom, dash_mm=dash), clip=view.box)
    if extent.kind != "all":
        frame = homes[homes["code"] == extent.code] if extent.kind == "community" else inside
        style = Style(line=INK, width_mm=0.9 * zoom)
        yield Shapes(shapes=_edges(frame.geometry.to_numpy(), view), style=style, clip=view.box)


def _edges(shapes: NDArray[np.object_], view: View) -> tuple[shapely.Geometry, ...]:
    """Give the borders once each: a border drawn twice would close the gaps of its dashes."""
    lines = shapely.line_merge(shapely.union_all(shapely.boundary(shapes)))
    return tuple(view.to_paper(np.array(shapely.get_parts(lines), dtype=object)))


def symbol_shapes(kind: str, at: tuple[float, float], zoom: float) -> Iterator[Shapes]:
    """Draw a symbol: a house for venues (empty while only a candidate), a flag, a square."""
    x, y = at
    if kind in ("venue", "candidate"):
        r = 1.5 * zoom
        house = [
            (x - r, y - r),
            (x + r, y - r),
            (x + r, y + 0.25 * r),
            (x, y + 1.25 * r),
            (x - r, y + 0.25 * r),
        ]
        fill = "#0B4F8A" if kind == "venue" else "#FFFFFF"
        yield Shapes(shapes=[shapely.Polygon(house).buffer(0.35 * zoom)], style=Style(fill="#FFFFFF"))
        yield Shapes(
            shapes=[shapely.Polygon(house)], style=Style(fill=fill, line="#0B4F8A", width_mm=0.32 * zoom)
        )
    elif kind == "organisation":
        r = 1.0 * zoom
        flag = [(x - 0.6 * r, y + 1.4 * r), (x + 1.1 * r, y + 0.8 * r), (x - 0.6 * r, y + 0.2 * r)]
        pole = shapely.LineString([(x - 0.6 * r, y - 1.3 * r), (x - 0.6 * r, y + 1.5 * r)])
        yield Shapes(shapes=[pole], style=Style(line="#FFFFFF", width_mm=0.75 * zoom))
        yield Shapes(shapes=[shapely.Polygon(flag).buffer(0.2 * zoom)], style=Style(fill="#FFFFFF"))
        yield Shapes(shapes=[pole], style=Style(line="#5B2A86", width_mm=0.28 * zoom))
        yield Shapes(shapes=[shapely.Polygon(flag)], style=Style(fill="#5B2A86"))
    else:
        r = 0.62 * zoom
        square = shapely.box(x - r, y - r, x + r, y + r)
        yield Shapes(shapes=[square], style=Style(fill="#FFFFFF", line="#404040", width_mm=0.25 * zoom))


def symbol_box(kind: str, at: tuple[float, float], zoom: float) -> Box:
    """Give the room of a symbol."""
    r = {"venue": 2.0, "candidate": 2.0, "organisation": 1.6}.get(kind, 0.9) * zoom
    return Box(at[0] - r, at[1] - r, at[0] + r, at[1] + r)


def find_symbols(scene: Scene) -> Sequence[Symbol]:
    """Find the points to draw, the weightiest first; small ones only where the scale has room for them."""
    ground, extent, view = scene.ground, scene.extent, scene.view
    if scene.is_plain:
        return []
    room = shapely.box(*view.ground) if extent.kind == "all" else _extent_shape(ground, extent)
    found: list[Symbol] = []
    for layer in ("venues", "organisations", "institutions"):
        frame = ground.within(layer, view.ground)
        frame = frame[frame.geom_type == "Point"]
        frame = frame[frame.geometry.intersects(room.buffer(15))]
        for row, point in zip(
            frame.to_dict("records"), view.to_paper(frame.geometry.to_numpy()), strict=True
        ):
            symbol = _symbol(layer, row, (float(point.x), float(point.y)))
            if symbol.weight >= (2 if view.ratio > 6000 else 0):
                found.append(symbol)
    return sorted(found, key=lambda symbol: -symbol.weight)


def _symbol(layer: str, row: Mapping[str, object], at: tuple[float, float]) -> Symbol:
    name = str(row.get("name") or "")
    if layer == "venues":
        kind = "candidate" if row.get("status") == "candidate" else "venue"
        return Symbol(kind=kind, at=at, name=name, weight=4 if kind == "venue" else 3)
    if layer == "organisations":
        large = row.get("level") in ("committee", "general_branch")
        return Symbol(kind="organisation", at=at, name=name, weight=2 if large else 1)
    staff = row.get("staff")
    many = isinstance(staff, (int, float)) and staff >= 200
    return Symbol(kind="institution", at=at, name=name, weight=2 if many else 0)


def _extent_shape(ground: Ground, extent: Extent) -> shapely.Geometry:
    grids = ground.grids[ground.grids["code"].isin(extent.codes)]
    return shapely.union_all(grids.geometry.to_numpy())
