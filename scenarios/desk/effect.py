"""What a change does to measures, costs, certificates and summary: only touched communities are looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scenarios.desk.certify import certify, drop_bound, price_community, swap_certificates
from scenarios.desk.change import Change, Terms
from scenarios.desk.measure import PlanMeasures, measure_plan
from scenarios.desk.plan import DeskPlan
from scenarios.desk.terms import rules_of
from scenarios.outcome import Certificate

if TYPE_CHECKING:
    from scenarios.desk.desk import Desk


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


def work_out(desk: "Desk", plan: DeskPlan, change: Change) -> Effect:
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
        codes=[
            step.code
            for step in change.grids
            if step.before and step.after and step.before.kind != step.after.kind
        ],
    )
    touched = [
        code for code, item in measures.communities.items() if item is not desk.measures.communities.get(code)
    ]
    priced = {code: price_community(plan, desk.ground, code, rules, terms.weights) for code in touched}
    if change.certificates is None:
        objectives = {code: item.objective for code, item in priced.items()}
        change = _with_certificates(desk, change, measures, objectives)
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
    desk: "Desk", change: Change, measures: PlanMeasures, objectives: Mapping[str, float]
) -> Change:
    """Add to a change what it does to the certificates of its communities."""
    known = {item.community_code: item for item in desk.certificates}
    bounds = desk.terms.bounds
    after = {
        code: certify(
            known[code],
            measures.communities[code],
            objective,
            bound_holds=bounds.get(code) != "proposal",
        )
        for code, objective in objectives.items()
        if code in known
    }
    if change.locks is not None and _loosens(change):
        freed = {code for code, whose in bounds.items() if whose == "desk" and code in known}
        after |= {code: drop_bound(after.get(code, known[code])) for code in freed}
    changed = {code: item for code, item in after.items() if item != known[code]}
    if not changed:
        return change
    return replace(change, certificates=(tuple(known[code] for code in changed), tuple(changed.values())))


def _loosens(change: Change) -> bool:
    if change.locks is None:
        return False
    before, after = change.locks
    kept = before.cells <= after.cells and before.grids <= after.grids
    return not (kept and before.communities <= after.communities and before.everything <= after.everything)


def _summary(
    desk: "Desk", measures: PlanMeasures, certificates: tuple[Certificate, ...], terms: Terms
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


def _open_area(desk: "Desk", measures: PlanMeasures) -> float:
    place, area = desk.ground.place, desk.ground.area_m2
    return float(sum(area[place[cell]] for cell in measures.unassigned))
