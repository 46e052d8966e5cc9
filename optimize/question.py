"""Locks as a question to a prepared community: which of its groups they allow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimize.bitsets import mask_of
from optimize.checks import lay_out
from optimize.locks import SettledLocks, settle_locks
from optimize.prepared import Prepared, to_factors
from optimize.problem import BoolArray, Problem
from optimize.result import Reason
from optimize.units import to_words

Masks = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which groups may be chosen; sets of units are uint64 (words,).

    Attributes
    ----------
    whole
        Sets that form a grid each: other groups keep out of them.
    clusters
        Sets of which a group holds all or none.
    apart
        Pairs of which a group holds one at most.
    n_grids
        Number of groups to choose, or None.
    reasons
        Locks that were set aside, and cells above the maximum.
    """

    whole: tuple[Masks, ...] = ()
    clusters: tuple[Masks, ...] = ()
    apart: tuple[Masks, ...] = ()
    n_grids: int | None = None
    reasons: tuple[Reason, ...] = ()

    def allows(self, masks: Masks) -> BoolArray:
        """Tell of each group, uint64 (k, words), whether it may be chosen, bool (k,)."""
        allowed = np.ones(len(masks), np.bool_)
        for mask in self.whole:
            allowed &= ~_meets(masks, mask) | (masks == mask).all(axis=1)
        for mask in self.clusters:
            allowed &= ~_meets(masks, mask) | _holds(masks, mask)
        for mask in self.apart:
            allowed &= ~_holds(masks, mask)
        return allowed


def _meets(masks: Masks, mask: Masks) -> BoolArray:
    return np.asarray(((masks & mask) != 0).any(axis=1))


def _holds(masks: Masks, mask: Masks) -> BoolArray:
    return np.asarray(((masks & mask) == mask).all(axis=1))


def ask(prepared: Prepared, problem: Problem) -> Question | None:
    """Turn the locks of a problem into a question, or None where the prepared groups cannot answer it.

    They cannot where a locked grid is no group among them (one outside the band, say), where locks change
    what is settled beforehand, or where they reach into a part without any plan.
    """
    if not prepared.complete or not _keeps_stuck(prepared, problem):
        return None
    settled, layout = settle_locks(problem), lay_out(problem)
    whole = [cells for cells in settled.whole if cells not in prepared.fixed]
    if set(layout.fixed) != {*prepared.fixed, *whole}:
        return None
    unit_of = {cell: at for at, cells in enumerate(prepared.units.cells) for cell in cells}
    grids = [_to_mask(prepared, unit_of, cells) for cells in whole]
    if any(not _is_listed(prepared, mask, cells) for mask, cells in zip(grids, whole, strict=True)):
        return None
    wanted = problem.locks.n_grids
    return Question(
        whole=tuple(grids),
        clusters=tuple(
            _to_mask(prepared, unit_of, cells) for cells in settled.clusters if _is_open(cells, unit_of)
        ),
        apart=tuple(_apart(prepared, unit_of, settled)),
        n_grids=None if wanted is None else wanted - len(prepared.fixed),
        reasons=layout.reasons,
    )


def _keeps_stuck(prepared: Prepared, problem: Problem) -> bool:
    """Tell whether the plans of the parts without a plan inside the band still stand."""
    cells = {cell for part in prepared.stuck for grid in part.plan.grids for cell in grid}
    locks = problem.locks
    named = [cell for pair in (*locks.together, *locks.apart) for cell in pair]
    named += [cell for grid in locks.whole for cell in grid]
    same_weights = (to_factors(problem.weights) == to_factors(prepared.problem.weights)).all()
    return not cells or (bool(same_weights) and locks.n_grids is None and cells.isdisjoint(named))


def _is_open(cells: Iterable[int], unit_of: dict[int, int]) -> bool:
    return all(cell in unit_of for cell in cells)


def _to_mask(prepared: Prepared, unit_of: dict[int, int], cells: Iterable[int]) -> Masks:
    units = mask_of(unit_of[cell] for cell in cells if cell in unit_of)
    return np.asarray(to_words([units], len(prepared.units))[0])


def _is_listed(prepared: Prepared, mask: Masks, cells: Sequence[int] | frozenset[int]) -> bool:
    """Tell whether a locked grid is one of the groups, cell by cell."""
    found = np.flatnonzero((prepared.masks == mask).all(axis=1))
    if len(found) != 1:
        return False
    return set(prepared.units.expand(prepared.groups.take(found)).members.tolist()) == set(cells)


def _apart(prepared: Prepared, unit_of: dict[int, int], settled: SettledLocks) -> Iterable[Masks]:
    for pair in settled.apart:
        if _is_open(pair, unit_of):
            yield _to_mask(prepared, unit_of, pair)
