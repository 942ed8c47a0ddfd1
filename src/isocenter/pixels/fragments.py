"""Fragments and frames of an encapsulated value that is read as a stream (PS3.5 A.4).

In: a seekable binary stream that stands at the first item, the Basic Offset Table. Out: where
fragments stand, and which of them are a frame; their bytes are read when they are wanted.
Unlike :mod:`isocenter.pixels.encapsulation`, which gets the frames out of files whose tables
are wrong, nothing is made up for here: a table that does not fit the items is an error.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from io import SEEK_END
from itertools import pairwise
from typing import BinaryIO, NamedTuple

from isocenter.errors import FragmentError
from isocenter.pixels.encapsulation import Fragment

_ITEM = (0xFFFE, 0xE000)
_DELIMITER = (0xFFFE, 0xE0DD)
_UNDEFINED = 0xFFFFFFFF
_HEADER = 8
_END_MARK = b"\xff\xd9"  # EOI of JPEG and JPEG-LS, EOC of JPEG 2000
_TAIL = 10  # bytes at the end of a fragment that may hold the mark, and padding after it
_TAG = "(7FE0,0010)"
_CLAUSE = "PS3.5 A.4"

Tables = tuple[Sequence[int] | bytes, Sequence[int] | bytes]


class Grouping(NamedTuple):
    """Fragments by frame; ``doubt`` says why these may be other frames, empty when sure."""

    frames: list[list[Fragment]]
    doubt: str = ""


def fragments(stream: BinaryIO, *, big: bool = False) -> Iterator[Fragment]:
    """The items from where ``stream`` stands to the delimiter or the end.

    Places are those of the stream, which stands anywhere between two items; it ends behind
    the last one, or behind the delimiter's tag.

    Raises:
        FragmentError: an item is none, has no length, or is cut off.
    """
    at, size = stream.tell(), _size(stream)
    while at + 4 <= size:
        stream.seek(at)
        tag = struct.unpack(_order(big) + "HH", stream.read(4))
        if tag == _DELIMITER:
            return
        if tag != _ITEM:
            raise _wrong(f"({tag[0]:04X},{tag[1]:04X}) stands at byte {at}, where an item is due")
        yield (item := _item(stream, at, size, big))
        at = item.stop
        stream.seek(at)


def _item(stream: BinaryIO, at: int, size: int, big: bool) -> Fragment:  # noqa: FBT001 - in line
    if at + _HEADER > size:
        raise _wrong(f"The item at byte {at} ends before its length")
    (length,) = struct.unpack(_order(big) + "L", stream.read(4))
    start = at + _HEADER
    if length == _UNDEFINED:
        raise _wrong(f"The item at byte {at} has an undefined length")
    if start + length > size:
        raise _wrong(
            f"The item at byte {at} has {length} bytes and is cut off after {size - start}"
        )
    return Fragment(at, start, start + length)


def basic_offsets(stream: BinaryIO, *, big: bool = False) -> list[int]:
    """The Basic Offset Table, where ``stream`` stands; it stands behind it afterwards.

    Raises:
        FragmentError: there is no such item, or it holds no whole number of offsets.
    """
    item = next(fragments(stream, big=big), None)
    if item is None:
        raise _wrong("There is no Basic Offset Table")
    data = content(stream, item)
    if len(data) % 4:
        raise _wrong(
            f"The Basic Offset Table has {len(data)} bytes; its length must be a multiple of 4"
        )
    stream.seek(item.stop)
    return list(struct.unpack(f"{_order(big)}{len(data) // 4}L", data))


def content(stream: BinaryIO, fragment: Fragment) -> bytes:
    """The bytes of a fragment."""
    stream.seek(fragment.start)
    return stream.read(fragment.stop - fragment.start)


def frame_fragments(
    stream: BinaryIO, count: int | None = None, tables: Tables | None = None, *, big: bool = False
) -> Grouping:
    """Which fragments are which frame's: by the tables, by the count, or by end marks.

    Args:
        stream: stands at the Basic Offset Table.
        count: Number of Frames; is needed when there is no table and more than one fragment.
        tables: Extended Offset Table and its Lengths, as numbers or as their values.
        big: the items' numbers are big endian.

    Raises:
        FragmentError: items cannot be followed, a table does not point at them, or it cannot
            be told where frames end.
    """
    offsets = basic_offsets(stream, big=big)
    if tables is not None:
        return Grouping(_by_extended(stream, tables, big))
    found = list(fragments(stream, big=big))
    if offsets:
        return Grouping(_by_offsets(found, offsets))
    return _by_count(stream, found, count)


def _by_extended(stream: BinaryIO, tables: Tables, big: bool) -> list[list[Fragment]]:  # noqa: FBT001 - in line
    """A fragment a frame, at the offset and of the length told (PS3.3 C.7.6.3.1.8)."""
    origin, size = stream.tell(), _size(stream)
    offsets, lengths = (_numbers(table, big) for table in tables)
    if len(offsets) != len(lengths):
        raise _wrong(
            f"The Extended Offset Table has {len(offsets)} offsets, {len(lengths)} lengths"
        )
    frames = []
    for offset, length in zip(offsets, lengths, strict=True):
        stream.seek(min(max(origin + offset, 0), size))
        item = next(fragments(stream, big=big), None)
        if item is None or offset < 0 or not 0 <= length <= item.stop - item.start:
            raise _wrong(f"There is no fragment of {length} bytes at offset {offset}")
        frames.append([Fragment(item.item, item.start, item.start + length)])
    return frames


def _numbers(table: Sequence[int] | bytes, big: bool) -> Sequence[int]:  # noqa: FBT001 - in line
    if not isinstance(table, bytes | bytearray | memoryview):
        return table
    if len(table) % 8:
        raise _wrong(f"An Extended Offset Table of {len(table)} bytes has no whole offsets")
    return struct.unpack(f"{_order(big)}{len(table) // 8}Q", table)


def _by_offsets(found: list[Fragment], offsets: list[int]) -> list[list[Fragment]]:
    starts = [fragment.item - found[0].item for fragment in found]
    places = [bisect_left(starts, offset) for offset in offsets]
    exact = all(starts[at : at + 1] == [offset] for at, offset in zip(places, offsets, strict=True))
    if places[:1] != [0] or not exact or any(b <= a for a, b in pairwise(places)):
        raise _wrong(
            f"The Basic Offset Table {offsets[:8]} does not point at the fragments in order,"
            f" which begin at {starts[:8]}"
        )
    return [found[a:b] for a, b in pairwise([*places, len(found)])]


def _by_count(stream: BinaryIO, found: list[Fragment], count: int | None) -> Grouping:
    if len(found) == 1:
        doubt = "" if count in {None, 1} else f"There is one fragment for {count} frames"
        return Grouping([found], doubt)
    if not count or count < 0:
        raise _wrong(
            f"Where the frames in {len(found)} fragments end cannot be told: there is no Basic or"
            " Extended Offset Table, and the number of frames was not given"
        )
    if len(found) < count:
        raise _wrong(f"There are fewer fragments than frames: {len(found)} for {count}")
    if count == 1:
        return Grouping([found])
    if len(found) == count:
        return Grouping([[fragment] for fragment in found])
    return _by_end_marks(stream, found, count)


def _by_end_marks(stream: BinaryIO, found: list[Fragment], count: int) -> Grouping:
    """A frame ends with the fragment that has an end mark in its last bytes."""
    frames: list[list[Fragment]] = [[]]
    for fragment in found:
        frames[-1].append(fragment)
        if _has_end_mark(stream, fragment):
            frames.append([])
    if frames[-1]:
        doubt = f"The last of {len(frames)} frames has no end mark"
    else:
        frames.pop()
        doubt = ""
    if len(frames) != count:
        doubt = f"{len(frames)} frames were found by end marks, where {count} were expected"
    return Grouping(frames, doubt)


def _has_end_mark(stream: BinaryIO, fragment: Fragment) -> bool:
    tail = fragment._replace(start=max(fragment.start, fragment.stop - _TAIL))
    return _END_MARK in content(stream, tail)


def _size(stream: BinaryIO) -> int:
    place = stream.tell()
    size = stream.seek(0, SEEK_END)
    stream.seek(place)
    return size


def _order(big: bool) -> str:  # noqa: FBT001 - in line
    return ">" if big else "<"


def _wrong(problem: str) -> FragmentError:
    return FragmentError(problem, tag=_TAG, clause=_CLAUSE)
