"""Whether the functional group macros of an IOD stand where they have to (PS3.3 C.7.6.16).

A macro stands in the item of the Shared Functional Groups Sequence, for all frames, or in items
of the Per-frame one, and not in both. One that is mandatory stands in every frame; another may
lack in some. What a macro's own sequence holds is a matter of Types. Conditions of macros are
prose and not decided here, and which macros are mandatory is told by an older edition than the
rest: a macro that lacks is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from isocenter.attributes.deviations import Deviation
from isocenter.attributes.requirements import FRAME_GROUPS, SHARED_GROUPS, Present
from isocenter.core.dataset import Dataset
from isocenter.core.element import DataElement
from isocenter.errors import Level
from isocenter.standard.modules import SECTIONS_EDITION, FunctionalGroup, Iod, Usage


class Items(NamedTuple):
    """The items that macros stand in."""

    shared: list[Dataset]
    frames: list[Dataset]


def deviations(iod: Iod, present: Present) -> Iterator[Deviation]:
    """The macros that lack, and those that stand in both sequences."""
    items = Items(_items(present, SHARED_GROUPS), _items(present, FRAME_GROUPS))
    if items.shared or items.frames:  # else the sequences themselves lack
        for group in iod.functional_groups:
            yield from _deviations(group, items)


def _items(present: Present, tag: int) -> list[Dataset]:
    element = present.get(tag)
    return list(element.value) if isinstance(element, DataElement) and element.VR == "SQ" else []


def _deviations(group: FunctionalGroup, items: Items) -> Iterator[Deviation]:
    if not group.sequences:
        return
    is_shared = any(_has(item, group) for item in items.shared)
    with_it = sum(_has(item, group) for item in items.frames)
    total = len(items.frames)
    if is_shared and with_it:
        message = f"{group.name} is shared, and in {with_it:,} of {total:,} frames too"
        yield Deviation(Level.ERROR, "functional-group-twice", message, "PS3.3 C.7.6.16.1.1")
    elif not is_shared and group.usage is Usage.MANDATORY and (not total or with_it < total):
        place = f"not shared, and in {with_it:,} of {total:,} frames"
        message = f"{group.name} is {place}; in {SECTIONS_EDITION} it was mandatory"
        yield Deviation(Level.WARNING, "missing-functional-group", message, group.place.clause)


def _has(item: Dataset, group: FunctionalGroup) -> bool:
    return any(tag in item for tag in group.sequences)
