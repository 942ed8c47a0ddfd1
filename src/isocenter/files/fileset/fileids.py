"""File IDs: the names of files in a File-set (PS3.10 8.2, PS3.3 F.3.2.2).

A File ID is one to eight components of one to eight characters each, from ``A`` to ``Z``,
``0`` to ``9`` and ``_``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path, PurePosixPath

from isocenter.errors import UsageError

DICOMDIR = "DICOMDIR"
"""The file that every File-set has in its root (PS3.10 8.6)."""
_COMPONENT = re.compile(r"[A-Z0-9_]{1,8}")
_LONGEST = 8
_DIGITS = "0123456789"
_ALPHANUMERIC = _DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def is_conformant_file_id(path: Path | PurePosixPath) -> bool:
    """Whether the parts of a relative path are a File ID (PS3.10 8.2, 8.5)."""
    return 0 < len(path.parts) <= _LONGEST and all(map(_COMPONENT.fullmatch, path.parts))


def generate_filename(
    prefix: str = "", start: int = 0, *, alphanumeric: bool = False
) -> Iterator[str]:
    """Names of eight characters: ``prefix`` and a number, one higher each time.

    Args:
        prefix: what every name begins with, at most seven characters of a File ID.
        start: the first number.
        alphanumeric: count with letters as well as digits, for more names.

    Raises:
        UsageError: the prefix is too long, or the names are used up.
    """
    if len(prefix) >= _LONGEST or (prefix and not _COMPONENT.fullmatch(prefix)):
        raise UsageError(f"{prefix!r} cannot begin a File ID: up to 7 of A-Z, 0-9 and _ can")
    digits = _ALPHANUMERIC if alphanumeric else _DIGITS
    width = _LONGEST - len(prefix)
    for number in count(start):
        yield prefix + _numeral(number, digits, width)


def _numeral(number: int, digits: str, width: int) -> str:
    text, rest = "", number
    for _ in range(width):
        rest, digit = divmod(rest, len(digits))
        text = digits[digit] + text
    if rest:
        raise UsageError(f"{number} has no name of {width} characters")
    return text


def numbered(prefix: str, number: int) -> str:
    """The name of a number: in digits, or with letters where these do not suffice."""
    width = _LONGEST - len(prefix)
    limit = 10**width
    if number < limit:
        return prefix + _numeral(number, _DIGITS, width)
    # names that begin with a letter are none of those in digits
    first = 10 * len(_ALPHANUMERIC) ** (width - 1)
    return prefix + _numeral(first + number - limit, _ALPHANUMERIC, width)
