"""How long a lever takes from being set to the comparison, and how long a page of fifty scenarios takes."""

import statistics
import tempfile
import time
from pathlib import Path

from bench.suites import Row
from bench.usage import own_usage
from data.generate import build_demo
from scenarios import store
from scenarios.compare import compare
from scenarios.desk.forks import fork_scenario
from scenarios.indicators import measure
from scenarios.levers.answer import answer
from scenarios.levers.causes import find_causes, list_sentences
from scenarios.levers.registry import parse_lever
from scenarios.propose import Settings, propose
from scenarios.tree import read_tree, set_levers
from scenarios.workers import Workers

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
        return [*_levers(path), _tree(path)]


def _levers(path: Path) -> list[Row]:
    """Change the counts of one compound in each community, and compare with the base each time."""
    base = store.require_outcome(path)
    homes = base.cells.dropna(subset=["compound_id"])
    rows = []
    for code, cells in homes.groupby("community_code"):
        compound = str(cells["compound_id"].iloc[0])
        households = int(cells.loc[cells["compound_id"] == compound, "households"].sum())
        lever = parse_lever(f"counts={compound},households:{households + _MORE_HOUSEHOLDS}")
        store.read_outcome(path, "lever")
        began, cpu = time.perf_counter(), own_usage().cpu_s
        set_levers(path, "lever", [lever])
        found = answer(path, "lever", stop=lambda: False, on_progress=lambda _: None, workers=None)
        compared = compare(base, found.outcome)
        measure([base, found.outcome])
        list_sentences(compared, find_causes(path, base, found.outcome), base, found.outcome)
        facts = {
            "wall_s": round(time.perf_counter() - began, 3),
            "solved": len(found.solved),
            "cells": len(cells),
        }
        rows.append(
            Row(
                instance=f"lever in {code}",
                tool="gridplan",
                cpu_s=round(own_usage().cpu_s - cpu, 3),
                facts=facts,
            )
        )
        set_levers(path, "lever", drop=[f"counts.{compound}"])
        answer(path, "lever", stop=lambda: False, on_progress=lambda _: None, workers=None)
    spent = [float(row.cpu_s or 0.0) for row in rows]
    within = sum(seconds <= _TARGET_S for seconds in spent)
    facts = {"median_cpu_s": round(statistics.median(spent), 3), "within_1_s": within, "of": len(rows)}
    return [*rows, Row(instance="levers", tool="gridplan", facts=facts)]


def _tree(path: Path) -> Row:
    for number in range(_MANY):
        fork_scenario(path, "lever", f"scenario {number:02d}")
    began, cpu = time.perf_counter(), own_usage().cpu_s
    nodes = read_tree(path)
    facts = {"wall_s": round(time.perf_counter() - began, 3), "scenarios": len(nodes)}
    return Row(instance="tree", tool="gridplan", cpu_s=round(own_usage().cpu_s - cpu, 3), facts=facts)
