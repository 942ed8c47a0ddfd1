"""One data element: tag, VR and value (PS3.5 7.1)."""

from __future__ import annotations

from collections.abc import Sized
from typing import Any, Self

from isocenter.core.conversion import converted
from isocenter.core.multivalue import MultiValue
from isocenter.standard import dictionary
from isocenter.standard.tag import BaseTag, Tag, TagLike
from isocenter.standard.uid import UID
from isocenter.standard.vr import BYTES

_SHOWN = 16
"""More bytes or values than these are only counted when an element is printed."""
new_element = object.__new__


class DataElement:
    """A decoded element, as ``ds[tag]`` gives it.

    Args:
        tag: the tag, in any form :func:`isocenter.standard.tag.Tag` takes.
        VR: the Value Representation.
        value: any Python value that makes sense for the VR; it is converted.
        private_creator: who reserved the block, for a private element.
    """

    __slots__ = ("VR", "_assigned", "_creator", "_tag", "_value")
    # reading sets tag, VR and value of a public element and leaves the other two unset: an empty
    # slot costs no time to fill, and the garbage collector none to look at

    VR: str

    def __init__(self, tag: TagLike, VR: str, value: Any, private_creator: str = "") -> None:  # noqa: N803 - pydicom's name
        self._tag = int(Tag(tag))
        self.VR = str(VR)
        self.private_creator = private_creator
        self.value = value

    @classmethod
    def of(cls, tag: int, vr: str, value: Any, private_creator: str = "") -> Self:
        """An element of a value that is already what an element of its VR holds."""
        element = new_element(cls)
        element._tag, element._value, element.VR = tag, value, vr  # noqa: SLF001 - its own
        if private_creator:
            element._creator = private_creator  # noqa: SLF001 - its own
        return element

    @property
    def private_creator(self) -> str:
        """Who reserved the block of a private element; empty for others."""
        creator: str = getattr(self, "_creator", "")
        return creator

    @private_creator.setter
    def private_creator(self, creator: str) -> None:
        self._creator = creator

    @property
    def as_read(self) -> bool:
        """Whether no value was assigned since it was decoded; a list may have changed all the same."""
        return not getattr(self, "_assigned", False)

    @as_read.setter
    def as_read(self, as_read: bool) -> None:
        self._assigned = not as_read

    @property
    def tag(self) -> BaseTag:
        """The tag."""
        return BaseTag(self._tag)

    @property
    def value(self) -> Any:
        """The value: one, a :class:`MultiValue`, a :class:`Sequence`, or the empty value."""
        return self._value

    @value.setter
    def value(self, value: Any) -> None:
        self._value = converted(self.VR, value)
        self._assigned = True

    @property
    def VM(self) -> int:  # noqa: N802 - pydicom's name
        """How many values there are (PS3.5 6.4)."""
        if self.VR == "SQ":
            return 1
        if isinstance(self.value, MultiValue):
            return len(self.value)
        return 0 if self.is_empty else 1

    @property
    def is_empty(self) -> bool:
        """Whether the element is there without a value."""
        return self.value is None or (not isinstance(self.value, int | float) and not self.value)

    @property
    def keyword(self) -> str:
        """The keyword of PS3.6, empty for private and unknown elements."""
        return dictionary.keyword_for_tag(self.tag)

    @property
    def name(self) -> str:
        """The name of PS3.6; in brackets when a private dictionary knows it."""
        row = dictionary.entry(self.tag)
        if row is not None:
            return row.name
        if not self.tag.element:
            return "Group Length"
        return self._private_name() if self.tag.is_private else "Unknown"

    def _private_name(self) -> str:
        if self.tag.is_private_creator:
            return "Private Creator"
        row = dictionary.private_entry(self.tag, self.private_creator)
        return f"[{row.name}]" if row else "Private tag data"

    @property
    def repval(self) -> str:
        """The value as one line of text; of many bytes or values only their number."""
        value = self.value
        if isinstance(value, bytes):
            return _shown_bytes(value, self.VR)
        if isinstance(value, UID):
            return value.name
        if isinstance(value, MultiValue):
            return str(value) if len(value) <= _SHOWN else _counted(value)
        if value is None:
            return str(value)
        return repr(value)

    def __getitem__(self, index: int) -> Any:
        """One of several values, or an item of a sequence."""
        return self._value[index]

    def __str__(self) -> str:
        return f"{self.tag} {self.name:<35.35} {self.VR}: {self.repval}"

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DataElement):
            return NotImplemented
        if (self.tag, self.VR) != (other.tag, other.VR):
            return False
        same = self.value == other.value
        return same if isinstance(same, bool) else bool(same.all())  # an array was assigned

    __hash__ = None  # type: ignore[assignment]  # a value may be changed


def _shown_bytes(value: bytes, vr: str) -> str:
    return _counted(value) if len(value) > _SHOWN and vr in BYTES else repr(value)


def _counted(value: Sized) -> str:
    return f"Array of {len(value)} elements"
