"""The elements of a data set by their headers alone (PS3.5 7.1): values are stepped over.

In: a function that reads bytes at a position, and where the data set lies. Out: those
elements that the caller wants to leave out, and where skimming ended. Every step is the one
:mod:`isocenter.core.reader` takes; where a file is not plain (an element that passes its end, a tag
met twice, items that are none) skimming ends, and the rest is left to the reader.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from isocenter.core.encoding import IMPLICIT_LITTLE, UNDEFINED, Encoded, Encoding
from isocenter.core.headers import explicit_header
from isocenter.core.nesting import ITEM, SEQUENCE_END, find_end
from isocenter.core.reader import NEVER, PIXELS, Raw
from isocenter.errors import EncodingError, TruncatedError

Read: TypeAlias = Callable[[int, int], bytes]
"""From position and size to the bytes there, fewer where the file ends."""

PIXEL_ELEMENTS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
_FRAGMENTED = frozenset({"OB", "OD", "OF", "OL", "OV", "OW"})
_DELIMITERS = 0xFFFE
_HEADER = 12
_AHEAD = 4096
_NESTED = 1 << 16
_GROWTH = 8


class Place(NamedTuple):
    """Where an element lies in a file: from its header to behind its last byte."""

    tag: int
    vr: str | None
    start: int
    content: int
    length: int
    """As in an element table: ``~n`` for an undefined length of ``n`` bytes."""
    end: int

    @property
    def is_sequence_of_undefined_length(self) -> bool:
        """Whether its items have to be walked through, not stepped over."""
        return self.length < 0 and not _has_fragments(self.tag, self.vr)

    @property
    def entry(self) -> Raw:
        """The entry of an element table over the bytes of the element alone."""
        return self.vr, self.content - self.start, self.length


class Skimmed(NamedTuple):
    """What skimming found: the elements to leave out, and where it ended."""

    places: tuple[Place, ...]
    end: int
    stopped: bool
    """Whether the element at ``end`` is the one to stop before."""


def skim(
    read: Read,
    where: tuple[int, int],
    encoding: Encoding,
    leave_out: Callable[[Place], bool],
    stop: int = NEVER,
) -> Skimmed:
    """Step through a data set.

    The first two elements are never left out: they show how the data set is encoded.

    Args:
        read: reads bytes of the file.
        where: position of the first element, and the one after the last.
        encoding: how the data set is written.
        leave_out: which elements are wanted in the result.
        stop: see :func:`isocenter.core.reader.read_elements`.
    """
    found: list[Place] = []
    seen: set[int] = set()
    window, (position, end) = _Window(read), where
    while position < end:
        try:
            tag = _tag(window, position, encoding)
            if tag >= stop and (stop != PIXELS or tag in PIXEL_ELEMENTS):
                return Skimmed(tuple(found), position, stopped=True)
            place = _place(window, tag, position, end, encoding)
        except struct.error:
            break
        if place is None or tag in seen or place.end > end:
            break
        if len(seen) > 1 and leave_out(place):
            found.append(place)
        seen.add(tag)
        position = place.end
    return Skimmed(tuple(found), position, stopped=False)


class _Window:
    """The bytes at a position, with some of what follows them."""

    def __init__(self, read: Read) -> None:
        self.read = read
        self._start, self._data = 0, b""

    def at(self, position: int, size: int) -> bytes:
        first = position - self._start
        if not 0 <= first <= len(self._data) - size:
            self._start, self._data, first = position, self.read(position, _AHEAD), 0
        return self._data[first : first + size]


def _tag(window: _Window, position: int, encoding: Encoding) -> int:
    group, element, _ = encoding.implicit_header(window.at(position, _HEADER), 0)
    return group << 16 | element


def _place(window: _Window, tag: int, position: int, end: int, encoding: Encoding) -> Place | None:
    """The element at a position; ``None`` where it is none, or has no end."""
    if not tag or tag >> 16 == _DELIMITERS:
        return None
    header = window.at(position, _HEADER)
    vr, content = None, 8
    _, _, length = encoding.implicit_header(header, 0)
    if encoding.explicit:
        vr, length, content = explicit_header(Encoded(header), 0, end - position, encoding)
    content += position
    if length != UNDEFINED:
        return Place(tag, vr, position, content, length, content + length)
    inner = IMPLICIT_LITTLE if vr == "UN" else encoding  # PS3.5 6.2.2 note 2
    find = _fragments_end if _has_fragments(tag, vr) else _items_end
    close = find(window, content, end, inner)
    if close is None:
        return None
    return Place(tag, vr, position, content, ~(close - content), close + 8)


def _has_fragments(tag: int, vr: str | None) -> bool:
    return tag in PIXEL_ELEMENTS or vr in _FRAGMENTED


def _fragments_end(window: _Window, position: int, end: int, encoding: Encoding) -> int | None:
    """Where fragments (PS3.5 A.4) end, from one item header to the next."""
    while position + 8 <= end:
        group, element, length = encoding.implicit_header(window.at(position, 8), 0)
        if group << 16 | element == SEQUENCE_END:
            return position
        if group << 16 | element != ITEM or length == UNDEFINED:
            return None
        position += 8 + length
    return None


def _items_end(window: _Window, content: int, end: int, encoding: Encoding) -> int | None:
    """Where the items of a sequence end: as much is read as it takes to see it."""
    size = _NESTED
    while True:
        encoded = Encoded(window.read(content, min(size, end - content)))
        try:
            return content + find_end(encoded, 0, end - content, encoding)
        except TruncatedError:
            if size >= end - content:
                return None
            size *= _GROWTH
        except EncodingError:
            return None
