"""The models by name, each a function of the same question: one line and one function to add another.

| model | minimises |
|---|---|
| `p_median` | weighted walking metres, bonuses taken off; unserved demands count `far_m` |
| `mclp` | weight out of reach |
| `lscp` | cost of the sites with which the asked share is in reach |
| `p_centre` | metres of the longest way |
| `capacitated` | weighted walking metres where sites have only so much room |

Each keeps a share of the weight within reach as a condition, if one is asked (see `sharing`).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from optimize.errors import ProblemError
from optimize.problem import FloatArray, IntArray
from optimize.result import Reason
from optimize.stop import Stop
from optimize.venues.bound import CLOSED, FREE, OPEN
from optimize.venues.capacitated import serve_share, solve_capacitated
from optimize.venues.capacitated_columns import Capacitated
from optimize.venues.centre import solve_centre
from optimize.venues.cover import Nearby, cover_all, cover_share
from optimize.venues.median import Chosen, Median, solve_median
from optimize.venues.sharing import allowed, find_lack, keep_share
from optimize.venues.siting import Siting, SitingAnswer, check_siting, find_obstacles

Model = Callable[[Siting, Stop, np.random.Generator], SitingAnswer]


def solve_siting(siting: Siting, model: str, *, stop: Stop, rng: np.random.Generator) -> SitingAnswer:
    """Choose sites by one of the models; what cannot be is said before searching.

    Raises
    ------
    ProblemError
        `unknown_model`, `bad_siting`.
    """
    if model not in MODELS:
        raise ProblemError("unknown_model", model=model, models=tuple(MODELS))
    check_siting(siting)
    obstacles = find_obstacles(siting)
    if obstacles:
        return _nothing(siting, model, obstacles)
    return MODELS[model](siting, stop, rng)


def _p_median(siting: Siting, stop: Stop, rng: np.random.Generator) -> SitingAnswer:  # noqa: ARG001 - see Model
    cost, budget = _spend(siting)
    median = Median(
        pay=_pay(siting),
        none=siting.weight * siting.far_m,
        extra=-siting.bonus_m,
        cost=cost,
        budget=budget,
        state=_state(siting),
    )
    if siting.share == 0:
        return _told(siting, "p_median", solve_median(median, stop=stop))
    most = _most_in_reach(siting, stop)
    lack = find_lack(siting, most)
    if lack is not None:
        return _nothing(siting, "p_median", (lack,))
    return _told(siting, "p_median", keep_share(siting, median, most.is_open, stop))


def _mclp(siting: Siting, stop: Stop, rng: np.random.Generator) -> SitingAnswer:  # noqa: ARG001 - see Model
    chosen = _most_in_reach(siting, stop)
    lack = find_lack(siting, chosen) if siting.share > 0 else None
    return _told(siting, "mclp", chosen) if lack is None else _nothing(siting, "mclp", (lack,))


def _most_in_reach(siting: Siting, stop: Stop) -> Chosen:
    cost, budget = _spend(siting)
    return solve_median(
        Median(
            pay=np.where(siting.distance_m <= siting.reach_m, 0.0, np.inf),
            none=siting.weight,
            extra=np.zeros(len(siting.cost)),
            cost=cost,
            budget=budget,
            state=_state(siting),
        ),
        stop=stop,
    )


def _told(siting: Siting, model: str, chosen: Chosen) -> SitingAnswer:
    return _answer(
        siting, model, chosen.is_open, (chosen.objective, chosen.lower_bound), proven=chosen.proven
    )


def _lscp(siting: Siting, stop: Stop, rng: np.random.Generator) -> SitingAnswer:  # noqa: ARG001 - see Model
    near = (siting.distance_m <= siting.reach_m) & ~siting.closed
    asked = siting.weight > 0
    # Where sites cost nothing, as few as possible.
    cost = siting.cost if siting.cost.any() else np.ones(len(siting.cost))
    limit = siting.budget if siting.budget is not None else np.inf
    reachable = float(siting.weight[near.any(axis=1)].sum())
    share = siting.share or 1.0
    if reachable < share * siting.weight.sum() * (1 - 1e-9):
        lacking = np.flatnonzero(asked & ~near.any(axis=1))
        facts = {"share": 100 * share, "possible": 100 * reachable / float(siting.weight.sum())}
        return _nothing(
            siting, "lscp", (Reason(code="not_all_reachable", cells=tuple(lacking.tolist()), facts=facts),)
        )
    if share >= 1:
        found = cover_all(near[asked], cost, must=siting.must, most=limit, stop=stop)
    else:
        nearby = Nearby(near=near, weight=siting.weight, share=share, reach_m=siting.reach_m)
        found = cover_share(nearby, cost, must=siting.must, most=limit, stop=stop)
    if len(found.sites) == 0:
        return _nothing(
            siting,
            "lscp",
            (
                Reason(
                    code="time_too_short" if found.possible else "budget_too_small", facts={"budget": limit}
                ),
            ),
        )
    is_open = np.zeros(len(cost), np.bool_)
    is_open[found.sites] = True
    return _answer(siting, "lscp", is_open, (found.cost, found.lower_bound), proven=found.proven)


def _p_centre(siting: Siting, stop: Stop, rng: np.random.Generator) -> SitingAnswer:  # noqa: ARG001 - see Model
    usable = np.where(siting.closed[None, :], np.inf, siting.distance_m)
    reached = np.isfinite(usable).any(axis=1) & (siting.weight > 0)
    cost, budget = _spend(siting)
    lack = find_lack(siting, _most_in_reach(siting, stop)) if siting.share > 0 else None
    if lack is not None:
        return _nothing(siting, "p_centre", (lack,))
    nearby = None
    if siting.share > 0:
        near = usable <= siting.reach_m
        nearby = Nearby(near=near, weight=siting.weight, share=siting.share, reach_m=siting.reach_m)
    found = None
    if reached.any():
        found = solve_centre(usable[reached], cost, budget, must=siting.must, stop=stop, nearby=nearby)
    if found is None:
        return _nothing(siting, "p_centre", (_why_not_everyone(siting, stop),))
    is_open = np.zeros(len(cost), np.bool_)
    is_open[found.sites] = True
    return _answer(siting, "p_centre", is_open, (found.objective, found.lower_bound), proven=found.proven)


def _why_not_everyone(siting: Siting, stop: Stop) -> Reason:
    """Say why not everyone can be reached by as many as may open."""
    facts: dict[str, object] = {"n_open": siting.n_open or int((~siting.closed).sum())}
    if stop():
        return Reason(code="time_too_short", facts=facts)
    if siting.share > 0:
        return Reason(code="share_not_with_everyone", facts={"share": 100 * siting.share})
    if siting.budget is not None:
        return Reason(code="budget_too_small", facts={"budget": siting.budget})
    return Reason(code="too_few_to_reach", facts=facts)


def _capacitated(siting: Siting, stop: Stop, rng: np.random.Generator) -> SitingAnswer:
    lack = find_lack(siting, _most_in_reach(siting, stop)) if siting.share > 0 else None
    if lack is not None:
        return _nothing(siting, "capacitated", (lack,))
    asked = siting.weight > 0
    model = _with_rooms(siting, asked)
    if siting.share > 0:
        served = serve_share(model, siting.reach_m / 4, stop)
    else:
        whole = bool((model.pay % 1 == 0).all()) and float(model.pay.max()) < 2**40
        served = solve_capacitated(model, stop=stop, rng=rng, whole=whole)
    if (served.of < 0).any():
        code = "no_assignment" if served.proven else "no_assignment_found"
        code = "no_assignment_in_reach" if served.proven and siting.share > 0 else code
        return _nothing(siting, "capacitated", (Reason(code=code, facts={"share": 100 * siting.share}),))
    is_open = siting.must.copy()
    is_open[served.of] = True
    answer = _answer(
        siting, "capacitated", is_open, (served.objective, served.lower_bound), proven=served.proven
    )
    of = answer.of.copy()  # where nobody is, the nearest
    of[asked] = served.of
    return _with_assignment(siting, answer, of)


def _with_rooms(siting: Siting, asked: np.ndarray) -> Capacitated:
    """Give the model for the demands asked: each goes to one site as a whole, as people of one house do."""
    cost, budget = _spend(siting)
    weight, distance_m = siting.weight[asked], siting.distance_m[asked]
    return Capacitated(
        pay=np.ascontiguousarray((np.minimum(distance_m, siting.far_m) * weight[:, None]).T),
        need=weight,
        room=siting.room if siting.room is not None else np.full(len(siting.cost), siting.weight.sum()),
        cost=cost,
        budget=budget,
        must=siting.must,
        closed=siting.closed,
        late=np.ascontiguousarray((distance_m > siting.reach_m).T) if siting.share > 0 else None,
        late_most=allowed(siting) if siting.share > 0 else np.inf,
    )


MODELS: Mapping[str, Model] = MappingProxyType(
    {
        "p_median": _p_median,
        "mclp": _mclp,
        "lscp": _lscp,
        "p_centre": _p_centre,
        "capacitated": _capacitated,
    }
)
"""Model → function."""


def _pay(siting: Siting) -> FloatArray:
    within = siting.distance_m <= siting.far_m
    return np.where(within, siting.weight[:, None] * np.where(within, siting.distance_m, 0.0), np.inf)


def _spend(siting: Siting) -> tuple[FloatArray, float]:
    """Give what a site takes of the one limit that is in force: the budget, else the number of sites."""
    if siting.budget is not None:
        return siting.cost, float(siting.budget)
    m = len(siting.cost)
    return np.ones(m), float(siting.n_open or m)


def _state(siting: Siting) -> np.ndarray:
    state = np.full(len(siting.cost), FREE, np.int8)
    state[siting.must] = OPEN
    state[siting.closed] = CLOSED
    return state


def _answer(
    siting: Siting, model: str, is_open: np.ndarray, values: tuple[float, float], *, proven: bool
) -> SitingAnswer:
    """Send everyone to the nearest open site, and say who is not served."""
    ways = np.where(is_open[None, :], siting.distance_m, np.inf)
    of = np.where(np.isfinite(ways).any(axis=1), ways.argmin(axis=1), -1)
    of[ways.min(axis=1) > siting.far_m] = -1
    objective, lower_bound = values
    answer = SitingAnswer(
        model=model,
        status="optimal" if proven else "feasible",
        is_open=is_open,
        of=of.astype(np.int64),
        objective=objective,
        lower_bound=lower_bound,
        gap=(objective - lower_bound) / abs(objective) if objective else 0.0,
        proven=proven,
        unserved=np.zeros(0, np.int64),
        no_way=np.zeros(0, np.int64),
    )
    return _with_assignment(siting, answer, answer.of)


def _with_assignment(siting: Siting, answer: SitingAnswer, of: IntArray) -> SitingAnswer:
    n = len(of)
    walked = np.where(of >= 0, siting.distance_m[np.arange(n), np.maximum(of, 0)], np.inf)
    limit = siting.reach_m if answer.model in ("mclp", "lscp") else siting.far_m
    unserved = np.flatnonzero((walked > limit) & (siting.weight > 0))
    usable = np.where(siting.closed[None, :], np.inf, siting.distance_m)
    no_way = unserved[~(usable[unserved] <= limit).any(axis=1)]
    return replace(answer, of=of, unserved=unserved, no_way=no_way)


def _nothing(siting: Siting, model: str, reasons: tuple[Reason, ...]) -> SitingAnswer:
    n = len(siting.weight)
    return SitingAnswer(
        model=model,
        status="none",
        is_open=np.zeros(len(siting.cost), np.bool_),
        of=np.full(n, -1, np.int64),
        objective=np.nan,
        lower_bound=np.nan,
        gap=np.nan,
        proven=False,
        unserved=np.flatnonzero(siting.weight > 0),
        no_way=np.zeros(0, np.int64),
        reasons=reasons,
    )
