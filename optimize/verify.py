"""Check a plan and its certificate anew, by other means than the engines use: nothing is taken on trust."""

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from optimize.costs import cost_columns, total_cost
from optimize.groups import Groups
from optimize.problem import IntArray, Problem
from optimize.result import Result, Violation

_TOLERANCE = 1e-6


def find_violations(problem: Problem, labels: IntArray) -> tuple[Violation, ...]:
    """List every hard rule that a plan breaks, grid by grid; rules about the whole plan have grid -1.

    A grid that a person fixed whole may have any size; it is listed with the fact `locked` when out of
    the band, because whoever reads the plan should know.
    """
    return (
        *_check_assigned(labels),
        *_check_band(problem, labels),
        *_check_contiguity(problem, labels),
        *_check_locks(problem, labels),
    )


def _check_assigned(labels: IntArray) -> list[Violation]:
    missing = np.flatnonzero(labels < 0)
    facts = {"cells": tuple(missing.tolist())}
    return [Violation(code="unassigned", grid=-1, facts=facts)] if len(missing) else []


def _check_band(problem: Problem, labels: IntArray) -> list[Violation]:
    locked = {frozenset(cells) for cells in problem.locks.whole}
    found = []
    for grid in range(int(labels.max(initial=-1)) + 1):
        cells = np.flatnonzero(labels == grid)
        households = int(problem.households[cells].sum())
        facts: dict[str, object] = {"households": households, "locked": frozenset(cells.tolist()) in locked}
        if households < problem.min_households:
            limit = {"min_households": problem.min_households}
            found.append(Violation(code="below_minimum", grid=grid, facts=facts | limit))
        elif households > problem.max_households:
            limit = {"max_households": problem.max_households}
            found.append(Violation(code="above_maximum", grid=grid, facts=facts | limit))
    return found


def _check_contiguity(problem: Problem, labels: IntArray) -> list[Violation]:
    a, b = problem.edges[:, 0], problem.edges[:, 1]
    inside = (labels[a] == labels[b]) & (labels[a] >= 0)
    shape = (problem.n_cells, problem.n_cells)
    graph = coo_matrix((np.ones(inside.sum(), np.int8), (a[inside], b[inside])), shape=shape)
    _, piece = connected_components(graph, directed=False)
    found = []
    for grid in range(int(labels.max(initial=-1)) + 1):
        n_pieces = len(np.unique(piece[labels == grid]))
        if n_pieces != 1:
            found.append(Violation(code="not_contiguous", grid=grid, facts={"n_pieces": n_pieces}))
    return found


def _check_locks(problem: Problem, labels: IntArray) -> list[Violation]:
    locks, found = problem.locks, []
    broken = [("together", pair) for pair in locks.together if labels[pair[0]] != labels[pair[1]]]
    broken += [("apart", pair) for pair in locks.apart if labels[pair[0]] == labels[pair[1]] >= 0]
    for lock, pair in broken:
        facts = {"lock": lock, "cells": pair}
        found.append(Violation(code="lock_broken", grid=int(labels[pair[0]]), facts=facts))
    for cells in locks.whole:
        grids = np.unique(labels[sorted(cells)])
        if len(grids) != 1 or grids[0] < 0 or np.count_nonzero(labels == grids[0]) != len(cells):
            facts = {"lock": "whole", "cells": tuple(sorted(cells))}
            found.append(Violation(code="lock_broken", grid=int(grids[0]), facts=facts))
    n_grids = int(labels.max(initial=-1)) + 1
    if locks.n_grids is not None and n_grids != locks.n_grids:
        found.append(Violation(code="n_grids", grid=-1, facts={"n_grids": n_grids, "wanted": locks.n_grids}))
    return found


def breaks_rules(violations: tuple[Violation, ...]) -> bool:
    """Tell whether a rule is broken; the size of a grid that a person fixed whole is their decision."""
    return any(not violation.facts.get("locked", False) for violation in violations)


def find_contradictions(problem: Problem, result: Result) -> tuple[str, ...]:
    """Name everything in which a result contradicts itself or its problem; empty when it can be trusted.

    The bound itself cannot be checked without solving; that it does not exceed the objective can.
    """
    labels = result.labels
    groups = Groups.from_labels(labels, problem.households)
    objective = float(total_cost(problem, groups).sum())
    columns = cost_columns(problem, groups)
    scale = max(1.0, abs(objective))
    violations = find_violations(problem, labels)
    claims = {
        "labels_length": labels.shape == (problem.n_cells,),
        "labels_order": np.array_equal(labels, order_labels(labels)),
        "objective": abs(result.objective - objective) <= _TOLERANCE * scale,
        "bound": result.lower_bound <= result.objective + _TOLERANCE * scale,
        "gap": 0.0 <= result.gap <= 1.0,
        "costs": result.costs.keys() == columns.keys()
        and all(np.allclose(result.costs[name], columns[name]) for name in columns),
        "violations": {(v.code, v.grid) for v in result.violations} == {(v.code, v.grid) for v in violations},
        "proven": not result.proven or (result.status == "optimal" and result.gap <= _TOLERANCE),
        "status": _status_holds(result),
    }
    return tuple(name for name, holds in claims.items() if not holds)


def _status_holds(result: Result) -> bool:
    if result.status == "none":
        return bool((result.labels < 0).all())
    if result.status == "relaxed":
        return not result.proven and len(result.reasons) > 0
    return not breaks_rules(result.violations) and result.proven == (result.status == "optimal")


def order_labels(labels: IntArray) -> IntArray:
    """Give grids the numbers 0..k-1 in the order of their first cell; -1 stays."""
    assigned = labels[labels >= 0]
    names, first = np.unique(assigned, return_index=True)
    rank = np.empty(len(names), np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(names))
    ordered = np.full(len(labels), -1, np.int64)
    ordered[labels >= 0] = rank[np.searchsorted(names, assigned)]
    return ordered
