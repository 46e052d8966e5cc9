"""Joint branches on drawn towns: places scattered and in clusters, each goal with its bound.

The towns are drawn here, as none is published: places with one or two members, six lines of work, all in one
community, which is harder than any real street, where communities part the places.
"""

import time

import numpy as np

from bench.suites import Row
from bench.usage import own_usage
from optimize.branches import JointProblem, solve_joint
from optimize.stop import TimeLimit

_SCATTERED, _CLUSTERED = 300, 1000
_LIMIT_S = 55.0
"""CPU seconds: what else the machine does changes how long it takes, and not what is found."""


def run() -> list[Row]:
    """Solve both kinds of town from several seeds."""
    # The first call compiles, or reads what was compiled before: not part of what is measured.
    solve_joint(draw_scattered(20, 1000.0, 0), stop=TimeLimit(5))
    rows = []
    for seed in range(3):
        rows += _measure(f"scattered {_SCATTERED} seed {seed}", draw_scattered(_SCATTERED, 6000.0, seed))
    for seed in range(4):
        rows += _measure(f"clustered {_CLUSTERED} seed {seed}", draw_clustered(_CLUSTERED, 40, seed))
    return rows


def draw_scattered(n: int, side_m: float, seed: int) -> JointProblem:
    """Draw places anywhere in a square."""
    rng = np.random.default_rng(seed)
    return _problem(rng.uniform(0, side_m, (n, 2)), rng)


def draw_clustered(n: int, clusters: int, seed: int) -> JointProblem:
    """Draw places around centres in a square of 6 km."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform(0, 6000, (clusters, 2))
    return _problem(centres[rng.integers(0, clusters, n)] + rng.normal(0, 200, (n, 2)), rng)


def _problem(
    xy: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]", rng: np.random.Generator
) -> JointProblem:
    n = len(xy)
    difference = xy[:, None, :] - xy[None, :, :]
    return JointProblem(
        members=rng.integers(1, 3, n),
        distance_m=np.rint(np.hypot(difference[..., 0], difference[..., 1])).astype(np.int64),
        sector_idx=rng.integers(0, 6, n),
        area_idx=np.zeros(n, np.int64),
        anchor=np.zeros(n, np.bool_),
        min_members=3,
        max_members=50,
        max_places=5,
        max_distance_m=500,
        sector_m=200,
    )


def _measure(instance: str, problem: JointProblem) -> list[Row]:
    before, started = own_usage(), time.perf_counter()
    until = time.thread_time() + _LIMIT_S
    result = solve_joint(problem, stop=lambda: time.thread_time() >= until)
    wall_s, after = time.perf_counter() - started, own_usage()
    return [
        Row(
            instance=f"{instance}: {stage.name}",
            tool="gridplan",
            objective=stage.objective,
            lower_bound=stage.lower_bound,
            proven=stage.proven,
            cpu_s=round(after.cpu_s - before.cpu_s, 2),
            peak_mb=round(after.peak_mb, 1),
            facts={"gap": round(stage.gap, 4), "wall_s": round(wall_s, 2)},
        )
        for stage in result.stages
    ]
