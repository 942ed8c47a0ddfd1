"""Example values that may be published, what they are worth, and what is withheld and why.

A value is published when three things hold: its VR is one whose values are codes or short
texts; neither its attribute nor a sequence around it is in PS3.15 table E.1-1; and at least
``k`` different patients have it. Private attributes are withheld whatever they are: nobody
says what they hold, and the table lists them all. What is withheld is counted, by reason.

In: an opened profile. Out: frozen values. That of a profile with every value and opened so,
``is_unsafe`` says that nothing was withheld.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from operator import attrgetter

from isocenter.attributes import classes
from isocenter.attributes.classes import Kept
from isocenter.attributes.occurrences import LONGEST_VALUE, Flag, text_flags, values
from isocenter.attributes.paths import Component, components
from isocenter.attributes.profile import Presence, Profile, Value, Withheld
from isocenter.standard.tag import Tag
from isocenter.standard.vr import TEXT

NUMBER, LENGTH = 6, 50
"""How many values of an attribute, and how many characters of a value, tell enough."""
UNSAFE = "Every value, names included: not checked for anybody's identity"
"""What outputs say that withhold nothing."""


class Reason(StrEnum):
    """Why values are withheld."""

    LISTED = "listed"
    """The attribute, or a sequence around it, is in PS3.15 table E.1-1."""
    PRIVATE = "private"
    """The attribute, or one around it, is private."""
    VR = "vr"
    """Values of its VR are free text, names, dates, times or UIDs."""
    NUMBER = "number"
    """Numbers are told as ranges, not one by one."""
    BYTES = "bytes"
    """Bytes are told by their length."""
    LONG = "long"
    """A value is longer than anything that is kept."""
    PATIENTS = "patients"
    """Fewer than ``k`` different patients have the value."""


@dataclass(frozen=True, slots=True)
class Example:
    """A value that may be published.

    ``value`` has several values joined with a backslash. ``marks`` names what it does against
    its VR and VM: ``invalid-value``, ``value-too-long``, ``wrong-vm``.
    """

    value: str
    vr: str
    files: int
    series: int
    patients: int
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WithheldValues:
    """Values that are not published, and in how many files.

    ``different`` is how many different ones there are, where that is counted, else ``None``.
    """

    reason: Reason
    files: int
    different: int | None = None


@dataclass(frozen=True, slots=True)
class AttributeExamples:
    """What may be told of the values at one path.

    ``more`` is how many further values may be published beyond those that were asked for.
    """

    path: str
    keyword: str
    files_with_value: int
    examples: tuple[Example, ...]
    more: int
    withheld: tuple[WithheldValues, ...]


@dataclass(frozen=True, slots=True)
class Examples:
    """Every path of a profile with its examples, and what is withheld altogether.

    ``withheld`` counts, by reason, the paths of which something is withheld.
    """

    k: int
    is_unsafe: bool
    attributes: tuple[AttributeExamples, ...]
    withheld: tuple[tuple[Reason, int], ...]


def examples(
    profile: Profile, *, number: int | None = NUMBER, exclude: Collection[str] = ()
) -> Examples:
    """The example values of a profile.

    Args:
        profile: opened with the number of patients that a value takes.
        number: how many values of an attribute; ``None`` for all. Those of most patients come first.
        exclude: tags or keywords of attributes to leave out, at whatever depth.

    Raises:
        UsageError: ``exclude`` names something that is no attribute.
    """
    unwanted = frozenset(map(Tag, exclude))
    told = _told(profile)
    few = {one.path: one for one in profile.withheld()}
    found = []
    for one in profile.presence(by=()):
        parts = components(one.path)
        if unwanted.isdisjoint(part.tag for part in parts) and one.files_with_value:
            mine = told.get(one.path, ())
            chosen = mine[:number]
            withheld = tuple(_withheld(profile, one, parts, few.get(one.path)))
            more = len(mine) - len(chosen)
            found.append(
                AttributeExamples(
                    one.path, one.keyword, one.files_with_value, chosen, more, withheld
                )
            )
    counts = [
        (reason, sum(any(one.reason is reason for one in each.withheld) for each in found))
        for reason in Reason
    ]
    return Examples(
        profile.k,
        profile.unsafe,
        tuple(found),
        tuple((why, count) for why, count in counts if count),
    )


def _told(profile: Profile) -> dict[str, tuple[Example, ...]]:
    """Path -> its values, those of most patients first."""
    return {
        path: tuple(map(_example, mine))
        for path, mine in groupby(profile.values(), attrgetter("path"))
    }


def _example(one: Value) -> Example:
    row = components(one.path)[-1].entry
    flags = Flag(0)
    if one.vr in TEXT:
        flags = Flag(text_flags(one.vr, row.vm if row else "", values(one.vr, one.value)))
    return Example(
        one.value, one.vr, one.files, one.series, one.patients, tuple(flag.code for flag in flags)
    )


def _withheld(
    profile: Profile,
    one: Presence,
    parts: Sequence[Component],
    rare: Withheld | None,
) -> Iterator[WithheldValues]:
    if profile.unsafe:
        return
    if any(part.is_private for part in parts):
        yield WithheldValues(Reason.PRIVATE, one.files_with_value)
    elif any(map(classes.is_listed, parts)):
        yield WithheldValues(Reason.LISTED, one.files_with_value)
    else:
        reasons = dict.fromkeys(_reason(vr, parts) for vr in one.vrs)
        yield from (WithheldValues(why, one.files_with_value) for why in reasons if why)
        if one.lengths[1] > LONGEST_VALUE and None in reasons:
            yield WithheldValues(Reason.LONG, one.files_with_value)
        if rare is not None and None in reasons:
            yield WithheldValues(Reason.PATIENTS, rare.files, rare.different_values)


def _reason(vr: str, parts: Sequence[Component]) -> Reason | None:
    """Why a VR's values are not kept; ``None`` of one whose values are, and of sequences."""
    kept = classes.kept(vr, parts[-1], listed=False)
    if kept is Kept.VALUE or vr == "SQ":
        return None
    if kept is Kept.NUMBER:
        return Reason.NUMBER
    return Reason.VR if kept is Kept.PATTERN else Reason.BYTES
