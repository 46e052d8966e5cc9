"""Draw pages with matplotlib's own objects, without its global figure state: PDF, PNG and SVG."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.path import Path as Outline
from matplotlib.patheffects import Stroke
from numpy.typing import NDArray

from exports.sheet.fonts import MM_PER_PT, cut_fonts
from exports.sheet.marks import Document, Page, Shapes, Words
from exports.sheet.picture import PictureWriter

_SETTINGS: Any = {
    "pdf.fonttype": 42,  # TrueType inside the PDF: real text, searchable
    "pdf.compression": 6,
    "svg.fonttype": "path",  # letters as outlines: right on computers without the font
    "svg.hashsalt": "gridplan",  # same sheet, same file
    "path.simplify": False,
    "hatch.linewidth": 0.5,
    "text.usetex": False,
}
_LOCK = threading.Lock()
"""matplotlib reads its settings from one place of the process."""

DPI = 300
_STRIP_DOTS = 24_000_000
"""A sheet of A3 at print resolution is drawn in one piece; a wall poster in several."""


def draw_pdf(
    document: Document,
    target: Path,
    *,
    title: str,
    on_page: Callable[[int], None] = lambda number: None,  # noqa: ARG005 - the listener's shape
) -> None:
    """Write all pages into one PDF; `on_page` is told how many are done, and may raise to stop."""
    about = {"Title": title, "Creator": "Gridplan", "Producer": "Gridplan", "CreationDate": None}
    with _drawing(document) as fonts, PdfPages(target, metadata=about) as book:
        for number, page in enumerate(document.pages, start=1):
            book.savefig(_figure(page, fonts))
            on_page(number)


def draw_png(document: Document, target: BinaryIO, *, dpi: float = DPI) -> None:
    """Draw the first page as a picture, with its resolution inside so that it prints at its size."""
    page = document.pages[0]
    width, height = (round(part / 25.4 * dpi) for part in (page.width, page.height))
    about = {"Software": "Gridplan", "Title": page.title}
    # Hatches repeat every inch from the upper edge down: strips of whole inches meet without a seam.
    rows = max(1, _STRIP_DOTS // width // round(dpi)) * round(dpi)
    with (
        _drawing(document) as fonts,
        PictureWriter(target, width=width, height=height, dpi=dpi, about=about) as picture,
    ):
        for top in range(0, height, rows):
            picture.add(_strip(page, fonts, dpi, (width, top, min(height, top + rows))))


def _strip(
    page: Page, fonts: Mapping[bool, Path], dpi: float, place: tuple[int, int, int]
) -> NDArray[np.uint8]:
    """Draw the rows from `top` to `bottom` of a page so many dots wide, as RGB."""
    width, top, bottom = place
    figure = _figure(page, fonts)
    (axes,) = figure.axes
    axes.set_xlim(0, width / dpi * 25.4)
    axes.set_ylim(page.height - bottom / dpi * 25.4, page.height - top / dpi * 25.4)
    figure.set_dpi(dpi)
    # A hundredth of a dot more: matplotlib rounds down.
    figure.set_size_inches((width + 0.01) / dpi, (bottom - top + 0.01) / dpi)
    canvas: Any = FigureCanvasAgg(figure)  # without types
    canvas.draw()
    dots = np.asarray(canvas.buffer_rgba())
    return np.ascontiguousarray(dots[:, :, :3])


def draw_svg(document: Document, target: Path) -> None:
    """Draw the first page as SVG."""
    page = document.pages[0]
    with _drawing(document) as fonts:
        about = {"Title": page.title, "Creator": "Gridplan", "Date": None}
        canvas: Any = FigureCanvasSVG(_figure(page, fonts))  # without types
        canvas.print_svg(target, metadata=about)


@contextmanager
def _drawing(document: Document) -> Iterator[Mapping[bool, Path]]:
    """Hold matplotlib's settings, and the fonts with just the letters of the document."""
    with _LOCK, mpl.rc_context(_SETTINGS), cut_fonts(document.type_, _letters(document.pages)) as fonts:
        yield fonts


def _letters(pages: Sequence[Page]) -> str:
    return "".join(
        {sign for page in pages for mark in page.marks if isinstance(mark, Words) for sign in mark.text}
    )


def _figure(page: Page, fonts: Mapping[bool, Path]) -> Figure:
    figure = Figure(figsize=(page.width / 25.4, page.height / 25.4), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, page.width)
    axes.set_ylim(0, page.height)
    axes.set_axis_off()
    faces = {bold: FontProperties(fname=str(path)) for bold, path in fonts.items()}
    for order, mark in enumerate(page.marks):
        if isinstance(mark, Shapes):
            _draw_shapes(axes, mark, order)
        else:
            _draw_words(axes, mark, order, faces)
    return figure


def _draw_shapes(axes: Any, mark: Shapes, order: int) -> None:  # noqa: ANN401 - matplotlib's Axes are Any here
    style = mark.style
    outlines = [outline for shape in mark.shapes for outline in _outlines(shape)]
    if not outlines:
        return
    points = 1 / MM_PER_PT
    width = style.width_mm * points
    # Dashes are given in line widths.
    dash = "solid" if not style.dash_mm else (0, tuple(part * points / width for part in style.dash_mm))
    collection = PathCollection(
        outlines,
        facecolors=style.fill or "none",
        edgecolors=style.line or "none",
        linewidths=width if style.line else 0,
        linestyles=[dash],
        hatch=style.hatch or None,
        alpha=style.alpha,
        zorder=order,
        transform=axes.transData,
        joinstyle="round",
        capstyle="butt" if style.dash_mm else "round",
    )
    if style.hatch and style.line is None:
        collection.set_hatchcolor("#1A1A1A")
    axes.add_collection(collection, autolim=False)
    if mark.clip is not None:
        box = mark.clip
        collection.set_clip_path(
            Rectangle((box.left, box.bottom), box.width, box.height, transform=axes.transData)
        )


def _outlines(shape: shapely.Geometry) -> list[Outline]:
    """Give one outline per polygon (holes wound the other way) or line."""
    found = []
    for part in shapely.get_parts(shape):
        if part.is_empty:
            continue
        if isinstance(part, shapely.Polygon):
            rings = shapely.orient_polygons(part)
            found.append(
                Outline.make_compound_path(*(_ring(ring) for ring in (rings.exterior, *rings.interiors)))
            )
        elif isinstance(part, shapely.LineString):
            found.append(Outline(shapely.get_coordinates(part)))
    return found


def _ring(ring: shapely.LinearRing) -> Outline:
    points = shapely.get_coordinates(ring)
    codes = np.full(len(points), Outline.LINETO, dtype=np.uint8)
    codes[0], codes[-1] = Outline.MOVETO, Outline.CLOSEPOLY
    return Outline(points, codes)


def _draw_words(axes: Any, mark: Words, order: int, faces: Mapping[bool, FontProperties]) -> None:  # noqa: ANN401
    if not mark.text.strip():
        return
    shared = {
        "fontproperties": faces[mark.bold],
        "fontsize": mark.size_pt,
        "ha": mark.align,
        "va": "baseline",
        "rotation": mark.angle_deg,
        "rotation_mode": "anchor",
        "parse_math": False,  # a name may hold dollar signs
    }
    if mark.halo is not None:
        # An effect turns letters into outlines, so the halo is drawn apart and the text itself stays text.
        edge = Stroke(linewidth=mark.size_pt * 0.24, foreground=mark.halo, joinstyle="round")
        axes.text(mark.x, mark.y, mark.text, color=mark.halo, path_effects=[edge], zorder=order, **shared)
    axes.text(mark.x, mark.y, mark.text, color=mark.colour, zorder=order + 0.5, **shared)
