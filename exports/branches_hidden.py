"""Which counts of members a proposal for branches does not tell, and the document and words without them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from exports.small_counts import cover, is_small
from exports.texts import Texts
from scenarios.branches.values import Because, Body, BranchPlan, Place

_MEMBERS = ("n", "lack", "together")
_TARGETS = ("lacking", "lacking_committee")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """Ids of the places and of the organisations whose members are not told."""

    places: frozenset[str] = frozenset()
    bodies: frozenset[str] = frozenset()

    def members(self, texts: Texts, owner: Place | Body) -> str:
        """Write the members of a place or an organisation, or the sign for what is hidden."""
        if owner.formal_members is None:
            return texts("branches.no_data")
        if self.holds(owner):
            small = is_small(owner.formal_members)
            return texts("branches.hidden" if small else "exports.hidden_count")
        return str(owner.formal_members)

    def holds(self, owner: Place | Body) -> bool:
        """Tell whether the members of a place or an organisation are hidden."""
        return owner.id in (self.places if isinstance(owner, Place) else self.bodies)

    def facts(self, texts: Texts, owner: Place | Body, one: Because) -> dict[str, object]:
        """Give the numbers of a reason, signs in the place of those that would tell."""
        facts = dict(one.facts)
        for name in self.telling(owner, one):
            small = is_small(int(str(facts[name])))
            facts[name] = texts("branches.hidden" if small else "exports.hidden_count")
        return facts

    def telling(self, owner: Place | Body, one: Because) -> list[str]:
        """Name the numbers of a reason that would tell what is hidden."""
        told = [name for name in _MEMBERS if isinstance(one.facts.get(name), int)]
        if one.code == "shares_branch":  # there the number is that of all who share
            shared = isinstance(owner, Place) and owner.organisation in self.bodies
            return told if shared else []
        return [name for name in told if self.holds(owner) or self._is_telling(one, name)]

    def _is_telling(self, one: Because, name: str) -> bool:
        return bool(self.places or self.bodies) and is_small(int(str(one.facts[name])))


NOTHING_HIDDEN = Hidden()


def hidden_members(plan: BranchPlan, *, hide: bool = True) -> Hidden:
    """Choose what is hidden: counts of 1 and 2, and others where a sum would give one away.

    The members of a grid are those of its compounds, those of a joint branch those of its places.
    """
    if not hide:
        return NOTHING_HIDDEN
    places = {place.id for place in plan.places if is_small(place.formal_members or 0)}
    bodies = {body.id for body in plan.bodies if is_small(body.formal_members or 0)}
    living = [place for place in plan.places if place.kind == "compound" and place.formal_members]
    found = cover([place.formal_members or 0 for place in living], [place.grid_code for place in living])
    places |= {place.id for place, hidden in zip(living, found.hidden, strict=True) if hidden}
    places |= {p.id for p in plan.places if p.kind == "grid" and p.grid_code in found.exposed}
    of_id = {place.id: place.formal_members or 0 for place in plan.places}
    for body in plan.bodies:
        if body.status == "proposed" and len(body.places) > 1:
            own = cover([of_id[one] for one in body.places], [body.id] * len(body.places))
            bodies |= {body.id} if own.exposed else set()
    bodies |= {p.organisation or "" for p in plan.places if p.id in places and p.decision == "own"}
    return Hidden(places=frozenset(places), bodies=frozenset(bodies))


def hide_in_document(document: Mapping[str, Any], plan: BranchPlan, hidden: Hidden) -> dict[str, Any]:
    """Give the document of a plan with nothing in the place of what is hidden; `hidden` says where."""
    if hidden == NOTHING_HIDDEN:
        return dict(document)
    rows = zip(document["places"], plan.places, strict=True)
    bodies = zip(document["organisations"], plan.bodies, strict=True)
    return {
        **document,
        "places": [_place(row, place, hidden) for row, place in rows],
        "organisations": [_body(row, body, hidden) for row, body in bodies],
        "certificate": _certificate(document["certificate"]),
    }


def _place(row: Mapping[str, Any], place: Place, hidden: Hidden) -> dict[str, Any]:
    is_hidden = hidden.holds(place)
    empty = dict.fromkeys(("formal_members", *_TARGETS)) if is_hidden else {}
    return {**row, **empty, "hidden": is_hidden, "reasons": _reasons(row["reasons"], place, hidden)}


def _body(row: Mapping[str, Any], body: Body, hidden: Hidden) -> dict[str, Any]:
    is_hidden = hidden.holds(body)
    empty = {"formal_members": None} if is_hidden else {}
    lists = {name: _reasons(row[name], body, hidden) for name in ("formal", "advice")}
    return {**row, **empty, **lists, "hidden": is_hidden}


def _reasons(rows: Iterable[Mapping[str, Any]], owner: Place | Body, hidden: Hidden) -> list[dict[str, Any]]:
    found = []
    for row in rows:
        one = Because(code=row["code"], facts=row["facts"])
        found.append({**row, "facts": {**row["facts"], **dict.fromkeys(hidden.telling(owner, one))}})
    return found


def _certificate(row: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out how many members are left uncovered where these are so few themselves."""
    shown = dict(row)
    for name in ("objective", "lower_bound"):
        values = row[name]
        few = is_small(values.get("uncovered_members") or 0)
        shown[name] = {**values, "uncovered_members": None} if few else values
    return shown
