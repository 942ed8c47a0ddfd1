"""The steps over many folders: look, clean, and which series are left out of which folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from isocenter import runner
from isocenter.deidentify.series import Seen, is_of_folder
from isocenter.errors import Finding, Level
from isocenter.library.cleaned.model import Cleaned, UnitTask
from isocenter.library.cleaned.steps import clean_unit, look_at_unit, try_files

Progress = Callable[[Cleaned], None]
T = TypeVar("T")
R = TypeVar("R")

_WORTH_WORKERS = 2000  # headers: fewer are read before a process has started


class Runs:
    """Where steps run.

    Args:
        workers: processes; 0 is one per core.
        executor: run the steps there instead; then a dead worker is the caller's affair.
        patience: seconds without progress, after which a file is given up; 0 is for ever.
    """

    def __init__(
        self,
        workers: int = 0,
        executor: Executor | None = None,
        patience: float = runner.PATIENCE,
    ) -> None:
        self._workers, self._executor = workers or runner.cores(), executor
        self._patience = patience

    def seen(self, tasks: list[UnitTask]) -> Iterator[tuple[Path, Seen]]:
        """The series of each folder, by the work folder of its task."""
        few = sum(len(task.names) for task in tasks) < _WORTH_WORKERS
        if few and self._executor is None:
            yield from map(look_at_unit, tasks)
            return
        for outcome in self._outcomes(look_at_unit, tasks):
            if not isinstance(outcome, runner.Failure):
                yield outcome

    def cleaned(self, tasks: list[UnitTask]) -> Iterator[tuple[UnitTask, Cleaned]]:
        """What becomes of each folder, in no particular order."""
        for outcome in self._outcomes(clean_unit, tasks):
            if isinstance(outcome, runner.Failure):
                yield outcome.task, _failed()
            else:
                yield outcome

    def _outcomes(
        self, step: Callable[[UnitTask], R], tasks: list[UnitTask]
    ) -> Iterator[R | runner.Failure[UnitTask]]:
        job = runner.Job(step, _without_killers, _without_endless)
        if self._executor is not None:
            return runner.run_on(self._executor, job, tasks)
        return runner.run(job, tasks, self._workers, patience=self._patience)


def left_out(seen: Mapping[T, Seen]) -> dict[T, frozenset[str]]:
    """The series that are left out of each folder: one suspicious file is enough, anywhere."""
    suspects = frozenset[str]().union(*(one.suspects for one in seen.values()))
    everywhere = {series for series in suspects if not is_of_folder(series)}
    return {key: (one.series & everywhere) | one.suspects for key, one in seen.items()}


def withheld(tasks: list[UnitTask], seen: Mapping[Path, Seen]) -> list[UnitTask]:
    """The tasks, with the series that are left out of each."""
    out = left_out(seen)
    return [replace(task, withheld=out.get(task.work, frozenset())) for task in tasks]


def _without_killers(task: UnitTask, dies: Callable[..., bool]) -> UnitTask:
    """The task without the files that kill the process that works on them."""
    killers = runner.killers(task.names, lambda names: dies(try_files, task, names))
    return replace(task, skip=task.skip.union(killers))


def _without_endless(task: UnitTask, name: str) -> UnitTask:
    """The task without the file that work on came to no end."""
    return replace(task, late=task.late | {name}) if name in task.names else task


def _failed() -> Cleaned:
    """A folder that met a fault; what the fault says could quote the input."""
    message = "the folder could not be de-identified"
    return Cleaned(findings=(Finding(Level.ERROR, "series-failed", message),))
