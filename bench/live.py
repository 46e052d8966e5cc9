"""How long a person waits for the best plan after each lock: the demo project and the reference district."""

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.reference import FOLDER
from bench.suites import Row
from geo.read import read_layers
from optimize.engines import Never, Params
from optimize.live import complete
from optimize.prepared import prepare
from optimize.problem import IntArray, Locks, Problem
from optimize.result import Result
from scenarios import store
from scenarios.propose import Settings, build_problems, list_communities, stand_on

_DEMO = Path(__file__).parents[1] / "data" / "demo.gpkg"
_QUESTIONS = 12
_MOST_CELLS = 50  # communities with more cells cannot be listed, and are not answered live


def run() -> list[Row]:
    """Prepare each community once and lock it in a dozen ways; the last rows sum up."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, project in _projects(Path(folder)):
            own = [_measure(name, problem) for problem in _problems(project)]
            rows += [row for row, _, _ in own]
            for most in (40, _MOST_CELLS):
                waits = [wait for _, size, waits in own for wait in waits if size <= most]
                rows.append(_sum_up(f"{name}, up to {most} cells", waits))
    return rows


def _projects(folder: Path) -> Iterator[tuple[str, Path]]:
    demo = folder / "demo.gpkg"
    shutil.copy(_DEMO, demo)
    yield "demo", demo
    if not FOLDER.is_dir():
        print("live: the reference district is not beside this checkout", file=sys.stderr)
        return
    reference = folder / "reference.gpkg"
    store.create_project(reference, read_layers([FOLDER]))
    yield "reference district", reference


def _problems(project: Path) -> list[Problem]:
    ground = stand_on(project, store.read_layers(project))
    codes = [community.code for community in list_communities(ground)]
    problems = build_problems(ground, codes, Settings()).values()
    return [problem for problem in problems if problem.n_cells <= _MOST_CELLS]


def _measure(name: str, problem: Problem) -> tuple[Row, int, list[float]]:
    rng = np.random.default_rng(1)
    started = time.perf_counter()
    ready = prepare(problem, Params(), stop=Never(), rng=rng)
    opened = time.perf_counter() - started
    best = complete(ready, Locks(), problem.weights, stop=Never())
    waits, proven = [], 0
    for number in range(_QUESTIONS):
        locks = _draw_locks(problem, best.labels, number, rng)
        started = time.perf_counter()
        result = complete(ready, locks, problem.weights, stop=Never())
        waits.append(time.perf_counter() - started)
        proven += _is_settled(result)
    facts = {
        "cells": problem.n_cells,
        "groups": len(ready.groups),
        "open_s": round(opened, 2),
        "median_ms": round(1000 * float(np.median(waits)), 1),
        "longest_ms": round(1000 * max(waits), 1),
        "settled": f"{proven}/{_QUESTIONS}",
    }
    row = Row(
        instance=f"live: {name} {problem.name}",
        tool="gridplan",
        objective=round(best.objective, 3),
        lower_bound=round(best.lower_bound, 3),
        proven=best.proven,
        facts=facts,
    )
    return row, problem.n_cells, waits


def _is_settled(result: Result) -> bool:
    """Tell whether nothing is left open: proven best, or best around what cannot be."""
    return result.proven or result.gap <= 1e-6


def _draw_locks(problem: Problem, labels: IntArray, number: int, rng: np.random.Generator) -> Locks:
    """Lock in turn: two neighbours together, a border, a whole grid, the number of grids, three borders."""
    grids = int(labels.max()) + 1
    borders = [tuple(problem.edges[at].tolist()) for at in rng.permutation(len(problem.edges))[:4]]
    kinds = (
        Locks(together=(borders[0],)),
        Locks(apart=(borders[0],)),
        Locks(whole=(frozenset(np.flatnonzero(labels == rng.integers(grids)).tolist()),)),
        Locks(n_grids=grids),
        Locks(apart=tuple(borders[:3]), together=(borders[3],)),
        Locks(n_grids=grids + 1),
    )
    return kinds[number % len(kinds)]


def _sum_up(instance: str, waits: list[float]) -> Row:
    facts = {
        "questions": len(waits),
        "median_ms": round(1000 * float(np.median(waits)), 1),
        "p95_ms": round(1000 * float(np.quantile(waits, 0.95)), 1),
        "longest_ms": round(1000 * max(waits), 1),
    }
    return Row(instance=f"live: {instance}", tool="gridplan", facts=facts)
