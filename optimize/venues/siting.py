"""The question of where venues should stand, as arrays, and its answer with a certificate."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from optimize.errors import ProblemError
from optimize.problem import FloatArray, IntArray
from optimize.result import Reason, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Siting:
    """Demands, sites and the ways between them.

    Attributes
    ----------
    weight
        float64 (n,), residents, elderly or households at each demand; at least zero.
    distance_m
        float64 (n, m), walking metres from demand to site; infinite where there is no way.
    cost
        float64 (m,), of opening a site, at least zero; existing sites cost what keeping them costs.
    must, closed
        bool (m,): sites that have to be open (kept, or forced in), and that cannot be (land use, forced out).
    bonus_m
        float64 (m,), weighted metres that an open site is credited with (co-location), at least zero.
    n_open
        Number of open sites at most, those that must be open included; None for as many as the budget allows.
    budget
        What open sites may cost in all; None for no limit. Only one of `n_open` and `budget` may be given.
    reach_m
        Distance within which a demand counts as served by the covering models.
    far_m
        What an unserved demand counts as walking in the median models; nobody is sent further.
    share
        Share of the weight that has to be within `reach_m`, 0 to 1.
    room
        float64 (m,), weight that a site can take; None for no limit.
    """

    weight: FloatArray
    distance_m: FloatArray
    cost: FloatArray
    must: np.ndarray
    closed: np.ndarray
    bonus_m: FloatArray
    n_open: int | None = None
    budget: float | None = None
    reach_m: float = 500.0
    far_m: float = 5000.0
    share: float = 0.0
    room: FloatArray | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SitingAnswer:
    """Open sites and who goes where, with a certificate.

    Attributes
    ----------
    is_open
        bool (m,).
    of
        int64 (n,), the site that each demand goes to; -1 where it goes nowhere.
    objective, lower_bound, gap
        What the model minimises (see `optimize.venues.models`), and what no choice can be below.
    unserved
        Demands that go nowhere, or further than they should; `no_way` marks those no site can serve.
    """

    model: str
    status: Status
    is_open: np.ndarray
    of: IntArray
    objective: float
    lower_bound: float
    gap: float
    proven: bool
    unserved: IntArray
    no_way: IntArray
    reasons: tuple[Reason, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)


def check_siting(siting: Siting) -> None:
    """Refuse arrays that contradict each other, every fault at once.

    Raises
    ------
    ProblemError
        `bad_siting`, with the names of the fields at fault.
    """
    n, m = siting.distance_m.shape
    faults = [
        name
        for name, held in (
            ("weight", _fits(siting.weight, n) and bool((siting.weight >= 0).all())),
            ("distance_m", not np.isnan(siting.distance_m).any() and bool((siting.distance_m >= 0).all())),
            ("cost", _fits(siting.cost, m) and bool((siting.cost >= 0).all())),
            ("bonus_m", _fits(siting.bonus_m, m) and bool((siting.bonus_m >= 0).all())),
            ("room", siting.room is None or (_fits(siting.room, m) and bool((siting.room >= 0).all()))),
            ("must", siting.must.shape == (m,) and not bool((siting.must & siting.closed).any())),
            ("n_open", siting.n_open is None or siting.n_open >= 1),
            ("budget", siting.budget is None or siting.budget >= 0),
            ("reach_m", siting.reach_m > 0),
            ("far_m", 0 < siting.far_m < np.inf),
            ("share", 0 <= siting.share <= 1),
            ("n_open, budget", siting.n_open is None or siting.budget is None),
        )
        if not held
    ]
    if faults:
        raise ProblemError("bad_siting", fields=faults)


def _fits(values: FloatArray, size: int) -> bool:
    return values.shape == (size,) and bool(np.isfinite(values).all())


def find_obstacles(siting: Siting) -> tuple[Reason, ...]:
    """Say why no choice can be made at all, before searching."""
    may = ~siting.closed
    if not may.any():
        return (Reason(code="no_candidates"),)
    if not siting.weight.any():
        return (Reason(code="no_demand"),)
    reasons: list[Reason] = []
    kept = siting.must
    if siting.n_open is not None and kept.sum() > siting.n_open:
        facts = {"n_open": siting.n_open, "n_kept": int(kept.sum())}
        reasons.append(Reason(code="more_kept_than_open", facts=facts))
    if siting.budget is not None:
        spent, dearest = float(siting.cost[kept].sum()), float(siting.cost[may].min())
        if spent > siting.budget:
            reasons.append(Reason(code="budget_below_kept", facts={"budget": siting.budget, "cost": spent}))
        elif not kept.any() and dearest > siting.budget:
            reasons.append(
                Reason(code="budget_below_cheapest", facts={"budget": siting.budget, "cost": dearest})
            )
    if siting.room is not None and not reasons:
        most = _most_room(siting)
        needed = float(siting.weight.sum())
        if most < needed:
            reasons.append(Reason(code="room_too_small", facts={"room": most, "weight": needed}))
    return tuple(reasons)


def _most_room(siting: Siting) -> float:
    """Give the room of the sites that may be open together, the last one counted in part."""
    if siting.room is None:
        return np.inf
    free = ~siting.must & ~siting.closed
    room, kept = siting.room[free], float(siting.room[siting.must].sum())
    if siting.budget is None:
        left = len(room) if siting.n_open is None else siting.n_open - int(siting.must.sum())
        return kept + float(np.sort(room)[::-1][:left].sum())
    cost, left_over = siting.cost[free], siting.budget - float(siting.cost[siting.must].sum())
    gratis = float(room[cost == 0].sum())
    order = np.argsort(-room[cost > 0] / cost[cost > 0], kind="stable")
    spent = np.cumsum(cost[cost > 0][order])
    part = np.clip((left_over - (spent - cost[cost > 0][order])) / cost[cost > 0][order], 0.0, 1.0)
    return kept + gratis + float((part * room[cost > 0][order]).sum())
