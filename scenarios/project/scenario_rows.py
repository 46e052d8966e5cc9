"""The rows of a scenario in all tables: how they follow it where it is forked, renamed or deleted.

Every table of the schema with a column `scenario` is among them, so none need be named for rename and delete,
and a fork copies what `_MADE_ANEW` does not name.
"""

from sqlalchemy import Connection, Table, delete, insert, literal, select, update

from scenarios.branches.table import hand_down_rules
from scenarios.desk.rows import cut_key
from scenarios.levers.rows import begin_at_parent, hand_down_levers, parents_of
from scenarios.project.kept_settings import hand_down_settings
from scenarios.project.schema import DESKS, EDITS, GRIDS, LEVERS, META, METADATA, OUTCOMES, PLANS, SCENARIOS

_MADE_ANEW = frozenset({PLANS, GRIDS, OUTCOMES, DESKS, EDITS, LEVERS})
"""What a fork does not copy: its plan is the one on the desk in hand, which the file may have left behind;
its log begins with the fork; it has no levers of its own and no note."""


def scenario_tables() -> tuple[Table, ...]:
    """Give every table whose rows each belong to one scenario."""
    return tuple(table for table in METADATA.sorted_tables if "scenario" in table.c)


def fork_rows(connection: Connection, parent: str, child: str) -> None:
    """Give a new scenario, whose plan is written, everything else that goes with the plan of its parent."""
    for table in scenario_tables():
        if table not in _MADE_ANEW:
            others = [column for column in table.c if column.name != "scenario"]
            rows = select(literal(child), *others).where(table.c.scenario == parent)
            connection.execute(insert(table).from_select([table.c.scenario, *others], rows))
    begin_at_parent(connection, parent, child)


def rename_rows(connection: Connection, name: str, new_name: str) -> None:
    """Let everything that the file holds of a scenario follow its new name."""
    for table in scenario_tables():
        connection.execute(update(table).where(table.c.scenario == name).values(scenario=new_name))
    connection.execute(update(SCENARIOS).where(SCENARIOS.c.name == name).values(name=new_name))
    connection.execute(update(SCENARIOS).where(SCENARIOS.c.parent == name).values(parent=new_name))
    connection.execute(update(META).where(META.c.key == cut_key(name)).values(key=cut_key(new_name)))


def delete_rows(connection: Connection, name: str) -> None:
    """Let go of everything of a scenario; those made from it keep what they inherit and go to its parent."""
    parents = parents_of(connection)
    for child in [child for child, parent in parents.items() if parent == name]:
        hand_down_levers(connection, name, child)
        hand_down_rules(connection, name, child)
        hand_down_settings(connection, name, child)
        connection.execute(update(SCENARIOS).where(SCENARIOS.c.name == child).values(parent=parents[name]))
    for table in scenario_tables():
        connection.execute(delete(table).where(table.c.scenario == name))
    connection.execute(delete(SCENARIOS).where(SCENARIOS.c.name == name))
    connection.execute(delete(META).where(META.c.key == cut_key(name)))
