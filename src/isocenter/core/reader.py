"""The hot path: from a buffer to a table of elements, nothing decoded (PS3.5 7).

In: a buffer, a span of it, its :class:`Encoding`. Out: :class:`Elements`, whose
``entries`` map a tag number to ``(VR or None, position, length)`` in the order of the
stream. ``None`` stands for implicit VR: the dictionary is asked when the value is. A
negative length ``~n`` is an undefined length whose content turned out to be ``n`` bytes.

Nothing here raises for a broken stream: what came before the break is returned with a
finding that names the offset.
"""

from __future__ import annotations

import struct
from typing import TypeAlias

from isocenter.core.encoding import IMPLICIT_LITTLE, UNDEFINED, Buffer, Encoded, Span
from isocenter.core.headers import explicit_header
from isocenter.core.nesting import ITEM, ITEM_END, SEQUENCE_END, find_end, stray_delimiter
from isocenter.core.steps import steps
from isocenter.errors import EncodingError, Finding, Level
from isocenter.standard.dictionary import dictionary_vr
from isocenter.standard.tag import BaseTag

Raw: TypeAlias = tuple[str | None, int, int]

NEVER = 1 << 32
"""A stop that no tag reaches."""
PIXELS = 0x7FE00008
"""The first of the tags that hold pixel data."""
_PIXEL_TAGS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
_DELIMITERS = frozenset({ITEM, ITEM_END, SEQUENCE_END})
_CHUNK = 4096
_BULK = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN", "SQ"})


class Elements:
    """What was read: the entries, where reading ended, and what was wrong on the way.

    ``stopped`` says that the stop tag was reached (otherwise the span was read to its
    end), ``cut`` that the span ended inside an element. ``whole`` is false when not all
    elements up to the end are in the table. ``zeros`` is where the last run of zeros looked
    at ends; ``delimited`` says that the table has delimitation items, which are no elements.
    """

    __slots__ = ("cut", "delimited", "end", "entries", "findings", "stopped", "whole", "zeros")

    def __init__(self, end: int) -> None:
        self.entries: dict[int, Raw] = {}
        self.findings: list[Finding] = []
        self.end, self.zeros = end, 0
        self.stopped = self.cut = self.delimited = False
        self.whole = True


def read_elements(span: Span, stop: int = NEVER, wanted: frozenset[int] | None = None) -> Elements:
    """The elements of a span.

    Args:
        span: the first element to the position after the last one; the ``ends`` of its
            buffer are filled on the way.
        stop: reading ends before the first tag that is not below this; with ``PIXELS``
            only before pixel data itself.
        wanted: keep only these tags.
    """
    found = Elements(span.start)
    read = _read_explicit if span.encoding.explicit else _read_implicit
    try:
        read(span, stop, wanted, found)
    except struct.error:
        _report_cut(span.encoded, found, "the file ends inside an element's header", found.end)
    except EncodingError as error:
        found.cut = True
        found.findings.append(Finding.from_error(error))
    if found.end > span.end and not found.cut:
        if wanted is not None:
            return _only(wanted, read_elements(span, stop))  # the last one is looked at, too
        if found.entries:
            _check_last(span, found)
    if found.delimited:
        _drop_delimiters(span.encoded, found)
    return found if wanted is None else _only(wanted, found)


def _only(wanted: frozenset[int], found: Elements) -> Elements:
    found.entries = {tag: raw for tag, raw in found.entries.items() if tag in wanted}
    found.whole = False
    return found


def _read_explicit(span: Span, stop: int, wanted: frozenset[int] | None, found: Elements) -> None:
    buffer, end, encoding = span.encoded.buffer, span.end, span.encoding
    header, entries, position = encoding.whole_head, found.entries, found.end
    bound = min(stop, ITEM)
    step_for = steps(encoding, bound, wanted)
    try:
        while position < end:
            head, length = header(buffer, position)
            step = step_for[head]
            if step:
                tag, name = step
                position += 8
                entries[tag] = (name, position, length)
                position += length
            elif step is None:
                position += 8 + length
            else:
                number, vr = encoding.head(head)
                tag = encoding.tags[number]
                if not 0 < tag < bound and _stops(span, position, tag, stop, found):
                    break
                position = _read_long(span, position, tag, vr, found)
    finally:
        found.end = position


def _read_implicit(span: Span, stop: int, wanted: frozenset[int] | None, found: Elements) -> None:
    buffer, end, encoding = span.encoded.buffer, span.end, span.encoding
    header, tags = encoding.implicit_start, encoding.tags
    entries, position, bound = found.entries, found.end, min(stop, ITEM)
    kept = None if wanted is None else wanted | _DELIMITERS
    try:
        while position < end:
            number, length = header(buffer, position)
            tag = tags[number]
            if not 0 < tag < bound and _stops(span, position, tag, stop, found):
                break
            position += 8
            if length == UNDEFINED:
                position = _read_undefined(span, tag, None, position, found)
                continue
            if kept is None or tag in kept:
                entries[tag] = (None, position, length)
            position += length
    finally:
        found.end = position


def _stops(span: Span, position: int, tag: int, stop: int, found: Elements) -> bool:
    """Whether reading ends before this tag: the stop, or zeros up to the end."""
    if tag >= ITEM and tag < stop:
        found.delimited = found.delimited or tag in _DELIMITERS
        return False
    if tag:
        found.stopped = stop != PIXELS or tag in _PIXEL_TAGS
        return found.stopped
    if position >= found.zeros:
        found.zeros = _zeros_end(span.encoded.buffer, position, span.end)
    if found.zeros < span.end:
        return False
    found.findings.append(
        Finding(
            Level.WARNING,
            "trailing-zeros",
            f"{span.end - position} zero bytes after the last element are no element",
            offset=span.encoded.offset(position),
            clause="PS3.10 7.2",
        )
    )
    return True


def _zeros_end(buffer: Buffer, position: int, end: int) -> int:
    """The position of the first byte that is not zero, ``end`` when all are."""
    while position < end:
        chunk = bytes(buffer[position : min(position + _CHUNK, end)])
        rest = chunk.lstrip(b"\0")
        position += len(chunk) - len(rest)
        if rest:
            break
    return position


def _read_long(span: Span, position: int, tag: int, number: int, found: Elements) -> int:
    """One element whose header is not the 8-byte one; the position after it."""
    encoding = span.encoding
    vr = encoding.long.get(number)
    if vr is None:
        vr, length, content = explicit_header(span.encoded, position, span.end, encoding)
    else:
        (length,) = encoding.length(span.encoded.buffer, position + 8)
        content = position + 12
    if length == UNDEFINED:
        return _read_undefined(span, tag, vr, content, found)
    found.entries[tag] = (vr, content, length)
    return content + length


def _read_undefined(span: Span, tag: int, vr: str | None, content: int, found: Elements) -> int:
    """An element of undefined length; the position after its delimitation item."""
    inner = IMPLICIT_LITTLE if vr == "UN" else span.encoding  # PS3.5 6.2.2 note 2
    try:
        close = find_end(span.encoded, content, span.end, inner)
    except EncodingError:
        found.entries[tag] = (vr, content, ~(span.end - content))
        raise
    found.entries[tag] = (vr, content, ~(close - content))
    return close + 8


def _check_last(span: Span, found: Elements) -> None:
    """An element that claims more bytes than there are: bulk is kept short, text is not."""
    tag, (vr, position, length) = max(found.entries.items(), key=lambda item: item[1][1])
    have = span.end - position
    _report_cut(
        span.encoded,
        found,
        f"the value needs {length} bytes, the file has {max(have, 0)}",
        position,
        BaseTag(tag),
    )
    found.end = span.end
    if have > 0 and ((vr or dictionary_vr(tag)) in _BULK or tag in _PIXEL_TAGS):
        found.entries[tag] = (vr, position, have)
    else:
        del found.entries[tag]


def _report_cut(
    encoded: Encoded, found: Elements, message: str, position: int, tag: BaseTag | None = None
) -> None:
    found.cut = True
    found.findings.append(
        Finding(
            Level.ERROR,
            "truncated",
            message,
            tag=None if tag is None else str(tag),
            offset=encoded.offset(position),
            clause="PS3.5 7.1",
        )
    )


def _drop_delimiters(encoded: Encoded, found: Elements) -> None:
    """Delimitation items outside any sequence are no elements."""
    for tag in (ITEM, ITEM_END, SEQUENCE_END):
        stray = found.entries.pop(tag, None)
        if stray is not None:
            found.findings.append(stray_delimiter(encoded, tag, stray[1] - 8))
