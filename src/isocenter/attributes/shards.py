"""The step of a scan: the files of a shard in, its tables out.

A shard's key is a digest of its members, so that what was walked once is never counted twice.
Whatever a file does, the others of its shard go on: it becomes a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from isocenter import pulse, runner
from isocenter.attributes import tables
from isocenter.attributes.counts import Counts, Place
from isocenter.attributes.facts import Context, Unit, facts, unit
from isocenter.attributes.identity import PUBLIC
from isocenter.attributes.occurrences import Rules
from isocenter.attributes.walk import Walker
from isocenter.core.part10 import FileDataset
from isocenter.errors import Finding, Level
from isocenter.files.findings import shown_path
from isocenter.files.header import killed
from isocenter.files.sources import Archive, Reader, Source, Stamp, source

WALKED, FAILED, LEFT_OUT, PASSED_OVER = "walked", "failed", "left out", "passed over"
"""What became of a file; what was passed over is a folder, a link or the like."""


class Member(NamedTuple):
    """A file of a shard: its name in the source, and its stamp."""

    name: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class ShardTask:
    """Files of one source to walk. ``deadly`` ones killed the process that walked them.

    ``left_out`` names those that are not in the sample: they are in the shard, and not walked.
    """

    folder: Path
    source: Path
    members: tuple[Member, ...]
    rules: Rules
    deadly: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()
    stuck: frozenset[str] = frozenset()
    single: bool = False
    """Whether the members are sources themselves, and ``source`` is the folder they are in."""


class Shard(NamedTuple):
    """What was made of a task."""

    key: str
    files: int
    left_out: int
    failed: int


def place_of(opened: Source) -> str:
    """What the absolute paths of a source's files begin with; in an archive, ``a.zip!/``."""
    return f"{opened.place}!/" if isinstance(opened, Archive) else f"{opened.place}/"


def file_number(place: str, name: str) -> int:
    """What stands for a file: a number of its absolute path."""
    return PUBLIC.of("file", f"{place}{name}")


def key(task: ShardTask) -> str:
    """What a shard is called: it says which files, how they were, and what is kept of them."""
    rules, place = task.rules, place_of(source(task.source))
    digest = blake2b(digest_size=16)
    digest.update(f"{rules.unsafe} {rules.numbers.fingerprint}\n".encode())
    for member in _ordered(task.members):
        left = member.name in task.left_out
        line = f"{file_number(place, member.name)} {member.stamp} {left}\n"
        digest.update(line.encode())
    return digest.hexdigest()


def _ordered(members: Iterable[Member]) -> list[Member]:
    return sorted(members, key=lambda member: member.name)


def make_shard(task: ShardTask) -> Shard:
    """Walk the files of a task and write its shard.

    Raises:
        OSError: the shard cannot be written.
    """
    work = _walked(task)
    name = key(task)
    tables.write(task.folder / name, work.tables())
    return Shard(name, len(task.members), len(task.left_out), work.failed)


def write_passed_over(task: ShardTask, findings: Sequence[Finding]) -> str:
    """Write the shard of what is no file that can be read, and give its key.

    Args:
        task: the source; its members are not looked at.
        findings: what was passed over, with paths in the source.
    """
    place = place_of(source(task.source))
    digest = blake2b(f"{PASSED_OVER} {task.source} {findings}".encode("utf-8", "surrogatepass"))
    name = digest.hexdigest()[:32]
    by_path = {file_number(place, one.path): one.path for one in findings}
    rows: dict[str, Iterable[tuple[Any, ...]]] = dict.fromkeys(tables.TABLES, ())
    rows["findings"] = (_finding(file_number(place, one.path), one) for one in findings)
    rows["files"] = (
        _file(task.source, place, (number, path, Stamp(-1, 0)), Place(0, 0), PASSED_OVER)
        for number, path in by_path.items()
    )
    tables.write(task.folder / name, rows)
    return name


_shown = lru_cache(16)(shown_path)


def _file(
    source: Path, place: str, told: tuple[int, str, Stamp], counted: Place, state: str
) -> tuple[Any, ...]:
    """A row of the table of files."""
    number, name, stamp = told
    shown = (_shown(str(source)), _shown(place), shown_path(name))
    return (number, *shown, *stamp, *counted, state)


def header(task: ShardTask, reader: Reader, name: str) -> FileDataset | Finding:
    """The header of a file, or why there is none."""
    if name in task.deadly:
        return killed()
    if name in task.stuck:
        return _STUCK
    try:
        return reader.header(name)
    except OSError as error:
        return Finding(Level.ERROR, "unreadable-file", error.strerror or str(error))
    except Exception as error:  # noqa: BLE001 - whatever one file does, the others go on
        return _fault(error)


def without_killers(task: ShardTask, dies: Callable[..., bool]) -> ShardTask:
    """The task without the files whose headers kill the process that walks them."""

    def kill(members: Sequence[Member]) -> bool:
        return dies(_walk_only, replace(task, members=tuple(members)))

    killers = runner.killers(task.members, kill)
    return replace(task, deadly=task.deadly | {member.name for member in killers})


def without_stuck(task: ShardTask, name: str) -> ShardTask:
    """The task without a file whose header has no end."""
    names = {member.name for member in task.members if shown_path(member.name) == shown_path(name)}
    return replace(task, stuck=task.stuck | names)


def _walk_only(task: ShardTask) -> None:
    _walked(task)


def _walked(task: ShardTask) -> _Work:
    opened = source(task.source)
    work = _Work(task, place_of(opened))
    with opened.opened() as reader:
        for member in _ordered(task.members):
            work.add(reader, member)
    return work


@dataclass(slots=True)
class _Work:
    """A shard while it is made."""

    task: ShardTask
    place: str
    counts: Counts = field(default_factory=Counts)
    contexts: dict[int, Context] = field(default_factory=dict)
    units: dict[int, Unit] = field(default_factory=dict)
    files: list[tuple[Any, ...]] = field(default_factory=list)
    findings: list[tuple[int, Finding]] = field(default_factory=list)
    failed: int = 0
    walker: Walker = field(init=False)

    def __post_init__(self) -> None:
        self.walker = Walker(self.task.rules)

    def add(self, reader: Reader, member: Member) -> None:
        """Walk a file."""
        name = member.name
        pulse.beat(name)
        number = file_number(self.place, name)
        place, state = Place(0, 0), LEFT_OUT
        if name not in self.task.left_out:
            place, problem = self._walk(reader, name, number)
            state = WALKED if problem is None else FAILED
            if problem is not None:
                self.failed += 1
                self.findings.append((number, problem))
        told = number, name, member.stamp
        source = self.task.source / name if self.task.single else self.task.source
        self.files.append(_file(source, self.place, told, place, state))

    def _walk(self, reader: Reader, name: str, number: int) -> tuple[Place, Finding | None]:
        found = header(self.task, reader, name)
        if isinstance(found, Finding):
            return Place(0, 0), found
        return self._count(found, number, name)

    def _count(self, dataset: FileDataset, number: int, name: str) -> tuple[Place, Finding | None]:
        """Count a header; where it ends, or why it cannot be counted."""
        try:
            said = facts(dataset)
            bundles = self.walker.walk(dataset)
        except Exception as error:  # noqa: BLE001 - as above
            return Place(0, 0), _fault(error)
        folder = "" if said.series_uid else f"{self.place}{name}".rpartition("/")[0]
        own = unit(said, folder, self.task.rules.numbers)
        place = Place(said.context.number, own.number)
        self.contexts[place.context] = said.context
        self.units[own.number] = own
        self.counts.add(place, number, bundles)
        self.findings += [(number, finding) for finding in dataset.findings]
        return place, None

    def tables(self) -> dict[str, Iterable[tuple[Any, ...]]]:
        """The rows of every table."""
        return {
            "files": self.files,
            "findings": (_finding(*one) for one in self.findings),
            "contexts": ((number, *one) for number, one in self.contexts.items()),
            "units": self.units.values(),
            **tables.rows_of(self.counts.rows(self.walker.bundles)),
        }


_STUCK = Finding(Level.ERROR, "timed-out", "reading this file had no end; the file is left out")


def _fault(error: Exception) -> Finding:
    """The finding for a fault of this program; the error's own words may hold a value."""
    message = f"the file could not be processed: {type(error).__name__}"
    return Finding(Level.ERROR, "unexpected", message)


_WITHOUT_VALUES = {
    "unknown-charset": "a term of Specific Character Set is not known",
    "misspelt-charset": "a term of Specific Character Set is misspelt",
}
"""Findings whose message has a value of the file in it, and what is kept instead."""


def _finding(number: int, finding: Finding) -> tuple[Any, ...]:
    message = _WITHOUT_VALUES.get(finding.code, finding.message)
    return (
        number,
        str(finding.level),
        finding.code,
        shown_path(message),
        finding.tag,
        -1 if finding.offset is None else finding.offset,
        finding.clause,
    )
