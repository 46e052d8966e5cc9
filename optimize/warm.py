"""Compile the kernels of the engines once, so that nobody waits for it later: `python -m optimize.warm`.

Compiled code is kept beside the sources (`__pycache__`), or where `NUMBA_CACHE_DIR` points.
"""

import numpy as np

from optimize.costs import COSTS
from optimize.engines import ENGINES, Never, Params, solve
from optimize.problem import Problem

_SIDE = 6


def warm() -> None:
    """Solve a small community with every engine: what they need is compiled and kept."""
    for engine in ENGINES:
        rng = np.random.default_rng(0)
        solve(_square(), Params(engine=engine, time_limit_s=None), stop=Never(), rng=rng)


def _square() -> Problem:
    """Give a community of square cells, with every cost on."""
    cells = np.arange(_SIDE * _SIDE).reshape(_SIDE, _SIDE)
    edges = np.concatenate(
        [
            np.stack([cells[:, :-1].ravel(), cells[:, 1:].ravel()], axis=1),
            np.stack([cells[:-1].ravel(), cells[1:].ravel()], axis=1),
        ]
    )
    n_cells, n_edges = cells.size, len(edges)
    return Problem(
        name="warm",
        households=np.full(n_cells, 100),
        residents=np.full(n_cells, 300),
        formal_members=np.ones(n_cells, np.int64),
        institutions=np.ones(n_cells, np.int64),
        organisations=np.ones(n_cells, np.int64),
        edges=edges,
        border_m=np.full(n_edges, 100.0),
        border_factor=np.ones(n_edges),
        heavy=np.zeros(n_edges, np.bool_),
        outer_m=np.zeros(n_cells),
        perimeter_m=np.full(n_cells, 400.0),
        area_m2=np.full(n_cells, 10_000.0),
        x_m=np.asarray((cells % _SIDE).ravel() * 100.0, np.float64),
        y_m=np.asarray((cells // _SIDE).ravel() * 100.0, np.float64),
        compound_idx=cells.ravel() // 5,
        today_idx=cells.ravel() // 4,
        min_households=300,
        max_households=500,
        target_households=400,
        residents_reference=1000,
        members_needed=3,
        institutions_per_grid=4.0,
        weights=dict.fromkeys(COSTS, 1.0),
    )


if __name__ == "__main__":
    warm()
