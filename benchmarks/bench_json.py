"""DICOM JSON: ``to_json`` and ``from_json`` against pydicom, same headers, same run.

``first`` is ``to_json`` of a header that was just read, the reading not counted; the ratio
should be at least 10. ``read`` is ``dcmread(stop_before_pixels=True)`` with it. ``again`` is ``to_json`` of a data set that was written once before,
which pydicom has decoded by then; ``back`` is ``from_json``.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import pydicom
from pydicom.data import get_testdata_file

import isocenter
from isocenter.core.dicomjson import to_json
from isocenter.core.fromjson import from_json
from measure import cpu_medians, machine

FILES = ("693_J2KI.dcm", "CT_small.dcm", "MR_small.dcm", "examples_overlay.dcm", "rtplan.dcm")

RUNS, WARM_UP = 200, 20


def main() -> None:
    """Print a table."""
    warnings.simplefilter("ignore")  # pydicom's, about the files
    print(f"DICOM JSON of a header, {machine()}; microseconds, isocenter / pydicom = ratio\n")
    print("| file | elements | first | read | again | back |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in FILES:
        path = Path(str(get_testdata_file(name)))
        count = len(isocenter.dcmread(path, stop_before_pixels=True))
        cells = " | ".join((_first(path), _read(path), _again(path), _back(path)))
        print(f"| {name} | {count} | {cells} |")


def _first(path: Path) -> str:
    runs = range(RUNS + WARM_UP)
    ours = iter([isocenter.dcmread(path, stop_before_pixels=True) for _ in runs])
    theirs = iter([pydicom.dcmread(path, stop_before_pixels=True) for _ in runs])
    return _ratio(
        *cpu_medians(
            lambda: to_json(next(ours)),
            lambda: next(theirs).to_json(),
            runs=RUNS,
            warm_up=WARM_UP,
        )
    )


def _read(path: Path) -> str:
    return _ratio(
        *cpu_medians(
            lambda: to_json(isocenter.dcmread(path, stop_before_pixels=True)),
            lambda: pydicom.dcmread(path, stop_before_pixels=True).to_json(),
            runs=RUNS,
            warm_up=WARM_UP,
        )
    )


def _again(path: Path) -> str:
    ours = isocenter.dcmread(path, stop_before_pixels=True)
    theirs = pydicom.dcmread(path, stop_before_pixels=True)
    return _ratio(*cpu_medians(lambda: to_json(ours), theirs.to_json, runs=RUNS, warm_up=WARM_UP))


def _back(path: Path) -> str:
    text = to_json(isocenter.dcmread(path, stop_before_pixels=True))
    return _ratio(
        *cpu_medians(
            lambda: from_json(text),
            lambda: pydicom.Dataset.from_json(text),
            runs=RUNS,
            warm_up=WARM_UP,
        )
    )


def _ratio(ours: float, theirs: float) -> str:
    return f"{ours * 1e6:.0f} / {theirs * 1e6:.0f} = {theirs / ours:.1f}x"


if __name__ == "__main__":
    main()
