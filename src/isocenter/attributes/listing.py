"""The files a scan is about: every member of its sources, with a stamp, in a stable order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from isocenter.attributes.shards import Member, file_number, place_of
from isocenter.errors import Finding
from isocenter.files.findings import shown_path
from isocenter.files.sources import Reader, Source, Stamp, source

UNKNOWN = Stamp(-1, 0)
"""The stamp of a file that could not be looked at: no file has it, so it is tried again."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The members of a source by their numbers, in the order of a walk, and what was passed over."""

    source: Path
    members: dict[int, Member]
    findings: tuple[Finding, ...] = ()
    single: bool = False
    """Whether the members are sources themselves, and ``source`` is the folder they are in."""

    @property
    def sources(self) -> set[str]:
        """What the files are known to be scanned for, as tables have it."""
        names = [member.name for member in self.members.values()] if self.single else [""]
        return {shown_path(str(self.source / name)) for name in names}


def listed(paths: Sequence[Path]) -> Iterator[Listed]:
    """The members of each source; a file that several have is a member of the first of them.

    Raises:
        UsageError: there is no such file or folder, or it is a broken archive.
        OSError: a folder itself cannot be listed.
    """
    met: set[int] = set()
    files: dict[Path, dict[int, Member]] = {}
    for path in dict.fromkeys(given.absolute() for given in paths):
        opened = source(path)
        names, findings = opened.found()
        members = _members(opened, names, met)
        met |= members.keys()
        if names == (path.name,) and opened.place == path.parent:
            files.setdefault(path.parent, {}).update(members)
        else:
            yield Listed(path, members, findings)
    for folder, members in files.items():
        yield Listed(folder, members, single=True)


def _members(opened: Source, names: Sequence[str], met: set[int]) -> dict[int, Member]:
    place = place_of(opened)
    with opened.opened() as reader:
        return {
            number: Member(name, _stamp(reader, name))
            for name in names
            if (number := file_number(place, name)) not in met
        }


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
