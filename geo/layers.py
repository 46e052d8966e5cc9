"""The values that travel through `geo`: layers as read, faults found in them, and the cells cut from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import geopandas as gpd
import pandas as pd

STORAGE_CRS = "EPSG:4490"
"""CGCS2000 in degrees; every stored layer has it."""

Severity = Literal["fault", "repair", "notice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing found while reading or validating; `ui` turns the code into a sentence and a mend.

    `row` is the position in the source table as a person counts it: the first data row is 1.
    A `fault` stops the import, a `repair` was made and is reported, a `notice` is worth knowing.
    """

    code: str
    severity: Severity
    layer: str
    row: int | None = None
    column: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """The layers of a project, all in `STORAGE_CRS`, with what was found on the way in.

    `frames` maps a layer name of `geo.schema.LAYERS` to its frame (a plain table for layers without
    geometry); columns bear the schema's names and types.
    """

    frames: Mapping[str, gpd.GeoDataFrame | pd.DataFrame]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiling:
    """Cells that tile each community exactly, and who borders whom.

    Attributes
    ----------
    cells
        Index 0..n-1; `cell_id` (unique text, stable for the same input), `community_code`, `compound_id`
        (text or None), `households`, `residents` (int), `kind` (parcel, building, compound, part, empty),
        geometry in the metric CRS.
    links
        One row per rook-adjacent pair of the same community: `a`, `b` (positions in `cells`, a < b),
        `border_m`, one column `along_<class>_m` per class of `geo.adjacency.BORDER_CLASSES`
        (length of the border that follows such a line), `crosses` (the weightiest class that the border
        follows for at least half its length, or "none"), and the border's geometry (lines).
    """

    cells: gpd.GeoDataFrame
    links: gpd.GeoDataFrame
    faults: tuple[Fault, ...] = ()
