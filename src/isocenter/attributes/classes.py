"""What a profile keeps of an attribute's values, by its VR and by PS3.15 table E.1-1.

Codes and short texts are kept as they are, numbers as a histogram; of dates, times, UIDs, names and
free text only how long they are and what they look like; of bytes only the length. Of an
attribute that the table lists, and of all that is nested in a sequence it lists, no value is
kept in any form. The table lists every private attribute, curves and overlays' data; so do we,
and what the dictionary does not have.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from isocenter.attributes.paths import Component
from isocenter.deidentify.table import rows
from isocenter.standard.vr import NUMBER_CODES, TEXT


class Kept(StrEnum):
    """What is kept of a value."""

    VALUE = "value"
    """The value itself; for numbers too, where every value may be kept."""
    NUMBER = "number"
    """Least, greatest, and a histogram."""
    PATTERN = "pattern"
    """What it looks like, and how many different ones there are."""
    LENGTH = "length"
    """Nothing else."""


CODES = frozenset({"AT", "CS", "LO", "SH"})
"""VRs of which values are kept: codes, and texts that are often codes."""
NUMBERS = (frozenset(NUMBER_CODES) - {"AT"}) | {"DS", "IS"}
"""VRs of numbers."""
CODE_VALUES = frozenset({0x00080119, 0x00080120})
"""Long Code Value (UC) and URN Code Value (UR): codes in VRs of free text, PS3.3 8.1."""
_REPEATING = frozenset({0x50, 0x60})


@lru_cache(4096)
def is_listed(component: Component) -> bool:
    """Whether PS3.15 table E.1-1 lists the attribute: by its tag, or as private or repeating.

    One that the dictionary does not have counts as listed: nobody says what it holds.
    """
    group = component.tag >> 16
    known = bool(group & 1) or group >> 8 in _REPEATING or component.tag in rows()
    return known or component.entry is None


def kept(vr: str, component: Component, *, listed: bool) -> Kept:
    """What is kept of the values of an attribute.

    Args:
        vr: the VR found.
        component: the attribute.
        listed: whether it, or a sequence around it, is in the table.
    """
    if vr in NUMBERS:
        return Kept.LENGTH if listed else Kept.NUMBER
    if vr in CODES or component.tag in CODE_VALUES:
        if not listed:
            return Kept.VALUE
        return Kept.LENGTH if vr == "AT" else Kept.PATTERN
    return Kept.PATTERN if vr in TEXT else Kept.LENGTH


def kept_when_clean(vr: str) -> Kept:
    """The same for data known to hold nobody's identity: every text is kept."""
    if vr in NUMBERS:
        return Kept.NUMBER
    return Kept.VALUE if vr in TEXT or vr in CODES else Kept.LENGTH
