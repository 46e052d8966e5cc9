"""What things cost in a scenario: items, lines, communities, grids; all in whole yuan."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scenarios.money.lines import LINES, Line
from scenarios.rules import UnitCosts


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneySettings:
    """What a person has set: unit costs, the order in which a budget covers the lines, and the budget."""

    costs: UnitCosts = field(default_factory=UnitCosts)
    order: tuple[Line, ...] = LINES
    budget: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCost:
    """One item of a community.

    Attributes
    ----------
    quantity, yuan
        None where it has not been counted: then it is in no sum.
    basis
        `given`: counted, or the cost is in the data; `filled`: workers in place, as nobody gave the posts;
        `needed`: what the rules ask for, as nobody gave either.
    """

    name: str
    quantity: float | None
    yuan: int | None
    basis: str = "given"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCost:
    """One line of a community or of all.

    Attributes
    ----------
    yuan, once
        A year, and once; sums of what is known.
    budget
        What the data give for it, a year; None where they do not.
    unknown
        Items that have not been counted.
    """

    name: Line
    yuan: int
    once: int
    budget: int | None
    unknown: tuple[str, ...]

    @property
    def difference(self) -> int | None:
        """Budget less need: below zero it is lacking."""
        return None if self.budget is None else self.budget - self.yuan


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityMoney:
    """The costs of one community; of all where `code` is empty."""

    code: str
    name: str
    items: tuple[ItemCost, ...]
    lines: tuple[LineCost, ...]

    @property
    def yuan(self) -> int:
        """All lines, a year."""
        return sum(line.yuan for line in self.lines)

    @property
    def once(self) -> int:
        """All lines, once."""
        return sum(line.once for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class GridMoney:
    """The yearly costs of one grid by line; `code` is None for ground outside all grids."""

    code: str | None
    name: str
    community_code: str
    households: int
    lines: Mapping[Line, int]

    @property
    def yuan(self) -> int:
        """All lines, a year."""
        return sum(self.lines.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What is lacking by the rules and could be bought: posts, area, and possible centres with their cost."""

    posts: int | None
    area_m2: float | None
    centres: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """The costs of a scenario; the communities add up to `total`, the grids of a community to it."""

    scenario: str
    settings: MoneySettings
    communities: tuple[CommunityMoney, ...]
    grids: tuple[GridMoney, ...]
    total: CommunityMoney
    missing: Missing
