"""Lay out the DICOM files of the PyPI packages pydicom and pydicom-data as a ReV tree.

``python tools/demo_tree.py OUT`` copies every DICOM file of the two packages to
``OUT/YY-yr/MM-mo/EX-ex/SERIES/``: one example per study, one folder per series. The age
comes from Patient's Age, else from birth and study date. Many of these test files carry
none; they go to ``99-yr/11-mo``, which in this demonstration means "age not recorded".
"""

from __future__ import annotations

import re
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path

from isocenter import Dataset, dcmread
from isocenter.errors import DicomError
from isocenter.library.facts import iso_free_date, text

UNKNOWN = (99, 11)
MOST_EXAMPLES = 99


def dicom_files() -> Iterator[tuple[Path, Dataset]]:
    """Every file of the packages that reads as DICOM, and its header."""
    for folder in (files("pydicom") / "data" / "test_files", files("data_store") / "data"):
        for path in sorted(Path(str(folder)).rglob("*")):
            if not path.is_file() or "dicomdirtests" in path.parts[:-2]:
                continue
            try:
                yield path, dcmread(path, stop_before_pixels=True)
            except DicomError:
                continue


def age(ds: Dataset) -> tuple[int, int]:
    """Years and months, from the file's own words; ``UNKNOWN`` when it has none."""
    written = re.fullmatch(r"(\d{1,3})([DWMY])", text(ds, "PatientAge").strip())
    if written:
        days_each = {"D": 1, "W": 7, "M": 30.4375, "Y": 365.25}[written[2]]
        months = int(int(written[1]) * days_each / 30.4375 + 0.01)
        return _fitting(months)
    born, studied = (iso_free_date(text(ds, key)) for key in ("PatientBirthDate", "StudyDate"))
    if born and studied and born < studied:
        first, last = (date(int(d[:4]), int(d[4:6]), int(d[6:])) for d in (born, studied))
        months = (last.year - first.year) * 12 + last.month - first.month
        return _fitting(months - (last.day < first.day))
    return UNKNOWN


def _fitting(months: int) -> tuple[int, int]:
    return divmod(months, 12) if months < MOST_EXAMPLES * 12 else UNKNOWN


def series_name(ds: Dataset) -> str:
    """A folder name such as ``CT-005``."""
    number = re.sub(r"\D", "", text(ds, "SeriesNumber")) or "0"
    modality = re.sub(r"[^A-Z]", "", text(ds, "Modality")) or "XX"
    return f"{modality}-{int(number) % 1000:03d}"


def lay_out(target: Path) -> int:
    """Copy the files; the number of files copied."""
    examples: dict[tuple[int, int], list[str]] = defaultdict(list)
    series: dict[Path, dict[str, str]] = defaultdict(dict)
    copied = 0
    for path, ds in dicom_files():
        years, months = age(ds)
        studies = examples[years, months]
        study = text(ds, "StudyInstanceUID") or path.parent.name
        if study not in studies:
            studies.append(study)
        number = studies.index(study) + 1
        if number > MOST_EXAMPLES:
            continue
        example = target / f"{years:02d}-yr" / f"{months:02d}-mo" / f"{number:02d}-ex"
        folder = example / _unique(series[example], series_name(ds), text(ds, "SeriesInstanceUID"))
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, _free(folder / path.name))
        copied += 1
    return copied


def _unique(taken: dict[str, str], name: str, uid: str) -> str:
    """The folder of a series: its name, with a letter when another series has that name."""
    candidate, letter = name, "a"
    while taken.setdefault(candidate, uid) != uid:
        candidate, letter = f"{name}{letter}", chr(ord(letter) + 1)
    return candidate


def _free(path: Path) -> Path:
    """The path, or one beside it: no file replaces another of the same name."""
    candidate, number = path, 2
    while candidate.exists():
        candidate = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return candidate


if __name__ == "__main__":
    print(f"{lay_out(Path(sys.argv[1]))} DICOM files laid out in {sys.argv[1]}")
