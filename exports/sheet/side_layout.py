"""Where blocks stand beside a map, as large as there is room for, and which of them must go elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from exports.sheet.marks import Box
from exports.sheet.paper import Frame
from exports.sheet.side_blocks import Block, Side, figures_block, inset_block, legend_block, note_block
from exports.sheet.side_tables import communities_block, grids_block, main_block, places_block, table_blocks

SCALE_MM = 27.0
_GAP_MM = 5.0
_APART_MM = 8.0
_TALL_MM = 112.0
"""A band of this height has room for legend, figures and scale one below the other."""
_COLUMN_MM = 88.0
_SIZES = (1.07, 1.15, 1.25, 1.35, 1.45)
"""Type may be so much larger than usual where a column would stay empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The blocks with their boxes, the box of the scale, and the blocks that found no room."""

    side: Side
    scale: Box
    placed: Sequence[tuple[Block, Box]]
    left_out: Sequence[Block] = ()
    lacks_table: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether everything stands here, and no table was cut."""
        return not self.left_out and not self.lacks_table and all(block.is_whole for block, _ in self.placed)

    def tells_as_much_as(self, other: "Layout") -> bool:
        """Tell whether it leaves out nothing that the other has."""
        mine, others = ({block.title for block, _ in one.placed} for one in (self, other))
        cut, cut_too = (any(not block.is_whole for block, _ in one.placed) for one in (self, other))
        return others <= mine and cut <= cut_too


@dataclass(slots=True)
class _Column:
    """A column that fills from the top; what does not fit above `reserved` is left out."""

    box: Box
    gap: float
    placed: list[tuple[Block, Box]] = field(default_factory=list)
    left_out: list[Block] = field(default_factory=list)

    @property
    def top(self) -> float:
        used = sum(block.height + self.gap for block, _ in self.placed)
        return self.box.top - used

    @property
    def room(self) -> float:
        return self.top - self.box.bottom

    def add(self, *blocks: Block | None, reserved: float = 0.0) -> None:
        for block in blocks:
            if block is None:
                continue
            if block.height > self.room - reserved + 1e-6:
                self.left_out.append(block)
            else:
                box = Box(self.box.left, self.box.bottom, self.box.right, self.top)
                self.placed.append((block, box))


def lay_side(frame: Frame, side: Side) -> Layout:
    """Lay out the largest type in which all has its place that has one in the usual type."""
    lay = _column
    if frame.is_portrait:
        is_tall = side.scene.extent.kind == "all" and frame.side.height >= _TALL_MM * frame.zoom
        lay = _tall_band if is_tall else _band
    largest = usual = lay(frame.side, side)
    for size in _SIZES:
        layout = lay(frame.side, replace(side, grown=size))
        if not layout.tells_as_much_as(usual):
            break
        largest = layout
    return largest


def _need(block: Block | None, gap: float) -> float:
    return 0.0 if block is None else block.height + gap


def _column(box: Box, side: Side) -> Layout:
    """Lay out one column: legend, figures, tables, compounds, note, the small map; the scale at the foot."""
    gap, foot = _GAP_MM * side.zoom, box.bottom + SCALE_MM * side.zoom
    column = _Column(Box(box.left, foot + 2 * side.zoom, box.right, box.top), gap)
    width, note = box.width, note_block(side, box.width)
    column.add(legend_block(side, width), figures_block(side))
    tables, has_grids = table_blocks(side, width, column.room - _need(note, gap))
    column.add(*tables)
    column.add(places_block(side, width), reserved=_need(note, gap))
    column.add(note)
    column.add(*_inset(side, width, column.room))
    return Layout(
        side=side,
        scale=Box(box.left, box.bottom, box.right, foot),
        placed=column.placed,
        left_out=column.left_out,
        lacks_table=not has_grids,
    )


def _inset(side: Side, width: float, room: float) -> Iterator[Block]:
    """Give the small map where there is room: it fills what is left and is never missed."""
    inset = inset_block(side, width, room)
    if inset is not None:
        yield inset


def _tall_band(box: Box, side: Side) -> Layout:
    """Lay out legend, figures and scale in a column at the left, the tables beside it."""
    gap, apart = _GAP_MM * side.zoom, _APART_MM * side.zoom
    left = Box(box.left, box.bottom, box.left + _COLUMN_MM * side.zoom, box.top)
    scale = Box(left.left, left.bottom, left.right, left.bottom + SCALE_MM * side.zoom)
    first = _Column(Box(left.left, scale.top, left.right, left.top), gap)
    first.add(legend_block(side, left.width), figures_block(side))
    rest = Box(left.right + apart, box.bottom, box.right, box.top)
    middle = Box(rest.left, rest.bottom, rest.left + 0.45 * (rest.width - apart), rest.top)
    right = Box(middle.right + apart, rest.bottom, rest.right, rest.top)
    grids = grids_block(side, right.width, right.height)
    third = _Column(right, gap)
    third.add(grids)
    if grids is None:
        middle = rest
    note = note_block(side, middle.width)
    second = _Column(middle, gap)
    homes = communities_block(side, middle.width, middle.height - _need(note, gap))
    second.add(homes, note)
    columns = (first, second, third)
    return Layout(
        side=side,
        scale=scale,
        placed=[item for column in columns for item in column.placed],
        left_out=[block for column in columns for block in column.left_out],
        lacks_table=grids is None or homes is None,
    )


def _band(box: Box, side: Side) -> Layout:
    """Lay out three columns: legend and note; the table and compounds; figures, the small map, the scale."""
    gap, apart = _GAP_MM * side.zoom, _APART_MM * side.zoom
    width = (box.width - 2 * apart) / 10
    first = _Column(Box(box.left, box.bottom, box.left + 3.8 * width, box.top), gap)
    left = first.box.right + apart
    second = _Column(Box(left, box.bottom, left + 3.4 * width, box.top), gap)
    left = second.box.right + apart
    scale = Box(left, box.bottom, box.right, box.bottom + SCALE_MM * side.zoom)
    third = _Column(Box(left, scale.top, box.right, box.top), gap)
    first.add(legend_block(side, first.box.width), note_block(side, first.box.width))
    table = main_block(side, second.box.width, second.room)
    second.add(table, places_block(side, second.box.width))
    third.add(figures_block(side))
    third.add(*_inset(side, third.box.width, third.room))
    columns = (first, second, third)
    return Layout(
        side=side,
        scale=scale,
        placed=[item for column in columns for item in column.placed],
        left_out=[block for column in columns for block in column.left_out],
        lacks_table=table is None,
    )
