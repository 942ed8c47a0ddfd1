"""Which modules an IOD has and where the Standard says so (PS3.3 annexes A, B, C and F).

    iod("1.2.840.10008.5.1.4.1.1.2").modules[0].module.name == "Patient"

Modules, their usage and the attributes with their Types are of edition :data:`EDITION`; names,
places in PS3.3 and the functional groups of an IOD are of :data:`SECTIONS_EDITION`, and what is newer
than that has no place here. Conditions are prose and are not in the tables: whether a
conditional module, or an attribute of Type 1C or 2C, has to be there cannot be read
from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from isocenter._tables import modules as table
from isocenter._tables import sections
from isocenter.standard.attributelists import Attribute, AttributeList, attribute_list
from isocenter.standard.clauses import PAGES, table_clause, url
from isocenter.standard.tag import BaseTag

EDITION = table.EDITION
"""The edition of IODs, modules and attributes."""
SECTIONS_EDITION = sections.EDITION
"""The edition, a year, of names, places and functional groups."""


class Usage(StrEnum):
    """Whether an IOD has a module or a functional group (PS3.3 A.1.3)."""

    MANDATORY = "M"
    CONDITIONAL = "C"
    """Mandatory under a condition that is prose."""
    USER_OPTIONAL = "U"


class Place(NamedTuple):
    """Where PS3.3 lists something: a page of its HTML and a table on it; empty when not known."""

    annex: str
    page: str
    anchor: str

    @property
    def clause(self) -> str:
        """``"PS3.3 table C.7-1"``, or the annex when no more is known."""
        return table_clause(self.anchor) if self.anchor else f"PS3.3 annex {self.annex}"

    @property
    def url(self) -> str:
        """The place in the current edition, or the annex."""
        return url(self.clause) or PAGES


@dataclass(frozen=True, slots=True)
class Module:
    """A module: ``key`` names it in the tables, ``name`` in the Standard.

    ``number`` is that of its list; ``None`` when the tables do not list its attributes.
    """

    key: str
    name: str
    place: Place
    number: int | None

    @property
    def attributes(self) -> AttributeList | None:
        """What it holds; ``None`` when the tables do not list it."""
        return None if self.number is None else attribute_list(self.number)


class ModuleUse(NamedTuple):
    """A module in an IOD, with the Information Entity it belongs to, such as ``"Series"``."""

    module: Module
    usage: Usage
    entity: str


class FunctionalGroup(NamedTuple):
    """A functional group macro of an IOD, and the sequences that stand for it (PS3.3 C.7.6.16)."""

    key: str
    name: str
    place: Place
    usage: Usage
    sequences: tuple[BaseTag, ...]


class Found(NamedTuple):
    """What a path leads to in one module."""

    use: ModuleUse
    attribute: Attribute


@dataclass(frozen=True, slots=True)
class Iod:
    """An Information Object Definition.

    Attributes:
        key: its name in the tables, ``"ct-image"``.
        name: its name, ``"CT Image"``.
        place: where PS3.3 lists its modules.
        sop_classes: the UIDs of the SOP classes that have it.
        modules: its modules in the order of the Standard.
        functional_groups: its macros; empty for an IOD without, or newer than the table.
    """

    key: str
    name: str
    place: Place
    sop_classes: tuple[str, ...]
    modules: tuple[ModuleUse, ...] = field(repr=False, compare=False)
    functional_groups: tuple[FunctionalGroup, ...] = field(repr=False, compare=False)

    def find(self, path: tuple[int, ...]) -> tuple[Found, ...]:
        """Every module's word on a path of tags, from the data set down."""
        found = ((use, _lists(use).find(path)) for use in self.modules)
        return tuple(Found(use, attribute) for use, attribute in found if attribute is not None)

    def paths(self) -> frozenset[tuple[BaseTag, ...]]:
        """Every path of tags that the modules list; Content Sequence with one level (C.17.3.1)."""
        return _paths(self)

    @property
    def unlisted(self) -> tuple[Module, ...]:
        """The modules whose attributes the tables do not list."""
        return tuple(use.module for use in self.modules if use.module.number is None)


_EMPTY = AttributeList(-1, (), {})


def _lists(use: ModuleUse) -> AttributeList:
    return use.module.attributes or _EMPTY


@cache
def _paths(iod: Iod) -> frozenset[tuple[BaseTag, ...]]:
    return frozenset(path for use in iod.modules for path, _ in _lists(use).walk())


def iod(sop_class_uid: str) -> Iod | None:
    """The IOD of a SOP class; ``None`` for one that the tables do not have, as retired ones."""
    key = _sop_classes().get(sop_class_uid)
    return None if key is None else _iod(key)


def iods() -> tuple[Iod, ...]:
    """Every IOD, in the order of the table."""
    return tuple(map(_iod, _rows(table.IODS)))


def module(key: str) -> Module | None:
    """The module of that key, such as ``"general-series"``."""
    return _module(key) if key in _rows(sections.MODULES) else None


def modules() -> tuple[Module, ...]:
    """Every module, those of no IOD too (normalized SOP classes), by key."""
    return tuple(map(_module, _rows(sections.MODULES)))


@cache
def _rows(text: str) -> dict[str, list[str]]:
    """The first column of a table -> the others."""
    return {row[0]: row[1:] for row in (line.split("|") for line in text.strip().split("\n"))}


@cache
def _sop_classes() -> dict[str, str]:
    return {uid: key for uid, (key,) in _rows(table.SOP_CLASSES).items()}


@cache
def _module(key: str) -> Module:
    name, *place = _rows(sections.MODULES)[key]
    number = _rows(table.MODULES).get(key)
    return Module(key, name, Place("C", *place), int(number[0]) if number else None)


@cache
def _iod(key: str) -> Iod:
    name, *place = _rows(sections.IODS)[key]
    return Iod(
        key,
        name,
        Place("A", *place),
        tuple(uid for uid, its in _sop_classes().items() if its == key),
        tuple(map(_use, _uses(table.IODS, key))),
        tuple(map(_group, _uses(sections.FUNCTIONAL_GROUPS, key))),
    )


def _uses(text: str, key: str) -> Iterator[list[str]]:
    rows = _rows(text)
    return (use.split(":") for use in rows[key][0].split(",")) if key in rows else iter(())


def _use(row: list[str]) -> ModuleUse:
    key, usage, entity = row
    return ModuleUse(_module(key), Usage(usage), entity)


def _group(row: list[str]) -> FunctionalGroup:
    key, usage = row
    name, page, anchor, tags = _rows(sections.MACROS)[key]
    sequences = tuple(BaseTag(int(tag, 16)) for tag in tags.split(",") if tag)
    return FunctionalGroup(key, name, Place("C", page, anchor), Usage(usage), sequences)
