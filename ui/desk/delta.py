"""What the browser is told of a plan under adjustment: the plan once as a file, then only what differs."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from scenarios.desk.desk import Desk
from scenarios.desk.plan import DEDICATED, DeskPlan
from ui.desk.colours import colour_plan, recolour
from ui.explain_words import number_in
from ui.map.assets import publish

_MOST_CELLS = 1500
"""Cells that may differ from the published plan before it is published anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridLook:
    """How a grid is drawn: colour, what its label says, its name, and marks for broken, locked, dedicated."""

    c: str
    t: str
    name: str
    bad: bool = False
    lock: bool = False
    ded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A plan as the browser knows it.

    Attributes
    ----------
    base
        Name of the published file.
    cells, grids
        Plan and looks as published.
    plan
        The plan as drawn last.
    colours
        Grid code → colour as drawn last.
    """

    base: str
    cells: Mapping[str, str | None]
    grids: Mapping[str, GridLook]
    plan: DeskPlan
    colours: Mapping[str, str]


def publish_plan(desk: Desk, colours: Mapping[str, str] | None = None) -> Drawn:
    """Publish the plan on a desk as the file that later differences refer to."""
    chosen = colour_plan(desk.plan, desk.ground) if colours is None else colours
    grids = _looks(desk, desk.plan, chosen)
    cells = desk.plan.grid_of_cell
    text = json.dumps(
        {"cells": dict(cells), "grids": {code: asdict(look) for code, look in grids.items()}},
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return Drawn(base=publish(text, kind="plan"), cells=cells, grids=grids, plan=desk.plan, colours=chosen)


def differ(drawn: Drawn, desk: Desk, plan: DeskPlan) -> tuple[Drawn, dict[str, object]]:
    """Give what the browser must know to draw a plan, which may be one that is only looked at."""
    colours = _colours(drawn, desk, plan)
    moved = _moved(drawn.cells, plan)
    if len(moved) > _MOST_CELLS and plan is desk.plan:
        drawn = publish_plan(desk, colours)
        moved = {}
    looks = _looks(desk, plan, colours)
    grids = {code: asdict(look) for code, look in looks.items() if drawn.grids.get(code) != look}
    return replace(drawn, plan=plan, colours=colours), {
        "base": drawn.base,
        "cells": moved,
        "grids": grids,
        "locked": sorted(plan.locks.cells),
        "band": [desk.rules.min_households, desk.rules.max_households],
    }


def short_code(desk: Desk, code: str) -> str:
    """Give the part of a code that differs within its community."""
    item = desk.measures.grids.get(code)
    return number_in(item.community_code, code) if item is not None else code[-3:]


def _moved(cells: Mapping[str, str | None], plan: DeskPlan) -> dict[str, str | None]:
    return {cell: code for cell, code in plan.grid_of_cell.items() if cells.get(cell) != code}


def _colours(drawn: Drawn, desk: Desk, plan: DeskPlan) -> Mapping[str, str]:
    if plan is drawn.plan:
        return drawn.colours
    before = drawn.plan.grid_of_cell
    moved = _moved(before, plan)
    touched = {code for code in moved.values() if code} | {before.get(cell) or "" for cell in moved}
    return recolour(plan, desk.ground, drawn.colours, touched)


def _looks(desk: Desk, plan: DeskPlan, colours: Mapping[str, str]) -> dict[str, GridLook]:
    broken = {rule.grid for rule in desk.measures.broken if rule.grid} if plan is desk.plan else set()
    locks = plan.locks
    home = {code: item.community_code for code, item in desk.measures.grids.items()}
    return {
        code: GridLook(
            c=colours[code],
            t=short_code(desk, code),
            name=entry.name,
            bad=code in broken,
            lock=locks.everything or code in locks.grids or home.get(code) in locks.communities,
            ded=entry.kind == DEDICATED,
        )
        for code, entry in plan.grids.items()
    }
