"""Know without reading them whether layers and cells are as they were: triggers count what is done to them.

Digests of all layers take a second on a large project, too long at every edit. Whatever program changes a
row of a watched table counts up a number in the file; whatever changes a table itself changes SQLite's
schema version. While both are as they were, so are the digests.
"""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, text

from geo.schema import LAYERS
from scenarios.project.connect import get_meta, put_meta

_TOUCHED, _KNOWN = "touched", "known_digests"
_WATCHED = (*LAYERS, "cells", "cell_borders")


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests:
    """What layers and cells were when last looked at."""

    layers: str
    cells: str


def watch(connection: Connection) -> None:
    """Put a trigger on every layer, and on the cells, that has none yet."""
    there = _names(connection, "table") & set(_WATCHED)
    known = _names(connection, "trigger")
    if get_meta(connection, _TOUCHED) is None:
        put_meta(connection, _TOUCHED, "0")
    for table in sorted(there):
        for what in ("insert", "update", "delete"):
            name = _trigger(table, what)
            if name not in known:
                connection.exec_driver_sql(
                    f'CREATE TRIGGER "{name}" AFTER {what.upper()} ON "{table}" BEGIN '  # noqa: S608 - own names
                    f"UPDATE gridplan_meta SET value = value + 1 WHERE key = '{_TOUCHED}'; END"
                )


def remember(connection: Connection, digests: Digests) -> None:
    """Keep the digests of layers and cells as they are now; the last thing done in a transaction."""
    known = {"token": _token(connection), "layers": digests.layers, "cells": digests.cells}
    put_meta(connection, _KNOWN, json.dumps(known))


def recall(connection: Connection) -> Digests | None:
    """Give the digests of layers and cells, or None where they must be looked at again."""
    stored = get_meta(connection, _KNOWN)
    token = _token(connection)
    if stored is None or token is None:
        return None
    known = json.loads(stored)
    if known.get("token") != token:
        return None
    return Digests(layers=known["layers"], cells=known["cells"])


def _token(connection: Connection) -> str | None:
    touched = get_meta(connection, _TOUCHED)
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar()
    return None if touched is None else f"{version}|{touched}"


def _trigger(table: str, what: str) -> str:
    return f"gridplan_watch_{table}_{what}"


def _names(connection: Connection, kind: str) -> set[str]:
    found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = :k"), {"k": kind})
    return set(found.scalars())
