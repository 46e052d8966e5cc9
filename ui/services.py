"""Below the map of centres: what venues offer, staff and money, one of them at a time."""

from pathlib import Path

import streamlit as st

from ui.boundary import boundary
from ui.facilities import draw_facilities
from ui.money import draw_money
from ui.staff import draw_staff
from ui.texts.catalog import Texts

_PARTS = {"facilities": draw_facilities, "staff": draw_staff, "money": draw_money}


def draw_services(
    texts: Texts, project: Path, scenario: str, names: dict[str, str], community: str | None
) -> None:
    """Draw the part that a person chose."""
    part = st.segmented_control(
        texts("staff.services"),
        list(_PARTS),
        default="facilities",
        format_func=lambda name: texts(f"{name}.title"),
        key="services_part",
        label_visibility="collapsed",
    )
    with boundary(texts):
        _PARTS[part or "facilities"](texts, project, scenario, names, community)
