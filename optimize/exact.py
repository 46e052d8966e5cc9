"""The exact engine: every contiguous group is listed, the best plan is chosen from them and proven.

A community is taken apart first: grids that are settled, then parts that no grid can span. Each part is
solved on its own, so what is impossible in one never spoils another. Districting by listing the districts
goes back to Garfinkel and Nemhauser (1970), doi:10.1287/mnsc.16.8.B495.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from optimize.assemble import build_result, label_grids
from optimize.checks import Layout, combine, count_range, explain_part, lay_out
from optimize.costs import total_cost
from optimize.groups import Groups
from optimize.locks import conflict
from optimize.params import OnStep, Params, Step
from optimize.parts import PartPlan, solve_part
from optimize.problem import Problem
from optimize.relax import relax_part
from optimize.result import Reason, Result, Stats
from optimize.stop import AnyOf, Stop, TimeLimit
from optimize.units import Units

_AROUND = {
    "oversize_cell",
    "cut_off_piece",
    "community_below_minimum",
    "arithmetic_gap",
    "no_combination",
    "locks_conflict",
}

_PROOF_SHARE = 0.6
"""Share of the time limit after which a part without any plan is left to the search."""

Fallback = Callable[[Units, int | None], PartPlan]
"""Plans a part, for a number of grids or None, when its groups are too many to list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What does not change during a run."""

    problem: Problem
    params: Params
    stop: Stop
    fallback: Fallback | None


@dataclass(slots=True, kw_only=True)
class _Tally:
    """What has been found so far, part by part."""

    layout: Layout
    plans: list[PartPlan] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)

    def add(self, plan: PartPlan, reasons: tuple[Reason, ...] = ()) -> None:
        self.plans.append(plan)
        known = {reason.code for reason in reasons}
        self.reasons += [*reasons, *(reason for reason in plan.reasons if reason.code not in known)]


def solve_exactly(
    problem: Problem,
    params: Params,
    *,
    stop: Stop,
    rng: np.random.Generator,
    on_step: OnStep | None = None,
) -> Result:
    """Find the best plan and prove it; parts whose groups are too many to list are left unassigned."""
    del rng  # nothing is left to chance here
    return run(problem, params, stop=stop, on_step=on_step, fallback=None)


def run(
    problem: Problem, params: Params, *, stop: Stop, on_step: OnStep | None, fallback: Fallback | None
) -> Result:
    """Solve part by part; `fallback` plans the parts whose groups are too many to list."""
    start = time.process_time()
    tell = on_step or (lambda _step: None)
    tell(Step(phase="checking", done=0.0))
    task = _Task(problem=problem, params=params, stop=stop, fallback=fallback)
    layout = lay_out(problem)
    tally = _Tally(layout=layout, reasons=list(layout.reasons))
    if not _solve_counted(task, tally):
        for at, part in enumerate(layout.parts):
            tell(Step(phase="choosing", done=at / len(layout.parts)))
            plan, reasons = _solve_free(task, part)
            tally.add(plan, reasons)
    result = assemble_plans(
        problem,
        layout.fixed,
        tally.plans,
        reasons=tally.reasons,
        stop=stop,
        cpu_s=time.process_time() - start,
    )
    tell(_last_step(result))
    return result


def _last_step(result: Result) -> Step:
    return Step(
        phase="done",
        done=1.0,
        objective=result.objective,
        lower_bound=result.lower_bound,
        n_groups=result.stats.n_groups,
    )


def _solve_counted(task: _Task, tally: _Tally) -> bool:
    """Solve all parts at once for the number of grids asked for, or the nearest; False if none works."""
    problem, parts = task.problem, tally.layout.parts
    if problem.locks.n_grids is None:
        return False
    rest = problem.locks.n_grids - len(tally.layout.fixed)
    counts = _possible_counts(problem, parts)
    for count in sorted(counts, key=lambda count: (abs(count - rest), count)):
        plan = _solve_or_fall_back(task, combine(parts), count)
        if plan.outcome == "impossible":
            continue
        if count != rest:
            tally.reasons.append(refuse_count(problem, nearest=count + len(tally.layout.fixed)))
        tally.add(plan)
        return True
    if parts or rest != 0:
        tally.reasons.append(refuse_count(problem))
    return False


def _possible_counts(problem: Problem, parts: tuple[Units, ...]) -> range:
    """Give the numbers of grids that arithmetic allows; none when a part cannot be divided at all."""
    low, high = problem.min_households, problem.max_households
    ranges = [count_range(part.total, low, high) for part in parts]
    if not parts or any(fewest > most for fewest, most in ranges):
        return range(0)
    most_units = sum(len(part) for part in parts)
    fewest, most = sum(fewest for fewest, _ in ranges), sum(most for _, most in ranges)
    return range(fewest, min(most, most_units) + 1)


def refuse_count(problem: Problem, **facts: object) -> Reason:
    """Say that no plan has the number of grids asked for; `nearest` is the one that the plan has instead."""
    return conflict("n_grids", "no_plan", (), n_grids=problem.locks.n_grids, **facts)


def _solve_or_fall_back(task: _Task, units: Units, n_grids: int | None) -> PartPlan:
    """Solve a part, by the fallback if its groups are too many or time runs short, and say why unproven."""
    plan = solve_part(task.problem, units, task.params, _patience(task), n_grids)
    late = plan.outcome == "unknown" and task.fallback is not None and not task.stop()
    if plan.outcome != "too_many" and not late:
        return plan
    facts = {"n_groups": plan.n_groups, "max_groups": task.params.max_groups}
    reason = Reason(code="time_limit" if late else "too_many_groups", cells=units.all_cells(), facts=facts)
    if task.fallback is None:
        return replace(plan, reasons=(reason,))
    found = task.fallback(units, n_grids)
    # What is known of all plans of the part stays true, whoever finds the plan.
    found = replace(found, n_groups=plan.n_groups, bound=max(found.bound, plan.bound))
    return found if found.outcome == "best" else replace(found, reasons=(*found.reasons, reason))


def _patience(task: _Task) -> Stop:
    """Give the stop of the proof: where a search can follow, it must leave time for it."""
    if task.fallback is None or task.params.time_limit_s is None:
        return task.stop
    return AnyOf(TimeLimit(_PROOF_SHARE * task.params.time_limit_s), task.stop)


def _solve_free(task: _Task, units: Units) -> tuple[PartPlan, tuple[Reason, ...]]:
    """Solve one part with any number of grids; around what is impossible, if need be."""
    if explain_part(task.problem, units) is None:
        plan = _solve_or_fall_back(task, units, None)
        if plan.outcome != "impossible":
            return plan, ()
    relaxed = relax_part(task.problem, units, task.params, task.stop)
    if not relaxed.plan.grids and task.fallback is not None:
        return task.fallback(units, None), relaxed.reasons
    return relaxed.plan, relaxed.reasons


def assemble_plans(
    problem: Problem,
    fixed: Sequence[frozenset[int]],
    plans: Sequence[PartPlan],
    *,
    reasons: Sequence[Reason],
    stop: Stop,
    cpu_s: float,
) -> Result:
    """Put the settled grids and the plans of all parts together into one result."""
    settled = Groups.from_sets([sorted(cells) for cells in fixed], problem.households)
    grids = [*map(sorted, fixed), *(cells for plan in plans for cells in plan.grids)]
    proven = all(plan.outcome == "best" for plan in plans)
    told = [
        replace(reason, facts={**reason.facts, "rest_proven": proven}) if reason.code in _AROUND else reason
        for reason in reasons
    ]
    if not proven and stop():
        told.append(Reason(code="stopped"))
    return build_result(
        problem,
        label_grids(problem.n_cells, grids),
        lower_bound=float(total_cost(problem, settled).sum()) + sum(plan.bound for plan in plans),
        proven=proven,
        reasons=told,
        stats=Stats(
            engine="exact" if all(plan.engine == "exact" for plan in plans) else "search",
            seed=0,
            cpu_s=cpu_s,
            n_groups=sum(plan.n_groups for plan in plans),
            n_columns=sum(plan.n_columns for plan in plans),
            truncated=any(plan.outcome == "too_many" or plan.engine != "exact" for plan in plans),
        ),
    )
