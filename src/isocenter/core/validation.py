r"""Whether a value fits its VR: asked before it is written (PS3.5 6.2, table 6.2-1).

Each VR made of text has a row of rules; the first that the text breaks is told. The
other VRs are numbers, whose range is asked of ``struct``, and bytes, whose length is
counted in words.

Text in which a backslash separates values (PS3.5 6.4) is asked value by value. Inside
one of a list of values a backslash is an error: it would make two of it.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from isocenter.core.numberstring import is_valid_ds
from isocenter.core.personname import PersonName
from isocenter.core.temporal import DA, DT, TM
from isocenter.errors import InvalidValueError
from isocenter.standard.vr import BYTES, CHARSET_TEXT, NUMBER_CODES, SINGLE_TEXT, TEXT

_TABLE = "PS3.5 6.2"
_SHOWN = 40
_IS_RANGE = range(-(2**31), 2**31)


class Encoder(Protocol):
    """What writes text: the character sets of a data set."""

    def encode(self, text: str) -> bytes:
        """The bytes; raises :class:`UnicodeEncodeError` when a character is in no set."""


class Rule(NamedTuple):
    """What one value of a VR must satisfy."""

    says: str
    holds: Callable[[str], object]
    """Something true when the text satisfies it."""
    clause: str = _TABLE
    is_of_length: bool = False
    """Whether it says how long a value may be."""


def _at_most(count: int) -> Rule:
    return Rule(f"at most {count} characters", lambda text: len(text) <= count, is_of_length=True)


def _form(says: str, pattern: str, clause: str = _TABLE) -> Rule:
    return Rule(says, re.compile(pattern).fullmatch, clause)


def _made_by(make: Callable[[str], object], says: str) -> Rule:
    def holds(text: str) -> bool:
        try:
            make(text)
        except ValueError:
            return False
        return True

    return Rule(says, holds)


def _each_group(says: str, holds: Callable[[str], bool], *, is_of_length: bool = False) -> Rule:
    return Rule(says, lambda text: all(map(holds, text.split("="))), "PS3.5 6.2.1", is_of_length)


_NO_CONTROLS = _form(
    "no control characters and no backslash", r"[^\x00-\x1f\x7f-\x9f\\]*", "PS3.5 6.1.3"
)
_NO_CONTROLS_BUT_FORMAT = _form(
    "no control characters but TAB, LF, FF and CR",
    r"[^\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]*",
    "PS3.5 6.1.3",
)
_ASCII = _form(
    "characters of the default repertoire, no backslash", r"[ -\[\]-~]*", "PS3.5 6.1.2.1"
)

RULES: dict[str, tuple[Rule, ...]] = {
    "AE": (_at_most(16), _ASCII, Rule("not only spaces", str.strip)),
    "AS": (_form("three digits and one of D, W, M, Y", "[0-9]{3}[DWMY]"),),
    "CS": (_at_most(16), _form("A to Z, 0 to 9, space and underscore", "[A-Z0-9 _]*")),
    "DA": (_form("eight digits, YYYYMMDD", "[0-9]{8}"), _made_by(DA, "a day of the calendar")),
    "DS": (
        _at_most(16),
        Rule("a fixed or floating point number, no blanks inside", is_valid_ds),
    ),
    "DT": (
        _at_most(26),
        _form("YYYYMMDDHHMMSS.FFFFFF&ZZXX, cut off at the end", r"[0-9.+-]* *"),
        _made_by(DT, "a date, a time and an offset from UTC that exist"),
    ),
    "IS": (
        _at_most(12),
        _form("digits with an optional sign, no blanks inside", " *[+-]?[0-9]+ *"),
        Rule("from -2^31 to 2^31 - 1", lambda text: int(text) in _IS_RANGE),
    ),
    "LO": (_at_most(64), _NO_CONTROLS),
    "LT": (_at_most(10240), _NO_CONTROLS_BUT_FORMAT),
    "PN": (
        Rule("at most three component groups", lambda text: text.count("=") < 3, "PS3.5 6.2.1"),
        _each_group(
            "at most 64 characters in a component group",
            lambda group: len(group) <= 64,
            is_of_length=True,
        ),
        _each_group("at most five components in a group", lambda group: group.count("^") < 5),
        _NO_CONTROLS,
    ),
    "SH": (_at_most(16), _NO_CONTROLS),
    "ST": (_at_most(1024), _NO_CONTROLS_BUT_FORMAT),
    "TM": (
        _at_most(14),
        _form("HHMMSS.FFFFFF, cut off at the end", r"[0-9.]* *"),
        _made_by(TM, "a time of the day"),
    ),
    "UC": (_NO_CONTROLS,),
    "UI": (
        _at_most(64),
        _form(
            "numbers with dots between, no leading zeros",
            r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))*",
            "PS3.5 9.1",
        ),
    ),
    "UR": (
        _form(
            "characters of a URI, no spaces before them",
            r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]* *",
            "PS3.5 6.2.3",
        ),
    ),
    "UT": (_NO_CONTROLS_BUT_FORMAT,),
}
"""VR -> what its text must satisfy, in the order it is asked."""

_KINDS: dict[str, tuple[type, ...]] = {
    "DA": (str, date),
    "DS": (str, int, float, Decimal),
    "DT": (str, datetime),
    "IS": (str, int, float, Decimal),
    "PN": (str, PersonName),
    "TM": (str, time),
}
_WORDS = {"OD": 8, "OF": 4, "OL": 4, "OV": 8, "OW": 2}
_CODES = {**NUMBER_CODES, "AT": "I"}


def validate(vr: str, value: Any, *, sets: Encoder | None = None) -> None:
    """Nothing, when the value may be written under this VR; no value at all always may.

    Args:
        vr: the Value Representation.
        value: one value, a list or tuple of them, or the text of the whole field.
            Sequences are not looked into.
        sets: what writes the text; asked whether it knows the characters of those VRs
            that Specific Character Set applies to. ``None`` does not ask.

    Raises:
        InvalidValueError: it may not; says the value, the VR, the rule and its clause.
    """
    if value is None or vr == "SQ":
        return
    if vr in TEXT:
        for one in _values(vr, value):
            _validate_text(vr, one, sets)
    elif vr in _CODES:
        _validate_numbers(vr, value if isinstance(value, list | tuple) else [value])
    elif vr in BYTES:
        _validate_bytes(vr, value)
    else:
        raise _broken(vr, value, "a VR of table 6.2-1")


def broken_rules(vr: str, text: str) -> list[Rule]:
    """The rules that one value without padding breaks: those of its length, and the first other.

    Of a VR that is no text there are none.
    """
    broken: list[Rule] = []
    for rule in RULES.get(vr, ()):
        if not rule.holds(text):  # the later ones take for granted that the earlier hold
            broken.append(rule)
            if not rule.is_of_length:
                break
    return broken


def _values(vr: str, value: Any) -> Sequence[Any]:
    if isinstance(value, str):
        several = "\\" in value and vr not in SINGLE_TEXT
        return value.split("\\") if several else (value,)
    if not isinstance(value, list | tuple):
        return (value,)
    if vr in SINGLE_TEXT and len(value) > 1:
        raise _broken(vr, value, "one value only", "PS3.5 6.4")
    return value


def _validate_text(vr: str, value: Any, sets: Encoder | None) -> None:
    text = value if type(value) is str else _as_text(vr, value)
    if not text:
        return
    for rule in RULES[vr]:
        if not rule.holds(text):
            raise _broken(vr, text, rule.says, rule.clause)
    if sets is not None and not text.isascii() and vr in CHARSET_TEXT:
        _validate_characters(vr, text, sets)


def _as_text(vr: str, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, _KINDS.get(vr, (str,))):
        raise _broken(vr, value, f"text, not {type(value).__name__}")
    return str(value)


def _validate_characters(vr: str, text: str, sets: Encoder) -> None:
    try:
        sets.encode(text)
    except UnicodeEncodeError as error:
        foreign = error.object[error.start : error.end]
        rule = f"characters of the Specific Character Set (0008,0005), which has no {foreign!r}"
        raise _broken(vr, text, rule, "PS3.5 6.1.2.3") from error


def _validate_numbers(vr: str, values: Sequence[Any]) -> None:
    try:
        struct.pack(f"<{len(values)}{_CODES[vr]}", *values)
    except (struct.error, OverflowError, TypeError):
        culprit = next((one for one in values if not _fits(vr, one)), values)
        raise _broken(vr, culprit, _number_rule(vr)) from None


def _fits(vr: str, number: Any) -> bool:
    try:
        struct.pack("<" + _CODES[vr], number)
    except (struct.error, OverflowError, TypeError):
        return False
    return True


def _number_rule(vr: str) -> str:
    code = _CODES[vr]
    bits = 8 * struct.calcsize("<" + code)
    if code in "fd":
        return f"a number that a {bits}-bit float can be"
    low, high = (f"-2^{bits - 1}", bits - 1) if code.islower() else ("0", bits)
    return f"a whole number from {low} to 2^{high} - 1"


def _validate_bytes(vr: str, value: Any) -> None:
    try:
        view = memoryview(value)
    except TypeError:
        if value == "":
            return
        raise _broken(vr, value, f"bytes, not {type(value).__name__}") from None
    if view.ndim != 1:
        rule = (
            "bytes, not an array of rows; its tobytes(), or set_pixel_data for pixels, gives them"
        )
        raise _broken(vr, f"{type(value).__name__} of {view.shape}", rule)
    size = view.nbytes
    word = _WORDS.get(vr, 1)
    if size % word:
        raise _broken(vr, value, f"words of {word} bytes, not {size} bytes")


def _broken(vr: str, value: Any, rule: str, clause: str = _TABLE) -> InvalidValueError:
    shown = _shown(value)
    return InvalidValueError(
        f"{shown} is no value of VR {vr}, which takes {rule}",
        vr=vr,
        value=shown,
        rule=rule,
        clause=clause,
    )


def _shown(value: Any) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        value = bytes(value[:_SHOWN])
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
