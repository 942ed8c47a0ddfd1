r"""From the bytes of one value field to Python values (PS3.5 6.2, 6.4).

In: a VR, the bytes, the byte order, the character sets. Out: one value, a
:class:`MultiValue` of several, or the empty value (``""`` for text, ``None`` for
numbers and bytes). Trailing padding is not part of a value.

A field that is no value of its VR raises :class:`ValueDecodingError` when it is asked
for, never before.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from math import isinf
from typing import Any, TypeAlias

from isocenter.core.charset import NAME_DELIMITERS, SINGLE_DELIMITERS, CharacterSets
from isocenter.core.multivalue import MultiValue
from isocenter.core.numberstring import IS, DSfloat
from isocenter.core.personname import PersonName
from isocenter.errors import ValueDecodingError
from isocenter.standard.tag import BaseTag
from isocenter.standard.uid import UID
from isocenter.standard.vr import BYTES, NUMBER_CODES

Decoder: TypeAlias = Callable[[bytes, str, CharacterSets], Any]
_PADDING = "\0 "
_no_number = re.compile(r"[^0-9+.eE \0\\-]").search
"""What Python would take for a part of a number and PS3.5 table 6.2-1 does not: ``1_0``, ``nan``."""
# text to object, past the checks that constructors make for users
_new_text, _new_float, _new_int = str.__new__, float.__new__, int.__new__
_NO_TEXT = BYTES | frozenset(NUMBER_CODES) | {"DS", "IS"}


def decode(vr: str, data: bytes, order: str, sets: CharacterSets) -> Any:
    """The value of a field.

    Args:
        vr: the Value Representation; one that is not known keeps its bytes.
        data: the value field.
        order: ``"<"`` or ``">"``.
        sets: character sets for the VRs they apply to.

    Raises:
        ValueDecodingError: the bytes are no value of this VR.
    """
    try:
        return DECODERS.get(vr, as_bytes)(data, order, sets)
    except (ValueError, struct.error) as error:
        raise ValueDecodingError(explanation(vr, data, error), clause="PS3.5 6.2") from error


def explanation(vr: str, data: bytes, error: Exception) -> str:
    """Why ``data`` is no value of a VR."""
    shown = data[:32].decode("latin_1")
    if vr in NUMBER_CODES:
        return f"{len(data)} bytes are no whole number of {vr} values"
    more = "…" if len(data) > 32 else ""
    return f"{shown!r}{more} is no value of VR {vr}: {error}"


def empty_value(vr: str) -> Any:
    """What a zero-length field of this VR gives."""
    return None if vr in _NO_TEXT else ""


def as_bytes(data: bytes, _order: str, _sets: CharacterSets) -> bytes:
    """The value of a VR that keeps its bytes, or that nobody knows."""
    return bytes(data)


def _plain(data: bytes, _order: str, _sets: CharacterSets) -> Any:
    text = data.decode("latin_1")
    return _split(text) if "\\" in text else text.rstrip(_PADDING)


def _text(data: bytes, _order: str, sets: CharacterSets) -> Any:
    text = sets.decode(data) if sets.extended else data.decode(sets.codec, "replace")
    return _split(text) if "\\" in text else text.rstrip(_PADDING)


def _split(text: str) -> MultiValue:
    return MultiValue([part.rstrip(_PADDING) for part in text.split("\\")])


def _single_text(data: bytes, _order: str, sets: CharacterSets) -> str:
    return sets.decode(data, SINGLE_DELIMITERS).rstrip(_PADDING)


def _single_plain(data: bytes, _order: str, _sets: CharacterSets) -> str:
    return data.decode("latin_1").rstrip(_PADDING)


def _name(data: bytes, _order: str, sets: CharacterSets) -> Any:
    text = sets.decode(data, NAME_DELIMITERS).rstrip(_PADDING)
    if "\\" not in text:
        return PersonName(text)
    return MultiValue([PersonName(part.rstrip(_PADDING)) for part in text.split("\\")])


def _uid(data: bytes, _order: str, _sets: CharacterSets) -> Any:
    text = data.decode("latin_1").rstrip(_PADDING)
    if "\\" in text:
        return MultiValue([UID(part.strip(_PADDING)) for part in text.split("\\")])
    return _new_text(UID, text.lstrip(_PADDING))


def _decimals(data: bytes, _order: str, _sets: CharacterSets) -> Any:
    text = data.decode("latin_1").rstrip(_PADDING)
    if _no_number(text):
        raise ValueError("no number")
    if "\\" in text:
        return _several(_decimal, text)
    return _decimal(text) if text else None


def _decimal(text: str) -> DSfloat:
    number = _new_float(DSfloat, text)
    number._source = text  # noqa: SLF001 - all that its __init__ does, which takes twice as long
    if isinf(number):
        raise ValueError("beyond every float")
    return number


def _integers(data: bytes, _order: str, _sets: CharacterSets) -> Any:
    text = data.decode("latin_1").rstrip(_PADDING)
    if text.isdigit() and text[0] != "0":  # no text to keep, and no need of its __new__
        return _new_int(IS, text)
    if _no_number(text):
        raise ValueError("no number")
    if "\\" in text:
        return _several(IS, text)
    return IS(text) if text else None


def _several(make: Callable[[str], Any], text: str) -> MultiValue:
    parts = text.split("\\")
    try:
        return MultiValue([make(part) for part in parts])
    except ValueError:  # one is empty, or no number
        return MultiValue([make(part) if part.strip(_PADDING) else "" for part in parts])


def _numbers(code: str) -> Decoder:
    """What decodes numbers that are ``code`` for :mod:`struct`."""
    size, one = struct.calcsize(code), {order: struct.Struct(order + code).unpack for order in "<>"}

    def numbers(data: bytes, order: str, _sets: CharacterSets) -> Any:
        if len(data) == size:
            return one[order](data)[0]
        count, rest = divmod(len(data), size)
        if rest:
            raise ValueError(f"{size} bytes each")
        return MultiValue(struct.unpack(f"{order}{count}{code}", data)) if count else None

    return numbers


def _tags(data: bytes, order: str, _sets: CharacterSets) -> Any:
    count, rest = divmod(len(data), 4)
    if rest:
        raise ValueError("4 bytes each")
    halves = struct.unpack(f"{order}{2 * count}H", data)
    tags = [
        BaseTag(group << 16 | number)
        for group, number in zip(halves[::2], halves[1::2], strict=True)
    ]
    if count == 1:
        return tags[0]
    return MultiValue(tags) if count else None


DECODERS: dict[str, Decoder] = {
    "AE": _plain,
    "AS": _plain,
    "AT": _tags,
    "CS": _plain,
    "DA": _plain,
    "DS": _decimals,
    "DT": _plain,
    "IS": _integers,
    "LO": _text,
    "LT": _single_text,
    "PN": _name,
    "SH": _text,
    "ST": _single_text,
    "TM": _plain,
    "UC": _text,
    "UI": _uid,
    "UR": _single_plain,
    "UT": _single_text,
    **{vr: _numbers(code) for vr, code in NUMBER_CODES.items() if vr != "AT"},
}
"""What turns a field into a value; raises ``ValueError`` or ``struct.error`` when it is none."""
