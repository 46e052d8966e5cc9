"""What is to be exported and how: the one value that every format's writer takes."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from exports.choices import SheetChoices
from exports.errors import ExportStopped
from exports.texts import Texts
from scenarios.outcome import Outcome

if TYPE_CHECKING:  # maps are drawn without the engines that these bring
    from scenarios.branches.values import BranchPlan
    from scenarios.money.read import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An outcome and the choices that go with it.

    Attributes
    ----------
    crs
        A name that `geo.crs.from_storage` knows, or None for the format's own default.
    date
        Date printed on sheets; None prints none, so that the same outcome always gives the same page.
    layers
        The project's layers by the names of `geo.schema.LAYERS`, in EPSG:4490; maps draw what is there.
    sources
        Attribution of the data, printed on sheets as it stands.
    note
        What a reader must know of the figures, such as that small ones are hidden; stands beside the sources.
    sheet
        Paper, extent and parts, for the formats that are printed.
    others
        Outcomes of other scenarios that this one is set against, for the formats that can.
    branches
        The proposal for party organisations, where one has been worked out.
    services, other_services
        Staff, venues and money of the scenario and of the others, for the formats that tell them.
    on_step, stop
        Told how many of how many steps are done; asked between steps whether to stop.
    """

    outcome: Outcome
    texts: Texts
    crs: str | None = None
    date: dt.date | None = None
    layers: Mapping[str, gpd.GeoDataFrame | pd.DataFrame] = field(default_factory=dict)
    sources: str = ""
    note: str = ""
    sheet: SheetChoices = field(default_factory=SheetChoices)
    others: tuple[Outcome, ...] = ()
    branches: "BranchPlan | None" = None
    services: "Services | None" = None
    other_services: "tuple[Services, ...]" = ()
    on_step: Callable[[int, int], None] = lambda _done, _all: None
    stop: Callable[[], bool] = lambda: False

    @property
    def roads(self) -> gpd.GeoDataFrame | None:
        """The roads: `name`, `class`, lines."""
        return self.layers.get("roads")

    def said_of_data(self) -> str:
        """Say whose data it is, and what must be known of the figures; empty where neither is known."""
        sources = self.texts("exports.sources", sources=self.sources) if self.sources else ""
        return "  ".join(part for part in (sources, self.note) if part)

    def step(self, done: int, of: int) -> None:
        """Tell how far the work is.

        Raises
        ------
        ExportStopped
            `export_stopped`, when it is to stop.
        """
        if self.stop():
            raise ExportStopped("export_stopped")
        self.on_step(done, of)


Writer = Callable[[Request, Path], None]
"""Writes the request to exactly that path, which lies in an empty folder of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One ending: its writer, the coordinate system it is bound to (None: any will do), whether it is paper.

    `fixed_crs` is spelt as `geo.crs.canonical_name` spells it; what is `in_degrees` takes any longitude and
    latitude. Paper has a metric system of its own, takes the choices of `exports.choices` and no other
    system, and has room for a comparison. What `is_drawn` takes its time, map by map.
    """

    write: Writer
    fixed_crs: str | None = None
    in_degrees: bool = False
    is_sheet: bool = False
    is_drawn: bool = False
