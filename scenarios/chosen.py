"""What is known of a plan that a person chose for something else than the scenario's own weights."""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from optimize.costs import COSTS
from optimize.result import Result
from scenarios.outcome import CHOSEN, Certificate

_TOLERANCE = 1e-6


def cost_of(result: Result, weights: Mapping[str, float]) -> float:
    """Give the weighted cost of a plan under any weights, in metres of border."""
    return float(
        sum(
            weight * COSTS[name].metres_per_unit * float(np.sum(result.costs[name]))
            for name, weight in weights.items()
            if weight
        )
    )


def extra_cost(result: Result, best: Result | None, weights: Mapping[str, float]) -> float | None:
    """Give what a plan costs more than the best one found under the same weights, as a share."""
    if best is None:
        return None
    least = cost_of(best, weights)
    return (cost_of(result, weights) - least) / least if least > 0 else None


def as_chosen(
    certificate: Certificate,
    presets: tuple[str, ...],
    result: Result,
    best: Result | None,
    weights: Mapping[str, float],
) -> Certificate:
    """Certify a plan under the scenario's own weights instead of those that it was found with.

    A lower bound speaks of every plan under the same rules, weights and locks, so that of the best plan under
    the own weights holds for this one too. Why it was chosen stays as a reason.

    Parameters
    ----------
    presets
        The wishes under which it is the best plan.
    best
        The best plan under the own weights, or None where there is none.
    """
    if best is not None and result is best:
        return certificate
    objective = cost_of(result, weights)
    holds = best is not None and (best.status == "relaxed") == (result.status == "relaxed")
    bound = best.lower_bound if best is not None and holds else math.nan
    proven = result.status != "relaxed" and objective <= bound + _TOLERANCE * max(1.0, objective)
    gap = math.nan
    if not math.isnan(bound):
        gap = max(0.0, (objective - bound) / objective) if objective > 0 else 0.0
    status = certificate.status if result.status == "relaxed" else "optimal" if proven else "feasible"
    facts = {"wish": presets[0], "proven": certificate.proven}
    return replace(
        certificate,
        status=status,
        objective=objective,
        lower_bound=bound,
        gap=0.0 if proven else gap,
        proven=proven,
        reasons=(*certificate.reasons, (CHOSEN, facts)),
    )
