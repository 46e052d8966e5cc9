"""Published districting instances (fewest cut edges) and towns too large to list, by the engines alone.

Every measurement runs in a process of its own, so that CPU time and memory peak are its own; start-up and
the loading of compiled kernels are part of it.
"""

import json
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from bench.suites import Row
from bench.towns import build_town
from bench.usage import own_usage
from optimize.engines import Never, Params, solve
from optimize.problem import Locks, Problem

FOLDER = Path(__file__).parents[1].parent / "shared" / "instances" / "districting"

_TIME_LIMIT_S = 20.0
_TOWNS = ((10, 6), (10, 8), (10, 10), (12, 10))
_TOOLS = {"gridplan": "auto", "gridplan search": "search", "ward": "ward"}


def run() -> list[Row]:
    """Solve every instance found beside the checkout, then the towns, each with several engines."""
    rows: list[Row] = []
    paths = sorted(FOLDER.glob("*.json"))
    if not paths:
        print("districting: the published instances are not beside this checkout", file=sys.stderr)
    for tool in _TOOLS:
        rows += [_alone(solve_instance, str(path), tool) for path in paths]
        rows += [_alone(solve_town, f"{columns} {lines}", tool) for columns, lines in _TOWNS]
    return rows


def _alone(task: Callable[[str, str], Row], name: str, tool: str) -> Row:
    """Run one task in a fresh process."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(task, name, tool).result()


def read_instance(path: Path) -> tuple[Problem, dict[str, int]]:
    """Read an instance as a problem whose borders are all one metre long; give the published values too."""
    facts = json.loads(path.read_text(encoding="utf-8"))
    weight = np.array(facts["weight"], dtype=np.int64)
    edges = np.unique(np.sort(np.array(facts["edges"], dtype=np.int64), axis=1), axis=0)
    n_cells, n_edges = len(weight), len(edges)
    nowhere = np.full(n_cells, -1, dtype=np.int64)
    nothing = np.zeros(n_cells, dtype=np.int64)
    problem = Problem(
        name=facts["name"],
        households=weight,
        residents=weight,
        formal_members=nothing,
        institutions=nothing,
        organisations=nothing,
        edges=edges,
        border_m=np.ones(n_edges),
        border_factor=np.ones(n_edges),
        heavy=np.zeros(n_edges, dtype=np.bool_),
        outer_m=np.zeros(n_cells),
        perimeter_m=np.bincount(edges.ravel(), minlength=n_cells).astype(np.float64),
        area_m2=np.ones(n_cells),
        x_m=np.array(facts["x_m"], dtype=np.float64),
        y_m=np.array(facts["y_m"], dtype=np.float64),
        compound_idx=nowhere,
        today_idx=nowhere,
        min_households=facts["weight_min"],
        max_households=facts["weight_max"],
        target_households=(facts["weight_min"] + facts["weight_max"]) // 2,
        residents_reference=0,
        members_needed=0,
        institutions_per_grid=0.0,
        weights={"boundary": 1.0},
        locks=Locks(n_grids=facts["n_districts"]),
    )
    return problem, {name: facts[name] for name in ("best_known_cut", "proven_bound")}


def solve_instance(path: str, tool: str) -> Row:
    """Solve a published instance; the objective is the number of cut edges."""
    problem, known = read_instance(Path(path))
    row = _solve(problem, tool, per_cut=2.0)  # both districts pay for a cut edge
    if row.objective is None:
        return row
    gap = row.objective / known["best_known_cut"] - 1
    facts = {"best_known": known["best_known_cut"], "above_best_known": round(gap, 4)}
    return replace(row, facts={**row.facts, **facts})


def solve_town(size: str, tool: str) -> Row:
    """Solve a generated town; the objective is in metres of boundary."""
    columns, rows = map(int, size.split())
    return _solve(build_town(columns, rows), tool, per_cut=1.0)


def _solve(problem: Problem, tool: str, *, per_cut: float) -> Row:
    params = Params(engine=_TOOLS[tool], time_limit_s=_TIME_LIMIT_S)
    result = solve(problem, params, stop=Never(), rng=np.random.default_rng(1))
    used = own_usage()
    planned = result.status != "none"
    return Row(
        instance=problem.name,
        tool=tool,
        objective=round(result.objective / per_cut, 2) if planned else None,
        lower_bound=round(result.lower_bound / per_cut, 2) if planned else None,
        proven=result.proven,
        cpu_s=round(used.cpu_s, 2),
        peak_mb=round(used.peak_mb, 1),
        facts={"status": result.status, "violations": len(result.violations)},
    )
