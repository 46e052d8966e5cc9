"""A sheet of the workbook as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from exports.letters import ems

Kind = Literal["text", "count", "decimal", "figure", "flag"]
"""A `figure` column holds counts and decimals, row by row."""
Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A column: its title, how its values are written, its width in characters."""

    title: str
    kind: Kind = "text"
    width: float = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet; `name` is a key below `book.sheet`, and `is_table` says that it can be filtered."""

    name: str
    fields: Sequence[Field]
    rows: Sequence[Sequence[Value]]
    is_table: bool = True


def room_for(title: str, values: Sequence[Value], least: float, most: float) -> float:
    """Give the width for a title and the longest value, in characters; a letter of Chinese takes two."""
    said = [title, *(f"{value:,.0f}" if isinstance(value, float | int) else value or "" for value in values)]
    return min(most, max(least, *(2 * ems(text) + 3 for text in said)))
