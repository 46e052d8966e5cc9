"""A part of a problem as a problem of its own: the cells of one community that hang together."""

from dataclasses import replace

import numpy as np

from optimize.problem import PER_CELL, PER_EDGE, IntArray, Locks, Problem


def restrict(problem: Problem, cells: tuple[int, ...], n_grids: int | None) -> Problem:
    """Make a problem of some cells alone; borders with the others become part of its outline."""
    chosen = np.array(cells, np.int64)
    place = np.full(problem.n_cells, -1, np.int64)
    place[chosen] = np.arange(len(chosen))
    ends = place[problem.edges]
    inside = (ends >= 0).all(axis=1)
    outline = problem.outer_m.copy()
    for side in (0, 1):
        np.add.at(outline, problem.edges[~inside, side], (problem.border_m * problem.border_factor)[~inside])
    whole = replace(problem, outer_m=outline)
    return replace(
        whole,
        **{name: getattr(whole, name)[chosen] for name in PER_CELL},
        **{name: getattr(whole, name)[inside] for name in PER_EDGE},
        edges=ends[inside],
        locks=_restrict_locks(problem.locks, place, n_grids),
    )


def _restrict_locks(locks: Locks, place: IntArray, n_grids: int | None) -> Locks:
    def move(pairs: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
        moved = [(int(place[a]), int(place[b])) for a, b in pairs]
        return tuple(pair for pair in moved if min(pair) >= 0)

    return Locks(together=move(locks.together), apart=move(locks.apart), n_grids=n_grids)
