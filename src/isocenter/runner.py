"""Run steps on an executor and hand back their results, whatever happens to a worker.

A task that raises becomes a failure value. With the default process pool a worker that
dies (a native decoder crashed) takes the whole pool with it: the pool is made anew, the
tasks that were under way run alone, and the one that kills its worker again is handed to
``isolate``, which returns the task without what kills it. A worker whose work does not go
on (a decoder hangs) is ended, and ``without`` returns its task without what held it up.
Nothing else is lost.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from itertools import count, islice
from multiprocessing import connection
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

from isocenter import pulse
from isocenter.errors import UsageError

T = TypeVar("T")
R = TypeVar("R")
_AHEAD = 4  # tasks submitted per worker: enough to keep it busy, few enough to stay small
PATIENCE = 300.0
"""Seconds without progress, after which a worker is ended."""


@dataclass(frozen=True, slots=True)
class Failure(Generic[T]):
    """A task whose step raised; ``reason`` is one line."""

    task: T
    reason: str


@dataclass(frozen=True, slots=True)
class Job(Generic[T, R]):
    """What to run: ``step`` on a task; ``isolate`` makes a deadly task harmless.

    ``isolate(task, dies)`` may call ``dies(function, *arguments)`` to learn whether a
    call kills the process it runs in; it returns the task without what does.
    ``without(task, thing)`` returns the task without the thing that the step named last,
    by :func:`isocenter.pulse.beat`, before it made no more progress.
    """

    step: Callable[[T], R]
    isolate: Callable[[T, Callable[..., bool]], T]
    without: Callable[[T, str], T] = lambda task, _: task


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_on(executor: Executor, job: Job[T, R], tasks: Iterable[T]) -> Iterator[R | Failure[T]]:
    """Run the tasks on an executor of the caller's, results as they come."""
    futures = {executor.submit(job.step, task): task for task in tasks}
    while futures:
        done, _ = wait(futures, return_when=FIRST_COMPLETED)
        for future in done:
            outcome = _outcome(future, futures.pop(future))
            yield outcome


def run(
    job: Job[T, R], tasks: Iterable[T], workers: int, *, patience: float = PATIENCE
) -> Iterator[R | Failure[T]]:
    """Run the tasks on ``workers`` processes, results as they come.

    No more tasks are asked of an iterator than keep the workers busy. A worker without
    progress for ``patience`` seconds is ended; with 0 it is waited for.
    """
    waiting = _Waiting(tasks)
    while waiting:
        broken = _Broken[T]()
        yield from _run_pool(job, waiting, _Workers(workers, patience), broken)
        if broken.suspects and dies(os.getpid):
            raise UsageError(
                "worker processes cannot start; a script that starts them needs"
                " 'if __name__ == \"__main__\":' around its own code"
            )
        for task in broken.suspects:
            yield from _run_alone(job, task, patience)
        waiting.put_back(broken.innocent)
        if broken.late:
            yield from _run_without(job, *broken.late, patience)


def killers(things: Sequence[T], kill: Callable[[Sequence[T]], bool]) -> list[T]:
    """Those of ``things`` that kill, found by halving: few processes even for many things."""
    if not things or not kill(things):
        return []
    if len(things) == 1:
        return [*things]
    half = len(things) // 2
    return killers(things[:half], kill) + killers(things[half:], kill)


class _Waiting(Generic[T]):
    """Tasks not begun; the first of them is seen before it is taken."""

    def __init__(self, tasks: Iterable[T]) -> None:
        self._tasks = iter(tasks)
        self._first: deque[T] = deque()

    def __bool__(self) -> bool:
        if not self._first:
            self._first.extend(islice(self._tasks, 1))
        return bool(self._first)

    @property
    def first(self) -> T:
        return self._first[0]

    def take(self) -> None:
        self._first.popleft()

    def put_back(self, tasks: Iterable[T]) -> None:
        self._first.extendleft(tasks)


@dataclass(slots=True)
class _Broken(Generic[T]):
    """What was under way when a pool broke."""

    suspects: list[T] = field(default_factory=list)
    """One of them may have ended a worker."""
    innocent: list[T] = field(default_factory=list)
    """They were under way when a worker was ended for another one's sake."""
    late: tuple[T, str] | None = None
    """The task that made no more progress, and what it was busy with."""


class _Workers:
    """A pool of processes, watched: one whose work does not go on is ended.

    That breaks the pool, as any death of a worker does; ``late`` says then why.
    """

    def __init__(self, workers: int, patience: float) -> None:
        self.workers = workers
        self.late: tuple[Future[Any], str] | None = None
        # spawn: the same everywhere, and no lock of the parent's threads is ever copied
        self._folder = tempfile.TemporaryDirectory(prefix="isocenter-", ignore_cleanup_errors=True)
        self._pool = ProcessPoolExecutor(
            workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(self._folder.name,),
        )
        self._watch = pulse.Watch(Path(self._folder.name), patience)
        self._pause = min(patience / 4, 5.0) if patience else None
        self._looked = time.monotonic()
        self._futures: dict[int, Future[Any]] = {}
        self._numbers = count()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None and not issubclass(kind, BrokenProcessPool):
            self.stop()
        # waits: Python's own end must not race with it
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._folder.cleanup()

    def submit(self, function: Callable[..., R], *arguments: object) -> Future[R]:
        """Run a call on one of the processes."""
        number = next(self._numbers)
        future = self._pool.submit(_watched, function, number, *arguments)
        self._futures[number] = future
        future.add_done_callback(lambda _: self._futures.pop(number, None))
        return future

    def wait(self, futures: Collection[Future[R]]) -> set[Future[R]]:
        """Those that are done, one at least."""
        done: set[Future[R]] = set()
        while not done:
            done, _ = wait(futures, timeout=self._pause, return_when=FIRST_COMPLETED)
            self._look()
        return done

    def _look(self) -> None:
        now = time.monotonic()
        if self._pause is None or self.late or now - self._looked < self._pause:
            return
        self._looked = now
        late = self._watch.late(self._processes)
        future = self._futures.get(late.task) if late else None
        if late and future:
            self.late = future, late.thing
            self._processes[late.process].kill()

    @property
    def _processes(self) -> dict[int, Any]:
        # Python has a public way to end workers from 3.14 on
        return dict(self._pool._processes or {})  # noqa: SLF001

    def stop(self) -> None:
        """End the workers in the middle of their work: a long series is not waited for.

        Nothing half written is left under a final name.
        """
        for process in self._processes.values():
            process.terminate()


def _begin(folder: str) -> None:
    """What a worker does first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is the parent's to handle
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    pulse.start(folder)


def _leave_with_parent() -> None:
    """A worker whose parent was killed would write on, beside the next run's."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _watched(function: Callable[..., R], number: int, *arguments: object) -> R:
    pulse.begin(number)
    try:
        return function(*arguments)
    finally:
        pulse.end()


def _run_pool(
    job: Job[T, R], waiting: _Waiting[T], workers: _Workers, broken: _Broken[T]
) -> Iterator[R | Failure[T]]:
    """Work the queue until it is empty or the pool breaks; then say what was under way."""
    running: dict[Future[R], T] = {}
    try:
        with workers:
            while waiting or running:
                while waiting and len(running) < _AHEAD * workers.workers:
                    running[workers.submit(job.step, waiting.first)] = waiting.first
                    waiting.take()
                for future in workers.wait(running):
                    outcome = _outcome(future, running[future])
                    del running[future]
                    yield outcome
    except BrokenProcessPool:
        if workers.late is None:
            broken.suspects.extend(running.values())
            return
        future, thing = workers.late
        if future in running:
            broken.late = running.pop(future), thing
        broken.innocent.extend(running.values())


def _run_alone(job: Job[T, R], task: T, patience: float) -> Iterator[R | Failure[T]]:
    """A suspect in a process of its own, and without its deadly part when it dies again."""
    outcome = _try(job, task, patience)
    if outcome is None:
        outcome = _try(job, job.isolate(task, partial(dies, patience=patience)), patience)
    yield Failure(task, "the process that worked on it died") if outcome is None else outcome


def _run_without(job: Job[T, R], task: T, thing: str, patience: float) -> Iterator[R | Failure[T]]:
    """A task that made no progress, without what held it up."""
    rest = job.without(task, thing)
    if rest == task:
        yield Failure(task, f"no progress for {patience:g} s")
    else:
        yield from _run_alone(job, rest, patience)


def _try(job: Job[T, R], task: T, patience: float) -> R | Failure[T] | None:
    """Run a task in a process of its own; ``None`` when it ends the process."""
    while True:
        workers = _Workers(1, patience)
        try:
            with workers:
                future = workers.submit(job.step, task)
                workers.wait([future])
                return _outcome(future, task)
        except BrokenProcessPool:
            if workers.late is None:
                return None
        rest = job.without(task, workers.late[1])
        if rest == task:
            return Failure(task, f"no progress for {patience:g} s")
        task = rest


def dies(function: Callable[..., object], *arguments: object, patience: float = PATIENCE) -> bool:
    """Whether a call ends the process it runs in, or has no end; an exception does not count."""
    with _Workers(1, patience) as workers:
        future = workers.submit(function, *arguments)
        workers.wait([future])
        return isinstance(future.exception(), BrokenProcessPool)


def _outcome(future: Future[R], task: T) -> R | Failure[T]:
    try:
        return future.result()
    except BrokenProcessPool:
        raise
    except Exception as error:  # noqa: BLE001 - a fault in one step must not end the others
        return Failure(task, " ".join(f"{type(error).__name__}: {error}".split()))
