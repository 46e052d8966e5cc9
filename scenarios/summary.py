"""The figures of a whole plan, measured from its shapes, as `grids --json` prints them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geo.crs import metric_crs
from geo.measures import measure_tiling
from scenarios.outcome import Outcome
from scenarios.stability import list_moves


def summarise(outcome: Outcome, today: pd.Series, *, runtime_s: float, seed: int) -> Mapping[str, object]:
    """Measure a plan; `today` gives the code of today's grid per cell, None where there is none.

    `gap_area_m2` and `overlap_area_m2` compare the grids with the communities they should tile.
    """
    crs = metric_crs(outcome.communities)
    tiling = measure_tiling(outcome.grids.to_crs(crs), outcome.communities.to_crs(crs))
    proven = [item.proven for item in outcome.certificates]
    in_band = outcome.grids["in_band"]
    return {
        "n_grids": len(outcome.grids),
        "in_band_share": float(in_band.mean()) if len(in_band) else 0.0,
        "gap_area_m2": float(tiling["gap_m2"].sum()),
        "overlap_area_m2": float(tiling["overlap_m2"].sum()),
        "compounds_split": count_split_compounds(outcome.cells),
        "households_moved": count_moved_households(outcome.cells, today),
        "proven_share": float(np.mean(proven)) if proven else 0.0,
        "runtime_s": round(runtime_s, 3),
        "seed": seed,
    }


def count_split_compounds(cells: pd.DataFrame) -> int:
    """Count the compounds whose cells lie in more than one grid."""
    held = cells[cells["compound_id"].notna() & cells["grid_code"].notna()]
    grids_of_compound = held.drop_duplicates(["compound_id", "grid_code"])["compound_id"].value_counts()
    return int((grids_of_compound > 1).sum())


def count_moved_households(cells: pd.DataFrame, today: pd.Series) -> int | None:
    """Count the households whose grid is not the one that succeeds today's; None without today's grids."""
    if not today.notna().any():
        return None
    return int(list_moves(cells, today)["households"].sum())
