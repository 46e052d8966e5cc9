"""What a budget buys: which lines it covers, and what the rest is enough for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scenarios.errors import RuleError
from scenarios.money.lines import Line
from scenarios.money.values import Money

State = Literal["covered", "partly", "not"]
_MOST = 10**12


def check_budget(budget: int) -> None:
    """Refuse a budget that makes no sense.

    Raises
    ------
    RuleError
        `budget_out_of_range`.
    """
    if not 0 <= budget <= _MOST:
        raise RuleError("budget_out_of_range", value=budget, high=_MOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """One line, or what is built once (`building`), and how much of it the budget covers."""

    name: str
    needed: int
    covered: int

    @property
    def state(self) -> State:
        """Whether it is covered."""
        if self.covered >= self.needed:
            return "covered"
        return "partly" if self.covered else "not"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the rest is enough for when it is spent on one thing alone.

    Attributes
    ----------
    posts, area_m2
        How many posts for a year, how many square metres; None where they cost nothing.
    posts_missing, area_missing_m2
        How many are lacking by the rules; None where that is not known.
    centres, centres_possible
        Possible centres that can be built, the cheapest first, and how many there are.
    """

    posts: int | None
    posts_missing: int | None
    area_m2: int | None
    area_missing_m2: float | None
    centres: tuple[str, ...]
    centres_possible: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """What a budget buys.

    Attributes
    ----------
    rows
        The lines in the order in which they are covered, a year of each, then what the scenario builds once.
    left
        What is not spent on them.
    choice
        What the rest is enough for.
    short
        What the rows need and the budget has not.
    """

    budget: int
    rows: tuple[Covered, ...]
    left: int
    choice: Choice

    @property
    def short(self) -> int:
        """What is lacking to cover all rows."""
        return sum(row.needed - row.covered for row in self.rows)


def buy(money: Money, budget: int, order: Sequence[Line] | None = None) -> Bought:
    """Spend a budget on the lines in their order, each as far as it goes.

    Raises
    ------
    RuleError
        `budget_out_of_range`.
    """
    check_budget(budget)
    lines = {line.name: line for line in money.total.lines}
    wanted = [(str(name), lines[name].yuan) for name in order or money.settings.order]
    wanted.append(("building", money.total.once))
    left, rows = budget, []
    for name, needed in wanted:
        covered = min(needed, left)
        left -= covered
        rows.append(Covered(name=name, needed=needed, covered=covered))
    return Bought(budget=budget, rows=tuple(rows), left=left, choice=_choose(money, left))


def _choose(money: Money, left: int) -> Choice:
    costs, missing = money.settings.costs, money.missing
    centres, spent = [], 0
    for name, price in missing.centres:
        if spent + price > left:
            break
        centres.append(name)
        spent += price
    return Choice(
        posts=_enough(left, costs.pay_worker_yuan),
        posts_missing=missing.posts,
        area_m2=_enough(left, costs.venue_build_m2_yuan),
        area_missing_m2=missing.area_m2,
        centres=tuple(centres),
        centres_possible=len(missing.centres),
    )


def _enough(left: int, price: int) -> int | None:
    """Give how many can be had; None where they cost nothing."""
    return left // price if price else None
