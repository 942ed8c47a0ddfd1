"""The value of an SQ element: a list of data sets (PS3.5 7.5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self, SupportsIndex

from isocenter.core import sequence as core
from isocenter.core.dataset import Dataset


class Sequence(core.Sequence):
    """The items of a sequence, in order.

    Raises:
        TypeError: something in it is no data set, or what should hold them is one.
    """

    def __init__(self, iterable: Iterable[Dataset] | None = None) -> None:
        super().__init__(_items(() if iterable is None else iterable))

    @property
    def is_undefined_length(self) -> bool:
        """Whether it is written with a delimitation item, in place of its length."""
        return self.undefined_length

    @is_undefined_length.setter
    def is_undefined_length(self, value: bool) -> None:
        self.undefined_length = value

    def append(self, item: Dataset) -> None:
        """Add an item at the end."""
        super().append(_item(item))

    def insert(self, index: SupportsIndex, item: Dataset) -> None:
        """Put an item before the one at ``index``."""
        super().insert(index, _item(item))

    def extend(self, items: Iterable[Dataset]) -> None:
        """Add items at the end."""
        super().extend(_items(items))

    def __iadd__(self, items: Iterable[Dataset]) -> Self:  # type: ignore[misc,override]  # list has two signatures for it
        self.extend(items)
        return self

    def __setitem__(self, index: Any, value: Any) -> None:
        super().__setitem__(index, _items(value) if isinstance(index, slice) else _item(value))

    def __str__(self) -> str:
        return f"[{''.join(map(str, self))}]"

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, length {len(self)}>"


def _item(item: Any) -> Dataset:
    if isinstance(item, Dataset):
        return item
    raise TypeError(f"the items of a Sequence are 'Dataset' instances, not {type(item).__name__}")


def _items(items: Any) -> list[Dataset]:
    if isinstance(items, Dataset):
        raise TypeError("a Sequence takes an iterable of 'Dataset', not one of them")
    if not isinstance(items, Iterable):
        raise TypeError(f"An iterable is required, not {type(items).__name__}")
    return [_item(item) for item in items]
