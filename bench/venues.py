"""Placing venues: published median, centre and capacitated instances, coverings, the walking matrix."""

import csv
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import shortest_path

from bench.suites import Row
from bench.usage import own_usage
from bench.venues_peers import PeerTask, run_peers
from geo.walking.network import Network, from_pieces
from geo.walking.paths import walk
from geo.walking.snap import snap
from optimize.stop import Never
from optimize.venues.models import solve_siting
from optimize.venues.siting import Siting, SitingAnswer
from scenarios.venues.areas import catchments, isochrones
from scenarios.venues.plan import VenuePlan
from scenarios.venues.propose import open_venues, place_venues
from scenarios.venues.question import VenueGround
from scenarios.venues.settings import VenueSettings

T = TypeVar("T")

FOLDER = Path(__file__).parents[1].parent / "shared" / "instances"

_CPU_LIMIT_S = 30.0
_LIVE_S = 4.0  # what the page waits; a longer search goes on beside it
_FOR_PEERS = 5  # median and centre instances that the peers solve too: on more they take minutes each
_DEMO = Path(__file__).parents[1] / "data" / "demo.gpkg"
_LIVE = (
    VenueSettings(model="p_median", n_open=13),
    VenueSettings(model="p_median", n_open=13, share=0.75),
    VenueSettings(model="mclp", budget=2e6),
    VenueSettings(model="lscp", share=0.85),
    VenueSettings(model="p_centre", n_open=13, keep_existing=False),
    VenueSettings(model="capacitated", n_open=14),
)
_COVERS = ((5, 400.0), (10, 350.0), (20, 250.0), (40, 180.0))  # sites, metres
_FEW = (5, 10)  # few sites among many, where bounds are weak
_STREETS = 316  # rows and columns of a town of a hundred thousand crossings
_SOURCES, _LIMIT_M = 1000, 1200.0


def run(instances: Path | None = None) -> list[Row]:
    """Solve the instances of a folder laid out like the published ones, then the drawn ones.

    `instances` holds `p_median/*.txt`, `capacitated/*` and, if it likes, `known_values.csv`.
    """
    folder = instances or FOLDER
    if not folder.is_dir():
        print("venues: the published instances are not beside this checkout", file=sys.stderr)
    known = _read_known(folder / "known_values.csv")
    _warm_up()
    rows: list[Row] = []
    tasks: list[PeerTask] = []
    for at, path in enumerate(_numbered(folder / "p_median")):
        siting = read_p_median(path)
        for model in ("p_median", "p_centre"):
            rows.append(_timed(model, path.stem, siting, known))
            if at < _FOR_PEERS:
                tasks.append(_task(model, path.stem, siting))
    rows += [
        _timed("capacitated", path.stem, read_capacitated(path), known)
        for path in _numbered(folder / "capacitated")
    ]
    for p, reach in _COVERS:
        name, siting = f"800 points, {p} sites, {reach:.0f} m", _draw_cover(p, reach)
        rows.append(_timed("mclp", name, siting))
        tasks.append(_task("mclp", name, siting))
    for p in _FEW:
        rows.append(_timed("p_median", f"1,500 points, {p} sites", _draw_points(1500, p)))
    return [*rows, *_walk_town(), *_answer_live(), *run_peers(tasks)]


def _task(model: str, name: str, siting: Siting) -> PeerTask:
    return PeerTask(
        model=model,
        name=name,
        weight=siting.weight,
        metres=siting.distance_m,
        n_open=siting.n_open or 1,
        reach_m=siting.reach_m,
    )


def _answer_live() -> list[Row]:
    """Answer questions about the demo as its page does, twice: the second time is what a slider costs."""
    with TemporaryDirectory() as folder:
        ground = open_venues(Path(shutil.copy(_DEMO, folder)))
    rows = []
    for asked in _LIVE:
        place_venues(ground, asked, stop=_CpuLimit(_LIVE_S))
        seconds, plan = _clocked(partial(_drawn, ground, asked))
        certificate = plan.certificate
        rows.append(
            Row(
                instance=f"venues: live, demo, {asked.model}" + (" with a share" if asked.share else ""),
                tool="gridplan",
                objective=certificate["objective"],
                lower_bound=certificate["lower_bound"],
                proven=certificate["proven"],
                cpu_s=round(seconds, 3),
                peak_mb=round(own_usage().peak_mb, 1),
                facts={"status": certificate["status"], "open": int(plan.venues["open"].sum())},
            )
        )
    return rows


def _drawn(ground: VenueGround, asked: VenueSettings) -> VenuePlan:
    """Answer, and build the areas that the map shows of the answer."""
    plan = place_venues(ground, asked, stop=_CpuLimit(_LIVE_S))
    catchments(ground, plan)
    isochrones(ground, plan.venues.loc[plan.venues["open"], "id"])
    return plan


class _CpuLimit:
    """Stop once so many CPU seconds are used: on a busy machine a clock would stop too early."""

    def __init__(self, seconds: float) -> None:
        self._end = time.process_time() + seconds

    def __call__(self) -> bool:
        return time.process_time() > self._end


def _timed(model: str, name: str, siting: Siting, known: dict[tuple[str, str], float] | None = None) -> Row:
    before = own_usage()
    answer = solve_siting(siting, model, stop=_CpuLimit(_CPU_LIMIT_S), rng=np.random.default_rng(1))
    best = (known or {}).get((model, name.lower()))
    facts: dict[str, object] = {"status": answer.status}
    if best is not None:
        facts |= {"best_known": best, "above_best": round(answer.objective / best - 1, 6)}
    return _row(f"venues: {model} {name}", answer, own_usage().cpu_s - before.cpu_s, facts)


def _row(instance: str, answer: SitingAnswer, cpu_s: float, facts: dict[str, object]) -> Row:
    return Row(
        instance=instance,
        tool="gridplan",
        objective=round(answer.objective, 3),
        lower_bound=round(answer.lower_bound, 3),
        proven=answer.proven,
        cpu_s=round(cpu_s, 3),
        peak_mb=round(own_usage().peak_mb, 1),
        facts=facts,
    )


def _read_known(path: Path) -> dict[tuple[str, str], float]:
    """Read the best values known: (model, instance) → value."""
    models = {"p-median": "p_median", "p-center": "p_centre", "capacitated p-median": "capacitated"}
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8") as file:
        return {
            (models[row["problem"]], row["instance"].lower()): float(row["value"])
            for row in csv.DictReader(file)
            if row["problem"] in models
        }


def _numbered(folder: Path) -> list[Path]:
    """List the files by name, numbers in their order."""
    files = [path for path in folder.glob("*") if path.suffix in (".txt", ".dat")] if folder.is_dir() else []
    return sorted(files, key=lambda path: (path.stem.rstrip("0123456789"), len(path.stem), path.stem))


def _lines(path: Path) -> Iterator[list[float]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield [float(word) for word in line.split()]


def read_p_median(path: Path) -> Siting:
    """Read an OR-Library graph: of an edge named twice the last line counts; ways are shortest paths."""
    (n, _, p), *rows = _lines(path)
    length = {(min(i, j) - 1, max(i, j) - 1): metres for i, j, metres in rows}
    pairs = np.array(list(length), np.int64)
    graph = coo_matrix((list(length.values()), (pairs[:, 0], pairs[:, 1])), (int(n), int(n))).tocsr()
    return _siting(np.ones(int(n)), shortest_path(graph, directed=False), int(p))


def read_capacitated(path: Path) -> Siting:
    """Read points with room and need; `.txt` files measure in whole numbers, rounded down."""
    (n, p), *rows = _lines(path)
    x, y, room, need = np.array([row[:4] for row in rows[: int(n)]]).T
    metres = np.hypot(x[:, None] - x, y[:, None] - y)
    if path.suffix == ".txt":
        metres = np.floor(metres + 1e-9)
    # The published values do not weigh distances by need: a demand pays its distance once.
    return _siting(need, metres / need[:, None], int(p), room)


def _siting(
    weight: NDArray[np.float64],
    metres: NDArray[np.float64],
    n_open: int,
    room: NDArray[np.float64] | None = None,
) -> Siting:
    m = metres.shape[1]
    nothing = np.zeros(m, np.bool_)
    return Siting(
        weight=weight,
        distance_m=metres,
        cost=np.ones(m),
        must=nothing,
        closed=nothing,
        bonus_m=np.zeros(m),
        n_open=n_open,
        far_m=1e7,
        room=room,
    )


def _draw_cover(n_open: int, reach_m: float) -> Siting:
    return replace(_draw_points(800, n_open), reach_m=reach_m)


def _draw_points(n: int, n_open: int) -> Siting:
    rng = np.random.default_rng(1)
    spots = rng.uniform(0, 4000, (n, 2))
    metres = np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1))
    return _siting(rng.integers(1, 100, n).astype(float), metres, n_open)


def _warm_up() -> None:
    """Load every kernel once, so that the first instance does not pay for it."""
    spots = np.random.default_rng(1).uniform(0, 1000, (12, 2))
    metres = np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1))
    for model in ("p_median", "p_centre", "mclp", "capacitated"):
        siting = _siting(np.ones(12), metres, 3, np.full(12, 6.0) if model == "capacitated" else None)
        solve_siting(siting, model, stop=Never(), rng=np.random.default_rng(1))


def build_streets(side: int) -> Network:
    """Build a town of side times side crossings, a hundred metres apart, a tenth of the streets missing."""
    rng = np.random.default_rng(1)
    spots = np.stack(np.meshgrid(np.arange(side), np.arange(side)), -1).reshape(-1, 2) * 100.0
    spots += rng.uniform(-30, 30, spots.shape)
    at = np.arange(side * side).reshape(side, side)
    across = np.stack([at[:, :-1].ravel(), at[:, 1:].ravel()], axis=1)
    along = np.stack([at[:-1].ravel(), at[1:].ravel()], axis=1)
    pairs = np.concatenate([across, along])
    pairs = pairs[rng.random(len(pairs)) < 0.9]
    return from_pieces(shapely.linestrings(np.stack([spots[pairs[:, 0]], spots[pairs[:, 1]]], axis=1)))


def _walk_town() -> list[Row]:
    rng = np.random.default_rng(1)
    network, nothing, span_m = build_streets(_STREETS), np.zeros(0, object), _STREETS * 100.0 - 100.0
    origins = snap(shapely.points(rng.uniform(0, span_m, (_SOURCES, 2))), network, nothing)
    targets = snap(shapely.points(rng.uniform(0, span_m, (20 * _SOURCES, 2))), network, nothing)
    small = build_streets(5)
    walk(small, snap(origins_of(small), small, nothing), snap(origins_of(small), small, nothing), 500.0)
    seconds, found = _clocked(lambda: walk(network, origins, targets, _LIMIT_M).nnz)
    facts: dict[str, object] = {"nodes": len(network.nodes_m), "sources": _SOURCES, "ways": found}
    return [
        Row(
            instance=f"venues: walking matrix, {_LIMIT_M:.0f} m",
            tool="gridplan",
            cpu_s=round(seconds, 3),
            peak_mb=round(own_usage().peak_mb, 1),
            facts=facts,
        )
    ]


def origins_of(network: Network) -> NDArray[np.object_]:
    """Give the crossings of a network as places."""
    return np.asarray(shapely.points(network.nodes_m), object)


def _clocked(work: Callable[[], T]) -> tuple[float, T]:
    started = time.process_time()
    found = work()
    return time.process_time() - started, found
