"""What a series is described by: from a data set to :class:`SeriesFacts`.

An absent attribute is the empty string and so is a date that is none: nothing is made
up (REV.md section 5). Several values are joined by a backslash, as DICOM writes them.
"""

from __future__ import annotations

from datetime import date

from isocenter.core.dataset import Dataset
from isocenter.errors import Finding, Level, ValueDecodingError
from isocenter.library.model import SeriesFacts

_TEXTS = {
    "series_uid": "SeriesInstanceUID",
    "study_uid": "StudyInstanceUID",
    "series_description": "SeriesDescription",
    "study_description": "StudyDescription",
    "modality": "Modality",
    "modalities_in_study": "ModalitiesInStudy",
    "patient_id": "PatientID",
    "patient_name": "PatientName",
}
_NO_TEXT = (bytes, bytearray, memoryview, Dataset)
_DATES = {
    "patient_birth_date": "PatientBirthDate",
    "study_date": "StudyDate",
    "series_date": "SeriesDate",
    "acquisition_date": "AcquisitionDate",
}


def series_facts(ds: Dataset) -> tuple[SeriesFacts, tuple[Finding, ...]]:
    """The facts of the series that ``ds`` belongs to, and the dates that are none."""
    values = {name: text(ds, keyword) for name, keyword in _TEXTS.items()}
    findings = []
    for name, keyword in _DATES.items():
        written = text(ds, keyword)
        values[name] = iso_free_date(written)
        if written.strip() and not values[name]:
            findings.append(_no_date(keyword, written))
    if not values["acquisition_date"]:
        values["acquisition_date"] = iso_free_date(text(ds, "AcquisitionDateTime")[:8])
    return SeriesFacts(**values), tuple(findings)


def text(ds: Dataset, keyword: str) -> str:
    """The value of an attribute as text, empty when absent, empty, no text or not readable."""
    try:
        value = ds.get(keyword)
    except ValueDecodingError:
        return ""
    parts = value if isinstance(value, list) else [value]
    if value is None or any(isinstance(part, _NO_TEXT) for part in parts):
        return ""
    return "\\".join(map(str, parts))


def iso_free_date(written: str) -> str:
    """``YYYYMMDD`` for a DA value (PS3.5 6.2), also for ``YYYY.MM.DD`` of ACR-NEMA; else empty."""
    digits = written.strip()
    if len(digits) == 10 and digits[4] == digits[7] == ".":
        digits = digits.replace(".", "")
    if len(digits) != 8 or not (digits.isascii() and digits.isdigit()):
        return ""
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return ""
    return digits


def _no_date(keyword: str, written: str) -> Finding:
    return Finding(
        Level.WARNING,
        "no-date",
        f"{keyword} {written[:16]!r} is no date and is left out",
        clause="PS3.5 6.2",
    )
