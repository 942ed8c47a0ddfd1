"""Damage files for as long as one likes and report what is not an error of our own.

    python tools/fuzz.py --seconds 3600 --seed 1 --files FOLDER --keep DIR

Each case is a file damaged by :mod:`mutation` and used by :mod:`exercise` in a process of its
own, because native decoders may crash. A finding is an exception that is not ours, a dead
process, more than 5 s of processor time, or more memory than the case can explain. Each
place in the code is reported once, with its seed; its input is kept in DIR. Exit code 1
when there are findings. docs/testing.md says how to use it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import signal
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import NamedTuple

from exercise import FRAME_LIMIT, exercise
from mutation import Original, mutated

SLOW = 5.0
"""Seconds of processor time that no case may take."""
HUNG = 60.0
"""Seconds after which a case is ended."""
ADDRESS_SPACE = 4 << 30
"""Bytes the process may address; more is a ``MemoryError``, which is a finding."""
MEMORY = 8 * FRAME_LIMIT
"""Bytes by which the peak may grow; a frame is decoded, made gray and shown."""
LARGEST = 300_000
"""Files of more bytes are left out: damage is seldom where it matters."""


class Outcome(NamedTuple):
    """What became of a case: nothing to tell, or which defect and the story of it."""

    defect: str = ""
    story: str = ""


def originals(folders: list[Path]) -> list[Original]:
    """Every file of the folders, in a stable order."""
    paths = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    small = (path for path in paths if 0 < path.stat().st_size <= LARGEST)
    return [Original.of(path.name, path.read_bytes()) for path in small]


def case(files: list[Original], seed: int, number: int) -> tuple[str, bytes]:
    """Case ``number`` of a seed: the names of its files, and its bytes."""
    random = Random(f"{seed}:{number}")  # noqa: S311 - repeatable, no secret
    one, other = random.choice(files), random.choice(files)
    return f"{one.name} + {other.name}", mutated(one, other, random)


# --- the process that does it -------------------------------------------------------------


def serve(pipe: Connection) -> None:
    """Use what comes, and tell the outcome, until nothing comes any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    warnings.simplefilter("ignore")
    while True:
        try:
            data = pipe.recv_bytes()
        except EOFError:
            return
        pipe.send(used(data))


def used(data: bytes) -> Outcome:
    """What using ``data`` comes to."""
    before, start = peak(), time.process_time()
    try:
        exercise(data)
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return Outcome(place(error), traceback.format_exc())
    took, grown = time.process_time() - start, peak() - before
    if took > SLOW:
        return Outcome("slow", f"{took:.1f} s of processor time")
    if grown > MEMORY:
        return Outcome("memory", f"{grown >> 20} MiB more than before")
    return Outcome()


def peak() -> int:
    """The most bytes this process has had in memory."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def place(error: BaseException) -> str:
    """Kind and innermost place in our code: what is the same defect."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "isocenter" in Path(frame.filename).parts] or frames
    last = ours[-1]
    return f"{type(error).__name__} in {Path(last.filename).name}:{last.lineno} {last.name}"


class Worker:
    """The process, made anew when it died."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._start()

    def _start(self) -> None:
        self._pipe, theirs = self._context.Pipe()
        self._process = self._context.Process(target=serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def outcome(self, data: bytes) -> Outcome:
        """What became of ``data``; a process that dies or hangs is an outcome."""
        try:
            self._pipe.send_bytes(data)
            if self._pipe.poll(HUNG):
                outcome: Outcome = self._pipe.recv()
                return outcome
        except (EOFError, OSError):
            self._process.join()
            code = self._process.exitcode
            self._start()
            return Outcome(f"died with {code}", "the process is gone")
        self.end()
        self._start()
        return Outcome("hung", f"no answer within {HUNG} s")

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._pipe.close()


# --- the run ------------------------------------------------------------------------------


def run(files: list[Original], seed: int, seconds: float) -> Iterator[tuple[int, bytes, Outcome]]:
    """Case after case until the time is over: number, bytes, outcome."""
    worker, end, number = Worker(), time.monotonic() + seconds, 0
    try:
        while time.monotonic() < end:
            _, data = case(files, seed, number)
            yield number, data, worker.outcome(data)
            number += 1
    finally:
        worker.end()


def report(files: list[Original], seed: int, seconds: float, keep: Path | None) -> Counter[str]:
    """Run, print each defect when it is first met, and count them."""
    found: Counter[str] = Counter()
    cases = 0
    for number, data, outcome in run(files, seed, seconds):
        cases += 1
        if not outcome.defect:
            continue
        found[outcome.defect] += 1
        if found[outcome.defect] > 1:
            continue
        names, _ = case(files, seed, number)
        print(f"--- {outcome.defect}\nseed {seed} case {number}: {names}\n{outcome.story}")
        if keep is not None:
            (keep / f"{seed}-{number}.dcm").write_bytes(data)
        sys.stdout.flush()
    print(f"{cases} cases of {len(files)} files, {len(found)} defects")
    return found


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60, help="how long to run")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other cases")
    parser.add_argument("--files", type=Path, action="append", help="folder of files to damage")
    parser.add_argument("--keep", type=Path, help="folder for the inputs of findings")
    parser.add_argument("--case", type=int, help="use only this case, in this process")
    return parser.parse_args()


def packaged() -> list[Path]:
    """The files that pydicom brings, where no folder is given."""
    import pydicom  # noqa: PLC0415 - only when nothing else is given

    return [Path(pydicom.__file__).parent / "data"]


def main() -> int:
    """Run, and tell by the exit code whether there is anything to mend."""
    options = arguments()
    files = originals(options.files or packaged())
    if options.case is not None:
        _, data = case(files, options.seed, options.case)
        exercise(data)
        return 0
    if options.keep is not None:
        options.keep.mkdir(parents=True, exist_ok=True)
    return 1 if report(files, options.seed, options.seconds, options.keep) else 0


if __name__ == "__main__":
    sys.exit(main())
