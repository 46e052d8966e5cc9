"""List every group of a diagram whose reduced cost is within reach: boxes are halved until planes are sharp.

A box whose bound is beyond reach holds no such group. In any other, the states and decisions through which
every way is beyond reach are dropped, so that what is looked at shrinks with the box; once it is small,
states are told apart by the households inside, and at last the ways that are left are followed one by one.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimize.diagram import Diagram
from optimize.diagram_bound import Field, Part, Question, forward_kernel, make_room, raise_kernel
from optimize.diagram_planes import fill_kernel
from optimize.diagram_terms import (
    AREA_SIDE,
    FAR_AWAY,
    INSTITUTIONS_SIDE,
    MEMBERS_SIDE,
    ORGANISATIONS_SIDE,
    OUTLINE_SIDE,
    RESIDENTS_SIDE,
    SIZE_SIDE,
    X_SIDE,
    Y_SIDE,
    Grain,
    Terms,
    build_tables,
    find_grain,
    no_grain,
    price_limits,
    price_scale,
)
from optimize.diagram_ways import count_kernel, drop_kernel, expand_kernel, follow_kernel, start_path
from optimize.pricing_sums import AREA, FAR, FEW, HOUSEHOLDS, NONE, SHAPE, STRIP, UNEVEN
from optimize.problem import FloatArray, IntArray
from optimize.stop import Stop

_ROUNDS_FIRST = 20
_ROUNDS = 12
_ROUNDS_LAST = 40  # where no smaller box will do better
_HASTE = 0.05
_FEW_WAYS = 10_000.0  # followed without halving any further
_MOST_EXPANDED = 20_000  # states up to which they are told apart by households
_LEVELS = 40
_BLUNT = 10.0  # metres that planes may lose where the ways are followed
_NODES_PER_CALL = 200_000
_NOISE = 1e-9  # relative to the sum of all terms: sums of float64 can err by a thousandth of it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box:
    """A box to be looked at: what its bound is at least, and what of the diagram is left in it."""

    bound: float
    variant: int
    part: Part
    grain: Grain
    sides: FloatArray
    price: FloatArray


@dataclass(slots=True, kw_only=True)
class _Listing:
    """One listing; private to this file."""

    field: Field
    variants: Sequence[tuple[Terms, FloatArray]]
    scales: Sequence[FloatArray]
    grain: Grain
    reach: float
    stop: Stop
    most: tuple[int, int]
    found: list[np.ndarray]
    sink: np.ndarray
    work: float = 0.0

    def is_late(self) -> bool:
        """Tell whether to give up."""
        return self.work > self.most[0] or len(self.found) > self.most[1] or self.stop()

    def ask(self, box: _Box, grain: Grain) -> Question:
        """Say what is to be bounded."""
        terms = self.variants[box.variant][0]
        haste = _HASTE if _is_blunt(terms, box) else 0.0
        return Question(terms, grain, box.sides, price_limits(terms), self.scales[box.variant], haste)


def list_ways(
    field: Field,
    variants: Sequence[tuple[Terms, FloatArray]],
    reach: float,
    stop: Stop,
    most: tuple[int, int],
) -> tuple[list[np.ndarray], int, bool]:
    """List the groups whose cost under some variant may be in reach; those of the least bounds first.

    Parameters
    ----------
    variants
        Terms, and float64 (10 + t, 2) sides that hold all groups of the variant.
    most
        The listing is cut off beyond so many branches, each some 50 µs of work, or so many groups.

    Returns
    -------
    groups
        Rows of booleans.
    n_nodes, complete
    """
    task = _start(field, variants, reach, stop, most)
    n_units = len(field.diagram.order)
    whole = Part(field.diagram.first, field.diagram.child, field.diagram.case)
    heap = []
    for at, (_, sides) in enumerate(variants):
        grain = no_grain(n_units, (int(sides[SIZE_SIDE, 0]), int(sides[SIZE_SIDE, 1])))
        box = _Box(
            bound=-FAR_AWAY, variant=at, part=whole, grain=grain, sides=sides, price=np.zeros(len(sides))
        )
        heap.append((box.bound, at, box))
    count = len(heap)
    while heap:
        if task.is_late():
            return task.found, int(task.work) + 1, False
        halves = _look(task, heapq.heappop(heap)[2])
        if halves is None:
            return task.found, int(task.work) + 1, False
        for half in halves:
            heapq.heappush(heap, (half.bound, count, half))
            count += 1
    return task.found, int(task.work) + 1, True


def _start(
    field: Field,
    variants: Sequence[tuple[Terms, FloatArray]],
    reach: float,
    stop: Stop,
    most: tuple[int, int],
) -> _Listing:
    noise = abs(reach)
    for terms, _ in variants:
        sums = [np.abs(part).sum() for part in (terms.alone, terms.cut, terms.crossed, terms.team_price)]
        noise = max(
            noise, float(sum(sums) + terms.by_size.max() + terms.sums.rate.sum() + abs(terms.fixed[0]))
        )
    households = (
        variants[0][0].sums.amount[:, HOUSEHOLDS].astype(np.int64) if variants else np.zeros(0, np.int64)
    )
    band = (0, len(variants[0][0].by_size) - 1) if variants else (0, 0)
    return _Listing(
        field=field,
        variants=variants,
        scales=[price_scale(terms) for terms, _ in variants],
        grain=find_grain(households, band, _LEVELS),
        reach=reach + _NOISE * noise,
        stop=stop,
        most=most,
        found=[],
        sink=np.zeros((4096, len(field.diagram.order)), np.bool_),
    )


def _look(task: _Listing, box: _Box) -> list[_Box] | None:
    """Bound a box; drop it, halve it, or follow its ways. None when given up."""
    price, grain = box.price.copy(), box.grain
    raised = _raise(task, box, box.part, grain, price)
    # Where no smaller box does better, sizes must be told apart however many states there are.
    most = _MOST_EXPANDED if _is_blunt(task.variants[box.variant][0], box) else np.inf
    if raised is not None and len(grain.sizes) == 1 and len(raised[0].child) <= most:
        grain = task.grain
        part = _expand(task, box, raised[0])
        task.work += len(part.child) / 1000
        raised = _raise(task, box, part, grain, price) if len(part.child) else None
    if raised is None:
        return []
    part, bound, inside = raised
    terms = task.variants[box.variant][0]
    side, lost = find_widest(terms, box.sides, float(terms.sums.amount[inside, AREA].sum()))
    if count_kernel(part.child) > _FEW_WAYS and lost > _BLUNT:
        return [
            _Box(bound=bound, variant=box.variant, part=part, grain=grain, sides=half, price=price)
            for half in halve(terms, box.sides, side)
        ]
    return [] if _follow(task, task.ask(box, grain), part, price) else None


def _is_blunt(terms: Terms, box: _Box) -> bool:
    """Tell whether smaller boxes would have sharper planes."""
    return find_widest(terms, box.sides, float(box.sides[AREA_SIDE].mean()))[1] > _BLUNT


def _raise(
    task: _Listing, box: _Box, part: Part, grain: Grain, price: FloatArray
) -> tuple[Part, float, np.ndarray] | None:
    """Bound a part of the diagram and drop what is beyond reach; None where all is. `price` is written.

    Returns
    -------
    part, bound
    inside
        A group that costs least by the plane.
    """
    ask = task.ask(box, grain)
    room = make_room(part, grain, len(task.field.diagram.order))
    rounds = _ROUNDS_FIRST if box.bound == -FAR_AWAY else _ROUNDS
    if ask.haste == 0:
        rounds = _ROUNDS_LAST
    bound, fixed = raise_kernel(task.field, part, ask, task.reach, rounds, price, room)
    task.work += 1.0 + rounds * len(part.child) / 20_000
    if bound > task.reach:
        return None
    before = forward_kernel(part, task.field.tables)
    left = drop_kernel(part, task.field, room, before, task.reach - fixed)
    # A bound on the very edge of the reach can be rounded beyond it.
    return (left, bound, room.inside) if len(left.child) else None


def _expand(task: _Listing, box: _Box, part: Part) -> Part:
    """Tell the states of a part apart by the households inside."""
    low, high = box.sides[SIZE_SIDE]
    sizes = task.grain.sizes
    ends = (sizes[:, 1] >= low - 1e-6) & (sizes[:, 0] <= high + 1e-6)
    expanded: Part = expand_kernel(part, task.grain.weight[task.field.diagram.order], ends)
    return expanded


def _follow(task: _Listing, ask: Question, part: Part, price: FloatArray) -> bool:
    """Follow the ways that are left; False when given up."""
    field, terms = task.field, ask.terms
    room = make_room(part, ask.grain, len(field.diagram.order))
    _, fixed = raise_kernel(field, part, ask, -FAR_AWAY, 1, price, room)
    fill_kernel(field.diagram, field.tables.offset, terms, field.tables.true)
    outline = terms._replace(
        alone=np.zeros(len(terms.alone)),
        cut=terms.outline,
        crossed=np.zeros(len(terms.cut)),
        team_price=np.zeros(len(terms.team_price)),
    )
    fill_kernel(field.diagram, field.tables.offset, outline, field.tables.edge)
    path = start_path(len(field.diagram.order), terms.kept.shape[1], _NODES_PER_CALL)
    while path.place[0] >= 0:
        path.place[1] = 0
        count = follow_kernel(field, part, ask, room, (task.reach - fixed, task.reach), path, task.sink)
        task.found += list(task.sink[:count].copy())
        task.work += path.place[1] / 1000
        if path.place[0] >= 0 and task.is_late():
            return False
    return True


def find_widest(terms: Terms, sides: FloatArray, area: float) -> tuple[int, float]:
    """Give the side of a box that its planes lose most by, and how much, in metres.

    `area` is that of a group which costs least by the planes.
    """
    rate, reference = terms.sums.rate, terms.sums.reference
    lost = _lose_by_shape(rate, sides, area)
    for side, of in ((RESIDENTS_SIDE, FAR), (INSTITUTIONS_SIDE, UNEVEN)):
        low, high = sides[side]
        if low < reference[of] < high:
            lost[side] = min(60.0, rate[of] * min(reference[of] - low, high - reference[of]))
    for side, of, turn in ((MEMBERS_SIDE, FEW, reference[FEW]), (ORGANISATIONS_SIDE, NONE, 1.0)):
        if sides[side, 0] < turn <= sides[side, 1]:
            lost[side] = 0.2 * rate[of]
    side = int(np.argmax(lost))
    return side, float(lost[side])


def _lose_by_shape(rate: FloatArray, sides: FloatArray, area: float) -> FloatArray:
    """Give what the planes under compactness and Polsby-Popper lose by each side, roughly."""
    (a0, a1), (p0, p1) = sides[AREA_SIDE], sides[OUTLINE_SIDE]
    area = min(max(area, a0, 1e-9), max(a1, 1e-9))
    lost = np.zeros(len(sides))
    if rate[SHAPE] > 0 and a1 > 0:
        for side in (X_SIDE, Y_SIDE):
            lost[side] = rate[SHAPE] * 2 * np.pi * ((sides[side, 1] - sides[side, 0]) / 2) ** 2 / area
        apart = min((a1 / max(a0, 1e-9) - 1) ** 2, 9.0)
        lost[AREA_SIDE] = rate[SHAPE] * (0.2 * min((a1 / area) ** 2 - 1, 5.0) + apart / 4)
    if rate[STRIP] > 0 and p0 <= 0:
        lost[OUTLINE_SIDE] = rate[STRIP] if p1 > 1.0 else 0.0
    elif rate[STRIP] > 0:
        bend = (1 / p0**2 + 1 / p1**2) / 2 - 4 / (p0 + p1) ** 2
        twist = rate[STRIP] * np.pi * (a1 - a0) * (1 / p0**2 - 1 / p1**2)
        lost[OUTLINE_SIDE] = rate[STRIP] * 4 * np.pi * area * bend + twist / 2
        lost[AREA_SIDE] += twist
    return lost


def halve(terms: Terms, sides: FloatArray, side: int) -> tuple[FloatArray, FloatArray]:
    """Cut a box in two, where its cost has a turn or in the middle."""
    low, high = sides.copy(), sides.copy()
    a, b = sides[side]
    reference = terms.sums.reference
    if side in {MEMBERS_SIDE, ORGANISATIONS_SIDE}:
        turn = reference[FEW] if side == MEMBERS_SIDE else 1.0
        low[side, 1], high[side, 0] = turn - 1.0, turn
        return low, high
    middle = np.sqrt(a * b) if side in {AREA_SIDE, OUTLINE_SIDE} and a > 0 else (a + b) / 2
    if side == RESIDENTS_SIDE:
        middle = reference[FAR]
    elif side == INSTITUTIONS_SIDE:
        middle = reference[UNEVEN]
    low[side, 1] = high[side, 0] = middle
    return low, high


def open_field(diagram: Diagram, pairs: IntArray) -> Field:
    """Make room for one listing."""
    return Field(diagram, pairs, build_tables(diagram))
