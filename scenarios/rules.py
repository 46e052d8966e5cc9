"""The rules a planner can change: one readable file with sources, checked values in a frozen dataclass."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from scenarios.errors import RuleError


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One parameter: default, range, unit, source, and whether the source's text was seen."""

    name: str
    default: float
    low: float
    high: float
    unit: Literal["household", "resident", "member", "factor"]
    source: str
    verified: bool


def _read_rules() -> Mapping[str, Rule]:
    text = Path(__file__).with_name("rules.toml").read_text(encoding="utf-8")
    return MappingProxyType({name: Rule(name=name, **facts) for name, facts in tomllib.loads(text).items()})


RULES: Mapping[str, Rule] = _read_rules()
"""Name → rule, in the file's order."""


def _count(name: str) -> int:
    return int(RULES[name].default)


def _factor(name: str) -> float:
    return float(RULES[f"border_factor_{name}"].default)


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRules:
    """The rules in force for a proposal of grids; the defaults are those of `rules.toml`."""

    min_households: int = _count("min_households")
    max_households: int = _count("max_households")
    target_households: int = _count("target_households")
    residents_reference: int = _count("residents_reference")
    formal_members_min: int = _count("formal_members_min")
    community_min_households: int = _count("community_min_households")
    community_max_households: int = _count("community_max_households")
    border_factor_motorway: float = _factor("motorway")
    border_factor_trunk: float = _factor("trunk")
    border_factor_main: float = _factor("main")
    border_factor_street: float = _factor("street")
    border_factor_lane: float = _factor("lane")
    border_factor_path: float = _factor("path")
    border_factor_river: float = _factor("river")
    border_factor_railway: float = _factor("railway")
    border_factor_wall: float = _factor("wall")
    border_factor_compound: float = _factor("compound")

    def __post_init__(self) -> None:
        """Refuse a value outside its range, or a band that is upside down."""
        for name, value in asdict(self).items():
            rule = RULES[name]
            if not rule.low <= value <= rule.high:
                raise RuleError("rule_out_of_range", rule=name, value=value, low=rule.low, high=rule.high)
        if self.min_households > self.max_households:
            raise RuleError("band_upside_down", low=self.min_households, high=self.max_households)

    def border_factor(self, line_class: str) -> float:
        """Give the factor of a metre of border along a line of that class."""
        return float(getattr(self, f"border_factor_{line_class}"))

    def with_values(self, values: Mapping[str, float]) -> "GridRules":
        """Give the rules with some values changed.

        Raises
        ------
        RuleError
            `unknown_rule`, `rule_out_of_range`, `rule_not_whole` or `band_upside_down`.
        """
        known = {item.name: item.type for item in fields(self)}
        changed: dict[str, float | int] = {}
        for name, value in values.items():
            if name not in known:
                raise RuleError("unknown_rule", rule=name)
            rule = RULES[name]
            if not math.isfinite(value):
                raise RuleError("rule_out_of_range", rule=name, value=value, low=rule.low, high=rule.high)
            if rule.unit != "factor" and value != int(value):
                raise RuleError("rule_not_whole", rule=name, value=value)
            changed[name] = int(value) if rule.unit != "factor" else float(value)
        return replace(self, **changed)  # type: ignore[arg-type]  # names and kinds were checked above

    def with_band(self, low: int | None, high: int | None) -> "GridRules":
        """Give the rules with another band; the wished size moves to its middle."""
        new_low = self.min_households if low is None else low
        new_high = self.max_households if high is None else high
        if (new_low, new_high) == (self.min_households, self.max_households):
            return self
        return replace(
            self,
            min_households=new_low,
            max_households=new_high,
            target_households=max(1, (new_low + new_high) // 2),
        )
