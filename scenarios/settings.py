"""What to propose, and under which rules, weights and locks."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from optimize.costs import COSTS
from scenarios.errors import RuleError
from scenarios.locks.wanted import GridLocks
from scenarios.project.schema import BASE_SCENARIO
from scenarios.rules import GridRules

DEFAULT_WEIGHTS: Mapping[str, float] = {"boundary": 1.0, "compound_splits": 1.0, "target_size": 1.0}
"""Weights of the costs that are on from the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What to propose, and under which rules.

    `communities` is empty for all; those left out keep the plan they have. `locks` are the planner's wishes;
    what is locked on the scenario's desk is kept besides.
    """

    scenario: str = BASE_SCENARIO
    rules: GridRules = field(default_factory=GridRules)
    weights: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_WEIGHTS))
    communities: tuple[str, ...] = ()
    engine: str = "auto"
    time_limit_s: float = 60.0
    seed: int = 1
    locks: GridLocks = field(default_factory=GridLocks)


def check_weights(weights: Mapping[str, float]) -> None:
    """Refuse a weight of no known cost, or below zero."""
    for name, value in weights.items():
        if name not in COSTS:
            raise RuleError("unknown_weight", weight=name, known=", ".join(sorted(COSTS)))
        if not 0 <= value < float("inf"):
            raise RuleError("weight_out_of_range", weight=name, value=value)


def same_weights(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    """Tell whether two sets of weights ask for the same; a weight of 0 is as good as none."""
    return _in_use(one) == _in_use(other)


def _in_use(weights: Mapping[str, float]) -> dict[str, float]:
    return {name: float(weight) for name, weight in weights.items() if weight}
