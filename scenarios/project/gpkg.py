"""Write features and tables into a GeoPackage inside one SQLite transaction.

GDAL opens its own connection and so its own transaction; a plan must arrive whole or not at all, so
these few tables are written here as the standard describes them. They carry no spatial index: its
triggers need functions that only GDAL brings.

Source: OGC 12-128r19, GeoPackage Encoding Standard 1.4, clauses 2.1 and 2.4.
"""

import errno
import os
import secrets
import shutil
import sqlite3
import struct
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

DRAFT_PREFIX = ".gridplan-"
"""How the names of folders begin in which a file is written before it takes its place."""

_WAIT_S = 30.0  # for others to finish writing
_DRAFT_LEFT_S = 24 * 3600.0
_SRS_ID = 4490
_HEADER = struct.Struct("<2sBBi")
_LITTLE_ENDIAN_NO_ENVELOPE = 0b00000001
_SQL_TYPES = {"i": "INTEGER", "u": "INTEGER", "b": "BOOLEAN", "f": "REAL"}


@lru_cache(maxsize=64)  # an engine holds no connection, only the statements it has compiled
def open_engine(path: Path, *, write: bool) -> Engine:
    """Open a project file; a writer takes the lock as it begins, so that two writers never interleave.

    The journal stays the plain one that is gone after each change: a project is one file, to be copied at any
    time. A write-ahead log saves 20 ms an edit on a busy disk, but keeps the latest edits beside the file.
    """
    # Not as a text: `?` and `%` in a file's name would be taken for parts of an address.
    address = URL.create("sqlite", database=str(path))
    engine = create_engine(address, poolclass=NullPool, connect_args={"timeout": _WAIT_S})

    @event.listens_for(engine, "connect")
    def _hand_over(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own types
        connection.isolation_level = None  # the driver must not begin transactions by itself
        # What is acknowledged survives a power cut too: the folder's entry of the journal is on disk.
        connection.execute("PRAGMA synchronous=EXTRA")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if write:
            _take_lock(connection)
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def _take_lock(connection: Connection) -> None:
    """Begin to write as soon as nobody else does.

    SQLite itself looks again after ever longer pauses, so that whoever has waited longest looks least often;
    with short pauses of chance length, five people who edit at once all get their turn.
    """
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    give_up = time.monotonic() + _WAIT_S
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            break
        except OperationalError as error:
            busy = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > give_up:
                raise
            time.sleep(secrets.randbelow(8) / 1000 + 0.001)
    connection.exec_driver_sql(f"PRAGMA busy_timeout={int(1000 * _WAIT_S)}")  # for those who read, at the end


def settle_journal(path: Path) -> None:
    """Make a file safe to replace: fold in the log that QGIS or another program keeps beside it.

    SQLite would read a log left behind (`-wal`, `-journal`) into whatever file takes the name, and ruin it.

    Raises
    ------
    OSError
        EBUSY when another program has the file open and is keeping such a log.
    """
    beside = [path.with_name(path.name + ending) for ending in ("-wal", "-shm", "-journal")]
    if not path.exists():
        for log in beside:
            log.unlink(missing_ok=True)
        return
    if not any(log.exists() for log in beside):
        return
    try:
        with closing(sqlite3.connect(path, timeout=1)) as connection:
            connection.execute("PRAGMA schema_version").fetchone()
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.Error as error:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(path)) from error
    if any(log.exists() for log in beside):
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(path))


def sweep_drafts(folder: Path) -> None:
    """Remove the drafts that killed runs left in a folder more than a day ago."""
    for draft in folder.glob(f"{DRAFT_PREFIX}*"):
        with suppress(OSError):  # it is only tidying: what cannot be removed stays
            old = time.time() - draft.stat().st_mtime > _DRAFT_LEFT_S
            if old and draft.is_dir() and not draft.is_symlink():
                shutil.rmtree(draft)


def write_features(connection: Connection, table: str, frame: gpd.GeoDataFrame, geometry: str) -> None:
    """Replace a feature table; `frame` is in EPSG:4490, `geometry` a type of the standard."""
    _forget(connection, table)
    columns = [name for name in frame.columns if name != frame.geometry.name]
    _create(connection, table, frame, columns, f'"geom" {geometry}, ')
    low_x, low_y, high_x, high_y = (float(value) for value in frame.total_bounds)
    connection.execute(
        text(
            "INSERT INTO gpkg_contents"
            " (table_name, data_type, identifier, min_x, min_y, max_x, max_y, srs_id)"
            " VALUES (:t, 'features', :t, :a, :b, :c, :d, :s)"
        ),
        {"t": table, "a": low_x, "b": low_y, "c": high_x, "d": high_y, "s": _SRS_ID},
    )
    connection.execute(
        text("INSERT INTO gpkg_geometry_columns VALUES (:t, 'geom', :g, :s, 0, 0)"),
        {"t": table, "g": geometry, "s": _SRS_ID},
    )
    header = _HEADER.pack(b"GP", 0, _LITTLE_ENDIAN_NO_ENVELOPE, _SRS_ID)
    shapes = [header + shape for shape in shapely.to_wkb(frame.geometry.to_numpy(), byte_order=1)]
    _insert(connection, table, ["geom", *columns], [shapes, *(_plain(frame[name]) for name in columns)])


def register_table(connection: Connection, table: str, description: str) -> None:
    """Enter a plain table in the contents, so that any reader of the standard lists it."""
    connection.execute(
        text(
            "INSERT OR REPLACE INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)"
            " VALUES (:t, 'attributes', :t, :d, 0)"
        ),
        {"t": table, "d": description},
    )


def has_table(connection: Connection, table: str) -> bool:
    """Tell whether the file holds that table."""
    found = connection.execute(
        text("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :t"), {"t": table}
    )
    return found.first() is not None


def _forget(connection: Connection, table: str) -> None:
    connection.exec_driver_sql(f'DROP TABLE IF EXISTS "{table}"')
    for register in ("gpkg_contents", "gpkg_geometry_columns", "gpkg_ogr_contents"):
        if has_table(connection, register):
            connection.execute(text(f"DELETE FROM {register} WHERE table_name = :t"), {"t": table})  # noqa: S608 - fixed names


def _create(
    connection: Connection, table: str, frame: pd.DataFrame, columns: Sequence[str], geometry: str
) -> None:
    parts = ", ".join(f'"{name}" {_SQL_TYPES.get(frame[name].dtype.kind, "TEXT")}' for name in columns)
    connection.exec_driver_sql(
        f'CREATE TABLE "{table}" (fid INTEGER PRIMARY KEY NOT NULL, {geometry}{parts})'
    )


def _insert(
    connection: Connection, table: str, names: Sequence[str], values: Sequence[Sequence[object]]
) -> None:
    listed = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join("?" for _ in names)
    rows = list(zip(*values, strict=True))
    if rows:
        connection.exec_driver_sql(f'INSERT INTO "{table}" ({listed}) VALUES ({marks})', rows)  # noqa: S608 - own names


def _plain(column: pd.Series) -> list[object]:
    values: list[object] = column.astype(object).where(column.notna(), None).tolist()
    return values
