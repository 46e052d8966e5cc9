"""Search for good plans where not every group of cells can be listed.

Power diagrams race against spanning-tree bipartition at several numbers of grids; the winners are annealed
(`search_rounds`) and improved by exactly solved parts (`improve`); every grid met on the way goes into a pool
from which the exact engine puts together the best plan (`search_desk`). The certificate is a bound that needs
no listing (`search_bound`): always valid, seldom tight.
"""

import time

import numpy as np
from numpy.typing import NDArray

from optimize.assemble import build_result
from optimize.checks import lay_out
from optimize.improve import QUICK, THOROUGH, Improver
from optimize.locks import settle_locks
from optimize.params import OnStep, Params
from optimize.problem import IntArray, Problem
from optimize.result import Reason, Result, Stats
from optimize.search_board import build_board
from optimize.search_certificate import certify, find_reasons, settle_count
from optimize.search_combine import build_combiner
from optimize.search_desk import Desk, Plan
from optimize.search_large import LARGE, count_moves, search_large
from optimize.search_prices import build_prices
from optimize.search_rounds import FULL, RACE, STARTS, Effort, count_options, shake, walk_round
from optimize.starts import board_pieces, grid_range
from optimize.stop import Stop

_CYCLE = 9  # rounds that use every mix of temperature and price once
_SMALL = 40  # below so many units, exactly solved parts reach nearly everything
_COMBINE = 3  # rounds after which plans are put together from the grids met
_KEPT_PAIRS = 4  # pairs of start and number of grids that go on after the race
_PART_GROUPS = 20_000  # more make a part slow to solve
_NEAR = 1.1  # only plans that cost at most so many times the best are worth solving parts of


def search(
    problem: Problem,
    params: Params,
    *,
    stop: Stop,
    rng: np.random.Generator,
    on_step: OnStep | None = None,
) -> Result:
    """Propose grids by search; always gives a plan, the least broken one where none that holds was found."""
    return search_groups(problem, params, stop=stop, rng=rng, on_step=on_step)[0]


def search_groups(
    problem: Problem,
    params: Params,
    *,
    stop: Stop,
    rng: np.random.Generator,
    on_step: OnStep | None = None,
) -> tuple[Result, NDArray[np.bool_]]:
    """Propose grids by search, and give the grids met on the way, bool (k, n_cells), none on large boards.

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
    n_free, reasons = settle_count(problem, layout)
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
        combiner=build_combiner(problem, board, units, n_free, stop),
        n_free=n_free,
        stop=stop,
        on_step=on_step,
    )
    if len(board.load) >= LARGE:
        search_large(desk, seed, count_moves(len(board.load), params.time_limit_s))
    elif len(board.load):
        _run(desk, seed)
    else:
        desk.offer(units.to_cells(np.zeros(0, dtype=np.int64)))
    labels = desk.best.labels if desk.best is not None else np.full(problem.n_cells, -1, dtype=np.int64)
    reasons += find_reasons(problem, layout, labels)
    if stop():
        reasons.append(Reason(code="stopped"))
    bound, proven = certify(problem, layout, n_free, labels)
    stats = Stats(
        engine="search",
        seed=seed,
        cpu_s=time.process_time() - started,
        n_groups=len(desk.seen),
        truncated=True,
    )
    found = build_result(problem, labels, lower_bound=bound, proven=proven, reasons=reasons, stats=stats)
    return found, desk.combiner.rows()


def _run(desk: Desk, seed: int) -> None:
    """Race, then go on from the winners until nothing gets better."""
    rng = np.random.default_rng(seed)
    ranked = _race(desk, seed)
    patience = _patience(len(desk.board.load))
    idle, turn = 0, 0
    while idle < patience and not desk.stop():
        desk.done = 0.1 + 0.8 * idle / patience
        better = _round(desk, ranked, turn, seed + 1000 + turn, rng)
        if turn % _COMBINE == 0 and desk.combiner.has_news():
            better = desk.combine_met() or better
        idle = 0 if better else idle + 1
        turn += 1
        if idle == patience and _finish(desk, rng):
            idle = 0


def _patience(units: int) -> int:
    """Give the rounds without a better plan after which the search ends: more where a round takes less."""
    if units < _SMALL:
        return _CYCLE
    return min(max(1200 // units, _CYCLE), 3 * _CYCLE)


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
            plan = _walk(desk, (labels, int(option.sum())), RACE, 1, seed + index)
            desk.keep(plan)
            results.append((plan.broken, plan.cost, option, index))
    results.sort(key=lambda entry: entry[:2])
    return [(option, index) for _, _, option, index in results[:_KEPT_PAIRS]]


def _walk(desk: Desk, start: tuple[IntArray, int], effort: Effort, turn: int, seed: int) -> Plan:
    """Anneal from a plan of units, its labels and number of grids; judge the best plan met."""
    combiner = desk.combiner
    walk = walk_round(
        desk.board, *start, effort=effort, turn=turn, seed=seed, stop=desk.stop, nest=combiner.nest
    )
    combiner.note(float(walk.best_score[0]), float(walk.best_score[1]))
    return desk.judge(desk.units.to_cells(walk.best))


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
    plan = _walk(desk, (labels, k), FULL, turn, seed)
    better = desk.keep(plan)
    if desk.stop() or not desk.is_near(plan, _NEAR):
        return better
    return desk.improve(plan.labels, QUICK, rng) or better
