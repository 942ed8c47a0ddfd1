"""The part of a data set that lies in a buffer: its element table, decoded on demand.

In: a :class:`Span` and what the data set around it hands down. Out: the table, the bytes
of any element, and its :class:`DataElement`. Nothing here changes what the buffer says.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from isocenter.core import ambiguous
from isocenter.core.charset import DEFAULT, CharacterSets, character_sets
from isocenter.core.element import DataElement, new_element
from isocenter.core.encoding import IMPLICIT_LITTLE, UNDEFINED, Encoding, Span
from isocenter.core.nesting import read_items
from isocenter.core.numberstring import IS, DSfloat
from isocenter.core.personname import PersonName
from isocenter.core.reader import Elements, Raw, read_elements
from isocenter.core.values import DECODERS, Decoder, as_bytes, empty_value, explanation
from isocenter.errors import ValueDecodingError
from isocenter.standard.dictionary import dictionary_vr, private_entry
from isocenter.standard.tag import BaseTag
from isocenter.standard.uid import UID
from isocenter.standard.vr import BYTES, LONG_LENGTH

_CHARSET, _PIXEL_REPRESENTATION = 0x00080005, 0x00280103


class Inherited(NamedTuple):
    """What a nested data set takes from the one around it."""

    sets: CharacterSets = DEFAULT
    pixel_representation: int | None = None
    overrides: bool = False
    """Whether ``sets`` are in force although this data set declares others."""


NOTHING = Inherited()
"""What a data set takes that is in no other one."""
_WITHOUT_DECODER = BYTES - {"UN"}
UNCHANGEABLE: frozenset[type] = frozenset(
    {str, bytes, int, float, type(None), DSfloat, IS, PersonName, UID, BaseTag}
)
"""The kinds of decoded values that change only by being assigned."""
_NO_BLOCKS: Mapping[int, str] = {}
_new_span = tuple.__new__  # half the time of naming the fields, for each of many items


class Making:
    """What reading makes of bytes: kinds of elements, of values and of sequences.

    A layer above that shows data sets under classes of its own says so here.

    Args:
        sequence: makes the value of a sequence from the span of its items.
        element: the class of elements; it fills the slots of :class:`DataElement`.
        decoders: VR -> what turns a field into a value.
        unchangeable: the kinds of decoded values that change only by being assigned.
        home: the class of data sets whose ``making`` this is; copies and pickles refer to it.
    """

    __slots__ = ("decoders", "element", "home", "plain", "sequence", "unchangeable")

    def __init__(
        self,
        sequence: Callable[[Span, Inherited], Any],
        element: type[DataElement] = DataElement,
        decoders: Mapping[str, Decoder] = DECODERS,
        unchangeable: frozenset[type] = UNCHANGEABLE,
        *,
        home: type | None = None,
    ) -> None:
        self.sequence, self.element, self.decoders = sequence, element, decoders
        self.unchangeable, self.home = unchangeable, home
        self.plain: Mapping[str, Decoder] = {
            **decoders,
            **dict.fromkeys(_WITHOUT_DECODER, as_bytes),
        }
        """The decoders of the VRs that say all; behind UN may stand any other."""

    def __reduce__(self) -> str | tuple[Any, ...]:
        return (getattr, (self.home, "making")) if self.home else super().__reduce__()


class Stored:
    """Elements in a buffer.

    Args:
        span: where they are.
        inherited: what the data set around this one hands down.
        elements: the table, when it was read already.
    """

    __slots__ = (
        "_creators",
        "_encoding",
        "_entries",
        "_is_read_here",
        "_sets",
        "encoded",
        "end",
        "inherited",
        "is_selection",
        "start",
        "whole",
    )

    def __init__(
        self, span: Span, inherited: Inherited = NOTHING, elements: Elements | None = None
    ) -> None:
        self.encoded, self.start, self.end, self._encoding = span  # one object less for each item
        self.inherited = inherited
        self.whole = True
        """Whether the table is all that the span holds."""
        self.is_selection = elements is not None and not elements.whole
        """Whether the table is what somebody asked for by tag, who will want it soon."""
        self._is_read_here = elements is None
        self._entries: dict[int, Raw] | None = None
        self._sets: CharacterSets | None = None
        self._creators: dict[int, str] | None = None
        if elements is not None:
            self.whole = elements.whole
            self._adopt(elements)

    @property
    def span(self) -> Span:
        """Where the elements are."""
        return _new_span(Span, (self.encoded, self.start, self.end, self._encoding))

    def _adopt(self, elements: Elements) -> dict[int, Raw]:
        if elements.findings:
            self.encoded.report(elements.findings)
        self._entries, self.whole = elements.entries, self.whole and not elements.cut
        return elements.entries

    @property
    def entries(self) -> dict[int, Raw]:
        """The table; it is read at first use. It must not be changed."""
        entries = self._entries
        return self._adopt(read_elements(self.span)) if entries is None else entries

    @property
    def character_sets(self) -> CharacterSets:
        """The character sets in force: those declared here, else those around."""
        if self._sets is None:
            here = _CHARSET in self.entries and not self.inherited.overrides
            self._sets = self._declared_sets() if here else self.inherited.sets
        return self._sets

    def _declared_sets(self) -> CharacterSets:
        text = bytes(self.field(_CHARSET)).decode("latin_1")
        sets = character_sets(tuple(term.strip("\0 ") for term in text.split("\\")))
        self.encoded.report(sets.findings)
        return sets

    @property
    def undefined_item(self) -> bool:
        """Whether this is an item that was written with undefined length."""
        start = self.start
        header = bytes(self.encoded.buffer[max(start - 8, 0) : start])
        if len(header) < 8:
            return False
        group, element, length = self._encoding.implicit_header(header, 0)
        return (group, element, length) == (0xFFFE, 0xE000, UNDEFINED)

    def keep_until(self, end: int) -> None:
        """Forget the bytes from ``end`` on; nothing of this data set may lie there."""
        encoded = self.encoded
        if len(encoded.buffer) > end:
            encoded.buffer = bytes(encoded.buffer[:end])

    def field(self, tag: int) -> memoryview:
        """The bytes of a value, not copied; of a sequence its items."""
        _, position, length = self.entries[tag]
        return memoryview(self.encoded.buffer)[position : position + size(length)]

    def element(self, tag: int, making: Making) -> DataElement:
        """The element, decoded.

        Args:
            tag: its number.
            making: what is made of the bytes.

        Raises:
            KeyError: it is not in the table.
            ValueDecodingError: its bytes are no value of its VR.
        """
        entry = (self._entries or self.entries)[tag]
        vr, start, length = entry
        creator = self._creator(tag) if tag & 0x10000 else ""
        order = self._encoding.order
        if vr is None or vr == "UN":
            vr = self._vr(tag, entry, creator)
            order = "<" if entry[0] else order  # behind UN always little, PS3.5 6.2.2
        if not length and vr != "SQ":
            value = empty_value(vr)
        elif vr == "SQ":
            value = making.sequence(self.items_span(entry), self.handed_down())
        else:
            data = self.encoded.buffer[start : start + (length if length > 0 else ~length)]
            try:
                value = making.decoders.get(vr, as_bytes)(
                    bytes(data), order, self._sets or self.character_sets
                )
            except (ValueError, struct.error) as error:
                raise self._undecodable(tag, vr, entry, error) from error
        return making.element.of(tag, vr, value, creator)

    def decode(
        self,
        known: dict[int, DataElement | None] | None,
        making: Making,
    ) -> tuple[dict[int, DataElement | None], bool]:
        """Decode all that was not; what is no value of its VR stays undecoded.

        One loop that says for plain elements what :meth:`element` says for all: a call and
        its look-ups would cost more than the decoding.

        Args:
            known: elements by tag, ``None`` for those to decode, where the element is put;
                ``None`` in place of it when nothing was decoded and nothing taken away.
            making: what is made of the bytes.

        Returns:
            ``known``, and whether all in it is decoded now.
        """
        pending = self._pending(known)
        known = {} if known is None else known
        complete = True
        buffer, order = self.encoded.buffer, self._encoding.order
        sets = self._sets or self.character_sets
        decoders, new, kind = making.plain, new_element, making.element
        to_copy = type(buffer) is not bytes
        for tag, (vr, start, length) in pending:
            decode = decoders.get(vr)  # type: ignore[arg-type]  # None is no key of it
            try:
                if decode is None or length < 0:
                    known[tag] = self.element(tag, making)
                    continue
                if length:
                    data = buffer[start : start + length]
                    value = decode(bytes(data) if to_copy else data, order, sets)  # type: ignore[arg-type]  # bytes
                else:
                    value = empty_value(vr)  # type: ignore[arg-type]  # it has a decoder
            except (ValueDecodingError, ValueError, struct.error):
                known[tag], complete = None, False
                continue
            known[tag] = element = new(kind)
            element._tag, element._value = tag, value  # noqa: SLF001 - what DataElement.of does
            element.VR = vr  # type: ignore[assignment]  # as above
            if tag & 0x10000:
                creator = (self._creators or _NO_BLOCKS).get(tag >> 8)
                element._creator = creator or self._creator(tag)  # noqa: SLF001 - as above
        if self._is_read_here:
            self._entries = None  # small, and sooner read again than kept for each of many items
        return known, complete

    def _pending(self, known: dict[int, DataElement | None] | None) -> Iterable[tuple[int, Raw]]:
        """The entries of what was not decoded yet, the VRs of public elements filled in."""
        entries = self._entries or self.entries
        pending: Iterable[tuple[int, Raw]] = entries.items()
        if known is not None:
            pending = [(tag, entries[tag]) for tag, element in known.items() if element is None]
        return pending if self._encoding.explicit else map(_with_vr, pending)

    def _undecodable(self, tag: int, vr: str, entry: Raw, error: Exception) -> ValueDecodingError:
        return ValueDecodingError(
            explanation(vr, bytes(self.field(tag)), error),
            tag=str(BaseTag(tag)),
            offset=self.encoded.offset(entry[1]),
            clause="PS3.5 6.2",
        )

    def vr(self, tag: int) -> str:
        """The VR an element has, settled where the stream does not tell it."""
        entry = self.entries[tag]
        vr = entry[0]
        if vr is None or vr == "UN":
            return self._vr(tag, entry, self._creator(tag) if tag & 0x10000 else "")
        return vr

    def settled(self, tag: int, entry: Raw) -> tuple[str, str]:
        """VR and private creator that an element has here, also one that lies elsewhere."""
        creator = self._creator(tag) if tag & 0x10000 else ""
        known = entry[0] is not None and entry[0] != "UN"
        return entry[0] if known and entry[0] else self._vr(tag, entry, creator), creator

    def header_start(self, tag: int) -> int:
        """Where the header of an element begins (PS3.5 7.1.2)."""
        vr, position, _ = self.entries[tag]
        if not self._encoding.explicit or vr not in LONG_LENGTH:
            return position - 8
        group, element, _, _ = self._encoding.explicit_header(
            self.encoded.buffer, max(position - 12, 0)
        )
        # a VR that is none may have been read as UN behind a short header
        return position - (12 if group << 16 | element == tag else 8)

    def encoding(self, entry: Raw) -> Encoding:
        """How a value is encoded: behind VR UN always implicit little (PS3.5 6.2.2)."""
        return IMPLICIT_LITTLE if entry[0] == "UN" else self._encoding

    def items_span(self, entry: Raw) -> Span:
        """Where the items of a sequence lie."""
        vr, start, length = entry
        end = start + (length if length >= 0 else ~length)
        encoding = IMPLICIT_LITTLE if vr == "UN" else self._encoding
        return _new_span(Span, (self.encoded, start, end, encoding))

    def handed_down(self) -> Inherited:
        """What the data sets nested in this one take from it."""
        entries = self.entries
        own = _CHARSET in entries or _PIXEL_REPRESENTATION in entries
        if not own and not self.inherited.overrides:
            return self.inherited
        return Inherited(self.character_sets, self._pixel_representation())

    def _vr(self, tag: int, entry: Raw, creator: str) -> str:
        """The VR of an element that was written without one, or as UN."""
        vr = known_vr(tag, creator)
        if vr == "UN" and entry[2] < 0:
            return "SQ"
        return vr if len(vr) == 2 else self._resolved(tag, vr, undefined=entry[2] < 0)

    def _resolved(self, tag: int, vr: str, *, undefined: bool) -> str:
        if undefined:
            return "OB"  # fragments of encapsulated pixel data, PS3.5 A.4
        return ambiguous.resolve(
            tag,
            vr,
            pixel_representation=self._pixel_representation(),
            bits_allocated=self._number(0x00280100),
            lut_entries=self._number(0x00283002),
        )

    def _pixel_representation(self) -> int | None:
        own = self._number(_PIXEL_REPRESENTATION)
        return self.inherited.pixel_representation if own is None else own

    def _number(self, tag: int) -> int | None:
        """The first 16-bit number of an element, for decisions about other elements."""
        entry = self.entries.get(tag)
        if entry is None or size(entry[2]) < 2:
            return None
        return int.from_bytes(self.field(tag)[:2], "little" if self._encoding.little else "big")

    @property
    def _blocks(self) -> dict[int, str]:
        """Who reserved a block, by the upper 24 bits of its tags, as far as it was asked."""
        if self._creators is None:
            self._creators = {}
        return self._creators

    def _creator(self, tag: int) -> str:
        """Who reserved the block of a private element (PS3.5 7.8.1)."""
        blocks = self._blocks
        creator = blocks.get(tag >> 8)
        if creator is None:
            entry = self.entries.get(creator_tag(tag))
            creator = ""
            if entry is not None:
                _, start, length = entry
                data = bytes(self.encoded.buffer[start : start + size(length)])
                creator = self.character_sets.decode(data).strip("\0 ")
            blocks[tag >> 8] = creator
        return creator


def creator_tag(tag: int) -> int:
    """Where the creator of a private element's block stands (PS3.5 7.8.1); 0 for none."""
    return (tag & 0xFFFF0000) | (tag >> 8 & 0xFF) if tag & 0xFF00 else 0


def known_vr(tag: int, creator: str) -> str:
    """The VR the dictionaries know for a tag; ``UN`` when they know none."""
    if not tag & 0x10000:
        return dictionary_vr(tag) or "UN"
    if BaseTag(tag).is_private_creator:
        return "LO"
    if not tag & 0xFFFF:
        return "UL"
    row = private_entry(tag, creator)
    return row.vr if row else "UN"


def items(span: Span) -> list[Span]:
    """Where each item of a sequence lies; what is wrong is reported in the buffer."""
    places, findings = read_items(span)
    if findings:
        span.encoded.report(findings)
    encoded, encoding = span.encoded, span.encoding
    return [_new_span(Span, (encoded, start, end, encoding)) for start, end in places]


def _with_vr(item: tuple[int, Raw]) -> tuple[int, Raw]:
    tag, (vr, start, length) = item
    return item if tag & 0x10000 else (tag, (vr or dictionary_vr(tag), start, length))


def size(length: int) -> int:
    """How many bytes a table's length stands for."""
    return length if length >= 0 else ~length
