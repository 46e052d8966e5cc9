"""How a plan continues today's grids: who succeeds whom, which codes stay, and which households move."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


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
    of_today, of_grid = (shared.index.get_level_values(name).to_numpy() for name in ("today", "grid"))
    return _match(of_today, of_grid, shared.to_numpy())


def _match(today: NDArray[Any], grid: NDArray[Any], households: NDArray[np.int64]) -> dict[str, str]:
    """Match by the households that each pair of grids shares; no pair comes twice."""
    before, old_idx = np.unique(today.astype(str), return_inverse=True)
    after, new_idx = np.unique(grid.astype(str), return_inverse=True)
    table = np.zeros((len(before), len(after)), np.int64)
    table[old_idx, new_idx] = households
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - half a second to load

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
            "community_code": cells["community_code"].to_numpy(object),
            "from_grid": today.to_numpy(object),
            "to_grid": cells["grid_code"].to_numpy(object),
            "households": cells["households"].to_numpy(np.int64),
            "residents": cells["residents"].to_numpy(np.int64),
            "n_cells": np.int64(1),
        }
    ).dropna(subset=["from_grid", "to_grid"])
    keys = ["community_code", "from_grid", "to_grid"]
    pairs = frame.groupby(keys, as_index=False)[["households", "residents", "n_cells"]].sum()
    successor: dict[str, str] = {}
    for part in pairs.groupby("community_code").indices.values():
        own = pairs.iloc[part]
        successor |= _match(*(own[name].to_numpy() for name in ("from_grid", "to_grid", "households")))
    moves = pairs[pairs["to_grid"].map(successor) != pairs["from_grid"]]
    return moves[moves["households"] + moves["residents"] > 0].reset_index(drop=True)


def _shared_households(today: pd.Series, grid: pd.Series, households: pd.Series) -> pd.Series:
    frame = pd.DataFrame({"today": today, "grid": grid, "households": households.astype(np.int64)})
    return frame.dropna(subset=["today", "grid"]).groupby(["today", "grid"])["households"].sum()
