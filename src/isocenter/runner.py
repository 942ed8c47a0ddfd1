"""Run steps on an executor and hand back their results, whatever happens to a worker.

A task that raises becomes a failure value. With the default process pool a worker that
dies (a native decoder crashed) takes the whole pool with it: the pool is made anew, the
tasks that were under way run alone, and the one that kills its worker again is handed to
``isolate``, which returns the task without what kills it. Nothing else is lost.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from isocenter.errors import UsageError

T = TypeVar("T")
R = TypeVar("R")
_AHEAD = 4  # tasks submitted per worker: enough to keep it busy, few enough to stay small


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
    """

    step: Callable[[T], R]
    isolate: Callable[[T, Callable[..., bool]], T]


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


def run(job: Job[T, R], tasks: Iterable[T], workers: int) -> Iterator[R | Failure[T]]:
    """Run the tasks on ``workers`` processes, results as they come.

    No more tasks are asked of an iterator than keep the workers busy.
    """
    waiting = _Waiting(tasks)
    while waiting:
        suspects: list[T] = []
        yield from _run_pool(job, waiting, workers, suspects)
        if suspects and dies(os.getpid):
            raise UsageError(
                "worker processes cannot start; a script that starts them needs"
                " 'if __name__ == \"__main__\":' around its own code"
            )
        for task in suspects:
            yield from _run_alone(job, task)


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


def _pool(workers: int) -> ProcessPoolExecutor:
    # spawn: the same everywhere, and no lock of the parent's threads is ever copied
    return ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=signal.signal,  # an interrupt is the parent's to handle
        initargs=(signal.SIGINT, signal.SIG_IGN),
    )


def _stop(pool: ProcessPoolExecutor) -> None:
    """End the workers in the middle of their work: a long series is not waited for.

    Nothing half written is left under a final name. Python has a public way from 3.14 on.
    """
    for process in list((pool._processes or {}).values()):  # noqa: SLF001
        process.terminate()


def _run_pool(
    job: Job[T, R], waiting: _Waiting[T], workers: int, suspects: list[T]
) -> Iterator[R | Failure[T]]:
    """Work the queue until it is empty or the pool breaks; then name the suspects."""
    running: dict[Future[R], T] = {}
    with _pool(workers) as pool:
        try:
            while waiting or running:
                while waiting and len(running) < _AHEAD * workers:
                    running[pool.submit(job.step, waiting.first)] = waiting.first
                    waiting.take()
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    outcome = _outcome(future, running[future])
                    del running[future]
                    yield outcome
        except BrokenProcessPool:
            suspects.extend(running.values())
        except BaseException:
            _stop(pool)
            raise
        finally:
            pool.shutdown(cancel_futures=True)  # waits: Python's own end must not race with it


def _run_alone(job: Job[T, R], task: T) -> Iterator[R | Failure[T]]:
    """A suspect in a process of its own, and without its deadly part when it dies again."""
    outcome = _try(job, task)
    if outcome is None:
        outcome = _try(job, job.isolate(task, dies))
    yield Failure(task, "the process that worked on it died") if outcome is None else outcome


def _try(job: Job[T, R], task: T) -> R | Failure[T] | None:
    with _pool(1) as pool:
        try:
            return _outcome(pool.submit(job.step, task), task)
        except BrokenProcessPool:
            return None


def dies(function: Callable[..., object], *arguments: object) -> bool:
    """Whether a call ends the process it runs in; an exception does not count."""
    with _pool(1) as pool:
        return isinstance(pool.submit(function, *arguments).exception(), BrokenProcessPool)


def _outcome(future: Future[R], task: T) -> R | Failure[T]:
    try:
        return future.result()
    except BrokenProcessPool:
        raise
    except Exception as error:  # noqa: BLE001 - a fault in one step must not end the others
        return Failure(task, " ".join(f"{type(error).__name__}: {error}".split()))
