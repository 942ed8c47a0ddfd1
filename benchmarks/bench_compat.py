"""Three programs that import pydicom, on pydicom and on ``isocenter.compat``, without an edit.

``anonymize`` is dicognito's command line over 200 files; ``tabulate`` reads the headers of 1,000
files and writes a table of 17 attributes; ``stack`` reads 100 slices, puts them together with
dicom-numpy and writes each with a new description. CPU seconds of whole processes, start-up
included, medians of runs in turn; the ratio is pydicom's over ours. Byte code of both is kept in a
temporary folder that is filled before the clock runs, as an installation keeps it.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import pydicom
from pydicom.data import get_testdata_file

from measure import machine

RUNS = 3
_NO_BYTE_CODE = "PYTHONDONTWRITEBYTECODE"
TABULATE = """
import csv, sys, pathlib, pydicom
NAMES = ("PatientID PatientName PatientSex PatientBirthDate StudyDate StudyTime StudyInstanceUID StudyDescription"
         " Modality SeriesNumber SeriesInstanceUID SeriesDescription InstanceNumber SOPInstanceUID Rows Columns"
         " ImagePositionPatient").split()
with open(sys.argv[2], "w", newline="") as file:
    table = csv.writer(file)
    for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
        ds = pydicom.dcmread(path, stop_before_pixels=True)
        table.writerow([ds.get(name, "") for name in NAMES])
"""
STACK = """
import sys, pathlib, pydicom, dicom_numpy
series = [pydicom.dcmread(path) for path in sorted(pathlib.Path(sys.argv[1]).iterdir())]
volume, matrix = dicom_numpy.combine_slices(series)
for number, ds in enumerate(series):
    ds.SeriesDescription = f"mean {volume.mean():.1f}"
    ds.save_as(pathlib.Path(sys.argv[2]) / f"{number}.dcm")
"""


def main() -> None:
    """Print a table."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        work = Path(name)
        series = _series(work / "series", 1000)
        _first(series, work / "some", 200)
        _first(series, work / "few", 100)
        (work / "tabulate.py").write_text(TABULATE, encoding="utf-8")
        (work / "stack.py").write_text(STACK, encoding="utf-8")
        kept = {key: value for key, value in os.environ.items() if key != _NO_BYTE_CODE}
        environment = kept | {"PYTHONPYCACHEPREFIX": str(work / "bytecode")}
        programs = {
            "anonymize 200 files (dicognito)": ["-m", "dicognito", "some", "-o", "out", "-q"],
            "tabulate 1,000 headers": ["tabulate.py", "series", "out/table.csv"],
            "stack and write 100 slices (dicom-numpy)": ["stack.py", "few", "out"],
        }
        print(f"Programs, {machine()}\n")
        print("| program | on isocenter.compat s | on pydicom s | ratio |")
        print("| --- | --- | --- | --- |")
        for what, arguments in programs.items():
            ours, theirs = _compare(work, arguments, environment)
            print(f"| {what} | {ours:.2f} | {theirs:.2f} | {theirs / ours:.1f}x |")


def _compare(work: Path, arguments: list[str], environment: dict[str, str]) -> tuple[float, float]:
    kinds: tuple[list[str], list[str]] = (["-m", "isocenter.compat"], [])
    times: tuple[list[float], list[float]] = ([], [])
    for run in range(RUNS + 1):
        for prefix, found in zip(kinds, times, strict=True):
            seconds = _cpu([*prefix, *arguments], work, environment)
            if run:
                found.append(seconds)
    ours, theirs = map(statistics.median, times)
    return ours, theirs


def _cpu(arguments: list[str], work: Path, environment: dict[str, str]) -> float:
    """CPU seconds of a process that runs to its end."""
    shutil.rmtree(work / "out", ignore_errors=True)
    (work / "out").mkdir()
    before = _children()
    subprocess.run(  # noqa: S603 - our own list of arguments
        [sys.executable, *arguments],
        cwd=work,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return _children() - before


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _series(folder: Path, count: int) -> Path:
    folder.mkdir()
    ds = pydicom.dcmread(str(get_testdata_file("CT_small.dcm")))
    for number in range(count):
        ds.SOPInstanceUID = f"1.2.3.{number}"
        ds.InstanceNumber = number
        ds.ImagePositionPatient = [-158.1, -179.0, f"{-75.7 + 2.5 * number:.1f}"]
        ds.save_as(folder / f"{number:05}.dcm")
    return folder


def _first(source: Path, target: Path, count: int) -> None:
    target.mkdir()
    for path in sorted(source.iterdir())[:count]:
        shutil.copy(path, target)


if __name__ == "__main__":
    main()
