"""Solve one map of the grids benchmark by the engine that it is about."""

import time
from dataclasses import replace

import numpy as np

from bench.grids_work import Work
from optimize.engines import Params, load_engine
from optimize.problem import IntArray, Locks, Problem
from optimize.result import Result

_RESERVE = 0.05  # share of the seconds kept for measuring and writing the plan
_STARTED_S = 1.0  # CPU seconds that start-up takes, about
_PROVABLE = 400  # cells up to which a proof is tried
_PROOF_SHARE = 0.7  # of the seconds; if less is used up by then, a proof is tried


class CpuLimit:
    """Stop when this process has used so many seconds of processor time, counted from its start."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __call__(self) -> bool:
        """Say whether they are used."""
        return time.process_time() >= self._seconds


def solve_own(work: Work, seconds: float, seed: int) -> dict[str, object]:
    """Solve by search; where it ends early, let the default engine try to prove the plan in what is left."""
    stop = CpuLimit(seconds * (1 - _RESERVE))
    problem = to_problem(work)
    result = _run("search", problem, seconds, stop, seed)
    if len(work.weight) <= _PROVABLE and time.process_time() < _PROOF_SHARE * seconds:
        # A proof asks less often whether to stop.
        again = _run("auto", problem, seconds, CpuLimit(seconds * (1 - 4 * _RESERVE)), seed)
        same = again.objective <= result.objective * (1 + 1e-9) and again.status in {"optimal", "feasible"}
        bound = max(result.lower_bound, again.lower_bound)
        result = again if same else replace(result, lower_bound=min(bound, result.objective))
    per_unit = 2.0 if work.goal == "cut" else 1.0  # both districts pay for a cut edge
    return {
        "labels": result.labels.tolist(),
        "lower_bound": round(result.lower_bound / per_unit, 3),
        "proven": result.proven,
        "status": result.status,
    }


def _run(engine: str, problem: Problem, seconds: float, stop: CpuLimit, seed: int) -> Result:
    """Run one engine; called directly and not by `solve`, whose clock counts what other processes do."""
    params = Params(engine=engine, time_limit_s=max(seconds - _STARTED_S, 0.1))
    return load_engine(engine)(problem, params, stop=stop, rng=np.random.default_rng(seed))


def to_problem(work: Work) -> Problem:
    """Put the work as a problem of this engine; counting cut edges, every border is a metre long."""
    cells, borders = len(work.weight), len(work.edges)
    by_length = work.goal == "length"
    border_m = work.border_m if by_length else np.ones(borders)
    outer_m = work.outer_m if by_length else np.zeros(cells)
    nothing, nowhere = np.zeros(cells, dtype=np.int64), np.full(cells, -1, dtype=np.int64)
    inner: IntArray = work.edges.ravel()
    return Problem(
        name=work.name,
        households=work.weight,
        residents=work.weight,
        formal_members=nothing,
        institutions=nothing,
        organisations=nothing,
        edges=work.edges,
        border_m=border_m,
        border_factor=np.ones(borders),
        heavy=np.zeros(borders, dtype=np.bool_),
        outer_m=outer_m,
        perimeter_m=outer_m + np.bincount(inner, np.repeat(border_m, 2), cells),
        area_m2=work.area_m2 if work.area_m2.any() else np.ones(cells),
        x_m=work.x_m,
        y_m=work.y_m,
        compound_idx=nowhere,
        today_idx=nowhere,
        min_households=work.low,
        max_households=work.high,
        target_households=(work.low + work.high) // 2,
        residents_reference=0,
        members_needed=0,
        institutions_per_grid=0.0,
        weights={"boundary": 1.0},
        locks=Locks(n_grids=work.n_districts),
    )
