"""List every contiguous group of units inside the household band, each exactly once.

Groups grow from their lowest unit by one neighbour at a time; a unit once refused stays refused below,
so no group is met twice (the reverse-search idea of Avis and Fukuda 1996,
doi:10.1016/0166-218X(95)00026-N). The kernel keeps its state in arrays, so that the caller can pause it
to ask whether to stop.
"""

from dataclasses import dataclass

import numpy as np
from numba import boolean, int64, njit, uint64, void

from optimize.groups import Groups
from optimize.stop import Stop
from optimize.units import Units, to_words

_NODES_PER_CALL = 1_000_000
_GROUPS_PER_CALL = 1 << 17
_NODES_PER_GROUP = 30  # nodes visited per listed group before the listing counts as hopeless
_CELLS_PER_GROUP = 24  # members kept per listed group, on average, before memory counts as full

# De Bruijn sequence: its product with a single bit has a distinct top byte for each of the 64 positions.
_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
_POSITION = np.zeros(64, np.int64)
for _bit in range(64):
    _POSITION[((int(_DE_BRUIJN) << _bit) & ((1 << 64) - 1)) >> 58] = _bit


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Groups of units inside the band; `complete` says that there are no others."""

    groups: Groups
    complete: bool


@njit(int64(uint64), cache=True, nogil=True, inline="always")
def _lowest(word: np.uint64) -> int:
    low = word & (~word + np.uint64(1))
    return int(_POSITION[(low * _DE_BRUIJN) >> np.uint64(58)])


@njit(boolean(uint64[::1], uint64[:, ::1], int64[::1], int64, int64, uint64[:, ::1]), cache=True, nogil=True)
def _rest_fits(
    group: np.ndarray, near: np.ndarray, households: np.ndarray, low: int, high: int, work: np.ndarray
) -> bool:
    """Tell whether each piece that the group leaves over can hold a whole number of grids."""
    n_words = len(group)
    rest, fresh = work[0], work[1]
    for word in range(n_words):
        rest[word] = ~group[word] & work[2, word]
        fresh[word] = np.uint64(0)
    for first in range(n_words):
        while rest[first] != 0:
            bit = np.uint64(1) << np.uint64(_lowest(rest[first]))
            fresh[first] |= bit
            rest[first] ^= bit
            total = 0
            at = first
            while at < n_words:
                if fresh[at] == 0:
                    at += 1
                    continue
                unit = _lowest(fresh[at])
                fresh[at] ^= np.uint64(1) << np.uint64(unit)
                unit += 64 * at
                total += households[unit]
                for word in range(n_words):
                    reached = near[unit, word] & rest[word]
                    fresh[word] |= reached
                    rest[word] ^= reached
                    if reached != 0 and word < at:
                        at = word
            count = max(1, -(-total // high))
            if count * low > total:
                return False
    return True


_STATE = "Tuple((int64[::1], uint64[:, :, ::1], int64[:, ::1]))"
_FACTS = "Tuple((uint64[:, ::1], uint64[:, ::1], int64[::1]))"
_SINK = "Tuple((int64[::1], int32[::1], int64[::1]))"


@njit(int64(uint64[:, :, ::1], int64), cache=True, nogil=True)
def _next_neighbour(words: np.ndarray, depth: int) -> int:
    """Take the lowest unit off the frontier at some depth and refuse it from now on; -1 if there is none."""
    for word in range(words.shape[2]):
        if words[0, depth, word] != 0:
            unit = _lowest(words[0, depth, word])
            bit = np.uint64(1) << np.uint64(unit)
            words[0, depth, word] ^= bit
            words[1, depth, word] |= bit
            return unit + 64 * word
    return -1


@njit(void(uint64[:, :, ::1], int64), cache=True, nogil=True)
def _start_root(words: np.ndarray, root: int) -> None:
    """Start groups whose lowest unit is the root: all units up to it are refused."""
    words[:3, 0, :] = np.uint64(0)
    for unit in range(root + 1):
        words[1, 0, unit >> 6] |= np.uint64(1) << np.uint64(unit & 63)


@njit(f"void(uint64[:, :, ::1], int64, int64, int64, {_FACTS})", cache=True, nogil=True)
def _grow(
    words: np.ndarray, above: int, depth: int, unit: int, facts: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    """Add a unit to the group at depth `above`, giving the one at `depth`."""
    near, apart, _ = facts
    for word in range(words.shape[2]):
        words[1, depth, word] = words[1, above, word] | apart[unit, word]
        words[2, depth, word] = words[2, above, word]
        words[0, depth, word] = (words[0, above, word] | near[unit, word]) & ~words[1, depth, word]
    words[2, depth, unit >> 6] |= np.uint64(1) << np.uint64(unit & 63)


@njit(f"Tuple((int64, boolean))({_STATE}, {_FACTS}, int64, int64, int64, {_SINK})", cache=True, nogil=True)
def _resume(
    state: tuple[np.ndarray, np.ndarray, np.ndarray],
    facts: tuple[np.ndarray, np.ndarray, np.ndarray],
    low: int,
    high: int,
    max_nodes: int,
    sink: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> tuple[int, bool]:
    """List on until done, `max_nodes` were visited or the sink is full.

    Parameters
    ----------
    state
        Next root and depth; frontier, refused, group (and work space) as words per depth; unit and households
        per depth.
    facts
        Near and apart as words, households.
    sink
        Starts, units and households of the groups, to be filled.

    Returns
    -------
    n_groups, done
    """
    place, words, path = state
    near, _, households = facts
    indptr, members, sizes = sink
    found = nodes = 0
    depth = place[1]
    while nodes < max_nodes and found < len(sizes) and indptr[found] + len(households) <= len(members):
        if depth < 0:
            unit = place[0]
            if unit == len(households):
                return found, True
            place[0] += 1
            total = households[unit]
            _start_root(words, unit)
        else:
            unit = _next_neighbour(words, depth)
            if unit < 0:
                depth -= 1
                continue
            total = path[1, depth] + households[unit]
        if total > high:
            continue
        nodes += 1
        _grow(words, max(depth, 0), depth + 1, unit, facts)
        depth += 1
        path[0, depth], path[1, depth] = unit, total
        if total >= low and _rest_fits(words[2, depth], near, households, low, high, words[3]):
            start = indptr[found]
            members[start : start + depth + 1] = path[0, : depth + 1]
            found += 1
            indptr[found] = start + depth + 1
            sizes[found - 1] = total
    place[1] = depth
    return found, False


def list_groups(units: Units, low: int, high: int, max_groups: int, stop: Stop) -> Listing:
    """List every contiguous group of units that a plan inside the band may use.

    A group is listed when its households lie in [low, high], it holds no two units kept apart, all or
    none of each tied set, and every piece it leaves over can hold a whole number of grids of the band:
    other groups occur in no plan.

    Parameters
    ----------
    max_groups
        The listing is cut off, and not complete, beyond so many groups (or as much memory or work as
        they take).
    stop
        Asked every few hundredths of a second; the listing is cut off when it says yes.
    """
    n_units = len(units)
    near = to_words(units.near, n_units)
    facts = (near, to_words(units.apart, n_units), np.ascontiguousarray(units.households))
    state = _start_state(units, near.shape[1])
    chunks: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    n_groups = n_members = n_calls = 0
    done = False
    while not done:
        sink = (
            np.zeros(_GROUPS_PER_CALL + 1, np.int64),
            np.empty(max(_GROUPS_PER_CALL * 8, 2 * n_units), np.int32),
            np.empty(_GROUPS_PER_CALL, np.int64),
        )
        found, done = _resume(state, facts, low, high, _NODES_PER_CALL, sink)
        lengths = np.diff(sink[0][: found + 1])
        chunks.append((lengths, sink[1][: sink[0][found]].copy(), sink[2][:found].copy()))
        n_calls += near.shape[1] ** 2  # a node of a wide community is more work
        n_groups += found
        n_members += int(sink[0][found])
        if _is_beyond(n_groups, n_members, n_calls, max_groups) or (not done and stop()):
            break
    lengths, members, sizes = (np.concatenate(parts) for parts in zip(*chunks, strict=True))
    indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    groups = Groups(indptr=indptr, members=members, households=sizes)
    complete = done and not _is_beyond(n_groups, n_members, 0, max_groups)
    return Listing(groups=keep_ties(groups, units), complete=complete)


def _is_beyond(n_groups: int, n_members: int, n_calls: int, max_groups: int) -> bool:
    return (
        n_groups > max_groups
        or n_members > _CELLS_PER_GROUP * max_groups
        or (n_calls - 1) * _NODES_PER_CALL > _NODES_PER_GROUP * max_groups
    )


def _start_state(units: Units, n_words: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    n_units = len(units)
    words = np.zeros((4, max(n_units + 1, 3), n_words), np.uint64)
    words[3, 2] = to_words([units.everything], n_units)[0]  # `_rest_fits` finds the set of all units here
    return np.array([0, -1], np.int64), words, np.zeros((2, n_units + 1), np.int64)


def keep_ties(groups: Groups, units: Units) -> Groups:
    """Leave out the groups that hold some but not all units of a tied set."""
    keep = np.ones(len(groups), np.bool_)
    for tied in units.tied:
        inside = count_inside(groups, tied, len(units))
        keep &= (inside == 0) | (inside == tied.bit_count())
    return groups if keep.all() else groups.take(np.flatnonzero(keep))


def keep_apart(groups: Groups, units: Units) -> Groups:
    """Leave out the groups that hold two units kept apart."""
    keep = np.ones(len(groups), np.bool_)
    for unit, mask in enumerate(units.apart):
        if mask:
            keep &= ~(
                (count_inside(groups, 1 << unit, len(units)) > 0)
                & (count_inside(groups, mask, len(units)) > 0)
            )
    return groups if keep.all() else groups.take(np.flatnonzero(keep))


def count_inside(groups: Groups, mask: int, n_units: int) -> np.ndarray:
    """Count the units of each group that lie in a set, int64 (k,)."""
    flags = np.array([(mask >> unit) & 1 for unit in range(n_units)], np.int64)
    running = np.concatenate([[0], np.cumsum(flags[groups.members])])
    return np.asarray(running[groups.indptr[1:]] - running[groups.indptr[:-1]])
