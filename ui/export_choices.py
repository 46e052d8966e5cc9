"""What one visitor has chosen on the export page: one frozen value that outlives a change of page.

The last choices for each project are also kept in the workspace folder, so that they are there after a
restart, also for the next who opens the page. Names typed in for a print are never among them.
"""

import datetime as dt
import json
import logging
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import get_args, get_type_hints

import streamlit as st

from exports.choices import PARTS, SheetChoices
from exports.formats import FORMATS
from ui import workspace
from ui.state import get_state

_KEY = "gridplan_export"
_FILE = ".export.json"
_FORGOTTEN = ("people",)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportChoices:
    """The choices.

    Attributes
    ----------
    ending
        Which format.
    crs
        Coordinate system of GIS files, empty for the format's own.
    against
        Scenarios to compare with.
    sheet
        How paper looks.
    date
        Date on the sheets; None is today.
    """

    ending: str = ".pdf"
    crs: str = ""
    against: tuple[str, ...] = ()
    sheet: SheetChoices = field(default_factory=SheetChoices)
    date: dt.date | None = None


def read_choices() -> ExportChoices:
    """Give the visitor's choices, the last ones for this project at first."""
    choices = st.session_state.get(_KEY)
    if not isinstance(choices, ExportChoices):
        choices = st.session_state[_KEY] = load(workspace.home() / _FILE, _project())
    return choices


def _project() -> str:
    project = get_state().project
    return "" if project is None else project.name


def change_choices(**changes: object) -> None:
    """Replace some choices, and keep them."""
    choices = replace(read_choices(), **changes)  # type: ignore[arg-type]  # its own fields
    st.session_state[_KEY] = choices
    keep(choices, workspace.home() / _FILE, _project())


def change_sheet(**changes: object) -> None:
    """Replace some choices of the sheet."""
    sheet = replace(read_choices().sheet, **changes)  # type: ignore[arg-type]  # its own fields
    change_choices(sheet=sheet)


def keep(choices: ExportChoices, file: Path, project: str) -> None:
    """Write the choices for a project; a folder that cannot be written to costs the memory only."""
    sheet = {name: value for name, value in asdict(choices.sheet).items() if name not in _FORGOTTEN}
    own = {"ending": choices.ending, "crs": choices.crs, "against": choices.against, "sheet": sheet}
    try:
        handle, name = tempfile.mkstemp(prefix=_FILE, dir=file.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump({**_read(file), project: own}, out, ensure_ascii=False)
        Path(name).replace(file)
    except OSError:
        _log.warning("the choices of the export page could not be kept in %s", file)


def load(file: Path, project: str) -> ExportChoices:
    """Read the choices for a project; whatever in the file is not a choice there is counts as not chosen."""
    own = _read(file).get(project)
    if not isinstance(own, dict):
        return ExportChoices()
    given, crs, against = own.get("sheet"), own.get("crs"), own.get("against")
    ending = str(own.get("ending"))
    return ExportChoices(
        ending=ending if ending in FORMATS else ".pdf",
        crs=crs if isinstance(crs, str) else "",
        against=tuple(str(name) for name in against) if isinstance(against, list) else (),
        sheet=_sheet(given if isinstance(given, dict) else {}),
    )


def _read(file: Path) -> dict[str, object]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


def _sheet(given: Mapping[str, object]) -> SheetChoices:
    known: dict[str, object] = {}
    for name, hint in get_type_hints(SheetChoices).items():
        value = given.get(name)
        if name in _FORGOTTEN or value is None:
            continue
        if name == "parts":
            parts = tuple(part for part in PARTS if isinstance(value, list) and part in value)
            known |= {"parts": parts} if parts else {}
        elif value in get_args(hint) or type(value) is hint:
            known[name] = value
    return SheetChoices(**known)  # type: ignore[arg-type]  # checked against its own hints
