"""What the groups of a diagram cost less what they bring, in the terms that planes and bounds are made of."""

from typing import NamedTuple

import numpy as np

from optimize.diagram import Diagram
from optimize.pricing_sums import (
    AREA,
    HOUSEHOLDS,
    INSTITUTIONS,
    MEMBERS,
    ORGANISATIONS,
    OUTLINE,
    RESIDENTS,
    Sums,
)
from optimize.problem import FloatArray, IntArray

SIZE_SIDE, RESIDENTS_SIDE, MEMBERS_SIDE, ORGANISATIONS_SIDE, INSTITUTIONS_SIDE = 0, 1, 2, 3, 4
AREA_SIDE, OUTLINE_SIDE, X_SIDE, Y_SIDE, MIX, KEPT_SIDE = 5, 6, 7, 8, 9, 10
"""Sides of a box, and the prices for them; of `KEPT_SIDE` and beyond there is one for each of today's grids.

At the place of `MIX` a box has no side; its price is the share of the second of two planes.
"""

SUM_OF = np.array([HOUSEHOLDS, RESIDENTS, MEMBERS, ORGANISATIONS, INSTITUTIONS, AREA, OUTLINE])
"""What the first seven sides limit."""

FAR_AWAY = 1e300


class Terms(NamedTuple):
    """What groups cost under one variant, less the prices of their units.

    Attributes
    ----------
    alone
        float64 (u,), paid for each unit inside.
    cut, crossed, outline
        float64 (p,): paid where one of a pair is inside, where both are; length of the true outline there.
    team_price
        float64 (t,), paid for each compound with a unit inside.
    by_size
        float64 (max_households + 1,).
    kept
        float64 (u, t), households of each of today's grids that the box has a side for.
    fixed
        float64 (1,), paid by every group.
    sums
        Costs that depend on sums alone.
    """

    alone: FloatArray
    cut: FloatArray
    crossed: FloatArray
    outline: FloatArray
    team_price: FloatArray
    by_size: FloatArray
    kept: FloatArray
    fixed: FloatArray
    sums: Sums


class Grain(NamedTuple):
    """How finely states are told apart by the households inside.

    Attributes
    ----------
    weight
        int64 (u,), what each unit adds to the level of a group: nothing, or its households in coarse steps.
    sizes
        float64 (levels, 2), least and most households that a group of each level can have.
    """

    weight: IntArray
    sizes: FloatArray


class Tables(NamedTuple):
    """What each decision costs, by its case: float64 (cases, 2) for leaving out and taking in.

    `offset` is int64 (u + 1,), the first case of each layer. `pay` follows the plane, `true` what adds up
    exactly, `edge` the true outline.
    """

    offset: IntArray
    pay: FloatArray
    true: FloatArray
    edge: FloatArray


def build_tables(diagram: Diagram) -> Tables:
    """Make room."""
    wide = np.diff(diagram.near_first) + np.diff(diagram.team_first)
    offset = np.concatenate([[0], np.cumsum(1 << wide)]).astype(np.int64)
    return Tables(
        offset=offset,
        pay=np.zeros((offset[-1], 2)),
        true=np.zeros((offset[-1], 2)),
        edge=np.zeros((offset[-1], 2)),
    )


def price_limits(terms: Terms) -> FloatArray:
    """Give the least and the largest value of each price, float64 (10 + t, 2)."""
    limits = np.zeros((KEPT_SIDE + terms.kept.shape[1], 2))
    limits[:] = (-FAR_AWAY, FAR_AWAY)
    limits[MIX] = (0.0, 1.0)
    return limits


def no_grain(n_units: int, band: tuple[int, int]) -> Grain:
    """Tell no states apart."""
    return Grain(weight=np.zeros(n_units, np.int64), sizes=np.array([band], np.float64))


def find_grain(households: IntArray, band: tuple[int, int], most_levels: int) -> Grain:
    """Find steps of so few levels that the households of a level vary least."""
    best, least = no_grain(len(households), band), np.inf
    low, high = band
    for levels in range(4, most_levels + 1):
        weight = np.rint(households * (levels / max(high, 1))).astype(np.int64)
        heavy = weight > 0
        if not heavy.any():
            continue
        ratio = households[heavy] / weight[heavy]
        spare = float(households[~heavy].sum())
        top = int(np.floor(high / ratio.min() + 1e-6))
        spread = (ratio.max() - ratio.min()) * (low + high) / 2 / ratio.mean() + spare
        if top < 3 * most_levels and spread * (1 + 0.02 * top) < least:
            least = spread * (1 + 0.02 * top)
            level = np.arange(top + 1)
            best = Grain(
                weight=weight, sizes=np.stack([level * ratio.min(), level * ratio.max() + spare], axis=1)
            )
    return best


def price_scale(terms: Terms) -> FloatArray:
    """Give by how much each price is changed at first, and last the metres that matter, float64 (11 + t,)."""
    sums = terms.sums
    metres = 0.5 * float(np.abs(terms.alone).mean()) + 1e-9
    total = np.abs(sums.amount).sum(axis=0)
    n_prices = KEPT_SIDE + terms.kept.shape[1]
    most = len(terms.by_size) - 1
    share = min(1.0, most / max(total[HOUSEHOLDS], 1.0))
    area = total[AREA] * share + 1e-9
    scale = np.zeros(n_prices + 1)
    for side, sum_of in enumerate(SUM_OF.tolist()):
        scale[side] = metres / (0.2 * share * total[sum_of] + 1.0) if total[sum_of] > 0 else 0.0
    scale[OUTLINE_SIDE] = metres / (0.8 * np.sqrt(area))
    scale[[X_SIDE, Y_SIDE]] = metres / (0.1 * area**1.5)
    scale[MIX] = 0.5
    scale[KEPT_SIDE:n_prices] = scale[SIZE_SIDE]
    scale[n_prices] = 0.1 * metres
    return scale
