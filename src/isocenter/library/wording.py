"""How the pages say things: counts, ages, dates."""

from __future__ import annotations

import re
from datetime import date

_NO_BREAK = "\N{NO-BREAK SPACE}"
_PLURALS = {"series": "series", "study": "studies"}
_NUMBER = re.compile("[0-9]+", re.ASCII)
_DATE = re.compile("([0-9]{4})([0-9]{2})([0-9]{2})", re.ASCII)


def number(count: int) -> str:
    """``1,000``."""
    return f"{count:,}"


def counted(count: int, noun: str) -> str:
    """``1 image``, ``1,000 images``, ``2 series``, in one piece: no line breaks inside."""
    plural = _PLURALS.get(noun, f"{noun}s")
    return f"{number(count)}{_NO_BREAK}{noun if count == 1 else plural}"


def digits(folder: str) -> str:
    """``03`` of ``03-mo``; empty when the folder's name does not start with a number."""
    found = _NUMBER.match(folder)
    return found.group() if found else ""


def in_words(folder: str, noun: str) -> str:
    """``3 months`` for ``03-mo``; a name without a number stays as it is."""
    found = digits(folder)
    return counted(int(found), noun) if found else folder


def age(year: str, month: str) -> str:
    """``3 years 2 months`` for ``03-yr`` and ``02-mo``; ``2 months`` in the first year."""
    if digits(year) and not int(digits(year)):
        return in_words(month, "month")
    return f"{in_words(year, 'year')} {in_words(month, 'month')}"


def example_name(folder: str) -> str:
    """``Example 01`` for ``01-ex``."""
    return f"Example {digits(folder) or folder}"


def day(written: str) -> str:
    """``2004-01-19`` for ``20040119``; what is no date stays as it is."""
    found = _DATE.fullmatch(written)
    try:
        return date(*map(int, found.groups())).isoformat() if found else written
    except ValueError:
        return written
