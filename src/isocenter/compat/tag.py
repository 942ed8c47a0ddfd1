"""Tags under pydicom's names: compared with pairs and keywords, and with its exceptions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from isocenter.errors import UsageError
from isocenter.standard import tag as standard

__all__ = [
    "BaseTag",
    "ItemDelimiterTag",
    "ItemTag",
    "SequenceDelimiterTag",
    "Tag",
    "TagListType",
    "TagType",
    "TupleTag",
    "tag_in_exception",
]


class BaseTag(standard.BaseTag):
    """A tag. It is an ``int``, and may be compared with whatever :func:`Tag` takes."""

    __slots__ = ()

    @property
    def json_key(self) -> str:
        """Its name in the DICOM JSON Model: ``"00100010"``."""
        return f"{self:08X}"

    @property
    def private_creator(self) -> BaseTag:
        """The tag of the element that reserves the block of a private one (PS3.5 7.8.1)."""
        return BaseTag(self & 0xFFFF0000 | self.element >> 8)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, int):
            return int(self) == int(other)
        try:
            return int(self) == int(Tag(other))
        except (ValueError, TypeError, OverflowError):
            return False

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __lt__(self, other: Any) -> bool:
        return int(self) < _number(other)

    def __le__(self, other: Any) -> bool:
        return int(self) <= _number(other)

    def __gt__(self, other: Any) -> bool:
        return int(self) > _number(other)

    def __ge__(self, other: Any) -> bool:
        return int(self) >= _number(other)

    __hash__ = int.__hash__


TagType = int | str | tuple[int | str, int | str] | list[int | str] | BaseTag
TagListType = list[int] | list[str] | list[tuple[int, int]] | list[BaseTag]


def _number(other: Any) -> int:
    if isinstance(other, int):
        return int(other)
    try:
        return int(Tag(other))
    except (ValueError, TypeError, OverflowError):
        raise TypeError(f"a tag is compared with tags, not with {other!r}") from None


def Tag(arg: Any, arg2: Any = None) -> BaseTag:
    """The tag for a number, a pair, a keyword or hexadecimal text.

    Raises:
        ValueError: nothing of that form is known, or the number is negative.
        OverflowError: a number has too many bits.
        TypeError: one half is text and the other is none.
    """
    if isinstance(arg, BaseTag) and arg2 is None:
        return arg
    given = (arg, arg2) if arg2 is not None else arg
    if isinstance(given, tuple | list):
        given = _pair(given)
    if isinstance(given, int) and given > 0xFFFFFFFF:
        raise OverflowError(f"a tag has 32 bits, which {given:#x} has not")
    try:
        return BaseTag(standard.Tag(given))
    except UsageError as error:
        raise ValueError(str(error)) from None


def _pair(halves: tuple[Any, ...] | list[Any]) -> tuple[int, int]:
    if len(halves) != 2:
        raise ValueError(f"a tag is a pair of numbers, not {len(halves)} of them")
    group, element = halves
    if isinstance(group, str) is not isinstance(element, str):
        raise ValueError(f"both halves of a tag are text, or none is: {halves!r}")
    if isinstance(group, str):
        group, element = int(group, 16), int(element, 16)
    if not isinstance(group, int) or not isinstance(element, int):
        raise ValueError(f"the halves of a tag are numbers, not {halves!r}")  # noqa: TRY004 - pydicom's
    if group > 0xFFFF or element > 0xFFFF:
        raise OverflowError(f"the halves of a tag have 16 bits, which {halves!r} have not")
    return group, element


def TupleTag(group_elem: tuple[int, int]) -> BaseTag:
    """The tag of a pair of numbers, which is not checked."""
    return BaseTag(group_elem[0] << 16 | group_elem[1])


ItemTag = BaseTag(0xFFFEE000)
ItemDelimiterTag = BaseTag(0xFFFEE00D)
SequenceDelimiterTag = BaseTag(0xFFFEE0DD)


@contextmanager
def tag_in_exception(tag: BaseTag) -> Iterator[None]:
    """What is raised inside of it says the tag."""
    try:
        yield
    except Exception as error:
        raise type(error)(f"With tag {tag} got exception: {error}") from error
