"""Projects edited in other programs: what is missing is filled or listed, what is damaged has a code."""

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from exports.gis import gis_layers
from geo.layers import Layers
from geo.validate import check_layers
from scenarios import store
from scenarios.errors import StoreError
from scenarios.facilities.checklist import DEFAULT_CHECKLIST
from scenarios.facilities.measure import checklist_of, save_checklist
from scenarios.money.store import read_money_settings, save_money_settings
from scenarios.money.values import MoneySettings
from scenarios.propose import Settings, propose
from scenarios.venues.propose import read_venues
from scenarios.workers import Workers


@pytest.fixture
def solved(small_project: Path, workers: Workers) -> Path:
    propose(small_project, Settings(), stop=lambda: False, on_progress=lambda _step: None, workers=workers)
    return small_project


def edit(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        # The triggers call functions that only a program with GDAL has.
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_column_that_may_be_empty_is_filled_when_it_is_gone(solved: Path) -> None:
    edit(solved, "ALTER TABLE communities DROP COLUMN name", "ALTER TABLE parcels DROP COLUMN residents")
    layers = store.read_layers(solved)
    assert layers.frames["communities"]["name"].isna().all()
    assert str(layers.frames["parcels"]["residents"].dtype) == "Int64"
    outcome = store.read_outcome(solved)
    assert outcome is not None
    assert gis_layers(outcome, None)["communities"]["name"].isna().all()


def test_a_column_that_must_be_there_is_listed_when_it_is_gone(solved: Path) -> None:
    edit(solved, "ALTER TABLE communities DROP COLUMN code")
    faults = check_layers(store.read_layers(solved))
    assert ("column_missing", "communities", "code") in {(f.code, f.layer, f.column) for f in faults}
    with pytest.raises(StoreError) as caught:
        store.read_outcome(solved)
    assert caught.value.code == "cannot_read"


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE gridplan_outcomes SET certificates = '[{'",
        "UPDATE gridplan_outcomes SET certificates = '[{}]'",
        "UPDATE gridplan_outcomes SET summary = 'x'",
        "UPDATE gridplan_outcomes SET rules = ''",
        "UPDATE gridplan_grids SET costs = '{'",
        "DELETE FROM gridplan_grids",
        "DROP TABLE cells",
    ],
)
def test_damaged_plans_have_a_code(solved: Path, damage: str) -> None:
    edit(solved, damage)
    with pytest.raises(StoreError) as caught:
        store.read_outcome(solved)
    assert caught.value.code == "cannot_read"
    assert caught.value.facts["file"] == solved.name


def test_a_layer_that_is_gone_is_listed(solved: Path) -> None:
    edit(solved, "DROP TABLE parcels")
    faults = check_layers(store.read_layers(solved))
    assert "unit_layer_missing" in {fault.code for fault in faults}


@pytest.mark.parametrize(
    ("damage", "read"),
    [
        ("UPDATE gridplan_settings SET settings = '{}' WHERE area = 'money'", read_money_settings),
        ("UPDATE gridplan_settings SET settings = '{' WHERE area = 'money'", read_money_settings),
        ("UPDATE gridplan_settings SET settings = '[]' WHERE area = 'money'", read_money_settings),
        ("UPDATE gridplan_settings SET settings = '{}' WHERE area = 'facilities'", checklist_of),
        (
            """UPDATE gridplan_settings SET settings = '{"checklist": [{"words": []}]}'
            WHERE area = 'facilities'""",
            checklist_of,
        ),
        ("INSERT INTO gridplan_venues VALUES ('base', '{', '{}')", read_venues),
        ("INSERT INTO gridplan_venues VALUES ('base', '{}', '{}')", read_venues),
    ],
)
def test_damaged_settings_have_a_code(
    small_project: Path, damage: str, read: Callable[[Path, str], object]
) -> None:
    save_money_settings(small_project, "base", MoneySettings())
    save_checklist(small_project, "base", DEFAULT_CHECKLIST)
    read(small_project, "base")
    edit(small_project, damage)
    with pytest.raises(StoreError) as caught:
        read(small_project, "base")
    assert caught.value.code == "cannot_read"


@pytest.mark.parametrize(("age_days", "stays"), [(2.0, False), (0.5, True)])
def test_drafts_left_by_a_killed_run_are_swept_after_a_day(
    tmp_path: Path, two_communities: Layers, age_days: float, stays: bool
) -> None:
    draft, other = tmp_path / ".gridplan-x1", tmp_path / "gridplan-x1"
    then = time.time() - age_days * 86_400
    for folder in (draft, other):
        folder.mkdir()
        (folder / "draft.gpkg").write_bytes(b"x")
        os.utime(folder, (then, then))
    store.create_project(tmp_path / "new.gpkg", two_communities)
    assert draft.exists() is stays
    assert other.exists()
