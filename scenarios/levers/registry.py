"""Every lever there is; another one is one class in a file of its own and one line here."""

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from scenarios.levers.communities import MergeCommunity, MoveBorder
from scenarios.levers.errors import LeverError
from scenarios.levers.lever import Lever, Question, key_of, make_lever, specs_of, split_value, to_plain
from scenarios.levers.lines import CloseRoad, NewRoad, OpenBridge, RemoveBarrier
from scenarios.levers.places import Counts, Demolition, Members, NewCompound
from scenarios.levers.services import Budget, BudgetLine, Staff, UnitCost, VenueArea, VenueState
from scenarios.levers.terms import Band, GridCount, KeepToday, RuleLever, SeedLever, WeightLever

_KINDS: tuple[Any, ...] = (
    NewCompound,
    Demolition,
    Counts,
    Members,
    MergeCommunity,
    MoveBorder,
    CloseRoad,
    NewRoad,
    OpenBridge,
    RemoveBarrier,
    Staff,
    VenueState,
    VenueArea,
    UnitCost,
    Budget,
    BudgetLine,
    Band,
    GridCount,
    KeepToday,
    RuleLever,
    WeightLever,
    SeedLever,
)

LEVERS: Mapping[str, type] = MappingProxyType({kind.name: kind for kind in _KINDS})
"""Name → kind, in the order in which they are offered."""


def parse_lever(text: str) -> Lever:
    """Read `LEVER=VALUE`; `rule.max_households=550` gives the first field by its key.

    Raises
    ------
    LeverError
        `lever_not_written`, `lever_unknown`, and those of `make_lever`.
    """
    head, equals, value = text.partition("=")
    name, dot, key = head.strip().partition(".")
    if not equals or not value.strip():
        raise LeverError("lever_not_written", given=text)
    kind = _kind(name)
    first = next(iter(specs_of(kind)))
    given: dict[str, object] = {first: key.strip()} if dot else {}
    return make_lever(kind, {**given, **split_value(kind, value.strip(), taken=given)})


def lever_from_plain(values: Mapping[str, Any]) -> Lever:
    """Read a lever from plain values, as `to_plain` gives them.

    Raises
    ------
    LeverError
        As for `parse_lever`.
    """
    name = values.get("lever")
    if not isinstance(name, str):
        raise LeverError("lever_not_written", given=json.dumps(dict(values), ensure_ascii=False))
    return make_lever(_kind(name), {key: value for key, value in values.items() if key != "lever"})


def levers_to_json(levers: Iterable[Lever]) -> str:
    """Write levers as JSON, in the order of application."""
    return json.dumps([to_plain(lever) for lever in in_order(levers)], ensure_ascii=False, sort_keys=True)


def levers_from_json(text: str) -> tuple[Lever, ...]:
    """Read levers back."""
    return tuple(lever_from_plain(item) for item in json.loads(text))


def in_order(levers: Iterable[Lever]) -> tuple[Lever, ...]:
    """Put levers in the order in which they are applied, whatever the order in which they were set."""
    return tuple(sorted(levers, key=lambda lever: (lever.stage, key_of(lever))))


def merge(inherited: Iterable[Lever], own: Iterable[Lever]) -> tuple[Lever, ...]:
    """Give a parent's levers and a scenario's own, which take the place of those with the same key."""
    return in_order({key_of(lever): lever for lever in (*inherited, *own)}.values())


def apply_levers(question: Question, levers: Iterable[Lever]) -> Question:
    """Apply levers in their order.

    Raises
    ------
    LeverError, RuleError
        A lever finds nothing to change, or a value out of range.
    """
    for lever in in_order(levers):
        question = lever.apply(question)
    return question


def _kind(name: str) -> type:
    if name not in LEVERS:
        raise LeverError("lever_unknown", lever=name, known=list(LEVERS))
    return LEVERS[name]
