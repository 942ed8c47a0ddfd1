"""What there is in an archive, as tables: how full, how right, from whom.

In: an opened :class:`Profile`. Out: :class:`Report`, frozen rows of plain values that a data
frame takes as they are (``pandas.DataFrame(report.attributes)``). Only counts, and names that
the profile tells: the rule for values was applied before anything comes here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from isocenter.attributes.coverage import Coverage, TypeCoverage, coverage
from isocenter.attributes.occurrences import Flag
from isocenter.attributes.paths import components
from isocenter.attributes.profile import Presence, Profile, Totals, Violation
from isocenter.standard.dictionary import is_known_creator
from isocenter.standard.uid import UID

GROUPINGS = ("sop_class", "modality", "manufacturer")
"""The parts of a context that have a table of their own."""


class AttributeRow(NamedTuple):
    """A path, and how many files have it; ``filled`` is the share of them that have a value."""

    path: str
    keyword: str
    files: int
    files_with_value: int
    filled: float
    series: int
    patients: int
    vrs: str


class GroupRow(NamedTuple):
    """The files of a SOP class, a modality or a manufacturer.

    ``by`` says which of them ``name`` is. ``paths`` are those that occur, ``paths_with_value``
    those that have a value in some file.
    """

    by: str
    name: str
    files: int
    series: int
    patients: int
    paths: int
    paths_with_value: int


class CreatorRow(NamedTuple):
    """A private creator: how many attributes of it occur, in at least how many files.

    ``known`` is whether the private dictionary has it.
    """

    creator: str
    attributes: int
    files: int
    known: bool


class RatioRow(NamedTuple):
    """One of the numbers of coverage that are a single ratio."""

    name: str
    covered: int
    total: int
    share: float
    counted: str
    of: str


class ViolationRow(NamedTuple):
    """Elements that are not as the dictionary or their VR say, and a file that has one."""

    flag: str
    path: str
    keyword: str
    files: int
    series: int
    patients: int
    example: str


@dataclass(frozen=True, slots=True)
class Report:
    """A profile summed up.

    Attributes:
        totals: files, series, patients, and files that could not be walked.
        coverage: the five numbers.
        attributes: every path, by path.
        groups: the files of each SOP class, modality and manufacturer, largest first.
        violations: by flag, most files first.
        creators: most attributes first.
        withheld: values that too few patients have to be told, and the attributes they belong to.
        unsafe: whether the profile was opened without the rule for values.
    """

    totals: Totals
    coverage: Coverage
    attributes: tuple[AttributeRow, ...]
    groups: tuple[GroupRow, ...]
    violations: tuple[ViolationRow, ...]
    creators: tuple[CreatorRow, ...]
    withheld: tuple[int, int]
    unsafe: bool

    @property
    def types(self) -> tuple[TypeCoverage, ...]:
        """Coverage per IOD, module and Type."""
        return self.coverage.types

    @property
    def ratios(self) -> tuple[RatioRow, ...]:
        """The other numbers of coverage."""
        return tuple(
            RatioRow(one.name, one.count, one.total, one.share, one.counted, one.of)
            for one in self.coverage.ratios
        )

    def most_filled(self, number: int) -> tuple[AttributeRow, ...]:
        """The attributes that most files have with a value."""
        return tuple(sorted(self.attributes, key=lambda one: -one.files_with_value)[:number])

    def least_filled(self, number: int) -> tuple[AttributeRow, ...]:
        """The attributes that most of the files which have them have without a value."""
        empty = (one for one in self.attributes if one.filled < 1)
        return tuple(sorted(empty, key=lambda one: (one.filled, -one.files))[:number])

    def tables(self) -> dict[str, tuple[type[NamedTuple], Sequence[tuple[object, ...]]]]:
        """Each table by its name: what its rows are, and the rows."""
        return {
            "coverage": (RatioRow, self.ratios),
            "types": (TypeCoverage, self.types),
            "attributes": (AttributeRow, self.attributes),
            "groups": (GroupRow, self.groups),
            "violations": (ViolationRow, self.violations),
            "creators": (CreatorRow, self.creators),
        }


def report(profile: Profile, *, examples: bool = True) -> Report:
    """Sum up a profile.

    Args:
        profile: opened; it says how many patients a value needs to be told.
        examples: name a file for each violation. Paths of files often name people.
    """
    everywhere = tuple(profile.presence(by=()))
    withheld = profile.withheld()
    return Report(
        totals=profile.totals(),
        coverage=coverage(profile.presence()),
        attributes=tuple(map(_attribute, everywhere)),
        groups=tuple(row for by in GROUPINGS for row in _groups(profile, by)),
        violations=_violations(profile.violations(), examples=examples),
        creators=_creators(everywhere),
        withheld=(sum(one.different_values for one in withheld), len(withheld)),
        unsafe=profile.unsafe,
    )


def _attribute(one: Presence) -> AttributeRow:
    filled = one.files_with_value / one.files if one.files else 0.0
    counts = (one.files, one.files_with_value, filled, one.series, one.patients)
    return AttributeRow(one.path, one.keyword, *counts, " ".join(one.vrs))


def _groups(profile: Profile, by: str) -> Iterator[GroupRow]:
    paths: dict[str, tuple[int, int]] = {}
    for one in profile.presence(by=(by,)):
        name = str(getattr(one.context, by))
        all_of_it, with_value = paths.get(name, (0, 0))
        paths[name] = all_of_it + 1, with_value + bool(one.files_with_value)
    for group in profile.contexts(by=(by,)):
        name = str(getattr(group.context, by))
        shown = UID(name).name if by == "sop_class" else name
        counts = (group.files, group.series, group.patients)
        yield GroupRow(by, shown, *counts, *paths.get(name, (0, 0)))


def _violations(found: Iterable[Violation], *, examples: bool) -> tuple[ViolationRow, ...]:
    """What is not as the dictionary or the VR say; that an attribute is empty breaks neither."""
    rows = [
        ViolationRow(
            one.flag,
            one.path,
            one.keyword,
            one.files,
            one.series,
            one.patients,
            one.example if examples else "",
        )
        for one in found
        if one.flag != Flag.EMPTY.code
    ]
    return tuple(sorted(rows, key=lambda row: (row.flag, -row.files, row.path)))


def _creators(everywhere: Iterable[Presence]) -> tuple[CreatorRow, ...]:
    found: dict[str, list[int]] = {}
    for one in everywhere:
        creator = components(one.path)[-1].creator
        if creator:
            found.setdefault(creator, []).append(one.files)
    rows = (
        CreatorRow(creator, len(files), max(files), is_known_creator(creator))
        for creator, files in found.items()
    )
    return tuple(sorted(rows, key=lambda row: (-row.attributes, row.creator)))
