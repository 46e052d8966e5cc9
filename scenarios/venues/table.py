"""The proposal for venues in the project file, one a scenario."""

from pathlib import Path

from sqlalchemy import delete, insert, select

from scenarios.project.connect import count_change, reading, writing
from scenarios.project.gpkg import has_table
from scenarios.project.schema import VENUES, bring_up_to_date


def save_row(path: Path, scenario: str, settings: str, plan: str) -> None:
    """Keep what was asked and the answer, both as JSON, in place of what there was.

    Raises
    ------
    StoreError
        `cannot_write`.
    """
    with writing(path) as connection:
        bring_up_to_date(connection)
        connection.execute(delete(VENUES).where(VENUES.c.scenario == scenario))
        connection.execute(insert(VENUES), [{"scenario": scenario, "settings": settings, "plan": plan}])
        count_change(connection)


def read_row(path: Path, scenario: str) -> tuple[str, str] | None:
    """Give what was asked and the answer as JSON; None where nothing is kept."""
    with reading(path) as connection:
        if not has_table(connection, VENUES.name):
            return None
        row = connection.execute(
            select(VENUES.c.settings, VENUES.c.plan).where(VENUES.c.scenario == scenario)
        ).first()
    return (str(row[0]), str(row[1])) if row else None
