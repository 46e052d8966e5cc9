"""Several different plans of one community: each the best under other wishes, none dominated by another.

The groups are listed and measured once; each weighting is then a product and a small integer programme.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from optimize.assemble import build_result
from optimize.costs import COSTS
from optimize.errors import Cancelled
from optimize.groups import Groups
from optimize.live import SideOf, ValueOf, choose_counted, choose_within, complete, reprice, to_result
from optimize.params import OnStep, Params, Step
from optimize.prepared import Prepared, prepare
from optimize.problem import IntArray, Problem
from optimize.question import Question, ask
from optimize.result import Result
from optimize.stop import AnyOf, Stop, TimeLimit

OWN = "own"
"""Name of the plan under the problem's own weights."""

PRESETS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "short_borders": {"boundary": 2.0},
        "compact": {"boundary": 0.5, "compactness": 2.0, "polsby_popper": 1.0},
        "stable": {"boundary": 0.5, "moved": 1.0},
        "balanced": {"boundary": 0.5, "target_size": 3.0},
        "whole_compounds": {"boundary": 0.5, "compound_splits": 4.0},
    }
)
"""Name of a wish → the weights that stand for it."""

LEAST_DIFFERENT = 0.1
"""Share of the households that have another grid in a plan that is offered only because it differs."""

_ALIKE = 0.02  # share of the households below which two plans count as alike
_FEWEST = 3
_NOTHING: IntArray = np.zeros(0, np.int64)
_TRACE = 0.02  # weight of every other cost: what is best under weights all above zero is dominated by nothing
_SAME = 1e-6  # relative: the costs of two plans count as equal within this


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One plan to choose from.

    Attributes
    ----------
    presets
        The wishes under which this plan is the best: names of `PRESETS`, `own`; or one of `other_1`, … for
        the best plan that differs from all those before it by `LEAST_DIFFERENT`.
    weights
        The weights of its certificate.
    result
        The plan; objective, bound and proof are those under `weights`. A plan offered only because it
        differs is never called proven: its bound is that of the best plan.
    totals
        Cost name → value of the whole plan, unweighted, for every cost.
    apart_hh
        Households that have another grid than in the first alternative, counted like `moved`.
    best_apart
        Whether no plan that differs as much is cheaper; None for all others.
    """

    presets: tuple[str, ...]
    weights: Mapping[str, float]
    result: Result
    totals: Mapping[str, float]
    apart_hh: int
    best_apart: bool | None = None

    @property
    def preset(self) -> str:
        """The first of its names."""
        return self.presets[0]


def find_alternatives(
    problem: Problem,
    params: Params,
    *,
    stop: Stop,
    rng: np.random.Generator,
    on_step: OnStep | None = None,
) -> tuple[Alternative, ...]:
    """Find three to six different plans of a community, the one under its own weights first.

    Plans that equal an earlier one give it another name instead; plans that are dominated (no better in any
    cost that some weighting looks at, worse in one) are left out. Where fewer than three remain and every
    group could be listed, the cheapest plans that differ enough are added. Stopped early, those found so
    far are given. `params.time_limit_s` counts for each wish.

    Raises
    ------
    Cancelled
        Stopped before there was any plan.
    """
    if on_step is not None:
        on_step(Step(phase="listing", done=0.0))
    prepared = prepare(problem, params, stop=stop, rng=rng)
    return choose_alternatives(prepared, problem, stop=stop, on_step=on_step)


def choose_alternatives(
    prepared: Prepared, problem: Problem, *, stop: Stop, on_step: OnStep | None = None
) -> tuple[Alternative, ...]:
    """Find the different plans of a community that is prepared already; `problem` has the locks to keep.

    Raises
    ------
    Cancelled
        Stopped before there was any plan.
    """
    tell = on_step or (lambda _step: None)
    wishes = _list_wishes(problem)
    desk = _Desk(prepared=prepared, problem=problem, question=ask(prepared, problem), known=[])
    results: dict[str, Result] = {}
    for at, (name, weights) in enumerate(wishes.items()):
        tell(Step(phase="choosing", done=at / len(wishes)))
        if results and stop():
            break
        result = _answer(desk, weights, stop)
        if result is not None and result.status != "none":
            results[name] = result
    if not results:
        raise Cancelled("stopped")
    kept = _drop_alike(problem, _drop_dominated(_merge(problem, wishes, results), _concerned(wishes)))
    if len(kept) < _FEWEST and OWN in results:
        kept += _add_different(prepared, replace(problem, weights=wishes[OWN]), kept, results[OWN], stop)
    tell(Step(phase="done", done=1.0))
    return tuple(kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What all wishes share; `known` collects the plans found, as positions of the prepared groups."""

    prepared: Prepared
    problem: Problem
    question: Question | None
    known: list[IntArray]


def _answer(desk: _Desk, weights: Mapping[str, float], stop: Stop) -> Result | None:
    """Find the best plan under some weights, starting from the best one known; None if stopped before any."""
    prepared, question = desk.prepared, desk.question
    problem = replace(desk.problem, weights=dict(weights))
    limit = TimeLimit(np.inf if prepared.params.time_limit_s is None else prepared.params.time_limit_s)
    patience = AnyOf(limit, stop)
    patience()  # the clock starts now
    if question is not None:
        started = time.process_time()
        priced = reprice(prepared, weights, patience)
        start = min(desk.known, key=lambda chosen: priced.cost[chosen].sum(), default=_NOTHING)
        choice, reasons = choose_counted(prepared, priced, question, patience, start)
        if len(choice.chosen):
            desk.known.append(choice.chosen)
            reasons = (*question.reasons, *reasons)
            return to_result(prepared, problem, choice, reasons=reasons, stop=patience, started=started)
    try:
        return complete(prepared, desk.problem.locks, weights, stop=stop)
    except Cancelled:
        return None


def _list_wishes(problem: Problem) -> Mapping[str, Mapping[str, float]]:
    """Give the weightings that mean something here: nobody can stay where there are no grids today."""
    presets = dict(PRESETS)
    if (problem.today_idx < 0).all():
        del presets["stable"]
    if (problem.compound_idx < 0).all():
        del presets["whole_compounds"]
    own = {name: weight for name, weight in problem.weights.items() if weight}
    looked_at = {*own, *(name for weights in presets.values() for name in weights)}
    trace = {name: _TRACE for name in COSTS if name in looked_at}
    return {OWN: own} | {name: trace | dict(weights) for name, weights in presets.items()}


def _concerned(wishes: Mapping[str, Mapping[str, float]]) -> tuple[str, ...]:
    return tuple(name for name in COSTS if any(weights.get(name) for weights in wishes.values()))


def _merge(
    problem: Problem, wishes: Mapping[str, Mapping[str, float]], results: Mapping[str, Result]
) -> list[Alternative]:
    """Make alternatives, each partition once, under all its names."""
    found: list[Alternative] = []
    for name, result in results.items():
        same = [at for at, item in enumerate(found) if np.array_equal(item.result.labels, result.labels)]
        if same:
            found[same[0]] = replace(found[same[0]], presets=(*found[same[0]].presets, name))
            continue
        first = found[0].result.labels if found else result.labels
        found.append(_make(problem, (name,), wishes[name], result, first))
    return found


def _make(
    problem: Problem,
    presets: tuple[str, ...],
    weights: Mapping[str, float],
    result: Result,
    first: IntArray,
    best_apart: bool | None = None,
) -> Alternative:
    return Alternative(
        presets=presets,
        weights=dict(weights),
        result=result,
        totals={name: float(values.sum()) for name, values in result.costs.items()},
        apart_hh=count_apart(problem, result.labels, first),
        best_apart=best_apart,
    )


def count_apart(problem: Problem, labels: IntArray, other: IntArray) -> int:
    """Count the households that have another grid in one plan than in another, by the rule of `moved`."""
    groups = Groups.from_labels(labels, problem.households)
    return int(COSTS["moved"].per_group(replace(problem, today_idx=other), groups).sum())


def _drop_dominated(found: Sequence[Alternative], concerned: Sequence[str]) -> list[Alternative]:
    """Leave out what is dominated; its names go to a plan that dominates it where that is as good."""
    kept = [
        item
        for item in found
        if not any(dominates(other.totals, item.totals, concerned) for other in found if other is not item)
    ]
    for item in found:
        if all(item is not other for other in kept):
            kept = [_inherit(other, item, concerned) for other in kept]
    return kept


def _inherit(kept: Alternative, dropped: Alternative, concerned: Sequence[str]) -> Alternative:
    """Pass the names on to a plan that is better and, under the wish of the dropped one, just as good."""
    cost = sum(
        weight * COSTS[name].metres_per_unit * kept.totals[name] for name, weight in dropped.weights.items()
    )
    if cost <= dropped.result.objective * (1 + _SAME) and dominates(kept.totals, dropped.totals, concerned):
        return replace(kept, presets=(*kept.presets, *dropped.presets))
    return kept


def _drop_alike(problem: Problem, found: Sequence[Alternative]) -> list[Alternative]:
    """Leave out plans that nobody could tell from an earlier one, by the households that change grid."""
    least = _ALIKE * float(problem.households.sum())
    kept: list[Alternative] = []
    for item in found:
        labels = item.result.labels
        if all(count_apart(problem, labels, other.result.labels) >= least for other in kept):
            kept.append(item)
    return kept


def dominates(one: Mapping[str, float], other: Mapping[str, float], concerned: Sequence[str]) -> bool:
    """Tell whether one plan is worse in nothing and better in something, differences of rounding apart."""
    gains = [(other[name] - one[name]) / max(1.0, abs(other[name]), abs(one[name])) for name in concerned]
    return min(gains) >= -_SAME and max(gains) > _SAME


def _add_different(
    prepared: Prepared, problem: Problem, kept: Sequence[Alternative], best: Result, stop: Stop
) -> list[Alternative]:
    """Find the cheapest plans that differ from all before them, until there are three in all.

    `best` is the best plan under the weights of the problem, whose bound holds for these too.
    """
    added: list[Alternative] = []
    question = ask(prepared, problem)
    if question is None or len(prepared.groups) == 0:
        return added
    priced = reprice(prepared, problem.weights, stop)
    while len(kept) + len(added) < _FEWEST and not stop():
        sides = [_differ_from(problem, item.result.labels) for item in (*kept, *added)]
        choice = choose_within(prepared, priced, question, stop, sides=sides)
        if len(choice.chosen) == 0:
            break
        plan = to_result(
            prepared, problem, choice, reasons=question.reasons, stop=stop, started=time.process_time()
        )
        result = build_result(
            problem,
            plan.labels,
            lower_bound=best.lower_bound,
            proven=False,
            reasons=plan.reasons,
            stats=plan.stats,
        )
        name = f"other_{len(added) + 1}"
        added.append(_make(problem, (name,), problem.weights, result, best.labels, choice.status == "best"))
    return added


def _differ_from(problem: Problem, labels: IntArray) -> SideOf:
    return SideOf(
        value=ValueOf("moved", replace(problem, today_idx=labels)),
        lower=LEAST_DIFFERENT * float(problem.households.sum()),
    )
