"""What a directory record says of its place and its file, in group 0004 (PS3.3 F.3.2.2).

In: a record. Out: its :class:`Header`. A record that nobody touched is read from its bytes
and no further than group 0004, so that it stays as it was read: small, and fit to be copied
byte for byte.
"""

from __future__ import annotations

import struct
from typing import Any, NamedTuple, TypeAlias

from isocenter.core.dataset import Dataset
from isocenter.core.reader import Raw, read_elements
from isocenter.core.stored import Stored, size

NEXT, IN_USE, LOWER = 0x00041400, 0x00041410, 0x00041420
TYPE, FILE_ID = 0x00041430, 0x00041500
SOP_CLASS, SOP_INSTANCE, SYNTAX = 0x00041510, 0x00041511, 0x00041512
_AFTER = 0x00050000
_PADDING = " \0"

FileId: TypeAlias = tuple[str, ...]
"""A File ID as its components."""


class Header(NamedTuple):
    """Group 0004 of a record: links as byte offsets, 0 for none; texts, empty for none."""

    following: int = 0
    in_use: bool = True
    lower: int = 0
    kind: str = ""
    file_id: FileId = ()
    refers: bool = False
    """Whether it refers to an instance; one that was not written yet has no File ID."""


def header(record: Dataset) -> Header:
    """The header of a record."""
    stored = record.stored
    if stored is None or not record.is_pristine:
        return Header(
            _number(record, NEXT),
            IN_USE not in record or _number(record, IN_USE) != 0,
            _number(record, LOWER),
            str(_value(record, TYPE) or ""),
            _parts(_value(record, FILE_ID)),
            FILE_ID in record or SOP_INSTANCE in record,
        )
    found = _group(stored)
    in_use = found.get(IN_USE)
    return Header(
        _raw_number(stored, found.get(NEXT)),
        in_use is None or _raw_number(stored, in_use) != 0,
        _raw_number(stored, found.get(LOWER)),
        _raw_text(stored, found.get(TYPE)),
        _raw_parts(stored, found.get(FILE_ID)),
        FILE_ID in found or SOP_INSTANCE in found,
    )


def uid(record: Dataset, tag: int) -> str:
    """One of the UIDs in group 0004, empty when there is none."""
    stored = record.stored
    if stored is None or not record.is_pristine:
        return str(_value(record, tag) or "")
    return _raw_text(stored, _group(stored).get(tag))


def may_have(record: Dataset, tag: int) -> bool:
    """Whether a record can have an element: whether its tag is anywhere in the bytes.

    Told without reading the record's table, which would be kept.
    """
    stored = record.stored
    if stored is None or not record.is_pristine:
        return True
    order = "<HH" if stored.span.encoding.little else ">HH"
    sign = struct.pack(order, tag >> 16, tag & 0xFFFF)
    return sign in bytes(stored.span.encoded.buffer[stored.span.start : stored.span.end])


def _group(stored: Stored) -> dict[int, Raw]:
    """Group 0004; where a tag out of order ends it early, the whole record."""
    found = read_elements(stored.span, _AFTER).entries
    return found if TYPE in found else read_elements(stored.span).entries


def _value(record: Dataset, tag: int) -> Any:
    element = record.get(tag)
    return None if element is None else element.value


def _number(record: Dataset, tag: int) -> int:
    found = _value(record, tag)
    return found if isinstance(found, int) else 0


def _parts(value: Any) -> FileId:
    if not value:
        return ()
    return (str(value),) if isinstance(value, str) else tuple(map(str, value))


def _raw(stored: Stored, entry: Raw) -> bytes:
    _, position, length = entry
    return bytes(stored.span.encoded.buffer[position : position + size(length)])


def _raw_number(stored: Stored, entry: Raw | None) -> int:
    if entry is None:
        return 0
    return int.from_bytes(
        _raw(stored, entry)[:4], "little" if stored.span.encoding.little else "big"
    )


def _raw_text(stored: Stored, entry: Raw | None) -> str:
    return "" if entry is None else _raw(stored, entry).decode("latin_1").strip(_PADDING)


def _raw_parts(stored: Stored, entry: Raw | None) -> FileId:
    text = _raw_text(stored, entry)
    return tuple(part.strip(_PADDING) for part in text.split("\\")) if text else ()
