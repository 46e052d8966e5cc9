"""Sheets of the workbook that look beyond one plan: scenarios side by side, who moves between them."""

from collections.abc import Sequence

import pandas as pd

from exports.book_sheet import Field, Sheet, Value, room_for
from exports.changes import from_name
from exports.compare import differ
from exports.indicator_words import indicator_name
from exports.request import Request
from exports.sheet.comparison_tables import shown_indicators
from exports.sheet.figures import community_names
from exports.small_counts import is_hidden, mark_moves
from exports.texts import scenario_title

_SHARES = frozenset({"share"})


def scenarios_sheet(request: Request) -> Sheet | None:
    """Set the indicators of the scenarios side by side; nothing where there is only the plan."""
    if not request.others:
        return None
    texts, plans = request.texts, [request.outcome, *request.others]
    rows: list[Sequence[Value]] = []
    measured = [one for one in (request.services, *request.other_services) if one is not None]
    for item in shown_indicators(plans, measured):
        is_share = item.unit in _SHARES
        amounts = [None if amount is None else amount * (100 if is_share else 1) for amount in item.amounts]
        name = indicator_name(item, texts)
        rows.append((texts("book.in_percent", name=name) if is_share else name, *amounts))
    title = texts("sheets.compare.indicator")
    fields = [
        Field(title=title, width=room_for(title, [row[0] for row in rows], 30, 60)),
        *(Field(title=scenario_title(texts, plan.scenario), kind="figure", width=18) for plan in plans),
    ]
    return Sheet(name="scenarios", fields=fields, rows=rows)


def moves_between_sheet(request: Request) -> Sheet | None:
    """List who changes grid when another scenario is chosen instead of the plan."""
    if not request.others:
        return None
    texts, rows = request.texts, []
    for other in request.others:
        said = scenario_title(texts, other.scenario)
        rows += [(said, *row) for row in move_rows(request, differ(request.outcome, other).moves)]
    fields = [
        Field(title=texts("book.other_scenario"), width=20),
        *move_fields(request, "from_plan", "to_other"),
    ]
    return Sheet(name="moves_between", fields=fields, rows=rows)


def move_fields(request: Request, before: str, after: str) -> list[Field]:
    """Give the columns of a list of moves; `before` and `after` are keys below `book`."""
    texts = request.texts
    counts = ("households", "residents", "n_cells")
    return [
        Field(title=texts("exports.column.community"), width=18),
        Field(title=texts(f"book.{before}"), width=28),
        Field(title=texts(f"book.{after}"), width=22),
        *(Field(title=texts(f"exports.column.{name}"), kind="count") for name in counts),
    ]


def move_rows(request: Request, moves: pd.DataFrame) -> list[Sequence[Value]]:
    """Give the rows of a list of moves."""
    names, texts = community_names(request), request.texts
    return [
        (
            names.get(str(row["community_code"]), str(row["community_code"])),
            from_name(row, texts, str(row["from_grid"])),
            str(row["to_grid"]),
            *(
                texts("exports.hidden_count") if is_hidden(row, name) else int(row[name])
                for name in ("households", "residents", "n_cells")
            ),
        )
        for row in mark_moves(moves, hide=request.sheet.hide_small).to_dict("records")
    ]
