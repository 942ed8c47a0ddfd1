"""What the files of a shard add up to: rows of counts by series, paths and values.

In: of each file its context, its unit (the files of a series that tell the same patient) and
the bundles of its elements. Out: :class:`Rows`, a table of each kind. Everything is a sum, a least
or greatest, or a set, so that neither the order of files nor how they are spread over shards
changes what shards add up to.

Within a shard files have to come in the order of their paths: who has something first is its
example.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from isocenter.attributes.classes import Kept
from isocenter.attributes.histogram import buckets
from isocenter.attributes.occurrences import Flag, Occurrence
from isocenter.attributes.walk import Bundle

MOST_NUMBERS = 1024
"""How many of the least numbers of different values are kept for an attribute."""

_FLAGS = tuple(int(flag) for flag in Flag)


class Place(NamedTuple):
    """What rows are counted by, besides paths: numbers of the context and the unit."""

    context: int
    unit: int


@dataclass(slots=True)
class Presence:
    """One path in the files of a place."""

    files: int = 0
    valued: int = 0
    occurrences: int = 0
    least_length: int = 1 << 62
    greatest_length: int = 0
    least_vm: int = 1 << 62
    greatest_vm: int = 0
    example: int = 0


class _Fact(NamedTuple):
    """What a bundle says of one path in one file."""

    path: str
    vrs: str
    """The VRs found, with ``|`` between: one file may have several."""
    flags: int
    valued: bool
    occurrences: int
    lengths: tuple[int, int]
    vms: tuple[int, int]
    texts: tuple[tuple[str, str, str], ...]
    """VRs as above, value or pattern, and which of both it is."""


def facts(bundle: Bundle) -> list[_Fact]:
    """What a bundle says of each path in it."""
    if len(bundle) == 1:
        return [_fact(bundle)]
    by_path: dict[str, list[tuple[Occurrence, int]]] = defaultdict(list)
    for one in bundle:
        by_path[one[0].path].append(one)
    return [_fact(tuple(found)) for found in by_path.values()]


def _fact(found: Bundle) -> _Fact:
    first = found[0][0]
    if len(found) == 1:
        text = () if first.text is None else ((first.vr, first.text, first.kept),)
        lengths, vms = (first.length, first.length), (first.vm, first.vm)
        return _Fact(
            first.path, first.vr, first.flags, first.vm > 0, found[0][1], lengths, vms, text
        )
    each = [one for one, _ in found]
    flags = 0
    for one in each:
        flags |= one.flags
    all_lengths = [one.length for one in each]
    all_vms = [one.vm for one in each]
    return _Fact(
        first.path,
        "|".join(sorted({one.vr for one in each})),
        flags,
        any(all_vms),
        sum(times for _, times in found),
        (min(all_lengths), max(all_lengths)),
        (min(all_vms), max(all_vms)),
        _texts(each),
    )


def _texts(each: Iterable[Occurrence]) -> tuple[tuple[str, str, str], ...]:
    vrs: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for one in each:
        if one.text is not None:
            vrs[one.text, str(one.kept)].add(one.vr)
    return tuple(("|".join(sorted(found)), *text) for text, found in vrs.items())


@dataclass(slots=True)
class _Unit:
    """The bundles of the files of a place, and which file had each first."""

    bundles: Counter[int] = field(default_factory=Counter)
    ends: list[int] = field(default_factory=list)
    files: list[int] = field(default_factory=list)

    def add(self, file: int, bundles: Iterable[int]) -> None:
        self.bundles.update(bundles)
        if not self.ends or len(self.bundles) > self.ends[-1]:
            self.ends.append(len(self.bundles))
            self.files.append(file)

    def examples(self) -> Iterator[tuple[int, int, int]]:
        """Each bundle, how many files have it, and the first of them."""
        which = 0
        for number, (bundle, count) in enumerate(self.bundles.items()):
            if number == self.ends[which]:
                which += 1
            yield bundle, count, self.files[which]


class Least:
    """The least numbers of a set, at most :data:`MOST_NUMBERS`: it depends on the set alone."""

    __slots__ = ("_members", "numbers")

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self._members: set[int] = set()

    def add(self, number: int) -> None:
        """Put a number in."""
        numbers = self.numbers
        if number in self._members:
            return
        if len(numbers) == MOST_NUMBERS:
            if number > numbers[-1]:
                return
            self._members.discard(numbers.pop())
        insort(numbers, number)
        self._members.add(number)


@dataclass(slots=True)
class Spread:
    """The numbers of an attribute: how many, the least and greatest, and their histogram."""

    count: int = 0
    least: float = float("inf")
    greatest: float = float("-inf")
    buckets: Counter[int] = field(default_factory=Counter)

    def add(self, numbers: tuple[float, ...], times: int) -> None:
        """Put numbers in, each so many times."""
        self.count += len(numbers) * times
        self.least = min(self.least, *numbers)
        self.greatest = max(self.greatest, *numbers)
        for bucket in buckets(numbers):
            self.buckets[bucket] += times


@dataclass(slots=True)
class Rows:
    """What a shard adds up to. Keys are places, paths, VRs and texts."""

    presence: dict[tuple[int, int, str, str], Presence] = field(default_factory=dict)
    flags: dict[tuple[int, int, str, int], tuple[int, int]] = field(default_factory=dict)
    texts: Counter[tuple[int, int, str, str, str, str]] = field(default_factory=Counter)
    numbers: defaultdict[tuple[int, str, str], Spread] = field(
        default_factory=lambda: defaultdict(Spread)
    )
    different: defaultdict[tuple[int, str, str], Least] = field(
        default_factory=lambda: defaultdict(Least)
    )


class Counts:
    """What files add up to, while they come."""

    def __init__(self) -> None:
        self._units: defaultdict[Place, _Unit] = defaultdict(_Unit)

    def add(self, place: Place, file: int, bundles: Iterable[int]) -> None:
        """Count a file; they come in the order of their paths."""
        self._units[place].add(file, bundles)

    def rows(self, bundles: list[Bundle]) -> Rows:
        """The rows of all files.

        Args:
            bundles: what the numbers of bundles stand for.
        """
        rows = Rows()
        totals: defaultdict[int, Counter[int]] = defaultdict(Counter)
        known: dict[int, list[_Fact]] = {}
        for place, unit in self._units.items():
            total = totals[place.context]
            for number, files, example in unit.examples():
                total[number] += files
                said = known.get(number)
                if said is None:
                    said = known[number] = facts(bundles[number])
                for fact in said:
                    _count(rows, place, fact, files, example)
        for context, total in totals.items():
            for number, files in total.items():
                _measure(rows, context, bundles[number], files)
        return rows


def _count(rows: Rows, place: Place, fact: _Fact, files: int, example: int) -> None:
    key = (*place, fact.path, fact.vrs)
    found = rows.presence.get(key)
    if found is None:
        found = rows.presence[key] = Presence(example=example)  # the first, see above
    found.files += files
    found.valued += files if fact.valued else 0
    found.occurrences += files * fact.occurrences
    found.least_length = min(found.least_length, fact.lengths[0])
    found.greatest_length = max(found.greatest_length, fact.lengths[1])
    found.least_vm = min(found.least_vm, fact.vms[0])
    found.greatest_vm = max(found.greatest_vm, fact.vms[1])
    if fact.flags:
        for flag in _FLAGS:
            if fact.flags & flag:
                of_flag = (*place, fact.path, flag)
                before, first = rows.flags.get(of_flag, (0, example))
                rows.flags[of_flag] = before + files, first
    for text in fact.texts:
        rows.texts[(*place, fact.path, *text)] += files


def _measure(rows: Rows, context: int, bundle: Bundle, files: int) -> None:
    """What is kept of numbers and of how many different values there are."""
    for occurrence, times in bundle:
        if occurrence.numbers:
            key = context, occurrence.path, occurrence.vr
            rows.numbers[key].add(occurrence.numbers, times * files)
        if occurrence.number_of_value is not None and occurrence.kept is Kept.PATTERN:
            key = context, occurrence.path, occurrence.vr
            rows.different[key].add(occurrence.number_of_value)
