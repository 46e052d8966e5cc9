"""What can be chosen in the levers on staff, venues and unit costs."""

from collections.abc import Mapping

from geo.layers import Layers
from scenarios.levers.services import BUDGET_COLUMNS, STAFF, VENUE_STATES
from scenarios.rules import UnitCosts
from ui.texts.catalog import Texts


def service_options(texts: Texts, layers: Layers, kind: str) -> Mapping[str, str] | None:
    """Give what can be chosen for a field of a kind, value → what is read; None for other kinds."""
    if kind == "staff":
        return {name: texts(f"levers.value.{name}") for name in STAFF}
    if kind == "venue_state":
        return {name: texts(f"levers.value.{name}") for name in VENUE_STATES}
    if kind == "unit_cost":
        return {name: texts(f"rules.name.{name}") for name in UnitCosts.__dataclass_fields__}
    if kind == "budget_column":
        return {name: texts(f"columns.{name}") for name in BUDGET_COLUMNS}
    if kind == "venue":
        return _venues(texts, layers)
    return None


def _venues(texts: Texts, layers: Layers) -> dict[str, str]:
    frame = layers.frames.get("venues")
    if frame is None:
        return {}
    found = {}
    for row in frame.drop(columns="geometry", errors="ignore").to_dict("records"):
        name = row.get("name")
        state = texts(f"facilities.service.{'open' if row.get('status') == 'existing' else 'possible'}")
        shown = name if isinstance(name, str) and name else str(row["id"])
        found[str(row["id"])] = f"{shown} · {state}"
    return found
