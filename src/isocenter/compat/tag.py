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
        same = _equal(self, other)
        return _is_tag(self, other) if same is NotImplemented else same

    def __ne__(self, other: object) -> bool:
        same = _equal(self, other)
        return not (_is_tag(self, other) if same is NotImplemented else same)

    def __lt__(self, other: Any) -> bool:
        return int(self) < _number(other)

    def __le__(self, other: Any) -> bool:
        return int(self) <= _number(other)

    def __gt__(self, other: Any) -> bool:
        return int(self) > _number(other)

    def __ge__(self, other: Any) -> bool:
        return int(self) >= _number(other)

    __hash__ = int.__hash__


_equal = int.__eq__  # at once for numbers: programs compare every tag with many


def _is_tag(tag: BaseTag, other: Any) -> bool:
    try:
        return int(tag) == int(Tag(other))
    except (ValueError, TypeError, OverflowError):
        return False


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
    if arg2 is not None:
        return BaseTag(_pair((arg, arg2), said=f"({arg!r}, {arg2!r})"))
    if isinstance(arg, tuple | list):
        return BaseTag(_pair(arg, said=repr(arg)))
    arg = arg if isinstance(arg, str) else int(arg)
    if isinstance(arg, int) and arg > _MOST:
        raise OverflowError(_WIDE.format(arg))
    try:
        return BaseTag(standard.Tag(arg))
    except UsageError as error:
        if isinstance(arg, str) and _is_wide(arg):
            raise OverflowError(_WIDE.format(arg)) from None
        why = "it is neither a keyword nor a number" if isinstance(arg, str) else error
        raise ValueError(f"{arg!r} names no tag: {why}") from None


_MOST = 0xFFFFFFFF
_WIDE = "{!r} names no tag: tags go from 0x00000000 to 0xFFFFFFFF"


def _is_wide(text: str) -> bool:
    try:
        return int(text, 16) > _MOST
    except ValueError:
        return False


def _pair(halves: tuple[Any, ...] | list[Any], said: str) -> int:
    """The number of two halves, both numbers or both text."""
    problem = f"{said!r} names no tag"
    if len(halves) != 2:
        raise ValueError(f"{problem}: a tag has two halves, not {len(halves)}")
    group, element = halves
    kinds = {isinstance(half, str) for half in halves}
    if not all(isinstance(half, int | str) for half in halves) or len(kinds) != 1:
        raise TypeError(f"{problem}: its halves are to be two numbers or two texts")
    if isinstance(group, str):
        group, element = int(group, 16), int(element, 16)
    if min(group, element) < 0:
        raise ValueError(f"{problem}: the halves are positive")
    if max(group, element) > 0xFFFF:
        raise OverflowError(f"{problem}: each half is at most 0xFFFF")
    return int(group) << 16 | int(element)


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
