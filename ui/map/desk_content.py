"""The map of a plan under adjustment: cells that never change, and where two of them meet."""

from collections.abc import Sequence
from dataclasses import replace

import geopandas as gpd
import numpy as np
import shapely

from exports.colours import PALETTE
from scenarios.desk.ground import DeskGround
from ui.map.content import BROKEN, LOOKS, html_language, layer_of
from ui.map.geometry import MapContent, MapLayer, Mark
from ui.texts.catalog import Texts

_DECIMALS = 6  # of a degree: a tenth of a metre
_HIDDEN = ("parcels", "buildings", "compounds", "roads", "barriers", "grids")
_HOVERED = ("institutions", "organisations", "venues")
_GREY = "#8a8a8a"
_WORDS = (
    *(f"tool_{name}{part}" for name in ("cell", "compound", "grid", "box", "lasso") for part in ("", "_tip")),
    *("undo", "redo", "clear", "clear_tip", "nothing_to_undo", "nothing_to_redo"),
    *("chosen", "two_communities", "give", "give_tip", "new_grid", "new_grid_tip", "out_of_band"),
    *("fresh", "households", "locked", "dedicated", "in_grid", "open", "unsaved"),
)


def desk_content(ground: DeskGround, texts: Texts, place: str) -> MapContent:
    """Give the map of the cells of a project; which grid each is in comes later, with every change."""
    layers = ground.base.layers
    drawn = [layer_of(name, layers, texts, hover=name in _HOVERED) for name in LOOKS]
    others = [
        replace(
            layer,
            shown=layer.key == "communities",
            labels=None,
            style={**layer.style, "fillOpacity": 0.15} if layer.key in _HIDDEN else layer.style,
        )
        for layer in drawn
        if layer is not None and layer.key != "parcels"
    ]
    return MapContent(
        place=place,
        kind="adjust",
        language=html_language(texts),
        extent=layers.frames["communities"],
        layers=(_cells(ground, texts), *others),
        marks=(
            Mark(shape="hatch", colours=(_GREY,), text=texts("desk_map.legend_open")),
            Mark(shape="dots", colours=(_GREY,), text=texts("desk_map.legend_locked")),
            Mark(shape="outline", colours=(BROKEN,), dashed=True, text=texts("common.rule_broken")),
        ),
        more={
            "links": _links(ground.base.stored.links),
            "words": {name: texts.template(f"desk_map.{name}") for name in _WORDS},
        },
    )


def _cells(ground: DeskGround, texts: Texts) -> MapLayer:
    cells = ground.base.stored.cells
    points = shapely.get_coordinates(shapely.point_on_surface(cells.geometry.to_numpy()))
    places = np.round(points[:, ::-1], _DECIMALS).tolist()
    names = _compound_names(ground)
    tips: list[Sequence[str]] = []
    facts: list[dict[str, object]] = []
    for at, cell in enumerate(ground.cell_ids):
        households, residents = int(ground.households[at]), int(ground.residents[at])
        compound = ground.compound[at]
        where = [names[compound]] if compound is not None and compound in names else []
        counted = texts("desk_map.cell", id=cell, households=households, residents=residents)
        tips.append([*where, counted])
        facts.append(
            {
                "h": households,
                "n": residents,
                "k": compound,
                "m": ground.community[at],
                "a": round(float(ground.area_m2[at])),
                "p": places[at],
            }
        )
    return MapLayer(
        key="cells",
        name=texts("common.layer.cells"),
        frame=cells,
        ids=list(ground.cell_ids),
        style={"color": "#8a8a8a", "weight": 0.6, "fillColor": "#ffffff", "fillOpacity": 0.8},
        legend=Mark(shape="area", colours=tuple(PALETTE[:3])),
        touch="hover",
        tips=tips,
        facts=facts,
    )


def _compound_names(ground: DeskGround) -> dict[str, str]:
    frame = ground.base.layers.frames.get("compounds")
    if frame is None or "name" not in frame:
        return {}
    named = frame[frame["name"].notna()]
    return {str(key): str(name) for key, name in zip(named["id"], named["name"], strict=True)}


def _links(links: gpd.GeoDataFrame) -> list[list[object]]:
    """Give each border as [position, position, metres, lines], its points as [lat, lon]."""
    shapes = links.geometry.to_numpy()
    lines, owner = shapely.get_parts(shapes, return_index=True)
    points, line = shapely.get_coordinates(lines, return_index=True)
    places = np.round(points[:, ::-1], _DECIMALS).tolist()
    starts = np.searchsorted(line, np.arange(len(lines) + 1)).tolist()
    drawn: list[list[object]] = [[] for _ in range(len(shapes))]
    for number, link in enumerate(owner.tolist()):
        drawn[link].append(places[starts[number] : starts[number + 1]])
    rows = links[["a", "b", "border_m"]].itertuples(index=False)
    return [[int(a), int(b), round(float(m), 1), parts] for (a, b, m), parts in zip(rows, drawn, strict=True)]
