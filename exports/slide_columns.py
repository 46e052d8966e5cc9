"""How wide the columns of a slide's table are: as wished, but no word is broken in its middle."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exports.letters import ems, is_wide

Head = tuple[str, float, bool]
"""Title, share of the width, whether it holds numbers."""

ROW_MM = 8.4
_MM_PER_PT = 25.4 / 72
_PAD_MM = 4.6
_LEAST_PT = 8.0
_BOLD, _PLAIN, _USUAL = 0.7, 0.62, 0.57
"""Widths of Latin letters in squares of their size: widest, so that no word breaks; and usual ones."""
_WHOLE_EM = 6.0
"""So short a text in Chinese stays on one line."""
_PIECE_EM = 4.0
"""A longer one may be broken, but not into single signs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The widths of a table's columns in millimetres, and the size of its type."""

    widths: Sequence[float]
    size_pt: float

    def height_of(self, row: Sequence[str], *, is_head: bool = False) -> float:
        """Give the height that a row needs for its longest value."""
        lines = max(
            _count_lines(value, (width - _PAD_MM + 0.6) / self.em_mm, _BOLD if is_head else _USUAL)
            for value, width in zip(row, self.widths, strict=True)
        )
        return ROW_MM + (lines - 1) * 1.3 * self.em_mm

    @property
    def em_mm(self) -> float:
        """Give the size of the type in millimetres."""
        return self.size_pt * _MM_PER_PT


def lay_columns(
    heads: Sequence[Head], rows: Sequence[Sequence[str]], width_mm: float, size_pt: float
) -> Columns:
    """Divide a width; type is set smaller where the longest words of all columns would not fit beside.

    Columns that are wished too narrow for their longest word take what the others have beyond theirs.
    """
    pieces = [
        max(_longest(title, _BOLD), *(_longest(row[at], _PLAIN) for row in rows), 1.0)
        for at, (title, _, _) in enumerate(heads)
    ]
    room = width_mm - _PAD_MM * len(heads)
    size = max(_LEAST_PT, min(size_pt, room / sum(pieces) / _MM_PER_PT))
    needs = [piece * size * _MM_PER_PT + _PAD_MM for piece in pieces]
    total = sum(share for _, share, _ in heads)
    wishes = [max(need, share / total * width_mm) for need, (_, share, _) in zip(needs, heads, strict=True)]
    over, spare = sum(wishes) - width_mm, sum(wishes) - sum(needs)
    cut = min(1.0, over / spare) if spare > 0 else 0.0
    widths = [wish - cut * (wish - need) for wish, need in zip(wishes, needs, strict=True)]
    scale = width_mm / sum(widths)
    return Columns(widths=[part * scale for part in widths], size_pt=size)


def _longest(text: str, narrow: float) -> float:
    """Give the longest piece that must not be broken, in squares of the type's size."""
    return max((ems(piece, narrow) for piece in _pieces(text)), default=0.0)


def _pieces(text: str) -> Iterator[str]:
    for word in text.split():
        if not any(is_wide(sign) for sign in word) or ems(word) <= _WHOLE_EM:
            yield word
        else:
            yield "一" * round(_PIECE_EM)


def _count_lines(text: str, room_em: float, narrow: float) -> int:
    """Count the lines that a text takes when it is broken between words, and anywhere in Chinese."""
    lines, used, blank = 1, 0.0, ems(" ", narrow)
    for word in text.split():
        length = ems(word, narrow)
        if used and used + blank + length > room_em and not any(is_wide(sign) for sign in word):
            lines, used = lines + 1, 0.0
        used += length + (blank if used else 0.0)
        while used > room_em + 1e-9:  # Chinese, or one long word, goes on in the next line
            lines, used = lines + 1, used - room_em
    return lines
