"""How a plan continues today's grids: who succeeds whom, which codes stay, and which households move."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment


def match_grids(today: pd.Series, grid: pd.Series, households: pd.Series) -> Mapping[str, str]:
    """Match the grids of one community with today's, one to one, so that as many households as possible stay.

    Parameters
    ----------
    today, grid
        Per cell: code of today's grid and of the new one, None where there is none; same index.
    households
        Per cell.

    Returns
    -------
    dict
        New grid → today's grid that it succeeds; pairs that share no household are left out.

    Source: Kuhn, The Hungarian method for the assignment problem (1955), through SciPy.
    """
    shared = _shared_households(today, grid, households)
    if shared.empty:
        return {}
    before, old_idx = np.unique(shared.index.get_level_values("today").to_numpy(str), return_inverse=True)
    after, new_idx = np.unique(shared.index.get_level_values("grid").to_numpy(str), return_inverse=True)
    table = np.zeros((len(before), len(after)), np.int64)
    table[old_idx, new_idx] = shared.to_numpy()
    rows, columns = linear_sum_assignment(table, maximize=True)
    return {
        str(after[column]): str(before[row])
        for row, column in zip(rows, columns, strict=True)
        if table[row, column] > 0
    }


def surviving_grids(today: pd.Series, grid: pd.Series, households: pd.Series) -> Mapping[str, str]:
    """Give the matched pairs in which the new grid keeps more than half of today's households."""
    shared = _shared_households(today, grid, households)
    before = households.groupby(today.to_numpy()).sum()
    return {
        new: old
        for new, old in match_grids(today, grid, households).items()
        if 2 * int(shared[(old, new)]) > int(before[old])
    }


def list_moves(cells: pd.DataFrame, today: pd.Series) -> pd.DataFrame:
    """List who moves: one row for each pair of today's grid and another grid that takes cells of it.

    Parameters
    ----------
    cells
        `community_code`, `grid_code`, `households`, `residents`.
    today
        Code of today's grid per cell, same index.

    Returns
    -------
    DataFrame
        `community_code`, `from_grid`, `to_grid`, `households`, `residents`, `n_cells`, sorted; households
        that stay with the successor of their grid are not in it.
    """
    frame = pd.DataFrame(
        {
            "community_code": cells["community_code"],
            "from_grid": today,
            "to_grid": cells["grid_code"],
            "households": cells["households"].astype(np.int64),
            "residents": cells["residents"].astype(np.int64),
        }
    ).dropna(subset=["from_grid", "to_grid"])
    successor: dict[str, str] = {}
    for _, part in frame.groupby("community_code"):
        successor |= match_grids(part["from_grid"], part["to_grid"], part["households"])
    moved = frame[frame["to_grid"].map(successor) != frame["from_grid"]]
    moved = moved.assign(n_cells=1)
    keys = ["community_code", "from_grid", "to_grid"]
    moves = moved.groupby(keys, as_index=False)[["households", "residents", "n_cells"]].sum()
    return moves[moves["households"] + moves["residents"] > 0].reset_index(drop=True)


def _shared_households(today: pd.Series, grid: pd.Series, households: pd.Series) -> pd.Series:
    frame = pd.DataFrame({"today": today, "grid": grid, "households": households.astype(np.int64)})
    return frame.dropna(subset=["today", "grid"]).groupby(["today", "grid"])["households"].sum()
