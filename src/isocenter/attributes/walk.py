"""A header walked through: every element of it, nested and private ones too.

Files of a series say almost the same. So each element's bytes are looked at once: a table
leads from tag, VR and bytes to a *bundle*, the number of what was made of them, and what was
seen before costs one look-up. A sequence is one bundle with all that is in it. What bytes
mean depends on the character set and the like; each such :class:`_Scope` has a table of its own.

In: a :class:`FileDataset` read up to its pixel data. Out: the bundles of its elements, no two
of which have a path in common. Bulk is never looked at, and no pixel data is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple, TypeAlias

from isocenter.attributes.occurrences import (
    Attribute,
    Field,
    Occurrence,
    Rules,
    bulk,
    look,
    sequence,
)
from isocenter.attributes.paths import component
from isocenter.core.charset import CharacterSets
from isocenter.core.encoding import Encoding
from isocenter.core.part10 import FileDataset
from isocenter.core.stored import Stored, items, size
from isocenter.errors import Finding, Level
from isocenter.standard.rows import ambiguous_tags
from isocenter.standard.vr import BYTES

Bundle: TypeAlias = tuple[tuple[Occurrence, int], ...]
"""What an element and all that is nested in it are, each with how many times."""

_LONG = 512
_MOST_LEVELS = 64
_BULK = BYTES
_REPEATING = (5, 6)
Known: TypeAlias = dict[tuple[int, str | None, object], int]
"""Place, VR and bytes of elements -> their bundles."""


class _Circumstances(NamedTuple):
    """What bytes mean something by."""

    above: str
    """Path of the sequence around."""
    listed: bool
    encoding: Encoding
    sets: CharacterSets
    pixel_representation: int | None
    level: int


class _Scope:
    """The elements of data sets in the same circumstances, as far as they were met."""

    __slots__ = ("creators", "here", "known")

    def __init__(self, here: _Circumstances) -> None:
        self.here = here
        self.known: Known = {}
        self.creators: dict[str, Known] = {}

    def known_of(self, creator: str) -> Known:
        """The private elements of a creator; the rest where it is none."""
        if not creator:
            return self.known
        return self.creators.setdefault(creator, {})


class Walker:
    """Walks headers and remembers what it saw, until it is forgotten.

    Args:
        rules: what is kept.
    """

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.bundles: list[Bundle] = []
        self._scopes: dict[tuple[object, ...], _Scope] = {}
        self._attributes: dict[tuple[str, int, str, str, bool], Attribute] = {}
        self._too_deep = False

    def forget(self) -> None:
        """Begin anew with no bundle, so that memory does not grow with the number of files."""
        self.bundles = []
        self._scopes = {}

    def walk(self, dataset: FileDataset) -> list[int]:
        """The bundles of a data set and its File Meta Information.

        What is wrong inside of it is added to the data set's findings.
        """
        self._too_deep = False
        found: list[int] = []
        for stored in (dataset.file_meta.stored, dataset.stored):
            if stored is not None:
                found += self._walk(stored, self._scope(stored, "", listed=False, level=0))
        if self._too_deep and dataset.stored is not None:
            dataset.stored.encoded.report([_DEEP])
        return found

    # --- one level --------------------------------------------------------------------------

    def _scope(self, stored: Stored, above: str, *, listed: bool, level: int) -> _Scope:
        given, encoding = stored.handed_down(), stored.span.encoding
        sets, representation = given.sets, given.pixel_representation
        # character sets are told apart as objects: the scope keeps its own alive
        key = above, listed, id(encoding), id(sets), representation, level
        scope = self._scopes.get(key)
        if scope is None:
            here = _Circumstances(above, listed, encoding, sets, representation, level)
            scope = self._scopes[key] = _Scope(here)
        return scope

    def _walk(self, stored: Stored, scope: _Scope) -> list[int]:
        """The bundles of one data set or item."""
        buffer, known = stored.encoded.buffer, scope.known
        blocks: dict[int, tuple[str, Known]] = {}
        found: list[int] = []
        ambiguous = ambiguous_tags()
        for tag, entry in stored.entries.items():
            vr, start, length = entry
            table, creator, place = known, "", tag
            if tag & 0x10000:
                block = blocks.get(tag >> 8)
                if block is None:
                    _, creator = stored.settled(tag, entry)
                    block = blocks[tag >> 8] = creator, scope.known_of(creator)
                creator, table = block
                if creator:
                    place = tag & 0xFFFF00FF
            if vr is None and (tag in ambiguous or tag >> 28 in _REPEATING):
                vr = stored.vr(tag)
            if 0 <= length <= _LONG:
                key: object = bytes(buffer[start : start + length])
            else:
                key = _digest(stored, vr, start, length)
            bundle = table.get((place, vr, key))
            if bundle is None:
                bundle = self._learn(stored, scope, tag, creator)
                if bundle >= 0:
                    table[place, vr, key] = bundle
                else:
                    bundle = ~bundle
            found.append(bundle)
        names = [(tag >> 8, creator) for tag, (creator, _) in blocks.items() if creator]
        if len(set(names)) < len(names):
            return [self._merged(found)]
        return found

    def _learn(self, stored: Stored, scope: _Scope, tag: int, creator: str) -> int:
        """The bundle of an element not met before; ``~n`` when it is not to be remembered."""
        entry = stored.entries[tag]
        vr, _ = stored.settled(tag, entry)
        found = entry[0] if entry[0] is not None else vr
        attribute = self._attribute(scope.here, tag, creator, found)
        length = size(entry[2])
        if vr == "SQ" and (entry[2] < 0 or found in {"SQ", "UN"}):
            return self._sequence(stored, scope.here, tag, attribute)
        if found in _BULK or entry[2] < 0:
            return self._new(((bulk(attribute, length), 1),))
        order = stored.encoding(entry).order
        field = Field(bytes(stored.field(tag)), order, scope.here.sets)
        return self._new(((look(attribute, field, self.rules.numbers), 1),))

    def _attribute(self, here: _Circumstances, tag: int, creator: str, vr: str) -> Attribute:
        key = here.above, tag, creator, vr, here.listed
        attribute = self._attributes.get(key)
        if attribute is None:
            attribute = self._attributes[key] = self.rules.attribute(
                here.above, component(tag, creator), vr, listed=here.listed
            )
        return attribute

    def _sequence(
        self, stored: Stored, here: _Circumstances, tag: int, attribute: Attribute
    ) -> int:
        entry = stored.entries[tag]
        before = len(stored.encoded.findings)
        spans = items(stored.items_span(entry))
        found: Counter[Occurrence] = Counter()
        deep = here.level + 1 >= _MOST_LEVELS
        self._too_deep = self._too_deep or (deep and bool(spans))
        handed = stored.handed_down()
        for span in () if deep else spans:
            item = Stored(span, handed)
            scope = self._scope(item, attribute.path, listed=attribute.listed, level=here.level + 1)
            for bundle in self._walk(item, scope):
                for occurrence, times in self.bundles[bundle]:
                    found[occurrence] += times
        own = sequence(attribute, len(spans), size(entry[2]))
        number = self._new(((own, 1), *found.items()))
        # what is wrong inside is told of each file that has it, so it is read again
        is_plain = len(stored.encoded.findings) == before and not deep
        return number if is_plain else ~number

    def _new(self, bundle: Bundle) -> int:
        self.bundles.append(bundle)
        return len(self.bundles) - 1

    def _merged(self, bundles: Iterable[int]) -> int:
        """One bundle of several: two private blocks of one creator have paths in common."""
        found: Counter[Occurrence] = Counter()
        for bundle in bundles:
            for occurrence, times in self.bundles[bundle]:
                found[occurrence] += times
        return self._new(tuple(found.items()))


def _digest(stored: Stored, vr: str | None, start: int, length: int) -> object:
    """What tells a long element from others: of bulk its length."""
    count = size(length)
    if vr in _BULK and length >= 0 and vr != "UN":
        return count
    data = memoryview(stored.encoded.buffer)[start : start + count]
    return blake2b(data, digest_size=16).digest(), length < 0


_DEEP = Finding(
    Level.WARNING,
    "deeply-nested",
    f"what is nested deeper than {_MOST_LEVELS} levels was not looked at",
    clause="PS3.5 7.5",
)
