"""A table of services as plain values: drawn on the screen and written into the workbook alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from exports.texts import Texts

Kind = Literal["text", "count", "decimal"]
Value = str | int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its title with its unit, how its values are written, its width in characters."""

    title: str
    kind: Kind = "text"
    width: float = 12
    digits: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under columns; a value that is None has not been counted, which is said and never a figure.

    `last_is_sum` says that the last row adds up the others.
    """

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    last_is_sum: bool = False


def words(texts: Texts, area: str, *names: str, width: float = 12) -> list[Column]:
    """Give columns of text by their names below `area.column`."""
    return [Column(title=texts(f"{area}.column.{name}"), width=width) for name in names]


def counts(texts: Texts, area: str, *names: str, width: float = 11) -> list[Column]:
    """Give columns of whole numbers."""
    return [Column(title=texts(f"{area}.column.{name}"), kind="count", width=width) for name in names]


def decimals(texts: Texts, area: str, *names: str, digits: int = 1, width: float = 12) -> list[Column]:
    """Give columns of numbers with decimals."""
    return [
        Column(title=texts(f"{area}.column.{name}"), kind="decimal", digits=digits, width=width)
        for name in names
    ]


def percent(share: float | None) -> float | None:
    """Give a share as a number of hundredths, for a column whose title says so."""
    return None if share is None else share * 100
