"""Slides of one kind that several parts of a presentation use: maps, tables that run on, lists of moves."""

from collections.abc import Sequence
from io import BytesIO

import pandas as pd

from exports.changes import from_name
from exports.request import Request
from exports.sheet.figures import community_names
from exports.sheet.pages import map_picture
from exports.slide_parts import (
    MARGIN_MM,
    SOFT,
    TABLE_TOP_MM,
    WIDTH_MM,
    Deck,
    Run,
    add_picture,
    add_slide,
    add_table,
    add_text,
    row_height_mm,
)
from exports.small_counts import count_of_row, mark_moves

MAP_DPI = 220
ROWS = 16
_EDGE_MM = 8.0
_MAP_MM = (WIDTH_MM - 2 * _EDGE_MM, 154.0)
_TOP_MM = 26.5
_TABLE_MM = 138
"""What lies between the head of a table at `TABLE_TOP_MM` and the foot of the slide."""

Head = tuple[str, float, bool]
"""Title, share of the width, whether it holds numbers."""


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
    """Spread a table over as many slides as its rows need."""
    parts = _parts(heads, rows, size_pt)
    for number, part in enumerate(parts, start=1):
        said = title if len(parts) == 1 else f"{title} ({number} / {len(parts)})"
        add_table(deck, add_slide(deck, said), heads, part, size_pt=size_pt)


def fits_slide(heads: Sequence[Head], rows: Sequence[Sequence[str]], top_mm: float, size_pt: float) -> bool:
    """Tell whether a table whose head is so far down ends above the foot of its slide."""
    height = sum(row_height_mm(row, heads, size_pt) for row in rows)
    return top_mm - TABLE_TOP_MM + height <= _TABLE_MM


def _parts(heads: Sequence[Head], rows: Sequence[Sequence[str]], size_pt: float) -> list[list[Sequence[str]]]:
    """Divide rows into even parts, each no higher than a slide has room for."""
    heights = [row_height_mm(row, heads, size_pt) for row in rows]
    sheets = max(1, -(-round(sum(heights)) // _TABLE_MM))
    while True:
        share = max(1, -(-len(rows) // sheets))
        parts = [list(rows[at : at + share]) for at in range(0, len(rows), share)] or [[]]
        tallest = max(sum(heights[at : at + share]) for at in range(0, max(1, len(rows)), share))
        if tallest <= _TABLE_MM or share == 1:
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
