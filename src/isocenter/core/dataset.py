"""Data sets: ordered elements whose values are decoded when asked for (PS3.5 7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, overload

from isocenter.core import ambiguous
from isocenter.core.charset import DEFAULT, CharacterSets, character_sets
from isocenter.core.element import DataElement
from isocenter.core.encoding import IMPLICIT_LITTLE, Encoding, Span
from isocenter.core.listing import lines
from isocenter.core.nesting import read_items
from isocenter.core.reader import Elements, Raw, read_elements
from isocenter.core.values import decode, empty_value
from isocenter.errors import Finding, UsageError, ValueDecodingError
from isocenter.standard.dictionary import dictionary_vr, private_entry
from isocenter.standard.tag import BaseTag, Tag, TagLike, keyword_tags

_CHARSET = 0x00080005


class Inherited(NamedTuple):
    """What a nested data set takes from the one around it."""

    sets: CharacterSets = DEFAULT
    pixel_representation: int | None = None


class Sequence(list["Dataset"]):
    """The items of an SQ element (PS3.5 7.5)."""

    __slots__ = ()


class Dataset:
    """Elements in tag order. Look them up by keyword, tag or pair of numbers.

    ``ds.Rows`` is a value, ``ds[0x0028, 0x0010]`` a :class:`DataElement`. Nothing is
    decoded, and no nested data set is read, before it is asked for. Asking for a value
    that its bytes do not give raises :class:`ValueDecodingError` with tag and offset.
    """

    def __init__(self, span: Span | None = None, inherited: Inherited | None = None) -> None:
        self._span = span
        self._inherited = inherited or Inherited()
        self._table: dict[int, Raw] | None = None if span else {}
        self._decoded: dict[int, DataElement] = {}
        self._sets: CharacterSets | None = None

    @classmethod
    def of(cls, elements: Elements, span: Span) -> Dataset:
        """A data set whose element table was read already."""
        dataset = cls(span)
        dataset._adopt(elements)
        return dataset

    def _adopt(self, elements: Elements) -> None:
        assert self._span is not None  # noqa: S101 - only data sets in a buffer are read
        self._span.encoded.report(elements.findings)
        self._table = elements.entries

    @property
    def _entries(self) -> dict[int, Raw]:
        if self._table is None:
            assert self._span is not None  # noqa: S101 - see __init__
            self._adopt(read_elements(self._span))
        return self._table  # type: ignore[return-value]  # set just above

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was wrong in the bytes read so far, nested data sets included."""
        if self._span is None:
            return ()
        self._span.encoded.report(self.character_sets.findings)
        return tuple(self._span.encoded.findings)

    @property
    def character_sets(self) -> CharacterSets:
        """The character sets in force: this data set's, else those around it."""
        if self._sets is None:
            raw = self._entries.get(_CHARSET)
            self._sets = self._inherited.sets if raw is None else self._declared_sets()
        return self._sets

    def _declared_sets(self) -> CharacterSets:
        assert self._span is not None  # noqa: S101 - raw entries exist only in a buffer
        data = bytes(self.raw(_CHARSET)).decode("latin_1")
        sets = character_sets(tuple(term.strip("\0 ") for term in data.split("\\")))
        self._span.encoded.report(sets.findings)
        return sets

    def raw(self, tag: TagLike) -> memoryview:
        """The value field's bytes, not copied; for a sequence its items.

        Raises:
            KeyError: the element is absent.
        """
        return self._field(self._entries[Tag(tag)])

    def _field(self, entry: Raw) -> memoryview:
        assert self._span is not None  # noqa: S101 - raw entries exist only in a buffer
        _, position, length = entry
        return memoryview(self._span.encoded.buffer)[position : position + size(length)]

    def __contains__(self, key: object) -> bool:
        if isinstance(key, tuple | str):
            try:
                key = Tag(key)
            except UsageError:
                return False
        return key in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def __bool__(self) -> bool:
        return bool(self._entries)

    def keys(self) -> list[BaseTag]:
        """The tags, in tag order."""
        return [BaseTag(tag) for tag in sorted(self._entries)]

    def __iter__(self) -> Iterator[DataElement]:
        return (self._element(tag) for tag in sorted(self._entries))

    def readable(self) -> Iterator[DataElement | ValueDecodingError]:
        """Every element in tag order, the error in place of one that cannot be decoded."""
        for tag in sorted(self._entries):
            try:
                yield self._element(tag)
            except ValueDecodingError as error:
                yield error

    def __getitem__(self, key: TagLike) -> DataElement:
        return self._element(Tag(key))

    def __getattr__(self, name: str) -> Any:
        tag = None if name.startswith("_") else keyword_tags().get(name)
        if tag is None:
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        if tag not in self._entries:
            raise AttributeError(f"{name} {BaseTag(tag)} is not in this data set")
        return self._element(tag).value

    @overload
    def get(self, key: str, default: Any = None) -> Any: ...
    @overload
    def get(self, key: int | tuple[int, int], default: Any = None) -> DataElement | Any: ...
    def get(self, key: TagLike, default: Any = None) -> Any:
        """The value of a keyword, the element of a tag; ``default`` when absent."""
        if isinstance(key, str):
            tag = keyword_tags().get(key)
            return default if tag not in self._entries else self._element(tag).value
        tag = Tag(key)
        return self._element(tag) if tag in self._entries else default

    def _element(self, tag: int) -> DataElement:
        element = self._decoded.get(tag)
        if element is None:
            element = self._decode(tag, self._entries[tag])
            self._decoded[tag] = element
        return element

    def _decode(self, tag: int, entry: Raw) -> DataElement:
        creator = self._private_creator(tag) if tag & 0x10000 else ""
        vr = entry[0]
        if vr is None or vr == "UN":
            vr = self._vr(tag, entry, creator)
        if vr == "SQ":
            return DataElement(tag, vr, self._sequence(entry), creator)
        if not entry[2]:
            return DataElement(tag, vr, empty_value(vr), creator)
        return DataElement(tag, vr, self._value(tag, vr, entry), creator)

    def _encoding(self, entry: Raw) -> Encoding:
        """How a value is encoded: behind VR UN always implicit little (PS3.5 6.2.2)."""
        assert self._span is not None  # noqa: S101 - raw entries exist only in a buffer
        return IMPLICIT_LITTLE if entry[0] == "UN" else self._span.encoding

    def _value(self, tag: int, vr: str, entry: Raw) -> Any:
        assert self._span is not None  # noqa: S101 - raw entries exist only in a buffer
        span = self._span
        _, start, length = entry
        data = bytes(span.encoded.buffer[start : start + size(length)])
        sets = self._sets or self.character_sets
        try:
            return decode(vr, data, self._encoding(entry).order, sets)
        except ValueDecodingError as error:
            raise ValueDecodingError(
                error.problem,
                tag=str(BaseTag(tag)),
                offset=span.encoded.offset(entry[1]),
                clause=error.clause,
            ) from error

    def _sequence(self, entry: Raw) -> Sequence:
        assert self._span is not None  # noqa: S101 - raw entries exist only in a buffer
        encoded, encoding = self._span.encoded, self._encoding(entry)
        _, start, length = entry
        items, findings = read_items(Span(encoded, start, start + size(length), encoding))
        encoded.report(findings)
        inherited = Inherited(self.character_sets, self._pixel_representation())
        return Sequence(
            Dataset(Span(encoded, begin, end, encoding), inherited) for begin, end in items
        )

    def _vr(self, tag: int, entry: Raw, creator: str) -> str:
        """The VR of an element that was written without one, or as UN."""
        vr = self._dictionary_vr(tag, creator)
        if vr == "UN" and entry[2] < 0:
            return "SQ"
        return vr if len(vr) == 2 else self._resolved(tag, vr, undefined=entry[2] < 0)

    def _dictionary_vr(self, tag: int, creator: str) -> str:
        if not tag & 0x10000:
            return dictionary_vr(tag) or "UN"
        if BaseTag(tag).is_private_creator:
            return "LO"
        if not tag & 0xFFFF:
            return "UL"
        row = private_entry(tag, creator)
        return row.vr if row else "UN"

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
        own = self._number(0x00280103)
        return self._inherited.pixel_representation if own is None else own

    def _number(self, tag: int) -> int | None:
        """The first 16-bit number of an element, for decisions about other elements."""
        entry = self._entries.get(tag)
        if entry is None or size(entry[2]) < 2 or self._span is None:
            return None
        order = "little" if self._span.encoding.little else "big"
        return int.from_bytes(self._field(entry)[:2], order)  # type: ignore[arg-type]

    def _private_creator(self, tag: int) -> str:
        """Who reserved the block of a private element (PS3.5 7.8.1)."""
        if not tag & 0xFF00:
            return ""
        creator = self._entries.get((tag & 0xFFFF0000) | (tag >> 8 & 0xFF))
        if creator is None:
            return ""
        return self.character_sets.decode(bytes(self._field(creator))).strip("\0 ")

    def __str__(self) -> str:
        return "\n".join(lines(self.readable()))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Dataset):
            return NotImplemented
        pending = [(self, other)]  # nesting may be deeper than the stack
        while pending:
            mine, theirs = pending.pop()
            if mine.keys() != theirs.keys():
                return False
            for one, two in zip(mine, theirs, strict=True):
                if not one.VR == two.VR == "SQ":
                    if one != two:
                        return False
                elif len(one.value) != len(two.value):
                    return False
                else:
                    pending.extend(zip(one.value, two.value, strict=True))
        return True

    __hash__ = None  # type: ignore[assignment]  # equality is by content


def size(length: int) -> int:
    """How many bytes a table's length stands for."""
    return length if length >= 0 else ~length
