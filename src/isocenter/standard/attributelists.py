"""What a module or the items of a sequence hold: attributes with their Types (PS3.3 5.4, PS3.5 7.4).

The lists form a graph. Whatever holds the same attributes is one list, which is why the
items of all code sequences lead to the same object, and why a list may be compared by
its number. A line of the table is split when its list is first asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from isocenter._tables.modules import LISTS
from isocenter.standard.dictionary import keyword_for_tag
from isocenter.standard.tag import BaseTag

CONTENT_SEQUENCE = BaseTag(0x0040A730)


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute in a list.

    Attributes:
        tag: its tag; of a repeating group (``60xx``) that of the first group.
        type: ``"1"``, ``"1C"``, ``"2"``, ``"2C"`` or ``"3"``; empty where the Standard lists
            the attribute without one, as for services that say it per operation.
        repeating: whether the tag stands for a whole repeating group (PS3.5 7.6).
        items_number: the list of its items; ``None`` when it is no sequence, or when its items may
            hold anything, as in Modified Attributes Sequence.
    """

    tag: BaseTag
    type: str
    repeating: bool
    items_number: int | None

    @property
    def keyword(self) -> str:
        """The keyword of the dictionary."""
        return keyword_for_tag(self.tag)

    @property
    def items(self) -> AttributeList | None:
        """What each of its items holds."""
        return None if self.items_number is None else attribute_list(self.items_number)

    def below(self, tag: int) -> Attribute | None:
        """What ``tag`` is inside of an item; ``None`` when it is not listed there.

        An item of Content Sequence holds a Content Sequence again (PS3.3 C.17.3.1); the table
        has the first level only.
        """
        items = self.items
        found = None if items is None else items.get(tag)
        return self if found is None and tag == self.tag == CONTENT_SEQUENCE else found


@dataclass(frozen=True, slots=True)
class AttributeList:
    """Attributes in the order of the Standard; equal lists are one object.

    Attributes:
        number: its number in the table.
        attributes: what it holds.
    """

    number: int
    attributes: tuple[Attribute, ...] = field(compare=False)
    _by_tag: dict[int, Attribute] = field(compare=False, repr=False)

    def __iter__(self) -> Iterator[Attribute]:
        return iter(self.attributes)

    def __len__(self) -> int:
        return len(self.attributes)

    def get(self, tag: int) -> Attribute | None:
        """The attribute of this tag; any group of a repeating group finds its attribute."""
        found = self._by_tag.get(tag)
        if found is None and 0x60000000 <= tag <= 0x60FFFFFF:
            first = self._by_tag.get(tag & 0xFF00FFFF)
            return first if first is not None and first.repeating else None
        return found

    def find(self, path: tuple[int, ...]) -> Attribute | None:
        """What a path of tags, from this list down, leads to; ``None`` when nothing is listed."""
        found = self.get(path[0])
        for tag in path[1:]:
            if found is None:
                return None
            found = found.below(tag)
        return found

    def walk(self) -> Iterator[tuple[tuple[BaseTag, ...], Attribute]]:
        """Every attribute at every depth, with its path of tags; items right after their sequence."""
        for attribute in self.attributes:
            yield (attribute.tag,), attribute
            items = attribute.items
            if items is not None:
                yield from (((attribute.tag, *path), one) for path, one in items.walk())


def attribute_lists() -> tuple[AttributeList, ...]:
    """Every list there is, each at the place that its number says."""
    return tuple(map(attribute_list, range(len(_lines()))))


@cache
def attribute_list(number: int) -> AttributeList:
    """The list of that number."""
    attributes = tuple(map(_attribute, _lines()[number].split(",")))
    return AttributeList(number, attributes, {one.tag: one for one in attributes})


@cache
def _lines() -> list[str]:
    return LISTS.strip().split("\n")


def _attribute(text: str) -> Attribute:
    tag, kind, *items = text.split(":")
    number = int(items[0]) if items else None
    return Attribute(BaseTag(int(tag.replace("x", "0"), 16)), kind, "x" in tag, number)
