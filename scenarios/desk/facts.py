"""Complete what a person asks for with what only the desk knows, so that the log says what was done."""

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from geo.numbering import TEMPLATE
from scenarios.errors import EditRefused

if TYPE_CHECKING:
    from scenarios.desk.desk import Desk


def complete_facts(desk: "Desk", kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Give the facts of an edit with its gaps filled: code and name of a new grid."""
    known = dict(facts)
    if kind in ("new_grid", "split"):
        known |= _named(desk, known)
    return known


def next_code(desk: "Desk", community: str) -> str:
    """Give the first number that no grid of the scenario ever bore, and none bears today."""
    taken = desk.codes | {code for code in desk.ground.today if code is not None}
    numbers = (TEMPLATE.format(community=community, number=number) for number in itertools.count(1))
    return next(code for code in numbers if code not in taken)


def _named(desk: "Desk", facts: Mapping[str, Any]) -> dict[str, str]:
    cells = [cell for cell in facts.get("cells") or () if cell in desk.plan.grid_of_cell]
    if not cells:
        raise EditRefused("edit_without_cells")
    community = desk.ground.community_of(cells[0])
    code = str(facts.get("code") or next_code(desk, community))
    name = str(facts.get("name") or "").strip()
    return {"code": code, "name": name or name_of(desk, community, code)}


def name_of(desk: "Desk", community: str, code: str) -> str:
    """Give a grid's usual name: that of the community and its number."""
    return f"{desk.ground.community_names.get(community, community)}{code.removeprefix(community)}"
