"""Units: cells that cannot be in different grids count as one, so that fewer groups need listing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from optimize.bitsets import bits, mask_of, neighbour_masks, pieces
from optimize.groups import Groups
from optimize.problem import IntArray, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """u units of one part of a community; sets of units are bit sets (Python integers).

    Attributes
    ----------
    cells
        The cells of each unit; every unit is contiguous.
    households
        int64 (u,).
    near
        Neighbouring units of each unit.
    apart
        Units that must not share a grid with each unit.
    tied
        Sets of units that must share a grid though they do not touch.
    """

    cells: tuple[tuple[int, ...], ...]
    households: IntArray
    near: tuple[int, ...]
    apart: tuple[int, ...]
    tied: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.cells)

    @property
    def total(self) -> int:
        """Households of the part."""
        return int(self.households.sum())

    @property
    def everything(self) -> int:
        """The set of all units."""
        return (1 << len(self.cells)) - 1

    def all_cells(self) -> tuple[int, ...]:
        """Give the cells of the part, ascending."""
        return tuple(sorted(cell for unit in self.cells for cell in unit))

    @property
    def is_torn(self) -> bool:
        """Whether a unit must be apart from itself: merging showed that the locks cannot hold."""
        return any(mask >> unit & 1 for unit, mask in enumerate(self.apart))

    @property
    def has_locks(self) -> bool:
        """Whether any units are kept apart or tied."""
        return any(self.apart) or bool(self.tied)

    def without_locks(self) -> "Units":
        """Give the same units with nothing kept apart and nothing tied."""
        return replace(self, apart=(0,) * len(self.cells), tied=())

    def expand(self, groups: Groups) -> Groups:
        """Turn groups of units into the same groups of cells."""
        sizes = np.array([len(cells) for cells in self.cells], np.int64)
        starts = np.concatenate([[0], np.cumsum(sizes)])
        flat = np.array([cell for cells in self.cells for cell in cells], np.int32)
        counts = sizes[groups.members]
        ends = np.concatenate([[0], np.cumsum(counts)])
        within = np.arange(ends[-1]) - np.repeat(ends[:-1], counts)
        members = flat[np.repeat(starts[groups.members], counts) + within]
        return Groups(indptr=ends[groups.indptr], members=members, households=groups.households)


def build_units(
    problem: Problem,
    cells: Sequence[int],
    clusters: Sequence[frozenset[int]] = (),
    apart: Sequence[tuple[int, int]] = (),
) -> Units:
    """Make units of some cells of a problem.

    Parameters
    ----------
    cells
        The cells of the part.
    clusters
        Disjoint sets of cells of the part that must share a grid. The contiguous pieces of a cluster
        become one unit each; several pieces are tied.
    apart
        Pairs of cells that must not share a grid; pairs that reach outside the part are moot.
    """
    near_cells = neighbour_masks(problem.n_cells, problem.edges)
    inside = mask_of(cells)
    groups: list[int] = []
    tied_groups: list[list[int]] = []
    left = inside
    for cluster in clusters:
        found = pieces(mask_of(cluster), near_cells)
        if len(found) > 1:
            tied_groups.append(found)
        groups += found
        left &= ~mask_of(cluster)
    groups = sorted(groups + [1 << cell for cell in bits(left)], key=lambda mask: mask & -mask)
    unit_of = {cell: at for at, group in enumerate(groups) for cell in bits(group)}
    pairs = [(a, b) for a, b in problem.edges.tolist() if a in unit_of and b in unit_of]
    members = tuple(tuple(bits(group)) for group in groups)
    return Units(
        cells=members,
        households=np.array([problem.households[list(unit)].sum() for unit in members], np.int64),
        near=_relate(pairs, unit_of, len(groups)),
        apart=_relate([(a, b) for a, b in apart if a in unit_of and b in unit_of], unit_of, len(groups)),
        tied=tuple(mask_of(unit_of[bits(piece)[0]] for piece in found) for found in tied_groups),
    )


def _relate(pairs: Sequence[tuple[int, int]], unit_of: Mapping[int, int], n_units: int) -> tuple[int, ...]:
    """Turn pairs of cells into a relation between different units: a bit set for each."""
    related = [0] * n_units
    for a, b in pairs:
        if unit_of[a] != unit_of[b]:
            related[unit_of[a]] |= 1 << unit_of[b]
            related[unit_of[b]] |= 1 << unit_of[a]
    return tuple(related)


def merge_units(units: Units, merged: Sequence[int]) -> Units:
    """Merge disjoint contiguous sets of units into one unit each; ties and separations are kept."""
    taken = 0
    for group in merged:
        taken |= group
    groups = sorted(
        [*merged, *(1 << unit for unit in bits(units.everything & ~taken))], key=lambda mask: mask & -mask
    )
    new_of = {unit: at for at, group in enumerate(groups) for unit in bits(group)}

    def translate(mask: int) -> int:
        return mask_of(new_of[unit] for unit in bits(mask))

    def gather(masks: Sequence[int], at: int) -> int:
        found = 0
        for unit in bits(groups[at]):
            found |= translate(masks[unit])
        return found

    return Units(
        cells=tuple(tuple(sorted(c for u in bits(group) for c in units.cells[u])) for group in groups),
        households=np.array([units.households[bits(group)].sum() for group in groups], np.int64),
        near=tuple(gather(units.near, at) & ~(1 << at) for at in range(len(groups))),
        apart=tuple(gather(units.apart, at) for at in range(len(groups))),
        tied=tuple(mask for mask in map(translate, units.tied) if mask.bit_count() > 1),
    )


def join_dead_ends(units: Units, min_households: int) -> Units:
    """Merge each unit with the pieces that hang on it alone and cannot fill a grid: no plan divides them.

    Taking unit v away may leave pieces with fewer households than a grid needs. No grid fits inside such
    a piece, so each of its units shares the grid of v. Exact, and it takes most cells without households
    out of the listing.
    """
    while True:
        merged = _find_dead_ends(units, min_households)
        if merged == 0:
            return units
        units = merge_units(units, [merged])


def _find_dead_ends(units: Units, min_households: int) -> int:
    near = list(units.near)
    households = units.households.tolist()
    for home in pieces(units.everything, near):
        for unit in bits(home):
            found = pieces(home & ~(1 << unit), near)
            small = [piece for piece in found if sum(households[u] for u in bits(piece)) < min_households]
            if small:
                return (1 << unit) | sum(small)
    return 0


def to_words(masks: Sequence[int], n_units: int) -> NDArray[np.uint64]:
    """Turn bit sets into uint64 (k, words) for the compiled kernels."""
    n_words = max(1, -(-n_units // 64))
    low = (1 << 64) - 1
    rows = [[(mask >> (64 * word)) & low for word in range(n_words)] for mask in masks]
    return np.array(rows, np.uint64).reshape(len(masks), n_words)
