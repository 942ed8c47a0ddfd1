"""Importing: ``import isocenter`` against ``import pydicom``, and how the command starts.

Each is a new interpreter; CPU of the child, median, in turn. Byte code of both lies in a
temporary folder that is filled before the clock runs (``PYTHONPYCACHEPREFIX``): pip
compiles what it installs, but not a checkout, and a machine may forbid it altogether. The
second table is without any byte code, as where the disk is read-only. What an empty
interpreter costs is subtracted from imports, not from commands.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile

from measure import machine

RUNS = 15
IMPORTS = ("import isocenter", "import pydicom", "import numpy")
COMMANDS = (("--version",), ("--help",), ("show", "--help"), ("build", "--help"))


def cpu_seconds(arguments: tuple[str, ...], environment: dict[str, str]) -> float:
    """CPU seconds of one interpreter, from its start to its end."""
    nothing = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
    command = [sys.executable, *arguments]
    child = os.posix_spawn(sys.executable, command, environment, file_actions=[nothing])
    _, status, used = os.wait4(child, 0)
    if status:
        raise RuntimeError(f"{arguments} ended with status {status}")
    return used.ru_utime + used.ru_stime


def medians(works: list[tuple[str, ...]], environment: dict[str, str]) -> list[float]:
    """Median CPU seconds of each after one run to warm up, run in turn."""
    times = [[cpu_seconds(work, environment) for work in works] for _ in range(RUNS + 1)][1:]
    return [statistics.median(column) for column in zip(*times, strict=True)]


def imports(environment: dict[str, str]) -> None:
    """Print a table of what each import adds to an empty interpreter."""
    empty, *found = medians([("-c", code) for code in ("pass", *IMPORTS)], environment)
    added = [(seconds - empty) * 1e3 for seconds in found]
    print("| isocenter ms | pydicom ms | ratio | numpy alone ms |\n| --- | --- | --- | --- |")
    print(f"| {added[0]:.0f} | {added[1]:.0f} | {added[1] / added[0]:.1f}x | {added[2]:.0f} |\n")


def commands(environment: dict[str, str]) -> None:
    """Print a table of how long the command takes from start to end."""
    found = medians([("-m", "isocenter", *arguments) for arguments in COMMANDS], environment)
    print("| command | ms |\n| --- | --- |")
    for arguments, seconds in zip(COMMANDS, found, strict=True):
        print(f"| `isocenter {' '.join(arguments)}` | {seconds * 1e3:.0f} |")


def main() -> None:
    """Print the tables."""
    print(f"Importing, {machine()}\n")
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as folder:
        warm = kept | {"PYTHONPYCACHEPREFIX": folder}
        print("With byte code of both:\n")
        imports(warm)
        commands(warm)
    with tempfile.TemporaryDirectory() as folder:
        cold = kept | {"PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": "1"}
        print("\nWithout byte code:\n")
        imports(cold)


if __name__ == "__main__":
    main()
