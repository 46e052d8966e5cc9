"""The form of a lever, drawn from its typed fields."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from geo.layers import Layers
from geo.schema import LAYERS
from optimize.costs import COSTS
from scenarios.levers.errors import LeverError
from scenarios.levers.lever import FieldSpec, Lever, is_required, make_lever, specs_of
from scenarios.levers.registry import LEVERS
from scenarios.levers.workers import NAME as WORKERS
from scenarios.levers.workers import share_workers
from scenarios.outcome import Outcome
from scenarios.rules import RULES, GridRules, WorkRules
from ui.scenarios_place import TURN, field_key
from ui.service_levers import service_options
from ui.texts.catalog import Texts


def chosen_kind() -> str | None:
    """Give the kind of lever that the visitor is about to set, None where there is none."""
    return st.session_state.get(_kind_key())


def draw_lever_form(texts: Texts, layers: Layers, outcome: Outcome | None) -> tuple[Lever, ...]:
    """Draw the choice of a lever and its form; give what a person sets, nothing before.

    Parameters
    ----------
    layers
        The ground that the scenario stands on: what its levers made can be named by another.
    outcome
        The scenario's plan, None where there is none yet.

    Raises
    ------
    LeverError
        A value that cannot be read.
    """
    name = st.selectbox(
        texts("scenarios_page.kind"),
        _kinds(),
        format_func=lambda key: texts(f"levers.{key}.title"),
        key=_kind_key(),
        index=None,
        placeholder=texts("scenarios_page.choose_kind"),
    )
    if name is None:
        return ()
    st.caption(texts(f"levers.{name}.help"))
    if name == WORKERS:
        return _draw_workers(texts, outcome)
    kind = LEVERS[name]
    specs = specs_of(kind)
    with st.form(f"lever_{name}", border=False):
        values = {field: _draw_field(texts, layers, name, field, spec) for field, spec in specs.items()}
        if not st.form_submit_button(texts("scenarios_page.set"), type="primary", width="stretch"):
            return ()
    given = {
        field: value for field, value in values.items() if value not in (None, "") or is_required(kind, field)
    }
    return (make_lever(kind, {field: "" if value is None else value for field, value in given.items()}),)


def _kinds() -> list[str]:
    """Give what is offered: more workers for all beside the number of grids of one community."""
    names = list(LEVERS)
    names.insert(names.index("n_grids"), WORKERS)
    return names


def _draw_workers(texts: Texts, outcome: Outcome | None) -> tuple[Lever, ...]:
    """Draw the form that shares workers out among the communities."""
    with st.form("lever_workers", border=False):
        key = field_key(WORKERS, "add")
        add = st.number_input(texts("levers.field.add_workers"), value=3, step=1, key=key)
        if not st.form_submit_button(texts("scenarios_page.set"), type="primary", width="stretch"):
            return ()
    if outcome is None:
        raise LeverError("lever_no_room", lever=WORKERS, wanted=abs(add), possible=0)
    return share_workers(outcome, add)


def begin_anew() -> None:
    """Close the form after a lever has been set."""
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def _kind_key() -> str:
    return f"lever_kind_{st.session_state.get(TURN, 0)}"


def _draw_field(texts: Texts, layers: Layers, lever: str, field: str, spec: FieldSpec) -> Any:  # noqa: ANN401 - by field
    label, key = texts(f"levers.field.{field}"), field_key(lever, field)
    if not is_required(LEVERS[lever], field):
        label = texts("scenarios_page.may_be_empty", field=label)
    options = _options(texts, layers, spec)
    if options is not None:
        shown = texts("scenarios_page.choose")
        if st.session_state.get(key) not in options:
            st.session_state[key] = None
        return st.selectbox(
            label, list(options), format_func=options.__getitem__, key=key, index=None, placeholder=shown
        )
    if spec.kind == "count":
        return st.number_input(label, value=None, step=1, key=key, placeholder="")
    if spec.kind in ("number", "percent", "metre"):
        return st.number_input(label, value=None, key=key, placeholder="")
    return st.text_input(label, key=key)


def _options(texts: Texts, layers: Layers, spec: FieldSpec) -> Mapping[str, str] | None:
    """Give what can be chosen for a field, value → what is read; None where it is written freely."""
    places = ("compounds", "buildings", "parcels", "institutions")
    choices: Mapping[str, Callable[[], Mapping[str, str]]] = {
        "community": lambda: _rows(layers, ("communities",), "code"),
        "target": lambda: _rows(layers, places, "id"),
        "member_place": lambda: _rows(layers, ("compounds", "institutions"), "id"),
        "compound": lambda: _rows(layers, ("compounds",), "id"),
        "road": lambda: _named_roads(layers) | _numbered(layers, "roads", ("name", "class"), texts),
        "barrier": lambda: _numbered(layers, "barriers", ("kind",), texts),
        "road_class": lambda: {
            name: _word(texts, "class", name) for name in LAYERS["roads"].column("class").choices
        },
        "rule": lambda: {
            name: _named(texts, f"rules.name.{name}", name)
            for name in RULES
            if name in GridRules.__dataclass_fields__ or name in WorkRules.__dataclass_fields__
        },
        "cost": lambda: {name: _named(texts, f"grids_page.cost.{name}.name", name) for name in COSTS},
    }
    return choices[spec.kind]() if spec.kind in choices else service_options(texts, layers, spec.kind)


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


def _named_roads(layers: Layers) -> dict[str, str]:
    """Give the names of roads: all pieces that bear one go together."""
    frame = layers.frames.get("roads")
    if frame is None or "name" not in frame:
        return {}
    return {name: name for name in frame["name"] if isinstance(name, str) and name}


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
