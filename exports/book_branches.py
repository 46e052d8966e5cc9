"""Sheets of the workbook on party organisations: what is proposed for each place, and why."""

from collections.abc import Mapping, Sequence

from exports.book_sheet import Field, Sheet, Value
from exports.branches_hidden import Hidden, hidden_members
from exports.branches_table import cobuild_table, say_of
from exports.request import Request
from exports.sheet.figures import community_names
from scenarios.branches.values import Body, BranchPlan, Place


def branches_sheet(request: Request) -> Sheet | None:
    """List the places with the proposal and its reasons; nothing where no proposal has been worked out."""
    plan, texts = request.branches, request.texts
    if plan is None:
        return None
    widths = {"name": 26, "kind": 12, "community": 16, "grid": 18, "members": 10}
    widths |= {"decision": 16, "organisation": 26, "reason": 70}
    fields = [Field(title=texts(f"branches.column.{name}"), width=width) for name, width in widths.items()]
    names = community_names(request)
    bodies = {body.id: body for body in plan.bodies}
    hidden = hidden_members(plan, hide=request.sheet.hide_small)
    rows = [_place(request, place, bodies, names, hidden) for place in plan.places]
    return Sheet(name="branches", fields=fields, rows=rows)


def organisations_sheet(request: Request) -> Sheet | None:
    """List the organisations, existing and proposed, with the places that each covers."""
    plan, texts = request.branches, request.texts
    if plan is None:
        return None
    fields = [
        Field(title=texts("branches.column.organisation"), width=30),
        Field(title=texts("branches.column.level"), width=14),
        Field(title=texts("branches.column.status"), width=10),
        Field(title=texts("branches.column.members"), width=10),
        Field(title=texts("branches.column.places"), kind="count", width=10),
        Field(title=texts("branches.column.distance"), kind="count", width=16),
        Field(title=texts("branches.column.name"), width=60),
        Field(title=texts("branches.column.advice"), width=60),
    ]
    hidden = hidden_members(plan, hide=request.sheet.hide_small)
    rows = [_body(request, plan, body, hidden) for body in plan.bodies]
    return Sheet(name="organisations", fields=fields, rows=rows)


def cobuild_sheet(request: Request) -> Sheet | None:
    """List the institutions of each grid with their agreements on co-building."""
    if request.branches is None:
        return None
    heads, rows = cobuild_table(request.branches, request.texts)
    widths = (22, 20, 30, 16, 16, 18)
    fields = [Field(title=title, width=width) for title, width in zip(heads, widths, strict=True)]
    return Sheet(name="cobuild", fields=fields, rows=rows)


def _place(
    request: Request, place: Place, bodies: Mapping[str, Body], names: Mapping[str, str], hidden: Hidden
) -> Sequence[Value]:
    texts = request.texts
    body = bodies.get(place.organisation or "")
    reasons = " | ".join(say_of(texts, place, one, hidden) for one in place.reasons)
    home = place.community_code or ""
    return (
        place.name,
        texts(f"branches.kind.{place.kind}"),
        names.get(home, home),
        place.grid_code or "",
        hidden.members(texts, place),
        texts(f"branches.decision.{place.decision}"),
        "" if body is None else body.name,
        reasons,
    )


def _body(request: Request, plan: BranchPlan, body: Body, hidden: Hidden) -> Sequence[Value]:
    texts = request.texts
    named = {place.id: place.name for place in plan.places}
    level = f"branches.level.{body.level}"
    covered = texts("messages.comma").join(named.get(item, item) for item in body.places)
    advice = " | ".join(say_of(texts, body, one, hidden) for one in (*body.formal, *body.advice))
    return (
        body.name,
        texts(level) if texts.has(level) else (body.level or ""),
        texts(f"branches.{body.status}"),
        hidden.members(texts, body),
        len(body.places),
        body.max_distance_m,
        covered,
        advice,
    )
