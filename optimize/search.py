"""Search for good plans where not every group of cells can be listed.

Power diagrams race against spanning-tree bipartition at several numbers of grids; the winners are annealed
(`search_rounds`) and improved by exactly solved parts (`improve`); every grid met on the way goes into a pool
from which the exact engine puts together the best plan (`search_desk`). The certificate is a bound that needs
no listing (`search_bound`): always valid, seldom tight.
"""

import time

import numpy as np

from optimize.assemble import build_result
from optimize.auto import restrict
from optimize.checks import Layout, count_range, explain_part, lay_out
from optimize.costs import total_cost
from optimize.groups import Groups
from optimize.improve import QUICK, THOROUGH, Improver
from optimize.locks import conflict, settle_locks
from optimize.params import OnStep, Params
from optimize.problem import IntArray, Problem
from optimize.result import Reason, Result, Stats
from optimize.search_board import build_board
from optimize.search_bound import bound_any_plan, bound_cost
from optimize.search_desk import Desk
from optimize.search_prices import build_prices
from optimize.search_rounds import FULL, RACE, STARTS, count_options, shake, walk_round
from optimize.starts import board_pieces, grid_range
from optimize.stop import Stop
from optimize.verify import breaks_rules, find_violations

_PATIENCE = 9  # rounds without a better plan before the search ends: one cycle of temperatures and prices
_KEPT_PAIRS = 4  # pairs of start and number of grids that go on after the race
_PART_GROUPS = 20_000  # more make a part slow to solve
_NEAR = 1.1  # only plans that cost at most so many times the best are worth solving parts of
_PROOF = 1e-7  # relative; a bound this close to the cost proves it


def search(
    problem: Problem,
    params: Params,
    *,
    stop: Stop,
    rng: np.random.Generator,
    on_step: OnStep | None = None,
) -> Result:
    """Propose grids by search; always gives a plan, the least broken one where none that holds was found.

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
    layout, locks = lay_out(problem), settle_locks(problem)
    board, units = build_board(problem, layout.fixed, locks, build_prices(problem))
    n_free, reasons = _settle_count(problem, layout)
    desk = Desk(
        problem=problem,
        board=board,
        units=units,
        improver=Improver(
            problem=problem,
            fixed=layout.fixed,
            locks=locks,
            count_is_fixed=n_free is not None,
            max_groups=min(_PART_GROUPS, params.max_groups),
            stop=stop,
        ),
        n_free=n_free,
        stop=stop,
        on_step=on_step,
    )
    if len(board.load):
        _run(desk, seed)
    else:
        desk.offer(units.to_cells(np.zeros(0, dtype=np.int64)))
    labels = desk.best.labels if desk.best is not None else np.full(problem.n_cells, -1, dtype=np.int64)
    reasons += _find_reasons(problem, layout, labels)
    if stop():
        reasons.append(Reason(code="stopped"))
    bound, proven = _certify(problem, layout, n_free, labels)
    stats = Stats(
        engine="search",
        seed=seed,
        cpu_s=time.process_time() - started,
        n_groups=len(desk.seen),
        truncated=True,
    )
    return build_result(problem, labels, lower_bound=bound, proven=proven, reasons=reasons, stats=stats)


def _settle_count(problem: Problem, layout: Layout) -> tuple[int | None, list[Reason]]:
    """Give the number of grids to make besides the settled ones, the nearest that arithmetic allows."""
    wanted = problem.locks.n_grids
    if wanted is None:
        return None, []
    low, high = problem.min_households, problem.max_households
    ranges = [count_range(part.total, low, high) for part in layout.parts]
    fewest = sum(min(first, max(last, 1)) for first, last in ranges)
    most = sum(
        min(max(first, last), len(part)) for (first, last), part in zip(ranges, layout.parts, strict=True)
    )
    rest = wanted - len(layout.fixed)
    nearest = min(max(rest, fewest), most)
    if nearest == rest:
        return rest, []
    return nearest, [conflict("n_grids", "no_plan", (), n_grids=wanted, nearest=nearest + len(layout.fixed))]


def _run(desk: Desk, seed: int) -> None:
    """Race, then go on from the winners until nothing gets better."""
    rng = np.random.default_rng(seed)
    ranked = _race(desk, seed)
    idle, turn = 0, 0
    while idle < _PATIENCE and not desk.stop():
        desk.done = 0.1 + 0.8 * idle / _PATIENCE
        better = _round(desk, ranked, turn, seed + 1000 + turn, rng)
        idle = 0 if better else idle + 1
        turn += 1
        if idle == _PATIENCE and _finish(desk, rng):
            idle = 0


def _finish(desk: Desk, rng: np.random.Generator) -> bool:
    """Put grids of all plans together, then solve large parts of the best; tell whether it got better."""
    together = desk.combine_seen()
    better = together is not None and desk.offer(together)
    if desk.best is None or desk.stop():
        return better
    return desk.improve(desk.best.labels, THOROUGH, rng) or better


def _race(desk: Desk, seed: int) -> list[tuple[IntArray, int]]:
    """Try every number of grids from every start in short; rank the pairs of numbers and start."""
    board = desk.board
    count, piece = board_pieces(board)
    ranges = [grid_range(board, np.flatnonzero(piece == index)) for index in range(count)]
    results = []
    for option in count_options(board, piece, desk.n_free, ranges):
        for index, start in enumerate(STARTS):
            labels = start(board, piece, option, seed + index)
            desk.offer(desk.units.to_cells(labels))
            if desk.stop():
                return [(option, index)]
            labels = walk_round(
                board, labels, int(option.sum()), effort=RACE, turn=1, seed=seed + index, stop=desk.stop
            )
            plan = desk.judge(desk.units.to_cells(labels))
            desk.keep(plan)
            results.append((plan.broken, plan.cost, option, index))
    results.sort(key=lambda entry: entry[:2])
    return [(option, index) for _, _, option, index in results[:_KEPT_PAIRS]]


def _round(
    desk: Desk, ranked: list[tuple[IntArray, int]], turn: int, seed: int, rng: np.random.Generator
) -> bool:
    """Walk from the disturbed best plan (odd turns) or a fresh start (even turns), then solve parts."""
    near = desk.units.to_units(desk.best.labels) if turn % 2 and desk.best is not None else None
    if near is not None:
        labels, k = shake(desk.board, *near, seed), near[1]
    else:
        option, start = ranked[turn // 2 % len(ranked)]
        _, piece = board_pieces(desk.board)
        labels, k = STARTS[start](desk.board, piece, option, seed), int(option.sum())
    labels = walk_round(desk.board, labels, k, effort=FULL, turn=turn, seed=seed, stop=desk.stop)
    plan = desk.judge(desk.units.to_cells(labels))
    better = desk.keep(plan)
    if desk.stop() or not desk.is_near(plan, _NEAR):
        return better
    return desk.improve(plan.labels, QUICK, rng) or better


def _find_reasons(problem: Problem, layout: Layout, labels: IntArray) -> list[Reason]:
    """Name what makes every plan break a rule, as far as counting shows; else say `not_found`."""
    reasons = list(layout.reasons)
    reasons += [reason for part in layout.parts if (reason := explain_part(problem, part)) is not None]
    if not reasons and breaks_rules(find_violations(problem, labels)):
        reasons.append(Reason(code="not_found", facts={"households": int(problem.households.sum())}))
    return reasons


def _certify(problem: Problem, layout: Layout, n_free: int | None, labels: IntArray) -> tuple[float, bool]:
    """Bound the cost of every plan around the settled grids; tell whether it proves the plan at hand best.

    Parts are bounded each on its own. Where a part cannot hold the band, or the plan does not, only what
    any plan pays is counted.
    """
    settled = Groups.from_sets([sorted(cells) for cells in layout.fixed], problem.households)
    bound = float(total_cost(problem, settled).sum())
    fixed = {int(labels[min(cells)]) for cells in layout.fixed}
    broken = {v.grid for v in find_violations(problem, labels) if breaks_rules((v,))} - fixed
    for units in layout.parts:
        cells = units.all_cells()
        part = restrict(problem, cells, None)
        fewest, most = count_range(units.total, problem.min_households, problem.max_households)
        counts = range(fewest, min(most, len(cells)) + 1)
        if n_free is not None and len(layout.parts) == 1:
            counts = range(n_free, n_free + 1)
        holds = len(counts) > 0 and not broken
        bound += bound_cost(part, counts) if holds else bound_any_plan(part)
    objective = float(total_cost(problem, Groups.from_labels(labels, problem.households)).sum())
    return bound, not broken and bound >= objective - _PROOF * max(abs(objective), 1.0)
