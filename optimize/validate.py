"""Check at the door that the arrays of a problem fit together; all faults in one error."""

import numpy as np

from optimize.costs import COSTS
from optimize.errors import ProblemError
from optimize.problem import PER_CELL, PER_EDGE, Problem

_SIGNED = frozenset({"x_m", "y_m", "compound_idx", "today_idx"})
_NUMBERS = ("residents_reference", "members_needed", "institutions_per_grid")


def validate_problem(problem: Problem) -> None:
    """Raise one error that lists everything wrong with the arrays.

    Raises
    ------
    ProblemError
        `bad_problem`, with `faults`: a tuple of (code, name) pairs.
    """
    faults = _check_arrays(problem) or _check_edges(problem)
    faults += _check_band(problem) + _check_numbers(problem) + _check_weights(problem) + _check_locks(problem)
    if faults:
        raise ProblemError("bad_problem", problem=problem.name, faults=tuple(faults))


def _check_arrays(problem: Problem) -> list[tuple[str, str]]:
    n_cells, n_edges = problem.n_cells, len(problem.edges)
    faults = [("no_cells", "households")] if n_cells == 0 else []
    if problem.edges.ndim != 2 or problem.edges.shape[1] != 2:
        return [*faults, ("wrong_shape", "edges")]
    for names, length in ((PER_CELL, n_cells), (PER_EDGE, n_edges)):
        faults += [("wrong_shape", name) for name in names if getattr(problem, name).shape != (length,)]
    for name in PER_CELL + PER_EDGE:
        if not np.isfinite(getattr(problem, name)).all():
            faults.append(("not_finite", name))
        elif name not in _SIGNED and (getattr(problem, name) < 0).any():
            faults.append(("negative", name))
    return faults


def _check_edges(problem: Problem) -> list[tuple[str, str]]:
    edges = problem.edges
    if len(edges) == 0:
        return []
    if edges.min() < 0 or edges.max() >= problem.n_cells:
        return [("out_of_range", "edges")]
    faults = [] if (edges[:, 0] < edges[:, 1]).all() else [("not_ordered", "edges")]
    if len(np.unique(edges, axis=0)) != len(edges):
        faults.append(("duplicate", "edges"))
    return faults


def _check_band(problem: Problem) -> list[tuple[str, str]]:
    if problem.min_households < 0 or problem.max_households < max(problem.min_households, 1):
        return [("bad_band", "min_households")]
    return []


def _check_numbers(problem: Problem) -> list[tuple[str, str]]:
    values = {name: getattr(problem, name) for name in _NUMBERS}
    return [("bad_number", name) for name, value in values.items() if not 0 <= value < float("inf")]


def _check_weights(problem: Problem) -> list[tuple[str, str]]:
    faults = [("unknown_cost", name) for name in problem.weights if name not in COSTS]
    # A negative weight would reward what a planner wants little of, and could make empty detours pay.
    return faults + [
        ("bad_weight", name)
        for name, weight in problem.weights.items()
        if not (np.isfinite(weight) and weight >= 0)
    ]


def _check_locks(problem: Problem) -> list[tuple[str, str]]:
    locks = problem.locks
    named = {
        "together": [cell for pair in locks.together for cell in pair],
        "apart": [cell for pair in locks.apart for cell in pair],
        "whole": [cell for cells in locks.whole for cell in cells],
    }
    faults = [
        ("out_of_range", name)
        for name, cells in named.items()
        if any(not 0 <= c < problem.n_cells for c in cells)
    ]
    if any(a == b for a, b in locks.apart):
        faults.append(("cell_apart_from_itself", "apart"))
    if any(not cells for cells in locks.whole):
        faults.append(("empty_lock", "whole"))
    if locks.n_grids is not None and locks.n_grids < 1:
        faults.append(("bad_count", "n_grids"))
    return faults
