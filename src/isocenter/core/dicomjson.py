"""From a data set to the DICOM JSON Model (PS3.18 F.2).

What lies undecoded in a buffer is turned into JSON from its bytes; everything else, and
whatever is not plain there, by way of its element. Nesting is followed with a list, never
with the stack.
"""

from __future__ import annotations

import struct
from array import array
from binascii import b2a_base64
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import orjson

from isocenter.core import ambiguous
from isocenter.core.dataset import Dataset
from isocenter.core.deepjson import Model, deep_text
from isocenter.core.element import DataElement
from isocenter.core.encoding import Buffer, Span
from isocenter.core.jsonbytes import Encoder, encoders
from isocenter.core.jsonvalues import json_values
from isocenter.core.reader import Raw
from isocenter.core.stored import Inherited, Stored, items
from isocenter.errors import DicomError, UsageError
from isocenter.standard.dictionary import dictionary_vr
from isocenter.standard.uid import EXPLICIT_BIG
from isocenter.standard.vr import BYTES

BulkDataHandler: TypeAlias = Callable[[DataElement], str]
DumpHandler: TypeAlias = Callable[[Model], str]
Attribute: TypeAlias = dict[str, Any]
Pending: TypeAlias = "list[tuple[_Level, Model]]"

_WORDS = {"OW": "H", "OL": "I", "OF": "I", "OD": "Q", "OV": "Q"}
"""VRs of bytes whose byte order follows the transfer syntax -> ``array`` code of one."""
_OTHERS = BYTES - {"UN"}
"""VRs that are bytes whatever the dictionary says."""


@dataclass(frozen=True, slots=True)
class _Options:
    largest_inline: int
    handler: BulkDataHandler | None
    suppress: bool
    order: str
    """The byte order of words in data sets that lie in no buffer."""


def to_json_dict(
    dataset: Dataset,
    bulk_data_threshold: int = 1024,
    bulk_data_element_handler: BulkDataHandler | None = None,
    suppress_invalid_tags: bool = False,  # noqa: FBT001, FBT002 - pydicom's signature
) -> Model:
    """The DICOM JSON Model object of a data set, as Python dictionaries (PS3.18 F.2.2).

    Keys are in ascending order. Group lengths are left out; File Meta Information is no
    part of a data set.

    Args:
        dataset: the data set; it is not changed.
        bulk_data_threshold: characters of base64 above which a value of bytes goes to
            ``bulk_data_element_handler``; without a handler all are ``InlineBinary``.
        bulk_data_element_handler: takes an element and returns its ``BulkDataURI``.
        suppress_invalid_tags: leave out elements that cannot be decoded, nested ones
            too, instead of raising.

    Raises:
        ValueDecodingError: an element's bytes are no value of its VR; names its tag.
    """
    largest = bulk_data_threshold // 4 * 3  # base64 makes four characters of three bytes
    options = _Options(largest, bulk_data_element_handler, suppress_invalid_tags, _order(dataset))
    model: Model = {}
    pending: Pending = [(_Level.of(dataset), model)]
    while pending:
        level, empty = pending.pop()
        _fill(level, empty, options, pending)
    return model


def to_json(
    dataset: Dataset,
    bulk_data_threshold: int = 1024,
    bulk_data_element_handler: BulkDataHandler | None = None,
    dump_handler: DumpHandler | None = None,
    suppress_invalid_tags: bool = False,  # noqa: FBT001, FBT002 - pydicom's signature
) -> str:
    """The DICOM JSON text of a data set (PS3.18 F.2), compact, characters as they are.

    Args:
        dataset: as for :func:`to_json_dict`, like the others below.
        bulk_data_threshold: see there.
        bulk_data_element_handler: see there.
        dump_handler: takes the dictionary and returns the text, in place of orjson.
        suppress_invalid_tags: see there.

    Raises:
        ValueDecodingError: an element's bytes are no value of its VR; names its tag.
        UsageError: a value that was assigned is nothing that JSON has.
    """
    model = to_json_dict(
        dataset, bulk_data_threshold, bulk_data_element_handler, suppress_invalid_tags
    )
    return (dump_handler or _text)(model)


def _order(dataset: Dataset) -> str:
    """The byte order of words: that of the buffer, else what the transfer syntax says."""
    if dataset.stored is not None:
        return dataset.stored.span.encoding.order
    meta = getattr(dataset, "file_meta", None) or {}
    return ">" if meta.get("TransferSyntaxUID") == EXPLICIT_BIG else "<"


def _text(model: Model) -> str:
    try:
        return orjson.dumps(model).decode()
    except orjson.JSONEncodeError:
        pass  # nested too deep for it, or really no JSON
    try:
        return deep_text(model)
    except orjson.JSONEncodeError as error:
        raise UsageError(f"a value of the data set cannot be written as JSON: {error}") from error


class _Level(NamedTuple):
    """One data set: its two sides. A nested one that nobody looked at has only the first."""

    stored: Stored | None
    elements: dict[int, DataElement | None]

    @classmethod
    def of(cls, dataset: Dataset) -> _Level:
        return cls(dataset.stored, dataset._elements)  # noqa: SLF001 - looking decodes nothing

    @classmethod
    def undecoded(cls, stored: Stored) -> _Level:
        return cls(stored, dict.fromkeys(stored.entries))

    def element(self, tag: int) -> DataElement:
        """An element, decoded for this once where it was not."""
        known = self.elements[tag]
        if known is not None:
            return known
        assert self.stored is not None  # noqa: S101 - only what is stored is undecoded
        return self.stored.element(tag, _undecoded_items)

    def order(self, tag: int) -> str | None:
        """The byte order of what was read; the words of a value stay in it."""
        if self.stored is None:
            return None
        entry = self.stored.entries.get(tag)
        return (self.stored.encoding(entry) if entry else self.stored.span.encoding).order

    def number(self, tag: int) -> int | None:
        return self.element(tag).value if tag in self.elements else None


def _undecoded_items(span: Span, inherited: Inherited) -> list[Stored]:
    return [Stored(place, inherited) for place in items(span)]


def _fill(level: _Level, model: Model, options: _Options, pending: Pending) -> None:
    """Put the attribute objects of one level into ``model``, its items into ``pending``."""
    stored, elements = level
    entries, buffer, known = _short_ways(stored)
    for tag in sorted(elements):
        if not tag & 0xFFFF:
            continue  # group lengths, F.2.2
        if elements[tag] is None:
            vr, start, length = entries[tag]
            if vr is None:
                vr = _listed_vr(tag)
            encode = known.get(vr)
            if encode is not None:
                try:
                    values = encode(buffer[start : start + length])
                except (ValueError, struct.error):
                    pass  # not plain
                else:
                    model[_key(tag)] = {"vr": vr, "Value": values} if values else {"vr": vr}
                    continue
            elif vr == "SQ" and stored is not None:
                model[_key(tag)] = _undecoded_sequence(stored, entries[tag], pending)
                continue
        attribute = _long_way(level, tag, options, pending)
        if attribute is not None:
            model[_key(tag)] = attribute


def _short_ways(
    stored: Stored | None,
) -> tuple[dict[int, Raw], Buffer, dict[str | None, Encoder]]:
    """Element table and buffer, and how bytes become JSON without an element in between."""
    if stored is None:
        return {}, b"", {}
    buffer, order = stored.span.encoded.buffer, stored.span.encoding.order
    return stored.entries, buffer, encoders(order, stored.character_sets, type(buffer))


@lru_cache(maxsize=1 << 14)
def _key(tag: int) -> str:
    return f"{tag:08X}"


_listed_vr = lru_cache(maxsize=1 << 14)(dictionary_vr)


def _undecoded_sequence(stored: Stored, entry: Raw, pending: Pending) -> Attribute:
    """A sequence nobody looked into: its items are no data sets yet, and need not be."""
    inherited, models = stored.handed_down(), []
    for place in items(stored.items_span(entry)):
        model: Model = {}
        models.append(model)
        pending.append((_Level.undecoded(Stored(place, inherited)), model))
    return {"vr": "SQ", "Value": models} if models else {"vr": "SQ"}


def _long_way(level: _Level, tag: int, options: _Options, pending: Pending) -> Attribute | None:
    """The attribute object by way of the element; ``None`` when it is to be left out."""
    if level.elements[tag] is None and level.stored and not options.handler:
        vr = level.stored.entries[tag][0]
        if vr in _OTHERS:
            return _inline(vr, level.stored.field(tag), level.stored.span.encoding.order)
    try:
        element = level.element(tag)
    except DicomError:
        if options.suppress:
            return None
        raise
    vr = _settled(level, element)
    if vr == "SQ":
        return _sequence(element, pending)
    if vr in BYTES:
        return _binary(element, vr, options, level.order(tag) or options.order)
    return _plain(element, vr)


def _settled(level: _Level, element: DataElement) -> str:
    """One VR: a new element may have several until it is written (PS3.5 A, annex notes)."""
    if len(element.VR) == 2:
        return element.VR
    return ambiguous.resolve(
        element.tag,
        element.VR,
        pixel_representation=level.number(0x00280103),
        bits_allocated=level.number(0x00280100),
        lut_entries=None if isinstance(element.value, bytes) else 1,
    )


def _sequence(element: DataElement, pending: Pending) -> Attribute:
    models: list[Model] = [{} for _ in element.value]
    for item, model in zip(element.value, models, strict=True):
        level = _Level.undecoded(item) if isinstance(item, Stored) else _Level.of(item)
        pending.append((level, model))
    return {"vr": "SQ", "Value": models} if models else {"vr": "SQ"}


def _plain(element: DataElement, vr: str) -> Attribute:
    try:
        values = json_values(vr, element.value)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{element.tag} has a value that is none of VR {vr}: {error}") from error
    return {"vr": vr, "Value": values} if values else {"vr": vr}


def _binary(element: DataElement, vr: str, options: _Options, order: str) -> Attribute:
    data = element.value or b""
    if options.handler is not None and len(data) > options.largest_inline:
        return {"vr": vr, "BulkDataURI": options.handler(element)}
    return _inline(vr, data, order)


def _inline(vr: str, data: bytes | memoryview, order: str) -> Attribute:
    """All of the value field in base64, in little endian byte order (F.2.7)."""
    if not data:
        return {"vr": vr}
    if order == ">" and vr in _WORDS:
        data = _swapped(data, _WORDS[vr])
    return {"vr": vr, "InlineBinary": b2a_base64(data, newline=False).decode("ascii")}


def _swapped(data: bytes | memoryview, code: str) -> bytes:
    words = array(code)
    whole = len(data) - len(data) % words.itemsize
    words.frombytes(data[:whole])
    words.byteswap()
    return words.tobytes() + bytes(data[whole:])
