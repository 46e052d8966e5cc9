"""The blocks that stand beside a map, each with its height, so that a layout knows what there is room for."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import shapely

from exports.certificates import certificate_sentence
from exports.request import Request
from exports.rule_words import size_rules
from exports.sheet.drawing import INK, LAND, Scene, Symbol
from exports.sheet.figures import sheet_figures
from exports.sheet.fonts import MM_PER_PT, Type
from exports.sheet.furniture import HEADING_MM, draw_heading
from exports.sheet.legend import draw_legend, legend_entries, legend_fits, legend_height
from exports.sheet.marks import Box, Mark, Shapes, Style, Words, rectangle
from exports.sheet.scale import choose_view

_FIGURE_MM = 4.6
_NOTE_PT = 7.2
_INSET_MM = 56.0
_LEAST_INSET_MM = 26.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What stands beside a map.

    Attributes
    ----------
    grown
        How much larger than usual its type is, where there is room.
    """

    request: Request
    scene: Scene
    type_: Type
    symbols: Sequence[Symbol]
    grown: float = 1.0

    @property
    def zoom(self) -> float:
        """Give how much type and furniture are enlarged against a sheet of A3."""
        return self.scene.zoom * self.grown


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A part with its heading: its height with that heading, and what is drawn in the box below it.

    One that is not whole had to leave something out, and says so. `parts` lays it out anew on a page of its
    own, in blocks so wide and at most so high; a block without is low enough for any page.
    """

    title: str
    height: float
    zoom: float
    draw: Callable[[Box], Iterator[Mark]]
    is_whole: bool = True
    parts: Callable[[float, float], Sequence["Block"]] | None = None


def draw_block(block: Block, box: Box) -> Iterator[Mark]:
    """Draw a block that hangs from the top of a box."""
    yield from draw_heading(box.left, box.right, box.top, block.title, block.zoom)
    yield from block.draw(Box(box.left, box.top - block.height, box.right, box.top - HEADING_MM * block.zoom))


def legend_block(side: Side, width: float) -> Block:
    """Build the legend in two columns, or in one where that shows every word of larger type."""
    zoom, texts, type_ = side.zoom, side.request.texts, side.type_
    entries = legend_entries(side.scene, side.symbols, texts)
    fits = legend_fits(entries, width / 2, type_, zoom)
    columns = 1 if side.grown > 1 and not fits else 2

    def draw(box: Box) -> Iterator[Mark]:
        inner = Box(box.left, box.bottom, box.right, box.top - 0.6 * zoom)
        return draw_legend(entries, inner, type_, (zoom, side.scene.zoom), columns=columns)

    height = (HEADING_MM + 0.6) * zoom + legend_height(entries, columns, zoom)
    title = texts("sheets.legend.title")
    return Block(title=title, height=height, zoom=zoom, draw=draw, is_whole=columns == 1 or fits)


def figures_block(side: Side) -> Block:
    """Build the overview in figures."""
    zoom, texts = side.zoom, side.request.texts
    figures = sheet_figures(side.request, side.scene.extent)
    size = 8.0 * zoom

    def draw(box: Box) -> Iterator[Mark]:
        for number, (name, value) in enumerate(figures.items()):
            y = box.top - _FIGURE_MM * (number + 0.5) * zoom - 0.35 * size * MM_PER_PT
            yield Words(x=box.left, y=y, text=name, size_pt=size, colour="#404040")
            room = box.width - side.type_.width_mm(name, size) - 2 * zoom
            shown = side.type_.fitted(side.type_.plain(value), room, size, bold=True)
            yield Words(x=box.right, y=y, text=shown, size_pt=size, bold=True, align="right")

    height = (HEADING_MM + len(figures) * _FIGURE_MM) * zoom
    return Block(title=texts("exports.figures"), height=height, zoom=zoom, draw=draw)


def note_block(side: Side, width: float) -> Block | None:
    """Build the note: under which rules, and what is known of the plan of this community."""
    request, zoom = side.request, side.zoom
    texts, extent = request.texts, side.scene.extent
    rules = size_rules(texts, request.outcome.rules)
    said = [texts("sheets.minutes.rules", rules=texts("sheets.minutes.comma").join(rules))] if rules else []
    known = {item.community_code: item for item in request.outcome.certificates}
    if extent.home in known:
        sentence = certificate_sentence(known[extent.home], texts)
        said.append(texts("sheets.note.community", said=sentence) if extent.kind == "grid" else sentence)
    return _text_block(side, texts("sheets.note.title"), said, width, zoom) if said else None


def _text_block(side: Side, title: str, said: Sequence[str], width: float, zoom: float) -> Block:
    size = _NOTE_PT * zoom
    step = 1.55 * size * MM_PER_PT
    lines = [line for part in said for line in side.type_.wrapped(side.type_.plain(part), width, size)]

    def draw(box: Box) -> Iterator[Mark]:
        for number, line in enumerate(lines):
            y = box.top - 0.5 * zoom - (number + 0.75) * step
            yield Words(x=box.left, y=y, text=line, size_pt=size, colour="#404040")

    return Block(title=title, height=HEADING_MM * zoom + (len(lines) + 0.5) * step, zoom=zoom, draw=draw)


def inset_block(side: Side, width: float, height: float) -> Block | None:
    """Build the small map that shows where in the sub-district a community or a grid lies, if it fits."""
    scene = side.scene
    ground, extent, zoom = scene.ground, scene.extent, side.zoom
    room = height - (HEADING_MM + 1.0) * zoom
    if extent.kind == "all" or len(ground.communities) < 2 or room < _LEAST_INSET_MM * zoom:
        return None
    west, south, east, north = (float(part) for part in ground.communities.total_bounds)

    def draw(box: Box) -> Iterator[Mark]:
        frame = Box(box.left, box.bottom, box.right, box.top - 1.0 * zoom)
        view = choose_view((west, south, east, north), frame.inside(1.0 * zoom))
        homes = view.to_paper(ground.communities.geometry.to_numpy())
        shown = ground.grids[ground.grids["code"].isin(extent.codes)]
        if shown.empty:  # a community without grids yet
            shown = ground.communities[ground.communities["code"] == extent.code]
        here = view.to_paper(shown.geometry.to_numpy())
        thin = Style(fill="#FFFFFF", line="#8C8C8C", width_mm=0.15 * zoom)
        yield rectangle(frame, Style(fill=LAND))
        yield Shapes(shapes=tuple(homes), style=thin)
        yield Shapes(
            shapes=[shapely.union_all(here)], style=Style(fill="#3B5B7E", line=INK, width_mm=0.3 * zoom)
        )
        yield rectangle(frame, Style(line=INK, width_mm=0.25 * zoom))

    tall = min(room, _INSET_MM * zoom, (width / max(east - west, 1.0)) * (north - south) + 3 * zoom)
    title = side.request.texts("sheets.inset")
    return Block(title=title, height=(HEADING_MM + 1.0) * zoom + tall, zoom=zoom, draw=draw)
