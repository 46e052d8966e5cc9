"""All contiguous groups of a part as paths through one diagram, however many groups there are.

Units are decided on in a fixed order, each left out or taken in. Of what was decided, only this matters for
what may follow: which of the units with later neighbours are inside, how they hang together, and which
compounds are touched. Land is flat, and a good order keeps few units with later neighbours, so a community
of a hundred cells has some hundred thousand such states, not the billions of groups that they stand for.

Kawahara, Inoue, Iwashita, Minato (2017), Frontier-based search for enumerating all constrained subgraphs
with compressed representation, doi:10.1587/transfun.E100.A.1773; Bergman, Cire, van Hoeve, Hooker (2016),
Decision Diagrams for Optimization, doi:10.1007/978-3-319-42849-9.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from optimize.bitsets import bits
from optimize.diagram_order import find_order
from optimize.problem import IntArray
from optimize.units import Units

DEAD, DONE = -1, -2
"""Instead of a next state: no contiguous group follows; the group is complete."""

_MOST_STATES = 1_000_000
_MOST_UNITS = 200  # more lie too wide, and ordering them takes the cube of their number
_MOST_SLOTS = 12  # units with later neighbours, four bits of a key each
_MOST_TEAMS = 15  # compounds that are being passed, one bit each
_MOST_CASES = 12  # bits of a case
_FIRST_TEAM = 48  # bit of a key
_JOINED = 15  # label of the piece that the unit at hand belongs to; no state has so many


class Diagram(NamedTuple):
    """States by layers; those of layer i are about to decide on unit `order[i]`.

    Attributes
    ----------
    order
        int64 (u,).
    first
        int64 (u + 1,), first state of each layer; layer 0 has one state.
    child
        int32 (s, 2), the state after leaving the unit out and after taking it in, or `DEAD` or `DONE`.
    case
        int16 (s,): bits for each earlier neighbour whether it is inside, then for each compound of the unit
        whether it is untouched so far.
    near_first, near_pair
        For each layer its earlier neighbours, as pairs: int64 (u + 1,) and int64.
    team_first, team
        For each layer the compounds of its unit: int64 (u + 1,) and int64.
    """

    order: IntArray
    first: IntArray
    child: np.ndarray
    case: np.ndarray
    near_first: IntArray
    near_pair: IntArray
    team_first: IntArray
    team: IntArray


class _Step(NamedTuple):
    """How one unit is decided on: places in the key of the state before, and what the key keeps after.

    Attributes
    ----------
    slots, keep
        Units with a label before; int64, which places are kept of those and the unit itself, which is last.
    near
        int64, places of the unit's earlier neighbours.
    own
        int64, bits of the unit's compounds; -1 where none of their units came before.
    after
        int64 (k, 2): for each bit after the bit before it was, or -1, and whether the unit sets it.
    """

    slots: int
    keep: IntArray
    near: IntArray
    own: IntArray
    after: IntArray


@njit(cache=True)
def _read_case_kernel(key: np.uint64, near: np.ndarray, own: np.ndarray) -> int:
    """Give the case of a state: which earlier neighbours are inside, which compounds are untouched."""
    case = 0
    for place in range(len(near)):
        if (key >> np.uint64(4 * near[place])) & np.uint64(15):
            case |= 1 << place
    touched = int(key >> np.uint64(_FIRST_TEAM))
    for place in range(len(own)):
        if own[place] < 0 or not (touched >> own[place]) & 1:
            case |= 1 << (len(near) + place)
    return case


@njit(cache=True)
def _join_kernel(key: np.uint64, near: np.ndarray, take: int, label: np.ndarray) -> None:
    """Write the labels of all units once the unit, which comes last, is decided on."""
    slots = len(label) - 1
    for slot in range(slots):
        label[slot] = int((key >> np.uint64(4 * slot)) & np.uint64(15))
    label[slots] = _JOINED * take
    if take == 0:
        return
    for place in range(len(near)):
        joined = label[near[place]]
        if joined == 0:
            continue
        for slot in range(slots):
            if label[slot] == joined:
                label[slot] = _JOINED


@njit(cache=True)
def _count_pieces_kernel(label: np.ndarray, name: np.ndarray) -> int:
    """Count the pieces that the units inside make; `name` is work space, and left at zero."""
    pieces = 0
    for slot in range(len(label)):
        if label[slot] > 0 and name[label[slot]] == 0:
            name[label[slot]] = 1
            pieces += 1
    name[:] = 0
    return pieces


@njit(cache=True)
def _pack_kernel(label: np.ndarray, keep: np.ndarray, name: np.ndarray) -> tuple[np.uint64, int]:
    """Put the labels that are kept into a key, named as they come; give it and how many there are."""
    key, left = np.uint64(0), 0
    for slot in range(len(keep)):
        which = label[keep[slot]]
        if which == 0:
            continue
        if name[which] == 0:
            left += 1
            name[which] = left
        key |= np.uint64(name[which]) << np.uint64(4 * slot)
    name[:] = 0
    return key, left


@njit(cache=True)
def _touch_kernel(key: np.uint64, after: np.ndarray, take: int) -> np.uint64:
    """Give the bits of the compounds that are touched after a decision."""
    touched = int(key >> np.uint64(_FIRST_TEAM))
    found = np.uint64(0)
    for place in range(len(after)):
        before = after[place, 0]
        if (before >= 0 and (touched >> before) & 1) or (take == 1 and after[place, 1] == 1):
            found |= np.uint64(1) << np.uint64(_FIRST_TEAM + place)
    return found


@njit(cache=True)
def _decide_kernel(keys: np.ndarray, step: _Step) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the keys after leaving out and taking in, uint64 (m, 2), what became of it, and the case."""
    made = np.zeros((len(keys), 2), np.uint64)
    fate = np.zeros((len(keys), 2), np.int32)
    case = np.zeros(len(keys), np.int16)
    label, name = np.zeros(step.slots + 1, np.int64), np.zeros(16, np.int64)
    for at in range(len(keys)):
        case[at] = _read_case_kernel(keys[at], step.near, step.own)
        for take in range(2):
            _join_kernel(keys[at], step.near, take, label)
            pieces = _count_pieces_kernel(label, name)
            key, left = _pack_kernel(label, step.keep, name)
            if left < pieces:
                # A piece has no later neighbours: complete if it is alone, else cut off.
                fate[at, take] = DONE if pieces == 1 else DEAD
            else:
                made[at, take] = key | _touch_kernel(keys[at], step.after, take)
    return made, fate, case


def build_diagram(units: Units, pairs: IntArray, team_units: IntArray, team_of: IntArray) -> Diagram | None:
    """Build the diagram of all contiguous groups; None where it would be too large.

    Parameters
    ----------
    pairs
        int64 (p, 2), every pair of neighbouring units, the smaller first.
    team_units, team_of
        Units and the compounds they belong to, int64 (t,) each.
    """
    if len(units) > _MOST_UNITS:
        return None
    order = find_order(units).tolist()
    steps, near_pair, teams = _plan(units, order, pairs, team_units, team_of)
    if steps is None:
        return None
    keys = np.zeros(1, np.uint64)
    first, children, cases = [0], [], []
    for at, step in enumerate(steps):
        made, fate, case = _decide_kernel(keys, step)
        if at == len(steps) - 1:
            fate = np.where(fate == 0, DEAD, fate)
        goes = fate == 0
        begin = first[-1] + len(keys)
        keys, place = np.unique(made[goes], return_inverse=True)
        child = fate.astype(np.int32)
        child[goes] = begin + place
        children.append(child)
        cases.append(case)
        first.append(begin)
        if begin + len(keys) > _MOST_STATES:
            return None
    return Diagram(
        order=np.array(order, np.int64),
        first=np.array(first, np.int64),
        child=np.concatenate(children),
        case=np.concatenate(cases),
        near_first=_starts(near_pair),
        near_pair=np.array([pair for some in near_pair for pair in some], np.int64),
        team_first=_starts(teams),
        team=np.array([team for some in teams for team in some], np.int64),
    )


def _starts(lists: list[list[int]]) -> IntArray:
    return np.concatenate([[0], np.cumsum([len(some) for some in lists])]).astype(np.int64)


def _plan(
    units: Units, order: list[int], pairs: IntArray, team_units: IntArray, team_of: IntArray
) -> tuple[list[_Step] | None, list[list[int]], list[list[int]]]:
    """Lay down each step of the order, and for each layer the pairs with earlier units and the compounds."""
    place = {unit: at for at, unit in enumerate(order)}
    near = [list(bits(mask)) for mask in units.near]
    pair_of = {(int(a), int(b)): at for at, (a, b) in enumerate(pairs.tolist())}
    last = [max([place[other] for other in near[unit]] + [place[unit]]) for unit in range(len(order))]
    teams_of: list[list[int]] = [[] for _ in order]
    ends: dict[int, list[int]] = {}
    for unit, team in zip(team_units.tolist(), team_of.tolist(), strict=True):
        teams_of[unit].append(team)
        ends.setdefault(team, []).append(place[unit])
    steps, near_pair, teams = [], [], []
    slots: list[int] = []
    active: list[int] = []
    for at, unit in enumerate(order):
        earlier = [other for other in slots if other in near[unit]]
        near_pair.append([pair_of[min(unit, other), max(unit, other)] for other in earlier])
        teams.append(teams_of[unit])
        if len(earlier) + len(teams_of[unit]) > _MOST_CASES:
            return None, [], []
        all_slots = [*slots, unit]
        kept = [slot for slot in range(len(all_slots)) if last[all_slots[slot]] > at]
        later = [team for team in sorted({*active, *teams_of[unit]}) if max(ends[team]) > at]
        if len(kept) > _MOST_SLOTS or len(later) > _MOST_TEAMS:
            return None, [], []
        steps.append(
            _Step(
                slots=len(slots),
                keep=np.array(kept, np.int64),
                near=np.array([slots.index(other) for other in earlier], np.int64),
                own=np.array(
                    [active.index(team) if team in active else -1 for team in teams_of[unit]], np.int64
                ),
                after=np.array(
                    [
                        (active.index(team) if team in active else -1, int(team in teams_of[unit]))
                        for team in later
                    ],
                    np.int64,
                ).reshape(-1, 2),
            )
        )
        slots = [all_slots[slot] for slot in kept]
        active = later
    return steps, near_pair, teams
