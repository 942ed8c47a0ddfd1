"""What the modules of an IOD ask of one level of a data set (PS3.3 A.1.3, PS3.5 7.4).

In: the lists of attributes that hold for the level, each with the module it comes from. Out:
what is absent or empty, and how certain that is. A module of usage U or C counts as used when an
attribute of Type 1 or 2 (1C, 2C) of it is there that no mandatory module has; whether it had
to be used, and whether an attribute of Type 1C or 2C had to be there, depends on conditions
that are prose, which nothing here decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from isocenter.attributes.deviations import Deviation
from isocenter.core.element import DataElement
from isocenter.errors import Level, ValueDecodingError
from isocenter.standard.attributelists import Attribute, AttributeList
from isocenter.standard.modules import Iod, ModuleUse, Usage
from isocenter.standard.tag import BaseTag

_VALUE_TYPE, _RELATIONSHIP_TYPE, _CONTINUITY = 0x0040A040, 0x0040A010, 0x0040A050
_BY_REFERENCE = 0x0040DB73
_DIRECTORY_RECORDS = 0x00041220
_OPTIONAL = frozenset({"3", ""})
_CONDITIONAL = frozenset({"1C", "2C"})
SHARED_GROUPS, FRAME_GROUPS = 0x52009229, 0x52009230
GROUPS = frozenset({SHARED_GROUPS, FRAME_GROUPS})
"""Shared and Per-frame Functional Groups Sequence."""

Present: TypeAlias = "Mapping[int, DataElement | ValueDecodingError | Skipped]"
"""Tag -> the element, or why there is none to look at."""


class Skipped(NamedTuple):
    """An element that is there and was not read: pixel data."""


class Listing(NamedTuple):
    """The attributes that one module lists for a level.

    ``holder`` is the sequence in whose items the level is; ``None`` for the data set itself.
    """

    use: ModuleUse
    attributes: AttributeList
    holder: Attribute | None = None

    def get(self, tag: int) -> Attribute | None:
        """What the module says about an attribute at this level."""
        return self.attributes.get(tag) if self.holder is None else self.holder.below(tag)

    def below(self, tag: int) -> Listing | None:
        """What the module lists for the items of a sequence; ``None`` when it lists nothing."""
        found = self.get(tag)
        if found is None or found.items is None:
            return None
        return Listing(self.use, found.items, found)


@dataclass(frozen=True, slots=True)
class Requirements:
    """What the modules ask of one level.

    Attributes:
        listings: every module's list for it.
        used: the keys of the modules that the data set has.
        sequence: the tag of the sequence whose items these are; 0 for the data set itself.
    """

    listings: tuple[Listing, ...]
    used: frozenset[str]
    sequence: int = 0

    @property
    def is_group(self) -> bool:
        """Whether the IOD, not Types, says which macros stand here (PS3.3 C.7.6.16)."""
        return self.sequence in GROUPS

    def lists(self, tag: int) -> bool:
        """Whether a module lists an attribute here, or could: keys of records are in no table."""
        return self.sequence == _DIRECTORY_RECORDS or any(
            held.get(tag) is not None for held in self.listings
        )

    def below(self, tag: int) -> Requirements | None:
        """What is asked of the items of a sequence; ``None`` when they may hold anything."""
        below = tuple(one for held in self.listings if (one := held.below(tag)) is not None)
        return Requirements(below, self.used, tag) if below else None

    def uses(self, held: Listing) -> bool:
        """Whether the data set has the module of a list."""
        return held.use.module.key in self.used

    @property
    def is_nested(self) -> bool:
        """Whether this is the level of a sequence's items."""
        return self.sequence != 0


class Verdict(NamedTuple):
    """What lacks at a level, and the attributes of which nobody can say whether they lack."""

    lacking: list[tuple[BaseTag, Deviation]]
    undecided: list[BaseTag]


def requirements(iod: Iod, present: Present) -> Requirements:
    """What the modules of an IOD ask of a data set that has these elements."""
    listings = tuple(
        Listing(use, use.module.attributes)
        for use in iod.modules
        if use.module.attributes is not None
    )
    return Requirements(listings, _used(listings, present))


def _used(listings: tuple[Listing, ...], present: Present) -> frozenset[str]:
    modules = [(held, held.use.usage is Usage.MANDATORY) for held in listings]
    mandatory = {one.tag for held, always in modules if always for one in held.attributes}
    return frozenset(
        held.use.module.key
        for held, always in modules
        if always
        or any(
            tag in present
            for one in held.attributes
            if one.type not in _OPTIONAL and one.tag not in mandatory
            for tag in _tags(one, present)
        )
    )


def verdict(asked: Requirements, present: Present) -> Verdict:
    """What is absent or empty at a level, by what is there."""
    found = Verdict([], [])
    for tag, said in _said(asked, present).items():
        element = present.get(tag)
        if element is None:
            deviation = _judged(asked, said, ("1", "2"), "absent-attribute", "absent")
            if deviation is not None:
                found.lacking.append((tag, deviation))
            elif any(kind in _CONDITIONAL for held, kind in said if asked.uses(held)):
                found.undecided.append(tag)
        elif isinstance(element, DataElement) and _is_empty(element):
            deviation = _judged(asked, said, ("1", "1C"), "empty-attribute", "empty")
            if deviation is not None:
                found.lacking.append((tag, deviation))
    return found


def _is_empty(element: DataElement) -> bool:
    return not element.value if element.VR == "SQ" else element.is_empty


Said = list[tuple[Listing, str]]
"""Each module's Type for one attribute."""


def _said(asked: Requirements, present: Present) -> dict[BaseTag, Said]:
    by_tag: dict[BaseTag, Said] = {}
    for held in asked.listings:
        depends = _depends_on_value_type(held, present)
        for one in held.attributes:
            kind = one.type
            if asked.is_group or (depends and one.tag not in depends):
                kind = {"1": "1C", "2": "2C"}.get(kind, kind)
            for tag in _tags(one, present):
                by_tag.setdefault(tag, []).append((held, kind))
    return by_tag


def _tags(attribute: Attribute, present: Present) -> Iterator[BaseTag]:
    """The attribute, or that of each group which is there (PS3.5 7.6)."""
    if not attribute.repeating:
        yield attribute.tag
        return
    first = attribute.tag >> 16
    groups = {tag >> 16 for tag in present if first <= tag >> 16 <= first + 0xFF} or {first}
    yield from (BaseTag(group << 16 | attribute.tag.element) for group in sorted(groups))


def _depends_on_value_type(held: Listing, present: Present) -> frozenset[int]:
    """Of a content item, the attributes that it needs whatever its Value Type is (PS3.3 C.17.3).

    The tables list what the macros of all Value Types hold, as if an item needed everything. An
    item that only refers to another one has no Value Type.
    """
    if held.attributes.get(_CONTINUITY) is None:
        return frozenset()
    always = {_RELATIONSHIP_TYPE} if _BY_REFERENCE in present else {_RELATIONSHIP_TYPE, _VALUE_TYPE}
    return frozenset(always)


def _judged(
    asked: Requirements, said: Said, kinds: tuple[str, str], code: str, what: str
) -> Deviation | None:
    """The deviation, an error where every reading of the modules agrees that it is one."""
    demands = [(held, kind) for held, kind in said if kind in kinds and asked.uses(held)]
    mandatory = [one for one in demands if one[0].use.usage is Usage.MANDATORY]
    if asked.is_nested and not mandatory and all(kind in kinds for _, kind in said):
        mandatory = said  # whichever module brought the sequence, its items need this
    chosen = mandatory or demands
    if not chosen:
        return None
    names = list(dict.fromkeys(held.use.module.name for held, _ in chosen))
    kind = min(kind for _, kind in chosen)
    message = f"Type {kind} in {', '.join(names)}, and {what}"
    level = Level.ERROR if mandatory else Level.WARNING
    seems = "" if mandatory else "; the module seems to be used"
    return Deviation(level, code, message + seems, chosen[0][0].use.module.place.clause)
