"""The engines and their front door, `solve`.

To add an engine, write a file with such a function and one line in `ENGINES`. An engine takes a `Problem`
and `Params` and gives a `Result`; it asks `stop()` often, reports to `on_step`, draws all chance from `rng`,
and never calls a plan proven unless it is. The contract test runs over every engine listed here.
"""

import importlib
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Protocol, cast

import numpy as np

from optimize.errors import ProblemError
from optimize.params import OnStep, Params, Step
from optimize.problem import Problem
from optimize.result import Result
from optimize.stop import AnyOf, Never, Stop, TimeLimit
from optimize.validate import validate_problem

__all__ = ["ENGINES", "AnyOf", "Never", "Params", "Step", "TimeLimit", "solve"]


class Engine(Protocol):
    """A way to solve a problem."""

    def __call__(
        self,
        problem: Problem,
        params: Params,
        *,
        stop: Stop,
        rng: np.random.Generator,
        on_step: OnStep | None = None,
    ) -> Result:
        """Solve the problem."""


ENGINES: Mapping[str, str] = MappingProxyType(
    {
        "exact": "optimize.exact:solve_exactly",
        "search": "optimize.search:search",
    }
)
"""Engine name → `module:function`; imported when asked for, as compiled kernels take time to load."""


def load_engine(name: str) -> Engine:
    """Import the engine of that name.

    Raises
    ------
    ProblemError
        `unknown_engine`.
    """
    if name not in ENGINES:
        raise ProblemError("unknown_engine", engine=name, engines=tuple(ENGINES))
    module, function = ENGINES[name].split(":")
    return cast("Engine", getattr(importlib.import_module(module), function))


def solve(
    problem: Problem,
    params: Params,
    *,
    stop: Stop,
    rng: np.random.Generator,
    on_step: OnStep | None = None,
) -> Result:
    """Propose the grids of one community, with a certificate.

    Parameters
    ----------
    problem
        The question.
    params
        The engine and its options; `auto` is exact where every group can be listed, else search.
    stop
        Asked often; once it says yes, the best plan so far is returned.
    rng
        The only source of chance: same problem, same seed, same plan (unless a time limit cuts in).
    on_step
        Told about progress.

    Raises
    ------
    ProblemError
        The arrays contradict each other, or a name is unknown.
    Cancelled
        Stopped before there was any plan.
    """
    validate_problem(problem)
    if params.time_limit_s is not None:
        stop = AnyOf(TimeLimit(params.time_limit_s), stop)
    stop()  # starts the clock of time limits
    if params.engine != "auto":
        return load_engine(params.engine)(problem, params, stop=stop, rng=rng, on_step=on_step)
    exact = load_engine("exact")(
        problem, replace(params, engine="exact"), stop=stop, rng=rng, on_step=on_step
    )
    if not exact.stats.truncated:
        return exact
    searched = load_engine("search")(
        problem, replace(params, engine="search"), stop=stop, rng=rng, on_step=on_step
    )
    return better(exact, searched)


def better(first: Result, second: Result) -> Result:
    """Give the better of two results of one problem: fewer broken rules, then the lower objective.

    Both lower bounds hold for the question as asked unless a result is `relaxed`, so the higher one is kept.
    """
    winner = min(first, second, key=lambda result: (len(result.violations), result.objective))
    if winner.status != "feasible" or "relaxed" in {first.status, second.status}:
        return winner
    bound = min(max(first.lower_bound, second.lower_bound), winner.objective)
    gap = (winner.objective - bound) / winner.objective if winner.objective > 0 else 0.0
    return replace(winner, lower_bound=bound, gap=gap)
