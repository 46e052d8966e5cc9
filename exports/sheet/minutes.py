"""The approval sheet for a meeting: what is proposed, why it is as it is, and room for those who decide."""

from collections.abc import Iterator, Sequence

from exports.certificates import certificate_sentence, reason_sentence
from exports.request import Request
from exports.sheet.figures import community_names, sheet_figures
from exports.sheet.fonts import Type
from exports.sheet.ground import Extent
from exports.sheet.marks import MM_PER_PT, Box, Mark, Placed, Style, Words, rectangle, rule
from exports.sheet.paper import Frame

_SIGNS = ("drafted", "checked", "community", "street")


def minutes_pages(
    request: Request, extent: Extent, frame: Frame, type_: Type, heading: str
) -> Iterator[tuple[str, str, list[Mark], list[Placed]]]:
    """Lay out the approval sheet over as many pages as its reasons need; the last one holds the signatures."""
    body, zoom = frame.body, frame.zoom
    sign_height = 44 * zoom
    lines = _lines(request, extent, body.width, type_, zoom)
    marks: list[Mark] = []
    y = body.top
    for line in lines:
        if y - line.height < body.bottom + 4 * zoom:
            yield heading, heading, marks, []
            marks, y = [], body.top
        marks += line.draw(body, y)
        y -= line.height
    if y - sign_height < body.bottom + 4 * zoom:
        yield heading, heading, marks, []
        marks, y = [], body.top
    marks += _signatures(request, Box(body.left, y - sign_height, body.right, y - 4 * zoom), type_, zoom)
    yield heading, heading, marks, []


class _Line:
    """One line of the sheet: columns of words at given places."""

    def __init__(self, words: Sequence[tuple[float, str]], size_pt: float, *, bold: bool = False, above: float = 0.0):
        self._words, self._size, self._bold, self._above = words, size_pt, bold, above
        self.height = above + 1.55 * size_pt * MM_PER_PT

    def draw(self, body: Box, top: float) -> Iterator[Mark]:
        y = top - self._above - 1.1 * self._size * MM_PER_PT
        if self._above:
            yield rule(body.left, top - self._above / 2, body.right, top - self._above / 2, width_mm=0.12, line="#9AA3AB")
        for x, text in self._words:
            yield Words(x=body.left + x, y=y, text=text, size_pt=self._size, bold=self._bold)


def _lines(request: Request, extent: Extent, width: float, type_: Type, zoom: float) -> list[_Line]:
    texts, names = request.texts, community_names(request)
    size = 9.0 * zoom
    figures = "；".join(f"{name} {value}" for name, value in sheet_figures(request, extent).items())
    if texts.language == "en":
        figures = figures.replace("；", "; ")
    lines = [_Line([(0, part)], size) for part in type_.wrapped(type_.plain(figures), width, size)]
    homes = set(request.outcome.grids.loc[request.outcome.grids["code"].isin(extent.codes), "community_code"])
    indent = 48 * zoom
    for item in request.outcome.certificates:
        if extent.kind != "all" and item.community_code not in homes:
            continue
        said = certificate_sentence(item, texts)
        name = type_.fitted(type_.plain(names.get(item.community_code, item.community_code)), indent - 3, size, bold=True)
        first, *rest = type_.wrapped(type_.plain(said), width - indent, size)
        lines.append(_Line([(0, name), (indent, first)], size, above=1.6 * zoom))
        lines += [_Line([(indent, part)], size) for part in rest]
        for code, facts in item.reasons:
            if not texts.has(f"reasons.{code}"):
                continue
            reason = texts("sheets.minutes.reason", code=code, text=reason_sentence(code, facts, texts))
            lines += [
                _Line([(indent, part)], size * 0.9)
                for part in type_.wrapped(type_.plain(reason), width - indent, size * 0.9)
            ]
    return lines


def _signatures(request: Request, box: Box, type_: Type, zoom: float) -> Iterator[Mark]:
    """Draw a box for each who has a say, with room for an opinion, a signature and a date."""
    texts = request.texts
    width = box.width / len(_SIGNS)
    size = 9.0 * zoom
    for number, sign in enumerate(_SIGNS):
        cell = Box(box.left + number * width, box.bottom, box.left + (number + 1) * width, box.top)
        yield rectangle(cell, Style(line="#1A1A1A", width_mm=0.3 * zoom))
        x, y = cell.left + 2.5 * zoom, cell.top - 1.6 * size * MM_PER_PT
        title = type_.fitted(texts(f"sheets.minutes.{sign}"), width - 5 * zoom, size, bold=True)
        yield Words(x=x, y=y, text=title, size_pt=size, bold=True)
        foot = type_.fitted(texts("sheets.minutes.sign"), width - 5 * zoom, size * 0.9)
        yield Words(x=x, y=cell.bottom + 2.2 * zoom, text=foot, size_pt=size * 0.9)
