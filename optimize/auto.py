"""The default engine: exact wherever every group can be listed, search for the parts where not."""

from dataclasses import replace

import numpy as np

from optimize.costs import total_cost
from optimize.exact import run
from optimize.groups import Groups
from optimize.params import OnStep, Params
from optimize.parts import PartPlan
from optimize.problem import PER_CELL, PER_EDGE, IntArray, Locks, Problem
from optimize.result import Result
from optimize.stop import Stop
from optimize.units import Units


def solve_automatically(
    problem: Problem,
    params: Params,
    *,
    stop: Stop,
    rng: np.random.Generator,
    on_step: OnStep | None = None,
) -> Result:
    """Solve each part of a community exactly, or by search where its groups are too many to list."""
    seed = int(rng.integers(2**31))

    def search_part(units: Units, n_grids: int | None) -> PartPlan:
        from optimize.search import search  # noqa: PLC0415 - its kernels load only where they are needed

        part = restrict(problem, units.all_cells(), n_grids)
        # A generator of its own: one part's search must not depend on how much chance another one used.
        found = search(part, params, stop=stop, rng=np.random.default_rng(seed), on_step=on_step)
        return _translate(problem, part, units.all_cells(), found)

    return run(problem, params, stop=stop, on_step=on_step, fallback=search_part)


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


def _translate(problem: Problem, part: Problem, cells: tuple[int, ...], found: Result) -> PartPlan:
    """Turn a search's result on a part into grids of the whole, and shift its bound by what differs."""
    n_grids = int(found.labels.max(initial=-1)) + 1
    grids = tuple(
        tuple(cells[at] for at in np.flatnonzero(found.labels == grid).tolist()) for grid in range(n_grids)
    )
    cost = float(total_cost(problem, Groups.from_sets(grids, problem.households)).sum())
    # All costs but `moved` differ by a constant between a part and the whole.
    constant = part.n_cells == problem.n_cells or not problem.weights.get("moved", 0.0)
    bound = found.lower_bound + cost - found.objective if constant and found.status != "relaxed" else 0.0
    outcome = "unknown" if n_grids == 0 else "best" if constant and found.proven else "some"
    reasons = tuple(
        replace(reason, cells=tuple(cells[at] for at in reason.cells))
        for reason in found.reasons
        if reason.code != "stopped"  # said once, for the whole
    )
    return PartPlan(outcome=outcome, grids=grids, bound=max(0.0, bound), engine="search", reasons=reasons)
