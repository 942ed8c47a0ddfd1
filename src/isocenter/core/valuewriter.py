"""From Python values to the bytes of a value field (PS3.5 6.2, 6.4)."""

from __future__ import annotations

import re
import struct
from typing import Any

from isocenter.core.charset import (
    NAME_DELIMITERS,
    SINGLE_DELIMITERS,
    TEXT_DELIMITERS,
    CharacterSets,
)
from isocenter.core.element import DataElement
from isocenter.core.validation import validate
from isocenter.errors import InvalidValueError
from isocenter.standard.tag import LUT_DESCRIPTORS
from isocenter.standard.vr import BYTES, CHARSET_TEXT, NUMBER_CODES, SINGLE_TEXT


def encoded_value(
    element: DataElement, vr: str, order: str, sets: CharacterSets, *, lenient: bool
) -> bytes:
    """The value field, padded to an even length (PS3.5 6.2, 7.1.1).

    Args:
        element: the element.
        vr: its VR, settled.
        order: ``"<"`` or ``">"``.
        sets: character sets for the VRs they apply to.
        lenient: write text that breaks a rule of its VR all the same.

    Raises:
        InvalidValueError: the value does not fit; tag, value and clause are told.
    """
    value = element.value
    if vr == "SS" and element.tag in LUT_DESCRIPTORS and isinstance(value, list):
        value = [_signed(value[0]), *value[1:]]
    if value is None or (isinstance(value, str) and not value):
        return b""
    if vr in BYTES:
        value = bytes_of(value)
    try:
        if not lenient:
            validate(vr, value, sets=sets)
        return _field(vr, value, order, sets, "replace" if lenient else "strict")
    except (InvalidValueError, struct.error, OverflowError, TypeError, ValueError) as error:
        raise _named(error, element, vr) from error


def bytes_of(value: Any) -> Any:
    """What is written of a value of bytes: of a reader all that is left in it, and it stays there.

    A reader has ``read``, ``tell`` and ``seek``, as open binary files do.
    """
    if not hasattr(value, "read"):
        return value
    position = value.tell()
    found = value.read()
    value.seek(position)
    return found


def _signed(count: Any) -> Any:
    """The first number of a LUT descriptor, a count, in the bits of an SS (PS3.3 C.11.1.1.1)."""
    return count - 0x10000 if isinstance(count, int) and 0x7FFF < count < 0x10000 else count


def _named(error: Exception, element: DataElement, vr: str) -> InvalidValueError:
    if isinstance(error, InvalidValueError):
        facts = error.facts | {"tag": str(element.tag)}
        return InvalidValueError(f"{element.name}: {error.problem}", **facts)
    return InvalidValueError(
        f"{element.name}: {error}", vr=vr, tag=str(element.tag), clause="PS3.5 6.2"
    )


def _delimiters(vr: str) -> re.Pattern[bytes]:
    """What resets code extensions in text of a VR (PS3.5 6.1.2.5.3)."""
    if vr == "PN":
        return NAME_DELIMITERS
    return SINGLE_DELIMITERS if vr in SINGLE_TEXT else TEXT_DELIMITERS


def _field(vr: str, value: Any, order: str, sets: CharacterSets, errors: str) -> bytes:
    if vr in BYTES:
        return _padded(bytes(value), b"\0")
    values = list(value) if isinstance(value, list | tuple) else [value]
    if vr in NUMBER_CODES:
        return _numbers(vr, values, order)
    text = "\\".join("" if one is None else str(one) for one in values)
    if vr in CHARSET_TEXT:
        return _padded(sets.encode(text, _delimiters(vr), errors=errors), b" ")
    return _padded(
        text.encode("ascii" if errors == "strict" else "latin_1", errors), _PAD.get(vr, b" ")
    )


_PAD = {"UI": b"\0"}


def _padded(data: bytes, pad: bytes) -> bytes:
    return data + pad if len(data) % 2 else data


def _numbers(vr: str, values: list[Any], order: str) -> bytes:
    if vr == "AT":
        halves = [half for tag in values for half in (int(tag) >> 16, int(tag) & 0xFFFF)]
        return struct.pack(f"{order}{len(halves)}H", *halves)
    return struct.pack(f"{order}{len(values)}{NUMBER_CODES[vr]}", *values)
