"""From data sets to bytes (PS3.5 7): elements as they were read, or written anew.

In: a data set and the :class:`Encoding` to write. Out: bytes. An element whose value is
still what its bytes say, in a buffer of the same encoding, is copied byte for byte, header
and length style included; anything else is encoded. Sequences that were changed keep their
style, defined or undefined length, item by item. A group length that is no
longer true is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from struct import Struct
from typing import NamedTuple

from isocenter.core import ambiguous
from isocenter.core.charset import CharacterSets
from isocenter.core.dataset import Dataset
from isocenter.core.element import DataElement
from isocenter.core.encoding import UNDEFINED, Encoding
from isocenter.core.stored import Stored, size
from isocenter.core.valuewriter import bytes_of, encoded_value
from isocenter.errors import EncodingError
from isocenter.standard.vr import CHARSET_TEXT, LONG_LENGTH, NUMBER_CODES

_CHARSET, _PIXEL_DATA = 0x00080005, 0x7FE00010
_WORDS = frozenset({"OD", "OF", "OL", "OV", "OW"}) | frozenset(NUMBER_CODES)
_MOST_SHORT = 0xFFFF


class Around(NamedTuple):
    """What a data set being written takes from the one around it."""

    sets: CharacterSets
    pixel_representation: int | None = None
    verbatim: bool = False
    """For this data set itself: whether what was not touched can be copied with its header."""
    nested: bool = False
    """For this data set itself: whether it is an item."""


class Writer:
    """Writes data sets in one encoding.

    Args:
        encoding: the encoding to write.
        encapsulated: whether Pixel Data holds fragments (PS3.5 A.4).
        lenient: whether values that their VR forbids are written all the same.
    """

    def __init__(
        self, encoding: Encoding, *, encapsulated: bool = False, lenient: bool = False
    ) -> None:
        self.encoding, self.encapsulated, self.lenient = encoding, encapsulated, lenient
        self._short = Struct(f"{encoding.order}HH2sH").pack
        self._long = Struct(f"{encoding.order}HH2sHI").pack
        self._implicit = Struct(f"{encoding.order}HHI").pack
        self._item = self._implicit(0xFFFE, 0xE000, UNDEFINED)
        self._item_end = self._implicit(0xFFFE, 0xE00D, 0)
        self._sequence_end = self._implicit(0xFFFE, 0xE0DD, 0)

    def dataset(self, ds: Dataset, around: Around | None = None) -> bytes:
        """The bytes of a data set's elements.

        Raises:
            InvalidValueError: a value does not fit its VR; with tag and clause.
            ValueDecodingError: an element has to be rewritten and cannot be decoded.
        """
        return b"".join(self.pieces(ds, around))

    def pieces(self, ds: Dataset, around: Around | None = None) -> Iterator[bytes]:
        """The same, element by element."""
        copied = self._all_copied(ds, around)
        if copied is not None:
            yield copied
            return
        here = self._here(ds, around)
        for group, tags in groupby(ds.numbers(), key=lambda tag: tag >> 16):
            yield from self._group(ds, group, list(tags), here)

    def _group(self, ds: Dataset, group: int, tags: list[int], here: Around) -> Iterator[bytes]:
        """A group; its length only where it still is true (retired, PS3.5 7.2)."""
        if tags[0] & 0xFFFF:
            yield from (self._piece(ds, tag, here) for tag in tags)
            return
        pieces = [self._piece(ds, tag, here) for tag in tags[1:]]
        true = _length(ds[group << 16]) == sum(map(len, pieces))
        if true or self._as_read(ds, group, tags):
            yield self._piece(ds, tags[0], here)
        yield from pieces

    def _as_read(self, ds: Dataset, group: int, tags: list[int]) -> bool:
        """Whether nothing of a group was changed, so that even its length is not touched."""
        if ds.stored is None or ds.stored.span.encoding is not self.encoding:
            return False
        before = sorted(tag for tag in ds.read_tags if tag >> 16 == group)
        return before == tags and all(map(ds.is_untouched, tags))

    def _here(self, ds: Dataset, around: Around | None) -> Around:
        given = Around(ds.character_sets) if around is None else around
        sets = ds.character_sets if _CHARSET in ds else given.sets
        own = ds.get("PixelRepresentation")
        pixel_representation = own if isinstance(own, int) else given.pixel_representation
        stored = ds.stored
        verbatim = (
            stored is not None
            and stored.span.encoding is self.encoding
            and stored.character_sets == sets
        )
        return Around(sets, pixel_representation, verbatim, around is not None)

    def _piece(self, ds: Dataset, tag: int, here: Around) -> bytes:
        stored = ds.holder(tag)
        if stored is not None and tag in stored.entries and ds.is_untouched(tag):
            verbatim = here.verbatim and stored is ds.stored
            copied = _verbatim(stored, tag) if verbatim else self._copied(stored, tag, here)
            if copied is not None:
                return copied
        return self._encoded(ds, ds[tag], here)

    # --- as it was ----------------------------------------------------------------------

    def _all_copied(self, ds: Dataset, around: Around | None) -> bytes | None:
        """The bytes of a data set that nobody looked into, or ``None``."""
        stored = ds.stored
        if stored is None or not ds.is_pristine or stored.span.encoding is not self.encoding:
            return None
        span = stored.span
        same_text = around is None or around.sets == stored.inherited.sets
        return bytes(span.encoded.buffer[span.start : span.end]) if same_text else None

    def _copied(self, stored: Stored, tag: int, here: Around) -> bytes | None:
        """The element's own bytes, or ``None`` where they do not serve."""
        entry = stored.entries[tag]
        same_text = here.sets == stored.character_sets
        if stored.span.encoding is self.encoding and (same_text or not _holds_text(entry[0])):
            return _verbatim(stored, tag)
        vr = stored.vr(tag)
        if vr == "SQ" or entry[2] < 0 or (vr in CHARSET_TEXT and not same_text):
            return None
        if stored.encoding(entry).order != self.encoding.order and vr in _WORDS:
            return None
        return self._with_header(tag, vr, bytes(stored.field(tag)))

    # --- anew ---------------------------------------------------------------------------

    def _encoded(self, ds: Dataset, element: DataElement, here: Around) -> bytes:
        tag, vr = int(element.tag), self._settled(ds, element, here)
        if vr == "SQ":
            return self._sequence(ds, element, here)
        if tag == _PIXEL_DATA and self.encapsulated and not (here.nested and _is_native(element)):
            return self._fragments(element)
        value = self._field(element, vr, here)
        order = self.encoding.order
        if vr in _WORD_BYTES and ds.stored is not None and _order(ds.stored, tag) != order:
            value = _swapped(value, _WORD_BYTES[vr])
        return self._with_header(tag, vr, value)

    def _field(self, element: DataElement, vr: str, here: Around) -> bytes:
        order, sets, lenient = self.encoding.order, here.sets, self.lenient
        value = encoded_value(element, vr, order, sets, lenient=lenient)
        if order == ">" and len(value) > _MOST_SHORT and vr in NUMBER_CODES:
            # its header will say UN, behind which all is little endian, PS3.5 6.2.2
            return encoded_value(element, vr, "<", sets, lenient=lenient)
        return value

    def _settled(self, ds: Dataset, element: DataElement, here: Around) -> str:
        if " or " not in element.VR:
            return element.VR
        descriptor = ds.get("LUTDescriptor")
        return ambiguous.resolve(
            element.tag,
            element.VR,
            pixel_representation=here.pixel_representation,
            bits_allocated=ds.get("BitsAllocated"),
            lut_entries=descriptor[0] if isinstance(descriptor, list) else None,
        )

    def _fragments(self, element: DataElement) -> bytes:
        value = bytes(bytes_of(element.value) or b"")
        if _is_native(element):
            raise EncodingError(
                "the transfer syntax is encapsulated, but Pixel Data does not begin with an item",
                tag=str(element.tag),
                clause="PS3.5 A.4",
            )
        return self._header(element.tag, "OB", UNDEFINED) + value + self._sequence_end

    def _sequence(self, ds: Dataset, element: DataElement, here: Around) -> bytes:
        content = b"".join(self._item_bytes(item, here) for item in element.value)
        if _undefined(ds, element):
            return self._header(element.tag, "SQ", UNDEFINED) + content + self._sequence_end
        return self._header(element.tag, "SQ", len(content)) + content

    def _item_bytes(self, item: Dataset, here: Around) -> bytes:
        content = self.dataset(item, here)
        if item.is_undefined_length_sequence_item:
            return self._item + content + self._item_end
        return self._implicit(0xFFFE, 0xE000, len(content)) + content

    def _with_header(self, tag: int, vr: str, value: bytes) -> bytes:
        return self._header(tag, vr, len(value)) + value

    def _header(self, tag: int, vr: str, length: int) -> bytes:
        group, element = tag >> 16, tag & 0xFFFF
        if not self.encoding.explicit:
            return self._implicit(group, element, length)
        if vr in LONG_LENGTH:
            return self._long(group, element, vr.encode(), 0, length)
        if length > _MOST_SHORT:
            # too long for a 16-bit length: UN, PS3.5 6.2.2 note 4
            return self._long(group, element, b"UN", 0, length)
        return self._short(group, element, vr.encode(), length)


_WORD_BYTES = {"OD": 8, "OF": 4, "OL": 4, "OV": 8, "OW": 2}


def _swapped(value: bytes, width: int) -> bytes:
    whole = len(value) - len(value) % width
    turned = bytearray(value)
    for place in range(width):
        turned[place:whole:width] = value[width - 1 - place : whole : width]
    return bytes(turned)


def _order(stored: Stored, tag: int) -> str:
    """The byte order of words in memory: that in which they were read."""
    entry = stored.entries.get(tag)
    return (stored.encoding(entry) if entry else stored.span.encoding).order


def _is_native(element: DataElement) -> bool:
    """Whether Pixel Data holds no fragments; that of an icon may do either (PS3.5 A.4)."""
    return bytes((bytes_of(element.value) or b"")[:4]) != b"\xfe\xff\x00\xe0"


def _length(element: DataElement) -> int | None:
    return element.value if isinstance(element.value, int) else None


def _holds_text(vr: str | None) -> bool:
    return vr is None or vr in CHARSET_TEXT or vr in {"SQ", "UN"}


def _verbatim(stored: Stored, tag: int) -> bytes:
    """Header, value and delimitation item as they stand in the buffer."""
    _, position, length = stored.entries[tag]
    end = position + size(length) + (8 if length < 0 else 0)
    return bytes(stored.encoded.buffer[stored.header_start(tag) : end])


def _undefined(ds: Dataset, element: DataElement) -> bool:
    entry = ds.stored.entries.get(int(element.tag)) if ds.stored else None
    return entry[2] < 0 if entry else getattr(element.value, "undefined_length", False)
