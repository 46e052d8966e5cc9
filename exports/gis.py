"""The layers that GIS files carry, and the one call that writes a layer."""

import warnings
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from exports.small_counts import without_hidden
from exports.texts import Texts
from geo.crs import from_storage
from scenarios.desk.plan import DEDICATED
from scenarios.outcome import Outcome

GRID_COLUMNS = (
    "code",
    "name",
    "kind",
    "community_code",
    "households",
    "residents",
    "n_cells",
    "area_m2",
    "perimeter_m",
    "polsby_popper",
    "contiguous",
    "in_band",
)
CELL_COLUMNS = ("cell_id", "grid_code", "community_code", "compound_id", "households", "residents", "kind")
COMMUNITY_COLUMNS = ("code", "name", "n_grids", "households", "residents", "status", "gap", "proven")


def grids_layer(outcome: Outcome) -> gpd.GeoDataFrame:
    """Give the grids with the standard columns first and the costs after them."""
    costs = [name for name in outcome.grids.columns if str(name).startswith("cost_")]
    return without_hidden(outcome.grids, [*GRID_COLUMNS, *costs, "geometry"])


def sizes_hold(grids: pd.DataFrame) -> pd.Series:
    """Tell for each grid whether its size holds the rules: the band binds base grids alone."""
    return grids["in_band"].astype(bool) | (grids["kind"] == DEDICATED)


def cells_layer(outcome: Outcome) -> gpd.GeoDataFrame:
    """Give the cells, each with the code of its grid."""
    return without_hidden(outcome.cells, [*CELL_COLUMNS, "geometry"])


def communities_layer(outcome: Outcome) -> gpd.GeoDataFrame:
    """Give the communities with the sums over their grids and what is known about their plan."""
    sums = outcome.grids.groupby("community_code")[["households", "residents"]].sum()
    known = pd.DataFrame(
        [(c.community_code, c.n_grids, c.status, c.gap, c.proven) for c in outcome.certificates],
        columns=["code", "n_grids", "status", "gap", "proven"],
    ).set_index("code")
    frame = outcome.communities[["code", "name", "geometry"]].join(sums, on="code").join(known, on="code")
    counts = ["n_grids", "households", "residents"]
    frame[counts] = frame[counts].fillna(0).astype("int64")
    frame["proven"] = frame["proven"].eq(other=True)
    return frame[[*COMMUNITY_COLUMNS, "geometry"]]


def gis_layers(outcome: Outcome, crs: str | None) -> Mapping[str, gpd.GeoDataFrame]:
    """Give all three layers by name, in the coordinate system asked for (None: as stored, EPSG:4490)."""
    layers = {
        "grids": grids_layer(outcome),
        "cells": cells_layer(outcome),
        "communities": communities_layer(outcome),
    }
    return layers if crs is None else {name: from_storage(frame, crs) for name, frame in layers.items()}


def write_layer(frame: pd.DataFrame, path: Path, *, driver: str, layer: str, **options: str) -> None:
    """Add a layer to the file at `path`, or start the file with it.

    GCJ-02 and BD-09 have no registered code: such a layer carries no coordinate system, and says so in words.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'crs' was not provided", UserWarning)
        pyogrio.write_dataframe(
            frame, path, driver=driver, layer=layer, encoding="UTF-8", append=path.exists(), **options
        )


def column_label(layer: str, column: str, texts: Texts) -> str:
    """Give a column's name in the reader's language; a cost without one keeps its own name."""
    key = "exports.column." + ("community_code" if (layer, column) == ("communities", "code") else column)
    if texts.has(key):
        return texts(key)
    return texts("exports.column.cost", name=column.removeprefix("cost_"))
