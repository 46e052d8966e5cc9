"""Bounds of what the groups of a diagram cost less what they bring, by planes that hold inside a box.

Borders, compounds and prices of units add up along a way, so the least of them over all contiguous groups is
found exactly. The other costs are functions of sums over a group. Inside a box of sizes, areas, outlines and
centres, planes bound them from below; what a plane loses shrinks with the square of the box. A price for each
side of the box is moved to raise the bound by a proximal bundle method (Kiwiel 1990, doi:10.1007/BF01585731).
Any prices give a bound that holds; only its sharpness rests on them.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from optimize.diagram import Diagram
from optimize.diagram_planes import add_up_kernel, plane_tables_kernel, slope_kernel
from optimize.diagram_terms import (
    FAR_AWAY,
    KEPT_SIDE,
    SIZE_SIDE,
    Grain,
    Tables,
    Terms,
    build_tables,
    no_grain,
    price_limits,
    price_scale,
)
from optimize.pricing_floors import Floors
from optimize.pricing_sums import N_SUMS
from optimize.problem import FloatArray, IntArray

_MOVES = 200  # of shares between planes
_WIDEST = 1e3
_EXTREME_ROUNDS = 20


class Part(NamedTuple):
    """What of a diagram is looked at: `first`, `child` and `case` as of a `Diagram`.

    A child of -2 - l is the end of a way at level l.
    """

    first: IntArray
    child: np.ndarray
    case: np.ndarray


class Field(NamedTuple):
    """What all bounds of one listing share: the diagram, its pairs int64 (p, 2) and work space."""

    diagram: Diagram
    pairs: IntArray
    tables: Tables


class Question(NamedTuple):
    """What is to be bounded: terms in a box, `sides` float64 (10 + t, 2), states told apart by a grain.

    `limits` and `scale` are those of `price_limits` and `price_scale`; `haste` is the share of what is
    missing that four rounds must bring, or the rest is left to smaller boxes.
    """

    terms: Terms
    grain: Grain
    sides: FloatArray
    limits: FloatArray
    scale: FloatArray
    haste: float


class Room(NamedTuple):
    """What a bound leaves behind.

    Attributes
    ----------
    end
        float64 (levels,), what the size of each level costs.
    after
        float64 (s,), the least that a way on from each state costs.
    inside
        bool (u,), a group that costs least.
    """

    end: FloatArray
    after: FloatArray
    inside: np.ndarray


class _Bundle(NamedTuple):
    """Planes over the prices seen so far: slopes (r, prices), heights at no prices and shares (r,)."""

    slopes: FloatArray
    heights: FloatArray
    share: FloatArray


def make_room(part: Part, grain: Grain, n_units: int) -> Room:
    """Make room for the bound of a part."""
    return Room(
        end=np.zeros(len(grain.sizes)), after=np.empty(len(part.child)), inside=np.zeros(n_units, np.bool_)
    )


@njit(cache=True)
def backward_kernel(part: Part, tables: Tables, room: Room) -> None:
    """Write the least that any way on from each state costs."""
    child, pay, after = part.child, tables.pay, room.after
    for layer in range(len(part.first) - 2, -1, -1):
        base = tables.offset[layer]
        for state in range(part.first[layer], part.first[layer + 1]):
            at = base + part.case[state]
            best = FAR_AWAY
            for take in range(2):
                to = child[state, take]
                if to != -1:
                    best = min(best, pay[at, take] + (after[to] if to >= 0 else room.end[-2 - to]))
            after[state] = best


@njit(cache=True)
def forward_kernel(part: Part, tables: Tables) -> np.ndarray:
    """Give the least that any way to each state costs, float64 (s,)."""
    before = np.full(len(part.child), FAR_AWAY)
    before[0] = 0.0
    for layer in range(len(part.first) - 1):
        base = tables.offset[layer]
        for state in range(part.first[layer], part.first[layer + 1]):
            at = base + part.case[state]
            for take in range(2):
                to = part.child[state, take]
                if to >= 0:
                    before[to] = min(before[to], before[state] + tables.pay[at, take])
    return before


@njit(cache=True)
def _trace_kernel(field: Field, part: Part, room: Room) -> None:
    """Mark the units of a group that costs least."""
    pay = field.tables.pay
    room.inside[:] = False
    state, layer = np.int64(0), 0
    while state >= 0:
        at = field.tables.offset[layer] + part.case[state]
        cost = np.full(2, FAR_AWAY * 2)
        for take in range(2):
            to = part.child[state, take]
            if to != -1:
                cost[take] = pay[at, take] + (room.after[to] if to >= 0 else room.end[-2 - to])
        step = 1 if cost[1] < cost[0] else 0
        room.inside[field.diagram.order[layer]] = step == 1
        state = np.int64(part.child[state, step])
        layer += 1


@njit(cache=True)
def _lead_kernel(
    centre: np.ndarray, bundle: _Bundle, spread: np.ndarray, limits: np.ndarray, ahead: np.ndarray
) -> None:
    """Write the prices that the shares of the planes lead to, kept within their limits."""
    for at in range(len(centre)):
        rise = 0.0
        for plane in range(len(bundle.heights)):
            rise += bundle.share[plane] * bundle.slopes[plane, at]
        ahead[at] = min(max(centre[at] + spread[at] * rise, limits[at, 0]), limits[at, 1])


@njit(cache=True)
def _propose_kernel(
    centre: np.ndarray, bundle: _Bundle, spread: np.ndarray, limits: np.ndarray, ahead: np.ndarray
) -> float:
    """Write the prices at which the planes, less the distance from the centre, are highest; give the height.

    The dual, over shares of the planes that sum to one, is solved by moving shares from the highest plane to
    the lowest.
    """
    slopes, share = bundle.slopes, bundle.share
    value = np.zeros(len(share))
    for _ in range(_MOVES):
        _lead_kernel(centre, bundle, spread, limits, ahead)
        low, high = 0, -1
        for plane in range(len(share)):
            value[plane] = bundle.heights[plane] + (slopes[plane] * ahead).sum()
            if value[plane] < value[low]:
                low = plane
            if share[plane] > 0 and (high < 0 or value[plane] > value[high]):
                high = plane
        gap = value[high] - value[low]
        if gap < 1e-3 + 1e-6 * abs(value[low]):
            break
        free = (ahead > limits[:, 0]) & (ahead < limits[:, 1])
        bend = (spread * free * (slopes[high] - slopes[low]) ** 2).sum()
        move = share[high] if bend <= 0 else min(share[high], gap / bend)
        share[high] -= move
        share[low] += move
    return float(value.min())


@njit(cache=True)
def _look_kernel(
    field: Field, part: Part, ask: Question, price: np.ndarray, room: Room
) -> tuple[float, float]:
    """Bound the groups at some prices; give the bound and its constant."""
    fixed = plane_tables_kernel(
        field.diagram, (ask.terms, ask.grain), ask.sides, price, field.tables, room.end
    )
    backward_kernel(part, field.tables, room)
    return fixed + room.after[0], fixed


@njit(cache=True)
def _note_kernel(
    field: Field, ask: Question, price: np.ndarray, room: Room, bundle: _Bundle, bound: float
) -> None:
    """Take the plane over the prices at a group that costs least into a bundle, as its last."""
    total = np.zeros(N_SUMS + ask.terms.kept.shape[1])
    add_up_kernel(ask.terms, field.pairs, room.inside, total)
    last = len(bundle.heights) - 1
    slope_kernel((ask.terms, ask.grain), ask.sides, price, room.inside, total, bundle.slopes[last])
    bundle.heights[last] = bound - (bundle.slopes[last] * price).sum()
    bundle.share[last] = 1.0 if last == 0 else 0.0


@njit(cache=True)
def raise_kernel(
    field: Field, part: Part, ask: Question, reach: float, rounds: int, price: np.ndarray, room: Room
) -> tuple[float, float]:
    """Move the prices to raise the bound, until beyond reach; give the bound and the constant at the best.

    `price` gets the best prices; the tables and the room are left as they are there.
    """
    n_prices = len(price)
    slopes, heights, share = np.zeros((rounds, n_prices)), np.zeros(rounds), np.zeros(rounds)
    now, ahead, lately = price.copy(), np.zeros(n_prices), np.zeros(4)
    spread, metres = ask.scale[:n_prices] ** 2, ask.scale[n_prices]
    best, wide, hoped = -FAR_AWAY, 0.0, 0.0
    bound = fixed = -FAR_AWAY
    is_best = False
    for turn in range(rounds):
        bound, fixed = _look_kernel(field, part, ask, now, room)
        if turn > 0:
            wide *= 2.0 if bound > best + 0.5 * hoped else 0.6 if bound < best else 1.0
        is_best = bound > best
        if is_best:
            best = bound
            price[:] = now
        lately[turn % 4] = best
        slow = turn > 4 and best - lately[(turn + 1) % 4] < ask.haste * (reach - best)
        if bound > reach or turn == rounds - 1 or slow:
            break
        _trace_kernel(field, part, room)
        seen = _Bundle(slopes[: turn + 1], heights[: turn + 1], share[: turn + 1])
        _note_kernel(field, ask, now, room, seen, bound)
        if turn == 0:
            length = max((slopes[0] ** 2 * spread).sum(), 1e-12)
            wide = min(2.0 * max(reach - bound, 5.0 * metres) / length, _WIDEST)
        hoped = _propose_kernel(price, seen, spread * wide, ask.limits, ahead) - best
        if hoped < 1e-6:
            break
        if hoped < 0.01 * metres:
            wide *= 5.0
        now[:] = ahead
    if not is_best:
        best, fixed = _look_kernel(field, part, ask, price, room)
    if best < FAR_AWAY / 2:
        _trace_kernel(field, part, room)
    return best, fixed


def find_extreme(
    diagram: Diagram, floors: Floors, amount: FloatArray, cut: FloatArray, band: tuple[int, int]
) -> float:
    """Bound from below what every group in the band has of an amount, borders with others by `cut`."""
    n_units = len(diagram.order)
    terms = Terms(
        alone=np.ascontiguousarray(amount),
        cut=cut,
        crossed=np.zeros(len(cut)),
        outline=floors.outline,
        team_price=np.zeros(len(floors.team_price)),
        by_size=np.zeros(band[1] + 1),
        kept=np.zeros((n_units, 0)),
        fixed=np.zeros(1),
        sums=floors.sums._replace(rate=np.zeros(len(floors.sums.rate))),
    )
    sides, limits = np.zeros((KEPT_SIDE, 2)), np.zeros((KEPT_SIDE, 2))
    sides[SIZE_SIDE], limits[SIZE_SIDE] = band, price_limits(terms)[SIZE_SIDE]
    ask = Question(terms, no_grain(n_units, band), sides, limits, price_scale(terms), 0.0)
    part = Part(diagram.first, diagram.child, diagram.case)
    field = Field(diagram, floors.pairs, build_tables(diagram))
    most = float(np.abs(amount).sum() + np.abs(cut).sum()) + 1.0
    room = make_room(part, ask.grain, n_units)
    bound, _ = raise_kernel(field, part, ask, most, _EXTREME_ROUNDS, np.zeros(KEPT_SIDE), room)
    # Beyond everything there is, there is no such group.
    return float(min(bound, most))
