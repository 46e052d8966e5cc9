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

from optimize.errors import Cancelled, ProblemError
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
        "auto": "optimize.auto:solve_automatically",
        "exact": "optimize.exact:solve_exactly",
        "columns": "optimize.auto:solve_by_columns",
        "search": "optimize.search:search",
        "ward": "optimize.ward:cluster",
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
    engine = load_engine(params.engine)
    limit = TimeLimit(np.inf if params.time_limit_s is None else params.time_limit_s)
    limit()  # the clock starts now
    result = engine(problem, params, stop=AnyOf(limit, stop), rng=rng, on_step=on_step)
    if result.status == "none" and stop():
        raise Cancelled("stopped")
    return _name_time_limit(result) if limit() and not stop() else result


def _name_time_limit(result: Result) -> Result:
    """Say that it was the clock that stopped the engine: an engine itself cannot know."""
    reasons = tuple(
        replace(reason, code="time_limit") if reason.code == "stopped" else reason
        for reason in result.reasons
    )
    return replace(result, reasons=reasons)
