"""The whole job on 200 slices of 512x512x16, one core, against the bare work in it.

``bare`` reads the files, looks the values up, resizes and encodes with the same calls and
sizes and does nothing else: no header, no order, no descriptors, no atomic files. It makes the
same pictures, which is checked before anything is timed. The goals are 25 times the
slices/s of pfdicom_rev, at most 1.5 times the bare work, and 1.8 times as much with two workers
as with one. The kernel's part is making the files, 3.03 a slice: it depends on the disk.
Memory is the peak of a fresh process, for series of different lengths.

    python benchmarks/bench_build.py [--runs N] [--pfdicom-rev PATH]

``PATH`` is the ``pfdicom_rev`` of an environment that has pfdicom_rev 3.0.4, pfdicom 1.7.10,
pftree 2.1.2, pfmisc 2.0.2, pydicom below 3 and matplotlib, with dcmtk and imagemagick installed;
it is then run on the same slices in the same run. Without it the 25 slices/s of REV.md section 6
stand in for it, which were measured on another machine.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter import dcmread
from isocenter.library.build import build
from isocenter.library.intake import plan
from isocenter.library.options import BuildOptions
from isocenter.library.pictures import fitted, smaller
from isocenter.library.steps import SeriesTask, build_series
from isocenter.library.strips import as_pixels
from isocenter.pixels import DisplayTables, Frames
from isocenter.pixels.display import inputs, show
from isocenter.pixels.grayscale import grayscale
from isocenter.pixels.imagefiles import Pixels, jpeg
from measure import cpu_medians, cpu_times, machine
from series import write_ct_series

SLICES, SIDE = 200, 512
REV_SLICES = 60  # as many as REV.md section 6 has
PFDICOM_REV = 25  # slices/s, REV.md section 6
FOLDERS = ("dcm2jpgRaw", "dcm2jpgDCMresize", "dcm2jpgResize")
SERIES = "00-yr/00-mo/01-ex/CT"


def task(root: Path, output: Path) -> SeriesTask:
    """The step's argument for the one series below ``root``."""
    options = BuildOptions(root, output)
    return SeriesTask(plan(options).series[0], options)


def fresh_build(root: Path) -> Callable[[], object]:
    """Build the series, each time into a new folder."""
    numbers = count()
    return lambda: build_series(task(root, root.with_name(f"out-{next(numbers)}")))


class Bare:
    """The same reads, look-ups, resizes and encodings of the same pictures, part by part."""

    def __init__(self, folder: Path) -> None:
        self.files = sorted(folder.glob("*.dcm"))
        self._table = _shades(self.files[0])
        self._starts = [_pixels_start(path) for path in self.files]

    def __call__(self) -> None:
        """All of it."""
        medium_tiles, small_tiles = [], []
        for index in range(len(self.files)):
            sizes = self.sizes(self.shown(self.stored(index)))
            for pixels in sizes:
                jpeg(pixels, 90)
            medium_tiles.append(sizes[1])
            small_tiles.append(sizes[2])
        jpeg(np.concatenate(medium_tiles), 90)
        jpeg(np.concatenate(small_tiles), 90)

    def stored(self, index: int) -> NDArray[np.uint16]:
        """Read a file; its pixel cells."""
        data = self.files[index].read_bytes()
        return np.frombuffer(data, np.uint16, SIDE * SIDE, self._starts[index])

    def shown(self, stored: NDArray[np.uint16]) -> Pixels:
        """Look the cells up."""
        return self._table.take(stored).reshape(SIDE, SIDE)

    @staticmethod
    def sizes(pixels: Pixels) -> tuple[Pixels, Pixels, Pixels]:
        """Resize a picture."""
        medium = fitted(pixels, 300)
        return pixels, as_pixels(medium), as_pixels(smaller(medium, 96))


def _shades(path: Path) -> Pixels:
    """The shade that each 16-bit cell is shown with."""
    frames = Frames(dcmread(path))
    gray = grayscale(frames.dataset, 0, frames[0], frames.notes)
    return show(inputs(frames.image.dtype), gray, DisplayTables())


def _pixels_start(path: Path) -> int:
    return path.read_bytes().index(b"\xe0\x7f\x10\x00OW\0\0") + 12


def check_same_pictures(root: Path, bare: Bare) -> None:
    """Stop when what is compared is not the same work."""
    output = root.with_name("check")
    build_series(task(root, output))
    for index in range(0, SLICES, 37):
        for pixels, folder in zip(bare.sizes(bare.shown(bare.stored(index))), FOLDERS, strict=True):
            name = f"{bare.files[index].stem}.0.jpg"
            assert jpeg(pixels, 90) == (output / SERIES / folder / name).read_bytes()  # noqa: S101 - else the figures are of something else


def each(work: Callable[[Any], object], things: Iterable[Any]) -> None:
    """Do the work and keep nothing: memory that is kept has to be made anew each time."""
    for thing in things:
        work(thing)


def parts(bare: Bare) -> None:
    """Print what the bare work is made of: nobody who makes these pictures can be faster."""
    whole = range(len(bare.files))
    stored = [bare.stored(index) for index in whole]
    shown = [bare.shown(cells) for cells in stored]
    sizes = [bare.sizes(pixels) for pixels in shown]
    encodings = [
        lambda size=size: each(lambda three: jpeg(three[size], 90), sizes) for size in range(3)
    ]
    times = cpu_medians(
        lambda: each(bare.stored, whole),
        lambda: each(bare.shown, stored),
        lambda: each(bare.sizes, shown),
        *encodings,
        runs=5,
        warm_up=1,
    )
    names = ("read", "look up", "resize to 300 and 96", "JPEG 512", "JPEG 300", "JPEG 96")
    print("| bare work of a slice | us | slices/s if it were all |")
    print("| --- | --- | --- |")
    for name, found in zip((*names, "all"), (*times, sum(times)), strict=True):
        print(f"| {name} | {found / SLICES * 1e6:.0f} | {SLICES / found:.0f} |")
    print()


def speed(root: Path, bare: Bare, runs: int, peer: float | None) -> None:
    """Print the speed of the whole job and its ratio to the bare work, run by run."""
    building, kernel = fresh_build(root), []

    def whole_job() -> None:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_stime
        building()
        kernel.append(resource.getrusage(resource.RUSAGE_SELF).ru_stime - before)

    whole, least = cpu_times(whole_job, bare, runs=runs, warm_up=1)
    ratios = sorted(a / b for a, b in zip(whole, least, strict=True))
    rate = SLICES / statistics.median(whole)
    told = "in this run" if peer else "REV.md section 6, another machine"
    print(f"pfdicom_rev: {peer or PFDICOM_REV:.1f} slices/s ({told})\n")
    print("| slices | CPU s | of it kernel | slices/s per core | bare, slices/s |", end="")
    print(" to pfdicom_rev | time to bare work | best pair |")
    print(f"|{' --- |' * 8}")
    print(
        f"| {SLICES} | {statistics.median(whole):.2f} | {statistics.median(kernel):.2f} |", end=""
    )
    print(f" {rate:.0f} | {SLICES / statistics.median(least):.0f} |", end="")
    print(f" {rate / (peer or PFDICOM_REV):.0f}x |", end="")
    print(f" {statistics.median(ratios):.2f}x | {ratios[0]:.2f}x |\n")


def pfdicom_rev(program: Path, series: Path, scratch: Path) -> float:
    """CPU seconds of pfdicom_rev and all it starts, as slices/s; its own tree, its own JPEGs."""
    root = scratch / "peer"
    shutil.copytree(series, root / SERIES, copy_function=os.link)
    for path in sorted((root / SERIES).glob("*.dcm"))[REV_SLICES:]:
        path.unlink()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = os.environ | {"PATH": f"{program.parent}:{os.environ['PATH']}"}
    environment.pop("PYTHONPATH", None)
    subprocess.run(  # noqa: S603 - what the caller named
        [program, "-I", str(root), "-O", "%inputDir", "-e", "dcm", "-v", "0"],
        check=True,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=root,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    made = len(list(root.rglob("dcm2jpgRaw/*.jpg")))
    assert made >= REV_SLICES, f"pfdicom_rev made {made} pictures"  # noqa: S101 - else it is no figure
    return REV_SLICES / (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def two_workers(root: Path, scratch: Path, runs: int) -> None:
    """Print what two workers make in the time of one, start of the processes included."""
    tree = scratch / "workers"
    for number in range(8):
        folder = tree / f"00-yr/00-mo/{number + 1:02d}-ex/CT"
        shutil.copytree(root / SERIES, folder, copy_function=os.link)
    rows = []
    for run in range(runs):
        wall, cpu = zip(*(_with_workers(tree, scratch / f"w{run}", n) for n in (1, 2)), strict=True)
        rows.append((wall[0] / wall[1], cpu[1] / cpu[0], *wall, *cpu))
    best = max(rows)
    print(f"| 8 series of {SLICES} slices | wall s, one worker | two | as fast |", end="")
    print(" CPU s, one worker | two | as much CPU |")
    print(f"|{' --- |' * 7}")
    for name, row in (
        ("best pair", best),
        ("median", tuple(map(statistics.median, zip(*rows, strict=True)))),
    ):
        faster, more, one, two, cpu_one, cpu_two = row
        print(f"| {name} | {one:.1f} | {two:.1f} | {faster:.2f}x |", end="")
        print(f" {cpu_one:.1f} | {cpu_two:.1f} | {more:.2f}x |")
    print()


def _with_workers(tree: Path, output: Path, workers: int) -> tuple[float, float]:
    """Wall and CPU seconds of a build into a new folder."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    build(BuildOptions(tree, output), workers=workers)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    shutil.rmtree(output)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def memories(scratch: Path) -> None:
    """Print the peak memory of processes that build series of different lengths."""
    print("| slices in the series | peak memory of a worker, MB |")
    print("| --- | --- |")
    for slices in (50, 200, 800):
        root = scratch / str(slices)
        write_ct_series(root / SERIES, slices)
        command = [sys.executable, __file__, "--peak", str(root)]
        peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - this file
        print(f"| {slices} | {int(peak) / 1024:.0f} |")
        shutil.rmtree(root)
    print()


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--pfdicom-rev", type=Path, default=os.environ.get("PFDICOM_REV"))
    parser.add_argument("--peak", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.peak:
        fresh_build(asked.peak)()
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        return
    print(f"Whole job, {machine()}\n")
    with tempfile.TemporaryDirectory() as name:
        scratch, root = Path(name), Path(name) / "speed"
        memories(scratch)  # first: a child's peak is at least what its parent takes
        write_ct_series(root / SERIES, SLICES)
        bare = Bare(root / SERIES)
        check_same_pictures(root, bare)
        program = asked.pfdicom_rev
        peer = pfdicom_rev(Path(program), root / SERIES, scratch) if program else None
        speed(root, bare, asked.runs, peer)
        parts(bare)
        two_workers(root, scratch, max(1, asked.runs // 3))


if __name__ == "__main__":
    main()
