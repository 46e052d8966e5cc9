"""Complete what a person asks for with what only the desk knows, so that the log says what was done."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from geo.numbering import TEMPLATE
from scenarios.desk.edits import usual_name
from scenarios.desk.measure import find_pieces
from scenarios.desk.plan import DEDICATED, cells_of_grids
from scenarios.desk.split import best_split
from scenarios.desk.spread import spread
from scenarios.desk.value import Desk
from scenarios.errors import EditRefused
from scenarios.given import names_of

Facts = Mapping[str, Any]


def complete_facts(desk: Desk, kind: str, facts: Facts) -> dict[str, Any]:
    """Give the facts of an edit with its gaps filled.

    `lock` and `unlock` get the names of communities, `dedicate` that of the institution, `new_grid` and
    `split` code and name, `split` without cells the best split, `dissolve` with `spread` the grids that take
    its cells, `complete_contiguity` and `assign_rest` the grids that take theirs.
    """
    filler = _FILLERS.get(kind)
    return dict(facts) if filler is None else {**facts, **filler(desk, facts)}


def next_code(desk: Desk, community: str) -> str:
    """Give the first number that no grid of the scenario ever bore, and none bears today."""
    return next(free_codes(desk, community))


def free_codes(desk: Desk, community: str) -> Iterator[str]:
    """Give the numbers that no grid of the scenario ever bore, and none bears today.

    A code that was given up must not come to mean another place.
    """
    taken = desk.codes | {code for code in desk.ground.today if code is not None}
    numbers = (TEMPLATE.format(community=community, number=number) for number in itertools.count(1))
    return (code for code in numbers if code not in taken)


def name_of(desk: Desk, community: str, code: str) -> str:
    """Give a grid's usual name: that of the community and its number."""
    return usual_name(desk.ground.community_names.get(community, community), community, code)


def offer_split(desk: Desk, grid: str) -> tuple[str, ...]:
    """Give the cells that should become a new grid when this one is split.

    Raises
    ------
    EditRefused
        `edit_unknown_grids`, `grid_of_one_cell`.
    """
    cells = cells_of_grids(desk.plan.grid_of_cell).get(grid)
    if not cells:
        raise EditRefused("edit_unknown_grids", grids=[grid])
    if len(cells) < 2:
        raise EditRefused("grid_of_one_cell", grid=grid)
    return best_split(desk.ground, cells, desk.rules, desk.terms.weights)


def _name_new(desk: Desk, facts: Facts) -> dict[str, Any]:
    cells = [cell for cell in facts.get("cells") or () if cell in desk.plan.grid_of_cell]
    if not cells:
        raise EditRefused("edit_without_cells")
    community = desk.ground.community_of(cells[0])
    code = str(facts.get("code") or next_code(desk, community))
    name = str(facts.get("name") or "").strip()
    return {"code": code, "name": name or name_of(desk, community, code)}


def _fill_split(desk: Desk, facts: Facts) -> dict[str, Any]:
    cells = list(facts.get("cells") or offer_split(desk, str(facts["grid"])))
    return {"cells": cells, **_name_new(desk, {**facts, "cells": cells})}


def _fill_dissolve(desk: Desk, facts: Facts) -> dict[str, Any]:
    grid = str(facts["grid"])
    if facts.get("to") or not facts.get("spread") or grid not in desk.plan.grids:
        return {}
    cells = cells_of_grids(desk.plan.grid_of_cell)[grid]
    return {"to": _spread(desk, [[cell] for cell in cells], {grid})}


def _fill_contiguity(desk: Desk, facts: Facts) -> dict[str, Any]:
    """Let go of the smaller pieces of grids: of the `grids` named, or of all."""
    measures = desk.measures.grids
    wanted = [str(code) for code in facts.get("grids") or ()] or list(measures)
    to: dict[str, str] = {}
    for code in wanted:
        loose = measures[code].loose if code in measures else ()
        if loose:
            to |= _spread(desk, find_pieces(desk.ground, loose), {code})
    if not to:
        raise EditRefused("nothing_to_complete")
    return {"to": to}


def _fill_rest(desk: Desk, facts: Facts) -> dict[str, Any]:
    """Find a grid for unassigned cells: those named, those of the `communities` named, or all."""
    named = {str(cell) for cell in facts.get("cells") or ()}
    communities = [str(code) for code in facts.get("communities") or ()] or list(desk.measures.communities)
    to: dict[str, str] = {}
    for code in communities:
        part = desk.measures.communities.get(code)
        units = [[cell] for cell in (part.unassigned if part else ()) if not named or cell in named]
        to |= _spread(desk, units, set())
    if not to:
        raise EditRefused("nothing_to_assign")
    return {"to": to}


def _spread(desk: Desk, units: list[list[str]], closed: set[str]) -> dict[str, str]:
    locks = desk.plan.locks
    # A dedicated grid is drawn round its institution, not filled up.
    shut = {code for code, entry in desk.plan.grids.items() if entry.kind == DEDICATED}
    free = [unit for unit in units if not any(_is_locked(desk, cell) for cell in unit)]
    return spread(desk.plan, desk.ground, free, closed | shut | locks.grids, desk.rules, desk.terms.weights)


def _is_locked(desk: Desk, cell: str) -> bool:
    locks = desk.plan.locks
    return locks.everything or cell in locks.cells or desk.ground.community_of(cell) in locks.communities


def _fill_names(desk: Desk, facts: Facts) -> dict[str, Any]:
    """Give communities their names, which a log is read by."""
    known = desk.ground.community_names
    return {"names": [known.get(str(code), str(code)) for code in facts.get("communities") or ()]}


def _fill_institution(desk: Desk, facts: Facts) -> dict[str, Any]:
    """Give the institution its name, which a log is read by."""
    named = facts.get("institution_id")
    name = institution_names(desk).get(str(named)) if named is not None else None
    return {} if name is None else {"institution": name}


def institution_names(desk: Desk) -> dict[str, str]:
    """Give the institutions by id; those without a name bear their id."""
    frame = desk.ground.base.layers.frames.get("institutions")
    return {} if frame is None else names_of(frame, "id")


_FILLERS: Mapping[str, Callable[[Desk, Facts], dict[str, Any]]] = {
    "new_grid": _name_new,
    "split": _fill_split,
    "dissolve": _fill_dissolve,
    "complete_contiguity": _fill_contiguity,
    "assign_rest": _fill_rest,
    "dedicate": _fill_institution,
    "lock": _fill_names,
    "unlock": _fill_names,
}
