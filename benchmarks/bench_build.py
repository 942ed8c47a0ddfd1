"""The whole job on 200 slices of 512x512x16, one core, against the bare work in it.

``bare`` reads the files, looks the values up, resizes and encodes with the same calls and
sizes and does nothing else: no header, no order, no descriptors, no atomic files. The
whole job should make at least 300 slices/s per core; pfdicom_rev 3.0.4 makes 25 (REV.md
section 6). The kernel's part is making the files, 3.03 a slice: it depends on the disk. Memory is the peak of a fresh process, for series of different lengths.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from itertools import count
from pathlib import Path

import numpy as np

from isocenter.library.intake import plan
from isocenter.library.options import BuildOptions
from isocenter.library.pictures import fitted, smaller
from isocenter.library.steps import SeriesTask, build_series
from isocenter.library.strips import as_pixels
from isocenter.pixels.imagefiles import jpeg
from measure import cpu_medians, machine
from series import write_ct_series

SLICES = 200
PFDICOM_REV = 25  # slices/s, REV.md section 6


def task(root: Path, output: Path) -> SeriesTask:
    """The step's argument for the one series below ``root``."""
    options = BuildOptions(root, output)
    return SeriesTask(plan(options).series[0], options)


def fresh_build(root: Path) -> Callable[[], object]:
    """Build the series, each time into a new folder."""
    numbers = count()
    return lambda: build_series(task(root, root.with_name(f"out-{next(numbers)}")))


def shades(path: Path) -> NDArray[np.uint8]:
    """The shade of every stored value, as 16-bit cells, that an image is shown with."""
    frames = Frames(dcmread(path))
    gray = grayscale(frames.dataset, 0, frames[0], frames.notes)
    return show(inputs(frames.image.dtype), gray, DisplayTables())


def bare(folder: Path) -> Callable[[], None]:
    """The same reads, look-ups, resizes and encodings, of the same pictures."""
    files = sorted(folder.glob("*.dcm"))
    table = shades(files[0])

    def work() -> None:
        medium_tiles, small_tiles = [], []
        for path in files:
            data = path.read_bytes()
            stored = np.frombuffer(data, np.uint16, 512 * 512, len(data) - BEHIND - 512 * 512 * 2)
            pixels = table.take(stored).reshape(512, 512)
            medium = fitted(pixels, 300)
            small = smaller(medium, 96)
            medium_tiles.append(as_pixels(medium))
            small_tiles.append(as_pixels(small))
            for picture in (pixels, medium_tiles[-1], small_tiles[-1]):
                jpeg(picture, 90)
        jpeg(np.concatenate(medium_tiles), 90)
        jpeg(np.concatenate(small_tiles), 90)

    return work


def speed(root: Path) -> None:
    """Print the speed of the whole job and its ratio to the bare work."""
    folder = next(path.parent for path in root.rglob("1.dcm"))
    build, kernel = fresh_build(root), []

    def whole_job() -> None:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_stime
        build()
        kernel.append(resource.getrusage(resource.RUSAGE_SELF).ru_stime - before)

    whole, least = cpu_medians(whole_job, bare(folder), runs=7, warm_up=1)
    rate = SLICES / whole
    print("| slices | CPU s | of it kernel | slices/s per core | to pfdicom_rev | to bare work |")
    print("| --- | --- | --- | --- | --- | --- |")
    print(f"| {SLICES} | {whole:.2f} | {statistics.median(kernel):.2f} | {rate:.0f} |", end="")
    print(f" {rate / PFDICOM_REV:.0f}x | {whole / least:.2f}x the time |\n")


def memory(root: Path, slices: int) -> None:
    """Print the peak memory of a process that builds a series of this length."""
    write_ct_series(root / "00-yr/00-mo/01-ex/CT", slices)
    command = [sys.executable, __file__, "--peak", str(root)]
    peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - this file
    print(f"| {slices} | {int(peak) / 1024:.0f} |")


def main() -> None:
    """Print both tables."""
    if sys.argv[1:2] == ["--peak"]:
        fresh_build(Path(sys.argv[2]))()
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        return
    print(f"Whole job, {machine()}\n")
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "speed"
        write_ct_series(root / "00-yr/00-mo/01-ex/CT", SLICES)
        speed(root)
        print("| slices in the series | peak memory of a worker, MB |")
        print("| --- | --- |")
        for slices in (50, 200, 800):
            memory(Path(scratch) / str(slices), slices)


if __name__ == "__main__":
    main()
