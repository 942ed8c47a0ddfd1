"""A deviation of one place in a data set, and the same one in many items told once.

A deviation never holds a value of the file, unless it was asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from isocenter.errors import Finding, Level


class Where(NamedTuple):
    """A place: element path with items, such as ``BeamSequence[0].BeamName``, and without."""

    path: str = ""
    general: str = ""

    def element(self, name: str) -> Where:
        """The place of an element of the data set here."""
        dot = "." if self.path else ""
        return Where(f"{self.path}{dot}{name}", f"{self.general}{dot}{name}")

    def item(self, number: int) -> Where:
        """The place of an item of the sequence here."""
        return Where(f"{self.path}[{number}]", self.general)


class Deviation(NamedTuple):
    """What is wrong with an element, before it is known where it stands."""

    level: Level
    code: str
    message: str
    clause: str


class Deviations:
    """Deviations in the order they are met; equal ones of a sequence's items are counted."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, Deviation], tuple[Where, int]] = {}

    def add(self, where: Where, deviation: Deviation) -> None:
        """Note a deviation."""
        first, count = self._seen.get((where.general, deviation), (where, 0))
        self._seen[where.general, deviation] = first, count + 1

    def findings(self, path: str) -> Iterator[Finding]:
        """One finding for each, at its first place."""
        for (_, deviation), (where, count) in self._seen.items():
            level, code, message, clause = deviation
            more = f"; so in {count:,} items" if count > 1 else ""
            yield Finding(
                level, code, message + more, path=path, tag=where.path or None, clause=clause
            )
