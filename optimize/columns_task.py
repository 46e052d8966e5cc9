"""What one proof by columns knows so far, how it begins and what it says in the end."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from optimize.checks import count_range
from optimize.columns_master import Store
from optimize.groups import Groups
from optimize.parts import PartPlan
from optimize.pricing import Pricing
from optimize.pricing_duals import Duals
from optimize.pricing_ground import Ground
from optimize.problem import IntArray, Problem
from optimize.stop import Stop
from optimize.units import Units


@dataclass(slots=True, kw_only=True)
class Task:
    """One proof: what is known so far; private to the proof."""

    problem: Problem
    units: Units
    stop: Stop
    store: Store
    best: IntArray  # places of the best plan's groups in the store
    cost: float  # of the best plan; infinite without one
    ground: Ground | None
    certain: list[tuple[Duals, float]] = field(default_factory=list)  # no reduced cost is below -x
    nodes_left: int = 0

    def offer(self, places: IntArray) -> None:
        """Keep a plan if it is cheaper."""
        cost = float(np.array([self.store.cost[at] for at in places.tolist()]).sum())
        if cost < self.cost - 1e-9 * abs(cost):
            self.best, self.cost = places, cost


def open_task(
    problem: Problem, units: Units, start: Sequence[Sequence[int]], stop: Stop, ground: Ground | None
) -> Task:
    """Take the grids of the plan in, if they are made of whole units and hold the band."""
    unit_of = {cell: at for at, cells in enumerate(units.cells) for cell in cells}
    rows = np.zeros((len(start), len(units)), np.bool_)
    for at, cells in enumerate(start):
        rows[at, [unit_of[cell] for cell in cells]] = True
    store = Store(units=units)
    size = rows @ units.households
    fits = (size >= problem.min_households) & (size <= problem.max_households)
    is_plan = bool(len(rows) and fits.all() and (rows.sum(axis=0) == 1).all())
    task = Task(
        problem=problem,
        units=units,
        stop=stop,
        store=store,
        best=np.zeros(0, np.int64),
        cost=np.inf,
        ground=ground,
    )
    if is_plan and len(store.unseen(rows)) == len(rows):
        cost = Pricing.build(problem, units, len(rows)).cost(Groups.from_rows(rows, units.households))
        task.offer(store.add(rows, cost))
    return task


def list_counts(problem: Problem, units: Units, near: int, n_grids: int | None) -> list[int]:
    """List the possible numbers of grids, that of the plan at hand first."""
    fewest, most = count_range(units.total, problem.min_households, problem.max_households)
    if n_grids is not None:
        return [n_grids] if fewest <= n_grids <= most else []
    most = min(most, len(units))
    middle = near or round(units.total / max(problem.target_households, 1))
    return sorted(range(fewest, most + 1), key=lambda count: (abs(count - middle), count))


def to_plan(task: Task, bound: float, *, proven: bool) -> PartPlan:
    """Say what came of the proof; that there is no plan at all is never claimed."""
    if len(task.best) == 0:
        return PartPlan(outcome="unknown", engine="columns")
    chosen = task.units.expand(task.store.groups(task.best))
    return PartPlan(
        outcome="best" if proven else "some",
        grids=tuple(tuple(chosen.cells(at).tolist()) for at in range(len(chosen))),
        bound=task.cost if proven else bound,
        n_columns=len(task.store.rows),
        engine="columns",
    )
