"""The rules a planner can change: one readable file with sources, checked values in a frozen dataclass."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from scenarios.errors import RuleError

Unit = Literal[
    "household",
    "resident",
    "member",
    "factor",
    "place",
    "metre",
    "switch",
    "month",
    "person",
    "m2",
    "percent",
    "hour",
    "yuan",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One parameter: default, range, unit, source with its articles, whether the source's text was seen.

    `source` names documents with "; " between them, `article` their articles in the same order ("ch. 6" is a
    chapter), empty where the document has none.
    """

    name: str
    default: float
    low: float
    high: float
    unit: Unit
    source: str
    verified: bool
    article: str = ""


def _read_rules() -> Mapping[str, Rule]:
    text = Path(__file__).with_name("rules.toml").read_text(encoding="utf-8")
    return MappingProxyType({name: Rule(name=name, **facts) for name, facts in tomllib.loads(text).items()})


RULES: Mapping[str, Rule] = _read_rules()
"""Name → rule, in the file's order."""


def _count(name: str) -> int:
    return int(RULES[name].default)


def _factor(name: str) -> float:
    return float(RULES[f"border_factor_{name}"].default)


def check_ranges(values: Mapping[str, float]) -> None:
    """Refuse a value outside its rule's range."""
    for name, value in values.items():
        rule = RULES[name]
        if not rule.low <= value <= rule.high:
            raise RuleError("rule_out_of_range", rule=name, value=value, low=rule.low, high=rule.high)


def read_values(values: Mapping[str, float], kind: type) -> dict[str, float | int]:
    """Give the values of some rules of a dataclass, whole where they must be.

    Raises
    ------
    RuleError
        `unknown_rule`, `rule_out_of_range` or `rule_not_whole`.
    """
    known = {item.name for item in fields(kind)}
    read: dict[str, float | int] = {}
    for name, value in values.items():
        if name not in known:
            raise RuleError("unknown_rule", rule=name)
        rule = RULES[name]
        if not math.isfinite(value):
            raise RuleError("rule_out_of_range", rule=name, value=value, low=rule.low, high=rule.high)
        if rule.unit != "factor" and value != int(value):
            raise RuleError("rule_not_whole", rule=name, value=value)
        read[name] = int(value) if rule.unit != "factor" else float(value)
    return read


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
        check_ranges(asdict(self))
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
        return replace(self, **read_values(values, GridRules))  # type: ignore[arg-type]  # checked there

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


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRules:
    """The rules for organisations, staff and service area; the defaults are those of `rules.toml`."""

    formal_members_min: int = _count("formal_members_min")
    branch_members_max: int = _count("branch_members_max")
    committee_members_over: int = _count("committee_members_over")
    branch_committee_min: int = _count("branch_committee_min")
    joint_places_max: int = _count("joint_places_max")
    joint_distance_m: int = _count("joint_distance_m")
    joint_by_street: int = _count("joint_by_street")
    joint_sector_m: int = _count("joint_sector_m")
    joint_across_communities: int = _count("joint_across_communities")
    activity_months: int = _count("activity_months")
    dedicated_staff_min: int = _count("dedicated_staff_min")
    workers_per_grid: int = _count("workers_per_grid")
    workers_per_10000: int = _count("workers_per_10000")
    worker_hours_year: int = _count("worker_hours_year")
    service_area_per_100_m2: int = _count("service_area_per_100_m2")
    activity_share: int = _count("activity_share")
    walk_5_min_m: int = _count("walk_5_min_m")
    walk_10_min_m: int = _count("walk_10_min_m")
    walk_15_min_m: int = _count("walk_15_min_m")

    def __post_init__(self) -> None:
        """Refuse a value outside its range, or sizes that contradict each other."""
        check_ranges(asdict(self))
        if self.formal_members_min > self.branch_members_max:
            raise RuleError("sizes_upside_down", low=self.formal_members_min, high=self.branch_members_max)
        if self.branch_members_max > self.committee_members_over:
            raise RuleError(
                "sizes_upside_down", low=self.branch_members_max, high=self.committee_members_over
            )

    def with_values(self, values: Mapping[str, float]) -> "WorkRules":
        """Give the rules with some values changed.

        Raises
        ------
        RuleError
            `unknown_rule`, `rule_out_of_range`, `rule_not_whole` or `sizes_upside_down`.
        """
        return replace(self, **read_values(values, WorkRules))  # type: ignore[arg-type]  # checked there


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCosts:
    """What things cost in whole yuan: a year, or once where something is built; from `rules.toml`."""

    pay_worker_yuan: int = _count("pay_worker_yuan")
    office_community_yuan: int = _count("office_community_yuan")
    office_grid_yuan: int = _count("office_grid_yuan")
    organisation_yuan: int = _count("organisation_yuan")
    member_yuan: int = _count("member_yuan")
    service_fund_yuan: int = _count("service_fund_yuan")
    venue_running_m2_yuan: int = _count("venue_running_m2_yuan")
    venue_build_m2_yuan: int = _count("venue_build_m2_yuan")
    technology_community_yuan: int = _count("technology_community_yuan")
    technology_grid_yuan: int = _count("technology_grid_yuan")

    def __post_init__(self) -> None:
        """Refuse a value outside its range."""
        check_ranges(asdict(self))

    def with_values(self, values: Mapping[str, float]) -> "UnitCosts":
        """Give the unit costs with some values changed.

        Raises
        ------
        RuleError
            `unknown_rule`, `rule_out_of_range`, `rule_not_whole`.
        """
        return replace(self, **read_values(values, UnitCosts))  # type: ignore[arg-type]  # checked there
