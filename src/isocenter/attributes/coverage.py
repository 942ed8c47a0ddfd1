"""How much of the Standard an archive covers: five numbers, each with its denominator named.

In: for each SOP class and path, how many files have it, and how many with a value; as
:meth:`Profile.presence` tells it by SOP class. Out: frozen ratios. An empty value covers
nothing, private attributes count nowhere, and the groups of a repeating group count as one.

A path is text, tags with dots between; only its tags are looked at. Sequences in the items of Content
Sequence are those of the first level, because the tables go no deeper (PS3.3 C.17.3.1).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, Protocol, TypeAlias

from isocenter.standard.attributelists import CONTENT_SEQUENCE, Attribute, AttributeList
from isocenter.standard.dictionary import entries
from isocenter.standard.modules import EDITION, Iod, ModuleUse, iod
from isocenter.standard.rows import first_of_group
from isocenter.standard.tag import BaseTag

Path: TypeAlias = tuple[int, ...]
TYPES = ("1", "1C", "2", "2C", "3")
PUBLISHED_TAGS = 3636
"""The denominator of Innolitics' published figure: 394 of 3,636 tags, 10.84 % (2021)."""
_LEGACY_LEFT_OUT = frozenset({"OB", "OD", "OF", "SQ", "UN"})
_FIRST_GROUP, _DELIMITERS = 0x0002, 0xFFFE  # PS3.6; commands are PS3.7, delimiters hold no value


class Present(Protocol):
    """How often a path occurs in the files of a SOP class."""

    @property
    def sop_class(self) -> str:
        """The SOP Class UID; empty or another text when it may not be told."""

    @property
    def path(self) -> str:
        """Tags of eight hexadecimal digits with dots between, private ones in any other form."""

    @property
    def files(self) -> int:
        """Files that have the path."""

    @property
    def files_with_value(self) -> int:
        """Those in which it is not empty; a sequence has an item."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A number of five: ``count`` of ``total``, and in words what each of them is."""

    name: str
    count: int
    total: int
    counted: str
    of: str

    @property
    def share(self) -> float:
        """From 0 to 1; 0 of nothing is 0."""
        return self.count / self.total if self.total else 0.0


class TypeCoverage(NamedTuple):
    """The attributes of one Type in a module of an IOD.

    Attributes:
        iod: the IOD's name.
        module: the module's name.
        usage: ``M``, ``C`` or ``U``.
        type: ``1``, ``1C``, ``2``, ``2C`` or ``3``.
        expected: attributes of the module at levels that occur: the data set, and the
            items of those sequences of the module that some file has.
        present: those that some file has.
        filled: those that some file has with a value.
    """

    iod: str
    module: str
    usage: str
    type: str
    expected: int
    present: int
    filled: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """The five numbers.

    Attributes:
        dictionary, reachable, path, innolitics: one ratio each.
        types: the fifth, for each IOD, module and Type that has attributes.
        without_iod: SOP classes seen that the tables have no IOD for; they count in
            ``dictionary`` and ``innolitics`` only.
    """

    dictionary: Ratio
    reachable: Ratio
    path: Ratio
    innolitics: Ratio
    types: tuple[TypeCoverage, ...]
    without_iod: tuple[str, ...]

    @property
    def ratios(self) -> tuple[Ratio, ...]:
        """The four that are one ratio each."""
        return self.dictionary, self.reachable, self.path, self.innolitics


class _Seen(NamedTuple):
    """Paths that occur, and those of them that have a value."""

    paths: frozenset[Path]
    filled: frozenset[Path]


_NOTHING = _Seen(frozenset(), frozenset())


def coverage(presence: Iterable[Present]) -> Coverage:
    """All five numbers."""
    by_class = _by_sop_class(presence)
    by_iod, without = _by_iod(by_class)
    everything = _merged(by_class.values())
    return Coverage(
        dictionary=_dictionary(everything),
        reachable=_reachable(everything, by_iod),
        path=_path(by_iod),
        innolitics=innolitics(_legacy_tags(everything)),
        types=tuple(_types(by_iod)),
        without_iod=without,
    )


def innolitics(examples: Collection[str], reference: int = PUBLISHED_TAGS) -> Ratio:
    """The formula of the published figure: the entries of a map over the tags of a list.

    Args:
        examples: a map ``{"(gggg,eeee)": [...]}``, or its keys. Every entry counts, as theirs do.
        reference: tags of the dictionary without private ones, without ``xx`` groups and
            without names that have "Sequence" in them: 3,636 in theirs; see :func:`plain_tags`.
    """
    counted = "tags of the data set itself that have a value, retired ones too"
    of = "tags without XX groups and without names that contain Sequence"
    if reference == PUBLISHED_TAGS:
        of += ", as published in 2021"
    return Ratio("innolitics", len(examples), reference, counted, of)


@cache
def plain_tags() -> int:
    """The same count over our own dictionary, from group 0008 on as theirs."""
    return sum(
        1
        for tag, _, _, name, *_ in entries()
        if tag >= "0008" and tag[2:4] != "xx" and "Sequence" not in name
    )


# --- from text to sets ----------------------------------------------------------------------


def _by_sop_class(presence: Iterable[Present]) -> dict[str, _Seen]:
    paths: dict[str, set[Path]] = defaultdict(set)
    filled: dict[str, set[Path]] = defaultdict(set)
    for one in presence:
        path = _tags(one.path)
        if path is not None and one.files:
            paths[one.sop_class].add(path)
            if one.files_with_value:
                filled[one.sop_class].add(path)
    return {uid: _Seen(frozenset(paths[uid]), frozenset(filled[uid])) for uid in sorted(paths)}


def _tags(path: str) -> Path | None:
    """The tags of a path, repeating groups by their first; ``None`` for a private one."""
    if "(" in path:
        return None
    tags = [first_of_group(int(one, 16)) for one in path.split(".")]
    if any(tag & 0x10000 for tag in tags):
        return None
    pairs = zip(tags, (0, *tags), strict=False)
    return tuple(tag for tag, above in pairs if not tag == above == CONTENT_SEQUENCE)


def _by_iod(by_class: Mapping[str, _Seen]) -> tuple[dict[Iod, _Seen], tuple[str, ...]]:
    found: dict[Iod, list[_Seen]] = defaultdict(list)
    without = []
    for uid, seen in by_class.items():
        known = iod(uid)
        if known is None:
            without.append(uid)
        else:
            found[known].append(seen)
    return {known: _merged(seen) for known, seen in found.items()}, tuple(without)


def _merged(every: Iterable[_Seen]) -> _Seen:
    paths, filled = zip(_NOTHING, *every, strict=True)
    return _Seen(frozenset().union(*paths), frozenset().union(*filled))


# --- the numbers ----------------------------------------------------------------------------


@cache
def _attributes() -> frozenset[int]:
    """What the dictionary number is of: PS3.6 without retired attributes and sequences."""
    return frozenset(
        _first(tag)
        for tag, vr, _, _, retired, _ in entries()
        if not retired and vr != "SQ" and _FIRST_GROUP <= _first(tag) >> 16 < _DELIMITERS
    )


def _first(tag: str) -> int:
    return int(tag.replace("x", "0"), 16)


def _dictionary(seen: _Seen) -> Ratio:
    found = _attributes() & {path[-1] for path in seen.filled}
    of = "attributes of PS3.6 that are not retired and no sequences, repeating groups once"
    return Ratio("dictionary", len(found), len(_attributes()), "attributes with a value", of)


def _reachable(seen: _Seen, by_iod: Mapping[Iod, _Seen]) -> Ratio:
    within = _attributes() & reachable_tags(by_iod)
    found = within & {path[-1] for path in seen.filled}
    of = f"those of them that the modules of the SOP classes seen can hold at any depth ({EDITION})"
    return Ratio("reachable", len(found), len(within), "attributes with a value", of)


def reachable_tags(every: Iterable[Iod]) -> frozenset[int]:
    """Every tag that the modules of some IODs list at any depth."""
    modules = {use.module.key: use.module for one in every for use in one.modules}
    pending = [one.attributes for one in modules.values() if one.attributes is not None]
    met = {held.number for held in pending}
    tags: set[int] = set()
    while pending:
        held = pending.pop()
        for one in held:
            tags.add(first_of_group(one.tag))
            items = one.items
            if items is not None and items.number not in met:
                met.add(items.number)
                pending.append(items)
    return frozenset(tags)


def _path(by_iod: Mapping[Iod, _Seen]) -> Ratio:
    allowed = frozenset().union(*(_allowed(one) for one in by_iod))
    found = frozenset().union(*(seen.filled & _allowed(one) for one, seen in by_iod.items()))
    of = f"paths that the modules of the IODs seen list ({EDITION})"
    return Ratio(
        "path", len(found), len(allowed), "such paths with a value, in a file of the IOD", of
    )


@cache
def _allowed(known: Iod) -> frozenset[Path]:
    return frozenset(tuple(map(first_of_group, path)) for path in known.paths())


def _types(by_iod: Mapping[Iod, _Seen]) -> Iterator[TypeCoverage]:
    for known, seen in by_iod.items():
        for use in known.modules:
            if use.module.attributes is not None:
                yield from _of_module(known, use, seen)


def _of_module(known: Iod, use: ModuleUse, seen: _Seen) -> Iterator[TypeCoverage]:
    counts: dict[str, list[int]] = {kind: [0, 0, 0] for kind in TYPES}
    for path, attribute in _occurring(use.module.attributes, (), seen):
        if attribute.type in counts:
            row = counts[attribute.type]
            row[0] += 1
            row[1] += path in seen.paths
            row[2] += path in seen.filled
    for kind, (expected, present, filled) in counts.items():
        if expected:
            yield TypeCoverage(
                known.name, use.module.name, str(use.usage), kind, expected, present, filled
            )


def _occurring(
    held: AttributeList | None, above: Path, seen: _Seen
) -> Iterator[tuple[Path, Attribute]]:
    """The attributes of levels that occur."""
    for attribute in held or ():
        path = (*above, first_of_group(attribute.tag))
        yield path, attribute
        if path in seen.filled:  # a sequence with an item
            yield from _occurring(attribute.items, path, seen)


def _legacy_tags(seen: _Seen) -> frozenset[str]:
    """The keys that a map of their shape has: without file meta, and without the VRs they leave out."""
    vrs = {_first(tag): vr for tag, vr, *_ in entries()}
    top = {path[0] for path in seen.filled if len(path) == 1 and path[0] >> 16 >= 0x0008}
    return frozenset(str(BaseTag(tag)) for tag in top if vrs.get(tag) not in _LEGACY_LEFT_OUT)
