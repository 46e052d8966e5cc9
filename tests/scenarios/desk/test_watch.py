"""Whatever program touches layers or cells is noticed; edits of ours are not taken for that."""

import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from shutil import which

import pyogrio
import pytest

from scenarios import store
from scenarios.desk.desk import Desk, catch_up, do_edit, open_desk
from scenarios.errors import StoreError
from scenarios.project.connect import reading
from scenarios.project.watch import recall


def is_known(path: Path) -> bool:
    with reading(path) as connection:
        return recall(connection) is not None


def run_sql(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            connection.create_function(name, 1, lambda _shape: 0)  # the layers' own triggers ask for them
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def by_sql(path: Path) -> None:
    run_sql(path, "UPDATE parcels SET households = 111 WHERE fid = 1")


def by_gdal(path: Path) -> None:
    parcels = pyogrio.read_dataframe(path, layer="parcels")
    parcels.loc[0, "households"] = 111
    pyogrio.write_dataframe(parcels, path, layer="parcels", driver="GPKG")


def by_ogr_sql(path: Path) -> None:
    """Change a row as QGIS does: through GDAL, with the file's own triggers."""
    if which("ogrinfo") is None:
        pytest.skip("ogrinfo is not installed")
    change = "UPDATE parcels SET households = 111 WHERE fid = 1"
    said = subprocess.run(["ogrinfo", path, "-sql", change], capture_output=True, text=True, check=True)
    assert said.stderr == ""


def by_dropping(path: Path) -> None:
    gone = "DELETE FROM gpkg_contents WHERE table_name = 'institutions'"
    run_sql(path, "DROP TABLE institutions", gone)


def test_edits_leave_layers_known(desk: Desk) -> None:
    assert is_known(desk.path)
    do_edit(desk, "rename", {"grid": min(desk.plan.grids), "name": "一"}, author="")
    assert is_known(desk.path)


@pytest.mark.parametrize("touch", [by_sql, by_gdal, by_ogr_sql, by_dropping])
def test_a_change_by_another_program_makes_the_plan_stale(desk: Desk, touch: Callable[[Path], None]) -> None:
    touch(desk.path)
    assert not is_known(desk.path)
    outcome = store.read_outcome(desk.path)
    assert outcome is not None
    assert outcome.stale
    for use in (lambda: open_desk(desk.path), lambda: catch_up(desk)):
        with pytest.raises(StoreError) as caught:
            use()
        assert caught.value.code == "plan_stale"
    before = store.project_digest(desk.path)
    with pytest.raises(StoreError):
        do_edit(desk, "rename", {"grid": min(desk.plan.grids), "name": "一"}, author="")
    assert store.project_digest(desk.path) == before


def test_a_change_that_is_taken_back_makes_it_fresh_again(desk: Desk) -> None:
    change = "UPDATE parcels SET households = households"
    run_sql(desk.path, f"{change} + 1", f"{change} - 1")
    assert not is_known(desk.path)
    after = do_edit(open_desk(desk.path), "rename", {"grid": min(desk.plan.grids), "name": "一"}, author="")
    assert is_known(desk.path)
    assert after.plan.grids[min(desk.plan.grids)].name == "一"
