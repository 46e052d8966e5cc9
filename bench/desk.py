"""How long an edit takes until it is on disk: alone and with five people, on 2,000 and 10,000 cells."""

import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from multiprocessing.synchronize import Barrier
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from bench.suites import Row
from geo.layers import STORAGE_CRS, Layers
from scenarios import store
from scenarios.assemble import assemble
from scenarios.desk.desk import Desk, catch_up, do_edit, open_desk
from scenarios.desk.forks import fork_scenario
from scenarios.errors import EditConflict
from scenarios.outcome import Certificate, GridFacts, Plan
from scenarios.propose import DEFAULT_WEIGHTS, ready_tiling
from scenarios.rules import GridRules

SIZES = {2_000: (50, 40), 10_000: (100, 100)}
"""Cells → columns and lines of square parcels."""

PEOPLE = 5
_EDITS = 40
_EACH = 12
_SIDE_M = 80
_COMMUNITY = 10  # parcels along each side of a community
_GRID = (2, 5)  # parcels across and along a grid


def run() -> list[Row]:
    """Measure alone and with five people, each in a scenario of their own and all in one."""
    rows: list[Row] = []
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "desk.gpkg"
            make_project(path, size)
            rows += [_measure_alone(path, size), *_measure_people(path, size)]
    return rows


def make_project(path: Path, size: int) -> None:
    """Write a project of square parcels of 40 households, with a plan of grids of ten parcels each."""
    store.create_project(path, _parcels(size))
    layers = store.read_layers(path)
    cells = ready_tiling(path, layers).cells
    codes = [_grid_code(str(cell)) for cell in cells["cell_id"]]
    communities = layers.frames["communities"]
    plan = Plan(
        grid_of_cell=dict(zip(cells["cell_id"], codes, strict=True)),
        facts={code: GridFacts(name=code, kind="base", costs={}) for code in codes},
        certificates=tuple(_certificate(str(code)) for code in communities["code"]),
    )
    outcome = assemble(
        scenario=store.BASE_SCENARIO,
        cells=cells,
        plan=plan,
        communities=communities,
        summary={"seed": 1, "runtime_s": 0.0, "gap_area_m2": 0.0, "overlap_area_m2": 0.0},
        rules=asdict(GridRules()),
        weights=DEFAULT_WEIGHTS,
    )
    store.save_outcome(path, outcome, DEFAULT_WEIGHTS)


def border_edits(desk: Desk, communities: Sequence[str], seed: int) -> Iterator[tuple[str, str]]:
    """Draw cells at a border with the neighbouring grid that gets them, as the desk stands at each step.

    Yields without end; whoever asks edits in between and sends the new desk.
    """
    rng = np.random.default_rng(seed)
    cells = [cell for code in communities for cell in desk.ground.cells_of(code)]
    while True:
        cell = cells[int(rng.integers(len(cells)))]
        own = desk.plan.grid_of_cell[cell]
        near = sorted({desk.plan.grid_of_cell[other] or "" for other, _, _ in desk.ground.neighbours(cell)})
        others = [code for code in near if code and code != own]
        if others:
            desk = (yield cell, others[0]) or desk


def _measure_alone(path: Path, size: int) -> Row:
    started = time.perf_counter()
    desk = open_desk(path)
    opened = time.perf_counter() - started
    waits, shown = [], []
    edits = border_edits(desk, list(desk.ground.members), 1)
    cell, grid = next(edits)
    for _ in range(_EDITS):
        started = time.perf_counter()
        desk = do_edit(desk, "give", {"cells": [cell], "grid": grid}, author="bench")
        waits.append(time.perf_counter() - started)
        started = time.perf_counter()
        store.read_outcome(path)
        shown.append(time.perf_counter() - started)
        cell, grid = edits.send(desk)  # type: ignore[attr-defined]  # a generator
    started = time.perf_counter()
    open_desk(path)
    facts = {
        "edits": len(waits),
        "first_open_s": round(opened, 2),
        "open_ms": _ms(time.perf_counter() - started),
        "median_ms": _ms(statistics.median(waits)),
        "p95_ms": _ms(float(np.quantile(waits, 0.95))),
        "longest_ms": _ms(max(waits)),
        "read_outcome_median_ms": _ms(statistics.median(shown)),
    }
    return Row(instance=f"desk: {size} cells, one person", tool="gridplan", facts=facts)


def _measure_people(path: Path, size: int) -> list[Row]:
    for person in range(PEOPLE):
        fork_scenario(path, store.BASE_SCENARIO, f"person {person}")
    own = [f"person {person}" for person in range(PEOPLE)]
    return [
        _measure_together(path, own, f"desk: {size} cells, {PEOPLE} people, a scenario each"),
        _measure_together(
            path, [store.BASE_SCENARIO] * PEOPLE, f"desk: {size} cells, {PEOPLE} people, one scenario"
        ),
    ]


def _measure_together(path: Path, scenarios: Sequence[str], instance: str) -> Row:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(len(scenarios))
    answers = context.Queue()
    people = [
        context.Process(target=_work, args=(path, scenario, person, barrier, answers))
        for person, scenario in enumerate(scenarios)
    ]
    for person in people:
        person.start()
    told = [answers.get(timeout=600) for _ in people]
    for person in people:
        person.join()
    waits = [wait for own, _ in told for wait in own]
    facts = {
        "edits": len(waits),
        "conflicts": sum(conflicts for _, conflicts in told),
        "median_ms": _ms(statistics.median(waits)),
        "p95_ms": _ms(float(np.quantile(waits, 0.95))),
        "longest_ms": _ms(max(waits)),
    }
    return Row(instance=instance, tool="gridplan", facts=facts)


def _work(
    path: Path, scenario: str, person: int, barrier: Barrier, answers: "multiprocessing.Queue[object]"
) -> None:
    """Edit in communities of one's own, as fast as it goes; after a conflict, again on top of the others."""
    desk = open_desk(path, scenario)
    codes = sorted(desk.ground.members)[person::PEOPLE]
    edits = border_edits(desk, codes, person)
    cell, grid = next(edits)
    waits, conflicts = [], 0
    barrier.wait()
    for _ in range(_EACH):
        started = time.perf_counter()
        while True:
            try:
                desk = do_edit(desk, "give", {"cells": [cell], "grid": grid}, author=f"person {person}")
                break
            except EditConflict:
                conflicts += 1
                desk = catch_up(desk)
        waits.append(time.perf_counter() - started)
        cell, grid = edits.send(desk)  # type: ignore[attr-defined]  # a generator
    answers.put((waits, conflicts))


def _parcels(size: int) -> Layers:
    columns, lines = SIZES[size]
    rows = [
        {
            "id": f"{_community(x, y)}-{x:03d}-{y:03d}",
            "households": 40,
            "residents": 100,
            "community_code": _community(x, y),
            "geometry": shapely.box(
                500_000 + _SIDE_M * x,
                4_000_000 + _SIDE_M * y,
                500_000 + _SIDE_M * (x + 1),
                4_000_000 + _SIDE_M * (y + 1),
            ),
        }
        for y in range(lines)
        for x in range(columns)
    ]
    parcels = gpd.GeoDataFrame(rows, crs="EPSG:4549")
    communities = parcels.dissolve("community_code")[["geometry"]].reset_index(names="code")
    communities["name"] = communities["code"]
    frames = {"communities": communities.to_crs(STORAGE_CRS), "parcels": parcels.to_crs(STORAGE_CRS)}
    return Layers(frames=frames)


def _community(x: int, y: int) -> str:
    return f"99900{x // _COMMUNITY:03d}{y // _COMMUNITY:04d}"


def _grid_code(cell: str) -> str:
    community, x, y = cell.split("-")[:3]
    across, along = _GRID
    per_line = _COMMUNITY // across
    number = 1 + int(x) % _COMMUNITY // across + per_line * (int(y) % _COMMUNITY // along)
    return f"{community}{number:03d}"


def _certificate(code: str) -> Certificate:
    n_grids = _COMMUNITY**2 // (_GRID[0] * _GRID[1])
    return Certificate(
        community_code=code,
        community_name=code,
        n_grids=n_grids,
        status="feasible",
        objective=1.0,
        lower_bound=0.0,
        gap=1.0,
        proven=False,
    )


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 1)
