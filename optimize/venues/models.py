"""The models by name, each a function of the same question: one line and one function to add another.

| model | minimises |
|---|---|
| `p_median` | weighted walking metres, bonuses taken off; unserved demands count `far_m` |
| `mclp` | weight out of reach |
| `lscp` | cost of the sites with which the asked share is in reach |
| `p_centre` | metres of the longest way |
| `capacitated` | weighted walking metres where sites have only so much room |
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
from optimize.venues.capacitated import solve_capacitated
from optimize.venues.capacitated_columns import Capacitated
from optimize.venues.centre import solve_centre
from optimize.venues.cover import cover_all, cover_share
from optimize.venues.median import TOLERANCE, Chosen, Median, solve_median
from optimize.venues.siting import Siting, SitingAnswer, check_siting, find_obstacles

Model = Callable[[Siting, Stop, np.random.Generator], SitingAnswer]

_FINES = 24  # fines tried until a share is in reach


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
    if siting.share > 0:
        return _p_median_sharing(siting, stop)
    chosen = _least_walking(siting, 0.0, stop)
    return _answer(
        siting, "p_median", chosen.is_open, (chosen.objective, chosen.lower_bound), proven=chosen.proven
    )


def _least_walking(siting: Siting, fine: float, stop: Stop) -> Chosen:
    """Solve the median model where every weight out of reach pays a fine."""
    late = fine * siting.weight
    cost, budget = _spend(siting)
    return solve_median(
        Median(
            pay=_pay(siting) + np.where(siting.distance_m > siting.reach_m, late[:, None], 0.0),
            none=siting.weight * siting.far_m + late,
            extra=-siting.bonus_m,
            cost=cost,
            budget=budget,
            state=_state(siting),
        ),
        stop=stop,
    )


def _p_median_sharing(siting: Siting, stop: Stop) -> SitingAnswer:
    """Keep a share within reach by a fine on the others; every fine bounds all choices that keep it."""
    total = float(siting.weight.sum())
    allowed = (1 - siting.share) * total * (1 + 1e-9)
    best: tuple[float, np.ndarray] | None = None
    bound, low, high = 0.0, 0.0, 0.0
    for _ in range(_FINES):
        fine = (low + high) / 2 if high else (2 * low or 0.0)
        chosen = _least_walking(siting, fine, stop)
        missed, walked = _miss(siting, chosen.is_open), _walk(siting, chosen.is_open)
        bound = max(bound, chosen.lower_bound - fine * allowed)
        if missed <= allowed:
            best = min([(walked, chosen.is_open), *([best] if best else [])], key=lambda entry: entry[0])
            high = fine
            if fine == 0:
                break
        else:
            low = fine or siting.reach_m / 4
        if stop() or low > 1e4 * siting.far_m or (best and best[0] - bound <= TOLERANCE * abs(best[0])):
            break
    if best is None:
        most = _mclp(replace(siting, share=0.0), stop, np.random.default_rng(0))
        facts = {"share": 100 * siting.share, "possible": 100 * (1 - most.lower_bound / total)}
        return _nothing(siting, "p_median", (Reason(code="share_out_of_reach", facts=facts),))
    proven = best[0] - bound <= TOLERANCE * abs(best[0])
    values = (best[0], best[0] if proven else bound)
    return _answer(siting, "p_median", best[1], values, proven=bool(proven))


def _miss(siting: Siting, is_open: np.ndarray) -> float:
    ways = siting.distance_m[:, is_open].min(axis=1, initial=np.inf)
    return float(siting.weight[ways > siting.reach_m].sum())


def _walk(siting: Siting, is_open: np.ndarray) -> float:
    ways = np.minimum(siting.distance_m[:, is_open].min(axis=1, initial=np.inf), siting.far_m)
    return float((siting.weight * ways).sum() - siting.bonus_m[is_open].sum())


def _mclp(siting: Siting, stop: Stop, rng: np.random.Generator) -> SitingAnswer:  # noqa: ARG001 - see Model
    chosen = solve_median(
        Median(
            pay=np.where(siting.distance_m <= siting.reach_m, 0.0, np.inf),
            none=siting.weight,
            extra=np.zeros(len(siting.cost)),
            cost=_spend(siting)[0],
            budget=_spend(siting)[1],
            state=_state(siting),
        ),
        stop=stop,
    )
    return _answer(
        siting, "mclp", chosen.is_open, (chosen.objective, chosen.lower_bound), proven=chosen.proven
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
        found = cover_share(near, siting.weight, cost, must=siting.must, most=limit, share=share, stop=stop)
    if len(found.sites) == 0:
        return _nothing(
            siting,
            "lscp",
            (Reason(code="stopped" if found.possible else "budget_too_small", facts={"budget": limit}),),
        )
    is_open = np.zeros(len(cost), np.bool_)
    is_open[found.sites] = True
    return _answer(siting, "lscp", is_open, (found.cost, found.lower_bound), proven=found.proven)


def _p_centre(siting: Siting, stop: Stop, rng: np.random.Generator) -> SitingAnswer:  # noqa: ARG001 - see Model
    usable = np.where(siting.closed[None, :], np.inf, siting.distance_m)
    reached = np.isfinite(usable).any(axis=1) & (siting.weight > 0)
    cost, budget = _spend(siting)
    found = (
        solve_centre(usable[reached], cost, budget, must=siting.must, stop=stop) if reached.any() else None
    )
    if found is None:
        facts: dict[str, object] = {"n_open": siting.n_open or int((~siting.closed).sum())}
        code = "stopped" if stop() else "too_few_to_reach" if siting.budget is None else "budget_too_small"
        facts |= {} if siting.budget is None else {"budget": siting.budget}
        return _nothing(siting, "p_centre", (Reason(code=code, facts=facts),))
    is_open = np.zeros(len(cost), np.bool_)
    is_open[found.sites] = True
    return _answer(siting, "p_centre", is_open, (found.objective, found.lower_bound), proven=found.proven)


def _capacitated(siting: Siting, stop: Stop, rng: np.random.Generator) -> SitingAnswer:
    room = siting.room if siting.room is not None else np.full(len(siting.cost), siting.weight.sum())
    cost, budget = _spend(siting)
    asked = siting.weight > 0
    # A demand goes to one site as a whole: people of one house are not sent to two places.
    pay = (np.minimum(siting.distance_m, siting.far_m) * siting.weight[:, None])[asked].T
    served = solve_capacitated(
        Capacitated(
            pay=np.ascontiguousarray(pay),
            need=siting.weight[asked],
            room=room,
            cost=cost,
            budget=budget,
            must=siting.must,
            closed=siting.closed,
        ),
        stop=stop,
        rng=rng,
        whole=bool((pay % 1 == 0).all()) and float(pay.max()) < 2**40,
    )
    if (served.of < 0).any():
        return _nothing(
            siting, "capacitated", (Reason(code="no_assignment" if served.proven else "no_assignment_found"),)
        )
    is_open = siting.must.copy()
    is_open[served.of] = True
    answer = _answer(
        siting, "capacitated", is_open, (served.objective, served.lower_bound), proven=served.proven
    )
    of = answer.of.copy()  # where nobody is, the nearest
    of[asked] = served.of
    return _with_assignment(siting, answer, of)


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
