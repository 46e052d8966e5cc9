"""The tables that Gridplan adds to a project's GeoPackage.

| table | holds |
|---|---|
| `cells`, `cell_borders` | features: the smallest pieces of land, and the borders between them |
| `gridplan_meta` | key, value: format version, digests of the layers of cells and plans, change counter |
| `gridplan_scenarios` | one row a scenario: parent, seed, rules and weights as JSON |
| `gridplan_plans` | scenario, cell, code of the grid it belongs to |
| `gridplan_grids` | scenario, grid code, name, kind, costs as JSON, institution of a dedicated grid |
| `gridplan_outcomes` | scenario, certificates, summary and rules as JSON |
| `gridplan_desks` | scenario, version of its plan, locks, codes ever used, whose locks bounds need |
| `gridplan_locks` | scenario, what the next proposal must keep, as JSON |
| `gridplan_venues` | scenario, what was asked of venues and the answer, as JSON |
| `gridplan_branches` | scenario, rules for organisations and the proposal, as JSON; see `branches/table.py` |
| `gridplan_settings` | scenario, money or facilities, what was set there as JSON; see `kept_settings.py` |
| `gridplan_tasks` | scenario, task, who asks for it, community or all, whether admitted, hours a year |
| `gridplan_levers` | scenario, own levers, note, marks and what its plan answers; see `levers/rows.py` |
| `gridplan_cuts` | digest of what cells depend on, cells and borders of one community as GeoParquet |
| `gridplan_answers` | digest of a problem, the plan of one community as JSON |
| `gridplan_edits` | the log: one row an edit, only ever added to |

An edit's row holds: `seq` (order in the project), `scenario`, `version` of the plan after it, `kind`, `facts`
(what was asked, JSON), `change` (what became of it, JSON), `author` and `note` (as the person gave them),
`at` (UTC) and `reverts`: the row that an undo or a redo takes back. `change` holds what differs, each as
before and after: `cells` [[cell, code, code]], `grids` [[code, [name, kind, institution], …]], `locks`,
`certificates` (of the communities concerned) and `terms` (rules, weights, seed). Read backwards from the plan
there is, the rows give every plan there was.

A task is for every community where `community_code` is empty; `admitted` is 1, 0 or, while nobody has
decided, nothing; `hours` are those of a year in each community it is for.

Cells and answers are kept by content, so scenarios that ask the same of a community share them; the layers'
own cells are not among them. The rows of every table with a column `scenario` follow the scenario where it is
forked, renamed or deleted; see `scenario_rows.py`.

Earlier files had not all of these tables, nor a grid's institution; such a file is read as it is and gains
them when it is next written to.
"""

from sqlalchemy import Column, Connection, Index, Integer, LargeBinary, MetaData, Table, Text, inspect

from scenarios.project.gpkg import register_table

FORMAT_VERSION = "2"

BASE_SCENARIO = "base"
"""The scenario that every project begins with."""

METADATA = MetaData()

META = Table(
    "gridplan_meta",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    comment="format version, digests, change counter",
)
SCENARIOS = Table(
    "gridplan_scenarios",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("parent", Text),
    Column("seed", Integer, nullable=False),
    Column("rules", Text, nullable=False),
    Column("weights", Text, nullable=False),
    comment="one row a scenario",
)
PLANS = Table(
    "gridplan_plans",
    METADATA,
    Column("scenario", Text, primary_key=True),
    Column("cell_id", Text, primary_key=True),
    Column("grid_code", Text),
    comment="cell to grid, per scenario",
)
GRIDS = Table(
    "gridplan_grids",
    METADATA,
    Column("scenario", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("name", Text),
    Column("kind", Text),
    Column("costs", Text, nullable=False),
    Column("institution_id", Text),
    comment="facts of a grid that its shape does not tell, per scenario",
)
OUTCOMES = Table(
    "gridplan_outcomes",
    METADATA,
    Column("scenario", Text, primary_key=True),
    Column("certificates", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("rules", Text, nullable=False),
    comment="certificates and summary, per scenario",
)
DESKS = Table(
    "gridplan_desks",
    METADATA,
    Column("scenario", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("locks", Text, nullable=False),
    Column("codes", Text, nullable=False),
    Column("bounds", Text, nullable=False),
    comment="version of the plan, locks and codes used, per scenario",
)
LOCKS = Table(
    "gridplan_locks",
    METADATA,
    Column("scenario", Text, primary_key=True),
    Column("locks", Text, nullable=False),
    comment="what the next proposal must keep, per scenario",
)
VENUES = Table(
    "gridplan_venues",
    METADATA,
    Column("scenario", Text, primary_key=True),
    Column("settings", Text, nullable=False),
    Column("plan", Text, nullable=False),
    comment="where centres should stand, per scenario",
)
BRANCHES = Table(
    "gridplan_branches",
    METADATA,
    Column("scenario", Text, primary_key=True),
    Column("settings", Text, nullable=False),
    Column("plan", Text),
    comment="rules for organisations and where branches may be set up, per scenario",
)
SETTINGS = Table(
    "gridplan_settings",
    METADATA,
    Column("scenario", Text, primary_key=True),
    Column("area", Text, primary_key=True),
    Column("settings", Text, nullable=False),
    comment="unit costs, budget and checklist of functions, per scenario",
)
TASKS = Table(
    "gridplan_tasks",
    METADATA,
    Column("scenario", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("origin", Text, nullable=False),
    Column("community_code", Text, nullable=False),
    Column("admitted", Integer),
    Column("hours", Integer, nullable=False),
    comment="tasks asked of communities, admitted, refused or open, per scenario",
)
LEVERS = Table(
    "gridplan_levers",
    METADATA,
    Column("scenario", Text, primary_key=True),
    Column("levers", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("archived", Integer, nullable=False),
    Column("preferred", Integer, nullable=False),
    Column("answered", Text, nullable=False),
    Column("asked", Text, nullable=False),
    Column("marks", Text, nullable=False),
    comment="levers and notes, per scenario",
)
CUTS = Table(
    "gridplan_cuts",
    METADATA,
    Column("mark", Text, primary_key=True),
    Column("cells", LargeBinary, nullable=False),
    Column("links", LargeBinary, nullable=False),
    comment="cells of communities that levers reach, by what they depend on",
)
ANSWERS = Table(
    "gridplan_answers",
    METADATA,
    Column("mark", Text, primary_key=True),
    Column("plan", Text, nullable=False),
    comment="plans of communities, by what they answer",
)
EDITS = Table(
    "gridplan_edits",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("scenario", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("change", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("reverts", Integer),
    Index("gridplan_edits_versions", "scenario", "version", unique=True),
    comment="the log of edits, only ever added to",
    sqlite_autoincrement=True,
)


def create_tables(connection: Connection) -> None:
    """Create Gridplan's tables and enter them in the GeoPackage's contents."""
    METADATA.create_all(connection)
    for table in METADATA.sorted_tables:
        register_table(connection, table.name, table.comment or "")


def _has_current_tables(connection: Connection) -> bool:
    """Tell whether the file has every table and column of this version."""
    return METADATA.tables.keys() <= set(inspect(connection).get_table_names()) and _has_institutions(
        connection
    )


def bring_up_to_date(connection: Connection) -> None:
    """Give a file of an earlier version the tables and columns that it lacks, before it is written to."""
    if _has_current_tables(connection):
        return
    create_tables(connection)
    if not _has_institutions(connection):
        connection.exec_driver_sql(f"ALTER TABLE {GRIDS.name} ADD COLUMN institution_id TEXT")


def _has_institutions(connection: Connection) -> bool:
    columns = connection.exec_driver_sql(f"PRAGMA table_info({GRIDS.name})").all()
    return any(row[1] == "institution_id" for row in columns)
