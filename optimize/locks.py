"""Which locks can hold at once: contradictions are found before searching, and named."""

from collections.abc import Iterable
from dataclasses import dataclass

from optimize.bitsets import bits, mask_of, neighbour_masks, pieces, sum_over
from optimize.problem import Problem
from optimize.result import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledLocks:
    """The locks that can hold at once, and a reason for each that was set aside.

    Attributes
    ----------
    whole
        Disjoint sets of cells that form one grid each.
    clusters
        Disjoint sets of cells outside `whole` that must share a grid.
    apart
        Pairs of cells outside `whole` that must not share one.
    """

    whole: tuple[frozenset[int], ...]
    clusters: tuple[frozenset[int], ...]
    apart: tuple[tuple[int, int], ...]
    reasons: tuple[Reason, ...]


def settle_locks(problem: Problem) -> SettledLocks:
    """Set aside the locks that contradict earlier ones: whole grids come first, then together, then apart."""
    reasons: list[Reason] = []
    whole = _settle_whole(problem, reasons)
    clusters = _settle_together(problem, whole, reasons)
    apart = _settle_apart(problem, whole, clusters, reasons)
    return SettledLocks(whole=whole, clusters=clusters, apart=apart, reasons=tuple(reasons))


def conflict(lock: str, why: str, cells: Iterable[int], **facts: object) -> Reason:
    """Build the reason for a lock that was set aside: its kind, why, and the numbers."""
    return Reason(
        code="locks_conflict", cells=tuple(sorted(cells)), facts={"lock": lock, "why": why, **facts}
    )


def _settle_whole(problem: Problem, reasons: list[Reason]) -> tuple[frozenset[int], ...]:
    near = neighbour_masks(problem.n_cells, problem.edges)
    kept: list[frozenset[int]] = []
    taken: set[int] = set()
    for cells in problem.locks.whole:
        if cells in kept:
            continue
        if taken & cells:
            reasons.append(conflict("whole", "overlap", cells, shared=tuple(sorted(taken & cells))))
        elif len(pieces(mask_of(cells), near)) > 1:
            reasons.append(conflict("whole", "not_contiguous", cells))
        else:
            kept.append(frozenset(cells))
            taken |= cells
    return tuple(kept)


def _settle_together(
    problem: Problem, whole: tuple[frozenset[int], ...], reasons: list[Reason]
) -> tuple[frozenset[int], ...]:
    home = {cell: at for at, cells in enumerate(whole) for cell in cells}
    clusters: list[int] = []
    for a, b in problem.locks.together:
        if home.get(a, -1) != home.get(b, -1):
            reasons.append(conflict("together", "whole", (a, b)))
        elif a not in home and a != b:
            joined = mask_of((a, b))
            joined |= sum(mask for mask in clusters if mask & joined)
            clusters = [mask for mask in clusters if not mask & joined] + [joined]
    near = neighbour_masks(problem.n_cells, problem.edges)
    free = mask_of(
        cell for cell, size in enumerate(problem.households.tolist()) if size <= problem.max_households
    )
    homes = pieces(free & ~mask_of(home), near)
    kept = []
    for mask in sorted(clusters, key=lambda mask: mask & -mask):
        households = sum_over(mask, problem.households)
        if households > problem.max_households:
            reasons.append(
                conflict(
                    "together",
                    "above_maximum",
                    bits(mask),
                    households=households,
                    max_households=problem.max_households,
                )
            )
        elif not any(mask & piece == mask for piece in homes):
            reasons.append(conflict("together", "no_way_between", bits(mask)))
        else:
            kept.append(frozenset(bits(mask)))
    return tuple(kept)


def _settle_apart(
    problem: Problem,
    whole: tuple[frozenset[int], ...],
    clusters: tuple[frozenset[int], ...],
    reasons: list[Reason],
) -> tuple[tuple[int, int], ...]:
    kept = []
    for a, b in dict.fromkeys(problem.locks.apart):
        if any(a in cells and b in cells for cells in whole):
            reasons.append(conflict("apart", "whole", (a, b)))
        elif any(a in cells and b in cells for cells in clusters):
            reasons.append(conflict("apart", "together", (a, b)))
        elif not any(a in cells or b in cells for cells in whole):
            kept.append((a, b))
    return tuple(kept)
