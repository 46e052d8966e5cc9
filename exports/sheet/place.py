"""Place labels so that none meets another: each has a list of places it would like, best first."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exports.sheet.marks import Box, Mark, Placed


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One way to set a label: what is drawn, and the boxes that this covers."""

    marks: tuple[Mark, ...]
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A label that wants a place; its spots are only worked out as far as they are needed."""

    kind: str
    key: str
    spots: Iterable[Spot]


class Taken:
    """The boxes that are already covered; grows while labels are placed."""

    def __init__(self, frame: Box, boxes: Sequence[Box] = ()) -> None:
        self._frame = frame
        self._boxes: NDArray[np.float64] = np.array(boxes, dtype=float).reshape(-1, 4)

    def is_free(self, boxes: Sequence[Box]) -> bool:
        """Tell whether boxes lie in the frame and meet none that is taken."""
        if not all(self._frame.holds(box) for box in boxes):
            return False
        left, bottom, right, top = self._boxes.T
        return not any(
            bool(((box.left < right) & (left < box.right) & (box.bottom < top) & (bottom < box.top)).any())
            for box in boxes
        )

    def take(self, boxes: Sequence[Box]) -> None:
        """Cover more boxes."""
        self._boxes = np.vstack([self._boxes, np.array(boxes, dtype=float).reshape(-1, 4)])


def place_labels(wishes: Iterable[Wish], taken: Taken) -> Iterator[tuple[Placed, tuple[Mark, ...]]]:
    """Give each label the first of its spots that is free, in the order of the wishes; the rest stay away."""
    for wish in wishes:
        spot = next((spot for spot in wish.spots if taken.is_free(spot.boxes)), None)
        if spot is not None:
            taken.take(spot.boxes)
            yield Placed(wish.kind, wish.key, spot.boxes), spot.marks
