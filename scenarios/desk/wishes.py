"""Change what the engines are asked to keep: an entry of the log like any edit, so that undo restores it."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from scenarios.desk.change import Change
from scenarios.desk.log import Entry, add_entry
from scenarios.desk.rows import has_plan, next_version
from scenarios.locks.kept import locks_in, write_locks
from scenarios.locks.listed import Lock
from scenarios.project.connect import count_change, writing
from scenarios.project.frames import parsing
from scenarios.project.schema import bring_up_to_date

WISH, UNWISH = "wish", "unwish"


def change_wishes(
    path: Path,
    scenario: str,
    change: Callable[[tuple[Lock, ...]], Iterable[Lock]],
    *,
    author: str = "",
    names: Mapping[str, str] | None = None,
) -> None:
    """Change the wishes of a scenario as they are at this moment: what somebody else has just added stays.

    Without a plan there is nothing that undo could lead back to, so nothing is logged.

    Parameters
    ----------
    names
        Community code → name, for the log.

    Raises
    ------
    StoreError
        `cannot_write`, `cannot_read`.
    """
    with writing(path) as connection, parsing(path):
        bring_up_to_date(connection)
        before = locks_in(connection, scenario)
        after = tuple(change(before))
        if after == before:
            return
        write_locks(connection, scenario, after)
        if has_plan(connection, scenario):
            kind, lock = _what(before, after)
            entry = Entry(
                kind=kind,
                facts=_facts(lock, names or {}),
                change=Change(wishes=(before, after)),
                author=author,
            )
            add_entry(connection, scenario, next_version(connection, scenario), entry)
        count_change(connection)


def _what(before: tuple[Lock, ...], after: tuple[Lock, ...]) -> tuple[str, Lock]:
    """Tell which wish is new, or else which is gone."""
    fresh = [lock for lock in after if lock not in before]
    gone = [lock for lock in before if lock not in after]
    return (WISH, fresh[-1]) if fresh else (UNWISH, (gone or list(before))[-1])


def _facts(lock: Lock, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "wish": lock.kind,
        "communities": [lock.community],
        "names": [names.get(lock.community, lock.community)],
        "cells": list(lock.cells),
        "grids": list(lock.codes),
        "n": lock.n_grids,
    }
