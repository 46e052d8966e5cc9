"""What was worked out before from the same shapes and numbers, kept under a digest of what it follows from.

A value under its digest never changes, so one memo serves every session of a process: a lever that changes
one compound leaves nearly all ground as it was, and none of it is divided again.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

Made = TypeVar("Made")


class Memo(Generic[Made]):
    """The values made last under their keys; one too many pushes out the oldest."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Made] = OrderedDict()

    def get(self, key: str, make: Callable[[], Made]) -> Made:
        """Give what belongs to that key, made where it is not at hand; nobody may change it."""
        with self._lock:
            known = self._known.get(key)
        made = known if known is not None else make()
        with self._lock:
            self._known[key] = made
            self._known.move_to_end(key)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return made


def digest_of(*arrays: NDArray[Any]) -> str:
    """Give a digest of arrays of shapes, to the last digit of every point, and of numbers."""
    digest = hashlib.blake2b(digest_size=20)
    for array in arrays:
        digest.update(f"{array.dtype}{array.shape}".encode())
        if array.dtype != np.object_:
            digest.update(np.ascontiguousarray(array).tobytes())
            continue
        for shape in shapely.to_wkb(array, byte_order=1):
            digest.update(shape or b"-")
    return digest.hexdigest()
