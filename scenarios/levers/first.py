"""A first answer to a scenario in a fraction of a second; `answer` proves it or finds a better one."""

import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from optimize.problem import IntArray
from optimize.result import Reason, Result
from scenarios.levers.answer import (
    Answered,
    Work,
    find_parts,
    is_out_of_date,
    join_answers,
    plan_of,
    store_answer,
)
from scenarios.levers.codes import follow_codes
from scenarios.levers.known import plan_to_json
from scenarios.levers.pose import Filed, Posed, pose, read_filed
from scenarios.levers.solve import solve_asked_first
from scenarios.outcome import Outcome
from scenarios.project.connect import reading
from scenarios.project.layers import cells_cut_from
from scenarios.run import Stop

LIMIT_S = 0.15
"""Seconds for each attempt at a community: what is found by then is nearly always within a hundredth."""

TIME_LIMIT_S = 60.0
_CUT_SHORT = frozenset({"time_limit", "stopped", "too_many_groups"})


def answer_first(
    path: Path,
    name: str,
    *,
    stop: Stop,
    limit_s: float = LIMIT_S,
    time_limit_s: float = TIME_LIMIT_S,
    author: str = "",
) -> Answered:
    """Give a scenario, and before it its parent, a plan at once and store it.

    Communities that no lever reaches keep theirs, what is known is taken, and the rest begin with the plan
    that they had. What is not the last word is named in `Answered.pending`, says so in its certificate, is
    neither remembered nor handed on as an answer: `answer` takes it up from there.

    Parameters
    ----------
    limit_s
        Wall-clock seconds for each attempt at a community.
    time_limit_s
        The limit under which `answer` will be asked: part of the question.
    author
        Who asks, for the history.

    Raises
    ------
    Cancelled
        Stopped before there was any plan; nothing is stored.
    UnknownScenario, LeverError, RuleError, EditConflict, StoreError
        As for `answer`.
    """
    filed = read_filed(path, name)
    if filed.parent is not None and _has_changed(path, read_filed(path, filed.parent)):
        answer_first(path, filed.parent, stop=stop, limit_s=limit_s, time_limit_s=time_limit_s, author=author)
        filed = read_filed(path, name)
    started = time.perf_counter()
    posed = pose(path, filed, time_limit_s=time_limit_s)
    parts = find_parts(path, filed, posed)
    results = solve_asked_first(
        {code: posed.asked[code] for code in parts.open_codes},
        {code: _start(posed, code, (parts.own, parts.parent)) for code in parts.open_codes},
        limit_s=limit_s,
        stop=stop,
    )
    pending = [code for code, (_, is_last) in results.items() if not is_last]
    plans = {
        code: plan_of(posed, code, result if is_last else _named_first(result))
        for code, (result, is_last) in results.items()
    }
    outcome = store_answer(
        path,
        filed,
        posed,
        join_answers(posed, parts.kept, follow_codes(posed, {**parts.known, **plans}, parts.parent)),
        Work(runtime_s=time.perf_counter() - started, author=author),
        pending=pending,
        known={posed.marks[code]: plan_to_json(plans[code]) for code in plans if code not in pending},
    )
    return Answered(
        outcome=outcome,
        kept=tuple(parts.kept),
        known=tuple(parts.known),
        solved=tuple(parts.open_codes),
        pending=tuple(pending),
    )


def _has_changed(path: Path, filed: Filed) -> bool:
    with reading(path) as connection:
        return is_out_of_date(filed, cells_cut_from(connection))


def _start(posed: Posed, code: str, before: Iterable[Outcome | None]) -> IntArray:
    """Give the plan that the cells of a community had, -1 for a cell that was not there or in no grid.

    The scenario's own plan comes before its parent's: a lever taken back is mended from where it is now.
    """
    cells = posed.asked[code].community.cell_ids
    for outcome in before:
        if outcome is None:
            continue
        grid_of = dict(zip(outcome.cells["cell_id"].astype(str), outcome.cells["grid_code"], strict=True))
        codes = [grid_of.get(cell) for cell in cells]
        if any(isinstance(item, str) for item in codes):
            number: dict[str, int] = {}
            labels = [number.setdefault(item, len(number)) if isinstance(item, str) else -1 for item in codes]
            return np.array(labels, np.int64)
    return np.full(len(cells), -1, np.int64)


def _named_first(result: Result) -> Result:
    """Say that more is to come, instead of what cut the result short; one that is proven is best already."""
    if result.proven:
        return result
    reasons = [reason for reason in result.reasons if reason.code not in _CUT_SHORT]
    return replace(result, reasons=(*reasons, Reason(code="first_answer")))
