"""Frames that stay in open files, as one encapsulated value to read (PS3.5 A.4).

In: a buffered reader a frame. Out: a reader of Pixel Data's value, items from the Basic Offset
Table on, a fragment a frame, of which nothing is in memory but the items' headers.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Sequence
from io import SEEK_CUR, SEEK_END, SEEK_SET, BufferedIOBase
from itertools import accumulate
from typing import Any, NamedTuple

from isocenter.errors import UsageError
from isocenter.pixels.encapsulating import basic_offset_table

_ITEM = b"\xfe\xff\x00\xe0"
_HEADER = 8
_LONGEST_FRAGMENT = 0xFFFFFFFE
_WHENCE = (SEEK_SET, SEEK_CUR, SEEK_END)


class _Part(NamedTuple):
    """``size`` bytes of the value, in memory or in a frame's file."""

    size: int
    source: bytes | BufferedIOBase

    def read(self, start: int, stop: int) -> bytes:
        if isinstance(self.source, bytes):
            return self.source[start:stop]
        place = self.source.tell()
        self.source.seek(start)
        try:
            return self.source.read(stop - start)
        finally:
            self.source.seek(place)


class EncapsulatedBuffer(BufferedIOBase):
    """A reader of the value that holds the frames of ``buffers``.

    Args:
        buffers: the open file of each frame, whose whole content is the codestream; the place
            where it stands is kept.
        use_bot: fill the Basic Offset Table; else it is there and empty.

    Raises:
        TypeError: one is no buffered reader.
        UsageError: one is closed or too long for a fragment, or the table cannot hold the
            offsets.
    """

    def __init__(self, buffers: Sequence[BufferedIOBase], use_bot: bool = False) -> None:  # noqa: FBT001, FBT002 - pydicom's signature
        self._buffers = list(buffers)
        self._sizes = [_size(buffer) for buffer in self._buffers]
        self._table = basic_offset_table(self.lengths) if use_bot else b""
        self._parts = [*_item(self._table, len(self._table))]
        for buffer, size in zip(self._buffers, self._sizes, strict=True):
            self._parts += _item(buffer, size)
        self._ends = list(accumulate(part.size for part in self._parts))
        self._place = 0

    # --- the tables ---------------------------------------------------------------------

    @property
    def lengths(self) -> list[int]:
        """Bytes of each frame's item, its header and padding included."""
        return [_HEADER + size + size % 2 for size in self._sizes]

    @property
    def offsets(self) -> list[int]:
        """Where each frame's item begins, counted from the first one."""
        return list(accumulate(self.lengths[:-1], initial=0)) if self._sizes else []

    @property
    def basic_offset_table(self) -> bytes:
        """The item of the Basic Offset Table."""
        return b"".join(part.source for part in _item(self._table, len(self._table)))  # type: ignore[misc]  # all are bytes

    @property
    def extended_offsets(self) -> bytes:
        """The value of Extended Offset Table (7FE0,0001)."""
        return struct.pack(f"<{len(self._sizes)}Q", *self.offsets)

    @property
    def extended_lengths(self) -> bytes:
        """The value of Extended Offset Table Lengths (7FE0,0002), padding included."""
        return struct.pack(f"<{len(self._sizes)}Q", *(size + size % 2 for size in self._sizes))

    @property
    def encapsulated_length(self) -> int:
        """Bytes of the whole value."""
        return self._ends[-1]

    # --- a reader -------------------------------------------------------------------------

    @property
    def closed(self) -> bool:
        """Whether it, or the file of a frame, was closed."""
        return super().closed or any(buffer.closed for buffer in self._buffers)

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """The place of the next byte that is read."""
        return self._place

    def seek(self, offset: int, whence: int = SEEK_SET, /) -> int:
        """Go to a place, which may be behind the end; never before the beginning."""
        if whence not in _WHENCE:
            raise ValueError(f"whence is {whence}, none of 0, 1 and 2")
        if whence == SEEK_SET and offset < 0:
            raise ValueError(f"a negative place, {offset}, cannot be sought")
        origin = (0, self._place, self.encapsulated_length)[whence]
        self._place = max(origin + offset, 0)
        return self._place

    def read(self, size: int | None = -1, /) -> bytes:
        """The next ``size`` bytes, fewer at the end; all that is left of ``None`` or -1."""
        if self.closed:
            raise ValueError("the frames are to be read from a file that was closed")
        total = self.encapsulated_length
        stop = total if size is None or size < 0 else min(self._place + size, total)
        data = bytearray()
        while (place := self._place) < stop:
            number = bisect_right(self._ends, place)
            part, begin = self._parts[number], self._ends[number] - self._parts[number].size
            read = part.read(place - begin, min(stop, self._ends[number]) - begin)
            if not read:
                raise OSError(f"the file of frame {(number - 3) // 3} has become shorter")
            data += read
            self._place += len(read)
        return bytes(data)

    def read1(self, size: int = -1, /) -> bytes:
        """As :meth:`read`."""
        return self.read(size)


def _item(source: bytes | BufferedIOBase, size: int) -> tuple[_Part, _Part, _Part]:
    """An item's header, content and padding."""
    padding = size % 2
    header = _ITEM + struct.pack("<L", size + padding)
    return _Part(_HEADER, header), _Part(size, source), _Part(padding, b"\0" * padding)


def _size(buffer: Any) -> int:
    if not isinstance(buffer, BufferedIOBase):
        raise TypeError(f"a frame is in a {type(buffer).__name__}, which is no io.BufferedIOBase")
    if buffer.closed:
        raise UsageError("the buffer of a frame has been closed")
    place = buffer.tell()
    size = buffer.seek(0, SEEK_END)
    buffer.seek(place)
    if size > _LONGEST_FRAGMENT:
        raise UsageError(f"a frame of {size} bytes is too long for a fragment (PS3.5 A.4)")
    return size
