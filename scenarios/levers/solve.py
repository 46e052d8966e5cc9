"""Solve the communities that levers reach, and keep the limit on who may change grid."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from optimize.engines import solve
from optimize.first import solve_first
from optimize.problem import IntArray, Problem
from optimize.result import Reason, Result
from scenarios.chosen import cost_of
from scenarios.levers.marks import Asked
from scenarios.run import Stop, solve_all
from scenarios.workers import Workers

OnSolved = Callable[[str, Result | None], None]

_STEPS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""What is added to the weight of `moved`, step by step, until few enough households change grid."""
_TOLERANCE = 1e-9


def solve_asked(
    asked: Mapping[str, Asked], *, stop: Stop, on_done: OnSolved, workers: Workers | None
) -> dict[str, Result | None]:
    """Solve communities, in processes of their own where there are several and workers are given.

    A community with a limit on who may change grid is solved again and again with a growing weight of `moved`
    until its plan keeps the limit; its certificate then speaks of its own weights.

    Returns
    -------
    dict
        Community code → result, None for one whose engine failed; those that a stop came before are left out.
    """
    results = _solve({code: item.problem for code, item in asked.items()}, asked, stop, on_done, workers)
    best = dict(results)
    open_codes = [code for code in asked if not _keeps(asked[code], results.get(code))]
    for step in _STEPS:
        if not open_codes or stop():
            break
        heavier = {code: _heavier(asked[code].problem, step) for code in open_codes}
        tried = _solve(heavier, asked, stop, lambda _code, _result: None, workers)
        for code in list(open_codes):
            result = tried.get(code)
            if result is None:
                continue
            results[code] = result
            if _keeps(asked[code], result):
                open_codes.remove(code)
    for code, result in results.items():
        first = best.get(code)
        if asked[code].most_moved is not None and result is not None and first is not None:
            results[code] = _certified(asked[code], result, first, unmet=code in open_codes)
    return results


def solve_asked_first(
    asked: Mapping[str, Asked], starts: Mapping[str, IntArray], *, limit_s: float, stop: Stop
) -> dict[str, tuple[Result, bool]]:
    """Give every community a first answer, one after the other, and tell which need no second one.

    Parameters
    ----------
    starts
        Community code → int64 (n,), the plan of a question like this one, -1 where a cell was not in it.
    limit_s
        See `optimize.first.solve_first`.

    Raises
    ------
    Cancelled
        Stopped before there was any plan.
    """
    found: dict[str, tuple[Result, bool]] = {}
    for code, item in asked.items():
        start = starts.get(code)
        first, is_last = solve_first(item.problem, start, limit_s=limit_s, stop=stop, seed=item.seed)
        result = first
        for step in _STEPS:
            if _keeps(item, result):
                break
            heavier = _heavier(item.problem, step)
            result, is_last = solve_first(heavier, start, limit_s=limit_s, stop=stop, seed=item.seed)
        if item.most_moved is not None:
            result = _certified(item, result, first, unmet=not _keeps(item, result))
        found[code] = result, is_last
    return found


def moved_share(problem: Problem, result: Result) -> float:
    """Give the share of the households with a grid today that change it, 0 to 1."""
    known = int(problem.households[problem.today_idx >= 0].sum())
    return float(np.sum(result.costs["moved"])) / known if known else 0.0


def _solve(
    problems: Mapping[str, Problem],
    asked: Mapping[str, Asked],
    stop: Stop,
    on_done: OnSolved,
    workers: Workers | None,
) -> dict[str, Result | None]:
    if not problems:
        return {}
    first = asked[next(iter(problems))]
    # One community alone is not worth starting processes for, but those that run keep this one free.
    if workers is not None and (len(problems) > 1 or workers.is_warm):
        return solve_all(problems, first.params, seed=first.seed, stop=stop, on_done=on_done, workers=workers)
    results: dict[str, Result | None] = {}
    for code, problem in problems.items():
        if stop():
            break
        result = solve(problem, first.params, stop=stop, rng=np.random.default_rng(first.seed))
        results[code] = result
        on_done(code, result)
    return results


def _keeps(asked: Asked, result: Result | None) -> bool:
    if asked.most_moved is None or result is None:
        return True
    return moved_share(asked.problem, result) <= asked.most_moved + _TOLERANCE


def _heavier(problem: Problem, step: float) -> Problem:
    return replace(problem, weights={**problem.weights, "moved": problem.weights.get("moved", 0.0) + step})


def _certified(asked: Asked, result: Result, first: Result, *, unmet: bool) -> Result:
    """Certify a plan by its community's own weights: a bound over all plans holds within a limit too."""
    facts = {"most_moved": asked.most_moved, "share": round(moved_share(asked.problem, result), 4)}
    if unmet:
        return replace(result, reasons=(*result.reasons, Reason(code="keep_today_unmet", facts=facts)))
    if result is first:
        return result
    objective = cost_of(result, asked.problem.weights)
    bound = first.lower_bound if first.status != "relaxed" and result.status != "relaxed" else math.nan
    gap = (objective - bound) / objective if objective > 0 and not math.isnan(bound) else math.nan
    return replace(
        result,
        status="feasible" if result.status == "optimal" else result.status,
        objective=objective,
        lower_bound=bound,
        gap=max(0.0, gap) if not math.isnan(gap) else gap,
        proven=False,
        reasons=(*result.reasons, Reason(code="keep_today_by_weight", facts=facts)),
    )
