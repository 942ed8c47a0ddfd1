"""Scan: files in, a profile out; what was walked before and has not changed is kept.

List the files of the sources; see which shards of the folder still hold; choose the
sample; walk the rest, a shard at a time, on workers; replace the manifest; remove what it no
longer lists. A run that is ended leaves whole shards behind, which the next one takes over.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from isocenter import runner
from isocenter.attributes import manifest
from isocenter.attributes.findings import findings_of
from isocenter.attributes.known import Found, Known, files_of, shard_keys, true_shards
from isocenter.attributes.listing import Listed, chunks, listed
from isocenter.attributes.manifest import SHARDS, Manifest
from isocenter.attributes.model import Sample, Scanned, ScanOptions
from isocenter.attributes.occurrences import Rules
from isocenter.attributes.sampling import (
    Survey,
    SurveyTask,
    survey,
    without_killers_of,
    without_stuck_of,
)
from isocenter.attributes.shards import (
    Member,
    Shard,
    ShardTask,
    make_shard,
    without_killers,
    without_stuck,
    write_passed_over,
)
from isocenter.errors import UsageError
from isocenter.files import lock
from isocenter.files.findings import NAME as FINDINGS
from isocenter.files.findings import findings_json
from isocenter.files.target import TEMPORARY_PREFIX, Folder

T = TypeVar("T")
R = TypeVar("R")
Progress: TypeAlias = Callable[[int, int], None]
"""To be told how many more files are done, and how many of these could not be walked."""


def _silent(_done: int, _failed: int) -> None:
    pass


def _silent_total(_files: int) -> None:
    pass


def scan(
    options: ScanOptions,
    *,
    workers: int = 1,
    executor: Executor | None = None,
    total: Callable[[int], None] = _silent_total,
    progress: Progress = _silent,
) -> Scanned:
    """Make a profile of files, or bring one up to date.

    Args:
        options: what to scan, and where the profile goes.
        workers: how many processes walk; 0 is one per core.
        executor: where to run instead of processes of our own.
        total: told how many files there are to walk, once that is known.
        progress: told of every shard.

    Raises:
        UsageError: a source does not exist; the folder holds something else, a profile made
            with other options, or is in use.
        OSError: the profile cannot be written.
    """
    sources = [*listed(options.sources)]
    before = _prepared(options)
    with lock.locked(options.output, options.output, "written"):
        work = _Scan(options, workers or runner.cores(), executor, progress)
        return work.run(before, sources, total)


def _prepared(options: ScanOptions) -> Manifest:
    """The manifest before this scan; that of an empty profile in an empty folder."""
    folder, wanted = options.output, _manifest(options, ())
    if manifest.exists(folder):
        there = manifest.load(folder)
        for what, old, new in (
            ("sample", there.samples, wanted.samples),
            ("unsafe values", there.unsafe, wanted.unsafe),
            ("key", there.key, wanted.key),
        ):
            if old != new:
                raise UsageError(
                    f"{folder} was scanned with another {what}; scan into another folder"
                )
        return there
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is no folder")
    ours = {SHARDS, FINDINGS, *lock.FILES}
    if folder.is_dir() and any(
        one.name not in ours and not one.name.startswith(TEMPORARY_PREFIX)
        for one in folder.iterdir()
    ):
        raise UsageError(f"{folder} is no profile and not empty")
    (folder / SHARDS).mkdir(parents=True, exist_ok=True)
    return wanted


def _manifest(options: ScanOptions, shards: Iterable[str]) -> Manifest:
    return Manifest(
        samples=(str(options.sample),),
        unsafe=options.unsafe,
        key=options.numbers.fingerprint,
        shards=tuple(sorted(shards)),
    )


@dataclass(frozen=True, slots=True)
class _Scan:
    options: ScanOptions
    workers: int
    executor: Executor | None
    progress: Progress

    def run(
        self, before: Manifest, sources: Sequence[Listed], total: Callable[[int], None]
    ) -> Scanned:
        left_out = self.left_out(sources, total)
        found = {
            number: Found(member.stamp, member.name in left_out[at])
            for at, one in enumerate(sources)
            for number, member in one.members.items()
        }
        keys, covered, strangers = self.true(before, found, sources)
        tasks = [*self.tasks(sources, covered, strangers, left_out)]
        total(sum(len(task.members) for task in tasks))
        made = [*self.made(tasks)]
        keys += [shard.key for shard in made]
        keys += [self.passed_over(one) for one in sources if one.findings]
        self.commit(keys)
        findings = findings_of(self.options.output, keys)
        Folder(self.options.output).write(FINDINGS, findings_json(findings))
        return Scanned(
            files=len(found),
            walked=sum(shard.files - shard.left_out for shard in made),
            failed=sum(shard.failed for shard in made),
            kept=len(covered & found.keys()),
            left_out=sum(map(len, left_out.values())),
            findings=findings,
        )

    @property
    def rules(self) -> Rules:
        return Rules(self.options.numbers, self.options.unsafe)

    def left_out(
        self, sources: Sequence[Listed], total: Callable[[int], None]
    ) -> dict[int, frozenset[str]]:
        """The files that are not in the sample, by the place of their source in ``sources``."""
        if self.options.sample is Sample.ALL:
            return dict.fromkeys(range(len(sources)), frozenset())
        tasks = [*self.survey_tasks(sources)]
        total(sum(len(one.members) for one in sources))
        job = runner.Job(survey, without_killers_of, without_stuck_of)
        whole = Survey()
        for outcome in self.outcomes(job, tasks):
            whole.add(outcome)
            self.progress(outcome.files, 0)
        chosen, start = whole.chosen(), 0
        left: dict[int, frozenset[str]] = {}
        for number, one in enumerate(sources):
            members = enumerate(one.members.values(), start=start)
            left[number] = frozenset(member.name for at, member in members if at not in chosen)
            start += len(one.members)
        return left

    def survey_tasks(self, sources: Sequence[Listed]) -> Iterator[SurveyTask]:
        """The files in pieces."""
        start = 0
        for one in sources:
            members = [*one.members.values()]
            for task in self.pieces(one.source, members, frozenset(), single=one.single):
                yield SurveyTask(task, self.options.sample, start)
                start += len(task.members)

    def true(
        self, before: Manifest, found: Mapping[int, Found], sources: Sequence[Listed]
    ) -> tuple[list[str], set[int], list[Known]]:
        """See :func:`true_shards`; shards of the manifest go before those of a run that was ended."""
        folder = self.options.output
        listed_before = set(before.shards)
        keys = sorted(shard_keys(folder), key=lambda key: (key not in listed_before, key))
        shards = ((key, files_of(folder, key)) for key in keys)
        return true_shards(shards, found, set[str]().union(*(one.sources for one in sources)))

    def tasks(
        self,
        sources: Sequence[Listed],
        covered: set[int],
        strangers: Sequence[Known],
        left_out: Mapping[int, frozenset[str]],
    ) -> Iterator[ShardTask]:
        """What is to be walked, in shards of one source each."""
        for at, one in enumerate(sources):
            members = [member for number, member in one.members.items() if number not in covered]
            yield from self.pieces(one.source, members, left_out[at], single=one.single)
        others: dict[tuple[Path, bool], list[Known]] = {}
        for stranger in strangers:
            source = Path(stranger.source)
            place = (source.parent, True) if stranger.single else (source, False)
            others.setdefault(place, []).append(stranger)
        for (source, single), known in others.items():
            left = frozenset(one.member.name for one in known if one.left_out)
            yield from self.pieces(source, [one.member for one in known], left, single=single)

    def pieces(
        self, source: Path, members: Sequence[Member], left_out: frozenset[str], *, single: bool
    ) -> Iterator[ShardTask]:
        """The files of one source as tasks of at most so many files."""
        folder = self.options.output / SHARDS
        for part in chunks(members, self.options.files_in_shard):
            left = left_out & {member.name for member in part}
            yield ShardTask(folder, source, part, self.rules, left_out=left, single=single)

    def made(self, tasks: Sequence[ShardTask]) -> Iterator[Shard]:
        """The shards of tasks, as they come."""
        job = runner.Job(make_shard, without_killers, without_stuck)
        for shard in self.outcomes(job, tasks):
            self.progress(shard.files, shard.failed)
            yield shard

    def outcomes(self, job: runner.Job[T, R], tasks: Sequence[T]) -> Iterator[R]:
        """The results of tasks, as they come; none must be lost unsaid.

        Raises:
            OSError: one was not done.
        """
        if self.executor is None:
            for outcome in runner.run(job, tasks, self.workers):
                yield self.done(outcome)
        else:
            for outcome in runner.run_on(self.executor, job, tasks):
                yield self.done(outcome)

    def done(self, outcome: R | runner.Failure[Any]) -> R:
        """The result of a task that did not fail."""
        if isinstance(outcome, runner.Failure):
            raise OSError(errno.EIO, outcome.reason, str(self.options.output))
        return outcome

    def passed_over(self, one: Listed) -> str:
        """The shard that remembers what a source has and is no file that can be read."""
        folder = self.options.output / SHARDS
        return write_passed_over(ShardTask(folder, one.source, (), self.rules), one.findings)

    def commit(self, keys: Sequence[str]) -> None:
        """Make the shards the profile, and remove all others."""
        folder = self.options.output
        manifest.save(folder, _manifest(self.options, keys))
        for key in {*shard_keys(folder)} - {*keys}:
            shutil.rmtree(folder / SHARDS / key, ignore_errors=True)
        for left in (folder / SHARDS).glob(f"{TEMPORARY_PREFIX}*"):
            shutil.rmtree(left, ignore_errors=True)
