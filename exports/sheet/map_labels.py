"""What the map says: which labels there are, how large, and who comes first when room is short."""

from collections.abc import Iterator, Sequence

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from exports.sheet.drawing import Scene, Symbol, find_symbols, symbol_box, symbol_shapes
from exports.sheet.ground import short_code, text
from exports.sheet.labels import Line, Setter, area_label, inside_label, name_label, point_label
from exports.sheet.marks import Box, Mark, Placed, Words
from exports.sheet.place import Taken, Wish, place_labels
from exports.sheet.road_names import RoadLook, road_labels
from exports.small_counts import count_of_row
from exports.texts import Texts

_COMMUNITY = "#14365C"
_FAR = "#77726A"
_COMPOUND = "#4A4A4A"
_SYMBOL_COLOURS = {"venue": "#0B3F6E", "candidate": "#0B3F6E", "organisation": "#47206A"}
_ROAD_PT = {"motorway": 7.0, "trunk": 7.0, "main": 7.0, "street": 6.2, "lane": 5.2, "path": 5.0}
_SYMBOL_PT = 6.2
_EVERYWHERE = Box(-1e9, -1e9, 1e9, 1e9)


def label_marks(scene: Scene, setter: Setter, texts: Texts) -> tuple[list[Mark], list[Placed]]:
    """Draw symbols and labels: grids choose first, then communities, points, roads, compounds."""
    zoom = scene.zoom
    symbols = _without_crowding(find_symbols(scene), zoom)
    marks: list[Mark] = [mark for symbol in symbols for mark in symbol_shapes(symbol.kind, symbol.at, zoom)]
    taken = Taken(
        scene.view.box.inside(0.8 * zoom), [symbol_box(item.kind, item.at, zoom) for item in symbols]
    )
    placed = []
    for label, drawn in place_labels(_wishes(scene, setter, texts, symbols), taken):
        placed.append(label)
        marks.extend(drawn)
    # Leaders and plates lie below all text.
    return sorted(marks, key=lambda mark: isinstance(mark, Words)), placed


def _without_crowding(symbols: Sequence[Symbol], zoom: float) -> list[Symbol]:
    """Leave out a lesser symbol that would lie on a weightier one."""
    taken, kept = Taken(_EVERYWHERE), []
    for symbol in symbols:
        box = symbol_box(symbol.kind, symbol.at, zoom)
        if taken.is_free([box]):
            taken.take([box])
            kept.append(symbol)
    return kept


def _wishes(scene: Scene, setter: Setter, texts: Texts, symbols: Sequence[Symbol]) -> Iterator[Wish]:
    yield from _grid_wishes(scene, setter, texts)
    yield from _community_wishes(scene, setter)
    if scene.is_plain:
        return
    large = [symbol for symbol in symbols if symbol.weight >= 2]
    yield from _symbol_wishes(large, scene, setter)
    yield from _road_wishes(scene, setter, ("motorway", "trunk", "main", "street"))
    if scene.view.ratio <= 12500:
        yield from _compound_wishes(scene, setter)
    yield from _neighbour_wishes(scene, setter)
    if scene.view.ratio <= 6000:
        yield from _road_wishes(scene, setter, ("lane", "path"))
        small = [symbol for symbol in symbols if symbol.weight < 2]
        yield from _symbol_wishes(small, scene, setter)


def _grid_wishes(scene: Scene, setter: Setter, texts: Texts) -> Iterator[Wish]:
    """Wish for code and households; the narrowest grids choose first."""
    grids = scene.ground.grids[scene.ground.grids["code"].isin(scene.extent.codes)]
    shapes = scene.view.to_paper(grids.geometry.to_numpy())
    # Where there is room, as on a community's map, the label grows.
    typical = float(np.sqrt(np.median(shapely.area(shapes)))) if len(shapes) else 1.0
    grown = float(np.clip(typical / (26 * scene.zoom), 1.0, 1.8)) * scene.zoom
    for at in np.argsort(shapely.area(shapes), kind="stable"):
        row = grids.iloc[int(at)]
        households = texts("exports.households_unit", n=count_of_row(texts, row.to_dict(), "households"))
        lines = [
            Line(text=short_code(str(row["code"])), size_pt=9.0 * grown, bold=True),
            Line(text=households, size_pt=6.8 * grown),
        ]
        shown = lines[:1] if scene.is_plain else lines
        yield area_label(setter, "grid", str(row["code"]), shapes[at], shown)


def _neighbour_wishes(scene: Scene, setter: Setter) -> Iterator[Wish]:
    """Wish for the codes of the grids around, so that a border tells to whom it leads."""
    grids = scene.ground.grids
    near = grids[(grids["community_code"] == scene.extent.home) & ~grids["code"].isin(scene.extent.codes)]
    frame = shapely.box(*scene.view.box.inside(1))
    for code, shape in zip(near["code"], view_shapes(scene, near), strict=True):
        seen = shapely.intersection(shape, frame)
        if shapely.area(seen) > 60:
            line = Line(text=short_code(str(code)), size_pt=8.5 * scene.zoom, bold=True, colour=_FAR)
            yield inside_label(setter, "neighbour grid", str(code), seen, line)


def view_shapes(scene: Scene, frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Give a frame's shapes on paper."""
    return scene.view.to_paper(frame.geometry.to_numpy())


def _near(scene: Scene) -> float:
    """Give how much small type grows on a map of few grids, where there is room."""
    return scene.zoom * float(np.clip((5000 / scene.view.ratio) ** 0.3, 1.0, 1.4))


def _community_wishes(scene: Scene, setter: Setter) -> Iterator[Wish]:
    ground, view = scene.ground, scene.view
    frame = ground.communities.iloc[ground.communities.sindex.query(shapely.box(*view.ground))]
    shapes = shapely.intersection(view.to_paper(frame.geometry.to_numpy()), shapely.box(*view.box.inside(1)))
    order = np.argsort(shapely.area(shapes), kind="stable")
    for at in order:
        code = str(frame.iloc[int(at)]["code"])
        name = setter.type_.plain(ground.names[code])
        far = scene.extent.kind != "all"
        # A community whose own sheet this is says its name in the title.
        if shapely.area(shapes[at]) < 60 or code == scene.extent.home:
            continue
        line = Line(
            text=name,
            size_pt=(8.5 if far else 13.0) * scene.zoom,
            bold=True,
            colour=_FAR if far else _COMMUNITY,
        )
        kind = "neighbour" if far else "community"
        yield name_label(setter, kind, code, shapes[at], line, most=81)


def _symbol_wishes(symbols: Sequence[Symbol], scene: Scene, setter: Setter) -> Iterator[Wish]:
    for number, symbol in enumerate(symbols):
        name = setter.type_.plain(symbol.name)
        if not name:
            continue
        size = _SYMBOL_PT * (1.0 if symbol.weight >= 2 else 0.88) * _near(scene)
        line = Line(text=name, size_pt=size, colour=_SYMBOL_COLOURS.get(symbol.kind, "#333333"))
        box = symbol_box(symbol.kind, symbol.at, scene.zoom)
        yield point_label(setter, symbol.kind, f"{name}#{number}", symbol.at, line, away_mm=box.width / 2)


def _road_wishes(scene: Scene, setter: Setter, classes: Sequence[str]) -> Iterator[Wish]:
    roads = scene.ground.within("roads", scene.view.ground)
    if roads.empty or "name" not in roads or "class" not in roads:
        return
    box, avoid = scene.view.box.inside(2), _heavy_lines(scene)
    for kind in classes:
        look = RoadLook(frame=box, size_pt=_ROAD_PT[kind] * _near(scene), avoid=avoid)
        named = roads[(roads["class"] == kind) & roads["name"].notna()]
        for name, part in named.groupby("name"):
            said = setter.type_.plain(text(name))
            lines = scene.view.to_paper(part.geometry.to_numpy())
            if said.strip():
                yield from road_labels(setter, said, lines, look)


def _heavy_lines(scene: Scene) -> shapely.Geometry:
    """Give the borders that are drawn heavily, on paper: a name on them could not be read."""
    homes = view_shapes(scene, scene.ground.communities)
    grids = scene.ground.grids[scene.ground.grids["code"].isin(scene.extent.codes)]
    around = view_shapes(scene, grids) if scene.extent.kind == "grid" else np.array([], dtype=object)
    lines = shapely.union_all(shapely.boundary(np.concatenate([homes, around])))
    return shapely.intersection(lines, shapely.box(*scene.view.box))


def _compound_wishes(scene: Scene, setter: Setter) -> Iterator[Wish]:
    frame = scene.ground.within("compounds", scene.view.ground)
    shapes = scene.view.to_paper(frame.geometry.to_numpy())
    for row, shape in zip(frame.to_dict("records"), shapes, strict=True):
        name = setter.type_.plain(text(row.get("name")))
        line = Line(text=name, size_pt=5.6 * _near(scene), colour=_COMPOUND)
        if not name:
            continue
        if shape.geom_type == "Point":
            yield point_label(setter, "compound", name, (shape.x, shape.y), line, away_mm=0.5)
        else:
            yield inside_label(setter, "compound", name, shape, line)
