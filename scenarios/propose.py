"""Propose grids for a project: layers → cells → problems → plans → stored outcome."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from geo.layers import Layers
from optimize.engines import Params
from optimize.problem import Problem
from optimize.result import Result
from scenarios import store
from scenarios.assemble import assemble
from scenarios.desk.change import BOTH, DESK, PROPOSAL
from scenarios.errors import EditConflict, RuleError, ScenarioError
from scenarios.ground import (
    Ground,
    build_problems,
    keep_locks,
    list_communities,
    ready_tiling,
    stand_on,
    to_metres,
)
from scenarios.levers.stand import ground_of
from scenarios.locks.join import KeptLocks, held_alike, keeps_desk
from scenarios.locks.wanted import GridLocks, locks_mark
from scenarios.outcome import Outcome, Plan
from scenarios.plan import (
    Community,
    empty_plan,
    join_plans,
    kept_plan,
    solved_plan,
    under_locks,
    unproven,
    with_reason,
)
from scenarios.run import Stop, solve_all
from scenarios.settings import DEFAULT_WEIGHTS, Settings, check_weights, same_weights
from scenarios.summary import summarise
from scenarios.workers import Workers

__all__ = [
    "DEFAULT_WEIGHTS",
    "Ground",
    "OnProgress",
    "Progress",
    "ProposalStopped",
    "Settings",
    "build_problems",
    "check_weights",
    "kept_plans",
    "list_communities",
    "propose",
    "ready_tiling",
    "stand_on",
    "store_plan",
    "to_metres",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a proposal is: stage, parts done of all, and the community just finished."""

    stage: Literal["cells", "solve", "store"]
    done: int
    total: int
    community: str | None = None


_TRIES = 20  # to store a proposal while others edit
OnProgress = Callable[[Progress], None]


class ProposalStopped(ScenarioError):
    """The person cancelled before anything could be kept; the project is as it was."""


def propose(
    path: Path,
    settings: Settings,
    *,
    stop: Stop,
    on_progress: OnProgress,
    workers: Workers,
    author: str = "",
) -> Outcome:
    """Propose grids, store the plan under the scenario's name and return the outcome.

    `workers` may be shared by many proposals; `author` is who asks, for the log. Cancelled half-way, the
    communities already finished are kept; the others keep the plan they had.

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
    ground = ground_of(path, settings.scenario, layers)
    on_progress(Progress(stage="cells", done=1, total=1))
    kept = keep_locks(path, settings, ground)
    codes = _free_codes(path, settings, ground, codes, kept)
    problems = build_problems(ground, codes, settings, kept.locks)
    results = {} if stop() else _solve(problems, settings, stop, on_progress, workers)
    if stop() and not results:
        raise ProposalStopped("stopped")
    on_progress(Progress(stage="store", done=0, total=1))
    outcome = _store_results(path, settings, ground, results, kept, started=started, author=author)
    on_progress(Progress(stage="store", done=1, total=1))
    return outcome


def _store_results(
    path: Path,
    settings: Settings,
    ground: Ground,
    results: Mapping[str, Result | None],
    kept: KeptLocks,
    *,
    started: float,
    author: str,
) -> Outcome:
    """Store what was solved beside what the other communities have, also where somebody edits them now.

    A community whose locks have changed since keeps its plan: what was solved speaks of the former ones.

    Raises
    ------
    EditConflict
        `changed_meanwhile`, when others edit without a pause.
    """
    left = _TRIES
    while True:
        version = store.plan_version(path, settings.scenario)
        now = keep_locks(path, settings, ground)
        plan = _join(path, settings, ground, results, kept, now)
        runtime_s = time.perf_counter() - started
        left -= 1
        try:
            return store_plan(
                path,
                settings,
                ground,
                plan,
                runtime_s=runtime_s,
                kept=now,
                expected=version,
                author=author,
            )
        except EditConflict:
            if not left:
                raise


def store_plan(  # noqa: PLR0913 - as for `store.save_outcome`
    path: Path,
    settings: Settings,
    ground: Ground,
    plan: Plan,
    *,
    runtime_s: float,
    kept: KeptLocks,
    expected: int | None = None,
    author: str = "",
) -> Outcome:
    """Measure a plan of the whole project, store it under the scenario's name and return the outcome.

    Raises
    ------
    EditConflict
        `changed_meanwhile`: the plan stored is of another version than `expected`.
    """
    outcome = assemble(
        scenario=settings.scenario,
        cells=ground.stored.cells,
        plan=plan,
        communities=ground.layers.frames["communities"],
        summary={},
        rules=asdict(settings.rules),
    )
    summary = summarise(outcome, ground.today, runtime_s=runtime_s, seed=settings.seed)
    outcome = replace(outcome, summary=summary, weights=dict(settings.weights))
    store.save_outcome(
        path,
        outcome,
        settings.weights,
        author=author,
        bounds=_bounds(plan, ground, kept),
        expected=expected,
    )
    return outcome


def _bounds(plan: Plan, ground: Ground, kept: KeptLocks) -> dict[str, str]:
    """Tell whose locks the lower bound of each community needs."""
    community_of = ground.community_of
    desk = {community_of[cell] for cell in kept.desk}
    wished = {item.community_code for item in plan.certificates if item.locks}
    return (
        dict.fromkeys(desk - wished, DESK)
        | dict.fromkeys(wished - desk, PROPOSAL)
        | dict.fromkeys(desk & wished, BOTH)
    )


def _chosen(layers: Layers, wanted: tuple[str, ...]) -> list[str]:
    if "communities" not in layers.frames:
        return []  # the checks before the cutting refuse such a project
    known = [str(code) for code in layers.frames["communities"]["code"]]
    unknown = [code for code in wanted if code not in known]
    if unknown:
        raise RuleError("unknown_community", communities=unknown)
    return [code for code in known if not wanted or code in wanted]


def _free_codes(
    path: Path, settings: Settings, ground: Ground, codes: list[str], kept: KeptLocks
) -> list[str]:
    """Leave out the communities that are locked on the desk.

    Raises
    ------
    RuleError
        `all_locked` when none is left.
    """
    plans = kept_plans(path, settings, ground) if kept.settled else {}
    free = [code for code in codes if code not in kept.settled or plans.get(code) is None]
    if codes and not free:
        names = {item.code: item.name for item in list_communities(ground)}
        raise RuleError("all_locked", communities=[names.get(code, code) for code in codes])
    return free


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


def _join(
    path: Path,
    settings: Settings,
    ground: Ground,
    results: Mapping[str, Result | None],
    kept: KeptLocks,
    now: KeptLocks,
) -> Plan:
    before = kept_plans(path, settings, ground)
    plans = []
    for item in list_communities(ground):
        own = before[item.code]
        if own is not None and item.code in results and not held_alike(kept, now, item.code, item.cell_ids):
            plans.append(with_reason(own, "locks_changed"))
        else:
            plans.append(_plan_of(item, results, own, ground, now))
    return join_plans(plans)


def kept_plans(path: Path, settings: Settings, ground: Ground) -> dict[str, Plan | None]:
    """Give what the scenario says of each community so far, as far as it still holds."""
    stored = settings.scenario in store.list_scenarios(path)
    previous = store.read_outcome(path, settings.scenario) if stored else None
    return {item.code: _kept(item, previous, settings) for item in list_communities(ground)}


def _kept(community: Community, previous: Outcome | None, settings: Settings) -> Plan | None:
    """Give what the scenario said of a community so far; what was proven of another question no longer is."""
    kept = kept_plan(community, previous) if previous is not None else None
    if kept is None or previous is None:
        return None
    same = (
        previous.rules == asdict(settings.rules)
        and same_weights(previous.weights, settings.weights)
        and not previous.stale
        and all(item.locks == _mark(settings.locks, community) for item in kept.certificates)
    )
    return kept if same else unproven(kept, breaks_rules=_leaves_band(previous, community.code, settings))


def _leaves_band(previous: Outcome, community: str, settings: Settings) -> bool:
    """Tell whether a grid that was within the limits is outside those that are asked for now."""
    own = previous.grids[previous.grids["community_code"] == community]
    inside = own["households"].between(settings.rules.min_households, settings.rules.max_households)
    return bool((own["in_band"].astype(bool) & ~inside).any())


def _plan_of(
    community: Community,
    results: Mapping[str, Result | None],
    before: Plan | None,
    ground: Ground,
    kept: KeptLocks,
) -> Plan:
    if community.cells.empty:
        return empty_plan(community, "no_cells")
    if community.code not in results:
        return before or empty_plan(community, "not_solved")
    result = results[community.code]
    if result is None:
        # A failure of ours must not cost the planner the plan that was there.
        return with_reason(before, "engine_failed") if before else empty_plan(community, "engine_failed")
    plan = solved_plan(community, result, ground.today, kept.names)
    if before is not None and not keeps_desk(kept, plan.grid_of_cell):
        # The engines may let a wish go where no plan has it; what a person locked by hand stays.
        return with_reason(before, "desk_locks_hold")
    return under_locks(plan, _mark(kept.wishes, community))


def _mark(wishes: GridLocks, community: Community) -> str:
    return locks_mark(wishes, community.code, community.cell_ids)
