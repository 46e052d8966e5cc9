"""Alternatives of one community: the best plan under each of several wishes, side by side, none dominated."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from optimize.alternatives import OWN, PRESETS, choose_alternatives, count_apart
from optimize.engines import Params
from optimize.errors import Cancelled
from optimize.other_counts import plan_with
from optimize.prepared import Prepared, prepare
from optimize.problem import Problem
from optimize.result import Result
from optimize.stop import AnyOf, TimeLimit
from scenarios import store
from scenarios.chosen import as_chosen, extra_cost
from scenarios.differing import (
    OTHER,
    Named,
    best_first,
    choose_different,
    drop_worse,
    find_gain,
    n_grids_of,
    totals_of,
)
from scenarios.errors import RuleError
from scenarios.ground import Ground, keep_locks
from scenarios.levers.stand import ground_of
from scenarios.locks.join import KeptLocks, held_alike
from scenarios.locks.wanted import locks_mark
from scenarios.outcome import Certificate, Outcome, Plan
from scenarios.plan import empty_plan, join_plans, solved_plan, under_locks
from scenarios.propose import (
    OnProgress,
    Progress,
    ProposalStopped,
    Settings,
    build_problems,
    check_weights,
    kept_plans,
    list_communities,
    store_plan,
)
from scenarios.run import Lifeline, Stop, run_one, solve_all
from scenarios.workers import Workers

__all__ = ["FEWEST", "OTHER", "OWN", "PRESETS", "Alternative", "Alternatives", "adopt", "find"]

_COUNT_PATIENCE_S = 10.0  # for plans of another number of grids, which are extras

FEWEST = 3
"""Where there are fewer plans, it is said why."""


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
    chosen
        The certificate once the plan is taken: under the planner's own weights.
    totals
        Cost name → value of the whole plan, unweighted.
    extra
        What it costs by the planner's own weights more than the best plan found by them, a share; None where
        that is not known.
    gain
        The cost in which it is better than the first plan by the largest share, or `n_grids` where it has
        another number of grids; empty for the first.
    households_apart
        Households that have another grid than in the first alternative.
    settings, held
        What was asked for, and the locks that were in force.
    """

    presets: tuple[str, ...]
    plan: Plan
    chosen: Certificate
    totals: Mapping[str, float]
    settings: Settings
    held: KeptLocks
    extra: float | None = None
    gain: str = ""
    households_apart: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternatives:
    """The different plans of a community, the one under the planner's own weights first.

    `why_few` says why there are fewer than three: `one_grid`, the community makes one grid; `stopped`;
    `same`, every wish leads to these, and no plan was found that differs enough without being worse in
    everything; `searched`, the same where the plans are too many to look through. Empty otherwise.
    """

    plans: tuple[Alternative, ...]
    why_few: str = ""


def find(
    path: Path, settings: Settings, community: str, *, stop: Stop, on_progress: OnProgress, workers: Workers
) -> Alternatives:
    """Find three to six different plans of a community, or say why there are fewer.

    The groups of cells are listed once for all wishes. Where they are too many, each wish is searched in a
    worker of its own instead; equal plans become one with several names, and dominated ones are left out.
    The time limit counts for each wish.

    Raises
    ------
    RuleError
        `unknown_community`, `unknown_weight`, `weight_out_of_range`, `all_locked`, or a lock on what is not
        there.
    ProposalStopped
        `stopped`, when cancelled before there was any plan.
    """
    check_weights(settings.weights)
    workers.warm()
    ground = ground_of(path, settings.scenario)
    kept = keep_locks(path, settings, ground)
    if community in kept.settled:
        names = {item.code: item.name for item in list_communities(ground)}
        raise RuleError("all_locked", communities=[names.get(community, community)])
    problem = build_problems(ground, [community], settings, kept.locks).get(community)
    if problem is None:
        raise RuleError("unknown_community", communities=[community])
    params = Params(engine=settings.engine, time_limit_s=settings.time_limit_s)
    try:
        listed = run_one(
            _find_listed,
            problem,
            params,
            settings.seed,
            stop=stop,
            on_share=lambda share: on_progress(_progress(share)),
            workers=workers,
        )
        found = listed or _search_each(
            problem, params, settings, stop=stop, on_progress=on_progress, workers=workers
        )
    except Cancelled as error:
        raise ProposalStopped("stopped") from error
    return Alternatives(
        plans=_tell(found, problem, ground, kept, settings),
        why_few=_why_few(found, listed=bool(listed), stopped=stop()),
    )


def _tell(
    found: Sequence[Named], problem: Problem, ground: Ground, kept: KeptLocks, settings: Settings
) -> tuple[Alternative, ...]:
    place = next(item for item in list_communities(ground) if item.code == problem.name)
    mark = locks_mark(kept.wishes, place.code, place.cell_ids)
    best = found[0][1] if OWN in found[0][0] else None
    plans = []
    for at, (names, result) in enumerate(found):
        plan = under_locks(solved_plan(place, result, ground.today, kept.names), mark)
        plans.append(
            Alternative(
                presets=names,
                plan=plan,
                chosen=as_chosen(plan.certificates[0], names, result, best, settings.weights),
                totals=totals_of(result),
                settings=settings,
                held=kept,
                extra=extra_cost(result, best, settings.weights),
                gain=find_gain(result, found[0][1]) if at else "",
                households_apart=count_apart(problem, result.labels, found[0][1].labels),
            )
        )
    return tuple(plans)


def _why_few(found: Sequence[Named], *, listed: bool, stopped: bool) -> str:
    if len(found) >= FEWEST:
        return ""
    if stopped:
        return "stopped"
    if len(found) == 1 and n_grids_of(found[0][1]) <= 1:
        return "one_grid"
    return "same" if listed else "searched"


def _progress(share: float) -> Progress:
    total = len(PRESETS) + 1
    return Progress(stage="solve", done=int(share * total), total=total)


def _find_listed(problem: Problem, params: Params, seed: int, lifeline: Lifeline) -> tuple[Named, ...]:
    """Find the alternatives, in a worker; none where the groups are too many to list."""
    rng = np.random.default_rng(seed)
    prepared = prepare(problem, params, stop=lifeline.is_cut, rng=rng)
    if not prepared.complete:
        return ()
    found = choose_alternatives(
        prepared, problem, stop=lifeline.is_cut, on_step=lambda step: lifeline.tell(step.done)
    )
    named = drop_worse([(item.presets, item.result) for item in found])
    return (
        (*named, *_other_counts(prepared, problem, named, lifeline.is_cut)) if len(named) < FEWEST else named
    )


def _other_counts(prepared: Prepared, problem: Problem, found: Sequence[Named], stop: Stop) -> list[Named]:
    """Add the best plans of one grid more and one less until there are three in all."""
    patience = AnyOf(TimeLimit(_COUNT_PATIENCE_S), stop)
    sizes = {n_grids_of(result) for _, result in found}
    added: list[Named] = []
    first = n_grids_of(found[0][1])
    for count in (first + 1, first - 1):
        if (
            len(found) + len(added) >= FEWEST
            or problem.locks.n_grids is not None
            or count in sizes
            or count < 1
        ):
            continue
        result = plan_with(prepared, problem, count, stop=patience)
        if result is not None and result.status in ("optimal", "feasible"):
            added.append(((f"{OTHER}count_{count}",), result))
    return added


def _search_each(
    problem: Problem,
    params: Params,
    settings: Settings,
    *,
    stop: Stop,
    on_progress: OnProgress,
    workers: Workers,
) -> tuple[Named, ...]:
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
    return choose_different(problem, best_first(results, settings.weights))


def adopt(path: Path, scenario: str, alternative: Alternative, *, author: str = "") -> Outcome:
    """Store an alternative as its community's plan; the other communities keep what they have.

    What was proven of them under other rules or weights no longer counts as proven. `author` is who takes it,
    for the log.

    Raises
    ------
    RuleError
        `locks_changed` where other locks are in force than those it was found under.
    EditConflict
        `changed_meanwhile` where somebody edits at this moment.
    """
    started = time.perf_counter()
    settings = replace(alternative.settings, scenario=scenario)
    ground = ground_of(path, scenario)
    version = store.plan_version(path, scenario)
    locks = keep_locks(path, settings, ground)
    code = alternative.chosen.community_code
    place = next(item for item in list_communities(ground) if item.code == code)
    if not held_alike(alternative.held, locks, code, place.cell_ids):
        raise RuleError("locks_changed", community=place.name)
    kept = kept_plans(path, settings, ground)
    kept[code] = replace(alternative.plan, certificates=(alternative.chosen,))
    plan = join_plans(kept[item.code] or empty_plan(item, "not_solved") for item in list_communities(ground))
    runtime_s = time.perf_counter() - started
    return store_plan(
        path, settings, ground, plan, runtime_s=runtime_s, kept=locks, expected=version, author=author
    )
