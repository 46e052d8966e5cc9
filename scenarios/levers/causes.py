"""Why two outcomes differ: levers and terms that only one of them has, and where each is felt."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from scenarios.comparison.compare import Comparison, GridChange
from scenarios.errors import RuleError
from scenarios.levers.errors import LeverError
from scenarios.levers.lever import Lever, Question
from scenarios.levers.registry import in_order
from scenarios.levers.rows import read_row
from scenarios.levers.stand import Standing, stand
from scenarios.levers.terms import GridCount, RuleLever
from scenarios.outcome import Outcome
from scenarios.project.connect import reading
from scenarios.rules import GridRules

_TERMS = frozenset({"band", "rule", "weight", "seed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One reason why plans differ.

    Attributes
    ----------
    code
        Name of a lever, `n_grids_unmet`, or `rule_differs`, `weight_differs`, `seed_differs`.
    facts
        For its sentence.
    added
        Whether the second outcome has it and the first has not; else the other way round.
    communities
        Codes of the communities where it may be felt.
    """

    code: str
    facts: Mapping[str, object]
    added: bool
    communities: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One thing to say of a difference; `why` are the causes that reach its community."""

    code: str
    facts: Mapping[str, object]
    why: tuple[Cause, ...] = ()


def find_causes(path: Path, first: Outcome, second: Outcome) -> tuple[Cause, ...]:
    """Find what the questions behind two stored outcomes differ in."""
    with reading(path) as connection:
        levers = [set(read_row(connection, item.scenario).answered) for item in (first, second)]
    standing = stand(path)
    every = frozenset(standing.marks) | {str(code) for code in second.communities["code"]}
    causes = [
        _cause(lever, outcome, added=added, communities=_reach(standing, lever))
        for added, own, other, outcome in (
            (True, levers[1], levers[0], second),
            (False, levers[0], levers[1], first),
        )
        for lever in in_order(own - other)
        if lever.name not in _TERMS or (isinstance(lever, RuleLever) and lever.is_of_work)
    ]
    return (*causes, *_terms(first, second, every))


def list_sentences(
    comparison: Comparison, causes: Sequence[Cause], first: Outcome, second: Outcome
) -> tuple[Sentence, ...]:
    """Say what changes and why, the weightiest first.

    A cause is given only where it reaches the grid's community, the only thing that two plans of a community
    can differ by besides what people adjusted by hand.
    """
    names = {str(code): str(name) for frame in (first, second) for code, name in _names(frame)}
    told = [Sentence(code=f"cause_{cause.code}", facts=cause.facts, why=(cause,)) for cause in causes]
    changes = sorted(comparison.changes, key=lambda item: -sum(flow.households for flow in item.came))
    for change in changes:
        told += _say(change, _why(change, causes), names, comparison)
    touched = {item.community_code for item in comparison.changes}
    still = [code for code in second.communities["code"].astype(str) if code not in touched]
    if still and not comparison.is_empty:
        told.append(Sentence(code="untouched", facts={"n": len(still)}))
    if comparison.is_empty:
        told.append(Sentence(code="nothing", facts={}))
    return tuple(told)


def _say(
    change: GridChange, why: tuple[Cause, ...], names: Mapping[str, str], comparison: Comparison
) -> list[Sentence]:
    """Say what becomes of a grid; a code that another grid bears now is called the old one."""
    place = {
        "community": names.get(change.community_code, change.community_code),
        "community_code": change.community_code,
    }
    said = []
    for flow in change.came:
        if flow.before is not None and flow.households:
            facts = {"grid": change.after, "source": flow.before, "n": flow.households, **place}
            code = "takes" if comparison.keeps_code(flow.before) else "takes_from_old"
            said.append(Sentence(code=code, facts=facts, why=why))
        elif flow.households:
            facts = {"grid": change.after, "n": flow.households, **place}
            said.append(Sentence(code="takes_unassigned", facts=facts, why=why))
    lost = sum(flow.households for flow in change.left if flow.after is None)
    if lost:
        said.append(Sentence(code="unassigned", facts={"grid": change.before, "n": lost, **place}, why=why))
    if change.before is None:
        facts = {"grid": change.after, "n": change.households[1], **place}
        renamed = comparison.successor.get(change.after or "")
        said.append(
            Sentence(code="new_grid", facts=facts, why=why)
            if renamed is None
            else Sentence(code="new_grid_of_old_code", facts={**facts, "renamed": renamed}, why=why)
        )
    if change.after is None:
        facts = {"grid": change.before, "n": change.households[0], **place}
        said.append(Sentence(code="grid_gone", facts=facts, why=why))
    # Plans answer all causes together; who comes to live there, or goes, is the doing of one of them.
    alone = why if len(why) == 1 else ()
    if change.built:
        facts = {"grid": change.after, "n": change.built, **place}
        said.append(Sentence(code="built", facts=facts, why=alone))
    if change.gone:
        facts = {"grid": change.before, "n": change.gone, **place}
        said.append(Sentence(code="left_for_good", facts=facts, why=alone))
    return said


def _cause(lever: Lever, outcome: Outcome, *, added: bool, communities: frozenset[str]) -> Cause:
    """Give a lever as a cause; a number of grids that the plan has not got is told as such, not as done."""
    code: str = lever.name
    facts: dict[str, object] = asdict(lever)  # type: ignore[call-overload]  # levers are dataclasses
    if isinstance(lever, GridCount):
        got = [item.n_grids for item in outcome.certificates if item.community_code == lever.community]
        if got and got[0] != lever.count:
            code, facts = "n_grids_unmet", {**facts, "got": got[0]}
    return Cause(code=code, facts=facts, added=added, communities=communities)


def _why(change: GridChange, causes: Sequence[Cause]) -> tuple[Cause, ...]:
    return tuple(cause for cause in causes if change.community_code in cause.communities)


def _reach(standing: Standing, lever: Lever) -> frozenset[str]:
    """Give where a lever is felt; one that builds on another is taken to be felt everywhere."""
    ground = standing.ground
    question = Question(layers=ground.layers, cells=ground.stored.cells, rules=GridRules(), weights={})
    try:
        return lever.reach(question)
    except (LeverError, RuleError):
        return frozenset(standing.marks)


def _terms(first: Outcome, second: Outcome, every: frozenset[str]) -> list[Cause]:
    causes = []
    for rule in sorted(first.rules.keys() | second.rules.keys()):
        before, after = first.rules.get(rule), second.rules.get(rule)
        if before != after:
            facts = {"rule": rule, "before": before, "after": after}
            causes.append(Cause(code="rule_differs", facts=facts, added=True, communities=every))
    for cost in sorted(first.weights.keys() | second.weights.keys()):
        one, other = first.weights.get(cost, 0.0), second.weights.get(cost, 0.0)
        if one != other:
            facts = {"cost": cost, "before": one, "after": other}
            causes.append(Cause(code="weight_differs", facts=facts, added=True, communities=every))
    seeds = [str(item.summary.get("seed")) for item in (first, second)]
    if seeds[0] != seeds[1]:
        facts = {"before": seeds[0], "after": seeds[1]}
        causes.append(Cause(code="seed_differs", facts=facts, added=True, communities=every))
    return causes


def place_names(standing: Standing) -> dict[str, str]:
    """Give the names of communities, compounds, institutions and venues by their codes and ids."""
    names: dict[str, str] = {}
    for layer, key in (
        ("communities", "code"),
        ("compounds", "id"),
        ("institutions", "id"),
        ("venues", "id"),
    ):
        frame = standing.ground.layers.frames.get(layer)
        if frame is not None and "name" in frame:
            pairs = zip(frame[key].astype(str), frame["name"], strict=True)
            names |= {code: name for code, name in pairs if isinstance(name, str) and name}
    return names


def _names(outcome: Outcome) -> list[tuple[object, object]]:
    frame = outcome.communities
    names = frame["name"] if "name" in frame else frame["code"]
    return [
        (code, name if isinstance(name, str) and name else code)
        for code, name in zip(frame["code"], names, strict=True)
    ]
