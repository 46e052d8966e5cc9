"""Where venues should stand so that nobody walks too far: p-centre by coverings at fewer and fewer metres.

Minieka (1970), doi:10.1137/1012016.
"""

from dataclasses import dataclass

import numpy as np

from optimize.problem import FloatArray, IntArray
from optimize.stop import Stop
from optimize.venues.cover import Cover, Nearby, cover_all, cover_share


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """Open sites, the longest way with them, and the way that no choice can be below."""

    sites: IntArray
    objective: float
    lower_bound: float
    proven: bool


def solve_centre(
    distance_m: FloatArray,
    cost: FloatArray,
    budget: float,
    *,
    must: np.ndarray,
    stop: Stop,
    nearby: Nearby | None = None,
) -> Centre | None:
    """Choose the sites for which the longest way is shortest; None where not everyone can be reached.

    Parameters
    ----------
    distance_m
        float64 (n, m); infinite where there is no way or the site cannot be opened.
    cost, budget
        float64 (m,) of opening a site, and of all that are open; ones and p for p-centre.
    nearby
        What has to be nearer than the longest way; those within reach have to be enough for it.
    """

    def cover(most_m: float) -> Cover:
        near = distance_m <= most_m
        if nearby is None or most_m <= nearby.reach_m:
            return cover_all(near, cost, must=must, most=budget, stop=stop)
        return cover_share(nearby, cost, must=must, most=budget, also=near, stop=stop)

    values = np.unique(distance_m[np.isfinite(distance_m)])
    low, high = 0, len(values) - 1
    best: IntArray | None = None
    while low < high or best is None:
        middle = (low + high) // 2 if best is not None else high
        found = cover(float(values[middle]))
        if len(found.sites):
            best = found.sites
            reached = distance_m[:, best].min(axis=1).max()
            high = min(middle, int(np.searchsorted(values, reached)))
        elif not found.possible:
            if best is None:
                return None
            low = middle + 1
        else:
            break  # stopped before it was certain
    if best is None:
        return None
    return Centre(
        sites=best,
        objective=float(values[high]),
        lower_bound=float(values[low]),
        proven=low >= high,
    )
