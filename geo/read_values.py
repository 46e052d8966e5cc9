"""Read one source column into the schema's type, listing whatever was interpreted or not understood."""

from collections.abc import Callable, Hashable, Mapping

import pandas as pd

from geo.faults import found
from geo.headers import bracketed
from geo.layers import Fault
from geo.schema import Column
from geo.values import (
    Read,
    Reading,
    read_amount,
    read_choice,
    read_count,
    read_date,
    read_flag,
    read_identifier,
    read_text,
    shown,
)


def read_column(values: pd.Series, column: Column, layer: str) -> tuple[pd.Series, tuple[Fault, ...]]:
    """Read a source column as the schema wants it.

    Parameters
    ----------
    values
        Raw values; the index is the row as a person counts it, and the name the header in the source.
    column
        The schema's column.
    layer
        Name of the layer, for the findings.

    Returns
    -------
    tuple
        The typed column (`str`, Int64, float64, boolean or datetime64) with the same index, and the findings.
    """
    if column.kind == "count" and _are_plain_counts(values):
        return values.astype("Int64").rename(column.name), ()
    reader = _READERS[column.kind]
    distinct: dict[object, Read] = {}
    reads = []
    for raw in values:
        value = raw if isinstance(raw, Hashable) else str(raw)
        key = (type(value), value)
        if key not in distinct:
            distinct[key] = reader(value, column)
        reads.append(distinct[key])
    scale, scaled = _header_scale(str(values.name or ""), column, layer)
    results = [_scaled(read.value, scale) for read in reads]
    typed = pd.Series(results, index=values.index, name=column.name, dtype="object")
    return _typed(typed, column), (*scaled, *_report(values, reads, column, layer))


def _are_plain_counts(values: pd.Series) -> bool:
    if not pd.api.types.is_integer_dtype(values.dtype):
        return False
    return bool((values.dropna() >= 0).all())


def _text_or_none(value: object, column: Column) -> Read:
    read = read_text(value)
    said_none = isinstance(read.value, str) and read.value in ("无", "無", "没有", "不详", "N/A")
    return Read(None, "unknown") if said_none and column.name != "name" else read


_READERS: Mapping[str, Callable[[object, Column], Read]] = {
    "id": lambda value, _column: read_identifier(value),
    "code": lambda value, _column: read_identifier(value),
    "text": _text_or_none,
    "count": lambda value, column: read_count(value, column.units),
    "area": lambda value, column: read_amount(value, column.units),
    "money": lambda value, column: read_amount(value, column.units),
    "date": lambda value, _column: read_date(value),
    "flag": lambda value, _column: read_flag(value),
    "choice": read_choice,
}


def _header_scale(header: str, column: Column, layer: str) -> tuple[float, tuple[Fault, ...]]:
    unit = bracketed(header)
    tens = (column.kind == "money" and unit.startswith(("万", "萬"))) or (
        column.kind == "area" and unit.lower() in ("公顷", "公頃", "ha")
    )
    if not tens:
        return 1.0, ()
    return 1e4, (found("column_scaled", layer, None, column.name, header=header, factor=10_000),)


def _scaled(value: object, scale: float) -> object:
    return value * scale if scale != 1.0 and isinstance(value, float) else value


def _typed(values: pd.Series, column: Column) -> pd.Series:
    if column.kind == "count":
        return values.astype("Int64")
    if column.kind in ("area", "money"):
        return values.astype("float64")
    if column.kind == "flag":
        return values.astype("boolean")
    if column.kind == "date":
        return pd.to_datetime(values).astype("datetime64[ms]")
    return values.astype("str")


_FAULT_CODES: Mapping[Reading, str] = {
    "bad": "value_unreadable",
    "negative": "value_negative",
    "fraction": "value_not_whole",
    "imprecise": "value_imprecise",
}


def _report(values: pd.Series, reads: list[Read], column: Column, layer: str) -> list[Fault]:
    faults: list[Fault] = []
    tally: dict[tuple[str, str, str], int] = {}
    trimmed = 0
    for row, value, read in zip(values.index, values, reads, strict=True):
        if read.how == "plain":
            trimmed += isinstance(value, str) and isinstance(read.value, str) and value != read.value
            continue
        if column.kind == "choice" and read.value is not None:
            code = "choice_read" if read.how == "read" else "choice_kept"
            key = (code, shown(value), str(read.value))
            tally[key] = tally.get(key, 0) + 1
            continue
        faults.append(_value_fault(int(row), value, read, column, layer))
    for (code, spelling, meaning), n in tally.items():
        facts: dict[str, object] = {"value": spelling, "n": n}
        if code == "choice_read":
            facts["read"] = meaning
        faults.append(found(code, layer, None, column.name, **facts))
    if trimmed:
        faults.append(found("text_trimmed", layer, None, column.name, n=trimmed))
    return faults


def _value_fault(row: int, value: object, read: Read, column: Column, layer: str) -> Fault:
    if read.how == "read" and column.kind in ("id", "code", "text"):
        return found("control_characters", layer, row, column.name, read=shown(read.value or ""))
    if read.how == "read":
        meaning = f"{read.value:%Y-%m-%d}" if isinstance(read.value, pd.Timestamp) else f"{read.value:.15g}"
        return found("value_read", layer, row, column.name, value=shown(value), read=meaning)
    if read.how == "unknown":
        return found("value_unknown", layer, row, column.name, value=shown(value))
    if column.kind == "choice":
        allowed = tuple(column.choices)
        return found("choice_unknown", layer, row, column.name, value=shown(value), allowed=allowed)
    return found(_FAULT_CODES[read.how], layer, row, column.name, value=shown(value))


def empty_column(index: pd.Index, column: Column) -> pd.Series:
    """Give a column of the schema's type without any value, for a column that the source lacks."""
    return _typed(pd.Series([None] * len(index), index=index, name=column.name, dtype="object"), column)
