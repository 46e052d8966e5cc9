"""Edits in words: what was done, by whom and when, one sentence each."""

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from scenarios.desk.log import EditRecord
from scenarios.desk.plan import BASE, DEDICATED
from ui.texts.catalog import Texts

_MOST_LISTED = 3


def say_edit(texts: Texts, record: EditRecord, of: Callable[[int], EditRecord | None] | None = None) -> str:
    """Say in one sentence what an entry of the log did.

    Parameters
    ----------
    of
        Finds another entry by its number, for one that takes another back.
    """
    if record.kind in ("undo", "redo") and record.reverts is not None:
        meant = _meant(record, of)
        told = say_edit(texts, meant, of) if meant is not None else texts("edits.number", seq=record.reverts)
        return texts(f"edits.{record.kind}", edit=told)
    return say_wish(texts, record.kind, record.facts, n_cells=record.n_cells)


def say_wish(texts: Texts, kind: str, facts: Mapping[str, Any], *, n_cells: int = 0) -> str:
    """Say in one sentence what an edit does, or was meant to do."""
    key = _key(kind, facts)
    if kind == "unwish":
        return texts("edits.unwish", edit=say_wish(texts, "wish", facts))
    if not texts.has(key):
        return texts("edits.other", kind=kind, cells=n_cells)
    return texts(key, **_facts(texts, facts, n_cells))


def local_time(at: str, zone: tzinfo | None, texts: Texts) -> str:
    """Write a moment of the log (UTC) as a clock in the reader's place shows it."""
    moment = datetime.fromisoformat(at).astimezone(zone)
    return texts("edits.time", date=f"{moment:%Y-%m-%d}", time=f"{moment:%H:%M:%S}")


def reader_zone() -> tzinfo | None:
    """Give the time zone of the reader's browser; the server's where it does not say."""
    named = st.context.timezone
    try:
        return ZoneInfo(named) if named else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _meant(record: EditRecord, of: Callable[[int], EditRecord | None] | None) -> EditRecord | None:
    """Give the edit that an undo or redo is about in the end."""
    found: EditRecord | None = record
    while found is not None and found.kind in ("undo", "redo") and found.reverts is not None:
        found = of(found.reverts) if of is not None else None
    return found


def _key(kind: str, facts: Mapping[str, Any]) -> str:
    if kind in ("lock", "unlock"):
        what = next(
            (name for name in ("everything", "communities", "grids", "cells") if facts.get(name)), "cells"
        )
        return f"edits.{kind}.{what}"
    if kind == "wish":
        return f"edits.wish.{facts.get('wish')}"
    if kind == "dedicate":
        named = "_to" if facts.get("kind") != BASE and facts.get("institution") else ""
        return f"edits.dedicate.{facts.get('kind') or DEDICATED}{named}"
    if kind == "dissolve":
        return f"edits.dissolve.{'spread' if facts.get('to') else 'open'}"
    return f"edits.{kind}"


def _facts(texts: Texts, facts: Mapping[str, Any], n_cells: int) -> dict[str, object]:
    told: dict[str, object] = {
        name: value for name, value in facts.items() if isinstance(value, str | int | float)
    }
    cells = facts.get("cells")
    told["cells"] = len(cells) if isinstance(cells, list | tuple) else n_cells
    told["grids"] = _listed(texts, facts.get("grids") or ())
    told["communities"] = _listed(texts, facts.get("names") or facts.get("communities") or ())
    for name in ("seq", "to", "of", "version"):
        if isinstance(told.get(name), int):
            told[name] = str(told[name])  # a number that names is written without separators
    return told


def _listed(texts: Texts, values: Any) -> str:  # noqa: ANN401 - facts come from JSON
    names = [str(value) for value in values]
    shown = texts("common.comma").join(names[:_MOST_LISTED])
    return shown if len(names) <= _MOST_LISTED else texts("edits.and_more", names=shown, n=len(names))
