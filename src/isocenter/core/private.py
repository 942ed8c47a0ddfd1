"""Private blocks: who may write where in an odd group (PS3.5 7.8.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from isocenter.core.element import DataElement
from isocenter.errors import UsageError
from isocenter.standard.tag import BaseTag, Tag

if TYPE_CHECKING:
    from isocenter.core.dataset import Dataset

_CREATORS = range(0x10, 0x100)


class PrivateBlock:
    """256 elements of an odd group that one creator reserved.

    ``block[0x01]`` is the element at that place, whichever block the creator got.
    """

    def __init__(self, ds: Dataset, group: int, creator: str, number: int) -> None:
        self.dataset, self.group, self.private_creator = ds, group, creator
        self._number = number

    def get_tag(self, element_offset: int) -> BaseTag:
        """The tag of a place in the block.

        Raises:
            UsageError: a place is 0 to 0xFF.
        """
        if not 0 <= element_offset <= 0xFF:
            raise UsageError(f"a place in a private block is 0 to 0xFF, not {element_offset:#x}")
        return Tag(self.group, self._number << 8 | element_offset)

    def __contains__(self, element_offset: int) -> bool:
        return self.get_tag(element_offset) in self.dataset

    def __getitem__(self, element_offset: int) -> DataElement:
        return self.dataset[self.get_tag(element_offset)]

    def __delitem__(self, element_offset: int) -> None:
        del self.dataset[self.get_tag(element_offset)]

    def add_new(self, element_offset: int, VR: str, value: Any) -> None:  # noqa: N803 - pydicom's name
        """Make an element at a place of the block."""
        tag = self.get_tag(element_offset)
        self.dataset.add_new(tag, VR, value)
        self.dataset[tag].private_creator = self.private_creator


def block(ds: Dataset, group: int, creator: str, *, create: bool) -> PrivateBlock:
    """The block of ``creator`` in ``group``, reserved when ``create`` says so.

    Raises:
        UsageError: the group is even, the creator has no name, or no block is free.
        KeyError: the creator has no block there.
    """
    if not group % 2:
        raise UsageError(f"group {group:04X} is even; private elements are in odd groups")
    if not creator:
        raise UsageError("a private creator needs a name")
    taken = {number: _name(ds, group, number) for number in _CREATORS}
    own = next((number for number, name in taken.items() if name == creator), None)
    if own is None:
        own = _reserve(ds, group, creator, taken) if create else None
    if own is None:
        raise KeyError(f"{creator!r} has no private block in group {group:04X}")
    return PrivateBlock(ds, group, creator, own)


def _reserve(ds: Dataset, group: int, creator: str, taken: dict[int, str | None]) -> int:
    free = next((number for number, name in taken.items() if name is None), None)
    if free is None:
        raise UsageError(f"group {group:04X} has no free private block")
    ds.add_new(Tag(group, free), "LO", creator)
    return free


def creators(ds: Dataset, group: int) -> list[str]:
    """Who reserved blocks in a group, in the order of the blocks.

    Raises:
        UsageError: the group is even.
    """
    if not group % 2:
        raise UsageError(f"group {group:04X} is even; private elements are in odd groups")
    names = (_name(ds, group, number) for number in _CREATORS)
    return [name for name in names if name]


def _name(ds: Dataset, group: int, number: int) -> str | None:
    tag = Tag(group, number)
    return str(ds[tag].value) if tag in ds else None
