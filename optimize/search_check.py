"""Judge a plan by the problem alone: which hard rules it breaks, by how much, and why none may exist."""

import numpy as np

from optimize.graph import find_components, label_components
from optimize.problem import IntArray, Problem
from optimize.result import Reason, Violation


def find_violations(problem: Problem, labels: IntArray) -> tuple[Violation, ...]:
    """List every hard rule that a plan breaks.

    Parameters
    ----------
    labels
        int64 (n,), grids 0..k-1, -1 where unassigned.
    """
    k = int(labels.max(initial=-1)) + 1
    found = _size_violations(problem, labels, k)
    count, piece = label_components(problem.n_cells, problem.edges, labels)
    label_of = np.empty(count, dtype=np.int64)
    label_of[piece] = labels
    parts = np.bincount(label_of[label_of >= 0], minlength=k)
    found += [
        Violation(code="not_contiguous", grid=int(grid), facts={"pieces": int(parts[grid])})
        for grid in np.flatnonzero(parts > 1)
    ]
    if (labels < 0).any():
        cells = tuple(np.flatnonzero(labels < 0).tolist())
        found.append(Violation(code="unassigned", grid=-1, facts={"cells": cells}))
    if problem.locks.n_grids not in {None, k}:
        found.append(
            Violation(code="n_grids", grid=-1, facts={"n_grids": k, "wanted": problem.locks.n_grids})
        )
    return tuple(found + _lock_violations(problem, labels))


def _size_violations(problem: Problem, labels: IntArray, k: int) -> list[Violation]:
    """Compare households with the band; grids that a person fixed whole may have any size."""
    used = labels >= 0
    load = np.bincount(labels[used], weights=problem.households[used], minlength=k).astype(np.int64)
    whole = {frozenset(cells) for cells in problem.locks.whole}
    found = []
    for grid, households in enumerate(load.tolist()):
        low, high = problem.min_households, problem.max_households
        if low <= households <= high or frozenset(np.flatnonzero(labels == grid).tolist()) in whole:
            continue
        code, limit = ("below_minimum", low) if households < low else ("above_maximum", high)
        found.append(Violation(code=code, grid=grid, facts={"households": households, "limit": limit}))
    return found


def _lock_violations(problem: Problem, labels: IntArray) -> list[Violation]:
    """Compare the plan with what a person fixed."""
    locks = problem.locks
    found = []
    for kind, pairs, wanted in (("together", locks.together, True), ("apart", locks.apart, False)):
        found += [
            Violation(code="lock_broken", grid=int(labels[a]), facts={"lock": kind, "cells": (a, b)})
            for a, b in pairs
            if (labels[a] == labels[b]) != wanted
        ]
    for cells in locks.whole:
        first = min(cells)
        if frozenset(np.flatnonzero(labels == labels[first]).tolist()) != cells:
            facts = {"lock": "whole", "cells": tuple(sorted(cells))}
            found.append(Violation(code="lock_broken", grid=int(labels[first]), facts=facts))
    return found


def weigh_violations(problem: Problem, violations: tuple[Violation, ...]) -> float:
    """Give what the broken rules amount to: households outside the band, a full grid for any other."""
    amount = 0.0
    for violation in violations:
        if violation.code in {"below_minimum", "above_maximum"}:
            amount += abs(int(str(violation.facts["households"])) - int(str(violation.facts["limit"])))
        else:
            amount += max(problem.max_households, 1)
    return amount


def find_reasons(problem: Problem) -> tuple[Reason, ...]:
    """Name what makes every plan break a rule, as far as counting alone shows it.

    A cell above the maximum, a cut-off piece below the minimum, a piece whose households no number of grids
    can carry. Cells in grids that a person fixed whole are left out.
    """
    free = np.ones(problem.n_cells, dtype=np.bool_)
    for cells in problem.locks.whole:
        free[list(cells)] = False
    over = free & (problem.households > problem.max_households)
    reasons = [
        Reason(
            code="oversize_cell",
            cells=(int(cell),),
            facts={"households": int(problem.households[cell]), "max_households": problem.max_households},
        )
        for cell in np.flatnonzero(over)
    ]
    inside = free[problem.edges[:, 0]] & free[problem.edges[:, 1]]
    count, piece = find_components(problem.n_cells, problem.edges[inside])
    for index in range(count):
        members = np.flatnonzero((piece == index) & free)
        if len(members) and not over[members].any():
            reasons += _piece_reasons(problem, members)
    return tuple(reasons)


def _piece_reasons(problem: Problem, members: IntArray) -> list[Reason]:
    """Do the arithmetic of one piece: it must hold a whole number of grids."""
    low, high = problem.min_households, problem.max_households
    households = int(problem.households[members].sum())
    cells = tuple(members.tolist())
    facts = {"households": households, "min_households": low, "max_households": high}
    if households < low:
        return [Reason(code="cut_off_piece", cells=cells, facts=facts)]
    if low > 0 and -(-households // high) > households // low:
        return [Reason(code="arithmetic_gap", cells=cells, facts=facts)]
    return []
