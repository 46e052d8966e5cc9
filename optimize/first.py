"""A first answer within a fraction of a second, while the proof goes on elsewhere.

A question often differs little from one that is answered: its plan is mended and improved part by part. Where
that keeps some rule from holding, or there is no such plan, a short search gives one. Where few groups can be
formed at all, the exact engine is as quick, and has the proof.
"""

import time
from dataclasses import replace

import numpy as np

from optimize.assemble import build_result
from optimize.checks import Layout, lay_out
from optimize.costs import total_cost
from optimize.engines import solve
from optimize.groups import Groups
from optimize.improve import QUICK, Improver
from optimize.locks import settle_locks
from optimize.params import Params
from optimize.part import restrict
from optimize.problem import IntArray, Problem
from optimize.result import Result, Stats
from optimize.search_bound import bound_any_plan
from optimize.search_certificate import find_reasons, settle_count
from optimize.search_desk import weigh_violations
from optimize.stop import AnyOf, Stop, TimeLimit

FEW_GROUPS = 15_000
"""So many groups are listed, and chosen from, in less than a tenth of a second."""


def solve_first(
    problem: Problem, start: IntArray | None, *, limit_s: float, stop: Stop, seed: int
) -> tuple[Result, bool]:
    """Give a good plan soon, and whether it is the one that the automatic engine would give.

    Parameters
    ----------
    start
        int64 (n,), the plan of a question like this one, -1 where a cell was not in it; None where there is
        none.
    limit_s
        Wall-clock seconds for each attempt: the exact one, the mended plan, the search.

    Returns
    -------
    Result, bool
        The bound holds for every plan; the second says whether every group was listed, so that there is no
        more to find.

    Raises
    ------
    Cancelled
        Stopped before there was any plan.
    """
    quick = Params(engine="exact", time_limit_s=limit_s, max_groups=FEW_GROUPS)
    exact = solve(problem, quick, stop=stop, rng=np.random.default_rng(seed))
    if exact.status == "optimal" and not exact.stats.truncated:
        return exact, True
    mended = None
    if start is not None and (start >= 0).any():
        mended = _improve(problem, start, AnyOf(TimeLimit(limit_s), stop), seed)
        if mended.status == "feasible":
            return mended, False
    params = Params(engine="search", time_limit_s=limit_s)
    found = solve(problem, params, stop=stop, rng=np.random.default_rng(seed))
    if mended is not None and _rank(problem, mended) < _rank(problem, found):
        found = mended
    return found, False


def place_new_cells(problem: Problem, labels: IntArray) -> IntArray:
    """Put every cell that is in no grid into the neighbouring grid with the fewest households.

    Cells that touch no grid, directly or by others, are one grid for each piece of them.
    """
    labels = labels.copy()
    near: list[list[int]] = [[] for _ in range(problem.n_cells)]
    for a, b in problem.edges.tolist():
        near[a].append(b)
        near[b].append(a)
    load = np.bincount(labels[labels >= 0], problem.households[labels >= 0]).tolist()
    waiting = np.flatnonzero(labels < 0).tolist()
    while waiting:
        ready = [cell for cell in waiting if any(labels[other] >= 0 for other in near[cell])]
        if not ready:
            labels[waiting[0]] = len(load)
            load.append(float(problem.households[waiting[0]]))
        for cell in ready:
            grid = min(
                {int(labels[other]) for other in near[cell]} - {-1}, key=lambda grid: (load[grid], grid)
            )
            labels[cell] = grid
            load[grid] += float(problem.households[cell])
        waiting = [cell for cell in waiting if labels[cell] < 0]
    return labels


def _improve(problem: Problem, start: IntArray, stop: Stop, seed: int) -> Result:
    """Fit a plan to the problem and solve neighbouring grids of it exactly, two or three at a time."""
    began = time.process_time()
    layout = lay_out(problem)
    n_free, reasons = settle_count(problem, layout)
    labels = place_new_cells(problem, start)
    for cells in layout.fixed:
        labels[list(cells)] = labels.max() + 1
    improver = Improver(
        problem=problem,
        fixed=layout.fixed,
        locks=settle_locks(problem),
        count_is_fixed=n_free is not None,
        max_groups=FEW_GROUPS,
        stop=stop,
    )
    labels = np.unique(labels, return_inverse=True)[1].astype(np.int64)
    labels = improver.improve(labels, QUICK, np.random.default_rng(seed))
    result = build_result(
        problem,
        labels,
        lower_bound=_bound(problem, layout),
        proven=False,
        reasons=[*reasons, *find_reasons(problem, layout, labels)],
        stats=Stats(engine="search", seed=seed, cpu_s=0.0, truncated=True),
    )
    return replace(result, stats=replace(result.stats, cpu_s=time.process_time() - began))


def _bound(problem: Problem, layout: Layout) -> float:
    """Bound every plan by what any plan pays: a closer bound takes longer than the plan."""
    settled = Groups.from_sets([sorted(cells) for cells in layout.fixed], problem.households)
    parts = [restrict(problem, units.all_cells(), None) for units in layout.parts]
    return float(total_cost(problem, settled).sum()) + sum(map(bound_any_plan, parts))


def _rank(problem: Problem, result: Result) -> tuple[float, float]:
    """Give what decides between plans: first the rules broken, then the cost."""
    groups = Groups.from_labels(result.labels, problem.households)
    return weigh_violations(problem, result.violations), float(total_cost(problem, groups).sum())
