"""Propose grids for a project: layers → cells → problems → plans → stored outcome."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

import pandas as pd

from geo.cells import cut_cells
from geo.crs import metric_crs
from geo.faults import refusal
from geo.layers import STORAGE_CRS, Layers, Tiling
from geo.validate import check_layers
from optimize.costs import COSTS
from optimize.engines import Params
from optimize.problem import Problem
from optimize.result import Result
from scenarios import store
from scenarios.assemble import assemble
from scenarios.build import build_problem, todays_grid
from scenarios.errors import RuleError, ScenarioError
from scenarios.facts import CellFacts, count_facts
from scenarios.locks import GridLocks, check_locks, locks_of
from scenarios.outcome import Outcome, Plan
from scenarios.plan import (
    Community,
    empty_plan,
    join_plans,
    kept_plan,
    solved_plan,
    unproven,
    with_reason,
)
from scenarios.rules import GridRules
from scenarios.run import Stop, solve_all
from scenarios.summary import summarise
from scenarios.workers import Workers

DEFAULT_WEIGHTS: Mapping[str, float] = {"boundary": 1.0, "compound_splits": 1.0, "target_size": 1.0}
"""Weights of the costs that are on from the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What to propose, and under which rules.

    `communities` is empty for all; those left out keep the plan they have.
    """

    scenario: str = store.BASE_SCENARIO
    rules: GridRules = field(default_factory=GridRules)
    weights: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_WEIGHTS))
    communities: tuple[str, ...] = ()
    engine: str = "auto"
    time_limit_s: float = 60.0
    seed: int = 1
    locks: GridLocks = field(default_factory=GridLocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a proposal stands on: layers, cells in degrees and in metres, today's grids, facts per cell."""

    layers: Layers
    stored: Tiling
    metres: Tiling
    today: pd.Series
    facts: CellFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a proposal is: stage, parts done of all, and the community just finished."""

    stage: Literal["cells", "solve", "store"]
    done: int
    total: int
    community: str | None = None


OnProgress = Callable[[Progress], None]


class ProposalStopped(ScenarioError):
    """The person cancelled before anything could be kept; the project is as it was."""


def propose(
    path: Path, settings: Settings, *, stop: Stop, on_progress: OnProgress, workers: Workers
) -> Outcome:
    """Propose grids, store the plan under the scenario's name and return the outcome.

    `workers` may be shared by many proposals. Cancelled half-way, the communities already finished are kept;
    the others keep the plan they had.

    Raises
    ------
    RuleError
        `scenario_name_empty`, `unknown_weight`, `weight_out_of_range`, `unknown_community`, before anything
        is computed.
    LayerError
        `layers_refused`, with every fault of the layers, before cells are cut from them.
    ProposalStopped
        `stopped`, when cancelled before the first community was finished.
    StoreError
        When the project cannot be read or written.
    """
    started = time.perf_counter()
    if not settings.scenario.strip():
        raise RuleError("scenario_name_empty")
    check_weights(settings.weights)
    layers = store.read_layers(path)
    codes = _chosen(layers, settings.communities)
    workers.warm()  # they load the engines while the cells are cut here
    on_progress(Progress(stage="cells", done=0, total=1))
    ground = stand_on(path, layers)
    on_progress(Progress(stage="cells", done=1, total=1))
    problems = build_problems(ground, codes, settings)
    results = {} if stop() else _solve(problems, settings, stop, on_progress, workers)
    if stop() and not results:
        raise ProposalStopped("stopped")
    plan = _join(path, settings, ground, results)
    runtime_s = time.perf_counter() - started
    on_progress(Progress(stage="store", done=0, total=1))
    outcome = store_plan(path, settings, ground, plan, runtime_s=runtime_s)
    on_progress(Progress(stage="store", done=1, total=1))
    return outcome


def stand_on(path: Path, layers: Layers) -> Ground:
    """Give the ground of a project, cutting its cells first where the layers have changed."""
    stored = ready_tiling(path, layers)
    metres = to_metres(stored)
    return Ground(
        layers=layers,
        stored=stored,
        metres=metres,
        today=todays_grid(layers, metres.cells),
        facts=count_facts(layers, metres.cells),
    )


def store_plan(path: Path, settings: Settings, ground: Ground, plan: Plan, *, runtime_s: float) -> Outcome:
    """Measure a plan of the whole project, store it under the scenario's name and return the outcome."""
    outcome = assemble(
        scenario=settings.scenario,
        cells=ground.stored.cells,
        plan=plan,
        communities=ground.layers.frames["communities"],
        summary={},
        rules=asdict(settings.rules),
    )
    summary = summarise(outcome, ground.today, runtime_s=runtime_s, seed=settings.seed)
    outcome = replace(outcome, summary=summary)
    store.save_outcome(path, outcome, settings.weights)
    return outcome


def check_weights(weights: Mapping[str, float]) -> None:
    """Refuse a weight of no known cost, or below zero."""
    for name, value in weights.items():
        if name not in COSTS:
            raise RuleError("unknown_weight", weight=name, known=sorted(COSTS))
        if not 0 <= value < float("inf"):
            raise RuleError("weight_out_of_range", weight=name, value=value)


def ready_tiling(path: Path, layers: Layers) -> Tiling:
    """Give the project's cells (EPSG:4490), cutting and storing them first where the layers have changed.

    Raises
    ------
    LayerError
        `layers_refused` where another program has spoilt the layers since they were read in.
    """
    known = store.read_tiling(path, layers)
    if known is not None:
        return known
    error = refusal(check_layers(layers))
    if error is not None:
        raise error
    cut = cut_cells(layers)
    stored = Tiling(
        cells=cut.cells.to_crs(STORAGE_CRS), links=cut.links.to_crs(STORAGE_CRS), faults=cut.faults
    )
    store.save_tiling(path, layers, stored)
    return stored


def to_metres(tiling: Tiling) -> Tiling:
    """Give the same tiling in the metric CRS of its place."""
    crs = metric_crs(tiling.cells)
    return Tiling(cells=tiling.cells.to_crs(crs), links=tiling.links.to_crs(crs), faults=tiling.faults)


def _chosen(layers: Layers, wanted: tuple[str, ...]) -> list[str]:
    if "communities" not in layers.frames:
        return []  # the checks before the cutting refuse such a project
    known = [str(code) for code in layers.frames["communities"]["code"]]
    unknown = [code for code in wanted if code not in known]
    if unknown:
        raise RuleError("unknown_community", communities=unknown)
    return [code for code in known if not wanted or code in wanted]


def build_problems(ground: Ground, codes: Sequence[str], settings: Settings) -> dict[str, Problem]:
    """Build the problem of each community named that has cells.

    Raises
    ------
    RuleError
        Where a lock is on what is not there.
    """
    cells = ground.metres.cells
    check_locks(settings.locks, dict(zip(cells["cell_id"], cells["community_code"], strict=True)))
    ids = {str(code): own.tolist() for code, own in cells.groupby("community_code")["cell_id"]}
    return {
        code: build_problem(
            ground.metres,
            code,
            rules=settings.rules,
            weights=settings.weights,
            today=ground.today,
            facts=ground.facts,
            locks=locks_of(settings.locks, code, ids[code]),
        )
        for code in codes
        if code in ids
    }


def _solve(
    problems: Mapping[str, Problem], settings: Settings, stop: Stop, on_progress: OnProgress, workers: Workers
) -> dict[str, Result | None]:
    finished = 0

    def count(code: str, _result: Result | None) -> None:
        nonlocal finished
        finished += 1
        on_progress(Progress(stage="solve", done=finished, total=len(problems), community=code))

    on_progress(Progress(stage="solve", done=0, total=len(problems)))
    params = Params(engine=settings.engine, time_limit_s=settings.time_limit_s)
    return solve_all(problems, params, seed=settings.seed, stop=stop, on_done=count, workers=workers)


def _join(path: Path, settings: Settings, ground: Ground, results: Mapping[str, Result | None]) -> Plan:
    kept = kept_plans(path, settings, ground)
    return join_plans(
        _plan_of(community, results, kept[community.code], ground.today)
        for community in list_communities(ground)
    )


def kept_plans(path: Path, settings: Settings, ground: Ground) -> dict[str, Plan | None]:
    """Give what the scenario says of each community so far, as far as it still holds."""
    stored = settings.scenario in store.list_scenarios(path)
    previous = store.read_outcome(path, settings.scenario) if stored else None
    return {item.code: _kept(item, previous, settings) for item in list_communities(ground)}


def list_communities(ground: Ground) -> list[Community]:
    """List the communities in the order of their layer, each with its cells in metres."""
    frame = ground.layers.frames["communities"]
    names = frame["name"] if "name" in frame.columns else frame["code"]
    cells = ground.metres.cells
    own = cells["community_code"]
    return [
        Community(code=code, name=name if isinstance(name, str) and name else code, cells=cells[own == code])
        for code, name in zip(frame["code"], names, strict=True)
    ]


def _kept(community: Community, previous: Outcome | None, settings: Settings) -> Plan | None:
    """Give what the scenario said of a community so far; what was proven under other rules no longer is."""
    kept = kept_plan(community, previous) if previous is not None else None
    if kept is None or previous is None:
        return None
    same = previous.rules == asdict(settings.rules) and not previous.stale
    return kept if same else unproven(kept)


def _plan_of(
    community: Community, results: Mapping[str, Result | None], kept: Plan | None, today: pd.Series
) -> Plan:
    if community.cells.empty:
        return empty_plan(community, "no_cells")
    if community.code not in results:
        return kept or empty_plan(community, "not_solved")
    result = results[community.code]
    if result is not None:
        return solved_plan(community, result, today)
    # A failure of ours must not cost the planner the plan that was there.
    return with_reason(kept, "engine_failed") if kept else empty_plan(community, "engine_failed")
