"""Alternatives of one community: the best plan under each of several wishes, side by side, none dominated."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from optimize.alternatives import OWN, PRESETS, choose_alternatives, count_apart
from optimize.engines import Params
from optimize.errors import Cancelled
from optimize.prepared import prepare
from optimize.problem import Problem
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
from scenarios.run import Lifeline, Stop, run_one, solve_all
from scenarios.workers import Workers

__all__ = ["OWN", "PRESETS", "Alternative", "adopt", "choose_different", "find"]

_TIE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One plan of a community.

    Attributes
    ----------
    presets
        The wishes under which it is the best plan found, or `other_1`, … where it is offered because it
        differs; the first is its name.
    plan
        Cells, grids and certificate; the certificate is that under the first wish.
    totals
        Cost name → value of the whole plan, unweighted.
    households_apart
        Households that have another grid than in the first alternative.
    settings
        What was asked for.
    """

    presets: tuple[str, ...]
    plan: Plan
    totals: Mapping[str, float]
    settings: Settings
    households_apart: int = 0


def find(
    path: Path, settings: Settings, community: str, *, stop: Stop, on_progress: OnProgress, workers: Workers
) -> tuple[Alternative, ...]:
    """Find the different plans of a community, the one under the planner's own weights first.

    The groups of cells are listed once for all wishes. Where they are too many, each wish is searched in a
    worker of its own instead; equal plans become one with several names, and dominated ones are left out.
    The time limit counts for each wish.

    Raises
    ------
    RuleError
        `unknown_community`, `unknown_weight`, `weight_out_of_range`, or a lock on what is not there.
    ProposalStopped
        `stopped`, when cancelled before there was any plan.
    """
    check_weights(settings.weights)
    workers.warm()
    ground = stand_on(path, store.read_layers(path))
    problem = build_problems(ground, [community], settings).get(community)
    if problem is None:
        raise RuleError("unknown_community", communities=[community])
    params = Params(engine=settings.engine, time_limit_s=settings.time_limit_s)
    try:
        found = run_one(
            _find_listed,
            problem,
            params,
            settings.seed,
            stop=stop,
            on_share=lambda share: on_progress(_progress(share)),
            workers=workers,
        ) or _search_each(problem, params, settings, stop=stop, on_progress=on_progress, workers=workers)
    except Cancelled as error:
        raise ProposalStopped("stopped") from error
    place = next(item for item in list_communities(ground) if item.code == community)
    return tuple(
        Alternative(
            presets=names,
            plan=solved_plan(place, result, ground.today),
            totals=_totals(result),
            settings=settings,
            households_apart=count_apart(problem, result.labels, found[0][1].labels),
        )
        for names, result in found
    )


def _progress(share: float) -> Progress:
    total = len(PRESETS) + 1
    return Progress(stage="solve", done=int(share * total), total=total)


_Named = tuple[tuple[str, ...], Result]


def _find_listed(problem: Problem, params: Params, seed: int, lifeline: Lifeline) -> tuple[_Named, ...]:
    """Find the alternatives, in a worker; none where the groups are too many to list."""
    rng = np.random.default_rng(seed)
    prepared = prepare(problem, params, stop=lifeline.is_cut, rng=rng)
    if not prepared.complete:
        return ()
    found = choose_alternatives(
        prepared, problem, stop=lifeline.is_cut, on_step=lambda step: lifeline.tell(step.done)
    )
    return tuple((item.presets, item.result) for item in found)


def _search_each(
    problem: Problem,
    params: Params,
    settings: Settings,
    *,
    stop: Stop,
    on_progress: OnProgress,
    workers: Workers,
) -> tuple[_Named, ...]:
    """Search the plan of each wish in a worker of its own."""
    wishes = {OWN: settings.weights, **PRESETS}
    finished = 0

    def count(_name: str, _result: Result | None) -> None:
        nonlocal finished
        finished += 1
        on_progress(_progress(finished / len(wishes)))

    on_progress(_progress(0.0))
    problems = {name: replace(problem, weights=dict(weights)) for name, weights in wishes.items()}
    solved = solve_all(problems, params, seed=settings.seed, stop=stop, on_done=count, workers=workers)
    results = {name: result for name, result in solved.items() if result and result.status != "none"}
    if not results:
        raise ProposalStopped("stopped")
    return tuple((names, results[names[0]]) for names in choose_different(results))


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
