"""Arranging: any folder becomes a tree by age, and nothing happens when that is done again.

The folder has files of an MR of 64x64, ten in a folder, each with UIDs of its own: 50 slices
a series, four series a study. They are linked into place. *Bare* reads the first 64 KiB of every
file and links it, and does nothing else; *pydicom* reads eight attributes of every header and links
the file: no plan, no record, no finding. Each part runs in a process of its own, which works alone; CPU
is without the imports at its start.

    python benchmarks/bench_arrange.py [FILES ...]      default: 1,000 and 10,000
"""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from isocenter.library.arrange.job import arrange
from isocenter.library.arrange.options import ArrangeOptions
from measure import machine

IN_SERIES, IN_STUDY, IN_FOLDER = 50, 200, 10
INSTANCE, SERIES, STUDY = "1.2.826.1.111111.1", "1.2.826.2.111111.1", "1.2.826.3.111111.1"
ATTRIBUTES = (
    "SOPInstanceUID",
    "SeriesInstanceUID",
    "StudyInstanceUID",
    "StudyDate",
    "PatientBirthDate",
    "PatientAge",
    "SeriesNumber",
    "SeriesDescription",
)


def model() -> bytes:
    """A file whose UIDs can be replaced by others of the same length."""
    import pydicom  # noqa: PLC0415 - not in the processes that are measured
    from pydicom.data import get_testdata_file  # noqa: PLC0415 - as above

    ds = pydicom.dcmread(str(get_testdata_file("MR_small.dcm")))
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = INSTANCE
    ds.SeriesInstanceUID, ds.StudyInstanceUID = SERIES, STUDY
    ds.StudyDate, ds.PatientBirthDate = "20200601", "20100101"
    written = io.BytesIO()
    ds.save_as(written)
    return written.getvalue()


def make_folder(root: Path, files: int) -> None:
    """So many files, none of which is called after what it is."""
    original = model()
    for number in range(files):
        content = original
        for uid, value in (
            (INSTANCE, number),
            (SERIES, number // IN_SERIES),
            (STUDY, number // IN_STUDY),
        ):
            content = content.replace(uid.encode(), f"{uid[:10]}{value + 100_000}.1".encode())
        folder = root / f"{number // IN_FOLDER:06d}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"f{number}").write_bytes(content)


def bare(source: Path, output: Path) -> None:
    """Read as much of every file as a header may take, and link it."""
    linked(source, output, lambda path: os.read(path, 1 << 16))


def linked(source: Path, output: Path, look: Callable[[int], object]) -> None:
    """Open, look at and link every file, a folder for as many as a series has."""
    for number, path in enumerate(sorted(file for file in source.rglob("*") if file.is_file())):
        opened = os.open(path, os.O_RDONLY)
        look(opened)
        os.close(opened)
        folder = output / f"{number // IN_SERIES}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}.dcm").hardlink_to(path)


def with_pydicom(source: Path, output: Path) -> None:
    """Read what decides the place of a file with pydicom, and link it."""
    import pydicom  # noqa: PLC0415 - only in the process that is to have it

    def look(opened: int) -> None:
        with os.fdopen(os.dup(opened), "rb") as file:
            ds = pydicom.dcmread(file, stop_before_pixels=True, specific_tags=[*ATTRIBUTES])
        for keyword in ATTRIBUTES:
            ds.get(keyword)

    linked(source, output, look)


def arranged(source: Path, output: Path) -> None:
    """Arrange, by links."""
    found = arrange(ArrangeOptions(source, output), workers=1)
    errors = [one for one in found.findings if one.level == "error"]
    assert not errors, errors[:3]  # noqa: S101 - else the figures are of something else
    assert found.instances  # noqa: S101 - as above


PARTS: dict[str, Callable[[Path, Path], None]] = {
    "bare": bare,
    "pydicom": with_pydicom,
    "arrange": arranged,
    "again, nothing changed": arranged,
}


def part(name: str, source: Path, output: Path) -> None:
    """Do one part; print CPU seconds, wall seconds and peak MB."""
    before, started = cpu(), time.perf_counter()
    PARTS[name](source, output)
    wall, used = time.perf_counter() - started, cpu() - before
    own, children = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"{used} {wall} {max(own.ru_maxrss, children.ru_maxrss) / 1024}")


def cpu() -> float:
    """CPU seconds of this process and of those it started."""
    own, children = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def measured(name: str, source: Path, output: Path) -> tuple[float, ...]:
    """CPU and wall seconds and peak MB of a part in a fresh process."""
    command = [sys.executable, __file__, "--part", name, str(source), str(output)]
    found = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - this file
    return tuple(map(float, found.stdout.split()))


def main() -> None:
    """Print a row for each part and size."""
    if sys.argv[1:2] == ["--part"]:
        part(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
        return
    print(f"Arranging, {machine()}\n")
    print("| files | part | CPU s | files/s | time to bare | time to pydicom | wall s | peak MB |")
    print(f"|{' --- |' * 8}")
    for files in map(int, sys.argv[1:] or ("1000", "10000")):
        with tempfile.TemporaryDirectory(prefix="isocenter-arrange-") as scratch:
            source = Path(scratch) / "source"
            make_folder(source, files)
            cpus: list[float] = []
            for name in PARTS:
                output = Path(scratch) / name.split(",")[0].replace("again", "arrange")
                used, wall, peak = measured(name, source, output)
                cpus.append(used)
                ratios = f"{used / cpus[0]:.1f}x | {used / cpus[min(1, len(cpus) - 1)]:.2f}x"
                print(f"| {files:,} | {name} | {used:.2f} | {files / used:.0f} | {ratios}", end="")
                print(f" | {wall:.1f} | {peak:.0f} |", flush=True)


if __name__ == "__main__":
    main()
