"""The text of the DICOM JSON Model, element after element (PS3.18 F.2).

What nobody looked at is written from its bytes; everything else, and whatever is not plain
there, by way of its element. No object is made that stands for the whole. Nesting is followed
with a list of open levels, never with the stack.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import orjson

from isocenter.core import ambiguous
from isocenter.core.dataset import Dataset
from isocenter.core.element import DataElement
from isocenter.core.encoding import Buffer, Span
from isocenter.core.jsonbytes import (
    ITEMS,
    OTHERS,
    VALUE,
    ShortWay,
    close,
    head,
    inline,
    listed_vr,
    short_ways,
)
from isocenter.core.jsonitems import write_items
from isocenter.core.jsonvalues import json_values
from isocenter.core.reader import Raw
from isocenter.core.stored import Inherited, Making, Stored, items
from isocenter.core.validation import validate
from isocenter.errors import DicomError, UsageError
from isocenter.standard.uid import EXPLICIT_BIG
from isocenter.standard.vr import BYTES

BulkDataHandler: TypeAlias = Callable[[DataElement], str]


@dataclass(frozen=True, slots=True)
class Options:
    """How bytes are written, and whether what cannot be decoded is left out."""

    largest_inline: int
    """Bytes; longer values go to the handler."""
    handler: BulkDataHandler | None
    suppress: bool


def json_bytes(dataset: Dataset, options: Options) -> bytes:
    """The JSON text of a data set in UTF-8, keys in ascending order.

    Raises:
        ValueDecodingError: an element's bytes are no value of its VR; names its tag.
        UsageError: a value that was assigned is nothing that JSON has.
    """
    writer = _Writer(options, _order(dataset))
    levels = [writer.level(_Level.of(dataset))]
    try:
        while levels:
            item = next(levels[-1], None)
            if item is None:
                levels.pop()
            else:
                levels.append(writer.level(item))
    except orjson.JSONEncodeError as error:
        raise UsageError(f"a value of the data set cannot be written as JSON: {error}") from error
    return b"".join(writer.pieces)


def _order(dataset: Dataset) -> str:
    """The byte order of words: that of the buffer, else what the transfer syntax says."""
    if dataset.stored is not None:
        return dataset.stored.span.encoding.order
    meta = getattr(dataset, "file_meta", None) or {}
    return ">" if meta.get("TransferSyntaxUID") == EXPLICIT_BIG else "<"


class _Level(NamedTuple):
    """One data set: its two sides. One that nobody looked at has only the first."""

    stored: Stored | None
    elements: dict[int, DataElement | None] | None = None
    is_plain: bool = True
    """Whether nothing odd was met in it; what was is not walked twice."""

    @classmethod
    def of(cls, dataset: Dataset) -> _Level:
        return cls(dataset.stored, dataset._known)  # noqa: SLF001 - looking decodes nothing

    def table(self) -> dict[int, Any]:
        """A dict whose keys are the tags of the elements."""
        if self.elements is not None:
            return self.elements
        return self.stored.entries if self.stored else {}

    def element(self, tag: int) -> DataElement:
        """An element, decoded for this once where it was not."""
        known = self.elements[tag] if self.elements else None
        if known is not None:
            return known
        assert self.stored is not None  # noqa: S101 - only what is stored is undecoded
        return self.stored.element(tag, _UNDECODED)

    def order(self, tag: int) -> str | None:
        """The byte order of what was read; the words of a value stay in it."""
        if self.stored is None:
            return None
        entry = self.stored.entries.get(tag)
        return (self.stored.encoding(entry) if entry else self.stored.span.encoding).order

    def number(self, tag: int) -> int | None:
        return self.element(tag).value if tag in self.table() else None


def _undecoded_items(span: Span, inherited: Inherited) -> list[Stored]:
    return [Stored(place, inherited) for place in items(span)]


_BYTES = (bytes, bytearray, memoryview)
_UNDECODED = Making(_undecoded_items)


class _Writer:
    """Collects pieces of text.

    An attribute object is closed by what comes behind it: the head of the next one, or the
    end of the level.
    """

    def __init__(self, options: Options, order: str) -> None:
        self.options, self.order = options, order
        self.pieces: list[bytes] = []
        self.put = self.pieces.append

    def level(self, level: _Level) -> Iterator[_Level]:
        """Write a data set; gives each item when it is due."""
        pieces, put, dumps = self.pieces, self.put, orjson.dumps
        stored, elements, _ = level
        entries, buffer, ways = _undecoded(stored)
        put(b"{")
        first = len(pieces)
        for tag in sorted(level.table()):
            if not tag & 0xFFFF:
                continue  # group lengths, F.2.2
            element = elements[tag] if elements is not None else None
            if element is None:
                vr, start, length = entries[tag]
                way = ways.get(vr or listed_vr(tag))
                if way is not None and length >= 0:
                    encode, heads = way
                    try:
                        values = length and encode(buffer[start : start + length])
                    except (ValueError, struct.error):
                        pass  # not plain
                    else:
                        put(heads[tag])
                        if values:
                            put(VALUE)
                            put(dumps(values))
                        continue
                items = self.undecoded(level, tag)
            else:
                items = self.element(level, tag, element)
            opening = ITEMS
            for item in items:
                put(opening)
                yield item
                opening = b","
            if items:
                put(b"]")
        close(pieces, first)

    def undecoded(self, level: _Level, tag: int) -> Sequence[_Level]:
        """Write what is not plain, or the head of a sequence; its items are left to write."""
        stored = level.stored
        assert stored is not None  # noqa: S101 - only what is stored is undecoded
        vr = stored.entries[tag][0] or listed_vr(tag)
        if vr == "SQ":
            self.put(head(tag, vr))
            return self.undecoded_items(level, stored, stored.entries[tag])
        if vr in OTHERS and not self.options.handler:
            self.inline(tag, vr, stored.field(tag), stored.span.encoding.order)
            return ()
        try:
            element = level.element(tag)
        except DicomError:
            if self.options.suppress:
                return ()
            raise
        return self.element(level, tag, element)

    def element(self, level: _Level, tag: int, element: DataElement) -> Sequence[_Level]:
        """Write an attribute by way of its element; the items are left to write."""
        vr = element.VR if len(element.VR) == 2 else _settled(level, element)
        if vr == "SQ":
            self.put(head(tag, vr))
            return [
                _Level(item, None, level.is_plain) if isinstance(item, Stored) else _Level.of(item)
                for item in element.value
            ]
        if vr in BYTES:
            self.binary(element, vr, level.order(tag) or self.order)
            return ()
        try:
            values = json_values(vr, element.value)
        except (TypeError, ValueError) as error:
            problem = f"{element.tag} has a value that is none of VR {vr}: {error}"
            raise UsageError(problem) from error
        self.put(head(tag, vr))
        if values:
            self.put(VALUE)
            self.put(orjson.dumps(values))
        return ()

    def undecoded_items(self, level: _Level, stored: Stored, entry: Raw) -> Sequence[_Level]:
        """Write the items of a sequence nobody looked into, or leave them to write."""
        span = stored.items_span(entry)
        if level.is_plain and self.options.handler is None:
            _, _, ways = _undecoded(stored)
            if write_items(span, stored, ways, self.pieces, self.alone):
                return ()
        inherited = stored.handed_down()
        return [_Level(Stored(place, inherited), is_plain=False) for place in items(span)]

    def alone(self, stored: Stored, tag: int) -> bool:
        """Write an element that has no items; a sequence that is not known as one may have."""
        return not self.undecoded(_Level(stored, is_plain=False), tag)

    def binary(self, element: DataElement, vr: str, order: str) -> None:
        data, options = element.value, self.options
        if not isinstance(data, _BYTES):
            validate(vr, data)
        data = b"" if data is None or data == "" else data
        if options.handler is None or len(data) <= options.largest_inline:
            self.inline(element.tag, vr, data, order)
            return
        uri = orjson.dumps(options.handler(element))
        self.pieces += (head(element.tag, vr), b',"BulkDataURI":', uri)

    def inline(self, tag: int, vr: str, data: bytes | memoryview, order: str) -> None:
        self.put(head(tag, vr))
        self.pieces += inline(vr, data, order)


def _undecoded(
    stored: Stored | None,
) -> tuple[dict[int, Raw], Buffer, Mapping[str | None, ShortWay]]:
    """Element table and buffer, and how bytes become JSON without an element in between."""
    if stored is None:
        return {}, b"", {}
    buffer, order = stored.encoded.buffer, stored.span.encoding.order
    return stored.entries, buffer, short_ways(order, stored.character_sets, type(buffer))


def _settled(level: _Level, element: DataElement) -> str:
    """One VR: a new element may have several until it is written (PS3.5 A, annex notes)."""
    return ambiguous.resolve(
        element.tag,
        element.VR,
        pixel_representation=level.number(0x00280103),
        bits_allocated=level.number(0x00280100),
        lut_entries=None if isinstance(element.value, bytes) else 1,
    )
