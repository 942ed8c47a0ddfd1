"""What reading makes of value fields in the facade: the core's decoders, with pydicom's manners.

In: a field. Out: a value of the facade's classes. A value that its VR forbids is a warning, or an
error where the context chooses so; text that is no number stays text.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from isocenter.compat.config import RAISE, Choices, chosen
from isocenter.compat.errors import BytesLengthException
from isocenter.compat.moments import DA, DT, TM
from isocenter.compat.names import PersonName
from isocenter.compat.numbers import DS, IS, DSfloat
from isocenter.compat.rules import VALIDATORS, complain
from isocenter.compat.tag import BaseTag, Tag
from isocenter.compat.uid import UID
from isocenter.core.charset import NAME_DELIMITERS, CharacterSets
from isocenter.core.multivalue import MultiValue
from isocenter.core.values import DECODERS as CORE
from isocenter.core.values import Decoder
from isocenter.standard.vr import NUMBER_CODES

_PADDING = "\0 "
_new_float, _new_text = float.__new__, str.__new__
_MOMENTS: dict[str, Callable[..., Any]] = {"DA": DA, "DT": DT, "TM": TM}
_STACK = 7
"""Frames between the warning and who asked for the value."""


def _values(value: Any) -> Any:
    return value if isinstance(value, list) else (value,)


def _checked(vr: str, decode: Decoder) -> Decoder:
    """The core's decoder of text; values that pydicom does not take are told."""
    rule = VALIDATORS[vr]

    def decoded(data: bytes, order: str, sets: CharacterSets) -> Any:
        value = decode(data, order, sets)
        mode = chosen().reading_mode
        if mode:
            for one in _values(value):
                good, why = rule(vr, one)
                if not good:
                    complain(why, mode, stacklevel=_STACK)
        return value

    return decoded


def _moment(vr: str) -> Decoder:
    decode, make = _checked(vr, CORE[vr]), _MOMENTS[vr]

    def decoded(data: bytes, order: str, sets: CharacterSets) -> Any:
        value = decode(data, order, sets)
        if not chosen().datetime_conversion:
            return value
        if isinstance(value, list):
            return MultiValue(make, value)
        return make(value)

    return decoded


def _number_text(vr: str, make: Callable[[str, Choices], Any]) -> Decoder:
    """DS or IS: each number by ``make``; all stays text where one is none."""

    def decoded(data: bytes, order: str, sets: CharacterSets) -> Any:
        text = data.decode("latin_1").rstrip(_PADDING)
        if not text:
            return None
        choices = chosen()
        try:
            if "\\" not in text:
                return make(text, choices)
            parts = text.split("\\")
            if choices.use_DS_numpy if vr == "DS" else choices.use_IS_numpy:
                return _array(vr, parts)
            return MultiValue.of([make(part, choices) for part in parts], _MAKERS[vr])
        except (ValueError, TypeError, ArithmeticError) as error:
            if choices.reading_mode == RAISE:
                raise ValueError(str(error)) from error
            return CORE["SH"](data, order, sets)

    return decoded


def _array(vr: str, parts: list[str]) -> Any:
    """Several numbers as a numpy array, where that is chosen."""
    from numpy import array, float64, int64  # noqa: PLC0415 - only for those who ask for it

    return array(parts).astype(float64 if vr == "DS" else int64)


def _decimal(text: str, choices: Choices) -> Any:
    if choices.use_DS_decimal or len(text) > 16 or not _is_plain(text):
        return DS(text.rstrip(_PADDING))
    number = _new_float(DSfloat, text)
    number._source, number.auto_format = text, False  # noqa: SLF001 - what its __init__ does
    return number


def _is_plain(text: str) -> bool:
    return VALIDATORS["DS"]("DS", text)[0] and not text.isspace()


def _integer(text: str, choices: Choices) -> Any:
    return IS(text.rstrip(_PADDING), choices.reading_mode)


_MAKERS: dict[str, Callable[[Any], Any]] = {"DS": DS, "IS": IS}


def _uid(data: bytes, _order: str, _sets: CharacterSets) -> Any:
    text = data.decode("latin_1").rstrip(_PADDING)
    if "\\" in text:
        return MultiValue.of([UID(part.strip(_PADDING)) for part in text.split("\\")], UID)
    return UID(text)


def _name(data: bytes, _order: str, sets: CharacterSets) -> Any:
    codecs = (sets.codec, *sets.others)
    made = []
    for part in data.split(b"\\") if not sets.extended else [data]:
        text = sets.decode(part, NAME_DELIMITERS).rstrip(_PADDING)
        made += [PersonName.read(one.rstrip(_PADDING), part, codecs) for one in text.split("\\")]
    mode = chosen().reading_mode
    if mode:
        for name in made:
            good, why = VALIDATORS["PN"]("PN", str(name))
            if not good:
                complain(why, mode, stacklevel=_STACK - 1)
    return made[0] if len(made) == 1 else MultiValue.of(made, PersonName)


def _tags(data: bytes, order: str, sets: CharacterSets) -> Any:
    found = _numbers("AT")(data, order, sets)
    if isinstance(found, list):
        return MultiValue.of(map(BaseTag, found), Tag)
    return None if found is None else BaseTag(found)


def _numbers(vr: str) -> Decoder:
    decode, size = CORE[vr], 4 if vr == "AT" else struct.calcsize("<" + NUMBER_CODES[vr])

    def decoded(data: bytes, order: str, sets: CharacterSets) -> Any:
        if len(data) % size:
            raise BytesLengthException(
                f"The value has {len(data)} bytes, which are no multiple of the {size} bytes of VR {vr}."
            )
        return decode(data, order, sets)

    return decoded


DECODERS: dict[str, Decoder] = {
    **CORE,
    **{vr: _checked(vr, CORE[vr]) for vr in ("AE", "AS", "CS", "LO", "LT", "SH", "ST", "UR")},
    **{vr: _moment(vr) for vr in _MOMENTS},
    **{vr: _numbers(vr) for vr in NUMBER_CODES},
    "AT": _tags,
    "DS": _number_text("DS", _decimal),
    "IS": _number_text("IS", _integer),
    "PN": _name,
    "UI": _uid,
}
"""VR -> what turns a field into a value."""
