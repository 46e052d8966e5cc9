"""What a file gives before anything is understood: raw columns, shapes, and the system it declares."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import FormatError
from geo.faults import found
from geo.layers import Fault

Shapes = NDArray[Any]
"""Array of shapely geometries, None where a row has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """One layer as it stands in a file.

    Attributes
    ----------
    name
        Name of the layer or sheet in the file.
    file
        Name of the file, for findings.
    stem
        Name of the file without its ending: it tells the layer where `name` does not.
    only
        Whether it is the only layer of a file that was named by a person: its name then has to be understood.
    table
        Values as the file has them; the index is the row as a person counts it, from 1.
    shapes
        One geometry a row, or None for a plain table.
    crs
        Coordinate system that the file declares, if any.
    crs_assumed
        Whether `crs` is only the custom of the format (GeoJSON, KML), not said by the file.
    totals
        Rows of totals that were left out: row and first cell.
    overlong
        Rows with more values than there are headers.
    header_row
        Rows of the sheet up to its header, 0 where there is no sheet: data row n is its row `header_row` + n.
    """

    name: str
    file: str
    stem: str
    only: bool
    table: pd.DataFrame
    shapes: Shapes | None = None
    crs: str | None = None
    crs_assumed: bool = False
    totals: tuple[tuple[int, str], ...] = ()
    overlong: tuple[int, ...] = ()
    header_row: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What reading one or more files gave."""

    tables: tuple[RawTable, ...] = ()
    faults: tuple[Fault, ...] = ()


@contextmanager
def opening(file: str) -> Iterator[None]:
    """Turn whatever a parser stumbles on into the one fault that a person can act on.

    Raises
    ------
    FormatError
        `source_unreadable` for any error but our own.
    """
    try:
        yield
    except FormatError:
        raise
    except Exception as error:
        # Damaged files make parsers raise anything: zlib.error, struct.error, LookupError were all seen.
        raise FormatError("source_unreadable", file=file) from error


def together(readings: list[Reading]) -> Reading:
    """Join readings in their order."""
    return Reading(
        tables=tuple(table for reading in readings for table in reading.tables),
        faults=tuple(fault for reading in readings for fault in reading.faults),
    )


def number_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Give the rows the numbers by which a person counts them, from 1."""
    return table.set_axis(np.arange(1, len(table) + 1))


_ENCODINGS: Mapping[str, str] = {
    "936": "gb18030",
    "cp936": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "ansi 936": "gb18030",
    "utf8": "utf-8",
    "65001": "utf-8",
    "big5": "big5hkscs",
    "950": "big5hkscs",
}


def choose_encoding(raw: bytes, declared: str | None = None) -> str:
    """Choose the encoding in which bytes read with the fewest errors: as declared, UTF-8, or GB 18030."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if raw.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    said = (declared or "").strip().lower()
    candidates = [name for name in (_ENCODINGS.get(said, said), "utf-8", "gb18030") if _is_encoding(name)]
    return min(candidates, key=lambda name: raw.decode(name, errors="replace").count("\ufffd"))


def encoding_notice(file: str, encoding: str) -> tuple[Fault, ...]:
    """Give the notice that a text was not in UTF-8; nothing when it was."""
    if encoding in ("utf-8", "utf-8-sig"):
        return ()
    return (found("text_encoding", "", file=file, encoding=encoding),)


def _is_encoding(name: str) -> bool:
    try:
        b"".decode(name)
    except LookupError:
        return False
    return bool(name)
