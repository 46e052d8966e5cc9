"""The places of a proposal for branches as a table to take away; small counts can be hidden."""

import csv
import io
from collections.abc import Iterable, Sequence

from exports.branches_hidden import Hidden, hidden_members
from exports.rule_words import rule_source
from exports.small_counts import is_small
from exports.texts import Texts
from scenarios.branches.values import Because, Body, BranchPlan, Place
from scenarios.rules import RULES

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def places_csv(plan: BranchPlan, texts: Texts, *, hide_small: bool) -> bytes:
    """Write the places with decision and reasons as CSV that spreadsheets open in the right script."""
    columns = ("name", "kind", "community", "grid", "members", "decision", "organisation", "reason")
    bodies, hidden = {body.id: body for body in plan.bodies}, hidden_members(plan, hide=hide_small)
    rows = []
    for place in plan.places:
        body = bodies.get(place.organisation or "")
        rows.append(
            (
                place.name,
                texts(f"branches.kind.{place.kind}"),
                place.community_code or "",
                place.grid_code or "",
                hidden.members(texts, place),
                texts(f"branches.decision.{place.decision}"),
                "" if body is None else body.name,
                " | ".join(say_of(texts, place, one, hidden) for one in place.reasons),
            )
        )
    return _csv([texts(f"branches.column.{name}") for name in columns], rows)


def cobuild_csv(plan: BranchPlan, texts: Texts, community: str | None = None) -> bytes:
    """Write the institutions of each grid with their agreements as CSV."""
    heads, rows = cobuild_table(plan, texts, community)
    return _csv(heads, rows)


def cobuild_table(
    plan: BranchPlan, texts: Texts, community: str | None = None
) -> tuple[list[str], list[tuple[str, ...]]]:
    """List the institutions of each grid, of all or of one community: each is in exactly one grid."""
    columns = ("grid", "grid_code", "name", "sector", "agreement", "decision")
    marks = {True: "branches.agreement_yes", False: "branches.agreement_no", None: "branches.no_data"}
    named = {place.id: place.name for place in plan.places if place.kind == "grid"}
    own = sorted(
        (
            place
            for place in plan.places
            if place.kind == "institution" and community in (None, place.community_code)
        ),
        key=lambda one: (one.grid_code or "~", one.name),
    )
    rows: list[tuple[str, ...]] = [
        (
            named.get(one.grid_code, one.grid_code) if one.grid_code else texts("branches.outside"),
            one.grid_code or "",
            one.name,
            one.sector or "",
            texts(marks[one.agreement]),
            texts(f"branches.decision.{one.decision}"),
        )
        for one in own
    ]
    return [texts(f"branches.column.{name}") for name in columns], rows


def _csv(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([plain_cell(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def shown_count(texts: Texts, count: int | None, *, hide_small: bool) -> str:
    """Write a count of people that no sum holds; a small one only where it may be seen."""
    if count is None:
        return texts("branches.no_data")
    if hide_small and is_small(count):
        return texts("branches.hidden")
    return texts.number(count)


def say_of(texts: Texts, owner: Place | Body, one: Because, hidden: Hidden) -> str:
    """Say a reason with its source, without the numbers that would give a hidden count away."""
    said = texts(f"branches.reason.{one.code}", **hidden.facts(texts, owner, one))
    return said if one.rule is None else f"{said} [{rule_source(texts, RULES[one.rule])}]"


def plain_cell(text: str) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
