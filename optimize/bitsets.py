"""Sets of cells as Python integers (bit c stands for cell c): quick for the small graphs of a community."""

from collections.abc import Iterable

from optimize.problem import FloatArray, IntArray


def neighbour_masks(n_cells: int, edges: IntArray) -> list[int]:
    """Give the neighbours of each cell as a bit set (a Python integer; bit c stands for cell c)."""
    near = [0] * n_cells
    for a, b in edges.tolist():
        near[a] |= 1 << b
        near[b] |= 1 << a
    return near


def bits(mask: int) -> list[int]:
    """List the cells of a bit set in ascending order."""
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found


def mask_of(cells: Iterable[int]) -> int:
    """Give the bit set of some cells."""
    mask = 0
    for cell in cells:
        mask |= 1 << cell
    return mask


def pieces(mask: int, near: list[int]) -> list[int]:
    """Split a set of cells into its contiguous pieces, each a bit set, ordered by their first cell."""
    found = []
    while mask:
        piece = fresh = mask & -mask
        while fresh:
            reached = 0
            for cell in bits(fresh):
                reached |= near[cell]
            fresh = reached & mask & ~piece
            piece |= fresh
        found.append(piece)
        mask &= ~piece
    return found


def sum_over(mask: int, values: IntArray | FloatArray) -> int:
    """Sum whole-number values over a set of cells."""
    return int(sum(int(values[cell]) for cell in bits(mask)))
