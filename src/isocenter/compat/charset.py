"""Character sets by the names of Python's codecs, as pydicom has them (PS3.3 C.12.1.1.2).

In: codecs, of which the first is that of Specific Character Set's first value. The work is that of
:mod:`isocenter.core.charset`, which goes by defined terms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from isocenter.compat.config import RAISE, chosen
from isocenter.compat.misc import warn_and_log
from isocenter.core.charset import (
    NAME_DELIMITERS,
    SINGLE_DELIMITERS,
    TEXT_DELIMITERS,
    CharacterSets,
    character_sets,
)

default_encoding = "iso8859"
_ONE_BYTE = {
    "100": "latin_1",
    "101": "iso8859_2",
    "109": "iso8859_3",
    "110": "iso8859_4",
    "126": "iso_ir_126",
    "127": "iso_ir_127",
    "138": "iso_ir_138",
    "144": "iso_ir_144",
    "148": "iso_ir_148",
    "166": "iso_ir_166",
    "203": "iso8859_15",
}
python_encoding = {
    "": default_encoding,
    "ISO_IR 6": default_encoding,
    "ISO 2022 IR 6": default_encoding,
    **{
        f"{kind} {number}": codec
        for number, codec in _ONE_BYTE.items()
        for kind in ("ISO_IR", "ISO 2022 IR")
    },
    "ISO_IR 13": "shift_jis",
    "ISO 2022 IR 13": "shift_jis",
    "ISO 2022 IR 58": "iso_ir_58",
    "ISO 2022 58": "GB2312",
    "ISO 2022 IR 87": "iso2022_jp",
    "ISO 2022 IR 149": "euc_kr",
    "ISO 2022 IR 159": "iso2022_jp_2",
    "ISO_IR 192": "UTF8",
    "GB18030": "GB18030",
    "GBK": "GBK",
    "ISO 2022 GBK": "GBK",
}
"""Defined terms of (0008,0005) -> Python's codec."""
_STANDALONE = {"ISO_IR 192", "GBK", "GB18030"}
"""Terms without code extensions: there is no other beside them (PS3.5 6.1.2.5.4)."""
_TERMS = {codec.lower(): term for term, codec in python_encoding.items() if "58" not in term} | {
    "latin_1": "ISO 2022 IR 100",
    "latin1": "ISO 2022 IR 100",
    "iso8859": "ISO 2022 IR 100",
    "iso8859_1": "ISO 2022 IR 100",
    "utf8": "ISO_IR 192",
    "utf_8": "ISO_IR 192",
    "utf-8": "ISO_IR 192",
    "iso_ir_58": "ISO 2022 IR 58",
    "gb2312": "ISO 2022 IR 58",
    "gbk": "GBK",
}
"""Python's codec in small letters -> a term of code extensions where there is one."""


def convert_encodings(encodings: str | Iterable[str] | None) -> list[str]:
    """Python's codecs for the terms of Specific Character Set; a codec stays what it is.

    A misspelt term is understood, an unknown one stands for the default; either with a warning.

    Raises:
        LookupError: a term is not known, and invalid values raise.
    """
    terms = [encodings] if isinstance(encodings, str) else list(encodings or [""])
    codecs = [_codec(term or "") for term in terms]
    if len(terms) > 1:
        return _without_standalone(terms, codecs)
    return codecs


def _codec(term: str) -> str:
    return python_encoding.get(term) or _understood(term)


def _understood(term: str) -> str:
    digits = re.sub("[^0-9A-Z]", "", term.upper())
    for known, codec in python_encoding.items():
        if known and re.sub("[^0-9A-Z]", "", known) == digits:
            warn_and_log(
                f"Specific Character Set {term!r} is no defined term; read as {known!r}",
                stacklevel=4,
            )
            return codec
    try:
        "".encode(term)
    except (LookupError, ValueError):
        return _unknown(term)
    return term


def _unknown(term: str) -> str:
    if chosen().reading_mode == RAISE:
        raise LookupError(f"Unknown encoding '{term}'")
    warn_and_log(f"Unknown encoding '{term}': text is read in the default repertoire", stacklevel=5)
    return default_encoding


def _without_standalone(terms: list[str], codecs: list[str]) -> list[str]:
    """UTF-8 and its like have no code extensions, and are none (PS3.5 6.1.2.5.4)."""
    if terms[0] in _STANDALONE:
        ignored = ", ".join(terms[1:])
        warn_and_log(
            f"{terms[0]!r} stands alone (PS3.3 C.12.1.1.2), so that these are left out: {ignored}",
            stacklevel=3,
        )
        return codecs[:1]
    for term in terms:
        if term in _STANDALONE:
            warn_and_log(
                f"{term!r} is none that text may switch to (PS3.3 C.12.1.1.2); it is left out",
                stacklevel=3,
            )
    return [codec for term, codec in zip(terms, codecs, strict=True) if term not in _STANDALONE]


def sets_of(encodings: Sequence[str]) -> CharacterSets | None:
    """The character sets that Python's codecs stand for; ``None`` for others than DICOM has."""
    terms = [term for codec in encodings if (term := _TERMS.get(codec.lower()))]
    if not terms or len(terms) != len(encodings):
        return None
    if len(terms) == 1 and "58" not in terms[0]:
        terms = [terms[0].replace("ISO 2022 IR", "ISO_IR")]
    return character_sets(tuple(terms))


def decode_bytes(value: bytes, encodings: Sequence[str], delimiters: Iterable[int]) -> str:
    """The text that bytes are, in codecs of which the others are designated by escapes.

    Bytes that are no text in them become U+FFFD, with a warning.

    Raises:
        UnicodeDecodeError: there are such, and invalid values raise.
        LookupError: a codec is not known, and invalid values raise.
    """
    first = encodings[0]
    sets = sets_of(encodings)
    if b"\x1b" not in value or sets is None:
        return _decoded(value, first)
    limits = NAME_DELIMITERS if 0x5E in set(delimiters) else TEXT_DELIMITERS
    text = sets.decode(value, limits)
    if "\ufffd" in text:
        return _replaced(value, encodings, text)
    return text


decode_string = decode_bytes


def _decoded(value: bytes, codec: str) -> str:
    try:
        return value.decode(codec)
    except LookupError:
        if chosen().reading_mode == RAISE:
            raise
        return value.decode(_unknown(codec))
    except UnicodeError:
        if chosen().reading_mode == RAISE:
            raise
        warn_and_log(
            f"bytes that {codec!r} does not know are shown as U+FFFD",
            stacklevel=4,
        )
        return value.decode(codec, "replace")


def _replaced(value: bytes, encodings: Sequence[str], text: str) -> str:
    if chosen().reading_mode == RAISE:
        value.decode("ascii")  # raises what says where
    named = ", ".join(encodings)
    warn_and_log(
        f"bytes that none of these encodings knows are shown as U+FFFD: {named}",
        stacklevel=4,
    )
    return text


def encode_string(value: str, encodings: Sequence[str]) -> bytes:
    """The bytes of text in the first codec that has all of it, else in several.

    Characters that none of them has become ``?``, with a warning.

    Raises:
        UnicodeEncodeError: there are such, and invalid values raise.
    """
    sets = sets_of(encodings)
    try:
        return value.encode(encodings[0]) if sets is None else _encoded(value, sets)
    except UnicodeEncodeError:
        if chosen().writing_mode == RAISE:
            raise
    named = ", ".join(encodings)
    warn_and_log(
        f"characters that none of these encodings has are written as '?': {named}",
        stacklevel=2,
    )
    return (
        value.encode(encodings[0], "replace") if sets is None else _encoded(value, sets, "replace")
    )


def _encoded(value: str, sets: CharacterSets, errors: str = "strict") -> bytes:
    return sets.encode(value, SINGLE_DELIMITERS, errors)


def decode_element(elem: Any, dicom_character_set: str | list[str] | None) -> None:
    """Decode the value of an element again, in place, in other character sets.

    Args:
        elem: an element whose VR Specific Character Set applies to; others stay as they are.
        dicom_character_set: terms of Specific Character Set, or Python's codecs.
    """
    if elem.is_empty or elem.VR not in _CUSTOMIZABLE:
        return
    encodings = convert_encodings(dicom_character_set)
    value = elem.value
    if isinstance(value, list):
        elem.value = [_again(one, elem.VR, encodings) for one in value]
    else:
        elem.value = _again(value, elem.VR, encodings)


_CUSTOMIZABLE = {"LO", "LT", "PN", "SH", "ST", "UC", "UT"}
_NAME_ENDS, _TEXT_ENDS = {0x5E}, {0x0D, 0x0A, 0x09, 0x0C}


def _again(value: Any, vr: str, encodings: list[str]) -> Any:
    if vr == "PN":
        return value.decode(encodings)
    return decode_bytes(value, encodings, _TEXT_ENDS) if isinstance(value, bytes) else value


__all__ = [
    "convert_encodings",
    "decode_bytes",
    "decode_element",
    "decode_string",
    "default_encoding",
    "encode_string",
    "python_encoding",
]
