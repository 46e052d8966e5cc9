"""The tables that Gridplan adds to a project's GeoPackage.

| table | holds |
|---|---|
| `cells`, `cell_borders` | features: the smallest pieces of land, and the borders between them |
| `gridplan_meta` | key, value: format version, digests of the layers of cells and plans, change counter |
| `gridplan_scenarios` | one row a scenario: parent, seed, rules and weights as JSON |
| `gridplan_plans` | scenario, cell, code of the grid it belongs to |
| `gridplan_grids` | scenario, grid code, name, kind, value of each cost as JSON |
| `gridplan_outcomes` | scenario, certificates and summary as JSON |
"""

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text

from scenarios.gpkg import register_table

FORMAT_VERSION = "1"

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


def create_tables(connection: Connection) -> None:
    """Create Gridplan's tables and enter them in the GeoPackage's contents."""
    METADATA.create_all(connection)
    for table in METADATA.sorted_tables:
        register_table(connection, table.name, table.comment or "")
