"""How a worker process shows that its work goes on, and who is watching sees it.

Each worker has a small file that is mapped into its memory: what it says there costs no
call of the system. Nobody waits for anybody, so a worker may be ended at any moment.
"""

from __future__ import annotations

import mmap
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_SIZE = 8192
_END = b"\0"


class _Pulse:
    """The worker's side; in a process that nobody watches it does nothing."""

    def __init__(self) -> None:
        self._page: mmap.mmap | None = None
        self._task = self._beats = 0

    def start(self, folder: str) -> None:
        path = Path(folder) / str(os.getpid())
        # written, not only made long: else a full disk would end the process later
        path.write_bytes(bytes(_SIZE))
        with path.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), _SIZE)

    def begin(self, task: int) -> None:
        self._task = task
        self.beat("")

    def beat(self, thing: str) -> None:
        if self._page is None:
            return
        self._beats += 1
        self._say(f"{self._task} {self._beats} {thing}")

    def end(self) -> None:
        self._say("")

    def _say(self, words: str) -> None:
        if self._page is not None:
            record = os.fsencode(words)[: _SIZE - 1] + _END
            self._page[: len(record)] = record


_OWN = _Pulse()  # of this process, as its process number is


def start(folder: str) -> None:
    """Let this process be watched from now on, by who looks into ``folder``."""
    with suppress(OSError):  # then it is not watched
        _OWN.start(folder)


def begin(task: int) -> None:
    """Say that this process begins a task."""
    _OWN.begin(task)


def beat(thing: str) -> None:
    """Say that work on ``thing``, such as a file, begins or goes on."""
    _OWN.beat(thing)


def end() -> None:
    """Say that this process has nothing to do."""
    _OWN.end()


@dataclass(frozen=True, slots=True)
class Late:
    """A process whose work does not go on: its task, and what it is busy with."""

    process: int
    task: int
    thing: str


@dataclass(slots=True)
class Watch:
    """Whoever looks at workers: finds those that have said nothing new for ``seconds``."""

    folder: Path
    seconds: float
    _seen: dict[int, tuple[bytes, float]] = field(default_factory=dict)
    _clock: float = 0.0
    _looked: float = field(default_factory=time.monotonic)

    def late(self, processes: Iterable[int]) -> Late | None:
        """One of the processes that is late, if any is."""
        now = self._now()
        for process in processes:
            said = self._said(process)
            known, since = self._seen.get(process, (b"", now))
            if said != known:
                self._seen[process] = said, now
            elif said and now - since > self.seconds:
                return _late(process, said)
        return None

    def _now(self) -> float:
        """Seconds, without most of the time in which everybody was stopped (Ctrl-Z)."""
        monotonic = time.monotonic()
        self._clock += min(monotonic - self._looked, self.seconds / 4)
        self._looked = monotonic
        return self._clock

    def _said(self, process: int) -> bytes:
        try:
            return (self.folder / str(process)).read_bytes().partition(_END)[0]
        except OSError:
            return b""


def _late(process: int, said: bytes) -> Late:
    task, _, thing = os.fsdecode(said).split(" ", 2)
    return Late(process, int(task), thing)
