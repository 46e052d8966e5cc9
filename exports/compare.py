"""Two plans side by side: which cells change grid and who moves, found by `scenarios.comparison.compare`."""

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from scenarios.comparison.compare import Comparison, compare
from scenarios.outcome import Outcome

_MOVES = ("community_code", "from_grid", "to_grid", "renamed", "households", "residents", "n_cells")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What differs between two plans.

    Attributes
    ----------
    cells
        The second plan's cells whose grid does not succeed the first plan's, with `from_grid`.
    moves
        `community_code`, `from_grid`, `to_grid`, `renamed` (whether no grid continues the first under its
        code), `households`, `residents`, `n_cells`; the largest first.
    """

    cells: gpd.GeoDataFrame
    moves: pd.DataFrame

    @property
    def households(self) -> int:
        """Give how many households change grid."""
        return int(self.moves["households"].sum())


def differ(first: Outcome, second: Outcome) -> Difference:
    """Compare two plans, whose facts may differ; a grid that keeps most of its households stays the same."""
    found = compare(first, second)
    old = first.cells.set_index("cell_id")["grid_code"].to_dict()
    # Cells that were cut anew take the grid that most of their households come from.
    for flow in sorted(found.flows, key=lambda item: item.households):
        old |= dict.fromkeys(flow.cells, flow.before)
    cells = second.cells[second.cells["cell_id"].isin(found.cells)]
    cells = cells.assign(from_grid=cells["cell_id"].map(old))
    return Difference(cells=cells.reset_index(drop=True), moves=_moves(found, second))


def _moves(found: Comparison, second: Outcome) -> pd.DataFrame:
    homes = second.grids.set_index("code")["community_code"].to_dict()
    rows = [
        (
            homes.get(flow.after, ""),
            flow.before,
            flow.after,
            not found.keeps_code(flow.before),
            flow.households,
            flow.residents,
            len(flow.cells),
        )
        for flow in found.flows
        if flow.before and flow.after
    ]
    moves = pd.DataFrame(rows, columns=list(_MOVES))
    counts = dict.fromkeys(("households", "residents", "n_cells"), "int64")
    moves = moves.astype(counts)
    return moves.sort_values(["households", "to_grid"], ascending=[False, True], ignore_index=True)
