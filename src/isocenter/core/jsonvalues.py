"""One element's ``Value`` array from its Python value (PS3.18 F.2.2 to F.2.5).

An empty value among several is ``null``, and an element without any value gives an empty
array, which stands for no ``Value`` at all. A number that a JSON number cannot hold is a
string: an integer beyond 2^53 (RFC 8259 6), a decimal of more digits than a double keeps
(F.2.3 note), and ``NaN``, ``inf``, ``-inf``, which JSON numbers cannot say.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

LARGEST = (1 << 53) - 1
"""The largest integer that every reader of JSON takes as it is (RFC 8259 6)."""
SAFE_DIGITS = 15
"""A decimal of so many characters is the same after a way through a double."""
_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")


def json_values(vr: str, value: Any) -> list[Any]:
    """The ``Value`` array of an element.

    Args:
        vr: a VR other than SQ and those whose value is bytes.
        value: the element's value, one or several.

    Raises:
        TypeError, ValueError: a value that was assigned is none of the VR.
    """
    if value is None or (isinstance(value, str) and not value):
        return []
    one: Callable[[Any], Any] = _MAKERS.get(vr, text)
    if isinstance(value, list | tuple):
        return [one(part) for part in value]
    made = one(value)
    return [] if made is None else [made]


def text(value: Any) -> str | None:
    """Text, ``null`` when there is none."""
    return str(value) or None


def integer(value: Any) -> int | str | None:
    """An integer, as text when it is beyond :data:`LARGEST`."""
    if value is None or value == "":
        return None
    return int(value) if -LARGEST <= int(value) <= LARGEST else str(value)


def floating(value: Any) -> float | str | None:
    """A binary floating point number; the names of those that are none."""
    if value is None or value == "":
        return None
    if math.isnan(value):
        return "NaN"
    return float(value) if math.isfinite(value) else str(float(value))


def decimal(value: Any) -> float | str | None:
    """A Decimal String: a number, as text when a double would change it."""
    if value is None or value == "":
        return None
    return exact_decimal(str(value), float(value))


def exact_decimal(written: str, number: float) -> float | str:
    """``number``, or what is written where that is another number."""
    if len(written) <= SAFE_DIGITS and math.isfinite(number):
        return number
    return number if Decimal(written) == Decimal(repr(number)) else written


def tag(value: Any) -> str | None:
    """An Attribute Tag as eight hexadecimal digits."""
    return None if value is None or value == "" else f"{int(value):08X}"


def person(value: Any) -> dict[str, str] | None:
    """The component groups of a name that are not empty."""
    groups = str(value).split("=")
    return {name: group for name, group in zip(_GROUPS, groups, strict=False) if group} or None


_MAKERS: dict[str, Callable[[Any], Any]] = {
    "AT": tag,
    "DS": decimal,
    "FD": floating,
    "FL": floating,
    "PN": person,
    **dict.fromkeys(("IS", "SL", "SS", "SV", "UL", "US", "UV"), integer),
}
