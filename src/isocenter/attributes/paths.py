r"""Attribute paths as text: which attribute, nested ones included, whatever the item.

``00400275.00081199.00081150``: components with dots between. A component is the eight
hexadecimal digits of a tag; that of a private element names its creator in place of the block,
``(0029,"SIEMENS CSA HEADER",10)`` (PS3.5 7.8.1), in which ``"`` and ``\`` have a ``\`` before
them. A private element without a creator, and a creator itself, are named by their tags.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from isocenter.errors import UsageError
from isocenter.standard.dictionary import Entry, entry, keyword_for_tag, private_entry
from isocenter.standard.tag import BaseTag

_COMPONENT = re.compile(
    r'(?P<tag>[0-9A-F]{8})|\((?P<group>[0-9A-F]{4}),"(?P<creator>(?:[^"\\]|\\.)*)",(?P<low>[0-9A-F]{2})\)',
    re.DOTALL,
)
_TO_ESCAPE = re.compile(r'(["\\])')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class Component(NamedTuple):
    """One component: a tag; with a ``creator`` it lacks the block, ``0xgggg00ee``."""

    tag: int
    creator: str = ""

    def __str__(self) -> str:
        if not self.creator:
            return f"{self.tag:08X}"
        creator = _TO_ESCAPE.sub(r"\\\1", self.creator)
        return f'({self.tag >> 16:04X},"{creator}",{self.tag & 0xFF:02X})'

    @property
    def is_private(self) -> bool:
        """Whether the group is odd (PS3.5 7.8)."""
        return bool(self.tag & 0x10000)

    @property
    def entry(self) -> Entry | None:
        """What the dictionaries say of it.

        Group lengths are those of PS3.5 7.2, private creators those of PS3.5 7.8.1.
        """
        tag = self.tag
        if tag & 0x10000:
            if not self.creator and BaseTag(tag).is_private_creator:
                return Entry("LO", "1", "Private Creator", "")
            if self.creator:
                return private_entry(tag, self.creator)
            if tag & 0xFFFF:
                return None
        row = entry(tag)
        if row is None and not tag & 0xFFFF:
            return Entry("UL", "1", "Group Length", "Retired")
        return row

    @property
    def keyword(self) -> str:
        """The keyword; where there is none, the component as a path has it."""
        return keyword_for_tag(self.tag) or str(self)


def component(tag: int, creator: str = "") -> Component:
    """The component for an element, by the creator that reserved its block."""
    return Component(tag & 0xFFFF00FF, creator) if creator else Component(tag)


def components(path: str) -> tuple[Component, ...]:
    """What a path is made of.

    Raises:
        UsageError: the text is no path.
    """
    found: list[Component] = []
    position = 0
    while match := _COMPONENT.match(path, position):
        found.append(_component(match))
        position = match.end() + 1
        if match.end() == len(path):
            return tuple(found)
        if path[match.end()] != ".":
            break
    raise UsageError(
        f'{path!r} is no attribute path such as 00400275.00081150 or (0029,"CREATOR",10)'
    )


def _component(match: re.Match[str]) -> Component:
    if match["tag"]:
        return Component(int(match["tag"], 16))
    creator = _ESCAPED.sub(r"\1", match["creator"])
    return Component(int(match["group"], 16) << 16 | int(match["low"], 16), creator)


def joined(above: str, last: Component) -> str:
    """The path of an attribute in the items of the one at ``above``; of none when empty."""
    return f"{above}.{last}" if above else str(last)


def keyword_path(path: str) -> str:
    """The path by keywords: ``RequestAttributesSequence.ReferencedSOPClassUID``.

    Raises:
        UsageError: the text is no path.
    """
    return ".".join(one.keyword for one in components(path))


def with_creators(path: str, shown: Callable[[str], str]) -> str:
    """The path with other words for the creators in it.

    Raises:
        UsageError: the text is no path.
    """
    changed = (
        one._replace(creator=shown(one.creator)) if one.creator else one for one in components(path)
    )
    return ".".join(map(str, changed))
