"""How long a lever takes to the first comparison and to the proof, and what fifty scenarios cost a page."""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.suites import Row
from bench.usage import own_usage
from data.generate import build_demo
from optimize.warm import warm_first
from scenarios import store
from scenarios.comparison.compare import compare
from scenarios.comparison.indicators import measure
from scenarios.comparison.services import read_indicators
from scenarios.desk.forks import fork_scenario
from scenarios.levers.answer import answer
from scenarios.levers.causes import find_causes, list_sentences, place_names
from scenarios.levers.first import answer_first
from scenarios.levers.registry import parse_lever
from scenarios.levers.stand import lay_out_ground, stand, stand_of
from scenarios.outcome import Outcome
from scenarios.propose import Settings, propose
from scenarios.tree import read_tree, set_levers
from scenarios.workers import Workers
from ui.map.geometry import to_document
from ui.map.linked import difference_content
from ui.texts.catalog import Texts

_TARGET_S = 1.0
_MANY = 50
_MORE_HOUSEHOLDS = 12


def run() -> list[Row]:
    """Measure both on the demo district."""
    with tempfile.TemporaryDirectory() as folder, Workers() as workers:
        path = Path(folder) / "demo.gpkg"
        store.create_project(path, build_demo())
        propose(path, Settings(), stop=lambda: False, on_progress=lambda _: None, workers=workers)
        fork_scenario(path, store.BASE_SCENARIO, "lever")
        warm_first()
        page = _open_page(path)
        return [page, *_levers(path), _tree(path)]


def _open_page(path: Path) -> Row:
    """Do what opening the page does beside it: stand on the ground, and divide it once."""
    began, cpu = time.perf_counter(), own_usage().cpu_s
    stand(path)
    lay_out_ground(path)
    facts = {"wall_s": round(time.perf_counter() - began, 3)}
    cpu_s = round(own_usage().cpu_s - cpu, 3)
    return Row(instance="page opened", tool="gridplan", cpu_s=cpu_s, facts=facts)


def _levers(path: Path) -> list[Row]:
    """Change the counts of one compound in each community, and compare with the base each time."""
    base = store.require_outcome(path)
    homes = base.cells.dropna(subset=["compound_id"])
    rows = []
    for code, cells in homes.groupby("community_code"):
        compound = str(cells["compound_id"].iloc[0])
        households = int(cells.loc[cells["compound_id"] == compound, "households"].sum())
        lever = f"counts={compound},households:{households + _MORE_HOUSEHOLDS}"
        rows.append(_measure_lever(path, base, str(code), lever, len(cells)))
        set_levers(path, "lever", drop=[f"counts.{compound}"])
        answer_first(path, "lever", stop=lambda: False)
    first = [float(row.cpu_s or 0.0) for row in rows]
    wall = [float(str(row.facts["first_wall_s"])) for row in rows]
    facts = {
        "median_first_cpu_s": round(statistics.median(first), 3),
        "worst_first_cpu_s": max(first),
        "median_first_wall_s": round(statistics.median(wall), 3),
        "first_within_1_s_cpu": sum(seconds <= _TARGET_S for seconds in first),
        "of": len(rows),
    }
    return [*rows, Row(instance="levers", tool="gridplan", facts=facts)]


def _measure_lever(path: Path, base: Outcome, code: str, lever: str, n_cells: int) -> Row:
    """Measure from the lever to the first comparison drawn, and on to the proven one."""

    def set_and_answer() -> Outcome:
        set_levers(path, "lever", [parse_lever(lever)])
        return answer_first(path, "lever", stop=lambda: False).outcome

    def prove() -> Outcome:
        return answer(path, "lever", stop=lambda: False, on_progress=lambda _: None, workers=None).outcome

    first, wall_s, cpu_s = _timed(lambda: _draw(path, base, set_and_answer()))
    last, proven_wall_s, proven_cpu_s = _timed(lambda: _draw(path, base, prove()))
    costs = [sum(item.objective for item in found.certificates) for found in (first, last)]
    facts = {
        "first_wall_s": round(wall_s, 3),
        "proven_cpu_s": round(cpu_s + proven_cpu_s, 3),
        "proven_wall_s": round(wall_s + proven_wall_s, 3),
        "first_above_proven": round(costs[0] / costs[1] - 1, 5) if costs[1] else 0.0,
        "cells": n_cells,
    }
    return Row(instance=f"lever in {code}", tool="gridplan", cpu_s=round(cpu_s, 3), facts=facts)


def _draw(path: Path, base: Outcome, outcome: Outcome) -> Outcome:
    """Do what the page does to show a comparison: figures, sentences, and all that its map is drawn from."""
    found = compare(base, outcome)
    measure([base, outcome], read_indicators(path, [base.scenario, outcome.scenario]))
    list_sentences(found, find_causes(path, base, outcome), base, outcome)
    layers = stand_of(path, outcome.scenario).ground.layers
    to_document(difference_content(layers, base, outcome, found, Texts("zh_Hans"), "bench"))
    return outcome


def _timed(act: Callable[[], Outcome]) -> tuple[Outcome, float, float]:
    """Give what comes of it with wall-clock and CPU seconds."""
    began, cpu = time.perf_counter(), own_usage().cpu_s
    found = act()
    return found, time.perf_counter() - began, own_usage().cpu_s - cpu


def _tree(path: Path) -> Row:
    """Do what the page of scenarios does before it draws, with fifty more of them."""
    for number in range(_MANY):
        fork_scenario(path, "lever", f"scenario {number:02d}")
    began, cpu = time.perf_counter(), own_usage().cpu_s
    nodes = read_tree(path)
    place_names(stand(path))
    facts = {"wall_s": round(time.perf_counter() - began, 3), "scenarios": len(nodes)}
    return Row(instance="tree", tool="gridplan", cpu_s=round(own_usage().cpu_s - cpu, 3), facts=facts)
