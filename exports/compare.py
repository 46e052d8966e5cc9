"""Two plans of the same cells side by side: which cells change grid, who moves, how the figures differ."""

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from exports.errors import ChoiceError
from scenarios.outcome import Outcome
from scenarios.stability import list_moves, match_grids


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What differs between two plans.

    Attributes
    ----------
    cells
        The second plan's cells whose grid does not succeed the first plan's, with `from_grid`.
    moves
        As `scenarios.stability.list_moves` gives them, the largest first.
    """

    cells: gpd.GeoDataFrame
    moves: pd.DataFrame

    @property
    def households(self) -> int:
        """Give how many households change grid."""
        return int(self.moves["households"].sum())


def differ(first: Outcome, second: Outcome) -> Difference:
    """Compare two plans; a grid that keeps most of its households counts as the same, whatever its code.

    Raises
    ------
    ChoiceError
        `other_cells`: the plans were made on different cells.
    """
    before = first.cells.set_index("cell_id")["grid_code"]
    cells = second.cells.set_index("cell_id")
    if set(before.index) != set(cells.index):
        raise ChoiceError("other_cells", first=first.scenario, second=second.scenario)
    today = before.reindex(cells.index)
    successor: dict[str, str] = {}
    for _, part in cells.groupby("community_code"):
        successor |= match_grids(today[part.index], part["grid_code"], part["households"])
    after = cells["grid_code"].map(successor)
    changed = (after != today) & ~(after.isna() & today.isna())
    moves = list_moves(cells, today)
    return Difference(
        cells=cells.assign(from_grid=today)[changed].reset_index(),
        moves=moves.sort_values(["households", "to_grid"], ascending=[False, True], ignore_index=True),
    )
