"""The files a scan is about: every member of its sources, with a stamp, in a stable order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from isocenter.attributes.shards import Member, file_number, place_of
from isocenter.errors import Finding
from isocenter.files.sources import Reader, Stamp, source

UNKNOWN = Stamp(-1, 0)
"""The stamp of a file that could not be looked at: no file has it, so it is tried again."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The members of a source by their numbers, in the order of a walk, and what was passed over."""

    source: Path
    members: dict[int, Member]
    findings: tuple[Finding, ...]


def listed(paths: Sequence[Path]) -> Iterator[Listed]:
    """The members of each source; a file that several have is a member of the first of them.

    Raises:
        UsageError: there is no such file or folder, or it is a broken archive.
        OSError: a folder itself cannot be listed.
    """
    met: set[int] = set()
    for path in dict.fromkeys(given.absolute() for given in paths):
        opened = source(path)
        names, findings = opened.found()
        place = place_of(opened)
        with opened.opened() as reader:
            members = {
                number: Member(name, _stamp(reader, name))
                for name in names
                if (number := file_number(place, name)) not in met
            }
        met |= members.keys()
        yield Listed(path, members, tuple(findings))


def _stamp(reader: Reader, name: str) -> Stamp:
    try:
        return reader.stamp(name)
    except OSError:
        return UNKNOWN


def chunks(members: Iterable[Member], most: int) -> Iterator[tuple[Member, ...]]:
    """Members in groups of at most so many."""
    waiting = [*members]
    for start in range(0, len(waiting), most):
        yield tuple(waiting[start : start + most])
