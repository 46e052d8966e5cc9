"""A share of the people within reach as a condition of models that aim at something else.

Whether the share can be had at all is settled first, by asking for as many within reach as can be.
"""

from dataclasses import replace

import numpy as np

from optimize.problem import IntArray
from optimize.result import Reason
from optimize.stop import Stop
from optimize.venues.capacitated_columns import Capacitated
from optimize.venues.capacitated_sites import Sites, search_sites, settle_leaves
from optimize.venues.median import TOLERANCE, Chosen, Median, Rule, solve_median
from optimize.venues.siting import Siting

_FINES = 10  # fines tried before branching settles what they leave open
_STRICT = 1e3  # times the first fine, at which next to nothing is out of reach that need not be
_DEAREST = 1e4  # times the first fine, beyond which none is tried


def allowed(siting: Siting) -> float:
    """Give the weight that may be out of reach."""
    return (1 - siting.share) * float(siting.weight.sum()) * (1 + 1e-9)


def missed(siting: Siting, is_open: np.ndarray) -> float:
    """Give the weight that has no open site within reach."""
    ways = siting.distance_m[:, is_open].min(axis=1, initial=np.inf)
    return float(siting.weight[ways > siting.reach_m].sum())


def find_lack(siting: Siting, most: Chosen) -> Reason | None:
    """Say why the share is not kept by the choice that has as many within reach as can be.

    None where it is kept; what that search did not prove is not said.
    """
    total = float(siting.weight.sum())
    if missed(siting, most.is_open) <= allowed(siting):
        return None
    facts = {"share": 100 * siting.share, "possible": 100 * (1 - most.lower_bound / total)}
    code = "share_out_of_reach" if most.lower_bound > allowed(siting) else "share_not_found"
    return Reason(code=code, facts=facts)


def keep_share(siting: Siting, median: Median, start: np.ndarray, stop: Stop) -> Chosen:
    """Solve a median model under the condition of the share.

    A fine on each weight out of reach bounds every choice that keeps it; the best fine is looked for first,
    and what it leaves open is settled by branching.

    Parameters
    ----------
    median
        The model without the condition.
    start
        bool (m,), a choice that keeps it.
    """
    bound, at, low, high = -np.inf, 0.0, 0.0, 0.0
    for _ in range(_FINES):
        fine = (low + high) / 2 if high else 4 * low
        chosen = solve_median(_fined(siting, median, fine), stop=stop)
        worth = chosen.lower_bound - fine * allowed(siting)
        bound, at = max((bound, at), (worth, fine))
        if missed(siting, chosen.is_open) <= allowed(siting):
            high, start = fine, _better(median, chosen.is_open, start)
            if fine == 0:
                break
        else:
            low = fine or siting.reach_m / 4
        best = _paid(median, start)
        if stop() or low > _DEAREST * siting.reach_m / 4 or best - bound <= TOLERANCE * abs(best):
            break
    rule = Rule(near=siting.distance_m <= siting.reach_m, weight=siting.weight, most=allowed(siting), fine=at)
    found = solve_median(_fined(siting, median, at), stop=stop, rule=rule, start=start)
    return replace(found, lower_bound=min(max(found.lower_bound, bound), found.objective))


def _fined(siting: Siting, median: Median, fine: float) -> Median:
    late = fine * siting.weight
    beyond = np.where(siting.distance_m > siting.reach_m, late[:, None], 0.0)
    return replace(median, pay=median.pay + beyond, none=median.none + late)


def _paid(median: Median, is_open: np.ndarray) -> float:
    ways = np.minimum(median.pay[:, is_open].min(axis=1, initial=np.inf), median.none)
    return float(ways.sum() + median.extra[is_open].sum())


def _better(median: Median, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return one if _paid(median, one) < _paid(median, other) else other


def keep_limit(model: Capacitated, dear: float, stop: Stop) -> Sites:
    """Solve a capacitated model under the condition of `late_most`.

    `dear` is a fine of the right size to begin with.
    """
    bound, at, low, high = -np.inf, 0.0, 0.0, 0.0
    start: IntArray | None = None
    for _ in range(_FINES):
        fine = (low + high) / 2 if high else 4 * low
        found = search_sites(model, stop, fine=fine, start=start, root_only=True)
        start = found.of if np.isfinite(found.cost) else start
        bound, at = max((bound, at), (found.lower_bound, fine))
        if found.missed <= model.late_most:
            high = fine
            if fine == 0:
                break
        else:
            low = fine or dear
        if stop() or low > _DEAREST * dear:
            break
    if start is None:
        # Where so much out of reach is never worth it, it shows that the limit cannot be kept.
        strict = search_sites(model, stop, fine=_STRICT * dear)
        if strict.lower_bound == np.inf:
            return strict
        start = strict.of if np.isfinite(strict.cost) else None
    found = search_sites(model, stop, fine=at, start=start)
    return settle_leaves(model, found, stop, fine=at)
