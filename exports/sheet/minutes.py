"""The approval sheet for a meeting: what is proposed, why it is as it is, and room for those who decide."""

from collections.abc import Iterator, Sequence

from exports.certificates import certificate_sentence, reason_sentence
from exports.changes import request_moves
from exports.request import Request
from exports.rule_words import size_rules
from exports.sheet.figures import community_figures, community_names, extent_grids, sheet_figures
from exports.sheet.fonts import MM_PER_PT, Type
from exports.sheet.ground import Extent
from exports.sheet.marks import Body, Box, Mark, Style, Words, rectangle, rule
from exports.sheet.paper import Frame
from exports.texts import Texts
from scenarios.outcome import Certificate

_SIGNS = ("drafted", "checked", "community", "street")


def minutes_bodies(
    request: Request, extent: Extent, frame: Frame, type_: Type, heading: str
) -> Iterator[Body]:
    """Lay out the approval sheet on as many pages as its reasons need; the last one holds the signatures."""
    body, zoom = frame.body, frame.zoom
    sign = Box(body.left, body.bottom + 4 * zoom, body.right, body.bottom + 46 * zoom)
    marks: list[Mark] = []
    y = top = body.top - 4 * zoom
    for line in _lines(request, extent, body.width, type_, zoom):
        if y - line.height < body.bottom + 4 * zoom:
            yield Body(heading, heading, marks)
            marks, y = [], top
        marks += line.draw(body, y)
        y -= line.height
    if y < sign.top + 2 * zoom:
        yield Body(heading, heading, marks)
        marks = []
    yield Body(heading, heading, [*marks, *_signatures(request, sign, type_, zoom)])


class _Line:
    """One line of the sheet: columns of words at given places."""

    def __init__(
        self, words: Sequence[tuple[float, str]], size_pt: float, *, bold: bool = False, above: float = 0.0
    ) -> None:
        self._words, self._size, self._bold, self._above = words, size_pt, bold, above
        self.height = above + 1.55 * size_pt * MM_PER_PT

    def draw(self, body: Box, top: float) -> Iterator[Mark]:
        """Draw the line below a height."""
        y = top - self._above - 1.1 * self._size * MM_PER_PT
        if self._above:
            yield rule(
                body.left,
                top - self._above / 2,
                body.right,
                top - self._above / 2,
                width_mm=0.12,
                line="#9AA3AB",
            )
        for x, text in self._words:
            yield Words(x=body.left + x, y=y, text=text, size_pt=self._size, bold=self._bold)


def _lines(request: Request, extent: Extent, width: float, type_: Type, zoom: float) -> Iterator[_Line]:
    texts, size = request.texts, 9.0 * zoom
    yield _Line([(0, texts("sheets.minutes.overview"))], size * 1.15, bold=True)
    comma = texts("sheets.minutes.comma")
    figures = comma.join(f"{name} {value}" for name, value in sheet_figures(request, extent).items())
    rules = comma.join(size_rules(texts, request.outcome.rules))
    for said in (
        figures,
        texts("sheets.minutes.rules", rules=rules) if rules else "",
        texts("sheets.draft_sentence"),
    ):
        yield from (
            _Line([(0, part)], size) for part in type_.wrapped(type_.plain(said), width, size) if part
        )
    yield _Line([(0, texts("sheets.minutes.findings"))], size * 1.15, bold=True, above=4 * zoom)
    yield from _heads(texts, type_, size * 0.9, zoom)
    homes = set(extent_grids(request, extent)["community_code"])
    counts = _counts(request)
    for item in request.outcome.certificates:
        if extent.kind == "all" or item.community_code in homes:
            yield from _findings(request, item, counts.get(item.community_code, ()), width, type_, zoom)


_COLUMNS_MM = (0.0, 38.0, 54.0, 76.0)
_SAID_MM = 106.0
"""Where the columns of the findings begin on A3: name, grids, households, households that move; the words."""


def _heads(texts: Texts, type_: Type, size_pt: float, zoom: float) -> Iterator[_Line]:
    """Set the heads of the findings in as many lines as they need, the last of them level."""
    names = (
        "exports.column.community",
        "sheets.column.n_grids",
        "sheets.column.households",
        "compare.indicator.households_moved",
    )
    places = [x * zoom for x in (*_COLUMNS_MM, _SAID_MM)]
    heads = [
        type_.wrapped(texts(name), after - x - 2 * zoom, size_pt, bold=True)
        for name, x, after in zip(names, places[:-1], places[1:], strict=True)
    ]
    heads.append([texts("exports.column.certificate")])
    most = max(len(lines) for lines in heads)
    for number in range(most):
        skipped = [number - (most - len(lines)) for lines in heads]
        words = [(x, lines[at]) for x, lines, at in zip(places, heads, skipped, strict=True) if at >= 0]
        yield _Line(words, size_pt, bold=True, above=0.0 if number else 1.6 * zoom)


def _counts(request: Request) -> dict[str, tuple[str, str, str]]:
    """Give grids, households, and households that change grid of each community, as text."""
    texts, moves = request.texts, request_moves(request)
    moved = {} if moves is None else moves.groupby("community_code")["households"].sum().to_dict()
    shown = {}
    for item, code in zip(community_figures(request), community_names(request), strict=True):
        change = texts("sheets.minutes.unknown") if moves is None else texts.number(int(moved.get(code, 0)))
        shown[code] = (texts.number(item.n_grids), texts.number(item.households), change)
    return shown


def _findings(
    request: Request, item: Certificate, counts: Sequence[str], width: float, type_: Type, zoom: float
) -> Iterator[_Line]:
    """Say what is known of a community's plan, then each reason; all with their codes."""
    texts, size, indent = request.texts, 9.0 * zoom, _SAID_MM * zoom
    name = community_names(request).get(item.community_code, item.community_code)
    name = type_.fitted(type_.plain(name), (_COLUMNS_MM[1] - 2) * zoom, size)
    columns = [(x * zoom, said) for x, said in zip(_COLUMNS_MM[1:], counts, strict=False)]
    told = texts("sheets.minutes.finding", code=item.status, text=certificate_sentence(item, texts))
    first, *rest = type_.wrapped(type_.plain(told), width - indent, size)
    yield _Line([(0, name), *columns, (indent, first)], size, above=1.6 * zoom)
    yield from (_Line([(indent, part)], size) for part in rest)
    reasons = (
        texts("sheets.minutes.reason", code=code, text=reason_sentence(code, facts, texts))
        for code, facts in item.reasons
        if texts.has(f"reasons.{code}")
    )
    small = size * 0.9
    for said in dict.fromkeys(reasons):  # some read alike
        lines = type_.wrapped(type_.plain(said), width - indent, small)
        yield from (_Line([(indent, part)], small) for part in lines)


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
