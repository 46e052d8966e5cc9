"""One lever over a range: a plan behind every point, all solved side by side on all cores."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scenarios.comparison.services import indicators_of
from scenarios.levers.answer import join_answers, outcome_of, solve_open
from scenarios.levers.codes import follow_codes
from scenarios.levers.errors import TreeError
from scenarios.levers.known import known_answers
from scenarios.levers.lever import Lever
from scenarios.levers.pose import Posed, pose, pose_stored, read_filed
from scenarios.levers.registry import merge
from scenarios.levers.workers import NAME as WORKERS
from scenarios.levers.workers import read_levers
from scenarios.money.read import services_of
from scenarios.outcome import Outcome, Plan
from scenarios.plan import kept_plans
from scenarios.propose import OnProgress
from scenarios.run import Stop
from scenarios.store import read_outcome
from scenarios.workers import Workers

MOST_POINTS = 40
TIME_LIMIT_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One value of the lever, the levers that it stands for, and what they lead to.

    `services` are the indicators of what the scenario would have and cost.
    """

    value: float
    levers: tuple[Lever, ...]
    outcome: Outcome
    services: Mapping[str, float | None] = field(default_factory=dict)


def read_range(text: str) -> tuple[float, ...]:
    """Read `FROM..TO/STEP`.

    Raises
    ------
    TreeError
        `range_empty` for a range without values, or with too many.
    """
    try:
        ends, _, step = text.partition("/")
        low, _, high = ends.partition("..")
        return spread(float(low), float(high), float(step))
    except ValueError:
        raise TreeError("range_empty", given=text) from None


def spread(low: float, high: float, step: float) -> tuple[float, ...]:
    """Give the values from one end to the other.

    Raises
    ------
    TreeError
        `range_empty`.
    """
    if not step > 0 or not high >= low or (high - low) / step >= MOST_POINTS:
        raise TreeError("range_empty", given=f"{low}..{high}/{step}")
    return tuple(round(low + at * step, 9) for at in range(int((high - low) / step + 1e-9) + 1))


def levers_at(path: Path, name: str, template: str, value: float) -> tuple[Lever, ...]:
    """Give the levers of a template such as `weight.moved={x}` or `workers={x}` at a value.

    No more workers and no fewer change nothing.

    Raises
    ------
    LeverError
        As for `read_levers`.
    """
    shown = str(int(value)) if value == int(value) else str(value)
    if template.startswith(f"{WORKERS}=") and value == 0:
        return ()
    return read_levers(path, name, template.replace("{x}", shown))


def vary(  # noqa: PLR0913 - the last four are what every long task takes
    path: Path,
    name: str,
    template: str,
    values: Sequence[float],
    *,
    stop: Stop,
    on_progress: OnProgress,
    workers: Workers | None,
    time_limit_s: float = TIME_LIMIT_S,
) -> tuple[Point, ...]:
    """Work out what a scenario would be with a lever at each value.

    The scenario itself stays as it is; what is solved is remembered, so keeping a point costs nothing.

    Raises
    ------
    LeverError, RuleError
        A value that the lever cannot have.
    ProposalStopped
        `stopped`.
    """
    filed = read_filed(path, name)
    levers = [levers_at(path, name, template, value) for value in values]
    posed = [pose(path, filed, time_limit_s=time_limit_s, extra=some) for some in levers]
    own = read_outcome(path, name)
    marks = pose_stored(path, name, time_limit_s=time_limit_s).marks
    kept = [_kept(question, own, marks) for question in posed]
    started = time.perf_counter()
    found = _solve(path, posed, kept, stop=stop, on_progress=on_progress, workers=workers)
    spent_s = time.perf_counter() - started
    points = []
    for value, some, question, plans in zip(values, levers, posed, kept, strict=True):
        outcome = _outcome(question, plans, found, own, spent_s)
        all_levers = merge(filed.levers, some)
        services = services_of(path, name, question.standing.ground, outcome, all_levers)
        points.append(Point(value=value, levers=some, outcome=outcome, services=indicators_of(services)))
    return tuple(points)


def _kept(posed: Posed, own: Outcome | None, marks: Mapping[str, str]) -> dict[str, Plan]:
    """Give the scenario's own plans, which stay where a value of the lever changes nothing."""
    plans = kept_plans(posed.communities, own) if own is not None else {}
    return {code: plan for code, plan in plans.items() if marks.get(code) == posed.marks.get(code)}


def _solve(
    path: Path,
    posed: Sequence[Posed],
    kept: Sequence[Mapping[str, Plan]],
    *,
    stop: Stop,
    on_progress: OnProgress,
    workers: Workers | None,
) -> dict[str, Plan]:
    """Find the plans of all points by their digests: those known, and the others solved at once."""
    found: dict[str, Plan] = {}
    wanted: dict[int, dict[str, tuple[Posed, str]]] = {}
    for question, own in zip(posed, kept, strict=True):
        rest = [code for code in question.asked if code not in own]
        known = known_answers(path, question, rest)
        found |= {question.marks[code]: plan for code, plan in known.items()}
        for code in rest:
            if code not in known:
                of_seed = wanted.setdefault(question.settings.seed, {})
                of_seed[question.marks[code]] = (question, code)
    for items in wanted.values():
        found |= solve_open(path, items, stop=stop, on_progress=on_progress, workers=workers)
    return found


def _outcome(
    posed: Posed, kept: Mapping[str, Plan], found: Mapping[str, Plan], own: Outcome | None, spent_s: float
) -> Outcome:
    """Give the outcome of a point; its codes follow the scenario that would be its parent."""
    answered = {code: found[mark] for code, mark in posed.marks.items() if code not in kept and mark in found}
    plan = join_answers(posed, kept, follow_codes(posed, answered, own))
    return outcome_of(posed, plan, runtime_s=spent_s)
