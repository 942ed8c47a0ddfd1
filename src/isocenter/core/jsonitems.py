"""The text of a sequence nobody looked into, straight from its bytes (PS3.18 F.2, PS3.5 7.5).

One walk over the stream: no table of elements, no data set for an item. It knows sequences
and items as they should be. Whatever else it meets ends it, and what it wrote is thrown
away: tables are read then, which know everything. Nesting is followed with a list.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import TypeAlias

import orjson

from isocenter.core.encoding import UNDEFINED, Span
from isocenter.core.jsonbytes import HEADS, ITEMS, OTHERS, VALUE, ShortWay, close, inline, listed_vr
from isocenter.core.nesting import ITEM, find_end, find_item_end
from isocenter.core.stored import Stored
from isocenter.errors import EncodingError

LongWay: TypeAlias = Callable[[Stored, int], bool]
"""Writes an element of an item by its tag; tells whether it could."""
_CHARACTER_SET = 0x00080005
"""Specific Character Set: an item that has its own is read in another way."""


class _NotPlainError(Exception):
    """Only a table of elements tells what stands here."""


class _Item:
    """An item that is being written: where it lies, and where what is around it ends.

    ``first`` is the index of its first piece.
    """

    __slots__ = ("after", "around", "end", "first", "sequence_end", "start", "stored")

    def __init__(
        self, span: Span, position: int, sequence_end: int, around: _Item | None, first: int
    ) -> None:
        encoded, _, _, encoding = span
        number, length = encoding.implicit_start(encoded.buffer, position)
        self.start = start = position + 8
        if length == UNDEFINED:
            self.end = find_item_end(encoded, start, sequence_end, encoding)
            self.after = self.end + 8
        else:
            self.end = self.after = start + length
        if number != encoding.item or self.after > sequence_end:
            raise _NotPlainError
        self.sequence_end, self.around, self.first = sequence_end, around, first
        self.stored: Stored | None = None

    def table(self, outermost: Stored, span: Span) -> Stored:
        """Its elements, read when one is not plain, and those of the items around it."""
        unread: list[_Item] = []
        item: _Item | None = self
        while item is not None and item.stored is None:
            unread.append(item)
            item = item.around
        stored = item.stored if item and item.stored else outermost
        for one in reversed(unread):
            place = span._replace(start=one.start, end=one.end)
            one.stored = stored = Stored(place, stored.handed_down())
        return stored


def write_items(
    span: Span,
    outermost: Stored,
    ways: Mapping[str | None, ShortWay],
    pieces: list[bytes],
    long_way: LongWay,
) -> bool:
    """Write ``,"Value":[...]``; nothing when there are no items.

    Args:
        span: the items.
        outermost: the data set around the sequence.
        ways: see :func:`isocenter.core.jsonbytes.short_ways`.
        pieces: where the text is put.
        long_way: for what ``ways`` do not know.

    Returns:
        Whether all was plain. Otherwise nothing was written.
    """
    before = len(pieces)
    try:
        _walk(span, outermost, ways, pieces, long_way)
    except (_NotPlainError, EncodingError, struct.error):
        del pieces[before:]
        return False
    return True


def _walk(  # noqa: C901, PLR0912, PLR0915 - a call per element would take as long as writing it
    span: Span,
    outermost: Stored,
    ways: Mapping[str | None, ShortWay],
    pieces: list[bytes],
    long_way: LongWay,
) -> None:
    """Write all levels in one loop.

    The first half of it moves on: into an item, or out of a sequence. The second writes the
    elements of an item up to its end or to the next sequence.
    """
    encoded, position, sequence_end, encoding = span
    buffer, put, dumps, find_vr = encoded.buffer, pieces.append, orjson.dumps, listed_vr
    explicit, tags, short, long = encoding.explicit, encoding.tags, encoding.short, encoding.long
    header = encoding.explicit_start if explicit else encoding.implicit_start
    around: list[tuple[_Item, int, int]] = []  # items, where to go on in them, the last tag
    opening = ITEMS
    while True:
        if position < sequence_end:
            put(opening)
            put(b"{")
            inside = around[-1][0] if around else None
            item, tag = _Item(span, position, sequence_end, inside, len(pieces)), 0
            position = item.start
        else:
            if opening is not ITEMS:
                put(b"]")
            if not around:
                return
            item, position, tag = around.pop()
        end = item.end
        while position < end:
            last = tag
            if explicit:
                number, code, length = header(buffer, position)
                position += 8
                tag, vr = tags[number], short.get(code)
                if vr is None:
                    vr = long.get(code)
                    (length,) = encoding.length(buffer, position)
                    position += 4
            else:
                number, length = header(buffer, position)
                position += 8
                tag = tags[number]
                vr = find_vr(tag)
            if not last < tag < ITEM or tag == _CHARACTER_SET or not tag & 0xFFFF:
                raise _NotPlainError
            start, position = position, position + length
            if vr == "SQ":
                sequence_end = position
                if length == UNDEFINED:
                    sequence_end = find_end(encoded, start, end, encoding)
                    position = sequence_end + 8
            if position > end:
                raise _NotPlainError
            if vr == "SQ":
                put(HEADS["SQ"][tag])
                around.append((item, position, tag))
                position, opening = start, ITEMS
                break
            way = ways.get(vr)
            if way is not None:
                encode, heads = way
                try:
                    values = length and encode(buffer[start:position])
                except (ValueError, struct.error):
                    pass  # not plain, but it alone
                else:
                    put(heads[tag])
                    if values:
                        put(VALUE)
                        put(dumps(values))
                    continue
            elif vr in OTHERS:
                put(HEADS[vr][tag])
                pieces += inline(vr, memoryview(buffer)[start:position], encoding.order)
                continue
            if not long_way(item.table(outermost, span), tag):
                raise _NotPlainError
        else:
            close(pieces, item.first)
            position, sequence_end, opening = item.after, item.sequence_end, b","
