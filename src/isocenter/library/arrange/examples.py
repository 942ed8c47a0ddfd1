"""Where studies go in the tree by age: ``YY-yr/MM-mo/EX-ex``, or apart with a reason.

New studies are numbered on behind the old ones of their month, in the order of their dates
and then of their UIDs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from isocenter.errors import Finding, Level
from isocenter.library.arrange.age import AgeFound, study_age
from isocenter.library.arrange.planning import Plan, Studies, first_date
from isocenter.library.arrange.record import Record
from isocenter.ordering import natural

APART = "unknown"
"""Folder of the studies that have no place in the tree by age."""
MOST = 99
"""Years, and examples of a month, that two digits can count (REV.md 1)."""


def place_by_age(record: Record, studies: Studies, made: Plan) -> None:
    """Note a folder ``YY-yr/MM-mo/EX-ex`` for every study that has none, and say what is odd."""
    ages: dict[str, AgeFound] = {}
    for study, series in studies.items():
        names = [name for members in series.values() for name in members]
        ages[study] = study_age(file.said for name in names if (file := made.files[name]).said)
    new = [study for study in studies if study not in record.studies]
    places = _Places(record.studies.values())
    for study in sorted(new, key=lambda one: (first_date(studies[one], made), natural(one), one)):
        record.studies[study] = places.next(ages[study])
    for study, series in studies.items():
        first = next(iter(series.values()))[0]
        said = _tell_age(ages[study], record.studies[study])
        made.findings += [finding.at(first) for finding in said]


class _Places:
    """Folders of examples, and the last number that each month has given."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.last: dict[str, int] = defaultdict(int)
        for place in taken:
            folder, _, name = place.rpartition("/")
            self.last[folder] = max(self.last[folder], int(name.partition("-")[0]))

    def next(self, found: AgeFound) -> str:
        """The next free place for a study of this age."""
        if found.age is None:
            return self._apart(found.reason)
        year, month = found.age.year_and_month
        if year > MOST:
            return self._apart("over-99-years")
        folder = f"{year:02d}-yr/{month:02d}-mo"
        if self.last[folder] >= MOST:
            return self._apart("over-99-examples")
        self.last[folder] += 1
        return f"{folder}/{self.last[folder]:02d}-ex"

    def _apart(self, reason: str) -> str:
        folder = f"{APART}/{reason}"
        self.last[folder] += 1
        return f"{folder}/{self.last[folder]:04d}-ex"


def _tell_age(found: AgeFound, place: str) -> Iterator[Finding]:
    """The findings of a study, with where it went."""
    for finding in found.findings:
        yield replace(finding, message=f"{finding.message}; the study is in {place}")
    if found.age is None:
        return
    year, month = found.age.year_and_month
    apart = place.startswith(f"{APART}/")
    if apart:
        message = f"age {found.age.text}: no place in the tree by age; the study is in {place}"
        yield Finding(Level.WARNING, "no-place", message)
    elif not place.startswith(f"{year:02d}-yr/{month:02d}-mo/"):
        message = f"the files now tell the age {found.age.text}; the study stays in {place}"
        yield Finding(Level.WARNING, "age-contradicts", message)
