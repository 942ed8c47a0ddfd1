r"""The pieces of one attribute object: its head, its value from its bytes (PS3.18 F.2, PS3.5 6.2).

The short way for what nobody has looked at yet: no element, no value of ours in between.
An encoder gives what :mod:`isocenter.core.jsonvalues` gives for the decoded value, and
raises :class:`ValueError` for whatever is not plain, so that the long way decides about it.
Every microsecond here is paid for each element of each file: hence the repetition.
"""

from __future__ import annotations

import struct
from array import array
from binascii import b2a_base64
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from math import isfinite
from typing import Any, TypeAlias

from isocenter.core.charset import NAME_DELIMITERS, SINGLE_DELIMITERS, CharacterSets
from isocenter.core.encoding import Buffer
from isocenter.core.jsonvalues import LARGEST, SAFE_DIGITS, exact_decimal, person
from isocenter.standard.dictionary import dictionary_vr
from isocenter.standard.vr import BYTES, LONG_LENGTH, NUMBER_CODES, SHORT_LENGTH

Encoder: TypeAlias = Callable[[Any], Sequence[Any]]
"""From the bytes of a value field to its ``Value`` array."""
ShortWay: TypeAlias = "tuple[Encoder, Heads]"
"""What an element of one VR needs to be written."""
_PADDING = "\0 "
_BACKSLASH, _UNDERSCORE = b"\\_"  # as numbers, which bytes are searched for four times as fast
_KEPT = SAFE_DIGITS + 1
"""Characters of a decimal that a double keeps, a sign or point being one of them."""
_NO_NUMBER = "a number for Python, but none for PS3.5 table 6.2-1 or for JSON"


class Heads(dict[int, bytes]):
    """What begins the attribute objects of one VR, by tag; it closes the one before.

    After a number of tags further ones are made anew each time.
    """

    __slots__ = ("_vr",)
    _MOST = 1 << 11

    def __init__(self, vr: str) -> None:
        super().__init__()
        self._vr = vr

    def __missing__(self, tag: int) -> bytes:
        made = b'},"%08X":{"vr":"%s"' % (tag, self._vr.encode())
        if len(self) < self._MOST:
            self[tag] = made
        return made


listed_vr = lru_cache(maxsize=1 << 14)(dictionary_vr)
"""The VR or VRs of the dictionary for a tag."""
VALUE, ITEMS = b',"Value":', b',"Value":['
"""What stands between a head and a value, or the items."""


def head(tag: int, vr: str) -> bytes:
    """What begins an attribute object, of any VR."""
    heads = HEADS.get(vr)
    return Heads(vr)[tag] if heads is None else heads[tag]


@lru_cache(maxsize=64)
def short_ways(
    order: str, sets: CharacterSets, buffer: type[Buffer]
) -> Mapping[str | None, ShortWay]:
    """VR -> encoder and heads, for every VR but SQ and those whose value is bytes.

    Args:
        order: ``"<"`` or ``">"``.
        sets: character sets for the VRs they apply to.
        buffer: the type of what the encoders are given.
    """
    whole = buffer is bytes
    table = _encoders(order, sets).items()
    return {vr: (encode if whole else _of_view(encode), HEADS[vr]) for vr, encode in table}


def close(pieces: list[bytes], first: int) -> None:
    """Write the end of a data set whose attribute objects begin at ``pieces[first]``."""
    if len(pieces) > first:
        pieces[first] = pieces[first][2:]  # it closes nothing
        pieces.append(b"}")
    pieces.append(b"}")


def inline(vr: str, data: bytes | memoryview, order: str) -> tuple[bytes, ...]:
    """What stands behind the head of bytes: base64 of all, in little endian order (F.2.7)."""
    if not data:
        return ()
    if order == ">" and vr in _WORDS:
        data = _swapped(data, _WORDS[vr])
    return b',"InlineBinary":"', b2a_base64(data, newline=False), b'"'


def _swapped(data: bytes | memoryview, code: str) -> bytes:
    words = array(code)
    whole = len(data) - len(data) % words.itemsize
    words.frombytes(data[:whole])
    words.byteswap()
    return words.tobytes() + bytes(data[whole:])


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


OTHERS = BYTES - {"UN"}
"""VRs that are bytes whatever the dictionary says."""
_WORDS = {"OW": "H", "OL": "I", "OF": "I", "OD": "Q", "OV": "Q"}
"""VRs of bytes whose byte order follows the transfer syntax -> ``array`` code of one."""
HEADS = {str(vr): Heads(str(vr)) for vr in (*SHORT_LENGTH, *LONG_LENGTH)}
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
        text = sets.decode(data, SINGLE_DELIMITERS).rstrip(_PADDING)
        return [text] if text else []

    return several, single


def _decoder(sets: CharacterSets) -> Callable[[bytes], str]:
    if sets.extended:
        return sets.decode
    return lambda data: data.decode(sets.codec, "replace")


def _names(sets: CharacterSets) -> Encoder:
    decode = sets.decode

    def names(data: bytes) -> list[Any]:
        text = decode(data, NAME_DELIMITERS).rstrip(_PADDING)
        if "\\" in text:
            return [person(part.rstrip(_PADDING).rstrip("=")) for part in text.split("\\")]
        if "=" not in text:
            return [{"Alphabetic": text}] if text else []
        name = person(text.rstrip("="))
        return [name] if name else []

    return names


def _uids(data: bytes) -> list[Any]:
    text = data.decode("latin_1").strip(_PADDING)
    if "\\" in text:
        return [part.strip(_PADDING) or None for part in text.split("\\")]
    return [text] if text else []


def _decimals(data: bytes) -> Sequence[Any]:
    if _BACKSLASH in data or len(data) > SAFE_DIGITS:
        return _several_decimals(data)
    number = float(data)
    if _UNDERSCORE in data or not isfinite(number):
        raise ValueError(_NO_NUMBER)
    return (number,)


def _several_decimals(data: bytes) -> list[Any]:
    parts = data.split(b"\\")
    numbers = [*map(float, parts)]
    if _UNDERSCORE in data or not isfinite(sum(numbers)):
        raise ValueError(_NO_NUMBER)
    longest = max(map(len, parts))
    if longest > SAFE_DIGITS and (longest > _KEPT or _may_be_inexact(parts, data)):
        written = data.decode("ascii").split("\\")
        return [exact_decimal(part.strip(), float(part)) for part in written]
    return numbers


def _may_be_inexact(parts: list[bytes], data: bytes) -> bool:
    """Whether 16 digits, or an exponent down to where doubles have fewer, may be in it."""
    return any(map(bytes.isdigit, parts)) or b"E" in data.upper()


def _integers(data: bytes) -> Sequence[Any]:
    if len(data) <= SAFE_DIGITS and _BACKSLASH not in data and _UNDERSCORE not in data:
        return (int(data),)
    numbers = [*map(int, data.split(b"\\"))]
    if _UNDERSCORE in data or not _safe(numbers):
        raise ValueError(_NO_NUMBER)
    return numbers


def _tags(order: str) -> Encoder:
    read = struct.Struct(order + "HH").iter_unpack
    return lambda data: [f"{group:04X}{element:04X}" for group, element in read(data)]


def _numbers(order: str, code: str) -> Encoder:
    one = struct.Struct(order + code)
    size, unpack = one.size, one.unpack

    def numbers(data: bytes) -> Sequence[Any]:
        if len(data) == size:
            return unpack(data)
        return struct.unpack(f"{order}{len(data) // size}{code}", data)

    return numbers


def _checked(encode: Encoder, check: Callable[[Sequence[Any]], bool]) -> Encoder:
    def checked(data: bytes) -> Sequence[Any]:
        numbers = encode(data)
        if not check(numbers):
            raise ValueError("beyond what a JSON number holds")
        return numbers

    return checked


def _finite(numbers: Sequence[float]) -> bool:
    return isfinite(sum(numbers))


def _safe(numbers: Sequence[int]) -> bool:
    return not numbers or (min(numbers) >= -LARGEST and max(numbers) <= LARGEST)
