"""What can be said before searching: grids that are settled, parts that are independent, reasons why not."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimize.bitsets import bits, mask_of, neighbour_masks, pieces, sum_over
from optimize.locks import settle_locks
from optimize.problem import Problem
from optimize.result import Reason
from optimize.units import Units, build_units


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A community taken apart before searching.

    Attributes
    ----------
    fixed
        Grids that are settled: those a person fixed, then each cell above the maximum with what it takes in.
    parts
        Contiguous pieces of all other cells; no grid can reach from one into another.
    reasons
        Locks set aside and cells above the maximum.
    """

    fixed: tuple[frozenset[int], ...]
    parts: tuple[Units, ...]
    reasons: tuple[Reason, ...]


def lay_out(problem: Problem) -> Layout:
    """Settle locks and cells above the maximum, and divide the rest into independent parts.

    A cell with more households than a grid may have is a grid of its own. A piece that it cuts off joins
    it when that breaks the band by fewer households than a grid of its own would: pieces without
    households always do.
    """
    locks = settle_locks(problem)
    near = neighbour_masks(problem.n_cells, problem.edges)
    settled = mask_of(cell for cells in locks.whole for cell in cells)
    oversize = [
        cell
        for cell, size in enumerate(problem.households.tolist())
        if size > problem.max_households and not settled >> cell & 1
    ]
    free = pieces(((1 << problem.n_cells) - 1) & ~settled & ~mask_of(oversize), near)
    joined = {cell: 1 << cell for cell in oversize}
    parts = []
    for piece in free:
        host = _find_host(problem, piece, oversize)
        if host is None:
            parts.append(piece)
        else:
            joined[host] |= piece
    return Layout(
        fixed=locks.whole + tuple(frozenset(bits(mask)) for mask in joined.values()),
        parts=tuple(
            build_units(problem, bits(piece), _inside(locks.clusters, piece), locks.apart) for piece in parts
        ),
        reasons=locks.reasons + tuple(_explain_oversize(problem, *entry) for entry in joined.items()),
    )


def _inside(clusters: Sequence[frozenset[int]], piece: int) -> list[frozenset[int]]:
    return [cells for cells in clusters if mask_of(cells) & piece]


def _find_host(problem: Problem, piece: int, oversize: Sequence[int]) -> int | None:
    """Give the oversize cell with the longest border with a piece too small to stand alone."""
    if 2 * sum_over(piece, problem.households) > problem.min_households:
        return None
    shared = dict.fromkeys(oversize, 0.0)
    for (a, b), length in zip(problem.edges.tolist(), problem.border_m.tolist(), strict=True):
        for cell, other in ((a, b), (b, a)):
            if cell in shared and piece >> other & 1:
                # A border of no length still is one.
                shared[cell] += length + 1e-9
    host = max(shared, key=lambda cell: shared[cell], default=None)
    return host if host is not None and shared[host] > 0 else None


def _explain_oversize(problem: Problem, cell: int, mask: int) -> Reason:
    return Reason(
        code="oversize_cell",
        cells=(cell,),
        facts={
            "households": int(problem.households[cell]),
            "max_households": problem.max_households,
            "joined": tuple(other for other in bits(mask) if other != cell),
        },
    )


def count_range(total: int, low: int, high: int) -> tuple[int, int]:
    """Give the fewest and the most grids of a band that so many households fill; empty when first > last."""
    fewest = max(1, -(-total // high))
    return fewest, total // low if low > 0 else max(total, 1)


def explain_part(problem: Problem, units: Units) -> Reason | None:
    """Tell why a part cannot be divided into grids of the band by its households alone, or None.

    The smallest change of one limit that arithmetic asks for is in the facts: `max_needed` for as many
    grids as the maximum suggests rounded down, `min_needed` for one more.
    """
    total, low, high = units.total, problem.min_households, problem.max_households
    fewest, most = count_range(total, low, high)
    if fewest <= most:
        return None
    facts: dict[str, object] = {"households": total, "min_households": low, "max_households": high}
    everyone = int(problem.households.sum())
    if everyone < low:
        return Reason(
            code="community_below_minimum", cells=units.all_cells(), facts=facts | {"households": everyone}
        )
    if total < low:
        return Reason(code="cut_off_piece", cells=units.all_cells(), facts=facts)
    facts |= {"n_grids": most, "max_needed": -(-total // most), "min_needed": total // fewest}
    return Reason(code="arithmetic_gap", cells=units.all_cells(), facts=facts)


def combine(parts: Sequence[Units]) -> Units:
    """Put parts side by side as one, for rules that reach over all of them such as the number of grids."""
    cells: list[tuple[int, ...]] = []
    near: list[int] = []
    apart: list[int] = []
    tied: list[int] = []
    for part in parts:
        shift = len(cells)
        cells += part.cells
        near += [mask << shift for mask in part.near]
        apart += [mask << shift for mask in part.apart]
        tied += [mask << shift for mask in part.tied]
    households = np.concatenate([part.households for part in parts])
    return Units(
        cells=tuple(cells), households=households, near=tuple(near), apart=tuple(apart), tied=tuple(tied)
    )
