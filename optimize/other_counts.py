"""The best plan of another number of grids: one more or one less is a choice that every planner knows."""

import time
from dataclasses import replace

from optimize.live import choose_within, reprice, to_result
from optimize.prepared import Prepared
from optimize.problem import Problem
from optimize.question import ask
from optimize.result import Result
from optimize.stop import Stop


def plan_with(prepared: Prepared, problem: Problem, n_grids: int, *, stop: Stop) -> Result | None:
    """Find the best plan of so many grids under a problem's own weights and locks.

    Returns
    -------
    Result or None
        Objective, bound and proof are those among the plans of so many grids; None where there is none, where
        the prepared groups cannot tell, or where it was stopped before there was one.
    """
    wanted = replace(problem, locks=replace(problem.locks, n_grids=n_grids))
    question = ask(prepared, wanted)
    if question is None or len(prepared.groups) == 0:
        return None
    started = time.process_time()
    choice = choose_within(prepared, reprice(prepared, problem.weights, stop), question, stop)
    if len(choice.chosen) == 0:
        return None
    found = to_result(prepared, wanted, choice, reasons=question.reasons, stop=stop, started=started)
    return found if int(found.labels.max(initial=-1)) + 1 == n_grids else None
