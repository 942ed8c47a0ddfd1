"""``studies.js``: what the root page of a library by study is told of its patients.

The page shows some studies at a time, so that ten thousand are found as fast as ten. Lists
instead of objects keep the script small:

- patient: name, what else is known of the person, studies
- study: folder, date, description, counts of findings by level, series
- series: folder in that of the study, title, modality, frames, middle frame's JPEG, the two
  strips (how many tiles they have and the one to start with), id on the study's page, counts
  of findings by level, what else the filter looks through

Folders and file names are parts of addresses; a series without images has no JPEG.
"""

from __future__ import annotations

from typing import Any

from isocenter.library import layout
from isocenter.library.cards import FindingList, SeriesCard, StripCard, StudyCard
from isocenter.library.patientcards import PatientCard, PatientsCard
from isocenter.library.urls import Relative, encoded
from isocenter.markup.scripts import registered

_NAMES = {
    "page": layout.PAGE,
    "pictures": layout.MEDIUM,
    "preview": layout.PREVIEW,
    "rawPreview": layout.RAW_PREVIEW,
    "tags": layout.TAGS,
}
"""What lies in every folder of a study or series."""


def patients_script(library: PatientsCard) -> bytes:
    """The script."""
    told = {"names": _NAMES, "patients": [_patient(patient) for patient in library.patients]}
    return registered("studies", told)


def _patient(patient: PatientCard) -> list[Any]:
    return [patient.name, " · ".join(patient.about), [_study(study) for study in patient.studies]]


def _study(study: StudyCard) -> list[Any]:
    return [
        Relative()(study.study.folder),
        study.name,
        study.fact("study_description"),
        _counts(study.findings),
        [_series(card) for card in study.series],
    ]


def _series(card: SeriesCard) -> list[Any]:
    frames = card.frames
    return [
        encoded(card.result.place.series),
        card.title,
        card.result.facts.modality,
        len(frames),
        encoded(frames[card.middle]) if frames else "",
        [_strip(card.preview), _strip(card.raw_preview)],
        card.anchor,
        _counts(card.findings),
        card.result.place.series,
    ]


def _strip(strip: StripCard | None) -> list[int]:
    return [strip.shape.shown, strip.start] if strip else []


def _counts(findings: FindingList) -> list[list[Any]]:
    return [list(level) for level in findings.levels]
