"""Put the slim map on the page and hand clicks back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import folium
import streamlit as st
from branca.element import MacroElement
from folium.template import Template
from streamlit_folium import st_folium

from ui.map.assets import served_folder
from ui.state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Where the map should go: to some features of a layer, or to everything when both are empty.

    `seq` differs from the one before, so that the same place can be asked for twice. One that begins with
    "link:" comes from the address: who has been there in this window stays where they are.
    """

    seq: str
    layer: str = ""
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """What the browser needs beyond the base map.

    Attributes
    ----------
    source
        Name of the published geometry file.
    paint
        Feature id → colour, where it differs from the file's.
    selected
        Id of the marked area.
    outlined
        Ids of the cells that a sentence beside the map speaks of.
    seen
        Number of the last click that this answer knows of.
    desk
        What the map of a plan under adjustment needs; see `static/gridplan_desk.js`.
    """

    source: str
    paint: Mapping[str, str] = field(default_factory=dict)
    selected: str | None = None
    outlined: tuple[str, ...] = ()
    seen: int = 0
    view: View | None = None
    desk: Mapping[str, object] | None = None


def asked_view(state: State) -> View | None:
    """Give the place that the visitor asked the map to show last, if any."""
    if state.view is None:
        return None
    layer, ids = state.view
    return View(seq=str(state.view_count or f"link:{' '.join(ids)}"), layer=layer, ids=ids)


class _Start(MacroElement):
    _template = Template(
        "{% macro script(this, kwargs) %}gridplanMap.start({{ this._parent.get_name() }});{% endmacro %}"
    )


class _Apply(MacroElement):
    _template = Template(
        "{% macro script(this, kwargs) %}gridplanMap.apply({{ this.message|tojson }});{% endmacro %}"
    )

    def __init__(self, message: Mapping[str, object]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca is not typed
        self.message = message


def show_map(
    delta: Delta,
    *,
    key: str,
    height: int,
    on_click: Callable[[str, int], None] | None = None,
    on_desk: Callable[[Mapping[str, Any], int], None] | None = None,
) -> None:
    """Show the map; before the next run its user's doings are handed on.

    `on_click` gets the clicked feature's id and the click's number, `on_desk` what is chosen and wished for
    on a plan under adjustment, and the number of that message.

    The base map never changes, so the browser keeps it, its zoom and its layers for the whole visit.
    """
    served_folder()

    def _clicked() -> None:
        value: Any = st.session_state.get(key) or {}
        if on_click is not None and isinstance(value.get("clicked"), str):
            on_click(value["clicked"], int(value.get("n", 0)))
        if on_desk is not None and isinstance(value.get("desk"), dict):
            on_desk(value["desk"], int(value.get("n", 0)))

    base = folium.Map(location=[0, 0], zoom_start=2, tiles=None, prefer_canvas=True, zoom_snap=0.25)
    _Start().add_to(base)  # type: ignore[no-untyped-call]  # branca is not typed
    change = folium.FeatureGroup(name="delta")
    _Apply(_message(delta)).add_to(change)
    st_folium(
        base,
        key=key,
        height=height,
        use_container_width=True,
        returned_objects=["clicked"],
        feature_group_to_add=change,
        on_change=_clicked,
    )


def _message(delta: Delta) -> dict[str, object]:
    view = delta.view
    return {
        "src": delta.source,
        "paint": dict(delta.paint),
        "selected": delta.selected,
        "outlined": list(delta.outlined),
        "seen": delta.seen,
        "view": {"seq": view.seq, "layer": view.layer, "ids": list(view.ids)} if view else None,
        "desk": dict(delta.desk) if delta.desk is not None else None,
    }
