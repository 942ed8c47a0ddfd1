"""Export pictures: plan, one step per some files, merge.

In: a file, folder or DICOMDIR, an output folder and :class:`Options`. Out: the pictures,
``findings.json`` and a :class:`Summary`. The same input gives the same files, on any
executor and with any number of workers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from isocenter import runner
from isocenter.errors import Finding, Level, UsageError
from isocenter.export.model import WHOLE, Done, Piece, Place, Summary, Task
from isocenter.export.options import Options
from isocenter.export.plan import TOGETHER, Plan
from isocenter.export.steps import export_files, try_places, without_endless
from isocenter.files.findings import NAME, findings_json, is_findings_json
from isocenter.files.target import Folder
from isocenter.files.walking import Instances, in_order, instances
from isocenter.ordering import natural

Progress = Callable[[Done], None]
PathLike = str | os.PathLike[str]

_MOST_PIECES = 16  # a task: enough to be worth handing over, few enough to share out
_TASKS_PER_WORKER = 4


def sources(src: PathLike, out: PathLike) -> Instances:
    """Find the files to export.

    Raises:
        UsageError: ``src`` does not exist or holds no file, ``out`` lies in it, or what is
            called ``findings.json`` there is something else.
        OSError: ``src`` cannot be listed.
    """
    source, output = Path(src), Path(out)
    if source.is_dir() and output.resolve().is_relative_to(source.resolve()):
        raise UsageError(f"{output} lies in {source}: pictures do not go where they come from")
    found = instances(source)
    if not found.names and not found.findings:
        raise UsageError(f"{source} holds no file")
    report = output / NAME
    if report.is_file() and not is_findings_json(report.read_bytes()):
        raise UsageError(f"{report} is no list of findings; it would be replaced, so move it")
    return found


def export(  # noqa: PLR0913 - as build()
    src: PathLike,
    out: PathLike,
    options: Options | None = None,
    *,
    workers: int = 0,
    executor: Executor | None = None,
    progress: Progress = lambda _: None,
    found: Instances | None = None,
    patience: float = runner.PATIENCE,
) -> Summary:
    """Write a picture of every frame below ``src`` to the folder ``out``.

    Args:
        src: a file, a folder (to any depth), or a DICOMDIR.
        out: made when it is not there; must not lie in the folder ``src``.
        options: path pattern, format and look; default :class:`Options`.
        workers: processes; 0 is one per core.
        executor: run the steps there instead; then a dead worker is the caller's affair.
        progress: called with what was done since, in no particular order.
        found: the result of :func:`sources`, when the caller has it already.
        patience: seconds without progress, after which a frame is given up; 0 is for ever.

    Raises:
        UsageError: the source is none, or the output lies in it.
        OSError: the output cannot be written.
    """
    told = options or Options()
    inputs = sources(src, out) if found is None else found
    output = Path(out)
    output.mkdir(parents=True, exist_ok=True)
    plan = Plan(inputs, output, told)
    count = workers or runner.cores()
    together = max(1, min(_MOST_PIECES, len(inputs.names) // (_TASKS_PER_WORKER * count)))
    tasks = (Task(inputs.root, output, told, some) for some in _shared_out(plan, together))
    results: list[Done] = []
    passed = 0
    for result in _outcomes(tasks, count, executor, patience):
        progress(replace(result, files=result.files + plan.passed - passed))
        passed = plan.passed
        results.append(result)
    progress(Done(files=plan.passed - passed))
    summary = merge(results, (*inputs.findings, *plan.findings), files=len(inputs.names))
    Folder(output).write(NAME, findings_json(summary.findings))
    return summary


def merge(results: Iterable[Done], findings: Iterable[Finding], *, files: int) -> Summary:
    """One summary of all results, whatever order they came in."""
    every = [*results]
    told = dict.fromkeys([*findings, *(one for result in every for one in result.findings)])
    return Summary(
        written=in_order([path for result in every for path in result.written]),
        frames=sum(result.frames for result in every),
        files=files,
        findings=tuple(sorted(told, key=_finding_order)),
    )


def _finding_order(finding: Finding) -> tuple[object, ...]:
    order = list(Level).index(finding.level)
    return natural(finding.path), finding.path, -order, finding.code, finding.message


def _shared_out(plan: Iterable[Piece], together: int) -> Iterator[tuple[Piece, ...]]:
    """Some pieces at a time, of one file or several."""
    some: list[Piece] = []
    frames = 0
    for piece in plan:
        some.append(piece)
        frames += len(piece.frames)
        if len(some) >= together or frames >= TOGETHER:
            yield tuple(some)
            some, frames = [], 0
    if some:
        yield tuple(some)


def _outcomes(
    tasks: Iterable[Task], workers: int, executor: Executor | None, patience: float
) -> Iterator[Done]:
    job = runner.Job(export_files, _without_killers, without_endless)
    if executor is None:
        for outcome in runner.run(job, tasks, workers, patience=patience):
            yield _done(outcome)
    else:
        for outcome in runner.run_on(executor, job, tasks):
            yield _done(outcome)


def _done(outcome: Done | runner.Failure[Task]) -> Done:
    return _failed(outcome) if isinstance(outcome, runner.Failure) else outcome


def _without_killers(task: Task, dies: Callable[..., bool]) -> Task:
    """The task without the files and frames that kill the process that decodes them."""

    def kill(places: Iterable[Place]) -> bool:
        return dies(try_places, task, places)

    sources = dict.fromkeys(piece.source for piece in task.pieces)
    files = runner.killers([(source, WHOLE) for source in sources], kill)
    places = [
        (piece.source, index)
        for piece in task.pieces
        for index in piece.frames
        if (piece.source, WHOLE) not in files
    ]
    return replace(task, skip=task.skip.union(files, runner.killers(places, kill)))


def _failed(failure: runner.Failure[Task]) -> Done:
    """Nothing is known of the task's pictures; each of its files is told."""
    message = f"the pictures could not be made: {failure.reason}"
    pieces = failure.task.pieces
    named = dict.fromkeys(piece.source for piece in pieces)
    findings = [Finding(Level.ERROR, "export-failed", message, source) for source in named]
    return Done(files=sum(piece.is_first for piece in pieces), findings=tuple(findings))
