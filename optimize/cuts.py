"""Cuts that tighten the linear relaxation where its gap leaves too many groups to choose from.

Of the groups that hold at least two of three units, a plan has at most one: any two of them would share a
unit (subset-row cuts, Jepsen, Petersen, Spoorendonk, Pisinger 2008, doi:10.1287/opre.1070.0449). They cut off
the halves that the relaxation likes so much.
"""

import numpy as np
from numba import njit

from optimize.groups import Groups
from optimize.pool import Pool, Side
from optimize.problem import FloatArray, IntArray

_LEAST_VIOLATION = 0.02
_CUTS_PER_ROUND = 30


@njit("float64[:, ::1](float64[:, ::1], float64[::1])", cache=True, nogil=True)
def _share(held: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Sum, for each pair of units, what is taken of the columns that hold both."""
    n_columns, n_units = held.shape
    shared = np.zeros((n_units, n_units))
    for column in range(n_columns):
        for a in range(n_units):
            if held[column, a] > 0:
                for b in range(n_units):
                    shared[a, b] += value[column] * held[column, b]
    return shared


@njit("float64[:, ::1](float64[:, ::1], float64[::1], float64)", cache=True, nogil=True)
def find_triples(held: np.ndarray, value: np.ndarray, least: float) -> np.ndarray:
    """List the triples of units (a, b, c, violation) whose cut is broken by more than `least`.

    held: float64 (columns, units), 1 where a column holds a unit; value: float64 (columns,).
    """
    n_columns, n_units = held.shape
    shared = _share(held, value)
    found = np.empty((4096, 4))
    count = 0
    for a in range(n_units):
        for b in range(a + 1, n_units):
            for c in range(b + 1, n_units):
                total = shared[a, b] + shared[a, c] + shared[b, c]
                if total <= 1.0 + least or count == len(found):
                    continue
                for column in range(n_columns):
                    total -= 2.0 * value[column] * held[column, a] * held[column, b] * held[column, c]
                if total > 1.0 + least:
                    found[count, 0], found[count, 1], found[count, 2], found[count, 3] = a, b, c, total - 1.0
                    count += 1
    return found[:count].copy()


def find_cuts(pool: Pool, columns: IntArray, value: FloatArray) -> tuple[Side, ...]:
    """Find the cuts that a fractional solution breaks most.

    Parameters
    ----------
    columns, value
        Positions in the pool and how much of each is taken.
    """
    taken = value > 1e-7
    held = _hold(pool.groups.take(columns[taken]), pool.n_units)
    triples = find_triples(held, np.ascontiguousarray(value[taken]), _LEAST_VIOLATION)
    worst = np.argsort(-triples[:, 3], kind="stable")[:_CUTS_PER_ROUND]
    return tuple(_make_cut(pool, triples[at, :3].astype(np.int64)) for at in worst)


def _hold(groups: Groups, n_units: int) -> FloatArray:
    held = np.zeros((len(groups), n_units))
    held[np.repeat(np.arange(len(groups)), np.diff(groups.indptr)), groups.members] = 1.0
    return held


def _make_cut(pool: Pool, triple: IntArray) -> Side:
    inside = np.zeros(pool.n_units, np.int64)
    inside[triple] = 1
    running = np.concatenate([[0], np.cumsum(inside[pool.groups.members])])
    shared = running[pool.groups.indptr[1:]] - running[pool.groups.indptr[:-1]]
    return Side(coefficient=(shared >= 2).astype(np.float64), lower=-np.inf, upper=1.0)
