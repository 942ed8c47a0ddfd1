"""The rows of the data dictionary by tag, and the tags by keyword.

At first they are those of PS3.6; :mod:`isocenter.standard.additions` puts others beside
them. A row is split from its line when its tag is first looked up.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cache, lru_cache
from typing import TypeAlias

from isocenter._tables.dictionary import REPEATERS, ROWS

Row: TypeAlias = tuple[str, str, str, str, str]
"""VR, VM, name, ``"Retired"`` or nothing, keyword."""

_REMEMBERED = 4096
"""How many answers about tags without a row of their own are kept; a file may have any tags."""


def split(line: str) -> tuple[str, Row]:
    """The tag as text, and the row behind it."""
    tag, vr, vm, name, retired, keyword = line.split("|")
    return tag, (vr, vm, name, retired, keyword)


@cache
def _lines() -> list[str]:
    return ROWS.strip().split("\n")


@lru_cache(_REMEMBERED)
def standard_row(tag: int) -> Row | None:
    """The row that PS3.6 has for this one tag."""
    lines, text = _lines(), f"{tag:08X}"
    place = bisect_left(lines, text)
    if place < len(lines) and lines[place].startswith(text):
        return split(lines[place])[1]
    return None


class _Elements(dict[int, Row | None]):
    """``ELEMENTS[tag]`` never raises: it is ``None`` for a tag that has no row."""

    def __missing__(self, tag: int) -> Row | None:
        row = standard_row(tag)
        if row is not None:
            self[tag] = row
        return row


ELEMENTS: dict[int, Row | None] = _Elements()
"""Tag -> row, repeating groups left out."""

_KEYWORD_TAGS: dict[str, int] = {}


def keyword_tags() -> dict[str, int]:
    """Keyword -> tag number, for every row that has a keyword; made at first use."""
    if not _KEYWORD_TAGS:
        found = {line.rpartition("|")[2]: int(line[:8], 16) for line in _lines()}
        found.pop("", None)
        _KEYWORD_TAGS.update(found)
    return _KEYWORD_TAGS


@cache
def _repeaters() -> dict[int, dict[int, Row]]:
    """The digits that count as a mask -> their value -> row."""
    found: dict[int, dict[int, Row]] = {}
    for line in REPEATERS.strip().split("\n"):
        mask, row = split(line)
        bits = int("".join("0" if char == "x" else "F" for char in mask), 16)
        found.setdefault(bits, {})[int(mask.replace("x", "0"), 16)] = row
    return found


@lru_cache(_REMEMBERED)
def repeater(tag: int) -> Row | None:
    """The row of a repeating group such as overlays ``60xx``: even ones only (PS3.5 7.6)."""
    if tag & 0x10000:
        return None
    for bits, rows in _repeaters().items():
        row = rows.get(tag & bits)
        if row is not None:
            return row
    return None


def first_of_group(tag: int) -> int:
    """The tag that stands for a whole repeating group, its free digits 0; of others the tag itself."""
    if ELEMENTS[tag] is None and not tag & 0x10000:
        for bits, rows in _repeaters().items():
            if tag & bits in rows:
                return tag & bits
    return tag


@cache
def repeater_keywords() -> frozenset[str]:
    """The keywords of repeating groups; each stands for many tags."""
    return frozenset(row[4] for rows in _repeaters().values() for row in rows.values())


@cache
def ambiguous_tags() -> frozenset[int]:
    """The tags whose VR PS3.6 leaves open, such as ``US or SS``; repeating groups left out."""
    lines = (line.split("|", 2) for line in _lines())
    return frozenset(int(tag, 16) for tag, vr, _ in lines if " or " in vr)
