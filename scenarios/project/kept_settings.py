"""What a person has set for a scenario beside its rules: unit costs, a budget, the checklist of functions.

A scenario without settings of its own has those of the nearest it was made from, the first the defaults.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, delete, insert, select

from scenarios.levers.rows import line_of, parents_of
from scenarios.project.codec import to_json
from scenarios.project.connect import count_change, reading, writing
from scenarios.project.frames import parsing
from scenarios.project.gpkg import has_table
from scenarios.project.schema import SETTINGS, bring_up_to_date

Area = Literal["money", "facilities"]


def read_settings(path: Path, scenario: str, area: Area) -> dict[str, Any] | None:
    """Give what was set, as plain values; None where nobody has set anything.

    Raises
    ------
    StoreError
        `cannot_read` when another program left what is stored damaged.
    """
    with reading(path) as connection:
        if not has_table(connection, SETTINGS.name):
            return None
        line = line_of(parents_of(connection), scenario)
        rows = connection.execute(
            select(SETTINGS.c.scenario, SETTINGS.c.settings).where(
                SETTINGS.c.area == area, SETTINGS.c.scenario.in_(line)
            )
        )
        kept = {str(name): str(text) for name, text in rows}
    nearest = next((name for name in reversed(line) if name in kept), None)
    if nearest is None:
        return None
    with parsing(path):
        document: dict[str, Any] = json.loads(kept[nearest])
        return document


def save_settings(path: Path, scenario: str, area: Area, settings: Mapping[str, Any]) -> None:
    """Keep settings in place of what there was.

    Raises
    ------
    StoreError
        `cannot_write`.
    """
    with writing(path) as connection:
        bring_up_to_date(connection)
        mine = (SETTINGS.c.scenario == scenario) & (SETTINGS.c.area == area)
        connection.execute(delete(SETTINGS).where(mine))
        row = {"scenario": scenario, "area": area, "settings": to_json(settings)}
        connection.execute(insert(SETTINGS), [row])
        count_change(connection)


def hand_down_settings(connection: Connection, parent: str, child: str) -> None:
    """Let a scenario keep what it has from a parent that is about to go."""
    own = set(connection.scalars(select(SETTINGS.c.area).where(SETTINGS.c.scenario == child)))
    rows = connection.execute(
        select(SETTINGS.c.area, SETTINGS.c.settings).where(SETTINGS.c.scenario == parent)
    ).all()
    missing = [{"scenario": child, "area": area, "settings": text} for area, text in rows if area not in own]
    if missing:
        connection.execute(insert(SETTINGS), missing)
