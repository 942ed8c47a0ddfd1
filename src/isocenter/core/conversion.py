"""From what a user assigns to what an element holds (PS3.5 6.2).

In: a VR and any sensible Python value: a number, text, a date, a list. Out: the value as
reading would give it. Whether it fits its VR is asked when it is written, not here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from isocenter.core.multivalue import MultiValue
from isocenter.core.numberstring import IS, DSfloat
from isocenter.core.personname import PersonName
from isocenter.core.values import empty_value
from isocenter.errors import UsageError
from isocenter.standard.tag import Tag
from isocenter.standard.uid import UID
from isocenter.standard.vr import BYTES, SINGLE_TEXT, TEXT


def converted(vr: str, value: Any) -> Any:
    """The value as an element of this VR holds it.

    Raises:
        UsageError: the value is of a kind that no element of this VR can hold.
    """
    if vr == "SQ" or vr in BYTES or " or " in vr:
        return value
    if isinstance(value, str) and "\\" in value and vr in TEXT and vr not in SINGLE_TEXT:
        value = value.split("\\")
    if isinstance(value, list | tuple):
        return _several(vr, value)
    return _one(vr, value)


def _several(vr: str, values: list[Any] | tuple[Any, ...]) -> Any:
    if not values:
        return empty_value(vr)
    if len(values) == 1:
        return _one(vr, values[0])
    return MultiValue.of([_one(vr, value) for value in values], _MAKERS.get(vr))


def _one(vr: str, value: Any) -> Any:
    if value is None or value == "":
        return empty_value(vr) if value is None else value
    make: Callable[[Any], Any] = _MAKERS.get(vr, _text if vr in TEXT else _same)
    try:
        return make(value)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{value!r} cannot be a value of VR {vr}: {error}") from error


def _same(value: Any) -> Any:
    return value


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("latin_1")
    raise TypeError(f"text was expected, not {type(value).__name__}")


def _date(value: Any) -> str:
    return f"{value:%Y%m%d}" if isinstance(value, date) else _text(value)


def _time(value: Any) -> str:
    if isinstance(value, time):
        return f"{value:%H%M%S.%f}" if value.microsecond else f"{value:%H%M%S}"
    return _text(value)


def _date_time(value: Any) -> str:
    if isinstance(value, datetime):
        text = f"{value:%Y%m%d%H%M%S.%f}" if value.microsecond else f"{value:%Y%m%d%H%M%S}"
        return f"{text}{value:%z}"
    return _text(value)


_MAKERS: dict[str, Callable[[Any], Any]] = {
    "AT": Tag,
    "DA": _date,
    "DS": DSfloat,
    "DT": _date_time,
    "IS": IS,
    "PN": PersonName,
    "TM": _time,
    "UI": UID,
}
