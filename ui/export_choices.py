"""What one visitor has chosen on the export page: one frozen value that outlives a change of page."""

import datetime as dt
from dataclasses import dataclass, field, replace

import streamlit as st

from exports.choices import SheetChoices

_KEY = "gridplan_export"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportChoices:
    """The choices.

    Attributes
    ----------
    ending
        Which format.
    against
        Scenario to compare with, empty for none.
    sheet
        How paper looks.
    date
        Date on the sheets; None is today.
    """

    ending: str = ".pdf"
    against: str = ""
    sheet: SheetChoices = field(default_factory=SheetChoices)
    date: dt.date | None = None


def read_choices() -> ExportChoices:
    """Give the visitor's choices, the usual ones at first."""
    choices = st.session_state.get(_KEY)
    return choices if isinstance(choices, ExportChoices) else ExportChoices()


def change_choices(**changes: object) -> None:
    """Replace some choices."""
    st.session_state[_KEY] = replace(read_choices(), **changes)  # type: ignore[arg-type]  # its own fields


def change_sheet(**changes: object) -> None:
    """Replace some choices of the sheet."""
    sheet = replace(read_choices().sheet, **changes)  # type: ignore[arg-type]  # its own fields
    change_choices(sheet=sheet)
