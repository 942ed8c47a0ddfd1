"""The data dictionary: what PS3.6 says of a tag, and the private elements known.

Lookups take an ``int`` tag and never raise for an unknown one; they return ``None``
so that the caller decides what an unknown element means.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import NamedTuple

from isocenter._tables.dictionary import ENTRIES, REPEATERS
from isocenter.standard.tag import keyword_tags


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
    """The row of a standard attribute, repeating groups included; else ``None``."""
    row = ENTRIES.get(tag)
    if row is None:
        row = _repeater(tag)
    return None if row is None else Entry(*row)


def dictionary_vr(tag: int) -> str | None:
    """The VR or VRs PS3.6 gives the tag; ``UL`` for group lengths (PS3.5 7.2)."""
    row = ENTRIES.get(tag)
    if row is None:
        if not tag & 0xFFFF:
            return "UL"
        row = _repeater(tag)
    return None if row is None else row[0]


def keyword_for_tag(tag: int) -> str:
    """The attribute's keyword, empty when it has none."""
    row = ENTRIES.get(tag) or _repeater(tag)
    return row[4] if row else ""


def tag_for_keyword(keyword: str) -> int | None:
    """The tag number of a keyword."""
    return keyword_tags().get(keyword)


def private_entry(tag: int, creator: str) -> Entry | None:
    """The row of a private element, by the creator that reserved its block."""
    rows = _private_rows().get(creator)
    if rows is None:
        return None
    group, element = tag >> 16, tag & 0xFFFF
    low = element & 0xFF
    masks = (
        f"{group:04X}{element:04X}",
        f"{group:04X}xx{low:02X}",
        f"{group >> 8:02X}xxxx{low:02X}",
    )
    for mask in masks:
        row = rows.get(mask)
        if row is not None:
            vr, *others = row
            return Entry(vr.replace("_", " or "), *others)  # one row says OB_OW
    return None


@cache
def _private_rows() -> dict[str, dict[str, tuple[str, str, str, str]]]:
    # 600 kB of table: loaded when the first private element is looked up
    return import_module("isocenter._tables.private_dictionary").ENTRIES  # type: ignore[no-any-return]  # a module's attribute


@cache
def _masks() -> tuple[tuple[int, int, tuple[str, str, str, str, str]], ...]:
    def number(mask: str, x: str, digit: str) -> int:
        return int("".join(x if char == "x" else digit or char for char in mask), 16)

    return tuple(
        (number(mask, "0", "F"), number(mask, "0", ""), row) for mask, row in REPEATERS.items()
    )


@cache
def _repeater(tag: int) -> tuple[str, str, str, str, str] | None:
    """Repeating groups such as overlays ``60xx``: even ones only (PS3.5 7.6)."""
    if tag & 0x10000:
        return None
    for bits, value, row in _masks():
        if tag & bits == value:
            return row
    return None
