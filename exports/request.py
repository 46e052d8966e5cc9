"""What is to be exported and how: the one value that every format's writer takes."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd

from exports.texts import Texts
from scenarios.outcome import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An outcome and the choices that go with it.

    Attributes
    ----------
    crs
        A name that `geo.crs.from_storage` knows, or None for the format's own default.
    date
        Date printed on sheets; None prints none, so that the same outcome always gives the same page.
    roads
        `name`, `class`, lines in EPSG:4490, drawn on maps when given.
    sources
        Attribution of the data, printed on sheets as it stands.
    """

    outcome: Outcome
    texts: Texts
    crs: str | None = None
    date: dt.date | None = None
    roads: gpd.GeoDataFrame | None = None
    sources: str = ""


Writer = Callable[[Request, Path], None]
"""Writes the request to exactly that path, which lies in an empty folder of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One ending: its writer, and the coordinate system it is bound to (None: any will do).

    `fixed_crs` is spelt as `geo.crs.canonical_name` spells it.
    """

    write: Writer
    fixed_crs: str | None = None
