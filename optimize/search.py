"""Search for good plans where not every group of cells can be listed.

Power diagrams race against spanning-tree bipartition at several numbers of grids; the winners are annealed
(`search_rounds`), improved by exactly solved parts (`improve`), and every grid met on the way goes into a pool
from which the exact engine puts together the best plan. The certificate is a bound that needs no enumeration
(`search_bound`): valid, seldom tight.
"""

import time
from dataclasses import dataclass, field

import numpy as np

from optimize.costs import cost_columns, total_cost
from optimize.groups import Groups
from optimize.improve import Improver, Reach
from optimize.params import OnStep, Params, Step
from optimize.partition import choose
from optimize.pool import Pool, Side
from optimize.problem import IntArray, Problem
from optimize.result import Reason, Result, Stats, Status, Violation
from optimize.search_board import Board, Units, build_board
from optimize.search_bound import bound_any_plan, bound_cost, grid_counts
from optimize.search_check import find_reasons, find_violations, weigh_violations
from optimize.search_prices import build_prices
from optimize.search_rounds import FULL, RACE, STARTS, count_options, shake, walk_round
from optimize.starts import board_pieces, grid_range
from optimize.stop import Stop

_PATIENCE = 9  # rounds without a better plan before the search ends: one cycle of temperatures and prices
_KEPT_OPTIONS = 2  # numbers of grids that go on after the race
_MOST_POOLED = 20_000
_SAME = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Labels of cells with what decides between plans: first the rules broken, then the cost."""

    labels: IntArray
    broken: float
    cost: float

    def beats(self, other: "_Plan | None") -> bool:
        if other is None:
            return True
        if abs(self.broken - other.broken) > _SAME:
            return self.broken < other.broken
        return self.cost < other.cost - _SAME * max(abs(other.cost), 1.0)


@dataclass(slots=True)
class _Desk:
    """The working state of one search.

    Attributes
    ----------
    best
        The best plan so far.
    seen
        Every grid inside the band of a plan that breaks no lock, as bytes of its cells.
    """

    problem: Problem
    board: Board
    units: Units
    stop: Stop
    on_step: OnStep | None
    improver: Improver
    best: _Plan | None = None
    seen: dict[bytes, None] = field(default_factory=dict)
    done: float = 0.0

    def judge(self, labels: IntArray) -> _Plan:
        """Weigh a plan and remember its grids."""
        groups = Groups.from_labels(labels, self.problem.households)
        violations = find_violations(self.problem, labels)
        if all(violation.code in {"below_minimum", "above_maximum"} for violation in violations):
            bad = {violation.grid for violation in violations}
            for grid in range(len(groups)):
                if grid not in bad:
                    self.seen[np.sort(groups.cells(grid)).tobytes()] = None
        return _Plan(
            labels=labels,
            broken=weigh_violations(self.problem, violations),
            cost=float(total_cost(self.problem, groups).sum()),
        )

    def offer(self, plan: _Plan) -> bool:
        """Take a plan as the best if it is; tell whether it was."""
        better = plan.beats(self.best)
        if better:
            self.best = plan
        if self.on_step is not None and self.best is not None:
            self.on_step(Step(phase="searching", done=self.done, objective=self.best.cost))
        return better


def search(
    problem: Problem,
    params: Params,
    *,
    stop: Stop,
    rng: np.random.Generator,
    on_step: OnStep | None = None,
) -> Result:
    """Propose grids by search; always gives a plan, the least broken one where no plan that holds was found.

    Parameters
    ----------
    problem
        The question; assumed valid.
    params
        `max_groups` limits the parts that are solved exactly.
    stop
        Once it says yes, the best plan so far is returned; the first one takes a few hundredths of a second.
    rng
        The only source of chance.
    on_step
        Told about every round.
    """
    started = time.process_time()
    seed = int(rng.integers(2**31))
    prices = build_prices(problem)
    board, units = build_board(problem, prices.edge_cost, prices.size_price)
    reach = Reach(max_groups=min(Reach().max_groups, params.max_groups))
    improver = Improver(problem=problem, reach=reach, stop=stop)
    desk = _Desk(problem=problem, board=board, units=units, stop=stop, on_step=on_step, improver=improver)
    stopped = False
    if len(board.load):
        stopped = _run(desk, seed, np.random.default_rng(seed))
    else:
        desk.offer(desk.judge(units.to_cells(np.zeros(0, dtype=np.int64))))
    stats = Stats(
        engine="search",
        seed=seed,
        cpu_s=time.process_time() - started,
        n_groups=len(desk.seen),
        truncated=True,
    )
    if desk.best is None:
        raise AssertionError  # a start is always judged
    return report(problem, desk.best.labels, stats=stats, stopped=stopped)


def _run(desk: _Desk, seed: int, rng: np.random.Generator) -> bool:
    """Race, then go on from the winners until nothing gets better; tell whether it was stopped."""
    ranked = _race(desk, seed)
    idle, turn = 0, 0
    while idle < _PATIENCE and not desk.stop():
        desk.done = 0.1 + 0.8 * idle / _PATIENCE
        better = _round(desk, ranked, turn, seed + 1000 + turn, rng)
        idle = 0 if better else idle + 1
        turn += 1
        if idle == _PATIENCE and _recombine_pool(desk, rng):
            idle = 0
    return desk.stop()


def _race(desk: _Desk, seed: int) -> list[tuple[IntArray, int]]:
    """Try every number of grids from every start in short; rank the pairs of numbers and start."""
    count, piece = board_pieces(desk.board)
    ranges = [grid_range(desk.board, np.flatnonzero(piece == index)) for index in range(count)]
    wanted = desk.problem.locks.n_grids
    free = None if wanted is None else wanted - len(desk.units.fixed)
    results = []
    for option in count_options(desk.board, piece, free, ranges):
        for index, start in enumerate(STARTS):
            labels = start(desk.board, piece, option, seed + index)
            plan = desk.judge(desk.units.to_cells(labels))
            desk.offer(plan)
            if desk.stop():
                return [(option, index)]
            k = int(option.sum())
            labels = walk_round(desk.board, labels, k, effort=RACE, turn=1, seed=seed + index, stop=desk.stop)
            plan = desk.judge(desk.units.to_cells(labels))
            desk.offer(plan)
            results.append((plan.broken, plan.cost, option, index))
    results.sort(key=lambda entry: entry[:2])
    return [(option, index) for _, _, option, index in results[: 2 * _KEPT_OPTIONS]]


def _round(
    desk: _Desk, ranked: list[tuple[IntArray, int]], turn: int, seed: int, rng: np.random.Generator
) -> bool:
    """Walk from a fresh start (odd turns) or from the disturbed best plan (even turns), then solve parts."""
    _, piece = board_pieces(desk.board)
    best = desk.best
    if turn % 2 and best is not None:
        labels, k = _unit_labels(desk.units, best.labels)
        labels = shake(desk.board, labels, k, seed)
    else:
        option, start = ranked[turn // 2 % len(ranked)]
        labels, k = STARTS[start](desk.board, piece, option, seed), int(option.sum())
    labels = walk_round(desk.board, labels, k, effort=FULL, turn=turn, seed=seed, stop=desk.stop)
    plan = desk.judge(desk.units.to_cells(labels))
    better = desk.offer(plan)
    if desk.stop():
        return better
    return desk.offer(desk.judge(desk.improver.improve(plan.labels, rng))) or better


def _unit_labels(units: Units, labels: IntArray) -> tuple[IntArray, int]:
    """Give the labels of units in a plan of cells, numbered from 0, and their number.

    A plan that parts the cells of a unit, as an exactly solved part may, gives the unit its first cell's label.
    """
    free = np.flatnonzero(units.unit_of >= 0)
    _, first = np.unique(units.unit_of[free], return_index=True)
    values, compact = np.unique(labels[free[first]], return_inverse=True)
    return compact.astype(np.int64), len(values)


def _recombine_pool(desk: _Desk, rng: np.random.Generator) -> bool:
    """Put the best plan together from all grids met; tell whether it is better than the best plan."""
    if desk.best is None or desk.best.broken > 0 or not desk.seen:
        return False
    problem = desk.problem
    sets = [np.frombuffer(entry, dtype=np.int32).tolist() for entry in list(desk.seen)[-_MOST_POOLED:]]
    groups = Groups.from_sets(sets, problem.households)
    sides: tuple[Side, ...] = ()
    if problem.locks.n_grids is not None:
        wanted = float(problem.locks.n_grids)
        sides = (Side(coefficient=np.ones(len(groups)), lower=wanted, upper=wanted),)
    pool = Pool(
        groups=groups,
        n_units=problem.n_cells,
        cost=total_cost(problem, groups),
        max_chosen=problem.n_cells,
        sides=sides,
    )
    chosen = choose(pool, desk.stop).chosen
    if not len(chosen):
        return False
    labels = np.full(problem.n_cells, -1, dtype=np.int64)
    for index, group in enumerate(chosen.tolist()):
        labels[groups.cells(group)] = index
    return desk.offer(desk.judge(desk.improver.improve(labels, rng)))


def report(problem: Problem, labels: IntArray, *, stats: Stats, stopped: bool) -> Result:
    """Put a plan found without proof into a result, with what it breaks, why, and a bound that holds."""
    groups = Groups.from_labels(labels, problem.households)
    objective = float(total_cost(problem, groups).sum())
    violations = find_violations(problem, labels)
    reasons = list(find_reasons(problem)) if violations else []
    if violations and not reasons:
        reasons.append(Reason(code="search_found_none"))
    if stopped:
        reasons.append(Reason(code="stopped"))
    bound = bound_any_plan(problem)
    if not violations:
        bound = min(max(bound, bound_cost(problem, grid_counts(problem))), objective)
    gap = (objective - bound) / objective if objective > 0 else 0.0
    proven = not violations and objective - bound <= 1e-6 * abs(objective)
    return Result(
        status=_status(violations, proven=proven),
        labels=labels,
        objective=objective,
        lower_bound=bound,
        gap=gap,
        proven=proven,
        costs=cost_columns(problem, groups),
        stats=stats,
        reasons=tuple(reasons),
        violations=violations,
    )


def _status(violations: tuple[Violation, ...], *, proven: bool) -> Status:
    if violations:
        return "relaxed"
    return "optimal" if proven else "feasible"
