"""The ways of a diagram that are left in a box: dropped where beyond reach, told apart by size, followed."""

from typing import NamedTuple

import numpy as np
from numba import njit

from optimize.diagram_bound import Field, Part, Question, Room
from optimize.diagram_terms import AREA_SIDE, KEPT_SIDE, MIX, OUTLINE_SIDE, SIZE_SIDE, X_SIDE, Y_SIDE
from optimize.pricing_sums import AREA, FIRST_X, FIRST_Y, HOUSEHOLDS, N_SUMS, OUTLINE, cost_of_sums_kernel
from optimize.problem import FloatArray, IntArray


class Path(NamedTuple):
    """A way as far as it has been followed, by depth, so that following can be paused.

    Attributes
    ----------
    state, turn
        int64 (d,): state, and which decision is next.
    paid
        float64 (d, 2), by the plane and truly.
    total
        float64 (d, 10 + t), sums.
    place
        int64 (3,): depth, -1 when done; decisions made; decisions after which to pause.
    """

    state: IntArray
    turn: IntArray
    paid: FloatArray
    total: FloatArray
    place: IntArray


def start_path(n_units: int, n_kept: int, most: int) -> Path:
    """Stand at the first state, to pause after so many decisions."""
    return Path(
        state=np.zeros(n_units + 1, np.int64),
        turn=np.zeros(n_units + 1, np.int64),
        paid=np.zeros((n_units + 1, 2)),
        total=np.zeros((n_units + 1, N_SUMS + n_kept)),
        place=np.array([0, 0, most], np.int64),
    )


@njit(cache=True)
def drop_kernel(part: Part, field: Field, room: Room, before: np.ndarray, limit: float) -> Part:
    """Keep the states and decisions through which some way is within the limit."""
    tables, n_layers = field.tables, len(part.first) - 1
    place = np.full(len(part.child), -1, np.int32)
    first = np.zeros(n_layers + 1, np.int64)
    kept = 0
    for layer in range(n_layers):
        first[layer] = kept
        for state in range(part.first[layer], part.first[layer + 1]):
            if before[state] + room.after[state] <= limit:
                place[state] = kept
                kept += 1
    first[n_layers] = kept
    child, case = np.full((kept, 2), -1, np.int32), np.zeros(kept, np.int16)
    for layer in range(n_layers):
        for state in range(part.first[layer], part.first[layer + 1]):
            if place[state] < 0:
                continue
            case[place[state]] = part.case[state]
            at = tables.offset[layer] + part.case[state]
            for take in range(2):
                to = part.child[state, take]
                if to == -1:
                    continue
                rest = room.after[to] if to >= 0 else room.end[-2 - to]
                if before[state] + tables.pay[at, take] + rest <= limit:
                    child[place[state], take] = place[to] if to >= 0 else to
    return Part(first, child, case)


@njit(cache=True)
def count_kernel(child: np.ndarray) -> float:
    """Count the ways, each a group."""
    ways = np.zeros(len(child))
    for state in range(len(child) - 1, -1, -1):
        for take in range(2):
            to = child[state, take]
            if to <= -2:
                ways[state] += 1.0
            elif to >= 0:
                ways[state] += ways[to]
    return float(ways[0]) if len(ways) else 0.0


@njit(cache=True)
def _reach_levels_kernel(part: Part, weight: np.ndarray, n_levels: int) -> np.ndarray:
    """Tell at which levels each state can be reached, bool (s, levels)."""
    seen = np.zeros((len(part.child), n_levels), np.bool_)
    seen[0, 0] = True
    for layer in range(len(part.first) - 1):
        for state in range(part.first[layer], part.first[layer + 1]):
            for take in range(2):
                to = part.child[state, take]
                if to < 0:
                    continue
                more = weight[layer] * take
                for level in range(n_levels - more):
                    if seen[state, level]:
                        seen[to, level + more] = True
    return seen


@njit(cache=True)
def _ends_kernel(to: int, level: int, ends: np.ndarray, place: np.ndarray) -> bool:
    """Tell whether a decision that leads to a level can end well."""
    if to == -1 or level >= len(ends):
        return False
    return bool(place[to, level] >= 0) if to >= 0 else bool(ends[level])


@njit(cache=True)
def _place_levels_kernel(part: Part, weight: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Give numbers to states at levels from which a way ends well, int32 (s, levels); -1 to all others."""
    seen = _reach_levels_kernel(part, weight, len(ends))
    place = np.full(seen.shape, -1, np.int32)
    for layer in range(len(part.first) - 2, -1, -1):
        for state in range(part.first[layer + 1] - 1, part.first[layer] - 1, -1):
            for level in range(len(ends)):
                if seen[state, level] and (
                    _ends_kernel(part.child[state, 0], level, ends, place)
                    or _ends_kernel(part.child[state, 1], level + weight[layer], ends, place)
                ):
                    place[state, level] = 0
    count = 0
    for state in range(len(place)):
        for level in range(len(ends)):
            if place[state, level] >= 0:
                place[state, level] = count
                count += 1
    return place


@njit(cache=True)
def expand_kernel(part: Part, weight: np.ndarray, ends: np.ndarray) -> Part:
    """Tell states apart by levels; a way that ends at level l leads to -2 - l, if `ends` allows it.

    `weight` is what the unit of each layer adds to the level; `ends` bool (levels,).
    """
    place = _place_levels_kernel(part, weight, ends)
    kept = place.max() + 1
    first = np.zeros(len(part.first), np.int64)
    child, case = np.full((kept, 2), -1, np.int32), np.zeros(kept, np.int16)
    for layer in range(len(part.first) - 1):
        first[layer + 1] = first[layer]
        for state in range(part.first[layer], part.first[layer + 1]):
            for level in range(len(ends)):
                at = place[state, level]
                if at < 0:
                    continue
                first[layer + 1] = at + 1
                case[at] = part.case[state]
                for take in range(2):
                    to, now = part.child[state, take], level + weight[layer] * take
                    if _ends_kernel(to, now, ends, place):
                        child[at, take] = place[to, now] if to >= 0 else -2 - now
    return Part(first, child, case)


@njit(cache=True)
def _is_inside_kernel(sides: np.ndarray, total: np.ndarray) -> bool:
    """Tell whether a group lies in a box, its sides included; any other is met in another box."""
    for side in range(len(sides)):
        low, high, value = sides[side, 0], sides[side, 1], total[min(side, N_SUMS - 1)]
        if side == MIX:
            continue
        if side >= KEPT_SIDE:
            value = total[N_SUMS + side - KEPT_SIDE]
        elif side == AREA_SIDE:
            value = total[AREA]
        elif side == OUTLINE_SIDE:
            value = total[OUTLINE]
        elif side in (X_SIDE, Y_SIDE):
            value = total[FIRST_X] if side == X_SIDE else total[FIRST_Y]
            low, high = low * total[AREA], high * total[AREA]
        spare = 1e-6 * (1.0 + abs(low) + abs(high))
        if value < low - spare or value > high + spare:
            return False
    return True


@njit(cache=True)
def _step_kernel(field: Field, ask: Question, path: Path, at: int, take: int) -> None:
    """Write what a decision adds to a way, one deeper."""
    depth = path.place[0]
    terms, tables = ask.terms, field.tables
    path.paid[depth + 1, 0] = path.paid[depth, 0] + tables.pay[at, take]
    path.paid[depth + 1, 1] = path.paid[depth, 1] + tables.true[at, take]
    total = path.total[depth + 1]
    total[:] = path.total[depth]
    total[OUTLINE] += tables.edge[at, take]
    if take == 1:
        unit = field.diagram.order[depth]
        for sum_of in range(N_SUMS):
            total[sum_of] += terms.sums.amount[unit, sum_of]
        for sum_of in range(terms.kept.shape[1]):
            total[N_SUMS + sum_of] += terms.kept[unit, sum_of]


@njit(cache=True)
def _is_in_reach_kernel(ask: Question, paid: float, total: np.ndarray, reach: float) -> bool:
    """Tell whether a group of these sums is in the box, and its true reduced cost in reach."""
    size = int(total[HOUSEHOLDS])
    if size >= len(ask.terms.by_size) or not _is_inside_kernel(ask.sides, total):
        return False
    cost = paid + ask.terms.fixed[0] + ask.terms.by_size[size] + cost_of_sums_kernel(ask.terms.sums, total)
    return bool(cost <= reach)


@njit(cache=True)
def follow_kernel(
    field: Field,
    part: Part,
    ask: Question,
    room: Room,
    limits: tuple[float, float],
    path: Path,
    found: np.ndarray,
) -> int:
    """Follow ways until done, paused or `found` is full; give how many groups in reach there were.

    `limits` are those of a way by its plane and of a group by its true reduced cost.
    """
    state, turn, place = path.state, path.turn, path.place
    count = 0
    while place[0] >= 0 and place[1] < place[2] and count < len(found):
        depth = place[0]
        take = turn[depth]
        if take == 2:
            place[0] -= 1
            continue
        turn[depth] += 1
        to = np.int64(part.child[state[depth], take])
        if to == -1:
            continue
        place[1] += 1
        at = field.tables.offset[depth] + part.case[state[depth]]
        rest = room.after[to] if to >= 0 else room.end[-2 - to]
        if path.paid[depth, 0] + field.tables.pay[at, take] + rest > limits[0]:
            continue
        _step_kernel(field, ask, path, at, take)
        total = path.total[depth + 1]
        if total[HOUSEHOLDS] > ask.sides[SIZE_SIDE, 1]:
            continue
        if to >= 0:
            state[depth + 1], turn[depth + 1] = to, 0
            place[0] += 1
        elif _is_in_reach_kernel(ask, path.paid[depth + 1, 1], total, limits[1]):
            found[count] = False
            for above in range(depth + 1):
                found[count, field.diagram.order[above]] = turn[above] == 2
            count += 1
    return count
