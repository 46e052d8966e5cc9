"""Write a picture strip by strip, so that a wall poster at print resolution needs little memory."""

import struct
import zlib
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

_MARK = b"\x89PNG\r\n\x1a\n"
_UP = 2
"""PNG's filter "up": each row as the difference from the one above, which maps compress well with."""
_COMMENT_LIMIT = 2000


class PictureWriter:
    """Writes an RGB picture as PNG from the top down; close it, or use it in a `with`.

    Source: Portable Network Graphics, W3C Recommendation 2003 (ISO/IEC 15948).
    """

    def __init__(
        self, file: BinaryIO, *, width: int, height: int, dpi: float, about: Mapping[str, str]
    ) -> None:
        self._file = file
        self._packer = zlib.compressobj(6)
        self._above: NDArray[np.uint8] = np.zeros((1, width * 3), np.uint8)
        per_metre = round(dpi / 0.0254)
        file.write(_MARK)
        self._chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        self._chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1))
        for name, text in about.items():
            said = text[:_COMMENT_LIMIT].encode()
            self._chunk(b"iTXt", name.encode("latin-1") + b"\0\0\0\0\0" + said)

    def __enter__(self) -> "PictureWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()

    def add(self, strip: NDArray[np.uint8]) -> None:
        """Add rows, (n, width, 3)."""
        for rows in _parts(strip.reshape(len(strip), -1)):
            shifted = np.vstack([self._above, rows[:-1]])
            lines = np.empty((len(rows), rows.shape[1] + 1), np.uint8)
            lines[:, 0] = _UP
            lines[:, 1:] = rows - shifted  # bytes wrap around, as the format wants
            self._above = rows[-1:].copy()
            self._data(self._packer.compress(lines.tobytes()))

    def close(self) -> None:
        """Write what is left."""
        self._data(self._packer.flush())
        self._chunk(b"IEND", b"")

    def _data(self, packed: bytes) -> None:
        if packed:
            self._chunk(b"IDAT", packed)

    def _chunk(self, kind: bytes, data: bytes) -> None:
        check = zlib.crc32(kind + data)
        self._file.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check))


def _parts(rows: NDArray[np.uint8], most: int = 256) -> Iterator[NDArray[np.uint8]]:
    for first in range(0, len(rows), most):
        yield rows[first : first + most]
