"""Reading a header: ``dcmread(stop_before_pixels=True)`` against pydicom, same files, same run.

The ratio is pydicom's CPU median over ours; it should be at least 6. ``nothing`` is
opening the file and reading the same bytes without looking at them.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import pydicom
from pydicom.data import get_testdata_file

import isocenter
from measure import cpu_medians, machine

FILES = ("693_J2KI.dcm", "CT_small.dcm", "MR_small.dcm", "examples_overlay.dcm", "rtplan.dcm")


def main() -> None:
    """Print a table."""
    warnings.simplefilter("ignore")  # pydicom's, about the files
    print(f"Header read, {machine()}\n")
    print("| file | elements | nothing us | isocenter us | pydicom us | ratio |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in FILES:
        path = Path(str(get_testdata_file(name)))
        count = len(isocenter.dcmread(path, stop_before_pixels=True))
        nothing, ours, theirs = cpu_medians(
            lambda: _bytes(path),  # noqa: B023 - called in this turn of the loop only
            lambda: isocenter.dcmread(path, stop_before_pixels=True),  # noqa: B023
            lambda: pydicom.dcmread(path, stop_before_pixels=True),  # noqa: B023
            runs=300,
            warm_up=30,
        )
        times = " | ".join(f"{seconds * 1e6:.0f}" for seconds in (nothing, ours, theirs))
        print(f"| {name} | {count} | {times} | {theirs / ours:.1f}x |")


def _bytes(path: Path) -> bytes:
    with path.open("rb", buffering=0) as file:
        return file.read(1 << 16)


if __name__ == "__main__":
    main()
