"""Timing that can be trusted on a noisy machine: CPU medians, after warm-up, in turn."""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable
from importlib.metadata import version

Work = Callable[[], object]


def cpu_medians(*works: Work, runs: int = 30, warm_up: int = 3) -> list[float]:
    """Median CPU seconds of each, run in turn so that drift of the machine hits all alike."""
    return [statistics.median(found) for found in cpu_times(*works, runs=runs, warm_up=warm_up)]


def cpu_times(*works: Work, runs: int, warm_up: int) -> list[list[float]]:
    """CPU seconds of each, run by run; those of one run are neighbours in time."""
    times: list[list[float]] = [[] for _ in works]
    for run in range(warm_up + runs):
        for work, found in zip(works, times, strict=True):
            started = time.process_time_ns()
            work()
            if run >= warm_up:
                found.append((time.process_time_ns() - started) / 1e9)
    return times


def machine() -> str:
    """Processor and versions, for the head of a table."""
    packages = ("isocenter", "pydicom", "numpy", "imagecodecs", "pillow")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return f"{_processor()}, Python {platform.python_version()}, {versions}"


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="ascii") as lines:  # noqa: PTH123 - no Path is needed
            names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    except OSError:
        names = []
    return f"{len(names)} x {names[0]}" if names else platform.processor()
