"""The data dictionary: what PS3.6 says of a tag, and the private elements known.

Lookups take an ``int`` tag and never raise for an unknown one; they return ``None``
so that the caller decides what an unknown element means. What a program adds
(:mod:`isocenter.standard.additions`) is found like the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import NamedTuple

from isocenter._tables import dictionary as table
from isocenter.standard.rows import ELEMENTS, keyword_tags, repeater

EDITION = table.EDITION
"""The edition of PS3.6."""


class Entry(NamedTuple):
    """One row: ``vr`` may name several, as in ``"US or SS"``."""

    vr: str
    vm: str
    name: str
    retired: str
    keyword: str = ""

    @property
    def is_retired(self) -> bool:
        """Whether the Standard has withdrawn the attribute."""
        return bool(self.retired)


def entry(tag: int) -> Entry | None:
    """The row of an attribute, repeating groups included; else ``None``."""
    if tag & 0x10000:
        return None
    row = ELEMENTS[tag] or repeater(tag)
    return None if row is None else Entry(*row)


def entries() -> Iterator[tuple[str, ...]]:
    """Every row of PS3.6 as text: tag, VR, VM, name, ``"Retired"`` or nothing, keyword.

    In the order of tags; repeating groups come last, with an ``x`` for any digit. Rows that
    a program added are not among them.
    """
    for rows in (table.ROWS, table.REPEATERS):
        yield from (tuple(line.split("|")) for line in rows.strip().split("\n"))


def dictionary_vr(tag: int) -> str | None:
    """The VR or VRs the dictionary gives the tag; ``UL`` for group lengths (PS3.5 7.2)."""
    row = ELEMENTS[tag]
    if row is None:
        if not tag & 0xFFFF:
            return "UL"
        row = repeater(tag)
    return None if row is None else row[0]


def keyword_for_tag(tag: int) -> str:
    """The attribute's keyword, empty when it has none."""
    if tag & 0x10000:
        return ""
    row = ELEMENTS[tag] or repeater(tag)
    return row[4] if row else ""


def tag_for_keyword(keyword: str) -> int | None:
    """The tag number of a keyword; ``None`` for that of a repeating group."""
    return keyword_tags().get(keyword)


PRIVATE_ADDITIONS: dict[tuple[str, int], Entry] = {}
"""Creator and place (:func:`private_place`) -> row, for what a program added."""


def private_place(tag: int) -> int:
    """A private tag without the block, which differs from file to file (PS3.5 7.8.1)."""
    return tag & 0xFFFF00FF


def private_entry(tag: int, creator: str) -> Entry | None:
    """The row of a private element, by the creator that reserved its block."""
    added = PRIVATE_ADDITIONS.get((creator, private_place(tag)))
    if added is not None:
        return added
    text = _private_table().get(creator)
    if text is None:
        return None
    rows = _private_rows(text)
    group, element = tag >> 16, tag & 0xFFFF
    low = element & 0xFF
    masks = (
        f"{group:04X}{element:04X}",
        f"{group:04X}xx{low:02X}",
        f"{group >> 8:02X}xxxx{low:02X}",
    )
    return next((rows[mask] for mask in masks if mask in rows), None)


def is_known_creator(creator: str) -> bool:
    """Whether private elements of a creator are in the dictionary, or were added."""
    return creator in _private_table() or any(creator == one for one, _ in PRIVATE_ADDITIONS)


@cache
def _private_table() -> dict[str, str]:
    # 600 kB of table: loaded when the first private element is looked up
    return import_module("isocenter._tables.private_dictionary").ROWS  # type: ignore[no-any-return]  # a module's attribute


@cache
def _private_rows(text: str) -> dict[str, Entry]:
    rows = (line.split("|") for line in text.strip().split("\n"))
    # one row says OB_OW
    return {mask: Entry(vr.replace("_", " or "), vm, name, "") for mask, vr, vm, name in rows}
