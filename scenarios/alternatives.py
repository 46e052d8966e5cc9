"""Alternatives of one community: the best plan under each of several wishes, side by side, none dominated."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from optimize.alternatives import OWN, PRESETS
from optimize.engines import Params
from optimize.result import Result
from scenarios import store
from scenarios.errors import RuleError
from scenarios.outcome import Outcome, Plan
from scenarios.plan import empty_plan, join_plans, solved_plan
from scenarios.propose import (
    OnProgress,
    Progress,
    ProposalStopped,
    Settings,
    build_problems,
    check_weights,
    kept_plans,
    list_communities,
    stand_on,
    store_plan,
)
from scenarios.run import Stop, solve_all
from scenarios.workers import Workers

__all__ = ["OWN", "PRESETS", "Alternative", "adopt", "choose_different", "find"]

_TIE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One plan of a community.

    Attributes
    ----------
    presets
        The wishes under which it is the best plan found; the first is its name.
    plan
        Cells, grids and certificate; the certificate is that under the first wish.
    totals
        Cost name → value of the whole plan, unweighted.
    settings
        What was asked for.
    """

    presets: tuple[str, ...]
    plan: Plan
    totals: Mapping[str, float]
    settings: Settings


def find(
    path: Path, settings: Settings, community: str, *, stop: Stop, on_progress: OnProgress, workers: Workers
) -> tuple[Alternative, ...]:
    """Find the different plans of a community, the one under the planner's own weights first.

    Each wish is solved in a worker of its own; equal plans become one with several names, and plans that
    are no better than another in any cost that some wish looks at are left out.

    Raises
    ------
    RuleError
        `unknown_community`, `unknown_weight`, `weight_out_of_range`.
    ProposalStopped
        `stopped`, when cancelled before there was any plan.
    """
    check_weights(settings.weights)
    workers.warm()
    ground = stand_on(path, store.read_layers(path))
    problem = build_problems(ground, [community], settings).get(community)
    if problem is None:
        raise RuleError("unknown_community", communities=[community])
    wishes = {OWN: settings.weights, **PRESETS}
    finished = 0

    def count(_name: str, _result: Result | None) -> None:
        nonlocal finished
        finished += 1
        on_progress(Progress(stage="solve", done=finished, total=len(wishes)))

    on_progress(Progress(stage="solve", done=0, total=len(wishes)))
    problems = {name: replace(problem, weights=dict(weights)) for name, weights in wishes.items()}
    params = Params(engine=settings.engine, time_limit_s=settings.time_limit_s)
    solved = solve_all(problems, params, seed=settings.seed, stop=stop, on_done=count, workers=workers)
    results = {name: result for name, result in solved.items() if result and result.status != "none"}
    if not results:
        raise ProposalStopped("stopped")
    place = next(item for item in list_communities(ground) if item.code == community)
    return tuple(
        Alternative(
            presets=names,
            plan=solved_plan(place, results[names[0]], ground.today),
            totals=_totals(results[names[0]]),
            settings=settings,
        )
        for names in choose_different(results)
    )


def choose_different(results: Mapping[str, Result]) -> list[tuple[str, ...]]:
    """Group the names of equal plans and drop dominated ones; the first plan always stays."""
    groups: dict[bytes, list[str]] = {}
    for name, result in results.items():
        groups.setdefault(np.asarray(result.labels).tobytes(), []).append(name)
    names = [tuple(group) for group in groups.values()]
    looked_at = sorted({cost for weights in PRESETS.values() for cost in weights})
    values = [np.array([_totals(results[group[0]])[cost] for cost in looked_at]) for group in names]
    return [
        group
        for at, group in enumerate(names)
        if at == 0 or not any(_dominates(other, values[at]) for other in values)
    ]


def adopt(path: Path, scenario: str, alternative: Alternative) -> Outcome:
    """Store an alternative as its community's plan; the other communities keep what they have."""
    started = time.perf_counter()
    settings = replace(alternative.settings, scenario=scenario)
    ground = stand_on(path, store.read_layers(path))
    kept = kept_plans(path, settings, ground)
    kept[alternative.plan.certificates[0].community_code] = alternative.plan
    plan = join_plans(kept[item.code] or empty_plan(item, "not_solved") for item in list_communities(ground))
    return store_plan(path, settings, ground, plan, runtime_s=time.perf_counter() - started)


def _totals(result: Result) -> dict[str, float]:
    return {name: float(np.sum(values)) for name, values in result.costs.items()}


def _dominates(one: np.ndarray, other: np.ndarray) -> bool:
    room = _TIE * (1.0 + np.abs(other))
    return bool((one <= other + room).all() and (one < other - room).any())
