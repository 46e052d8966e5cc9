"""A project on disk: one GeoPackage with the layers, the cells, scenarios and their plans.

Layers are written once, into a temporary file that takes the project's name only when whole; everything
after that is one SQLite transaction, so a killed run leaves the project as it was.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from sqlalchemy import Connection, RowMapping, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from geo.layers import STORAGE_CRS, Fault, Layers, Tiling
from geo.schema import LAYERS
from scenarios.assemble import assemble
from scenarios.codec import certificates_from_json, certificates_to_json, plain, to_json
from scenarios.errors import StoreError, UnknownScenario
from scenarios.frames import list_tables, parsing, read_frame, read_layer
from scenarios.gpkg import DRAFT_PREFIX, has_table, open_engine, settle_journal, sweep_drafts, write_features
from scenarios.outcome import GridFacts, Outcome, Plan
from scenarios.schema import FORMAT_VERSION, GRIDS, META, OUTCOMES, PLANS, SCENARIOS, create_tables

BASE_SCENARIO = "base"
_GPKG_VERSION = {"VERSION": "1.2"}  # what office machines with an older QGIS open without a word
_CELLS_CUT_FROM, _PLAN_CUT_FROM = "cells_cut_from", "plan_cut_from:"


def create_project(path: Path, layers: Layers, *, attribution: str = "", replace: bool = False) -> None:
    """Write the layers as a new project.

    `attribution` says whose data it is, in words that every map made from it must bear. With `replace`, an
    existing file goes, with every scenario and plan in it, but only once the new one is whole.

    Raises
    ------
    StoreError
        `project_exists` when the file is there and `replace` was not asked for; `cannot_write` when the
        folder does not take the file, or another program has it open.
    """
    if path.exists() and not replace:
        raise StoreError("project_exists", file=path.name)
    sweep_drafts(path.parent)
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=DRAFT_PREFIX) as folder:
            draft = Path(folder) / "draft.gpkg"
            _write_layers(draft, layers)
            with _writing(draft) as connection:
                create_tables(connection)
                _put_meta(connection, "format_version", FORMAT_VERSION)
                _put_meta(connection, "changes", "0")
                _put_meta(connection, "attribution", attribution)
            settle_journal(path)
            draft.replace(path)
    except OSError as error:
        raise StoreError(
            "cannot_write", file=path.name, why=error.strerror or type(error).__name__
        ) from error


def read_layers(path: Path) -> Layers:
    """Read the layers of a project, with the schema's names and types.

    Raises
    ------
    StoreError
        `no_such_file`, `not_a_project`, or `cannot_read` when another program left it damaged.
    """
    _require_project(path)
    with _reading(path):
        present = list_tables(path)
    return Layers(frames={name: read_layer(path, name) for name in LAYERS if name in present})


def read_attribution(path: Path) -> str:
    """Give the words that name the sources of the project's data; empty where none were given."""
    with _reading(path) as connection:
        return _get_meta(connection, "attribution") or ""


def list_scenarios(path: Path) -> tuple[str, ...]:
    """List the project's scenarios that have been stored, by name."""
    with _reading(path) as connection:
        return tuple(connection.execute(select(SCENARIOS.c.name).order_by(SCENARIOS.c.name)).scalars())


def project_digest(path: Path) -> str:
    """Give a short text that changes whenever the project's file does."""
    _require_project(path)
    state = path.stat()
    with _reading(path) as connection:
        changes = _get_meta(connection, "changes")
    return hashlib.sha256(f"{changes}|{state.st_mtime_ns}|{state.st_size}".encode()).hexdigest()[:16]


def layers_digest(layers: Layers) -> str:
    """Give a digest of all shapes and values of the layers, whatever file they came from."""
    digest = hashlib.sha256()
    for name in sorted(layers.frames):
        frame = layers.frames[name]
        digest.update(name.encode())
        if isinstance(frame, gpd.GeoDataFrame):
            for shape in shapely.to_wkb(frame.geometry.to_numpy(), byte_order=1):
                digest.update(shape or b"-")
            frame = pd.DataFrame(frame.drop(columns=frame.geometry.name))
        digest.update(frame.to_csv(index=False).encode())
    return digest.hexdigest()


def read_tiling(path: Path, layers: Layers) -> Tiling | None:
    """Read the stored cells and borders (EPSG:4490); None where they were cut from other layers."""
    with _reading(path) as connection:
        known = _get_meta(connection, _CELLS_CUT_FROM) == layers_digest(layers)
        if not known or not has_table(connection, "cells"):
            return None
    return Tiling(cells=read_frame(path, "cells"), links=read_frame(path, "cell_borders"))


def save_tiling(path: Path, layers: Layers, tiling: Tiling) -> None:
    """Store the cells and borders (EPSG:4490) cut from these layers."""
    with _writing(path) as connection:
        write_features(connection, "cells", tiling.cells, "POLYGON")
        write_features(connection, "cell_borders", tiling.links, "MULTILINESTRING")
        _put_meta(connection, _CELLS_CUT_FROM, layers_digest(layers))
        _count_change(connection)


def save_outcome(
    path: Path, outcome: Outcome, weights: Mapping[str, float], parent: str | None = None
) -> None:
    """Store a scenario with its plan, certificates and summary in one transaction."""
    name = outcome.scenario
    with _writing(path) as connection:
        for table in (SCENARIOS, PLANS, GRIDS, OUTCOMES):
            key = table.c.name if table is SCENARIOS else table.c.scenario
            connection.execute(delete(table).where(key == name))
        connection.execute(insert(SCENARIOS), [_scenario_row(outcome, weights, parent)])
        plan = outcome.cells[["cell_id", "grid_code"]].astype(object)
        rows = [
            {"scenario": name, "cell_id": cell, "grid_code": code if isinstance(code, str) else None}
            for cell, code in plan.itertuples(index=False)
        ]
        connection.execute(insert(PLANS), rows)
        facts = [_grid_row(name, row) for row in outcome.grids.to_dict("records")]
        if facts:
            connection.execute(insert(GRIDS), facts)
        connection.execute(
            insert(OUTCOMES),
            [
                {
                    "scenario": name,
                    "certificates": certificates_to_json(outcome.certificates),
                    "summary": to_json(outcome.summary),
                    "rules": to_json(outcome.rules),
                }
            ],
        )
        # Cells may be cut anew for one scenario: the plans of the others are still of the old ones.
        _put_meta(connection, _PLAN_CUT_FROM + name, _get_meta(connection, _CELLS_CUT_FROM) or "")
        _count_change(connection)


def read_outcome(path: Path, scenario: str = BASE_SCENARIO) -> Outcome | None:
    """Read a scenario's plan with everything measured anew from its shapes; None where it has no plan yet.

    Raises
    ------
    UnknownScenario
        When a scenario other than the base one is not in the project.
    StoreError
        `cannot_read` when another program left what is stored incomplete or damaged.
    """
    with _reading(path) as connection:
        stored = (
            connection.execute(select(OUTCOMES).where(OUTCOMES.c.scenario == scenario)).mappings().first()
        )
        if stored is None:
            if scenario != BASE_SCENARIO:
                raise UnknownScenario("unknown_scenario", scenario=scenario)
            return None
        plan = connection.execute(
            select(PLANS.c.cell_id, PLANS.c.grid_code).where(PLANS.c.scenario == scenario)
        ).all()
        facts = connection.execute(select(GRIDS).where(GRIDS.c.scenario == scenario)).mappings().all()
        cut_from = _get_meta(connection, _PLAN_CUT_FROM + scenario) or _get_meta(connection, _CELLS_CUT_FROM)
    with parsing(path):
        known = Plan(
            grid_of_cell=dict(plan),
            facts={row["code"]: _facts(row) for row in facts},
            certificates=certificates_from_json(stored["certificates"]),
        )
        summary, rules = json.loads(stored["summary"]), json.loads(stored["rules"])
    layers = read_layers(path)
    communities = layers.frames.get("communities")
    if communities is None or "code" not in communities:
        raise StoreError("cannot_read", file=path.name, why="communities.code")
    if {code for code in known.grid_of_cell.values() if code} - known.facts.keys():
        raise StoreError("cannot_read", file=path.name, why=GRIDS.name)
    return assemble(
        scenario=scenario,
        cells=read_frame(path, "cells"),
        plan=known,
        communities=communities,
        summary=summary,
        rules=rules,
        stale=cut_from != layers_digest(layers),
    )


def require_outcome(path: Path, scenario: str = BASE_SCENARIO) -> Outcome:
    """Read a scenario's plan, to be given out.

    Raises
    ------
    StoreError
        `plan_stale` when the layers have changed since.
    UnknownScenario
        `unknown_scenario`, or `no_plan_yet` when nothing was proposed.
    """
    outcome = read_outcome(path, scenario)
    if outcome is None:
        raise UnknownScenario("no_plan_yet", scenario=scenario, file=path.name)
    if outcome.stale:
        raise StoreError("plan_stale", scenario=scenario, file=path.name)
    return outcome


def describe(path: Path, faults: Sequence[Fault] = ()) -> dict[str, Any]:
    """Tell what a project holds: rows and columns of each layer, scenarios, and the faults given."""
    layers = read_layers(path)
    held = {
        name: {"rows": len(frame), "columns": [column for column in frame.columns if column != "geometry"]}
        for name, frame in layers.frames.items()
    }
    return {
        "project": path.name,
        "layers": held,
        "scenarios": list(list_scenarios(path)),
        "faults": [plain(asdict(fault)) for fault in faults],
    }


def _scenario_row(outcome: Outcome, weights: Mapping[str, float], parent: str | None) -> dict[str, object]:
    return {
        "name": outcome.scenario,
        "parent": parent,
        "seed": outcome.summary["seed"],
        "rules": to_json(outcome.rules),
        "weights": to_json(weights),
    }


def _facts(row: RowMapping) -> GridFacts:
    return GridFacts(name=row["name"], kind=row["kind"], costs=json.loads(row["costs"]))


def _grid_row(scenario: str, row: Mapping[str, object]) -> dict[str, object]:
    costs = {name: value for name, value in row.items() if name.startswith("cost_")}
    return {
        "scenario": scenario,
        "code": row["code"],
        "name": row["name"],
        "kind": row["kind"],
        "costs": to_json(costs),
    }


def _write_layers(path: Path, layers: Layers) -> None:
    for name in LAYERS:
        frame = layers.frames.get(name)
        if isinstance(frame, gpd.GeoDataFrame):
            frame = frame.to_crs(STORAGE_CRS)
        if frame is not None:
            pyogrio.write_dataframe(frame, path, layer=name, driver="GPKG", dataset_options=_GPKG_VERSION)


def _require_project(path: Path) -> None:
    if not path.is_file():
        raise StoreError("no_such_file", file=path.name)
    with path.open("rb") as file:
        if file.read(16) != b"SQLite format 3\x00":
            raise StoreError("not_a_project", file=path.name)


@contextmanager
def _reading(path: Path) -> Iterator[Connection]:
    _require_project(path)
    try:
        with open_engine(path, write=False).begin() as connection:
            if not has_table(connection, META.name):
                raise StoreError("not_a_project", file=path.name)
            yield connection
    except SQLAlchemyError as error:
        raise StoreError("cannot_read", file=path.name, why=type(error).__name__) from error


@contextmanager
def _writing(path: Path) -> Iterator[Connection]:
    _require_project(path)
    try:
        with open_engine(path, write=True).begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise StoreError("cannot_write", file=path.name, why=type(error).__name__) from error


def _get_meta(connection: Connection, key: str) -> str | None:
    return connection.execute(select(META.c.value).where(META.c.key == key)).scalar()


def _put_meta(connection: Connection, key: str, value: str) -> None:
    connection.execute(delete(META).where(META.c.key == key))
    connection.execute(insert(META), [{"key": key, "value": value}])


def _count_change(connection: Connection) -> None:
    _put_meta(connection, "changes", str(int(_get_meta(connection, "changes") or 0) + 1))
