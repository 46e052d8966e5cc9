"""From cells and a plan back to frames: dissolve the grids and measure them from their shapes."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np

from geo.measures import dissolve_grids, measure_grids
from scenarios.outcome import GridFacts, Outcome, Plan

_ORDER = (
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


def assemble(
    *,
    scenario: str,
    cells: gpd.GeoDataFrame,
    plan: Plan,
    communities: gpd.GeoDataFrame,
    summary: Mapping[str, object],
    rules: Mapping[str, float],
    stale: bool = False,
) -> Outcome:
    """Build the outcome of a plan, measured from its shapes; `cells` and `communities` are in EPSG:4490."""
    planned = cells.assign(grid_code=[plan.grid_of_cell.get(cell) for cell in cells["cell_id"]])
    return Outcome(
        scenario=scenario,
        cells=planned,
        grids=_measure_grids(planned, plan.facts, rules),
        communities=communities,
        certificates=plan.certificates,
        summary=summary,
        rules=rules,
        stale=stale,
    )


def _measure_grids(
    cells: gpd.GeoDataFrame, facts: Mapping[str, GridFacts], rules: Mapping[str, float]
) -> gpd.GeoDataFrame:
    assigned = cells[cells["grid_code"].notna()]
    if assigned.empty:
        return gpd.GeoDataFrame(
            {name: [] for name in (*_ORDER, "geometry")}, geometry="geometry", crs=cells.crs
        )
    grids = dissolve_grids(assigned, assigned["grid_code"]).set_index("code", drop=False)
    by_code = assigned.groupby("grid_code")
    grids["name"] = [facts[code].name for code in grids.index]
    grids["kind"] = [facts[code].kind for code in grids.index]
    grids["households"] = by_code["households"].sum().astype(np.int64)
    grids["residents"] = by_code["residents"].sum().astype(np.int64)
    grids["n_cells"] = by_code.size().astype(np.int64)
    grids[["area_m2", "perimeter_m", "polsby_popper", "contiguous"]] = measure_grids(grids)
    grids["in_band"] = grids["households"].between(rules["min_households"], rules["max_households"])
    for name in sorted({key for item in facts.values() for key in item.costs}):
        grids[name] = [facts[code].costs.get(name, np.nan) for code in grids.index]
    return grids[
        [*_ORDER, *(name for name in grids.columns if name.startswith("cost_")), "geometry"]
    ].reset_index(drop=True)
