"""The frames that every plan of a project is assembled from, read once per state of layers and cells."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from scenarios.assemble import Frames, Shapes
from scenarios.errors import StoreError
from scenarios.project.frames import list_tables, read_frame, read_layer, snapshot
from scenarios.project.watch import Digests


class Shelf:
    """The frames read last, shared by all sessions of a server; one too many pushes out the oldest."""

    def __init__(self, most: int = 4) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._known: OrderedDict[Digests, Frames] = OrderedDict()

    def get(self, key: Digests, read: Callable[[], Frames]) -> Frames:
        """Give the frames of that state, read at most once."""
        with self._lock:
            known = self._known.get(key)
        frames = known or read()
        with self._lock:
            self._known[key] = frames
            self._known.move_to_end(key)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return frames


_SHELF = Shelf()  # a value under its digest never changes, so one shelf serves the whole process


def frames_of(path: Path, digests: Digests) -> Frames:
    """Give the frames of a project in the state that the digests tell.

    Raises
    ------
    StoreError
        `cannot_read` where cells or communities are missing or damaged.
    """
    return _SHELF.get(digests, lambda: _read(path))


def _read(path: Path) -> Frames:
    with snapshot(path) as copy:
        communities = read_layer(copy, "communities") if "communities" in list_tables(copy) else None
        if communities is None or "code" not in communities:
            raise StoreError("cannot_read", file=path.name, why="communities.code")
        cells = read_frame(copy, "cells")
    return Frames(cells=cells, communities=communities, shapes=Shapes(cells))
