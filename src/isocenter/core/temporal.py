"""Dates and times that keep the text they came from: DA, TM, DT (PS3.5 6.2).

Each is the ``datetime`` type it names, so it compares, sorts and computes as one, and
its ``str`` is the text it was made from: ``2020`` stays ``2020`` and does not become
the first of January. What is computed from one gets the full text of its type.

Ranges (``20200101-20200131``) belong to queries; they are no values and no dates.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum
from typing import Any, Self

_CLAUSE = "PS3.5 6.2"
_HOUR, _MINUTE, _SECOND, _FRACTION = (
    "([01][0-9]|2[0-3])",
    "([0-5][0-9])",
    "([0-5][0-9]|60)",
    "[0-9]{1,6}",
)
_DATE = re.compile(r"([0-9]{4})(\.?)([0-9]{2})\2([0-9]{2})")
_TIME = re.compile(rf"{_HOUR}(?:(:?){_MINUTE}(?:\2{_SECOND}(?:\.({_FRACTION}))?)?)?")
_DATE_TIME = re.compile(
    rf"([0-9]{{4}})(?:([0-9]{{2}})(?:([0-9]{{2}})(?:{_HOUR}(?:{_MINUTE}(?:{_SECOND}(?:\.({_FRACTION}))?)?)?)?)?)?"
    rf"(?:([+-])([0-9]{{2}}){_MINUTE})?"
)
_WEST, _EAST = timedelta(hours=-12), timedelta(hours=14)


class Precision(StrEnum):
    """The smallest component that a date or time states."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    HOUR = "hour"
    MINUTE = "minute"
    SECOND = "second"
    FRACTION = "fraction"


_BY_DIGITS = dict(zip((4, 6, 8, 10, 12, 14), Precision, strict=False))


class _Text:
    """What the three share: the text, and how they are shown and copied."""

    __slots__ = ()
    _text: str

    @property
    def original_string(self) -> str:
        """The text it was made from; the full text of its value when it was not made of text."""
        # ``datetime`` makes what it computes without asking __new__
        return getattr(self, "_text", None) or self._full_text()

    def _full_text(self) -> str:
        raise NotImplementedError

    def __str__(self) -> str:
        return self.original_string

    def __repr__(self) -> str:
        return f'"{self.original_string}"'

    def __reduce_ex__(self, _protocol: Any) -> tuple[Any, ...]:
        return type(self), (self.original_string,)


class DA(_Text, date):
    """A Date: ``YYYYMMDD``, or ``YYYY.MM.DD`` as ACR-NEMA wrote it.

    Args:
        value: the text, a ``date`` or a ``datetime``; or year, month and day.

    Raises:
        ValueError: the text is no date (PS3.5 6.2), be it empty.
    """

    __slots__ = ("_text",)

    def __new__(cls, value: str | date | int, *rest: Any, **fields: Any) -> Self:  # noqa: D102
        if isinstance(value, str):
            return cls._from_text(value.rstrip(" "))
        if isinstance(value, date):
            rest, value = (value.month, value.day), value.year
        return super().__new__(cls, value, *rest, **fields)

    @classmethod
    def _from_text(cls, text: str) -> Self:
        found = _DATE.fullmatch(text)
        if not found:
            raise _no_value(text, "DA", "YYYYMMDD")
        try:
            made = super().__new__(cls, int(found[1]), int(found[3]), int(found[4]))
        except ValueError as error:
            raise _no_value(text, "DA", str(error)) from error
        made._text = text
        return made

    def _full_text(self) -> str:
        return _date_text(self)


class TM(_Text, time):
    """A Time: ``HH``, ``HHMM``, ``HHMMSS`` or ``HHMMSS.F`` with up to six digits.

    ``HH:MM:SS``, as ACR-NEMA wrote it, is understood. The leap second 60 counts as 59,
    which is the last that Python knows; the text keeps it.

    Args:
        value: the text or a ``time``; or hour, minute, second and microsecond.

    Raises:
        ValueError: the text is no time (PS3.5 6.2), be it empty; or the ``time`` has a
            UTC offset, which this VR has no place for.
    """

    __slots__ = ("_text",)

    def __new__(cls, value: str | time | int = 0, *rest: Any, **fields: Any) -> Self:  # noqa: D102
        if isinstance(value, str):
            return cls._from_text(value.rstrip(" "))
        if isinstance(value, time):
            rest, value = _clock(_local(value)), value.hour
        return super().__new__(cls, value, *rest, **fields)

    @classmethod
    def _from_text(cls, text: str) -> Self:
        found = _TIME.fullmatch(text)
        if not found:
            raise _no_value(text, "TM", "HHMMSS.FFFFFF")
        hour, _, *smaller = found.groups()
        made = super().__new__(cls, int(hour), *_numbers(*smaller))
        made._text = text
        return made

    def _full_text(self) -> str:
        return _time_text(self)

    @property
    def precision(self) -> Precision:
        """The smallest component that the text states."""
        whole, _, fraction = self.original_string.replace(":", "").partition(".")
        return Precision.FRACTION if fraction else _BY_DIGITS[8 + len(whole)]


class DT(_Text, datetime):
    """A Date Time: ``YYYYMMDDHHMMSS.FFFFFF&ZZXX``, cut off after any component.

    What is cut off counts as the first month, the first day, midnight; see
    :attr:`precision`. The leap second 60 counts as 59. With ``&ZZXX`` the value has a
    ``tzinfo``, without it none.

    Args:
        value: the text, a ``datetime`` or a ``date`` (stated to the day); or year,
            month, day and what ``datetime`` takes besides.

    Raises:
        ValueError: the text is no date and time (PS3.5 6.2), be it empty; the offset
            is outside -1200 to +1400, is -0000 or has seconds.
    """

    __slots__ = ("_text",)

    def __new__(cls, value: str | date | int, *rest: Any, **fields: Any) -> Self:  # noqa: D102
        if isinstance(value, str):
            return cls._from_text(value.rstrip(" "))
        if isinstance(value, datetime):
            fields = {"tzinfo": value.tzinfo, "fold": value.fold}
            rest, value = (value.month, value.day, value.hour, *_clock(value)), value.year
        elif isinstance(value, date):
            return cls._from_text(_date_text(value))
        made = super().__new__(cls, value, *rest, **fields)
        _offset_text(made.utcoffset())  # raises when there is none
        return made

    @classmethod
    def _from_text(cls, text: str) -> Self:
        found = _DATE_TIME.fullmatch(text)
        if not found:
            raise _no_value(text, "DT", "YYYYMMDDHHMMSS.FFFFFF&ZZXX")
        year, month, day, hour, *smaller, sign, hours, minutes = found.groups()
        try:
            start = int(year), int(month or 1), int(day or 1), int(hour or 0)
            zone = _zone(sign, hours, minutes)
            made = super().__new__(cls, *start, *_numbers(*smaller), zone)
        except ValueError as error:
            raise _no_value(text, "DT", str(error)) from error
        made._text = text
        return made

    def _full_text(self) -> str:
        return _date_text(self) + _time_text(self) + _offset_text(self.utcoffset())

    @property
    def precision(self) -> Precision:
        """The smallest component that the text states."""
        whole, _, fraction = re.split("[+-]", self.original_string)[0].partition(".")
        return Precision.FRACTION if fraction else _BY_DIGITS[len(whole)]


def _no_value(text: str, vr: str, why: str) -> ValueError:
    return ValueError(f"{text!r} is no {vr} value: {why} ({_CLAUSE})")


def _numbers(minute: str | None, second: str | None, fraction: str | None) -> tuple[int, int, int]:
    micro = (fraction or "").ljust(6, "0")
    return int(minute or 0), min(int(second or 0), 59), int(micro)


def _clock(value: time | datetime) -> tuple[int, int, int]:
    return value.minute, value.second, value.microsecond


def _local(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError(f"{value} has a UTC offset; a TM value has none ({_CLAUSE})")
    return value


def _zone(sign: str | None, hours: str, minutes: str) -> tzinfo | None:
    if sign is None:
        return None
    offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1)
    if sign == "-" and not offset:
        raise ValueError("the offset -0000 is not allowed")
    return timezone(_checked(offset), f"{sign}{hours}{minutes}")


def _checked(offset: timedelta) -> timedelta:
    if not _WEST <= offset <= _EAST:
        raise ValueError("the offset from UTC is outside -1200 to +1400")
    return offset


def _date_text(value: date) -> str:
    return f"{value.year:04}{value.month:02}{value.day:02}"


def _time_text(value: time | datetime) -> str:
    text = f"{value.hour:02}{value.minute:02}{value.second:02}"
    return f"{text}.{value.microsecond:06}" if value.microsecond else text


def _offset_text(offset: timedelta | None) -> str:
    if offset is None:
        return ""
    minutes, rest = divmod(abs(_checked(offset)), timedelta(minutes=1))
    if rest:
        raise ValueError(f"the offset {offset} from UTC is no whole number of minutes ({_CLAUSE})")
    hours, minutes = divmod(minutes, 60)
    return f"{'-' if offset < timedelta(0) else '+'}{hours:02}{minutes:02}"
