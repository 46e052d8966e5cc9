"""What the maps of the pages show: layers as read, and a plan above them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd

from exports.colours import PALETTE, colour_grids
from geo.layers import Layers
from scenarios.outcome import Outcome
from ui.map.geometry import MapContent, MapLayer, Mark
from ui.plans import broken_grids
from ui.tables import column_name, layer_title
from ui.texts.catalog import Texts

BROKEN = "#d7191c"
"""Red means a broken hard rule and nothing else."""

_LINE_COLOURS: Mapping[str, str] = {
    "motorway": "#8a5a12",
    "trunk": "#8a5a12",
    "main": "#b07a28",
    "street": "#8d8d8d",
    "lane": "#b5b5b5",
    "path": "#c9c9c9",
    "river": "#3f87b5",
    "railway": "#3d3d3d",
    "wall": "#7a5a44",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a layer is drawn, which columns its tooltip tells, and whether it is shown from the start."""

    style: Mapping[str, object]
    legend: Mark
    tells: tuple[str, ...] = ()
    stroke_by: str | None = None
    shown: bool = False


def _outline(colour: str, weight: float, *, dash: str | None = None) -> dict[str, object]:
    return {"color": colour, "weight": weight, "fill": False, "dashArray": dash}


def _dot(colour: str, radius: float = 4) -> dict[str, object]:
    return {"color": "#ffffff", "weight": 1, "fillColor": colour, "fillOpacity": 0.95, "radius": radius}


LOOKS: Mapping[str, Look] = {
    "parcels": Look(
        style={"color": "#6b6b6b", "weight": 0.7, "fillColor": "#e4dfd3", "fillOpacity": 0.6},
        legend=Mark(shape="area", colours=("#e4dfd3", "#d3cdbf")),
        tells=("id", "households", "residents"),
        shown=True,
    ),
    "compounds": Look(
        style={"color": "#7c5c33", "weight": 1.2, "fillColor": "#e9d9bd", "fillOpacity": 0.35, "radius": 4},
        legend=Mark(shape="outline", colours=("#7c5c33",)),
        tells=("name", "households", "residents", "property_company"),
        shown=True,
    ),
    "buildings": Look(
        style={"color": "#8c8578", "weight": 0.5, "fillColor": "#a59d8d", "fillOpacity": 0.8, "radius": 2},
        legend=Mark(shape="area", colours=("#a59d8d", "#a59d8d")),
        tells=("id", "households", "floors"),
    ),
    "barriers": Look(
        style={"color": "#3f87b5", "weight": 3, "fillColor": "#bcd8ea", "fillOpacity": 0.8},
        legend=Mark(shape="line", colours=("#3f87b5",)),
        tells=("kind",),
        stroke_by="kind",
        shown=True,
    ),
    "roads": Look(
        style={"color": "#9a9a9a", "weight": 1.5, "fill": False},
        legend=Mark(shape="line", colours=("#b07a28",)),
        tells=("name", "class"),
        stroke_by="class",
    ),
    "grids": Look(
        style=_outline("#5e3c99", 2, dash="5 4"),
        legend=Mark(shape="outline", colours=("#5e3c99",), dashed=True),
    ),
    "communities": Look(
        style=_outline("#222222", 2.5), legend=Mark(shape="outline", colours=("#222222",)), shown=True
    ),
    "institutions": Look(
        style=_dot("#6a51a3"),
        legend=Mark(shape="point", colours=("#6a51a3",)),
        tells=("name", "kind", "staff", "formal_members"),
    ),
    "organisations": Look(
        style=_dot("#8c510a"),
        legend=Mark(shape="point", colours=("#8c510a",)),
        tells=("name", "level", "formal_members"),
    ),
    "venues": Look(
        style=_dot("#01665e", 5),
        legend=Mark(shape="point", colours=("#01665e",)),
        tells=("name", "status", "area_m2"),
    ),
}
"""Layer → look, bottom first; `grids` are those in force today."""

_ABOVE_PLAN = ("grids", "communities", "institutions", "organisations", "venues")


def layers_content(layers: Layers, texts: Texts, place: str) -> MapContent:
    """Give the map of the layers as they were read, each area telling what it holds."""
    shown = {"roads"} if "buildings" not in layers.frames else set()
    drawn = [layer_of(name, layers, texts, hover=True) for name in LOOKS]
    kept = [replace(layer, shown=layer.shown or layer.key in shown) for layer in drawn if layer is not None]
    return MapContent(
        place=place,
        kind="layers",
        language=html_language(texts),
        extent=layers.frames["communities"],
        layers=tuple(kept),
    )


def plan_content(
    layers: Layers, outcome: Outcome, texts: Texts, place: str, locked: frozenset[str] = frozenset()
) -> MapContent:
    """Give the map of a plan: its grids in colours, the other layers to be switched on above or below.

    `locked` holds the codes of grids that a person fixed, whose size is no broken rule.
    """
    below = [layer_of(name, layers, texts, hover=False) for name in LOOKS if name not in _ABOVE_PLAN]
    above = [
        layer_of(name, layers, texts, hover=name not in ("grids", "communities")) for name in _ABOVE_PLAN
    ]
    quiet = [replace(layer, shown=False) for layer in below if layer is not None and layer.key != "parcels"]
    lines = [layer for layer in quiet if layer.key in ("roads", "barriers")]
    areas = [layer for layer in quiet if layer.key not in ("roads", "barriers")]
    top = [
        replace(layer, shown=layer.key == "communities", labels=None) for layer in above if layer is not None
    ]
    plan = [_cells_layer(outcome, texts), *areas, *lines, *top]
    broken = broken_grids(outcome.grids, locked)
    marks = (Mark(shape="outline", colours=(BROKEN,), dashed=True, text=texts("common.rule_broken")),)
    return MapContent(
        place=place,
        kind="plan",
        language=html_language(texts),
        extent=outcome.communities,
        layers=(replace(_grids_layer(outcome, texts), broken=broken), *plan),
        marks=marks if any(broken) else (),
    )


def html_language(texts: Texts) -> str:
    """Give the language tag by which browsers choose the right shapes of Chinese characters."""
    return {"zh_Hans": "zh-CN", "zh_Hant": "zh-TW"}.get(texts.language, texts.language)


def _grids_layer(outcome: Outcome, texts: Texts) -> MapLayer:
    grids = outcome.grids
    names = dict(zip(outcome.communities["code"], outcome.communities["name"], strict=True))
    tips: list[Sequence[str]] = []
    labels: list[Sequence[str]] = []
    for row in grids[["code", "name", "community_code", "households", "residents"]].to_dict("records"):
        households = texts("common.n_households", n=int(row["households"]))
        people = [] if _missing(row["residents"]) else [texts("common.n_residents", n=int(row["residents"]))]
        tips.append([str(row["code"]), str(names.get(row["community_code"]) or ""), households, *people])
        labels.append([str(row["code"])[-3:], texts("common.n_households_short", n=int(row["households"]))])
    return MapLayer(
        key="plan",
        name=texts("common.layer.plan"),
        frame=grids,
        ids=[str(code) for code in grids["code"]],
        style={"color": "#4a4a4a", "weight": 1.5, "fillOpacity": 0.75},
        legend=Mark(shape="area", colours=tuple(PALETTE[:3])),
        touch="click",
        tips=tips,
        labels=labels,
        fills=colour_grids(grids),
    )


def _cells_layer(outcome: Outcome, texts: Texts) -> MapLayer:
    return MapLayer(
        key="cells",
        name=texts("common.layer.cells"),
        frame=outcome.cells,
        ids=[str(cell) for cell in outcome.cells["cell_id"]],
        style=_outline("#707070", 0.6),
        legend=Mark(shape="outline", colours=("#707070",)),
        shown=False,
    )


def layer_of(name: str, layers: Layers, texts: Texts, *, hover: bool) -> MapLayer | None:
    """Give the map layer of a project's layer, or None where it has none; `hover` gives it tooltips."""
    frame = layers.frames.get(name)
    if not isinstance(frame, gpd.GeoDataFrame) or not len(frame):
        return None
    look = LOOKS[name]
    strokes = None
    if look.stroke_by and look.stroke_by in frame:
        fallback = str(look.style["color"])
        strokes = [_LINE_COLOURS.get(str(value), fallback) for value in frame[look.stroke_by]]
    key = {"communities": "code", "grids": "code"}.get(name, "id")
    ids = [str(value) for value in frame[key]] if key in frame else [str(i) for i in range(len(frame))]
    return MapLayer(
        key=name,
        name=layer_title(texts, name),
        frame=frame,
        ids=ids,
        style=look.style,
        legend=look.legend,
        shown=look.shown,
        touch="hover" if hover and look.tells else None,
        tips=_tips(frame, look.tells, texts) if hover and look.tells else None,
        labels=_names(frame) if name == "communities" else None,
        strokes=strokes,
    )


def _names(frame: gpd.GeoDataFrame) -> list[Sequence[str]]:
    names = frame["name"] if "name" in frame else frame["code"]
    return [[str(name)] if not _missing(name) else [] for name in names]


def _tips(frame: pd.DataFrame, columns: Sequence[str], texts: Texts) -> list[Sequence[str]]:
    told = [column for column in columns if column in frame]
    return [
        [tell(texts, column, value) for column, value in zip(told, row, strict=True) if not _missing(value)]
        for row in frame[told].astype(object).itertuples(index=False)
    ]


def tell(texts: Texts, column: str, value: object) -> str:
    """Write one value of a layer with its column's name; names and ids stand for themselves."""
    shown = (
        texts.number(value, 1)
        if isinstance(value, int | float) and not isinstance(value, bool)
        else str(value)
    )
    choice = f"common.value.{column}.{value}"
    if texts.has(choice):
        shown = texts(choice)
    return (
        shown
        if column in ("name", "id")
        else texts("common.named", name=column_name(texts, column), value=shown)
    )


def _missing(value: object) -> bool:
    return bool(pd.isna(value))
