"""Parts of slides: titles, text, cards, tables and pictures, all of them editable in an office program."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, cast

from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.presentation import Presentation
from pptx.util import Emu, Mm, Pt

from exports.letters import ems
from exports.slide_columns import ROW_MM, Columns, Head, lay_columns

WIDTH_MM, HEIGHT_MM = 338.67, 190.5
MARGIN_MM = 14.0
TABLE_TOP_MM = 30.0
TABLE_MM = WIDTH_MM - 2 * MARGIN_MM
INK, SOFT, BRAND, PALE, BROKEN = "1A1A1A", "595959", "14365C", "E9EDF1", "B3001B"
_FACES: Mapping[str, str] = {"zh_Hans": "Microsoft YaHei", "zh_Hant": "Microsoft JhengHei", "en": "Calibri"}
_TITLE_ONLY = 5

Part = Any
"""A slide, shape, cell or frame of python-pptx, which has no types for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deck:
    """A presentation, the face it is set in, and the line at the foot of each slide."""

    show: Presentation
    face: str
    foot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Text in one look."""

    text: str
    size_pt: float = 14
    bold: bool = False
    colour: str = INK
    align: PP_ALIGN = PP_ALIGN.LEFT


def face_of(language: str) -> str:
    """Name the face that office programs have for a language."""
    return _FACES[language]


def add_slide(deck: Deck, title: str, *, is_cover: bool = False) -> Part:
    """Add a slide with its title, a thin line below it and the foot; a cover has both in its middle."""
    top, height, most_pt = (50.0, 24.0, 40.0) if is_cover else (8.0, 15.0, 26.0)
    size_pt = _one_line(title, most_pt)
    slide = deck.show.slides.add_slide(deck.show.slide_layouts[_TITLE_ONLY])
    head = slide.shapes.title
    head.left, head.top, head.width, head.height = (
        Mm(MARGIN_MM),
        Mm(top),
        Mm(WIDTH_MM - 2 * MARGIN_MM),
        Mm(height),
    )
    head.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    head.text_frame.margin_left = head.text_frame.margin_right = 0  # begins where its rule does
    _say(deck, head.text_frame, [Run(text=title, size_pt=size_pt, bold=True, colour=BRAND)])
    line = slide.shapes.add_shape(
        MSO_SHAPE.RECTANGLE, Mm(MARGIN_MM), Mm(top + height + 1), Mm(WIDTH_MM - 2 * MARGIN_MM), Mm(0.6)
    )
    _paint(line, BRAND)
    number = f"{len(deck.show.slides)}"
    add_text(deck, slide, (MARGIN_MM, 182, 280, 6), [Run(text=deck.foot, size_pt=10, colour=SOFT)])
    right = Run(text=number, size_pt=10, colour=SOFT, align=PP_ALIGN.RIGHT)
    add_text(deck, slide, (WIDTH_MM - MARGIN_MM - 30, 182, 30, 6), [right])
    return slide


def _one_line(title: str, most_pt: float) -> float:
    """Give the size at which a heading stays on one line above its rule, by usual widths of letters."""
    room_pt = (WIDTH_MM - 2 * MARGIN_MM - 6) / 25.4 * 72
    return max(12.0, min(most_pt, int(room_pt / max(1.0, ems(title, narrow=0.68)))))


def add_text(
    deck: Deck,
    slide: Part,
    box_mm: tuple[float, float, float, float],
    runs: Sequence[Run],
) -> None:
    """Add a box of text, one paragraph a run; the box is (left, top, width, height)."""
    shape = slide.shapes.add_textbox(*(Mm(part) for part in box_mm))
    frame = shape.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    _say(deck, frame, runs)


def add_card(
    deck: Deck,
    slide: Part,
    box_mm: tuple[float, float, float, float],
    name: str,
    value: str,
) -> None:
    """Add a card with a large figure and what it counts."""
    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *(Mm(part) for part in box_mm))
    _paint(shape, PALE)
    shape.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    shape.text_frame.word_wrap = True
    centre = PP_ALIGN.CENTER
    _say(
        deck,
        shape.text_frame,
        [
            Run(text=value, size_pt=32, bold=True, colour=BRAND, align=centre),
            Run(text=name, size_pt=13, colour=SOFT, align=centre),
        ],
    )


def add_picture(
    slide: Part, picture: BytesIO, left_mm: float, top_mm: float, width_mm: float, words: str
) -> None:
    """Add a picture, with words for those who cannot see it."""
    shape = slide.shapes.add_picture(picture, Mm(left_mm), Mm(top_mm), width=Mm(width_mm))
    shape._element.nvPicPr.cNvPr.set("descr", words)  # noqa: SLF001 - python-pptx offers no other way


def add_table(
    deck: Deck,
    slide: Part,
    heads: Sequence[Head],
    rows: Sequence[Sequence[str]],
    *,
    top_mm: float = TABLE_TOP_MM,
    size_pt: float = 12,
    columns: Columns | None = None,
) -> None:
    """Add a table over the slide's width; `columns` where it goes on from another slide."""
    columns = columns or lay_columns(heads, rows, TABLE_MM, size_pt)
    height = Mm(ROW_MM)
    shape = slide.shapes.add_table(
        len(rows) + 1, len(heads), Mm(MARGIN_MM), Mm(top_mm), Mm(TABLE_MM), Emu(height * (len(rows) + 1))
    )
    table = shape.table
    for at, width in enumerate(columns.widths):
        table.columns[at].width = Mm(width)
    lines: list[Sequence[str]] = [[title for title, _, _ in heads], *rows]
    for number, row in enumerate(lines):
        table.rows[number].height = Mm(columns.height_of(row, is_head=number == 0))
        for at, (value, (_, _, is_number)) in enumerate(zip(row, heads, strict=True)):
            _fill_cell(
                deck,
                table.cell(number, at),
                value,
                columns.size_pt,
                is_number=is_number,
                is_head=number == 0,
                stripe=number % 2 == 0,
            )


def count_lines(text: str, width_mm: float, size_pt: float) -> int:
    """Estimate how many lines a text takes: office programs grow rows only once somebody edits them."""
    return max(1, -int(-ems(text) * size_pt * 0.353 // width_mm))


def _fill_cell(
    deck: Deck,
    cell: Part,
    text: str,
    size_pt: float,
    *,
    is_number: bool,
    is_head: bool,
    stripe: bool,
) -> None:
    cell.margin_top = cell.margin_bottom = Mm(0.6)
    cell.margin_left = cell.margin_right = Mm(2)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.fill.solid()
    cell.fill.fore_color.rgb = _colour(BRAND if is_head else "F4F6F8" if stripe else "FFFFFF")
    align = PP_ALIGN.RIGHT if is_number else PP_ALIGN.LEFT
    colour = "FFFFFF" if is_head else INK
    _say(deck, cell.text_frame, [Run(text=text, size_pt=size_pt, bold=is_head, colour=colour, align=align)])


def _paint(shape: Part, colour: str) -> None:
    shape.fill.solid()
    shape.fill.fore_color.rgb = _colour(colour)
    shape.line.fill.background()
    shape.shadow.inherit = False


def _say(deck: Deck, frame: Part, runs: Sequence[Run]) -> None:
    for number, run in enumerate(runs):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.alignment = run.align
        paragraph.space_after = Pt(0.3 * run.size_pt)
        said = paragraph.add_run()
        # A vertical tab would break the line; control signs make the file unreadable.
        said.text = "".join(sign if sign.isprintable() else " " for sign in run.text)
        font = said.font
        font.name, font.size, font.bold = deck.face, Pt(run.size_pt), run.bold
        font.color.rgb = _colour(run.colour)
        # Chinese letters take their face from an element of their own.
        for tag in ("a:ea", "a:cs"):
            element = said._r.get_or_add_rPr().makeelement(qn(tag), {"typeface": deck.face})  # noqa: SLF001
            said._r.get_or_add_rPr().append(element)  # noqa: SLF001


def _colour(name: str) -> RGBColor:
    make: Any = RGBColor  # without types
    return cast(RGBColor, make(*bytes.fromhex(name)))
