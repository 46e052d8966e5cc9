"""Grid codes in reading order: rows from the north, west to east within a row, per community."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

TEMPLATE = "{community}{number:03d}"
"""Twelve digits of the community and three of the grid (CJ/T 349-2010; DB11 unit-grid rule)."""


def number_grids(
    x_m: ArrayLike, y_m: ArrayLike, community_code: Sequence[str], *, template: str = TEMPLATE
) -> list[str]:
    """Give every grid its code: west to east, then north to south, counted from 1 in each community.

    Centroids rarely lie on one line, so they are first grouped into rows: a new row starts where the next
    centroid from the north lies lower than the row's first one by half the side of a typical grid (the
    community's extent divided evenly among its grids).

    Parameters
    ----------
    x_m, y_m
        (n,), centroids in a metric CRS.
    community_code
        (n,), any text; twelve digits are usual, not required.
    template
        Format with the places `community` and `number`.

    Returns
    -------
    Codes in the order of the input. Equal centroids keep their input order.
    """
    x, y = np.asarray(x_m, dtype=float), np.asarray(y_m, dtype=float)
    codes = [""] * len(x)
    members: dict[str, list[int]] = {}
    for position, community in enumerate(community_code):
        members.setdefault(str(community), []).append(position)
    for community, positions in members.items():
        for number, position in enumerate(_reading_order(x, y, np.array(positions)), start=1):
            codes[position] = template.format(community=community, number=number)
    return codes


def _reading_order(x: NDArray[np.float64], y: NDArray[np.float64], members: NDArray[np.int64]) -> list[int]:
    height = _typical_side(x[members], y[members])
    rows: list[list[int]] = []
    top = np.inf
    for position in members[np.lexsort((members, x[members], -y[members]))]:
        if y[position] < top - height / 2 or not rows:
            rows.append([])
            top = y[position]
        rows[-1].append(int(position))
    return [position for row in rows for position in sorted(row, key=lambda p: (x[p], -y[p], p))]


def _typical_side(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Side of a square grid if n of them filled the extent of the centroids plus half a grid all round.

    With k columns and l rows of side s the extent is (k - 1)s by (l - 1)s, so (w + s)(h + s) = n s².
    """
    n = len(x)
    if n < 2:
        return 0.0
    width, height = float(np.ptp(x)), float(np.ptp(y))
    # s²(n - 1) - s(w + h) - wh = 0
    total = width + height
    return float((total + np.sqrt(total**2 + 4 * (n - 1) * width * height)) / (2 * (n - 1)))
