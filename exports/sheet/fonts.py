"""Type for sheets: find faces that hold the language, measure text, cut out the letters a document needs.

Collections of OpenType faces with PostScript outlines (Noto, Source Han) are a trap: embedded as they are
they make a PDF whose font type and font file disagree, and Type 3 fonts lose the text for search. So the
letters needed are redrawn with TrueType outlines in a small font of their own, which every PDF reader takes.
Outlines and widths are read by FreeType, through matplotlib: fontTools needs seconds for a collection.
"""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont
from matplotlib import font_manager
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.path import Path as Outline

from exports.errors import FontError
from exports.letters import is_wide

MM_PER_PT = 25.4 / 72

_SANS = (
    "NotoSansCJK-{weight}",
    "SourceHanSans-{weight}",
    "NotoSansCJK{region}-{weight}",
    "NotoSans{region}-{weight}",
    "SourceHanSans{region}-{weight}",
)
_FILES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "sc": (("msyh", "msyhbd"), ("PingFang", "PingFang"), ("simhei", "simhei"), ("Deng", "Dengb")),
    "tc": (("msjh", "msjhbd"), ("PingFang", "PingFang")),
}
_ANY = (("wqy-microhei", "wqy-microhei"), ("wqy-zenhei", "wqy-zenhei"), ("DroidSansFallbackFull",) * 2)
_PACKAGES = ("fonts-noto-cjk", "google-noto-sans-cjk-fonts")
_MUST_HOLD = "网格格户戶区區图圖A1"
_LEFT_OUT = "〓"
_NO_EMBEDDING = 0x0002
_UNSCALED = LoadFlags.NO_SCALE | LoadFlags.NO_HINTING
_FIXED_TIME = 3_600_000_000  # 2018, in seconds since 1904


@dataclass(frozen=True, slots=True)
class Face:
    """One face: a file and its number in the collection."""

    path: str
    number: int


@dataclass(frozen=True, slots=True)
class Type:
    """The two weights that sheets are set in."""

    regular: Face
    bold: Face

    def face(self, *, bold: bool) -> Face:
        """Give the face of a weight."""
        return self.bold if bold else self.regular

    def width_mm(self, text: str, size_pt: float, *, bold: bool = False) -> float:
        """Measure a line of text."""
        face = self.face(bold=bold)
        return sum(_advance(face, sign) for sign in text) * size_pt * MM_PER_PT

    def plain(self, text: str) -> str:
        """Give a text that can be set: control signs become blanks, letters that the face lacks a 〓."""
        known = known_signs(self.regular)
        signs = (" " if not sign.isprintable() else sign for sign in text)
        return "".join(sign if ord(sign) in known else _LEFT_OUT for sign in signs)

    def fitted(self, text: str, width_mm: float, size_pt: float, *, bold: bool = False) -> str:
        """Shorten a text with an ellipsis until it fits."""
        if self.width_mm(text, size_pt, bold=bold) <= width_mm:
            return text
        while text and self.width_mm(text + "…", size_pt, bold=bold) > width_mm:
            text = text[:-1]
        return text + "…"

    def wrapped(self, text: str, width_mm: float, size_pt: float, *, bold: bool = False) -> list[str]:
        """Break a text into lines: between Chinese characters, and between words of other scripts."""
        lines, line = [], ""
        for piece in _pieces(text):
            if line and self.width_mm(line + piece.rstrip(), size_pt, bold=bold) > width_mm:
                lines.append(line.rstrip())
                line = piece.lstrip()
            else:
                line += piece
        return [*lines, line.rstrip()] if line.strip() or not lines else lines


_CLOSING = "，。、；：！？）》」』”’％%)],.;:"


def _pieces(text: str) -> Iterator[str]:
    """Cut a text where a line may break; closing punctuation stays with what it closes."""
    piece = ""
    for at, sign in enumerate(text):
        piece += sign
        after = text[at + 1] if at + 1 < len(text) else ""
        wide = is_wide(sign) or (after and is_wide(after))
        if (sign == " " or (wide and after not in _CLOSING)) and sign not in "（《「『“‘(":
            yield piece
            piece = ""
    if piece:
        yield piece


@cache
def find_type(language: str) -> Type:
    """Find faces on this computer that hold Chinese, in the shapes of the language's region.

    Raises
    ------
    FontError
        `no_chinese_font`, with the packages that bring one.
    """
    region = "tc" if language == "zh_Hant" else "sc"
    files = {Path(path).stem.lower(): path for path in sorted(font_manager.findSystemFonts(fontext="ttf"))}
    for regular, bold in _candidates(region):
        if regular.lower() not in files:
            continue
        face = _face(files[regular.lower()], region)
        heavy = _face(files.get(bold.lower(), files[regular.lower()]), region)
        if face is not None:
            return Type(face, heavy or face)
    raise FontError("no_chinese_font", packages=_PACKAGES)


def _candidates(region: str) -> Iterator[tuple[str, str]]:
    for pattern in _SANS:
        names = [pattern.format(weight=weight, region=region.upper()) for weight in ("Regular", "Bold")]
        yield names[0], names[1]
    yield from _FILES[region]
    yield from _ANY


def _face(path: str, region: str) -> Face | None:
    """Give the face of a file that suits the region; None if it holds no Chinese or may not be embedded."""
    numbers = range(1)
    if Path(path).suffix.lower() in (".ttc", ".otc"):
        with TTCollection(path, lazy=True) as collection:
            names = [font["name"].getDebugName(1) or "" for font in collection.fonts]
        suits = [at for at, name in enumerate(names) if name.upper().endswith(f" {region.upper()}")]
        numbers = range(suits[0], suits[0] + 1) if suits else range(1)
    face = Face(path, numbers[0])
    known = known_signs(face)
    return face if all(ord(sign) in known for sign in _MUST_HOLD[:2]) and _may_embed(face) else None


def _may_embed(face: Face) -> bool:
    return not int(_font(face)["OS/2"].fsType) & _NO_EMBEDDING


@cache
def _font(face: Face) -> Any:  # noqa: ANN401 - fontTools has no types
    return TTFont(face.path, fontNumber=face.number, lazy=True)


@cache
def _outlines(face: Face) -> FT2Font:
    return FT2Font(face.path, face_index=face.number)


@cache
def known_signs(face: Face) -> Mapping[int, Any]:
    """Give the letters that a face holds, each with the number of its outline."""
    return _outlines(face).get_charmap()


@cache
def _advance(face: Face, sign: str) -> float:
    """Give the advance of a letter as a part of the type size; one that is missing is as wide as high."""
    number = known_signs(face).get(ord(sign))
    if number is None:
        return 1.0
    font = _outlines(face)
    return float(font.load_glyph(number, flags=_UNSCALED).horiAdvance / font.units_per_EM)


@contextmanager
def cut_fonts(type_: Type, text: str) -> Iterator[Mapping[bool, Path]]:
    """Give two font files, by "is it bold", that hold just the letters of a text; they go afterwards."""
    signs = sorted(set(text) | {_LEFT_OUT, "…"})
    with tempfile.TemporaryDirectory(prefix="gridplan-type-") as folder:
        files = {bold: Path(folder) / f"{'bold' if bold else 'regular'}.ttf" for bold in (False, True)}
        for bold, path in files.items():
            _write_cut(type_.face(bold=bold), signs, path)
        yield files


def _write_cut(face: Face, signs: Iterable[str], path: Path) -> None:
    # Not the shared one: another thread could load a letter between these two steps.
    source, font, known = FT2Font(face.path, face_index=face.number), _font(face), known_signs(face)
    letters = {ord(sign): known[ord(sign)] for sign in signs if ord(sign) in known}
    glyphs, widths = {}, {}
    for own, number in [(".notdef", 0), *((f"u{code:04X}", number) for code, number in letters.items())]:
        loaded = source.load_glyph(number, flags=_UNSCALED)
        pen = TTGlyphPen(None)
        # Cubic PostScript curves become quadratic ones within half a thousandth of the size.
        _draw(source, Cu2QuPen(pen, source.units_per_EM / 2000, reverse_direction="CFF " in font))
        glyphs[own], widths[own] = pen.glyph(), int(loaded.horiAdvance)
    made = FontBuilder(source.units_per_EM, isTTF=True)
    made.setupGlyphOrder(list(glyphs))
    made.setupCharacterMap({code: f"u{code:04X}" for code in letters})
    made.setupGlyf(glyphs)
    made.setupHorizontalMetrics(
        {name: (width, getattr(glyphs[name], "xMin", 0)) for name, width in widths.items()}
    )
    made.setupHorizontalHeader(ascent=font["hhea"].ascent, descent=font["hhea"].descent)
    title = font["name"].getDebugName
    made.setupNameTable(
        {
            "familyName": title(1),
            "styleName": title(2),
            "psName": title(6) or "Gridplan",
            "copyright": title(0) or "",
        }
    )
    made.setupOS2()
    made.setupPost()
    made.font["head"].created = made.font["head"].modified = _FIXED_TIME  # the same text gives the same file
    made.font.recalcTimestamp = False
    made.font.save(path)


def _draw(source: FT2Font, pen: Cu2QuPen) -> None:
    """Draw the outline that was loaded last; FreeType gives it in 64ths of the font's units."""
    vertices, codes = source.get_path()
    points = [(round(x * 64), round(y * 64)) for x, y in vertices.tolist()]
    at = 0
    while at < len(codes):
        code = codes[at]
        count = Outline.NUM_VERTICES_FOR_CODE[code]
        if code == Outline.MOVETO:
            pen.moveTo(points[at])
        elif code == Outline.LINETO:
            pen.lineTo(points[at])
        elif code == Outline.CURVE3:
            pen.qCurveTo(*points[at : at + count])
        elif code == Outline.CURVE4:
            pen.curveTo(*points[at : at + count])
        else:
            pen.closePath()
        at += count
