"""What is known of a plan after an edit: its cost anew, the bound proven before, and whether they meet.

A lower bound speaks of every plan under the same rules, weights and locks, so an edit does not touch it. Only
when it was proven under locks that are gone does it say nothing any more.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from optimize.costs import COSTS, cost_columns
from optimize.groups import Groups
from scenarios.desk.ground import DeskGround
from scenarios.desk.measure import BrokenRule, CommunityMeasures
from scenarios.desk.plan import DeskPlan
from scenarios.outcome import CHOSEN, Certificate
from scenarios.rules import GridRules

BROKEN = "broken"
"""The status of a plan that a person has changed so that it breaks a hard rule."""

_TOLERANCE = 1e-6
_TOO_SMALL = frozenset({"cut_off_piece", "community_below_minimum"})
_NO_FIT = frozenset({"arithmetic_gap", "no_combination"})
_BAND = frozenset({"below_minimum", "above_maximum"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """Weighted cost of a community's plan in metres, and each grid's unweighted costs (`cost_<name>`)."""

    objective: float
    costs: Mapping[str, Mapping[str, float]]


def price_community(
    plan: DeskPlan, ground: DeskGround, community: str, rules: GridRules, weights: Mapping[str, float]
) -> Priced:
    """Recompute what the plan of a community costs."""
    problem = ground.problem(community, rules, weights)
    codes = [plan.grid_of_cell.get(cell) for cell in ground.cells_of(community)]
    names = list(dict.fromkeys(code for code in codes if code is not None))
    number = {code: at for at, code in enumerate(names)}
    labels = np.array([-1 if code is None else number[code] for code in codes], np.int64)
    columns = cost_columns(problem, Groups.from_labels(labels, problem.households))
    objective = sum(
        weight * COSTS[name].metres_per_unit * float(columns[name].sum())
        for name, weight in weights.items()
        if weight
    )
    costs = {
        code: {f"cost_{name}": float(values[at]) for name, values in columns.items()}
        for at, code in enumerate(names)
    }
    return Priced(objective=float(objective), costs=costs)


def certify(
    known: Certificate,
    measures: CommunityMeasures,
    objective: float,
    *,
    bound_holds: bool = True,
    before: CommunityMeasures | None = None,
) -> Certificate:
    """Say what is known of a community's plan after an edit.

    Parameters
    ----------
    known
        The certificate before.
    bound_holds
        False where the bound was proven under locks that the plan need not keep.
    before
        The measures that `known` is of, where they are at hand.
    """
    found = replace(
        known,
        n_grids=len(measures.grids),
        objective=objective,
        proven=False,
        gap=math.nan,
        # Edited, it is no longer the plan that was chosen for something.
        reasons=tuple(item for item in known.reasons if item[0] != CHOSEN),
    )
    bound = known.lower_bound if bound_holds else math.nan
    broken = [rule for rule in measures.broken if not _is_excused(rule, known)]
    if broken:
        return replace(found, status=BROKEN, lower_bound=bound)
    room = _TOLERANCE * max(1.0, abs(objective))
    if objective < bound - room:
        # It was proven of plans that this one is not among.
        bound = math.nan
    excused = bool(measures.broken)
    if excused and not _same_exceptions(before, measures):
        # Where no plan holds every rule, the bound speaks of plans around the same exceptions alone.
        bound = math.nan
    proven = not excused and objective <= bound + room
    gap = math.nan
    if not math.isnan(bound):
        gap = max(0.0, (objective - bound) / objective) if objective > 0 else 0.0
    status = "relaxed" if excused else "optimal" if proven else "feasible"
    return replace(found, status=status, lower_bound=bound, gap=0.0 if proven else gap, proven=proven)


def drop_bound(certificate: Certificate) -> Certificate:
    """Give a certificate whose bound no longer holds."""
    status = "feasible" if certificate.status == "optimal" else certificate.status
    return replace(certificate, status=status, lower_bound=math.nan, gap=math.nan, proven=False)


def swap_certificates(
    certificates: Iterable[Certificate], changed: Mapping[str, Certificate]
) -> tuple[Certificate, ...]:
    """Put changed certificates in place of those of their communities."""
    return tuple(changed.get(item.community_code, item) for item in certificates)


def _same_exceptions(before: CommunityMeasures | None, after: CommunityMeasures) -> bool:
    return before is not None and {(rule.code, rule.cells) for rule in before.broken} == {
        (rule.code, rule.cells) for rule in after.broken
    }


def _is_excused(rule: BrokenRule, known: Certificate) -> bool:
    """Tell whether no plan keeps that rule there, as the reasons of the proposal say."""
    for code, facts in known.reasons:
        named = facts.get("cells")
        cells = set(named) if isinstance(named, (list, tuple)) else set()
        if code == "oversize_cell" and rule.code == "above_maximum" and cells & set(rule.cells):
            return True
        if code in _TOO_SMALL and rule.code == "below_minimum" and cells == set(rule.cells):
            return True
        if code in _NO_FIT and rule.code in _BAND and cells >= set(rule.cells):
            return True
    return False
