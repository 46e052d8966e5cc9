"""The contents of an atlas: a line for each page, which leads there."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from exports.sheet.fonts import MM_PER_PT, Type
from exports.sheet.marks import Body, Box, Mark, Page, Words, rule
from exports.sheet.paper import Frame
from exports.texts import Texts

_ROW_MM = 7.0
_COLUMNS = 2
_SIZE_PT = 10.0


def contents_bodies(frame: Frame, type_: Type, titles: Sequence[str], texts: Texts) -> Iterator[Body]:
    """Lay out the contents of the pages that follow the map and the contents themselves."""
    fits = _fits(frame)
    sheets = -(-len(titles) // fits)
    zoom = frame.zoom
    size = _SIZE_PT * zoom
    for sheet in range(sheets):
        marks: list[Mark] = []
        for number, title in enumerate(titles[sheet * fits : (sheet + 1) * fits]):
            box = _line(frame, number)
            y = box.bottom + box.height / 2 - 0.35 * size * MM_PER_PT
            page = texts.number(1 + sheets + sheet * fits + number + 1)
            room = box.width - type_.width_mm(page, size) - 4 * zoom
            marks += [
                Words(x=box.left, y=y, text=type_.fitted(type_.plain(title), room, size), size_pt=size),
                Words(x=box.right, y=y, text=page, size_pt=size, align="right"),
                rule(box.left, box.bottom, box.right, box.bottom, width_mm=0.1 * zoom, line="#9AA3AB"),
            ]
        heading = texts("sheets.contents")
        yield Body(heading, heading, marks)


def linked(pages: Sequence[Page], sheets: int, frame: Frame) -> list[Page]:
    """Make each line of the contents, which are pages 1 to `sheets`, lead to its page."""
    fits, result = _fits(frame), list(pages)
    for sheet in range(sheets):
        first = 1 + sheets + sheet * fits
        last = min(first + fits, len(pages))
        links = tuple((_line(frame, number), page) for number, page in enumerate(range(first, last)))
        result[1 + sheet] = replace(pages[1 + sheet], links=links)
    return result


def _fits(frame: Frame) -> int:
    return _COLUMNS * int((frame.body.height - 8 * frame.zoom) / (_ROW_MM * frame.zoom))


def _line(frame: Frame, number: int) -> Box:
    rows, gap = _fits(frame) // _COLUMNS, 12 * frame.zoom
    column, row = divmod(number, rows)
    width = (frame.body.width - gap * (_COLUMNS - 1)) / _COLUMNS
    left = frame.body.left + column * (width + gap)
    top = frame.body.top - 3 * frame.zoom - row * _ROW_MM * frame.zoom
    return Box(left, top - _ROW_MM * frame.zoom, left + width, top)
