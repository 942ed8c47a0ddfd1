r"""One element looked at: what it is called, whether its value is one, and what of it is kept.

In: a tag, its VR and the bytes of its value. Out: :class:`Occurrence`. Nothing here raises for
a bad value: that is what the flags tell.
"""

from __future__ import annotations

import re
import struct
from enum import IntFlag
from functools import lru_cache
from math import isfinite
from typing import NamedTuple

from isocenter.attributes import classes
from isocenter.attributes.classes import Kept
from isocenter.attributes.identity import Numbers
from isocenter.attributes.paths import Component, joined
from isocenter.core.charset import (
    NAME_DELIMITERS,
    SINGLE_DELIMITERS,
    TEXT_DELIMITERS,
    CharacterSets,
)
from isocenter.core.validation import broken_rules
from isocenter.standard.multiplicity import allows
from isocenter.standard.vr import CHARSET_TEXT, NUMBER_CODES, SINGLE_TEXT, TEXT

LONGEST_VALUE = 1024
"""Characters of the longest value that is kept; a longer one is kept as what it looks like."""
_LONGEST_PATTERN = 64
_PADDING = "\0 "
_LETTERS = re.compile(r"[^\W\d_]+")
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"\d+")
_OTHER = re.compile(r"[^ -~]")
_RUNS_OF_DIGITS = frozenset({"LT", "ST", "UC", "UI", "UR", "UT"})
_WORDS = {"OD": 8, "OF": 4, "OL": 4, "OV": 8, "OW": 2}


class Flag(IntFlag):
    """What is remarkable about an element."""

    EMPTY = 1
    """It has no value, or none but padding; a sequence has no items."""
    OTHER_VR = 2
    """Its VR is none that the dictionary gives the attribute."""
    INVALID_VALUE = 4
    """Its value is none of its VR (PS3.5 6.2)."""
    VALUE_TOO_LONG = 8
    """A value is longer than its VR allows."""
    NOT_IN_DICTIONARY = 16
    """The dictionaries do not have the attribute."""
    RETIRED_ATTRIBUTE = 32
    """The Standard has withdrawn it."""
    WRONG_VM = 64
    """It has another number of values than the dictionary allows."""

    @property
    def code(self) -> str:
        """The name as tables and commands have it: ``other-vr``."""
        return (self.name or "").lower().replace("_", "-")


_NO_NUMBER = Flag.INVALID_VALUE


class Attribute(NamedTuple):
    """What is known of an element before its value is looked at."""

    path: str
    vr: str
    component: Component
    kept: Kept
    vm: str
    flags: int
    is_counted: bool
    """Whether different values are counted, by numbers that stand for them."""
    listed: bool
    """Whether the attribute or one around it is in PS3.15 table E.1-1."""


class Occurrence(NamedTuple):
    """An element as far as a profile keeps it."""

    path: str
    vr: str
    flags: int
    vm: int
    """How many values, or items; 0 of an empty one."""
    length: int
    """Of text the characters of its longest value, of all else the bytes of the value field."""
    text: str | None = None
    """The value or its pattern, as ``kept`` says."""
    kept: Kept = Kept.LENGTH
    numbers: tuple[float, ...] = ()
    number_of_value: int | None = None


class Rules(NamedTuple):
    """What is kept, and how identifiers become numbers."""

    numbers: Numbers
    unsafe: bool = False
    """Whether every value is kept: for data known to be clean."""

    def attribute(self, above: str, component: Component, vr: str, *, listed: bool) -> Attribute:
        """What is known of an element.

        Args:
            above: the path of the sequence around it, empty for none.
            component: which attribute.
            vr: the VR found, or that of the dictionary where the file tells none.
            listed: whether the sequence around it is in table E.1-1, or in one that is.
        """
        row = component.entry
        listed = listed or classes.is_listed(component)
        vrs = row.vr.split(" or ") if row else [vr]
        flags = Flag.NOT_IN_DICTIONARY if row is None else Flag(0)
        if vr not in vrs:
            flags |= Flag.OTHER_VR
        if row is not None and row.is_retired:
            flags |= Flag.RETIRED_ATTRIBUTE
        kept = classes.kept(vr, component, listed=listed)
        return Attribute(
            path=joined(above, component),
            vr=vr,
            component=component,
            kept=classes.kept_when_clean(vr) if self.unsafe else kept,
            vm=row.vm if row else "",
            flags=int(flags),
            is_counted=not listed or vr == "UI" or self.numbers.is_keyed,
            listed=listed,
        )


class Field(NamedTuple):
    """The bytes of a value, and how they are read."""

    data: bytes
    order: str
    sets: CharacterSets


def look(attribute: Attribute, field: Field, numbers: Numbers) -> Occurrence:
    """What an element that is no sequence is."""
    vr = attribute.vr
    if vr in TEXT:
        return _text(attribute, field, numbers)
    if vr in NUMBER_CODES:
        return _binary(attribute, field)
    return _bytes(attribute, len(field.data))


def sequence(attribute: Attribute, items: int, length: int) -> Occurrence:
    """What a sequence of so many items is."""
    flags = attribute.flags | (0 if items else Flag.EMPTY)
    return Occurrence(attribute.path, attribute.vr, int(flags), items, length)


def bulk(attribute: Attribute, length: int) -> Occurrence:
    """What an element is whose bytes are not looked at."""
    return _bytes(attribute, length)


# --- text ---------------------------------------------------------------------------------


def _text(attribute: Attribute, field: Field, numbers: Numbers) -> Occurrence:
    vr = attribute.vr
    parts = values(vr, _decoded(vr, field))
    length = max(map(len, parts))
    if not any(parts):
        return Occurrence(attribute.path, vr, int(attribute.flags | Flag.EMPTY), 0, length)
    flags = attribute.flags | text_flags(vr, attribute.vm, parts)
    if vr in CHARSET_TEXT:
        flags |= _unwritable(parts, field.sets)
    text: str | None = "\\".join(parts)
    number = None
    if attribute.kept is Kept.NUMBER:
        found = tuple(float(part) for part in parts if part and not _broken(vr, part) & _NO_NUMBER)
        plain = attribute.path, vr, int(flags), len(parts), length
        return Occurrence(*plain, None, Kept.NUMBER, tuple(filter(isfinite, found)))
    if attribute.kept is Kept.LENGTH:
        return Occurrence(attribute.path, vr, int(flags), len(parts), length)
    if attribute.is_counted:
        number = numbers.of("value", text or "")
    kept = attribute.kept
    if kept is Kept.VALUE and len(text or "") > LONGEST_VALUE:
        kept = Kept.PATTERN
    if kept is Kept.PATTERN:
        text = pattern(vr, text or "")
    return Occurrence(attribute.path, vr, int(flags), len(parts), length, text, kept, (), number)


def _decoded(vr: str, field: Field) -> str:
    if vr not in CHARSET_TEXT:
        return field.data.decode("latin_1")
    delimiters = TEXT_DELIMITERS
    if vr == "PN":
        delimiters = NAME_DELIMITERS
    elif vr in SINGLE_TEXT:
        delimiters = SINGLE_DELIMITERS
    return field.sets.decode(field.data, delimiters)


def values(vr: str, text: str) -> list[str]:
    """The values of a field without padding; spaces before them are none in most VRs either."""
    if vr in SINGLE_TEXT:
        return [text.rstrip(_PADDING)]
    return [part.strip(_PADDING) for part in text.split("\\")]


@lru_cache(1 << 14)
def _broken(vr: str, text: str) -> int:
    flags = 0
    for rule in broken_rules(vr, text):
        flags |= Flag.VALUE_TOO_LONG if rule.is_of_length else Flag.INVALID_VALUE
    return int(flags)


def text_flags(vr: str, vm: str, parts: list[str]) -> int:
    """What is wrong with values of a VR made of text; ``vm`` is the dictionary's, if it has one."""
    flags = 0
    for part in parts:
        if part:
            flags |= _broken(vr, part)
    if vm and not allows(vm, len(parts)):
        flags |= Flag.WRONG_VM
    return int(flags)


def _unwritable(parts: list[str], sets: CharacterSets) -> int:
    """Whether there are characters that no declared character set has (PS3.5 6.1.2.3)."""
    for part in parts:
        if not part.isascii():
            try:
                sets.encode(part)
            except UnicodeEncodeError:
                return Flag.INVALID_VALUE
    return 0


def pattern(vr: str, text: str) -> str:
    """What a text looks like: ``9`` for a digit, ``A`` for letters, ``?`` for control characters.

    In UIDs and free text ``9`` stands for any number of digits. More than 64 characters end in ``…``.
    """
    digits = _DIGITS if vr in _RUNS_OF_DIGITS else _DIGIT
    found = _OTHER.sub("?", digits.sub("9", _LETTERS.sub("A", text)))
    return found if len(found) <= _LONGEST_PATTERN else f"{found[:_LONGEST_PATTERN]}…"


# --- numbers and bytes --------------------------------------------------------------------


def _binary(attribute: Attribute, field: Field) -> Occurrence:
    vr, size = attribute.vr, struct.calcsize(NUMBER_CODES[attribute.vr])
    size = 4 if vr == "AT" else size
    count, rest = divmod(len(field.data), size)
    if not field.data:
        return Occurrence(attribute.path, vr, int(attribute.flags | Flag.EMPTY), 0, 0)
    flags = attribute.flags
    if rest:
        return Occurrence(
            attribute.path, vr, int(flags | Flag.INVALID_VALUE), count, len(field.data)
        )
    if attribute.vm and not allows(attribute.vm, count):
        flags |= Flag.WRONG_VM
    plain = attribute.path, vr, int(flags), count, len(field.data)
    if attribute.kept is Kept.NUMBER:
        found = struct.unpack(f"{field.order}{count}{NUMBER_CODES[vr]}", field.data)
        return Occurrence(*plain, None, Kept.NUMBER, tuple(filter(isfinite, found)))
    if attribute.kept is Kept.LENGTH or count * 9 > LONGEST_VALUE:
        return Occurrence(*plain)
    return Occurrence(*plain, _tags(field, count), attribute.kept)


def _tags(field: Field, count: int) -> str:
    halves = struct.unpack(f"{field.order}{2 * count}H", field.data)
    pairs = zip(halves[::2], halves[1::2], strict=True)
    return "\\".join(f"{group:04X}{number:04X}" for group, number in pairs)


def _bytes(attribute: Attribute, length: int) -> Occurrence:
    if not length:
        return Occurrence(attribute.path, attribute.vr, int(attribute.flags | Flag.EMPTY), 0, 0)
    word = _WORDS.get(attribute.vr, 1)
    flags = attribute.flags | (Flag.INVALID_VALUE if length % word else 0)
    return Occurrence(attribute.path, attribute.vr, int(flags), 1, length)
