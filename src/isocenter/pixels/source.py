"""What this layer asks of a data set, and values read from it without trust.

A value that cannot be decoded, has the wrong type or is no number reads as
absent: whether that matters is decided where the value is needed. A value that was left in
a file which has gone since is not absent: that is always an error.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from isocenter.errors import DeferredReadError, DicomError
from isocenter.standard.uid import EXPLICIT_BIG, IMPLICIT_LITTLE

_UNREADABLE = (
    DicomError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    NotImplementedError,
)


class PixelDataset(Protocol):
    """The part of a data set that pixels need: look-up by keyword, with pydicom's names."""

    def get(self, key: Any, default: Any = None, /) -> Any:
        """The value of the element ``key``."""

    def __contains__(self, key: Any, /) -> bool: ...

    def __getitem__(self, key: Any, /) -> Any: ...


def value(ds: PixelDataset, keyword: str) -> Any:
    """The value of ``keyword``; ``None`` when absent, empty or undecodable.

    Raises:
        DeferredReadError: it was left in a file that has gone or has changed.
    """
    try:
        found = ds.get(keyword)
    except DeferredReadError:
        raise
    except _UNREADABLE:
        return None
    return None if isinstance(found, str) and not found.strip() else found


def values(ds: PixelDataset, keyword: str) -> tuple[Any, ...]:
    """Every value of ``keyword``, none when absent."""
    found = value(ds, keyword)
    if found is None:
        return ()
    if isinstance(found, (str, bytes, memoryview)) or not isinstance(found, Iterable):
        return (found,)
    return tuple(found)


def integer(ds: PixelDataset, keyword: str) -> int | None:
    """The first value as an integer; ``None`` when it is none."""
    plain = value(ds, keyword)
    if type(plain) is int:
        return plain
    found = number(ds, keyword)
    return int(found) if found is not None and found.is_integer() else None


def number(ds: PixelDataset, keyword: str) -> float | None:
    """The first value as a finite number; ``None`` when it is none."""
    return next(iter(numbers(ds, keyword)), None)


def numbers(ds: PixelDataset, keyword: str) -> tuple[float, ...]:
    """Every value as a finite number; none at all when one of them is not."""
    every = values(ds, keyword)
    try:
        found = tuple(map(float, every))
    except _UNREADABLE:
        return ()
    return found if all(map(math.isfinite, found)) else ()


def text(ds: PixelDataset, keyword: str) -> str:
    """The first value as text without padding; empty when absent."""
    found = values(ds, keyword)
    return str(found[0]).strip(" \0") if found else ""


def there(ds: PixelDataset, *keywords: str) -> bool:
    """Whether one of the elements has a value: many files have them empty."""
    return any(value(ds, keyword) is not None for keyword in keywords)


def shown(ds: PixelDataset, keyword: str) -> str:
    """The value as it is told in a message, shortened."""
    return str(value(ds, keyword))[:40]


def item(ds: PixelDataset, keyword: str, index: int = 0) -> Any:
    """One item of a sequence; ``None`` when it is not there or no item."""
    sequence = value(ds, keyword)
    try:
        found = sequence[index]
    except _UNREADABLE:
        return None
    return found if hasattr(found, "get") else None


def items(ds: PixelDataset, keyword: str) -> tuple[PixelDataset, ...]:
    """Every item of a sequence, none when it is absent."""
    return tuple(found for found in values(ds, keyword) if hasattr(found, "get"))


def transfer_syntax(ds: PixelDataset) -> str:
    """The Transfer Syntax UID: as the file says, else as it was read, else the default.

    The default, implicit little endian, is that of PS3.5 10.1.
    """
    meta = getattr(ds, "file_meta", None)
    found = text(meta, "TransferSyntaxUID") if meta is not None else ""
    return found or str(getattr(ds, "transfer_syntax", "")) or IMPLICIT_LITTLE


def is_big_endian(ds: PixelDataset, syntax: str) -> bool:
    """Whether words in memory have the most significant byte first.

    They do as they were read, whatever transfer syntax was declared, and whatever syntax
    the data set is going to be written in.
    """
    stored = getattr(ds, "stored", None)
    return syntax == EXPLICIT_BIG if stored is None else not stored.span.encoding.little


def functional_groups(ds: PixelDataset, index: int, keyword: str) -> Iterator[PixelDataset]:
    """Where a macro's attributes of frame ``index`` may stand, the most specific first.

    The frame's own item, the item shared by all frames (PS3.3 C.7.6.16), and at
    last the data set itself, where images that are not enhanced have them.
    """
    for group in (
        item(ds, "PerFrameFunctionalGroupsSequence", index),
        item(ds, "SharedFunctionalGroupsSequence"),
    ):
        macro = None if group is None else item(group, keyword)
        if macro is not None:
            yield macro
    yield ds
