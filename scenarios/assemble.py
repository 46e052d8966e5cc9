"""From cells and a plan back to frames: dissolve the grids and measure them from their shapes."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.crs import metric_crs
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
_MEASURED = (
    "community_code",
    "households",
    "residents",
    "n_cells",
    "area_m2",
    "perimeter_m",
    "polsby_popper",
    "contiguous",
    "geometry",
)
_MOST_SHAPES = 20_000


class Shapes:
    """The grids of one tiling that have been dissolved and measured so far, by their cells.

    An edit changes two grids of hundreds: the others need not be united from their cells again. A grid's
    measures depend on its cells alone, so one `Shapes` serves every plan and scenario of the tiling.
    """

    def __init__(self, cells: gpd.GeoDataFrame) -> None:
        self._lock = threading.Lock()
        self._cells = cells
        self._crs = metric_crs(cells)
        self._known: dict[tuple[int, ...], tuple[Any, ...]] = {}

    def measure(self, grid_code: Sequence[object]) -> gpd.GeoDataFrame:
        """Measure the grids of a plan, sorted by code; the index holds the codes.

        Parameters
        ----------
        grid_code
            Code of each cell's grid, in the order of the tiling; what is no text is no grid.
        """
        members: dict[str, list[int]] = {}
        for position, code in enumerate(grid_code):
            if isinstance(code, str):
                members.setdefault(code, []).append(position)
        wanted = {code: tuple(members[code]) for code in sorted(members)}
        with self._lock:
            missing = {code: cells for code, cells in wanted.items() if cells not in self._known}
            if len(self._known) + len(missing) > _MOST_SHAPES:
                self._known.clear()
                missing = wanted
            if missing:
                self._add(missing)
            rows = [self._known[cells] for cells in wanted.values()]
        frame = pd.DataFrame(rows, columns=list(_MEASURED), index=pd.Index(wanted, dtype=object))
        return gpd.GeoDataFrame(frame, geometry="geometry", crs=self._cells.crs)

    def _add(self, grids: Mapping[str, tuple[int, ...]]) -> None:
        positions = [position for cells in grids.values() for position in cells]
        codes = [code for code, cells in grids.items() for _ in cells]
        cells = self._cells.iloc[positions]
        labels = pd.Series(codes, index=cells.index, dtype=object)
        found = dissolve_grids(cells, labels).set_index("code")
        by_code = cells.groupby(labels)
        found["households"] = by_code["households"].sum().astype(np.int64)
        found["residents"] = by_code["residents"].sum().astype(np.int64)
        found["n_cells"] = by_code.size().astype(np.int64)
        measures = measure_grids(found.to_crs(self._crs))
        found[list(measures.columns)] = measures
        rows = found[list(_MEASURED)].itertuples(index=True, name=None)
        self._known |= {grids[code]: tuple(row) for code, *row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """Cells and communities in EPSG:4490, and the grids that have been made of these cells so far."""

    cells: gpd.GeoDataFrame
    communities: gpd.GeoDataFrame
    shapes: Shapes


def assemble(
    *,
    scenario: str,
    cells: gpd.GeoDataFrame,
    plan: Plan,
    communities: gpd.GeoDataFrame,
    summary: Mapping[str, object],
    rules: Mapping[str, float],
    weights: Mapping[str, float] | None = None,
) -> Outcome:
    """Build the outcome of a plan, measured from its shapes; `cells` and `communities` are in EPSG:4490."""
    frames = Frames(cells=cells, communities=communities, shapes=Shapes(cells))
    return assemble_from(
        frames, scenario=scenario, plan=plan, summary=summary, rules=rules, weights=weights or {}
    )


def assemble_from(
    frames: Frames,
    *,
    scenario: str,
    plan: Plan,
    summary: Mapping[str, object],
    rules: Mapping[str, float],
    weights: Mapping[str, float],
    stale: bool = False,
) -> Outcome:
    """Build the outcome of a plan; grids that other plans of the same cells had are not measured again."""
    cells = frames.cells
    planned = cells.assign(grid_code=[plan.grid_of_cell.get(cell) for cell in cells["cell_id"]])
    return Outcome(
        scenario=scenario,
        cells=planned,
        grids=_measure_grids(planned, plan.facts, rules, frames.shapes),
        communities=frames.communities,
        certificates=plan.certificates,
        summary=summary,
        rules=rules,
        weights=weights,
        stale=stale,
    )


def _measure_grids(
    cells: gpd.GeoDataFrame, facts: Mapping[str, GridFacts], rules: Mapping[str, float], shapes: Shapes
) -> gpd.GeoDataFrame:
    codes = cells["grid_code"].tolist()
    if not any(isinstance(code, str) for code in codes):
        return gpd.GeoDataFrame(
            {name: [] for name in (*_ORDER, "geometry")}, geometry="geometry", crs=cells.crs
        )
    grids = shapes.measure(codes)
    grids["code"] = grids.index
    grids["name"] = [facts[code].name for code in grids.index]
    grids["kind"] = [facts[code].kind for code in grids.index]
    grids["in_band"] = grids["households"].between(rules["min_households"], rules["max_households"])
    names = sorted({key for item in facts.values() for key in item.costs})
    costs = {name: [facts[code].costs.get(name, np.nan) for code in grids.index] for name in names}
    return grids.assign(**costs)[[*_ORDER, *names, "geometry"]].reset_index(drop=True)
