"""The places of a proposal for branches as a table to take away; small counts can be hidden."""

import csv
import io

from exports.rule_words import rule_source
from exports.small_counts import is_small
from exports.texts import Texts
from scenarios.branches.values import Because, BranchPlan
from scenarios.rules import RULES

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def places_csv(plan: BranchPlan, texts: Texts, *, hide_small: bool) -> bytes:
    """Write the places with decision and reasons as CSV that spreadsheets open in the right script."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    columns = ("name", "kind", "community", "grid", "members", "decision", "organisation", "reason")
    writer.writerow([texts(f"branches.column.{name}") for name in columns])
    bodies = {body.id: body for body in plan.bodies}
    for place in plan.places:
        body = bodies.get(place.organisation or "")
        reasons = [say(texts, one, hide_small=hide_small) for one in place.reasons]
        row = (
            place.name,
            texts(f"branches.kind.{place.kind}"),
            place.community_code or "",
            place.grid_code or "",
            shown_count(texts, place.formal_members, hide_small=hide_small),
            texts(f"branches.decision.{place.decision}"),
            "" if body is None else body.name,
            " | ".join(reasons),
        )
        writer.writerow([plain_cell(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def shown_count(texts: Texts, count: int | None, *, hide_small: bool) -> str:
    """Write a count of members; a small one only where it may be seen."""
    if count is None:
        return texts("branches.no_data")
    if hide_small and is_small(count):
        return texts("branches.hidden")
    return str(count)


def say(texts: Texts, one: Because, *, hide_small: bool) -> str:
    """Say a reason with its source, without the numbers that would give a small count away."""
    facts = dict(one.facts)
    if hide_small:
        for name in ("n", "lack", "together"):
            value = facts.get(name)
            if isinstance(value, int) and is_small(value):
                facts[name] = texts("branches.hidden")
    said = texts(f"branches.reason.{one.code}", **facts)
    return said if one.rule is None else f"{said} [{rule_source(texts, RULES[one.rule])}]"


def plain_cell(text: str) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
