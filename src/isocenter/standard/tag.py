"""Data element tags: a 32-bit number with a group and an element half (PS3.5 7.1)."""

from __future__ import annotations

from typing import TypeAlias

from isocenter.errors import UsageError
from isocenter.standard.rows import keyword_tags

__all__ = ["LUT_DESCRIPTORS", "BaseTag", "Tag", "TagLike", "keyword_tags"]

TagLike: TypeAlias = "int | str | tuple[int, int]"
LUT_DESCRIPTORS = frozenset({0x00281101, 0x00281102, 0x00281103, 0x00283002})
"""Descriptors of look-up tables: only the second of their numbers may have a sign (PS3.3 C.11.1.1.1)."""


class BaseTag(int):
    """A tag. It is an ``int``: ``0xggggeeee``."""

    __slots__ = ()

    @property
    def group(self) -> int:
        """The upper 16 bits."""
        return self >> 16

    @property
    def element(self) -> int:
        """The lower 16 bits."""
        return self & 0xFFFF

    elem = element

    @property
    def is_private(self) -> bool:
        """Whether the group is odd (PS3.5 7.8)."""
        return bool(self & 0x10000)

    @property
    def is_private_creator(self) -> bool:
        """Whether this is ``(gggg,0010-00FF)`` of an odd group (PS3.5 7.8.1)."""
        return self.is_private and 0x10 <= self.element < 0x100

    def __str__(self) -> str:
        return f"({self.group:04X},{self.element:04X})"

    __repr__ = __str__


def Tag(tag: TagLike, element: int | None = None) -> BaseTag:  # noqa: N802 - pydicom's name
    """The tag for a number, a pair, a keyword or hexadecimal text.

    Args:
        tag: ``0x00100010``, ``(0x10, 0x10)``, ``"PatientName"`` or ``"00100010"``;
            with ``element`` given, the group.
        element: the element half when ``tag`` is the group.

    Raises:
        UsageError: nothing of that form is known.
    """
    if element is not None:
        tag = (_half(tag), element)
    if isinstance(tag, int):
        return _checked(tag)
    if isinstance(tag, str):
        return _from_text(tag)
    try:
        group, number = tag
    except (TypeError, ValueError):
        raise UsageError(f"{tag!r} is neither a tag nor a pair of numbers") from None
    return _checked(_half(group) << 16 | _half(number))


def _half(value: object) -> int:
    if isinstance(value, int) and 0 <= value <= 0xFFFF:
        return value
    raise UsageError(f"a tag's group and element are 0 to 0xFFFF, not {value!r}")


def _checked(value: int) -> BaseTag:
    if 0 <= value <= 0xFFFFFFFF:
        return BaseTag(value)
    raise UsageError(f"a tag is 0 to 0xFFFFFFFF, not {value!r}")


def _from_text(text: str) -> BaseTag:
    known = keyword_tags().get(text)
    if known is not None:
        return BaseTag(known)
    digits = text.strip("()").replace(",", "").replace(" ", "").removeprefix("0x")
    try:
        return _checked(int(digits, 16))
    except ValueError:
        raise UsageError(f"{text!r} is neither a keyword nor a tag such as '00100010'") from None
