"""The peers of the grids benchmark: each takes a map and gives labels, as its own manual says to use it.

They are dependencies of the benchmark alone, imported where they are called. All get what they can use of
the bounds: METIS a tolerance, GerryChain the tolerance of its trees, max-p and pygeoda's AZP the minimum, the
others nothing but a number of regions.
"""

import functools
import importlib
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

import numpy as np

from bench.grids_work import Work
from optimize.problem import IntArray

Peer = Callable[[Work, float, int], IntArray]


class Absent(Exception):
    """A peer is not installed."""


def _load(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Absent(name) from error


def _districts(work: Work) -> int:
    """Give the number wanted, or the one that comes nearest to the middle of the band."""
    return work.n_districts or max(1, round(2 * int(work.weight.sum()) / (work.low + work.high)))


def _tolerance(work: Work) -> float:
    """Give the share by which a district may differ from the mean one."""
    ideal = float(work.weight.sum()) / _districts(work)
    return max(min(work.high / ideal - 1.0, 1.0 - work.low / ideal), 1e-4)


def _neighbours(work: Work) -> list[list[int]]:
    near: list[list[int]] = [[] for _ in work.weight]
    for a, b in work.edges.tolist():
        near[a].append(b)
        near[b].append(a)
    return near


def metis(work: Work, _seconds: float, seed: int) -> IntArray:
    """METIS k-way with contiguous parts, one run, as its manual has it; balance by `ufactor`."""
    pymetis = _load("pymetis")
    options = pymetis.Options(contig=1, ufactor=max(int(1000 * _tolerance(work)), 1), seed=seed)
    _, labels = pymetis.part_graph(
        _districts(work),
        adjacency=_neighbours(work),
        vweights=work.weight.tolist(),
        options=options,
        recursive=False,
    )
    return np.array(labels, dtype=np.int64)


def gerrychain(work: Work, seconds: float, seed: int) -> IntArray:
    """GerryChain's short bursts of ReCom towards fewer cut edges, for as long as we take."""
    chain, optimization, networkx = map(_load, ("gerrychain", "gerrychain.optimization", "networkx"))
    graph = networkx.Graph()
    for cell, weight in enumerate(work.weight.tolist()):
        graph.add_node(cell, households=weight)
    graph.add_edges_from(work.edges.tolist())
    ideal, slack = float(work.weight.sum()) / _districts(work), _tolerance(work)
    updaters = {"households": chain.updaters.Tally("households", alias="households")}
    first = chain.Partition.from_random_assignment(
        chain.Graph.from_networkx(graph), _districts(work), slack, "households", updaters=updaters, rng=seed
    )
    proposal = functools.partial(
        chain.proposals.recom, pop_col="households", pop_target=ideal, epsilon=slack, node_repeats=2
    )
    optimizer = optimization.SingleMetricOptimizer(
        proposal_fn=proposal,
        constraints=[chain.constraints.contiguous],
        initial_state=first,
        optimization_metric_fn=lambda plan: len(plan["cut_edges"]),
        maximize=False,
        rng=seed,
    )
    best = first
    for plan in optimizer.short_bursts(10, 1_000_000):
        if len(plan["cut_edges"]) < len(best["cut_edges"]):
            best = plan
        if time.process_time() > seconds:
            break
    return np.array([int(best.assignment[cell]) for cell in range(len(work.weight))], dtype=np.int64)


def _frame(work: Work) -> tuple[Any, Any]:
    """Give the cells as spopt wants them: a frame, and weights by rook adjacency."""
    pandas, weights = _load("pandas"), _load("libpysal.weights")
    frame = pandas.DataFrame({"x": work.x_m, "y": work.y_m, "households": work.weight.astype(float)})
    return frame, weights.W(dict(enumerate(_neighbours(work))), silence_warnings=True)


def spopt_maxp(work: Work, _seconds: float, seed: int) -> IntArray:
    """Group by spopt's max-p: as many regions as possible above the minimum; it knows no maximum."""
    region = _load("spopt.region")
    np.random.seed(seed)  # noqa: NPY002 - spopt draws from the global generator
    frame, weights = _frame(work)
    model = region.MaxPHeuristic(frame, weights, ["x", "y"], "households", work.low, top_n=2)
    model.solve()
    return np.array(model.labels_, dtype=np.int64)


def spopt_azp(work: Work, _seconds: float, seed: int) -> IntArray:
    """Group by spopt's AZP."""
    region = _load("spopt.region")
    frame, weights = _frame(work)
    model = region.AZP(frame, weights, ["x", "y"], n_clusters=_districts(work), random_state=seed)
    model.solve()
    return np.array(model.labels_, dtype=np.int64)


def spopt_kmeans(work: Work, _seconds: float, seed: int) -> IntArray:
    """Group by spopt's region-k-means."""
    region = _load("spopt.region")
    frame, weights = _frame(work)
    model = region.RegionKMeansHeuristic(frame[["x", "y"]].to_numpy(), _districts(work), weights, seed=seed)
    model.solve()
    return np.array(model.labels_, dtype=np.int64)


def spopt_ward(work: Work, _seconds: float, _seed: int) -> IntArray:
    """Group by spopt's Ward clustering with contiguity."""
    region = _load("spopt.region")
    frame, weights = _frame(work)
    model = region.WardSpatial(frame, weights, ["x", "y"], n_clusters=_districts(work))
    model.solve()
    return np.array(model.labels_, dtype=np.int64)


def _geoda(work: Work) -> tuple[ModuleType, Any, list[list[float]]]:
    """Give pygeoda, the adjacency as it reads it from a file, and its data columns."""
    pygeoda = _load("pygeoda")
    near = _neighbours(work)
    lines = [f"0 {len(near)} cells id"]
    for cell, others in enumerate(near):
        lines += [f"{cell + 1} {len(others)}", " ".join(str(other + 1) for other in others)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cells.gal"
        path.write_text("\n".join(lines) + "\n", encoding="ascii")
        weights = pygeoda.weights.read_gal(str(path), [str(cell + 1) for cell in range(len(near))])
    return pygeoda, weights, [work.x_m.tolist(), work.y_m.tolist()]


def pygeoda_maxp(work: Work, _seconds: float, seed: int) -> IntArray:
    """Group by pygeoda's max-p."""
    pygeoda, weights, data = _geoda(work)
    bound = work.weight.astype(float).tolist()
    found = pygeoda.maxp_greedy(weights, data, bound, float(work.low), random_seed=seed, cpu_threads=1)
    return np.array(found["Clusters"], dtype=np.int64)


def pygeoda_azp(work: Work, _seconds: float, seed: int) -> IntArray:
    """Group by pygeoda's AZP, bounded from below."""
    pygeoda, weights, data = _geoda(work)
    bound = {"bound_variable": work.weight.astype(float).tolist(), "min_bound": float(work.low)}
    found = pygeoda.azp_greedy(_districts(work), weights, data, random_seed=seed, **bound)
    return np.array(found["Clusters"], dtype=np.int64)


PEERS: Mapping[str, Peer] = MappingProxyType(
    {
        "metis": metis,
        "gerrychain": gerrychain,
        "spopt maxp": spopt_maxp,
        "spopt azp": spopt_azp,
        "spopt kmeans": spopt_kmeans,
        "spopt ward": spopt_ward,
        "pygeoda maxp": pygeoda_maxp,
        "pygeoda azp": pygeoda_azp,
    }
)
"""Name in the tables → how it is asked."""
