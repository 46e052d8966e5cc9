"""What money buys: for each budget, the most people that can be within ten minutes on foot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scenarios.venues.propose import Stop, place_venues
from scenarios.venues.question import VenueGround, build_costs, is_existing
from scenarios.venues.settings import VenueSettings, for_model

_MOST_STEPS = 80

OnStep = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """What can be had for so much: how many are open, who is within ten minutes, and how sure that is.

    `limit` is the budget in yuan, or the number of open venues where `by_number`; `cost` what is spent of it;
    `share` is 0 to 1; `most` is what no choice of that budget can be above.
    """

    limit: float
    by_number: bool
    cost: float
    n_open: int
    share: float
    most: float
    proven: bool


def cost_curve(
    ground: VenueGround, settings: VenueSettings, *, stop: Stop, on_step: OnStep
) -> tuple[CurvePoint, ...]:
    """Answer the covering question from the largest budget down, everything else as it was asked.

    Each budget is just below what the answer before has spent, so no better choice lies between two points
    that are proven. Money is counted in yuan; where nothing has a cost, in open venues. `on_step` is told
    how far it is, of a hundred.
    """
    ids = np.array(ground.venue_ids)
    free = ~is_existing(ground.venues) & ~np.isin(ids, settings.closed)
    total = float(build_costs(ground.venues)[free].sum())
    by_number = total == 0
    most = float((~np.isin(ids, settings.closed)).sum()) if by_number else total
    limit, found = most, list[CurvePoint]()
    while limit >= by_number and len(found) < _MOST_STEPS and not stop():
        on_step(round(100 * (1 - limit / most)) if most else 0, 100)
        point = _point(ground, settings, limit, by_number=by_number, stop=stop)
        if point is None:
            break
        found.append(point)
        limit = (point.n_open if by_number else point.cost) - 1.0
    return _better_ones(found)


def _better_ones(found: Sequence[CurvePoint]) -> tuple[CurvePoint, ...]:
    """Leave out the points that cover no more than a cheaper one; the cheapest first."""
    kept: list[CurvePoint] = []
    for point in reversed(found):
        if not kept or point.share > kept[-1].share + 1e-12:
            kept.append(point)
    return tuple(kept)


def covering(settings: VenueSettings, limit: float, *, by_number: bool) -> VenueSettings:
    """Give the question that a point of the curve answers."""
    asked = replace(
        settings,
        model="mclp",
        reach_m=None,
        share=0.0,
        n_open=int(limit) if by_number else None,
        budget=None if by_number else limit,
    )
    return for_model(asked)


def _point(
    ground: VenueGround, settings: VenueSettings, limit: float, *, by_number: bool, stop: Stop
) -> CurvePoint | None:
    plan = place_venues(ground, covering(settings, limit, by_number=by_number), stop=stop)
    if plan.certificate["status"] == "none":
        return None
    total = float(plan.ways["people"].sum())
    opened = plan.venues["decision"] == "opens"
    return CurvePoint(
        limit=limit,
        by_number=by_number,
        cost=float(plan.venues.loc[opened, "cost"].sum()),
        n_open=int(plan.venues["open"].sum()),
        share=plan.coverage["10"] or 0.0,
        most=1 - plan.certificate["lower_bound"] / total,
        proven=bool(plan.certificate["proven"]),
    )
