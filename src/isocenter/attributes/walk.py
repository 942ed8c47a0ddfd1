"""A header walked through: every element of it, nested and private ones too.

Files of a series say almost the same. So each element's bytes are looked at once: a table
leads from tag, VR and bytes to a *bundle*, the number of what was made of them, and what was
seen before costs one look-up; what a whole series has alike costs one comparison
(:mod:`isocenter.attributes.template`). A sequence is one bundle with all that is in it. What bytes
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
from isocenter.attributes.template import Template
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
_LONGEST_TEMPLATE, _MOST_TEMPLATES = 1 << 18, 64
_MOST_LEVELS = 64
_BULK = BYTES
_REPEATING = (5, 6)
_CREATORS = 0x10000  # odd group, element below 0100
_AMBIGUOUS = ambiguous_tags()
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
    creators: tuple[tuple[int, bytes], ...]
    """Where private blocks are reserved, and what stands there."""
    level: int


class _Scope:
    """The elements of data sets in the same circumstances, as far as they were met."""

    __slots__ = ("here", "known")

    def __init__(self, here: _Circumstances) -> None:
        self.here = here
        self.known: Known = {}


class Walker:
    """Walks headers and remembers what it saw, until it is forgotten.

    Args:
        rules: what is kept.
    """

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.bundles: list[Bundle] = []
        self._scopes: dict[tuple[object, ...], _Scope] = {}
        self._templates: dict[tuple[int, int], Template[_Scope]] = {}
        self._attributes: dict[tuple[str, int, str, str, bool], Attribute] = {}
        self._too_deep = False

    def forget(self) -> None:
        """Begin anew with no bundle, so that memory does not grow with the number of files."""
        self.bundles = []
        self._scopes, self._templates = {}, {}

    def walk(self, dataset: FileDataset) -> list[int]:
        """The bundles of a data set and its File Meta Information.

        What is wrong inside of it is added to the data set's findings.
        """
        self._too_deep = False
        found: list[int] = []
        for stored in (dataset.file_meta.stored, dataset.stored):
            if stored is not None:
                found += self._whole(stored)
        if self._too_deep and dataset.stored is not None:
            dataset.stored.encoded.report([_DEEP])
        return found

    def _whole(self, stored: Stored) -> list[int]:
        """The bundles of a data set that is in no other: at once, if it is like one before."""
        key = len(stored.entries), next(iter(stored.entries), 0)
        template = self._templates.get(key)
        found = template.bundles(stored, self._slowly) if template else None
        if found is not None:
            return found
        scope = self._scope(stored, "", listed=False, level=0)
        found = self._walk(stored, scope)
        if self._is_plain(stored, found):
            if template is None and len(self._templates) == _MOST_TEMPLATES:
                self._templates.clear()
            following = template.next(stored, found, scope) if template else None
            self._templates[key] = following or Template(stored, found, scope)
        return found

    def _is_plain(self, stored: Stored, found: list[int]) -> bool:
        """Whether others may be compared with it: nothing has to be told of each file by itself."""
        return (
            stored.span.encoding.explicit
            and type(stored.encoded.buffer) is bytes
            and stored.end - stored.start <= _LONGEST_TEMPLATE
            and len(found) == len(stored.entries)
            and not self._too_deep
            and not stored.encoded.findings
        )

    # --- one level --------------------------------------------------------------------------

    def _scope(self, stored: Stored, above: str, *, listed: bool, level: int) -> _Scope:
        given, encoding = stored.handed_down(), stored.span.encoding
        sets, representation = given.sets, given.pixel_representation
        entries = stored.entries
        creators = tuple(
            (tag, bytes(stored.field(tag)))
            for tag in [tag for tag in entries if tag & 0x1FF00 == _CREATORS]
        )
        # character sets are told apart as objects: the scope keeps its own alive
        key = above, listed, id(encoding), id(sets), representation, creators, level
        scope = self._scopes.get(key)
        if scope is None:
            here = _Circumstances(above, listed, encoding, sets, representation, creators, level)
            scope = self._scopes[key] = _Scope(here)
        return scope

    def _walk(self, stored: Stored, scope: _Scope) -> list[int]:
        """The bundles of one data set or item.

        One loop that does for short elements seen before, nearly all, what :meth:`_slowly`
        does for every one: a call would cost as much as the look-up.
        """
        buffer, known = stored.encoded.buffer, scope.known.get
        if type(buffer) is not bytes or not scope.here.encoding.explicit:
            found = [self._slowly(stored, scope, tag) for tag in stored.entries]
        else:
            found = []
            for tag, (vr, start, length) in stored.entries.items():
                if 0 <= length <= _LONG:
                    bundle = known((tag, vr, buffer[start : start + length]))
                    if bundle is not None:
                        found.append(bundle)
                        continue
                found.append(self._slowly(stored, scope, tag))
        if len(scope.here.creators) > 1 and _share_creators(scope.here):
            return [self._merged(found)]
        return found

    def _slowly(self, stored: Stored, scope: _Scope, tag: int) -> int:
        vr, start, length = stored.entries[tag]
        if vr is None and (tag in _AMBIGUOUS or tag >> 28 in _REPEATING):
            vr = stored.vr(tag)
        key: object
        if 0 <= length <= _LONG:
            key = bytes(stored.encoded.buffer[start : start + length])
        else:
            key = _digest(stored, vr, start, length)
        bundle = scope.known.get((tag, vr, key))
        if bundle is not None:
            return bundle
        bundle = self._learn(stored, scope, tag)
        if bundle < 0:
            return ~bundle
        scope.known[tag, vr, key] = bundle
        return bundle

    def _learn(self, stored: Stored, scope: _Scope, tag: int) -> int:
        """The bundle of an element not met before; ``~n`` when it is not to be remembered."""
        entry = stored.entries[tag]
        vr, creator = stored.settled(tag, entry)
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


def _share_creators(here: _Circumstances) -> bool:
    """Whether one creator has two blocks of a group, whose elements then have the same paths."""
    names = [(tag >> 16, data.strip(b"\0 ")) for tag, data in here.creators]
    return len(set(names)) < len(names)


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
