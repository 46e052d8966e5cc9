"""Run every engine on something small: what it needs is compiled then, and kept for later."""

import numpy as np

from optimize.branches import JointProblem, solve_joint
from optimize.costs import COSTS
from optimize.engines import ENGINES, Never, Params, solve
from optimize.problem import Problem
from optimize.venues.models import MODELS, solve_siting
from optimize.venues.siting import Siting

_SIDE = 6


def warm() -> None:
    """Solve a small community with every engine, a few venues with every model, and a few branches."""
    for engine in ENGINES:
        rng = np.random.default_rng(0)
        solve(_square(), Params(engine=engine, time_limit_s=None), stop=Never(), rng=rng)
    for model in MODELS:
        solve_siting(_venues(model), model, stop=Never(), rng=np.random.default_rng(0))
    solve_joint(_places(), stop=Never())


def warm_first() -> None:
    """Load what a first answer needs: the exact engine and the search."""
    for engine in ("exact", "search"):
        rng = np.random.default_rng(0)
        solve(_square(), Params(engine=engine, time_limit_s=1.0), stop=Never(), rng=rng)


def _venues(model: str) -> Siting:
    """Give a dozen places, each of which may have a venue; full ones turn people away."""
    x_m = np.arange(12) * 100.0 + np.arange(12) % 5 * 17.0
    nothing = np.zeros(12, np.bool_)
    return Siting(
        weight=np.arange(1.0, 13.0),
        distance_m=np.abs(x_m[:, None] - x_m),
        cost=np.ones(12),
        must=nothing,
        closed=nothing,
        bonus_m=np.zeros(12),
        n_open=None if model == "lscp" else 3,
        room=np.full(12, 30.0) if model == "capacitated" else None,
    )


def _places() -> JointProblem:
    """Give more places in one heap than are settled by listing all their groups."""
    x_m, y_m = np.divmod(np.arange(60), 8)
    across, along = np.abs(x_m[:, None] - x_m) * 150, np.abs(y_m[:, None] - y_m) * 150
    return JointProblem(
        members=np.arange(60) % 2 + 1,
        distance_m=across + along,
        sector_idx=np.arange(60) % 3,
        area_idx=np.zeros(60, np.int64),
        anchor=np.zeros(60, np.bool_),
        min_members=3,
        max_members=50,
        max_places=5,
        max_distance_m=500,
        sector_m=200,
    )


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
