"""Through all levels of a data set, however deep: with a list, never with the stack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

from isocenter.core.element import DataElement

if TYPE_CHECKING:
    from isocenter.core.dataset import Dataset


def every(ds: Dataset) -> Iterator[DataElement]:
    """Every element in tag order, those of items right after the sequence that holds them."""
    levels: list[Iterator[DataElement]] = [iter(_level(ds))]
    while levels:
        for element in levels[-1]:
            yield element
            if element.VR == "SQ" and element.value:
                levels.append(chain.from_iterable(map(_level, element.value)))
                break
        else:
            levels.pop()


def _level(ds: Dataset) -> Iterable[DataElement]:
    return ds._at_once()  # noqa: SLF001 - iterating, without what only its users need


def walk(
    ds: Dataset, callback: Callable[[Dataset, DataElement], Any], *, recursive: bool = True
) -> None:
    """Call ``callback`` for every element; it may change or remove the element it is given."""
    pending = [(ds, iter(ds.numbers()))]
    while pending:
        here, tags = pending[-1]
        tag = next(tags, None)
        if tag is None:
            pending.pop()
            continue
        element = here[tag]
        callback(here, element)
        if recursive and element.VR == "SQ" and tag in here:
            items = reversed(here[tag].value)
            pending.extend((item, iter(item.numbers())) for item in items)


def equal(one: Dataset, two: Dataset) -> bool:
    """Whether two data sets have equal elements at every level."""
    pending = [(one, two)]
    while pending:
        mine, theirs = pending.pop()
        if mine.numbers() != theirs.numbers():
            return False
        for left, right in zip(mine, theirs, strict=True):
            if not left.VR == right.VR == "SQ":
                if left != right:
                    return False
            elif len(left.value) != len(right.value):
                return False
            else:
                pending.extend(zip(left.value, right.value, strict=True))
    return True
