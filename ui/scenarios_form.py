"""The form of a lever, drawn from its typed fields."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from geo.layers import Layers
from geo.schema import LAYERS
from optimize.costs import COSTS
from scenarios.levers.lever import FieldSpec, Lever, is_required, make_lever, specs_of
from scenarios.levers.registry import LEVERS
from scenarios.rules import RULES, GridRules
from ui.map.assets import publish
from ui.map.geometry import to_document
from ui.map.linked import pick_place_content
from ui.map.show import Delta, show_map
from ui.texts.catalog import Texts

_PLACE = "scenarios_place"
_MAP_HEIGHT = 300


def draw_lever_form(texts: Texts, project: Path, layers: Layers) -> Lever | None:
    """Draw the form; give the lever once a person sets it.

    Raises
    ------
    LeverError
        A value that cannot be read.
    """
    name = st.selectbox(
        texts("scenarios_page.kind"),
        list(LEVERS),
        format_func=lambda key: texts(f"levers.{key}.title"),
        key="lever_kind",
    )
    kind = LEVERS[name]
    st.caption(texts(f"levers.{name}.help"))
    specs = specs_of(kind)
    placed = {field: spec for field, spec in specs.items() if spec.kind in ("place", "line")}
    for field, spec in placed.items():
        _draw_place_map(texts, project, layers, name, field, area=spec.kind == "place")
    with st.form(f"lever_{name}", border=False):
        values = {field: _draw_field(texts, layers, name, field, spec) for field, spec in specs.items()}
        if not st.form_submit_button(texts("scenarios_page.set"), type="primary", width="stretch"):
            return None
    given = {
        field: value for field, value in values.items() if value not in (None, "") or is_required(kind, field)
    }
    return make_lever(kind, {field: "" if value is None else value for field, value in given.items()})


def _draw_field(texts: Texts, layers: Layers, lever: str, field: str, spec: FieldSpec) -> Any:  # noqa: ANN401 - by field
    label, key = texts(f"levers.field.{field}"), f"lever_{lever}_{field}"
    options = _options(texts, layers, spec)
    if options is not None:
        return st.selectbox(label, list(options), format_func=options.__getitem__, key=key, index=None)
    if spec.kind == "count":
        return st.number_input(label, value=None, step=1, key=key)
    if spec.kind in ("number", "percent", "metre"):
        return st.number_input(label, value=None, key=key)
    if spec.kind in ("place", "line"):
        return st.text_input(label, value=st.session_state.get(_PLACE, {}).get(field, ""))
    return st.text_input(label, key=key)


def _options(texts: Texts, layers: Layers, spec: FieldSpec) -> Mapping[str, str] | None:
    """Give what can be chosen for a field, value → what is read; None where it is written freely."""
    places = ("compounds", "buildings", "parcels", "institutions")
    choices: Mapping[str, Callable[[], Mapping[str, str]]] = {
        "community": lambda: _rows(layers, ("communities",), "code"),
        "target": lambda: _rows(layers, places, "id"),
        "member_place": lambda: _rows(layers, ("compounds", "institutions"), "id"),
        "compound": lambda: _rows(layers, ("compounds",), "id"),
        "road": lambda: _numbered(layers, "roads", ("name", "class"), texts),
        "barrier": lambda: _numbered(layers, "barriers", ("kind",), texts),
        "road_class": lambda: {
            name: _word(texts, "class", name) for name in LAYERS["roads"].column("class").choices
        },
        "rule": lambda: {
            name: _named(texts, f"rules.name.{name}", name)
            for name in RULES
            if name in GridRules.__dataclass_fields__
        },
        "cost": lambda: {name: _named(texts, f"grids_page.cost.{name}.name", name) for name in COSTS},
    }
    return choices[spec.kind]() if spec.kind in choices else None


def _rows(layers: Layers, names: tuple[str, ...], key: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        frame = layers.frames.get(name)
        if frame is None:
            continue
        titles = frame["name"] if "name" in frame else frame[key]
        for code, title in zip(frame[key].astype(str), titles, strict=True):
            found.setdefault(code, f"{title} · {code}" if isinstance(title, str) and title != code else code)
    return found


def _numbered(layers: Layers, name: str, columns: tuple[str, ...], texts: Texts) -> dict[str, str]:
    frame = layers.frames.get(name)
    if frame is None:
        return {}
    known = [column for column in columns if column in frame]
    return {
        f"#{label + 1}": " · ".join(
            [f"#{label + 1}", *(_word(texts, column, row[column]) for column in known if row[column])]
        )
        for label, row in zip(frame.index, frame[known].astype(object).to_dict("records"), strict=True)
    }


def _word(texts: Texts, column: str, value: object) -> str:
    return _named(texts, f"common.value.{column}.{value}", str(value))


def _named(texts: Texts, key: str, otherwise: str) -> str:
    return texts(key) if texts.has(key) else otherwise


def _draw_place_map(
    texts: Texts, project: Path, layers: Layers, lever: str, field: str, *, area: bool
) -> None:
    """Draw the map on which the place is put: a click is a point, three or more an area or a line."""
    source = _published(str(project), texts.language, id(layers), layers)

    def put(clicked: str, _number: int) -> None:
        if clicked.startswith("@"):
            st.session_state[_PLACE] = {field: _as_wkt(clicked[1:], area=area)}

    show_map(Delta(source=source), key=f"place_map_{lever}", height=_MAP_HEIGHT, on_click=put)


def _as_wkt(corners: str, *, area: bool) -> str:
    points = [point for point in corners.split(";") if point]
    if len(points) < 2:
        return points[0] if points else ""
    if not area:
        return f"LINESTRING({', '.join(points)})"
    if len(points) < 3:
        return points[-1]
    return f"POLYGON(({', '.join([*points, points[0]])}))"


@st.cache_resource(show_spinner=False, max_entries=8)
def _published(path: str, language: str, version: int, _layers: Layers) -> str:  # noqa: ARG001 - part of the key
    content = pick_place_content(_layers, Texts(language), f"place {path}", area=True)
    return publish(to_document(content))
