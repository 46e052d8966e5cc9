"""Slides of one kind that several parts of a presentation use: maps, tables that run on, lists of moves."""

from collections.abc import Sequence
from io import BytesIO

import pandas as pd

from exports.changes import from_name
from exports.request import Request
from exports.sheet.figures import community_names
from exports.sheet.pages import map_picture
from exports.slide_columns import ROW_MM, Columns, Head, lay_columns
from exports.slide_parts import (
    MARGIN_MM,
    SOFT,
    TABLE_MM,
    TABLE_TOP_MM,
    WIDTH_MM,
    Deck,
    Run,
    add_picture,
    add_slide,
    add_table,
    add_text,
)
from exports.small_counts import count_of_row, mark_moves

MAP_DPI = 220
ROWS = 16
_EDGE_MM = 8.0
_MAP_MM = (WIDTH_MM - 2 * _EDGE_MM, 154.0)
_TOP_MM = 26.5
_TABLE_MM = 138
"""What lies between the head of a table at `TABLE_TOP_MM` and the foot of the slide."""


def map_slide(request: Request, deck: Deck, title: str) -> None:
    """Add the map of a plan with what stands beside it."""
    slide = add_slide(deck, title)
    picture = BytesIO()
    map_picture(request, *_MAP_MM, picture, dpi=MAP_DPI)
    picture.seek(0)
    words = request.texts("slides.map_words", n=len(request.outcome.grids))
    add_picture(slide, picture, _EDGE_MM, _TOP_MM, _MAP_MM[0], words)


def table_slides(
    deck: Deck, title: str, heads: Sequence[Head], rows: Sequence[Sequence[str]], *, size_pt: float = 12
) -> None:
    """Spread a table over as many slides as its rows need, in columns of the same widths."""
    columns = lay_columns(heads, rows, TABLE_MM, size_pt)
    parts = _parts(heads, rows, columns)
    for number, part in enumerate(parts, start=1):
        said = title if len(parts) == 1 else f"{title} ({number} / {len(parts)})"
        add_table(deck, add_slide(deck, said), heads, part, columns=columns)


def fits_slide(heads: Sequence[Head], rows: Sequence[Sequence[str]], top_mm: float, size_pt: float) -> bool:
    """Tell whether a table whose head is so far down ends above the foot of its slide."""
    columns = lay_columns(heads, rows, TABLE_MM, size_pt)
    return top_mm - TABLE_TOP_MM + sum(columns.height_of(row) for row in rows) <= _room(heads, columns)


def _room(heads: Sequence[Head], columns: Columns) -> float:
    """Give the height that is left for rows below a head at the usual place."""
    return _TABLE_MM - columns.height_of([title for title, _, _ in heads], is_head=True) + ROW_MM


def _parts(
    heads: Sequence[Head], rows: Sequence[Sequence[str]], columns: Columns
) -> list[list[Sequence[str]]]:
    """Divide rows into even parts, each no higher than a slide has room for."""
    heights, room = [columns.height_of(row) for row in rows], _room(heads, columns)
    sheets = max(1, -(-round(sum(heights)) // round(room)))
    while True:
        share = max(1, -(-len(rows) // sheets))
        parts = [list(rows[at : at + share]) for at in range(0, len(rows), share)] or [[]]
        tallest = max(sum(heights[at : at + share]) for at in range(0, max(1, len(rows)), share))
        if tallest <= room or share == 1:
            return parts
        sheets += 1


def moves_slide(
    request: Request, deck: Deck, said: tuple[str, str], moves: pd.DataFrame, between: tuple[str, str]
) -> None:
    """Add the largest moves; all of them stand in the workbook.

    `said` is the title and the sentence below it, `between` what the grids before and after are called.
    """
    texts, names = request.texts, community_names(request)
    rows = [
        (
            names.get(str(row["community_code"]), ""),
            from_name(row, texts, str(row["from_grid"])),
            str(row["to_grid"]),
            count_of_row(texts, row, "households"),
            count_of_row(texts, row, "residents"),
        )
        for row in mark_moves(moves, hide=request.sheet.hide_small).head(ROWS - 1).to_dict("records")
    ]
    heads = [
        (texts("exports.column.community"), 2.0, False),
        (between[0], 2.4, False),
        (between[1], 2.4, False),
        (texts("sheets.column.households"), 1.2, True),
        (texts("sheets.column.residents"), 1.2, True),
    ]
    title, total = said
    slide = add_slide(deck, title)
    box = (MARGIN_MM, 28, WIDTH_MM - 2 * MARGIN_MM, 8)
    add_text(deck, slide, box, [Run(text=total, size_pt=13, colour=SOFT)])
    add_table(deck, slide, heads, rows, top_mm=38)
