"""The working state of one search: the best plan, and every grid met, to put better plans together."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from optimize.costs import total_cost
from optimize.groups import Groups
from optimize.improve import Improver, Reach
from optimize.params import OnStep, Step
from optimize.partition import choose
from optimize.parts import with_count
from optimize.pool import Pool
from optimize.problem import IntArray, Problem
from optimize.result import Violation
from optimize.search_board import Board, Contraction
from optimize.search_combine import Combiner
from optimize.stop import Stop
from optimize.verify import breaks_rules, find_violations

_MOST_POOLED = 20_000
_SAME = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Labels of cells with what decides between plans: first the rules broken, then the cost."""

    labels: IntArray
    broken: float
    cost: float

    def beats(self, other: "Plan | None") -> bool:
        """Tell whether this plan is to be preferred by more than rounding."""
        if other is None or abs(self.broken - other.broken) > _SAME:
            return other is None or self.broken < other.broken
        return self.cost < other.cost - _SAME * max(abs(other.cost), 1.0)


@dataclass(slots=True, kw_only=True)
class Desk:
    """What one search works on; private to it.

    Attributes
    ----------
    n_free
        Number of grids besides the settled ones, or None when it is free.
    best
        The best plan so far.
    seen
        Every grid of the plans met that breaks no rule, as bytes of its cells.
    done
        Rough share of the work that is done.
    """

    problem: Problem
    board: Board
    units: Contraction
    improver: Improver
    combiner: Combiner
    n_free: int | None
    stop: Stop
    on_step: OnStep | None
    best: Plan | None = None
    seen: dict[bytes, None] = field(default_factory=dict)
    done: float = 0.0

    def judge(self, labels: IntArray) -> Plan:
        """Weigh a plan of cells and remember its grids."""
        groups = Groups.from_labels(labels, self.problem.households)
        violations = find_violations(self.problem, labels)
        if not any(violation.code == "lock_broken" for violation in violations):
            bad = {violation.grid for violation in violations}
            for grid in set(range(len(groups))) - bad:
                self.seen[np.sort(groups.cells(grid)).tobytes()] = None
        return Plan(
            labels=labels,
            broken=weigh_violations(self.problem, violations),
            cost=float(total_cost(self.problem, groups).sum()),
        )

    def keep(self, plan: Plan) -> bool:
        """Keep a plan if it is the best so far, and tell the caller how things are; tell whether it is."""
        better = plan.beats(self.best)
        if better:
            self.best = plan
        if self.on_step is not None and self.best is not None:
            self.on_step(Step(phase="searching", done=self.done, objective=self.best.cost))
        return better

    def offer(self, labels: IntArray) -> bool:
        """Judge a plan of cells and keep it if it is the best so far; tell whether it is."""
        return self.keep(self.judge(labels))

    def is_near(self, plan: Plan, factor: float) -> bool:
        """Tell whether a plan breaks no more than the best one and costs at most so many times as much."""
        if self.best is None:
            return True
        return plan.broken <= self.best.broken + _SAME and plan.cost <= factor * self.best.cost

    def improve(self, labels: IntArray, reach: Reach, rng: np.random.Generator) -> bool:
        """Solve parts of a plan exactly and offer what comes of it."""
        return self.offer(self.improver.improve(labels, reach, rng))

    def combine_met(self) -> bool:
        """Put the cheapest plan together from all grids that walks met, and offer it."""
        settled = Groups.from_sets([cells.tolist() for cells in self.units.fixed], self.problem.households)
        paid = float(total_cost(self.problem, settled).sum())
        holds = self.best is not None and self.best.broken <= 0
        labels = self.combiner.combine(self.best.cost - paid if self.best is not None and holds else np.inf)
        return labels is not None and self.offer(self.units.to_cells(labels))

    def combine_seen(self) -> IntArray | None:
        """Put the cheapest plan together from the grids met; None when that is no plan."""
        problem = self.problem
        if self.best is None or self.best.broken > 0 or not self.seen:
            return None
        fixed = {np.array(cells, dtype=np.int32).tobytes() for cells in self.units.fixed}
        recent = [entry for entry in self.seen if entry not in fixed][-_MOST_POOLED:]
        sets = [np.frombuffer(entry, dtype=np.int32).tolist() for entry in (*recent, *sorted(fixed))]
        groups = Groups.from_sets(sets, problem.households)
        pool = Pool(
            groups=groups,
            n_units=problem.n_cells,
            cost=total_cost(problem, groups),
            max_chosen=problem.n_cells,
        )
        n_grids = None if self.n_free is None else self.n_free + len(fixed)
        chosen = choose(with_count(pool, n_grids), self.stop).chosen
        if not len(chosen):
            return None
        labels = np.full(problem.n_cells, -1, dtype=np.int64)
        for index, group in enumerate(chosen.tolist()):
            labels[groups.cells(group)] = index
        return labels


def weigh_violations(problem: Problem, violations: tuple[Violation, ...]) -> float:
    """Give what the broken rules amount to: households outside the band, a full grid for any other."""
    measures: dict[str, Callable[[int], int]] = {
        "below_minimum": lambda households: problem.min_households - households,
        "above_maximum": lambda households: households - problem.max_households,
    }
    amount = 0.0
    for violation in violations:
        if not breaks_rules((violation,)):
            continue
        households = violation.facts.get("households")
        if violation.code in measures and isinstance(households, int):
            amount += measures[violation.code](households)
        else:
            amount += max(problem.max_households, 1)
    return amount
