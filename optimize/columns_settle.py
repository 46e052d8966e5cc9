"""Add the groups that short walks find to a linear programme, until they find no more.

Nothing is certain by it: there may be groups that no walk comes to. It only leaves fewer to be listed.
"""

from dataclasses import replace

import numpy as np

from optimize.columns_climb import build_hill, climb
from optimize.columns_master import Answer, Master
from optimize.columns_task import Task
from optimize.groups import Groups
from optimize.pricing import Pricing
from optimize.pricing_duals import Duals
from optimize.pricing_ground import price_teams
from optimize.problem import IntArray

_STEPS = 40  # of a walk
_SMOOTH = 0.3  # share of the former duals (Wentges 1997, doi:10.1016/S0969-6016(97)00001-4)
_SETTLE_ROUNDS = 200
_NEAREST = 150  # groups that are walked from when those at work lead nowhere
_ADDED = 150  # groups added at once


def settle(task: Task, pricing: Pricing, master: Master) -> Answer | None:
    """Add groups that short walks find until they find no more; None when the solver fails.

    It ends sooner where even the best of the groups walked to cannot bring the value below the best plan.
    """
    centre: Duals | None = None
    for _ in range(_SETTLE_ROUNDS):
        answer = master.solve()
        if answer is None or task.stop():
            return answer
        guide = _smooth(centre, answer.duals)
        added, least = _add_found(
            task, pricing, master, answer.duals, _walk(task, pricing, guide, answer.taken)
        )
        if added and answer.value + master.n_grids * least >= task.cost:
            return answer
        if added == 0 and guide is answer.duals:
            near = _nearest(task, guide)
            added, _ = _add_found(task, pricing, master, guide, _walk(task, pricing, guide, near))
            if added == 0:
                return answer
        centre = guide if added else None
    return answer


def _nearest(task: Task, duals: Duals) -> IntArray:
    """Give the places of the groups with the lowest reduced costs."""
    groups = task.store.groups(np.arange(len(task.store.rows)))
    reduced = duals.reduce(groups, np.array(task.store.cost))
    return np.argsort(reduced, kind="stable")[:_NEAREST]


def _smooth(centre: Duals | None, duals: Duals) -> Duals:
    """Mix the duals with former ones, which keeps them from jumping."""
    if centre is None or centre.cuts.shape != duals.cuts.shape or (centre.cuts != duals.cuts).any():
        return duals
    return replace(
        duals,
        unit=_SMOOTH * centre.unit + (1 - _SMOOTH) * duals.unit,
        grid=_SMOOTH * centre.grid + (1 - _SMOOTH) * duals.grid,
        cut_price=_SMOOTH * centre.cut_price + (1 - _SMOOTH) * duals.cut_price,
        mark_price=_SMOOTH * centre.mark_price + (1 - _SMOOTH) * duals.mark_price,
    )


def _walk(task: Task, pricing: Pricing, duals: Duals, places: IntArray) -> np.ndarray:
    """Walk from some groups, each under the variant of the floors that suits it best."""
    variants = pricing.floors.variants
    team_price = price_teams(pricing.floors, pricing.ground, duals)
    suited: dict[int, list[IntArray]] = {}
    for place in places.tolist():
        start = np.flatnonzero(task.store.rows[place])
        suited.setdefault(int(variants[:, start].sum(axis=1).argmin()), []).append(start)
    found = [
        climb([build_hill(task.problem, task.units, pricing.floors, duals, variant, team_price)], own, _STEPS)
        for variant, own in sorted(suited.items())
    ]
    return np.concatenate([np.zeros((0, len(task.units)), np.bool_), *found])


def _add_found(
    task: Task, pricing: Pricing, master: Master, duals: Duals, rows: np.ndarray
) -> tuple[int, float]:
    """Add the new groups of the lowest reduced costs, if below zero; give how many, and the lowest."""
    rows = task.store.unseen(rows)
    if len(rows) == 0:
        return 0, 0.0
    groups = Groups.from_rows(rows, task.units.households)
    cost = pricing.cost(groups)
    reduced = duals.reduce(groups, cost)
    order = np.argsort(reduced, kind="stable")[:_ADDED]
    keep = order[reduced[order] < -1e-6]
    places = task.store.add(rows[keep], cost[keep])
    master.add(places)
    return len(places), float(reduced.min())
