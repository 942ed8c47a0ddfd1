"""Frames put into an encapsulated Pixel Data value (PS3.5 A.4).

The value is what the element holds: the item of the Basic Offset Table, then the items of
the fragments. The delimiter behind them is the writer's business.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from isocenter.errors import UsageError

_ITEM = b"\xfe\xff\x00\xe0"
_HEADER = 8
_LARGEST_OFFSET = 0xFFFFFFFF
_LONGEST_FRAGMENT = 0xFFFFFFFE


def encapsulate(
    frames: Sequence[bytes], fragments_per_frame: int = 1, *, has_bot: bool = True
) -> bytes:
    """The value of Pixel Data that holds ``frames``.

    Args:
        frames: one codestream a frame.
        fragments_per_frame: how many items a frame is cut into.
        has_bot: fill the Basic Offset Table; else it is there and empty.

    Raises:
        UsageError: the frames need offsets of more than 32 bits, which the table cannot
            hold (use :func:`encapsulate_extended`); or a frame is too short for so many
            fragments, or too long for so few.
    """
    parts = [list(fragments(frame, fragments_per_frame)) for frame in frames]
    sizes = [sum(_HEADER + len(part) for part in frame) for frame in parts]
    table = basic_offset_table(sizes) if has_bot else b""
    return b"".join(_items([table, *(part for frame in parts for part in frame)]))


def encapsulate_extended(frames: Sequence[bytes]) -> tuple[bytes, bytes, bytes]:
    """The value of Pixel Data with an empty table, and the tables that stand beside it.

    Returns:
        The values of Pixel Data, Extended Offset Table and Extended Offset Table Lengths
        (PS3.3 C.7.6.3.1.8): a fragment a frame, 8 bytes an entry; lengths are those of
        the items, padding included.

    Raises:
        UsageError: a frame is too long for one fragment.
    """
    parts = [part for frame in frames for part in fragments(frame, 1)]
    lengths = [len(part) for part in parts]
    offsets = _starts([_HEADER + length for length in lengths])
    tables = (struct.pack(f"<{len(parts)}Q", *numbers) for numbers in (offsets, lengths))
    return (b"".join(_items([b"", *parts])), *tables)  # type: ignore[return-value]  # two tables


def basic_offset_table(sizes: Iterable[int]) -> bytes:
    """The Basic Offset Table of frames whose items take ``sizes`` bytes, headers included.

    Raises:
        UsageError: an offset needs more than 32 bits.
    """
    offsets = _starts(list(sizes))
    if offsets and offsets[-1] > _LARGEST_OFFSET:
        raise UsageError(
            "the frames are too long for a Basic Offset Table (PS3.5 A.4):"
            " an Extended Offset Table is needed"
        )
    return struct.pack(f"<{len(offsets)}L", *offsets)


def fits_basic_offset_table(frames: Sequence[bytes]) -> bool:
    """Whether 32 bits are enough for the offset of the last of ``frames``, a fragment each."""
    return sum(_HEADER + len(frame) + len(frame) % 2 for frame in frames[:-1]) <= _LARGEST_OFFSET


def fragments(frame: bytes, count: int) -> Iterator[bytes]:
    """``frame`` in ``count`` pieces of even length, the last one padded (PS3.5 A.4).

    Raises:
        UsageError: it cannot be cut into so many pieces, or so few.
    """
    length = _even_length(len(frame), count)
    if not length:
        raise UsageError(f"a frame of {len(frame)} bytes cannot be {count} fragments")
    starts = [number * length for number in range(count)]
    for start, stop in zip(starts, [*starts[1:], len(frame)], strict=True):
        if stop - start > _LONGEST_FRAGMENT:
            raise UsageError(f"a fragment of {stop - start} bytes is too long (PS3.5 A.4)")
        yield frame[start:stop] + b"\0" * ((stop - start) % 2)


def _even_length(size: int, count: int) -> int:
    """Bytes of each of ``count`` pieces but the last; 0 when there is no such number."""
    if count < 2:
        return max(size, 1) if count == 1 else 0
    length = size // count
    rounded = length + length % 2
    return rounded if rounded * (count - 1) < size else length - length % 2


def _starts(sizes: list[int]) -> list[int]:
    return list(accumulate(sizes[:-1], initial=0)) if sizes else []


def item(content: bytes) -> bytes:
    """An item that holds ``content``, whose length is even."""
    return _ITEM + struct.pack("<L", len(content)) + content


def _items(values: Iterable[bytes]) -> Iterator[bytes]:
    for value in values:
        yield _ITEM + struct.pack("<L", len(value))
        yield value
