"""De-identify files: name, look which series may show text, one step per some files, merge.

In: a file, folder or DICOMDIR, an output folder and a :class:`Policy`. Out: the files that
could be cleaned, ``findings.json`` and a :class:`Summary`. With the same key the same input gives the
same files, on any executor and with any number of workers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from isocenter import runner
from isocenter.deidentify.model import Done, Piece, Summary, Task
from isocenter.deidentify.naming import pieces
from isocenter.deidentify.policy import Policy
from isocenter.deidentify.series import Seen
from isocenter.deidentify.steps import Looked, deidentify_files, look_at_files, try_files
from isocenter.errors import Finding, Level, UsageError
from isocenter.files.findings import NAME, findings_json
from isocenter.files.target import TEMPORARY_PREFIX, Folder
from isocenter.files.walking import Instances, instances

Progress = Callable[[Done], None]
PathLike = str | os.PathLike[str]

_TOGETHER = 32
_TASKS_PER_WORKER = 4
_WORTH_WORKERS = 2000  # headers: fewer are read before a process has started


def sources(src: PathLike, out: PathLike, *, overwrite: bool = False) -> Instances:
    """Find the files to de-identify.

    Raises:
        UsageError: ``src`` does not exist or holds no file, one of the two lies in the other, or
            ``out`` holds files and ``overwrite`` is false.
        OSError: ``src`` cannot be listed.
    """
    source, output = Path(src).resolve(), Path(out).resolve()
    folder = source if source.is_dir() else source.parent
    if output.is_relative_to(folder) and (source.is_dir() or output == folder):
        raise UsageError(f"{out} lies in {src}: what has names and what has none stay apart")
    if source.is_relative_to(output):
        raise UsageError(f"{src} lies in {out}: what has names and what has none stay apart")
    found = instances(src)
    if not found.names and not found.findings:
        raise UsageError(f"{src} holds no file")
    if output.exists() and not output.is_dir():
        raise UsageError(f"{out} is no folder")
    there = any(not path.name.startswith(TEMPORARY_PREFIX) for path in _inside(output))
    if there and not overwrite:
        raise UsageError(f"{out} is not empty; --overwrite replaces what is in it")
    return found


def deidentify_all(  # noqa: PLR0913 - as export()
    src: PathLike,
    out: PathLike,
    policy: Policy | None = None,
    *,
    allow_burned_in: bool = False,
    overwrite: bool = False,
    workers: int = 0,
    executor: Executor | None = None,
    progress: Progress = lambda _: None,
    found: Instances | None = None,
) -> Summary:
    """Write every file below ``src`` without names to the folder ``out``.

    Args:
        src: a file, a folder (to any depth), or a DICOMDIR.
        out: made when it is not there.
        policy: what goes and what stays; by default the Basic Profile with a key for this run.
        allow_burned_in: whether series are written although the pixels of a file may show text.
        overwrite: whether ``out`` may hold files; those of the same name are replaced, and
            removed where the file of this run cannot be cleaned.
        workers: processes; 0 is one per core.
        executor: run the steps there instead; then a dead worker is the caller's affair.
        progress: called with what was done since, in no particular order.
        found: the result of :func:`sources`, when the caller has it already.

    Raises:
        UsageError: the source is none, the output lies in it or holds files.
        OSError: the output cannot be written.
    """
    inputs = sources(src, out, overwrite=overwrite) if found is None else found
    output = Path(out)
    output.mkdir(parents=True, exist_ok=True)
    every = pieces(inputs.names)
    count = workers or runner.cores()
    size = max(1, min(_TOGETHER, len(every) // (_TASKS_PER_WORKER * count)))
    told = policy or Policy()
    tasks = [
        Task(inputs.root, output, told, every[start : start + size], allow_burned_in)
        for start in range(0, len(every), size)
    ]
    if not allow_burned_in:
        tasks = _with_series(tasks, count, executor)
    results = []
    for result in _outcomes(tasks, count, executor):
        progress(result)
        results.append(result)
    summary = _merged(results, every, inputs.findings)
    Folder(output).write(NAME, findings_json(summary.findings))
    return summary


def _inside(folder: Path) -> Iterator[Path]:
    return folder.iterdir() if folder.is_dir() else iter(())


def _merged(results: list[Done], every: Iterable[Piece], walked: Iterable[Finding]) -> Summary:
    """One summary of all results, whatever order they came in."""
    found = {one for result in results for one in result.findings}
    order = list(Level)
    return Summary(
        files=sum(result.files for result in results),
        written=tuple(sorted(path for result in results for path in result.written)),
        left_out=tuple(sorted(path for result in results for path in result.left_out)),
        findings=(
            *dict.fromkeys(replace(one, path="", message=_PASSED_OVER) for one in walked),
            *sorted(
                found,
                key=lambda one: (
                    one.path,
                    -order.index(one.level),
                    one.code,
                    one.message,
                    one.tag or "",
                ),
            ),
        ),
        sources={piece.target: piece.source for piece in every},
    )


_PASSED_OVER = "something of the input was passed over; its name is not told here"


def _with_series(tasks: list[Task], workers: int, executor: Executor | None) -> list[Task]:
    """The tasks, with those of their series that are left out whole."""
    looked = dict(_looks(tasks, workers, executor))
    suspects = frozenset[str]().union(*(one.suspects for one in looked.values()))
    own = (looked.get(task.pieces[0], Seen()).series for task in tasks)
    return [
        replace(task, withheld=series & suspects) for task, series in zip(tasks, own, strict=True)
    ]


def _looks(tasks: list[Task], workers: int, executor: Executor | None) -> Iterator[Looked]:
    """What the headers say."""
    job = runner.Job(look_at_files, _without_killers)
    few = sum(len(task.pieces) for task in tasks) < _WORTH_WORKERS
    if executor is not None:
        there = runner.run_on(executor, job, tasks)
        return (one for one in there if isinstance(one, Looked))
    if few or workers == 1:
        return map(look_at_files, tasks)
    here = runner.run(job, tasks, workers, patience=0)
    return (one for one in here if isinstance(one, Looked))


def _outcomes(tasks: list[Task], workers: int, executor: Executor | None) -> Iterator[Done]:
    job = runner.Job(deidentify_files, _without_killers)
    if executor is None:
        for outcome in runner.run(job, tasks, workers, patience=0):  # no step tells of progress
            yield _done(outcome)
    else:
        for outcome in runner.run_on(executor, job, tasks):
            yield _done(outcome)


def _without_killers(task: Task, dies: Callable[..., bool]) -> Task:
    """The task without the files that kill the process that works on them."""
    names = [piece.source for piece in task.pieces]
    killers = runner.killers(names, lambda some: dies(try_files, task, some))
    return replace(task, skip=task.skip.union(killers))


def _done(outcome: Done | runner.Failure[Task]) -> Done:
    if isinstance(outcome, Done):
        return outcome
    some = outcome.task.pieces
    message = "the file could not be processed"
    findings = [Finding(Level.ERROR, "unexpected", message, piece.target) for piece in some]
    return Done(len(some), findings=tuple(findings))
