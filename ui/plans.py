"""What the page asks of a plan: its figures, whether two are the same, which grids break a rule."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from scenarios.desk.plan import DEDICATED
from scenarios.outcome import Certificate, Outcome
from scenarios.stability import list_moves
from scenarios.summary import count_split_compounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a planner compares: grids, their borders in all, mean compactness, compounds split, who moves.

    `households_moved` is None where the project has no grids of today.
    """

    n_grids: int
    border_m: float
    polsby_popper: float
    compounds_split: int
    households_moved: int | None


def measure_figures(outcome: Outcome, community: str, today: pd.Series) -> Figures:
    """Measure the plan of one community; `today` gives today's grid of each cell id."""
    cells = outcome.cells[outcome.cells["community_code"] == community].set_index("cell_id", drop=False)
    grids = outcome.grids[outcome.grids["community_code"] == community]
    own = today.reindex(cells.index)
    moved = int(list_moves(cells, own)["households"].sum()) if own.notna().any() else None
    return Figures(
        n_grids=len(grids),
        border_m=float(grids["perimeter_m"].sum()),
        polsby_popper=float(grids["polsby_popper"].mean()) if len(grids) else 0.0,
        compounds_split=count_split_compounds(cells),
        households_moved=moved,
    )


def swap_community(outcome: Outcome, part: Outcome, community: str) -> Outcome:
    """Put the plan of one community, as `part` has it, into a plan of all."""
    certificates = {item.community_code: item for item in part.certificates}
    return replace(
        outcome,
        cells=_swap(outcome.cells, part.cells, community).sort_values("cell_id", ignore_index=True),
        grids=_swap(outcome.grids, part.grids, community).sort_values("code", ignore_index=True),
        certificates=tuple(certificates.get(item.community_code, item) for item in outcome.certificates),
    )


def same_plan(one: Outcome, other: Outcome, community: str) -> bool:
    """Tell whether two plans divide a community in the same way, whatever the grids' codes."""
    return _partition(one, community) == _partition(other, community)


def certificate_of(outcome: Outcome, community: str) -> Certificate | None:
    """Give what is known of a community's plan."""
    return next((item for item in outcome.certificates if item.community_code == community), None)


def broken_grids(grids: pd.DataFrame, locked: frozenset[str] = frozenset()) -> list[bool]:
    """Tell for each grid whether it breaks a hard rule; the size of one that a person fixed is theirs.

    A dedicated grid holds an institution and may have any size.
    """
    fixed = (grids["code"].astype(str).isin(locked) | (grids["kind"] == DEDICATED)).to_numpy(bool)
    inside = grids["in_band"].to_numpy(bool) | fixed
    return list(~(inside & grids["contiguous"].to_numpy(bool)))


def _swap(frame: gpd.GeoDataFrame, part: gpd.GeoDataFrame, community: str) -> gpd.GeoDataFrame:
    others = frame[frame["community_code"] != community]
    own = part[part["community_code"] == community]
    joined = pd.concat([others, own], ignore_index=True) if len(others) else own.reset_index(drop=True)
    return gpd.GeoDataFrame(joined, geometry="geometry", crs=frame.crs)


def _partition(outcome: Outcome, community: str) -> Mapping[str, int]:
    cells = outcome.cells[outcome.cells["community_code"] == community].sort_values("cell_id")
    numbers, _ = pd.factorize(cells["grid_code"].astype(object).where(cells["grid_code"].notna(), None))
    return dict(zip(cells["cell_id"], np.asarray(numbers).tolist(), strict=True))
