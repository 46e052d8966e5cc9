import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from shutil import which

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from geo.errors import LayerError
from geo.layers import Layers
from geo.validate import check_layers
from scenarios import store
from scenarios.errors import StoreError, UnknownScenario
from scenarios.project import layers as layers_store
from scenarios.project.connect import writing
from scenarios.propose import Settings, propose, ready_tiling
from scenarios.workers import Workers


def never() -> bool:
    return False


@pytest.fixture
def solved_project(small_project: Path, workers: Workers) -> Path:
    propose(small_project, Settings(), stop=never, on_progress=lambda _step: None, workers=workers)
    return small_project


def test_layers_come_back_as_they_went_in(small_project: Path, two_communities: Layers) -> None:
    back = store.read_layers(small_project)
    assert back.frames.keys() == two_communities.frames.keys()
    before, after = two_communities.frames["parcels"], back.frames["parcels"]
    assert after["households"].tolist() == before["households"].tolist()
    assert after.geometry.geom_equals_exact(before.geometry, 0).all()
    assert store.layers_digest(back) == store.layers_digest(store.read_layers(small_project))


def test_cells_are_cut_once_and_again_when_the_layers_change(small_project: Path) -> None:
    layers = store.read_layers(small_project)
    assert store.read_tiling(small_project, layers) is None
    cut = ready_tiling(small_project, layers)
    known = store.read_tiling(small_project, layers)
    assert known is not None
    assert known.cells["cell_id"].tolist() == cut.cells["cell_id"].tolist()
    other = layers.frames["parcels"].assign(households=1)
    changed = Layers(frames={**layers.frames, "parcels": other})
    assert store.read_tiling(small_project, changed) is None


def test_an_outcome_comes_back_with_the_same_measures(solved_project: Path) -> None:
    outcome = store.require_outcome(solved_project)
    store.save_outcome(solved_project, replace(outcome, scenario="again"), {})
    again = store.require_outcome(solved_project, "again")
    assert again.grids.drop(columns="geometry").equals(outcome.grids.drop(columns="geometry"))
    assert again.certificates == outcome.certificates
    assert store.list_scenarios(solved_project) == ("again", "base")


def test_project_digest_follows_content(solved_project: Path) -> None:
    before = store.project_digest(solved_project)
    assert before == store.project_digest(solved_project)
    store.save_outcome(solved_project, store.require_outcome(solved_project), {})
    assert before != store.project_digest(solved_project)


def test_other_programs_read_every_table(solved_project: Path) -> None:
    names = {str(name) for name, _ in pyogrio.list_layers(solved_project)}
    assert {"communities", "parcels", "cells", "cell_borders", "gridplan_plans"} <= names
    cells = gpd.read_file(solved_project, layer="cells")
    assert cells.crs.to_epsg() == 4490
    assert shapely.is_valid(cells.geometry.array).all()
    with sqlite3.connect(solved_project) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.skipif(which("ogrinfo") is None, reason="ogrinfo is not installed")
def test_ogrinfo_opens_the_project(solved_project: Path) -> None:
    said = subprocess.run(
        ["ogrinfo", "-so", solved_project, "cells"], capture_output=True, text=True, check=True
    )
    assert "Feature Count: 18" in said.stdout
    assert "Warning" not in said.stderr


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\x00", b"no database"])
def test_what_is_no_project_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "wrong.gpkg"
    path.write_bytes(content)
    with pytest.raises(StoreError):
        store.read_layers(path)


def test_a_geopackage_of_someone_else_is_refused(tmp_path: Path, two_communities: Layers) -> None:
    path = tmp_path / "other.gpkg"
    pyogrio.write_dataframe(two_communities.frames["parcels"], path, layer="things")
    with pytest.raises(StoreError) as caught:
        store.list_scenarios(path)
    assert caught.value.code == "not_a_project"


def test_a_scenario_that_is_not_there(small_project: Path) -> None:
    with pytest.raises(UnknownScenario):
        store.read_outcome(small_project, "nowhere")
    assert store.read_outcome(small_project) is None
    with pytest.raises(UnknownScenario):
        store.require_outcome(small_project)


def test_a_project_with_plans_is_replaced_only_when_asked_for(
    solved_project: Path, two_communities: Layers
) -> None:
    before = solved_project.read_bytes()
    with pytest.raises(StoreError) as caught:
        store.create_project(solved_project, two_communities)
    assert caught.value.code == "project_exists"
    assert solved_project.read_bytes() == before
    store.create_project(solved_project, two_communities, replace=True)
    assert store.list_scenarios(solved_project) == ()


def test_create_project_leaves_the_old_file_when_it_fails(
    small_project: Path, two_communities: Layers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_connection: object) -> None:
        raise OSError(28, "No space left on device")

    before = small_project.read_bytes()
    monkeypatch.setattr(layers_store, "create_tables", fail)
    with pytest.raises(StoreError) as caught:
        store.create_project(small_project, two_communities, replace=True)
    assert caught.value.code == "cannot_write"
    assert list(small_project.parent.iterdir()) == [small_project]
    assert small_project.read_bytes() == before


DIE_HALFWAY = """
import os, sys
from pathlib import Path
from scenarios import store
from scenarios.project import plans as plans_store
path = Path(sys.argv[1])
outcome = store.require_outcome(path)
plans_store.count_change = lambda connection: os._exit(9)
store.save_outcome(path, outcome, {"boundary": 7.0})
"""


def test_a_process_that_dies_inside_the_transaction_leaves_no_trace(solved_project: Path) -> None:
    before = store.require_outcome(solved_project)
    died = subprocess.run([sys.executable, "-c", DIE_HALFWAY, str(solved_project)], check=False)
    assert died.returncode == 9
    after = store.require_outcome(solved_project)
    assert after.cells["grid_code"].tolist() == before.cells["grid_code"].tolist()
    with sqlite3.connect(solved_project) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert "7.0" not in connection.execute("SELECT weights FROM gridplan_scenarios").fetchone()[0]


def test_households_of_cells_are_those_of_parcels(solved_project: Path, two_communities: Layers) -> None:
    outcome = store.require_outcome(solved_project)
    wanted = int(two_communities.frames["parcels"]["households"].sum())
    assert int(outcome.cells["households"].sum()) == wanted == int(np.sum(outcome.grids["households"]))


@pytest.mark.parametrize("name", ["what?.gpkg", "50%41.gpkg", "#1.gpkg", "a?mode=ro.gpkg"])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows allows no such names")
def test_a_name_with_signs_of_an_address_is_a_name(
    tmp_path: Path, two_communities: Layers, name: str
) -> None:
    path = tmp_path / name
    store.create_project(path, two_communities)
    assert store.list_scenarios(path) == ()
    assert list(tmp_path.iterdir()) == [path]


CHANGES = "SELECT value FROM gridplan_meta WHERE key = 'changes'"


@pytest.fixture
def log_beside(small_project: Path) -> Iterator[sqlite3.Connection]:
    """Keep a project open as QGIS does: with changes in a log beside the file."""
    with closing(sqlite3.connect(small_project)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("UPDATE gridplan_meta SET value = '7' WHERE key = 'changes'")
        other.commit()
        yield other


def test_a_project_open_in_another_program_is_not_replaced(
    small_project: Path, two_communities: Layers, log_beside: sqlite3.Connection
) -> None:
    with pytest.raises(StoreError) as caught:
        store.create_project(small_project, two_communities, replace=True)
    assert caught.value.code == "cannot_write"
    assert log_beside.execute(CHANGES).fetchone() == ("7",)


@pytest.mark.usefixtures("log_beside")
@pytest.mark.parametrize("project_gone", [False, True])
def test_a_log_left_behind_does_not_ruin_what_takes_its_place(
    small_project: Path, two_communities: Layers, project_gone: bool
) -> None:
    crashed = small_project.with_name("crashed.gpkg")
    log = Path(f"{small_project}-wal").read_bytes()
    if not project_gone:
        crashed.write_bytes(small_project.read_bytes())
    Path(f"{crashed}-wal").write_bytes(log)
    store.create_project(crashed, two_communities, replace=True)
    with closing(sqlite3.connect(crashed)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute(CHANGES).fetchone() == ("0",)


@pytest.mark.parametrize(("value", "code"), [("many", "value_unreadable"), (12.5, "value_not_whole")])
def test_a_count_spoilt_by_another_program_is_listed(small_project: Path, value: object, code: str) -> None:
    parcels = pyogrio.read_dataframe(small_project, layer="parcels")
    parcels["households"] = parcels["households"].astype(object if isinstance(value, str) else float)
    parcels.loc[1, "households"] = value
    if isinstance(value, str):
        parcels["households"] = parcels["households"].astype(str)
    pyogrio.write_dataframe(parcels, small_project, layer="parcels", driver="GPKG")
    faults = [f for f in check_layers(store.read_layers(small_project)) if f.severity == "fault"]
    assert [(f.code, f.row, f.column) for f in faults] == [(code, 2, "households")]


def change_parcels(project: Path, households: int) -> None:
    """Change a figure as another program would: in the layer, not in the cells."""
    parcels = pyogrio.read_dataframe(project, layer="parcels")
    parcels.loc[0, "households"] = households
    pyogrio.write_dataframe(parcels, project, layer="parcels", driver="GPKG")


def test_a_plan_of_layers_that_have_changed_since_is_not_given_out(
    solved_project: Path, workers: Workers
) -> None:
    outcome = store.require_outcome(solved_project)
    store.save_outcome(solved_project, replace(outcome, scenario="other"), {})
    change_parcels(solved_project, 111)
    with pytest.raises(StoreError) as caught:
        store.require_outcome(solved_project)
    assert caught.value.code == "plan_stale"
    # One scenario proposed anew cuts the cells anew; the other one's plan is as old as before.
    propose(solved_project, Settings(), stop=never, on_progress=lambda _step: None, workers=workers)
    assert not store.require_outcome(solved_project).stale
    with pytest.raises(StoreError):
        store.require_outcome(solved_project, "other")


def test_layers_spoilt_by_another_program_are_not_cut(small_project: Path, workers: Workers) -> None:
    change_parcels(small_project, -5)
    with pytest.raises(LayerError) as caught:
        propose(small_project, Settings(), stop=never, on_progress=lambda _step: None, workers=workers)
    assert (caught.value.code, caught.value.facts["n"]) == ("layers_refused", 1)
    assert [fault.code for fault in caught.value.facts["faults"]] == ["value_negative"]
    assert store.list_scenarios(small_project) == ()


ANOTHER_WRITER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
"""


def test_reading_layers_leaves_a_transaction_its_lock(solved_project: Path) -> None:
    # GDAL's own SQLite, closing the file, would drop the lock, and another process could write in between.
    with writing(solved_project) as connection:
        connection.exec_driver_sql("UPDATE gridplan_meta SET value = value WHERE key = 'changes'")
        assert len(store.read_layers(solved_project).frames["parcels"]) == 18
        assert store.read_outcome(solved_project) is not None
        other = subprocess.run(
            [sys.executable, "-c", ANOTHER_WRITER, solved_project],
            capture_output=True,
            text=True,
            check=False,
        )
    assert "database is locked" in other.stderr


def test_layers_are_read_with_what_another_program_keeps_in_its_log(log_beside: sqlite3.Connection) -> None:
    path = Path(log_beside.execute("PRAGMA database_list").fetchone()[2])
    log_beside.execute("UPDATE gridplan_meta SET value = 'someone' WHERE key = 'attribution'")
    log_beside.commit()
    assert path.with_name(path.name + "-wal").exists()
    assert store.read_attribution(path) == "someone"
    assert len(store.read_layers(path).frames["parcels"]) == 18
