"""Whom a question about venues counts, cell by cell: residents, households, or the elderly of the layers."""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.cells_seeds import split_whole
from geo.layers import Layers

WEIGHTS = ("residents", "elderly", "households")
"""Whom to count."""

_UNIT_LAYERS = ("parcels", "buildings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Elderly:
    """Elderly residents of each cell, int64 (n,), and how many residents live where nobody counted them."""

    counts: NDArray[np.int64]
    uncounted_residents: int


def count_elderly(layers: Layers, cells: gpd.GeoDataFrame) -> Elderly | None:
    """Add up the elderly of each cell; None where no layer counts them.

    Parcels and buildings count where they stand. What a compound has beyond its buildings is shared among
    its cells by residents, in whole numbers.

    Parameters
    ----------
    cells
        `compound_id`, `residents`, polygons in a metric CRS.
    """
    frames = {name: _counting(layers, name) for name in (*_UNIT_LAYERS, "compounds")}
    if not any(len(frame) for frame in frames.values()):
        return None
    counts, known = np.zeros(len(cells), np.int64), np.zeros(len(cells), np.bool_)
    by_compound: dict[str, int] = {}
    for name in _UNIT_LAYERS:
        own = frames[name].to_crs(cells.crs)
        at = _find_cells(own, cells)
        inside = at >= 0
        np.add.at(counts, at[inside], own["elderly"].to_numpy()[inside])
        known[at[inside]] = True
        if "compound_id" in own:
            counted = own[inside].groupby("compound_id")["elderly"].sum()
            by_compound |= {str(compound): int(total) for compound, total in counted.items()}
    _share_compounds(frames["compounds"], cells, by_compound, (counts, known))
    return Elderly(
        counts=counts, uncounted_residents=int(cells["residents"].to_numpy(np.int64)[~known].sum())
    )


def _counting(layers: Layers, name: str) -> gpd.GeoDataFrame:
    """Give the rows of a layer that count the elderly."""
    frame = layers.frames.get(name)
    if not isinstance(frame, gpd.GeoDataFrame) or "elderly" not in frame:
        return gpd.GeoDataFrame({"id": [], "elderly": []}, geometry=[], crs="EPSG:4490")
    counted = pd.to_numeric(frame["elderly"], errors="coerce")
    kept = counted.notna() & frame.geometry.notna()
    return frame[kept].assign(elderly=counted[kept].astype(np.int64))


def _find_cells(frame: gpd.GeoDataFrame, cells: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Find the cell that each row stands in; -1 where there is none."""
    found = np.full(len(frame), -1, np.int64)
    places = frame.geometry.representative_point()
    row, cell = cells.sindex.query(places, predicate="intersects")
    found[row[::-1]] = cell[::-1]
    return found


def _share_compounds(
    compounds: gpd.GeoDataFrame,
    cells: gpd.GeoDataFrame,
    by_compound: Mapping[str, int],
    into: tuple[NDArray[np.int64], NDArray[np.bool_]],
) -> None:
    """Add to the cells what their compounds count beyond their buildings."""
    counts, known = into
    residents = cells["residents"].to_numpy(np.float64)
    members = pd.Series(np.arange(len(cells))).groupby(cells["compound_id"].to_numpy()).indices
    for compound, total in zip(compounds["id"].astype(str), compounds["elderly"], strict=True):
        own = members.get(compound)
        if own is None:
            continue
        rest = max(0, int(total) - by_compound.get(compound, 0))
        counts[own] += split_whole(rest, residents[own])
        known[own] = True
