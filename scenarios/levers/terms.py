"""Levers on the terms: band, every rule, every weight, seed, number of grids, today's grids kept."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import ClassVar, Literal

from scenarios.levers.errors import LeverError
from scenarios.levers.ground_facts import all_communities, require_community
from scenarios.levers.lever import Lever, Question, lever_field
from scenarios.rules import GridRules, WorkRules
from scenarios.settings import check_weights

_MOST = 10**6
_OF_WORK = frozenset(item.name for item in fields(WorkRules))
_OF_GRIDS = frozenset(item.name for item in fields(GridRules))


class _Everywhere:
    """A lever on terms that hold in every community."""

    __slots__ = ()
    changes: ClassVar[Literal["layers", "terms"]] = "terms"

    def reach(self, question: Question) -> frozenset[str]:
        """Give every community."""
        return all_communities(question)


@dataclass(frozen=True, slots=True, kw_only=True)
class Band(_Everywhere):
    """Households that a grid must and may have; the wished size moves to the middle."""

    name: ClassVar[str] = "band"
    stage: ClassVar[int] = 80
    low: int = lever_field("count", low=0, high=_MOST)
    high: int = lever_field("count", low=1, high=_MOST)

    def apply(self, question: Question) -> Question:
        """Change the band."""
        return replace(question, rules=question.rules.with_band(self.low, self.high))


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLever(_Everywhere):
    """One rule of `rules.toml`, for grids or for organisations, staff and service area."""

    name: ClassVar[str] = "rule"
    stage: ClassVar[int] = 81
    rule: str = lever_field("rule", key=True)
    value: float = lever_field("number")

    def apply(self, question: Question) -> Question:
        """Change the rule; its range and its neighbours are checked there."""
        if self.rule in _OF_WORK:
            work = {**question.work_rules, self.rule: self.value}
            WorkRules().with_values(work)
            question = replace(question, work_rules=work)
        if self.is_of_work:
            return question
        return replace(question, rules=question.rules.with_values({self.rule: self.value}))

    @property
    def is_of_work(self) -> bool:
        """Whether no grid depends on it."""
        return self.rule in _OF_WORK and self.rule not in _OF_GRIDS

    def reach(self, question: Question) -> frozenset[str]:
        """Give every community, or none where no grid depends on it."""
        return frozenset() if self.is_of_work else all_communities(question)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightLever(_Everywhere):
    """The weight of one cost."""

    name: ClassVar[str] = "weight"
    stage: ClassVar[int] = 80
    cost: str = lever_field("cost", key=True)
    value: float = lever_field("number", low=0)

    def apply(self, question: Question) -> Question:
        """Change the weight."""
        check_weights({self.cost: self.value})
        return replace(question, weights={**question.weights, self.cost: self.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedLever(_Everywhere):
    """Chance: another seed may give another plan where the best one is not proven."""

    name: ClassVar[str] = "seed"
    stage: ClassVar[int] = 80
    seed: int = lever_field("count", low=0, high=2**32 - 1)

    def apply(self, question: Question) -> Question:
        """Change the seed."""
        return replace(question, seed=self.seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCount:
    """The number of grids, and so of grid workers, of one community."""

    name: ClassVar[str] = "n_grids"
    stage: ClassVar[int] = 80
    changes: ClassVar[Literal["layers", "terms"]] = "terms"
    community: str = lever_field("community", key=True)
    count: int = lever_field("count", low=1, high=1000)

    def apply(self, question: Question) -> Question:
        """Fix the number."""
        require_community(question, self.name, self.community)
        return replace(question, counts={**question.counts, self.community: self.count})

    def reach(self, question: Question) -> frozenset[str]:
        """Give that community."""
        return frozenset({self.community}) & all_communities(question)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepToday(_Everywhere):
    """At most so many of each hundred households of a community change grid against today's grids.

    It is kept by raising the weight of `moved` until the plan does: a plan that keeps it at less cost may
    exist, so a plan found under it is not called proven.
    """

    name: ClassVar[str] = "keep_today"
    stage: ClassVar[int] = 80
    most_moved: float = lever_field("percent", low=0, high=100)

    def apply(self, question: Question) -> Question:
        """Set the limit."""
        grids = question.layers.frames.get("grids")
        if grids is None or grids.empty:
            raise LeverError("lever_no_grids_today", lever=self.name)
        return replace(question, most_moved=self.most_moved / 100)


def work_rules_of(levers: Iterable[Lever]) -> dict[str, float]:
    """Give the rules for organisations, staff and service area that some levers set."""
    return {
        lever.rule: lever.value for lever in levers if isinstance(lever, RuleLever) and lever.rule in _OF_WORK
    }
