"""Dates moved by days; times of day stay, so that intervals do (PS3.15 E.3.6)."""

from __future__ import annotations

import re
from datetime import date, timedelta

_TIME = r"(?:[01]\d|2[0-3])(?:[0-5]\d(?:(?:[0-5]\d|60)(?:\.\d{1,6})?)?)?"
_OFFSET = r"(?:[+-](?:0\d|1[0-4])[0-5]\d)?"
_FORMS = {
    "DA": re.compile(r"(\d{8})()"),
    "DT": re.compile(rf"(\d{{8}})((?:{_TIME})?{_OFFSET})"),
    "TM": re.compile(rf"()({_TIME})"),
}


def shifted(vr: str, text: str, days: int) -> str | None:
    """The value ``days`` earlier; ``None`` when it is no whole date, or leaves the calendar.

    Args:
        vr: DA, DT or TM. A time alone stays as it is.
        text: one value, as PS3.5 6.2 writes it. A year or month without a day cannot be moved.
        days: how many; 0 keeps what is valid.
    """
    told = _FORMS[vr].fullmatch(text.strip())
    if told is None:
        return None
    day, rest = told.groups()
    if not day:
        return rest
    try:
        moved = date(int(day[:4]), int(day[4:6]), int(day[6:])) - timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return f"{moved:%Y%m%d}".zfill(8) + rest
