"""What each site would hold at given prices, and so what no choice of sites is below."""

from dataclasses import dataclass

import numpy as np

from optimize.problem import FloatArray, IntArray
from optimize.venues.capacitated_columns import Capacitated
from optimize.venues.knapsack import hold_kernel, loose_hold_kernel

_UNITS = 2000  # into which the largest room is divided for the knapsacks
_MOST_STEPS = 2e8  # of the exact knapsacks of all sites, at each price


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Needs and rooms in whole units, int64, both rounded down: no plan that fits is left out.

    `exact` tells whether holdings are worth counting in whole demands: with hundreds of small ones it costs
    seconds a price, and one demand taken in part hardly loosens the bound.
    """

    need: IntArray
    room: IntArray
    exact: bool


def in_units(model: Capacitated) -> Units:
    """Give needs and rooms in whole units."""
    exact = bool(
        (model.need % 1 == 0).all() and (model.room % 1 == 0).all() and model.room.max() <= 4 * _UNITS
    )
    scale = 1.0 if exact else _UNITS / max(float(model.room.max()), 1e-9)
    room = np.floor(model.room * scale + 1e-9).astype(np.int64)
    return Units(
        need=np.floor(model.need * scale + 1e-9).astype(np.int64),
        room=room,
        exact=float(room.sum()) * model.pay.shape[1] <= _MOST_STEPS,
    )


def hold(model: Capacitated, units: Units, price: FloatArray) -> tuple[np.ndarray, FloatArray]:
    """Give what each site would hold, bool (m, n), and what that adds to what is paid, float64 (m,)."""
    m, n = model.pay.shape
    held, worth = np.zeros((m, n), np.bool_), np.zeros(m)
    if units.exact:
        hold_kernel(model.pay, price, units.need, units.room, held, worth)
    else:
        loose_hold_kernel(model.pay, price, model.need, model.room, held, worth)
    return held, worth
