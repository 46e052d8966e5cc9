"""Money in tables: the five lines by item, by community, by grid; and what a budget buys in sentences."""

from collections.abc import Mapping

from exports.service_table import Column, Table, Value, counts, decimals, words
from exports.texts import Texts
from scenarios.money.budget import Bought
from scenarios.money.lines import ITEMS, LINES
from scenarios.money.values import CommunityMoney, ItemCost, Money

_MOST_NAMED = 6


def line_table(texts: Texts, row: CommunityMoney) -> Table:
    """Give the five lines of a community or of all, the sum below."""
    columns = [
        *words(texts, "money", "line", width=22),
        *counts(texts, "money", "yuan", "once", "budget", "difference", width=18),
    ]
    rows: list[list[Value]] = [
        [texts(f"money.line.{line.name}"), line.yuan, line.once, line.budget, line.difference]
        for line in row.lines
    ]
    budget = budget_of(row)
    difference = None if budget is None else budget - row.yuan
    rows.append([texts("money.all"), row.yuan, row.once, budget, difference])
    return Table(name="lines", columns=columns, rows=rows, last_is_sum=True)


def item_table(texts: Texts, money: Money, row: CommunityMoney) -> Table:
    """Give the items of the lines: quantity, unit cost, yuan, and what the quantity stands on."""
    columns = [
        *words(texts, "money", "line", "item", width=20),
        *counts(texts, "money", "quantity"),
        *words(texts, "money", "unit"),
        *counts(texts, "money", "price", width=14),
        *counts(texts, "money", "amount", width=16),
        *words(texts, "money", "note", width=24),
    ]
    rows: list[list[Value]] = []
    for item in row.items:
        kind = ITEMS[item.name]
        rows.append(
            [
                texts(f"money.line.{kind.line}"),
                texts(f"money.item.{item.name}"),
                None if item.quantity is None else round(item.quantity),
                texts(f"money.unit.{kind.unit}"),
                getattr(money.settings.costs, kind.rule),
                item.yuan,
                _note(texts, item),
            ]
        )
    return Table(name="items", columns=columns, rows=rows)


def _note(texts: Texts, item: ItemCost) -> str:
    if item.name in ("running", "building") and item.yuan:
        return texts("money.basis.by_venue")
    return texts(f"money.basis.{item.basis}")


def money_table(texts: Texts, money: Money) -> Table:
    """Give the lines of each community, the total below."""
    columns = [
        *words(texts, "money", "community", width=16),
        *line_columns(texts),
        *counts(texts, "money", "yuan", "once", "budget", "difference", width=16),
    ]
    rows = [
        *(_row(row.name, row) for row in money.communities),
        _row(texts("money.all"), money.total),
    ]
    return Table(name="money", columns=columns, rows=rows, last_is_sum=True)


def line_columns(texts: Texts) -> list[Column]:
    """Give one column a line."""
    return [Column(title=texts(f"money.line.{line}"), kind="count", width=16) for line in LINES]


def _row(name: str, row: CommunityMoney) -> list[Value]:
    budget = budget_of(row)
    difference = None if budget is None else budget - row.yuan
    return [name, *(line.yuan for line in row.lines), row.yuan, row.once, budget, difference]


def budget_of(row: CommunityMoney) -> int | None:
    """Give the budget of all lines; None where that of one is not given."""
    budgets = [line.budget for line in row.lines]
    return None if None in budgets else sum(budget or 0 for budget in budgets)


def grid_money_table(texts: Texts, money: Money, names: Mapping[str, str]) -> Table:
    """Give the lines of each grid; `names` are those of the communities."""
    columns = [
        *words(texts, "money", "community", width=16),
        *words(texts, "money", "code", "name", width=20),
        *counts(texts, "money", "households"),
        *line_columns(texts),
        *counts(texts, "money", "yuan", width=16),
        *decimals(texts, "money", "per_household", digits=0),
    ]
    rows = [
        [
            names.get(grid.community_code, grid.community_code),
            grid.code or "",
            grid.name if grid.code else texts("money.outside"),
            grid.households,
            *(grid.lines[line] for line in LINES),
            grid.yuan,
            grid.yuan / grid.households if grid.households else None,
        ]
        for grid in money.grids
    ]
    return Table(name="grid_money", columns=columns, rows=rows)


def money_sentences(texts: Texts, row: CommunityMoney) -> list[str]:
    """Say what is needed a year and once, how that compares with what is given, and what is not in it."""
    said = [texts("money.headline", yuan=row.yuan, once=row.once)]
    budget = budget_of(row)
    if budget is None:
        said.append(texts("money.no_budget"))
    else:
        less = budget - row.yuan
        told = texts("money.enough" if less >= 0 else "money.lacking", n=abs(less))
        said.append(texts("money.given", budget=budget, said=told))
    unknown = [name for line in row.lines for name in line.unknown]
    if unknown:
        items = texts("common.comma").join(texts(f"money.item.{name}") for name in unknown)
        said.append(texts("money.unknown", items=items))
    return said


def covered_sentences(texts: Texts, bought: Bought) -> list[str]:
    """Say of each line how far the budget goes; a line that costs nothing is left out."""
    return [
        texts(
            f"money.{row.state}",
            line=texts(f"money.line.{row.name}"),
            needed=row.needed,
            covered=row.covered,
            short=row.needed - row.covered,
        )
        for row in bought.rows
        if row.needed
    ]


def rest_sentences(texts: Texts, bought: Bought) -> list[str]:
    """Say what the rest is enough for; the first sentence says how much it is."""
    if bought.short:
        return [texts("money.short", short=bought.short)]
    if not bought.left:
        return [texts("money.nothing_left")]
    choice = bought.choice
    said = [texts("money.left", left=bought.left)]
    none = texts("money.no_data")
    if choice.posts is not None:
        missing = none if choice.posts_missing is None else texts("money.number", n=choice.posts_missing)
        said.append(texts("money.posts", n=choice.posts, missing=missing))
    if choice.area_m2 is not None:
        area = choice.area_missing_m2
        missing = none if area is None else texts("money.square", n=round(area))
        said.append(texts("money.area", n=choice.area_m2, missing=missing))
    if choice.centres:
        names = texts("common.comma").join(choice.centres[:_MOST_NAMED])
        more = "…" if len(choice.centres) > _MOST_NAMED else ""
        facts = {"n": len(choice.centres), "all": choice.centres_possible, "names": names + more}
        said.append(texts("money.centres", **facts))
    elif choice.centres_possible:
        said.append(texts("money.no_centre", all=choice.centres_possible))
    return said
