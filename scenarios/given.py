"""What a row of a layer gives: None is what nobody has counted or written down."""

from collections.abc import Iterable
from typing import TypeVar

import pandas as pd

Number = TypeVar("Number", int, float)


def text(value: object) -> str | None:
    """Give a text that is there, None for what is missing."""
    return None if value is None or pd.isna(value) or not str(value).strip() else str(value)


def count(value: object) -> int | None:
    """Give a whole number that is there, None for what is missing."""
    return None if value is None or pd.isna(value) else int(str(int(float(str(value)))))


def number(value: object) -> float | None:
    """Give a number that is there, None for what is missing."""
    return None if value is None or pd.isna(value) else float(str(value))


def sum_given(values: Iterable[Number | None]) -> Number | None:
    """Add up what is given; None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def names_of(frame: pd.DataFrame, key: str = "code") -> dict[str, str]:
    """Give the names of rows by their code or id, in their order; one without a name bears that."""
    names = frame["name"] if "name" in frame else frame[key]
    return {str(code): text(name) or str(code) for code, name in zip(frame[key], names, strict=True)}
