"""Frames inside an encapsulated Pixel Data value (PS3.5 A.4).

The value is a run of items. The first is the Basic Offset Table, every other one
a fragment of one frame's codestream. What belongs to which frame is told by the
Extended Offset Table (PS3.3 C.7.6.3.1.8), by the Basic Offset Table, by the count
of fragments, or at last by the marks every codestream starts with. A table is
believed only when it points at items: in real files tables are often wrong.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from isocenter.errors import PixelError
from isocenter.pixels.notes import Notes

_ITEM = 0xE000
_DELIMITER = 0xE0DD
_CLAUSE = "PS3.5 A.4"
_STARTS = (
    b"\xff\xd8\xff",  # JPEG and JPEG-LS: SOI and the next marker
    b"\xff\x4f\xff\x51",  # JPEG 2000: SOC and SIZ
    b"\x00\x00\x00\x0cjP  ",  # JP2 signature box
    b"\xff\x0a",  # JPEG XL
    b"\x00\x00\x00\x0cJXL ",  # JPEG XL signature box
)


class Fragment(NamedTuple):
    """Bytes ``start`` to ``stop`` of the value; ``item`` is where its item header stands."""

    item: int
    start: int
    stop: int


class EncapsulatedFrames:
    """Random access to the codestreams of an encapsulated value.

    Args:
        value: Pixel Data's value, items from the Basic Offset Table on.
        count: Number of Frames.
        notes: takes the findings.
        offsets: value of Extended Offset Table (7FE0,0001), 8 bytes per frame.
        lengths: value of Extended Offset Table Lengths (7FE0,0002).
        cut: of a value that ends too early take the frames that are sure to be whole.

    Raises:
        PixelError: the items cannot be followed, or do not hold ``count`` frames.
    """

    def __init__(  # noqa: PLR0913 - the value, and what tells its frames apart
        self,
        value: Any,
        count: int,
        notes: Notes,
        *,
        offsets: bytes = b"",
        lengths: bytes = b"",
        cut: bool = False,
    ) -> None:
        self._value = memoryview(value).cast("B")
        if cut and count > 1:
            self._frames = _before_cut(self._value, count, notes)
            return
        table, fragments = read_items(self._value, notes)
        self._frames = _extended(fragments, offsets, lengths, count, notes) or _grouped(
            self._value, fragments, table, count, notes
        )

    def __len__(self) -> int:
        return len(self._frames)

    def __getitem__(self, index: int) -> memoryview:
        """The codestream of frame ``index``; a view when it is one fragment."""
        parts = [self._value[part.start : part.stop] for part in self._frames[index]]
        return parts[0] if len(parts) == 1 else memoryview(b"".join(parts))


def _before_cut(value: memoryview, count: int, notes: Notes) -> list[list[Fragment]]:
    """The frames of a value that was cut off which are sure to be whole: another one follows.

    Where each begins is told by the Basic Offset Table, else by codestream starts.
    """
    items = list(_items_before_cut(value))
    if not items:
        raise PixelError("Encapsulated Pixel Data is empty", tag="(7FE0,0010)", clause=_CLAUSE)
    fragments, end = items[1:], items[-1].stop
    starts = {items[0].stop + offset for offset in _offset_table(value, items[0], notes)}
    broken = Fragment(end, end + 8, len(value))
    first = [
        place
        for place, one in enumerate((*fragments, broken))
        if (one.item in starts if starts else _starts(value, one))
    ]
    if len(first) < 2 or first[0] != 0:
        raise PixelError(
            f"{count} frames are declared; the pixel data is cut off before one is sure to be whole",
            tag="(7FE0,0010)",
            clause=_CLAUSE,
        )
    whole = [fragments[a:b] for a, b in pairwise(first)][:count]
    notes.warn(
        "frames-missing",
        f"{count} frames are declared, the pixel data ends after {len(whole)} whole ones;"
        " the others are not there",
        tag="(7FE0,0010)",
        clause=_CLAUSE,
    )
    return whole


def _items_before_cut(value: memoryview) -> Iterator[Fragment]:
    at = 0
    while at < len(value):
        tag, length = _header(value, at)
        if tag != (0xFFFE, _ITEM) or at + 8 + length > len(value):
            return
        yield Fragment(at, at + 8, at + 8 + length)
        at += 8 + length


def read_items(value: memoryview, notes: Notes) -> tuple[tuple[int, ...], list[Fragment]]:
    """The Basic Offset Table and the fragments of an encapsulated value."""
    items: list[Fragment] = []
    at = 0
    while at < len(value):
        item = _item(value, at, first=not items)
        if item is None:
            _trailing(value, at, notes)
            break
        items.append(item)
        at = item.stop
    if not items:
        raise PixelError("Encapsulated Pixel Data is empty", tag="(7FE0,0010)", clause=_CLAUSE)
    return _offset_table(value, items[0], notes), items[1:]


def _item(value: memoryview, at: int, *, first: bool) -> Fragment | None:
    """The item at ``at``; ``None`` at the end of the items."""
    tag, length = _header(value, at)
    if tag != (0xFFFE, _ITEM):
        if first:
            raise PixelError(
                "Encapsulated Pixel Data does not start with an item",
                tag="(7FE0,0010)",
                clause=_CLAUSE,
            )
        return None
    start = at + 8
    if start + length > len(value):
        raise PixelError(
            f"The fragment at byte {at} of the value has {length} bytes and is cut off"
            f" after {len(value) - start}",
            tag="(7FE0,0010)",
            clause=_CLAUSE,
        )
    return Fragment(at, start, start + length)


def _header(value: memoryview, at: int) -> tuple[tuple[int, int], int]:
    if len(value) - at < 8:
        return (0, 0), 0
    group, element, length = struct.unpack_from("<HHL", value, at)
    return (group, element), length


def _trailing(value: memoryview, at: int, notes: Notes) -> None:
    """A delimiter ends the items; anything but zeros after them is told."""
    delimited = _header(value, at)[0] == (0xFFFE, _DELIMITER)
    if not delimited and any(value[at : at + 64]):
        notes.warn(
            "excess",
            f"{len(value) - at} bytes after the last fragment are no item; left out",
            tag="(7FE0,0010)",
            clause=_CLAUSE,
        )


def _offset_table(value: memoryview, item: Fragment, notes: Notes) -> tuple[int, ...]:
    size = item.stop - item.start
    if size % 4:
        _wrong_table(notes, f"it has {size} bytes")
        return ()
    return struct.unpack_from(f"<{size // 4}L", value, item.start)


def _wrong_table(notes: Notes, why: str) -> None:
    notes.warn(
        "wrong-offset-table",
        f"The offset table is not used: {why}",
        tag="(7FE0,0010)",
        clause=_CLAUSE,
    )


def _extended(
    fragments: list[Fragment], offsets: bytes, lengths: bytes, count: int, notes: Notes
) -> list[list[Fragment]]:
    """One fragment per frame as the Extended Offset Table tells; empty when it is wrong."""
    if not offsets:
        return []
    if len(offsets) != 8 * count or len(lengths) not in {0, 8 * count}:
        _wrong_table(notes, f"{len(offsets) // 8} offsets for {count} frames")
        return []
    starts = struct.unpack(f"<{count}Q", offsets)
    groups = _at_items(fragments, starts, notes)
    if not lengths:
        return groups
    sizes = struct.unpack(f"<{count}Q", lengths)
    return [_cut(group, size) for group, size in zip(groups, sizes, strict=False)]


def _cut(group: list[Fragment], size: int) -> list[Fragment]:
    """The frame without its padding byte, when the length told can be true."""
    if len(group) != 1 or not 0 < size <= group[0].stop - group[0].start:
        return group
    only = group[0]
    return [Fragment(only.item, only.start, only.start + size)]


def _at_items(
    fragments: list[Fragment], starts: tuple[int, ...], notes: Notes
) -> list[list[Fragment]]:
    """Fragments grouped by frame offsets, counted from the first fragment's item."""
    origin = fragments[0].item if fragments else 0
    places = {fragment.item - origin: place for place, fragment in enumerate(fragments)}
    first = [places.get(start, -1) for start in starts]
    if first[:1] != [0] or any(b <= a for a, b in pairwise(first)):
        _wrong_table(notes, "it does not point at the fragments in order")
        return []
    return _split(fragments, first)


def _split(fragments: list[Fragment], first: list[int]) -> list[list[Fragment]]:
    stops = [*first[1:], len(fragments)]
    return [fragments[a:b] for a, b in zip(first, stops, strict=True)]


def _grouped(
    value: memoryview, fragments: list[Fragment], table: tuple[int, ...], count: int, notes: Notes
) -> list[list[Fragment]]:
    """Fragments by frame: from the Basic Offset Table, by count, or by their first bytes."""
    if len(table) == count and (groups := _at_items(fragments, table, notes)):
        return groups
    if table and len(table) != count:
        _wrong_table(notes, f"{len(table)} offsets for {count} frames")
    filled = [fragment for fragment in fragments if fragment.start < fragment.stop]
    if len(filled) == count:
        return [[fragment] for fragment in filled]
    return _by_marks(value, filled, count, notes)


def _starts(value: memoryview, fragment: Fragment) -> bool:
    """Whether a codestream starts with this fragment."""
    return bytes(value[fragment.start : fragment.start + 8]).startswith(_STARTS)


def _by_marks(
    value: memoryview, fragments: list[Fragment], count: int, notes: Notes
) -> list[list[Fragment]]:
    """Fragments by the codestream starts at their beginning."""
    first = [place for place, fragment in enumerate(fragments) if _starts(value, fragment)]
    if count == 1 and fragments and len(first) < 2:
        return [fragments]
    if len(first) < count or first[0] != 0:
        raise PixelError(
            f"{count} frames are declared; {len(fragments)} fragments with "
            f"{len(first)} codestream starts were found",
            tag="(7FE0,0010)",
            clause=_CLAUSE,
        )
    groups = _split(fragments, first)
    if len(groups) > count:
        notes.warn(
            "excess",
            f"{count} frames are declared, {len(groups)} are there; the rest is left out",
            tag="(0028,0008)",
            clause=_CLAUSE,
        )
    return groups[:count]
