r"""One element's ``Value`` array straight from its bytes (PS3.18 F.2, PS3.5 6.2).

The short way for what nobody has looked at yet: no element, no Python value in between.
An encoder gives what :mod:`isocenter.core.jsonvalues` gives for the decoded value, and
raises :class:`ValueError` for whatever is not plain, so that the long way decides about it.
Every microsecond here is paid for each element of each file: hence the repetition.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import lru_cache
from math import isfinite
from typing import Any, TypeAlias

from isocenter.core.charset import NAME_DELIMITERS, CharacterSets
from isocenter.core.encoding import Buffer
from isocenter.core.jsonvalues import LARGEST, SAFE_DIGITS, exact_decimal, person
from isocenter.standard.vr import NUMBER_CODES

Encoder: TypeAlias = Callable[[Any], list[Any]]
"""From the bytes of a value field to its ``Value`` array."""
_PADDING = "\0 "
_NO_NUMBER = "a number for Python, but none for PS3.5 table 6.2-1 or for JSON"


@lru_cache(maxsize=64)
def encoders(order: str, sets: CharacterSets, buffer: type[Buffer]) -> dict[str | None, Encoder]:
    """VR -> encoder, for every VR but SQ and those whose value is bytes.

    Args:
        order: ``"<"`` or ``">"``.
        sets: character sets for the VRs they apply to.
        buffer: the type of what the encoders are given.
    """
    whole = buffer is bytes
    table = _encoders(order, sets).items()
    return {vr: encode if whole else _of_view(encode) for vr, encode in table}


def _of_view(encode: Encoder) -> Encoder:
    return lambda data: encode(bytes(data))


def _encoders(order: str, sets: CharacterSets) -> dict[str, Encoder]:
    several, single = _texts(sets)
    return {
        **{vr: _numbers(order, code) for vr, code in NUMBER_CODES.items()},
        **{vr: _checked(_numbers(order, vr_code), _finite) for vr, vr_code in _FLOATS.items()},
        **{vr: _checked(_numbers(order, vr_code), _safe) for vr, vr_code in _LONGS.items()},
        **dict.fromkeys(("AE", "AS", "CS", "DA", "DT", "TM"), _plain),
        **dict.fromkeys(("LO", "SH", "UC"), several),
        **dict.fromkeys(("LT", "ST", "UT"), single),
        "AT": _tags(order),
        "DS": _decimals,
        "IS": _integers,
        "PN": _names(sets),
        "UI": _uids,
        "UR": _single_plain,
    }


_FLOATS = {vr: NUMBER_CODES[vr] for vr in ("FD", "FL")}
_LONGS = {vr: NUMBER_CODES[vr] for vr in ("SV", "UV")}


def _split(text: str) -> list[Any]:
    return [part.rstrip(_PADDING) or None for part in text.split("\\")]


def _plain(data: bytes) -> list[Any]:
    text = data.decode("latin_1").rstrip(_PADDING)
    if "\\" in text:
        return _split(text)
    return [text] if text else []


def _single_plain(data: bytes) -> list[Any]:
    text = data.decode("latin_1").rstrip(_PADDING)
    return [text] if text else []


def _texts(sets: CharacterSets) -> tuple[Encoder, Encoder]:
    """Encoders for text of several values, and of one."""
    decode = _decoder(sets)

    def several(data: bytes) -> list[Any]:
        text = decode(data).rstrip(_PADDING)
        if "\\" in text:
            return _split(text)
        return [text] if text else []

    def single(data: bytes) -> list[Any]:
        text = decode(data).rstrip(_PADDING)
        return [text] if text else []

    return several, single


def _decoder(sets: CharacterSets) -> Callable[[bytes], str]:
    if sets.extended:
        return sets.decode
    return lambda data: data.decode(sets.codec, "replace")


def _names(sets: CharacterSets) -> Encoder:
    def names(data: bytes) -> list[Any]:
        text = sets.decode(data, NAME_DELIMITERS).rstrip(_PADDING)
        if "\\" in text:
            return [person(part.rstrip(_PADDING).rstrip("=")) for part in text.split("\\")]
        name = person(text.rstrip("="))
        return [name] if name else []

    return names


def _uids(data: bytes) -> list[Any]:
    text = data.decode("latin_1").strip(_PADDING)
    if "\\" in text:
        return [part.strip(_PADDING) or None for part in text.split("\\")]
    return [text] if text else []


def _decimals(data: bytes) -> list[Any]:
    if len(data) > SAFE_DIGITS or b"\\" in data:
        return _several_decimals(data)
    number = float(data)
    if b"_" in data or not isfinite(number):
        raise ValueError(_NO_NUMBER)
    return [number]


def _several_decimals(data: bytes) -> list[Any]:
    parts = data.split(b"\\")
    numbers = [*map(float, parts)]
    if b"_" in data or not isfinite(sum(numbers)):
        raise ValueError(_NO_NUMBER)
    if max(map(len, parts)) > SAFE_DIGITS and any(map(_long, parts)):
        written = data.decode("ascii").split("\\")
        return [exact_decimal(part.strip(), float(part)) for part in written]
    return numbers


def _long(part: bytes) -> bool:
    """Whether there may be more digits than a double keeps: 16 with a point are 15."""
    return len(part) > SAFE_DIGITS and (len(part) > SAFE_DIGITS + 1 or part.isdigit())


def _integers(data: bytes) -> list[Any]:
    if len(data) <= SAFE_DIGITS and b"\\" not in data and b"_" not in data:
        return [int(data)]
    numbers = [*map(int, data.split(b"\\"))]
    if b"_" in data or not _safe(numbers):
        raise ValueError(_NO_NUMBER)
    return numbers


def _tags(order: str) -> Encoder:
    read = struct.Struct(order + "HH").iter_unpack
    return lambda data: [f"{group:04X}{element:04X}" for group, element in read(data)]


def _numbers(order: str, code: str) -> Encoder:
    one = struct.Struct(order + code)
    size, unpack = one.size, one.unpack

    def numbers(data: bytes) -> list[Any]:
        if len(data) == size:
            return [*unpack(data)]
        return [*struct.unpack(f"{order}{len(data) // size}{code}", data)]

    return numbers


def _checked(encode: Encoder, check: Callable[[list[Any]], bool]) -> Encoder:
    def checked(data: bytes) -> list[Any]:
        numbers = encode(data)
        if not check(numbers):
            raise ValueError("beyond what a JSON number holds")
        return numbers

    return checked


def _finite(numbers: list[float]) -> bool:
    return isfinite(sum(numbers))


def _safe(numbers: list[int]) -> bool:
    return not numbers or (min(numbers) >= -LARGEST and max(numbers) <= LARGEST)
