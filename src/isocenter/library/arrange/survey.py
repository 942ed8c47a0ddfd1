"""What every file of a source says, file by file; those that have not changed are not opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from isocenter import runner
from isocenter.errors import Finding, Level
from isocenter.files.sources import Reader, Source
from isocenter.library.arrange import reading
from isocenter.library.arrange.model import SourceFile
from isocenter.library.arrange.reading import Headers, ReadTask

Progress = Callable[[int, int], None]
"""Told how many more files are done, and how many images are among them."""

_TOGETHER = 250  # files of a task
_WORTH_WORKERS = 2000  # headers: fewer are read before a process has started
T = TypeVar("T")
R = TypeVar("R")


def survey(
    source: Source,
    names: Sequence[str],
    before: Mapping[str, SourceFile],
    workers: int,
    progress: Progress,
) -> dict[str, SourceFile]:
    """What every file says, in the order of ``names``.

    Args:
        source: where the files are.
        names: which of its files.
        before: what is known of files; one whose stamp is the same costs one ``stat``.
        workers: processes; few files are read in this one.
        progress: told of files that are done.
    """
    files: dict[str, SourceFile] = {}
    with source.opened() as reader:
        unread = [name for name in names if not _unchanged(reader, name, before, files)]
    progress(len(files), 0)
    tasks = (ReadTask(source, tuple(some)) for some in chunks(unread))
    job = runner.Job(reading.read_headers, reading.without_killers)
    alone = len(unread) < _WORTH_WORKERS
    for outcome in outcomes(job, tasks, 1 if alone else workers):
        headers = _headers(outcome)
        files |= headers.files
        progress(len(headers.files), headers.images)
    return {name: files[name] for name in names}


def _unchanged(
    reader: Reader, name: str, before: Mapping[str, SourceFile], files: dict[str, SourceFile]
) -> bool:
    known = before.get(name)
    if known is None:
        return False
    try:
        if reader.stamp(name) != known.stamp:
            return False
    except OSError:
        return False  # reading it will say why
    files[name] = known
    return True


def _headers(outcome: Headers | runner.Failure[ReadTask]) -> Headers:
    if isinstance(outcome, Headers):
        return outcome
    finding = Finding(Level.ERROR, "unexpected", f"it could not be read: {outcome.reason}")
    nothing = SourceFile(reading.UNKNOWN, findings=(finding,))
    return Headers(dict.fromkeys(outcome.task.names, nothing), 0)


def chunks(things: Sequence[T]) -> Iterator[Sequence[T]]:
    """The things in as many as one task takes."""
    return (things[n : n + _TOGETHER] for n in range(0, len(things), _TOGETHER))


def outcomes(
    job: runner.Job[T, R], tasks: Iterable[T], workers: int
) -> Iterator[R | runner.Failure[T]]:
    """In this process for one worker: a link, a copy and a header need no other."""
    if workers == 1:
        return map(job.step, tasks)
    return runner.run(job, tasks, workers, patience=0)  # the steps do not tell of progress
