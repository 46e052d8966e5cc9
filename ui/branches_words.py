"""Branches in words: reasons with the documents they follow from, levels, certificates."""

from collections.abc import Iterable, Mapping
from typing import Literal, get_args

from exports.rule_words import rule_source
from scenarios.branches.values import Because, Body, BranchPlan, CoverageRow, Place
from scenarios.rules import RULES
from ui.texts.catalog import Texts

Measure = Literal["organisational_today", "effective", "work_today", "organisational", "work"]
MEASURES: tuple[Measure, ...] = get_args(Measure)


def reason(texts: Texts, one: Because) -> str:
    """Say one reason, with the document and article it follows from."""
    said = texts(f"branches.reason.{one.code}", **one.facts)
    if one.rule is None:
        return said
    basis = texts("branches.basis", source=rule_source(texts, RULES[one.rule]))
    return texts("common.bracket", said=said, more=basis)


def plain_reasons(texts: Texts, reasons: Iterable[Because]) -> str:
    """Say reasons without their sources, on one line of a table."""
    return texts("common.semicolon").join(
        texts(f"branches.reason.{one.code}", **one.facts) for one in reasons
    )


def level_name(texts: Texts, level: str | None) -> str:
    """Name the level of an organisation."""
    key = f"branches.level.{level}"
    return texts(key) if texts.has(key) else texts("branches.level.other")


def body_name(texts: Texts, body: Body) -> str:
    """Name an organisation; one that is proposed by the place where it sits."""
    if body.status == "existing":
        return body.name
    return f"{body.name} · {level_name(texts, body.level)}"


def headline(texts: Texts, plan: BranchPlan) -> str:
    """Sum a plan up by its decisions."""
    return texts("branches.headline", **count_decisions(plan.places))


def count_decisions(places: Iterable[Place]) -> dict[str, int]:
    """Count the places by decision."""
    counts = dict.fromkeys(("own", "joint", "joins", "not_yet"), 0)
    for place in places:
        counts[place.decision] += 1
    return counts


def certificate(texts: Texts, plan: BranchPlan) -> str:
    """Say how good the grouping is, never by a solver's word."""
    if plan.proven:
        return texts("branches.proven")
    gaps = {stage.name: stage.objective - stage.lower_bound for stage in plan.stages}
    share = next((stage.gap for stage in plan.stages if stage.name == "distance_m"), 0.0)
    return texts(
        "branches.not_proven",
        members=gaps.get("uncovered_members", 0),
        branches=gaps.get("branches", 0),
        gap=texts.percent(share),
    )


def distances_said(texts: Texts, plan: BranchPlan) -> str:
    """Say by what distances were measured, and of how many places."""
    counts = {name: plan.reached.get(name, 0) for name in ("street", "no_gate", "straight")}
    return texts(f"branches.measured_{plan.measured}", **counts)


def counted(row: CoverageRow, measure: Measure) -> tuple[int, int]:
    """Give how many institutions a measure of coverage counts, and among how many."""
    pairs: Mapping[Measure, tuple[int, int]] = {
        "organisational_today": (row.covered_today, row.operating),
        "effective": (row.effective_today, row.operating),
        "work_today": (row.worked_today, row.without_today),
        "organisational": (row.own + row.joint, row.operating),
        "work": (row.worked, row.without),
    }
    return pairs[measure]


def share_of(row: CoverageRow, measure: Measure) -> float | None:
    """Give a measure of coverage as a share; None where there is nobody to count, or nothing is known."""
    shares: Mapping[Measure, float | None] = {
        "organisational_today": row.organisational_today,
        "effective": row.effective_share,
        "work_today": row.work_today,
        "organisational": row.organisational,
        "work": row.work,
    }
    return shares[measure]


def coverage_said(texts: Texts, row: CoverageRow, measure: Measure) -> str:
    """Write a measure of coverage with what it is counted among: 12 / 40 = 30 %."""
    part, whole = counted(row, measure)
    if whole == 0:
        return "—"
    share = share_of(row, measure)
    if share is None:
        return texts("branches.unknown_of", whole=whole)
    return texts("branches.part_of", part=part, whole=whole, share=texts.percent(share))


def coverage_name(texts: Texts, row: CoverageRow, names: Mapping[str, str]) -> str:
    """Name what a row of coverage is about."""
    if row.scope == "all":
        return texts("branches.all")
    if not row.key:
        return texts("branches.outside") if row.scope == "grid" else texts("branches.no_data")
    return names.get(row.key, row.key)
