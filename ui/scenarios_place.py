"""The map on which a lever finds its place: corners of a new area, or what a click means for each field."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
import streamlit as st

from geo.crs import metric_crs
from geo.layers import STORAGE_CRS, Layers
from scenarios.levers.lever import FieldSpec, specs_of
from scenarios.levers.registry import LEVERS
from ui.map.assets import publish
from ui.map.geometry import to_document
from ui.map.linked import pick_place_content
from ui.map.show import Delta, show_map
from ui.texts.catalog import Texts

_SHAPES = ("place", "line")
_NEAR_M = 80.0
_LAYERS_OF: Mapping[str, Sequence[str]] = {
    "community": ("communities",),
    "compound": ("compounds",),
    "member_place": ("institutions", "compounds"),
    "target": ("parcels", "compounds", "buildings", "institutions"),
    "road": ("roads",),
    "barrier": ("barriers",),
    "venue": ("venues",),
}
"""What a click may mean for a field of each kind, the likeliest first where several lie there."""

TURN = "lever_turn"
"""How often a lever has been set in this visit: each time, map and form begin anew."""


def field_key(lever: str, field: str) -> str:
    """Give the key under which a field of the form keeps its value."""
    return f"lever_{lever}_{field}_{st.session_state.get(TURN, 0)}"


def has_place(lever: str) -> bool:
    """Tell whether a lever has anything that a click on the map can give."""
    specs = specs_of(LEVERS[lever]).values() if lever in LEVERS else ()
    return any(spec.kind in (*_SHAPES, *_LAYERS_OF) for spec in specs)


def draw_place_map(texts: Texts, project: Path, layers: Layers, lever: str, height: int) -> None:
    """Draw the map; clicks fill the fields of the lever's form."""
    specs = specs_of(LEVERS[lever])
    drawn = [field for field, spec in specs.items() if spec.kind in _SHAPES]
    mode = "point" if not drawn or lever == "open_bridge" else "area"
    turn, again = st.session_state.get(TURN, 0), st.session_state.get("place_again", 0)
    source = _published(str(project), texts.language, mode, id(layers), layers)

    def put(clicked: str, _number: int) -> None:
        if not clicked.startswith("@"):
            return
        if drawn:
            as_area = specs[drawn[0]].kind == "place"
            st.session_state[field_key(lever, drawn[0])] = corners_to_text(clicked[1:], area=as_area)
        else:
            _fill(layers, lever, specs, clicked[1:].rsplit(";", maxsplit=1)[-1])

    show_map(Delta(source=source), key=f"place_map_{lever}_{turn}_{again}", height=height, on_click=put)
    said, button = st.columns([4, 1], vertical_alignment="center")
    hint = "pick" if not drawn else "bridge" if mode == "point" else specs[drawn[0]].kind
    said.caption(texts(f"scenarios_page.hint_{hint}"))
    if drawn and button.button(texts("scenarios_page.draw_again"), width="stretch", key="place_redraw"):
        st.session_state["place_again"] = again + 1
        st.session_state[field_key(lever, drawn[0])] = ""
        st.rerun()


def corners_to_text(corners: str, *, area: bool) -> str:
    """Turn `lon lat;lon lat` into the text of a field: a point, a line, or an area of three or more."""
    points = [point for point in corners.split(";") if point]
    if len(points) < 2:
        return points[0] if points else ""
    if not area:
        return f"LINESTRING({', '.join(points)})"
    if len(points) < 3:
        return points[-1]
    return f"POLYGON(({', '.join([*points, points[0]])}))"


def find_clicked(layers: Layers, kind: str, point: str) -> str | None:
    """Give the id of what lies at a place for a field of some kind, or else of the nearest thing near it.

    Roads go by their name, and rows without one by their number.
    """
    communities = gpd.GeoDataFrame(layers.frames["communities"])
    crs = metric_crs(communities)
    at = gpd.GeoSeries([shapely.Point(*map(float, point.split()))], crs=STORAGE_CRS).to_crs(crs).iloc[0]
    best: tuple[float, str] | None = None
    for name in _LAYERS_OF[kind]:
        frame = layers.frames.get(name)
        if not isinstance(frame, gpd.GeoDataFrame) or frame.empty:
            continue
        away = shapely.distance(frame.to_crs(crs).geometry.to_numpy(), at)
        away = np.where(np.isnan(away), np.inf, away)
        row = int(np.argmin(away))
        if away[row] <= _NEAR_M and (best is None or away[row] < best[0]):
            best = float(away[row]), _id_of(frame, name, row)
    return None if best is None else best[1]


def _id_of(frame: gpd.GeoDataFrame, layer: str, row: int) -> str:
    if layer == "communities":
        return str(frame["code"].iloc[row])
    if layer in ("roads", "barriers"):
        name = frame["name"].iloc[row] if layer == "roads" and "name" in frame else None
        return name if isinstance(name, str) and name else f"#{frame.index[row] + 1}"
    return str(frame["id"].iloc[row])


def _fill(layers: Layers, lever: str, specs: Mapping[str, FieldSpec], point: str) -> None:
    """Put what was clicked into the first field that is empty, or else into the last that takes it."""
    fields = [field for field, spec in specs.items() if spec.kind in _LAYERS_OF]
    empty = [field for field in fields if not st.session_state.get(field_key(lever, field))]
    field = (empty or fields[-1:])[0]
    found = find_clicked(layers, specs[field].kind, point)
    if found is not None:
        st.session_state[field_key(lever, field)] = found


@st.cache_resource(show_spinner=False, max_entries=8)
def _published(path: str, language: str, mode: str, version: int, _layers: Layers) -> str:  # noqa: ARG001 - key
    content = pick_place_content(_layers, Texts(language), f"place {path}", area=mode == "area")
    return publish(to_document(content))
