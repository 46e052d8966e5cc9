"""Search on boards of many hundreds to ten thousand units: race the starts, anneal everything, then patches.

How long it walks is counted in moves and never by the clock, so that the same seed gives the same plan; a
time limit is turned into moves at a rate that ordinary machines reach.
"""

from dataclasses import dataclass

import numpy as np

from optimize.problem import IntArray
from optimize.search_chance import new_chance
from optimize.search_desk import Desk
from optimize.search_flips import Heat, Span, anneal_kernel
from optimize.search_nest import no_nest
from optimize.search_patches import GRIDS, anneal_patch
from optimize.search_rounds import STARTS, count_options
from optimize.search_walk import Walk, build_walk
from optimize.starts import board_pieces, grid_range

LARGE = 500
"""Units from which on a board is searched this way."""

_RATE = 12e6  # moves per second of time limit, on an idle machine
_PER_UNIT = 60_000  # moves per unit at most, in all
_RACE = 60  # moves per unit for each start
_WHOLE = 4000  # moves per unit of the annealing of everything, at most
_WHOLE_SHARE = 0.35  # of all moves
_PER_CALL = 500_000  # moves between questions whether to stop
_REPORTS = 20  # times that the plan is judged while patches are annealed
_IDLE = 6  # times that patches may cover the board without any of them getting better
_MOST_TURNS = 20  # times that everything is annealed
_OPTIONS = 3  # numbers of grids raced
_HOT, _COLD = 1.0, 0.15
_CHEAP, _DEAR = 0.3, 30.0


@dataclass(slots=True, kw_only=True)
class _State:
    """Where the search stands; private to this file."""

    labels: IntArray
    k: int
    moves_left: int


def count_moves(units: int, time_limit_s: float | None) -> int:
    """Give the moves that a search may make."""
    most = _PER_UNIT * units
    return most if time_limit_s is None else int(min(most, _RATE * max(time_limit_s, 0.0)))


def search_large(desk: Desk, seed: int, moves: int) -> None:
    """Search with so many moves; plans are offered to the desk."""
    board = desk.board
    state = _race(desk, seed, moves)
    if desk.stop():
        return
    whole = min(int(_WHOLE_SHARE * moves), _WHOLE * len(board.load))
    for turn in range(_MOST_TURNS):
        # Annealing everything from hot forgets what was there: another plan, and perhaps a better one.
        state.labels = _anneal(desk, state, whole, seed + turn).best
        desk.done = 1.0 - 0.6 * max(state.moves_left, 0) / moves
        desk.offer(desk.units.to_cells(state.labels))
        if not desk.stop():
            _anneal_patches(desk, state, seed + turn)
        if desk.stop() or state.moves_left < whole:
            return


def _race(desk: Desk, seed: int, moves: int) -> _State:
    """Take every start a short way at some numbers of grids; give the best."""
    board = desk.board
    count, piece = board_pieces(board)
    ranges = [grid_range(board, np.flatnonzero(piece == index)) for index in range(count)]
    runners: list[tuple[float, float, int, _State]] = []
    for option in count_options(board, piece, desk.n_free, ranges)[:_OPTIONS]:
        for index, start in enumerate(STARTS):
            state = _State(
                labels=start(board, piece, option, seed + index), k=int(option.sum()), moves_left=moves
            )
            desk.offer(desk.units.to_cells(state.labels))
            if desk.stop():
                return state
            walk = _anneal(desk, state, _RACE * len(board.load), seed + index)
            plan = desk.judge(desk.units.to_cells(walk.best))
            desk.keep(plan)
            state.labels = walk.best
            runners.append((plan.broken, plan.cost, len(runners), state))
    best = min(runners, key=lambda entry: entry[:3])[3]
    best.moves_left = moves - len(runners) * _RACE * len(board.load)
    return best


def _anneal(desk: Desk, state: _State, moves: int, seed: int) -> Walk:
    """Anneal the whole board."""
    board = desk.board
    mean_load = max(float(board.load.mean()), 1.0)
    walk = build_walk(board, state.labels, state.k)
    heat = Heat(_HOT, _COLD, _CHEAP / mean_load, _DEAR / mean_load, 0.0)
    chance = new_chance(seed)
    for first in range(0, moves, _PER_CALL):
        anneal_kernel(board, walk, no_nest(), heat, Span(first, min(first + _PER_CALL, moves), moves), chance)
        if desk.stop():
            break
    state.moves_left -= moves
    return walk


def _anneal_patches(desk: Desk, state: _State, seed: int) -> None:
    """Anneal patches around grids in random order until the moves are used or none gets better any more."""
    rng = np.random.default_rng(seed)
    total, reported, idle = max(state.moves_left, 1), 0, 0
    patience = max(_IDLE * state.k // GRIDS, _IDLE)
    while state.moves_left > 0 and idle < patience:
        for middle in rng.permutation(state.k).tolist():
            labels, used = anneal_patch(desk.board, state.labels, state.k, middle, int(rng.integers(2**31)))
            idle = 0 if _is_cheaper(desk, state, labels) else idle + 1
            state.labels, state.moves_left = labels, state.moves_left - used
            share = 1.0 - max(state.moves_left, 0) / total
            if share * _REPORTS > reported + 1:
                reported = int(share * _REPORTS)
                desk.offer(desk.units.to_cells(labels))
            if desk.stop() or state.moves_left <= 0 or idle >= patience:
                break
        if desk.stop():
            break
    desk.offer(desk.units.to_cells(state.labels))


def _is_cheaper(desk: Desk, state: _State, labels: IntArray) -> bool:
    """Tell whether a plan costs less by the prices of borders."""
    if labels is state.labels:
        return False
    ends, cost = desk.board.edges, desk.board.cost
    before = cost[state.labels[ends[:, 0]] != state.labels[ends[:, 1]]].sum()
    return bool(cost[labels[ends[:, 0]] != labels[ends[:, 1]]].sum() < before - 1e-9)
