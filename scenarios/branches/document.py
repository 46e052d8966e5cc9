"""A plan of branches as the JSON document that `branches --json` prints, and back."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from scenarios.branches.values import (
    Because,
    Body,
    BranchPlan,
    BranchSettings,
    CoverageRow,
    Place,
    StageBound,
)
from scenarios.project.codec import plain
from scenarios.rules import RULES, WorkRules

_SHARES = (
    "organisational_today",
    "effective_share",
    "work_today",
    "organisational",
    "work",
    "covered_today",
    "without_today",
)


def branches_document(plan: BranchPlan) -> dict[str, Any]:
    """Build the document: places, organisations, coverage, certificate, and the rules they follow from."""
    document: dict[str, Any] = plain(
        {
            "scenario": plan.scenario,
            "places": [_place(place) for place in plan.places],
            "organisations": [_body(body) for body in plan.bodies],
            "grids": _cobuilding(plan),
            "coverage": _coverage(plan),
            "certificate": _certificate(plan),
            "rules": asdict(plan.settings.rules),
            "distances": {
                "measured": plan.measured,
                "places": dict(plan.reached),
                "limit_m": plan.settings.rules.joint_distance_m,
            },
            "as_of": plan.as_of.isoformat() if plan.as_of else None,
        }
    )
    return document


def _place(place: Place) -> dict[str, object]:
    row = asdict(place)
    row["reasons"] = [_reason(one) for one in place.reasons]
    return row


def _body(body: Body) -> dict[str, object]:
    row = asdict(body)
    row["formal"] = [_reason(one) for one in body.formal]
    row["advice"] = [_reason(one) for one in body.advice]
    return row


def _cobuilding(plan: BranchPlan) -> list[dict[str, object]]:
    """List the institutions of each grid: each is in exactly one, in none where it has no place."""
    groups: dict[str | None, list[dict[str, object]]] = {}
    for place in plan.places:
        if place.kind == "institution":
            facts: dict[str, object] = {"id": place.id, "name": place.name, "agreement": place.agreement}
            groups.setdefault(place.grid_code, []).append(facts)
    codes = sorted(groups, key=lambda code: code or "~")
    return [{"grid_code": code, "institutions": groups[code]} for code in codes]


def _reason(one: Because) -> dict[str, object]:
    rule = RULES.get(one.rule or "")
    source = (
        {}
        if rule is None
        else {
            "rule": rule.name,
            "source": rule.source,
            "article": rule.article,
            "verified": rule.verified,
        }
    )
    return {"code": one.code, **source, "facts": dict(one.facts)}


def _coverage(plan: BranchPlan) -> dict[str, object]:
    rows = [asdict(row) | {name: getattr(row, name) for name in _SHARES} for row in plan.coverage]
    scopes = ("community", "sector", "grid")
    return {
        **next(row for row in rows if row["scope"] == "all"),
        **{f"by_{scope}": [row for row in rows if row["scope"] == scope] for scope in scopes},
    }


def _certificate(plan: BranchPlan) -> dict[str, object]:
    names = [stage.name for stage in plan.stages]
    return {
        "objective": {stage.name: stage.objective for stage in plan.stages},
        "lower_bound": {stage.name: stage.lower_bound for stage in plan.stages},
        "gaps": {stage.name: stage.gap for stage in plan.stages},
        "gap": max((stage.gap for stage in plan.stages), default=0.0),
        "proven_goals": {stage.name: stage.proven for stage in plan.stages},
        "goals": names,
        "proven": plan.proven,
        "runtime_s": plan.runtime_s,
    }


def stored_document(plan: BranchPlan) -> dict[str, Any]:
    """Build the document as a project keeps it: with what was asked, and what it was asked of."""
    return branches_document(plan) | {"settings": settings_document(plan.settings), "ground": plan.ground}


def read_document(document: Mapping[str, Any]) -> BranchPlan:
    """Read a plan back from what a project keeps."""
    sure = document["certificate"]
    rows = [
        document["coverage"],
        *(row for scope in ("community", "sector", "grid") for row in document["coverage"][f"by_{scope}"]),
    ]
    return BranchPlan(
        scenario=document["scenario"],
        settings=read_settings(document["settings"]),
        as_of=dt.date.fromisoformat(document["as_of"]) if document["as_of"] else None,
        places=tuple(_read_place(row) for row in document["places"]),
        bodies=tuple(_read_body(row) for row in document["organisations"]),
        coverage=tuple(CoverageRow(**_own(row, CoverageRow)) for row in rows),
        stages=tuple(
            StageBound(
                name=name,
                objective=sure["objective"][name],
                lower_bound=sure["lower_bound"][name],
                gap=sure["gaps"][name],
                proven=sure["proven_goals"][name],
            )
            for name in sure["goals"]
        ),
        runtime_s=sure["runtime_s"],
        ground=document["ground"],
        measured=document.get("distances", {}).get("measured", "straight"),
        reached=document.get("distances", {}).get("places", {}),
    )


def _own(row: Mapping[str, Any], kind: type) -> dict[str, Any]:
    return {item.name: row[item.name] for item in fields(kind) if item.name in row}


def _read_place(row: Mapping[str, Any]) -> Place:
    at = tuple(row["at"]) if row["at"] else None
    return Place(**{**row, "at": at, "reasons": _read_reasons(row["reasons"])})


def _read_body(row: Mapping[str, Any]) -> Body:
    lists = {"formal": _read_reasons(row["formal"]), "advice": _read_reasons(row["advice"])}
    return Body(**{**row, "places": tuple(row["places"]), **lists})


def _read_reasons(rows: list[Mapping[str, Any]]) -> tuple[Because, ...]:
    return tuple(Because(code=row["code"], rule=row.get("rule"), facts=row["facts"]) for row in rows)


def settings_document(settings: BranchSettings) -> dict[str, Any]:
    """Write settings as a document."""
    day = settings.as_of.isoformat() if settings.as_of else None
    return {"rules": asdict(settings.rules), "as_of": day}


def read_settings(document: Mapping[str, Any]) -> BranchSettings:
    """Read settings back; rules that this version does not know are left out."""
    known = {item.name for item in fields(WorkRules)}
    rules = WorkRules().with_values(
        {name: value for name, value in document["rules"].items() if name in known}
    )
    return BranchSettings(
        rules=rules, as_of=dt.date.fromisoformat(document["as_of"]) if document.get("as_of") else None
    )
