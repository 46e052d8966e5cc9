"""What a change does to measures, costs, certificates and summary: only touched communities are looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from scenarios.desk.certify import certify, drop_bound, price_community, swap_certificates
from scenarios.desk.change import BOTH, DESK, Change, Terms
from scenarios.desk.measure import PlanMeasures, measure_plan
from scenarios.desk.plan import DEDICATED, DeskPlan, GridEntry, may_have_any_size
from scenarios.desk.terms import rules_of
from scenarios.desk.value import Desk
from scenarios.outcome import Certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Everything that follows from a change.

    `change` is the change as it is logged, certificates included; `costs` are those of the grids concerned.
    """

    change: Change
    measures: PlanMeasures
    terms: Terms
    costs: Mapping[str, Mapping[str, float]]
    certificates: tuple[Certificate, ...]
    summary: Mapping[str, Any]


def work_out(desk: Desk, plan: DeskPlan, change: Change) -> Effect:
    """Measure, price and certify a plan after a change."""
    terms = desk.terms if change.terms is None else change.terms[1]
    rules = rules_of(terms)
    anew = change.terms is not None and change.terms[0].rules != change.terms[1].rules
    measures = measure_plan(
        plan,
        desk.ground,
        rules,
        known=None if anew else desk.measures,
        cells=[move.cell_id for move in change.cells],
        codes=resized_grids(change),
    )
    touched = [
        code for code, item in measures.communities.items() if item is not desk.measures.communities.get(code)
    ]
    priced = {code: price_community(plan, desk.ground, code, rules, terms.weights) for code in touched}
    if change.certificates is None:
        objectives = {code: item.objective for code, item in priced.items()}
        change = _with_certificates(desk, plan, change, measures, objectives)
    certificates = desk.certificates
    if change.certificates is not None:
        after = {item.community_code: item for item in change.certificates[1]}
        certificates = swap_certificates(certificates, after)
    costs = {code: values for item in priced.values() for code, values in item.costs.items()}
    return Effect(
        change=change,
        measures=measures,
        terms=terms,
        costs=costs,
        certificates=certificates,
        summary=_summary(desk, measures, certificates, terms),
    )


def _with_certificates(
    desk: Desk, plan: DeskPlan, change: Change, measures: PlanMeasures, objectives: Mapping[str, float]
) -> Change:
    """Add to a change what it does to the certificates of its communities."""
    known = {item.community_code: item for item in desk.certificates}
    after = {
        code: certify(
            known[code],
            measures.communities[code],
            objective,
            bound_holds=_bound_holds(desk, plan, change, measures, code),
            before=desk.measures.communities.get(code),
        )
        for code, objective in objectives.items()
        if code in known
    }
    if _loosens(change):
        freed = {code for code, whose in desk.terms.bounds.items() if whose in (DESK, BOTH) and code in known}
        after |= {code: drop_bound(after.get(code, known[code])) for code in freed}
    changed = {code: item for code, item in after.items() if item != known[code]}
    if not changed:
        return change
    return replace(change, certificates=(tuple(known[code] for code in changed), tuple(changed.values())))


def _bound_holds(desk: Desk, plan: DeskPlan, change: Change, measures: PlanMeasures, community: str) -> bool:
    """Tell whether the plan is among those that the bound of its community speaks of.

    A bound without locks speaks of plans inside the band alone. One under the desk's locks speaks of plans
    with the same dedicated grids; no edit moves what is locked.
    """
    whose = desk.terms.bounds.get(community)
    grids = measures.communities[community].grids
    if whose is None:
        return all(item.in_band or not may_have_any_size(plan, code) for code, item in grids.items())
    own = grids.keys() | desk.measures.communities[community].grids.keys()
    return whose == DESK and not _rededicated(change) & own


def _is_dedicated(entry: GridEntry | None) -> bool:
    return entry is not None and entry.kind == DEDICATED


def resized_grids(change: Change) -> set[str]:
    """Give the grids that need not keep the band any more, or must again."""
    locked = set() if change.locks is None else change.locks[0].grids ^ change.locks[1].grids
    return _rededicated(change) | locked


def _rededicated(change: Change) -> set[str]:
    return {step.code for step in change.grids if _is_dedicated(step.before) != _is_dedicated(step.after)}


def _loosens(change: Change) -> bool:
    if change.locks is None:
        return False
    before, after = change.locks
    kept = before.cells <= after.cells and before.grids <= after.grids
    return not (kept and before.communities <= after.communities and before.everything <= after.everything)


def _summary(
    desk: Desk, measures: PlanMeasures, certificates: tuple[Certificate, ...], terms: Terms
) -> dict[str, Any]:
    grids = [item for part in measures.communities.values() for item in part.grids.values()]
    parts = measures.communities.values()
    ground = desk.ground
    known_today = any(code is not None for code in ground.today)
    # Cells tile their communities: what the grids leave open changes by the cells in no grid alone.
    opened = _open_area(desk, measures) - _open_area(desk, desk.measures)
    gap = max(0.0, float(desk.summary.get("gap_area_m2") or 0.0) + opened)
    return {
        **desk.summary,
        "n_grids": len(grids),
        "in_band_share": sum(item.in_band for item in grids) / len(grids) if grids else 0.0,
        "gap_area_m2": gap,
        "compounds_split": sum(part.compounds_split for part in parts),
        "households_moved": sum(part.moved for part in parts) if known_today else None,
        "proven_share": sum(item.proven for item in certificates) / len(certificates)
        if certificates
        else 0.0,
        "runtime_s": terms.runtime_s,
        "seed": terms.seed,
    }


def _open_area(desk: Desk, measures: PlanMeasures) -> float:
    place, area = desk.ground.place, desk.ground.area_m2
    return float(sum(area[place[cell]] for cell in measures.unassigned))
