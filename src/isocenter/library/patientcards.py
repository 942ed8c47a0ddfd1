"""What the pages of a library by study show: patients > studies > series."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from isocenter.library.cards import (
    FindingList,
    FindingRow,
    Group,
    SeriesCard,
    StudyCard,
    listed,
    series_cards,
)
from isocenter.library.model import Library
from isocenter.library.patients import Identity, patients
from isocenter.library.wording import day
from isocenter.ordering import natural


@dataclass(frozen=True, slots=True)
class PatientCard(Group):
    """A patient and the studies, the earliest first; those without a date come last."""

    identity: Identity
    studies: tuple[StudyCard, ...]

    @property
    def cards(self) -> tuple[SeriesCard, ...]:
        """The series of all studies."""
        return tuple(card for study in self.studies for card in study.series)

    @property
    def name(self) -> str:
        """The name, or what stands for it."""
        named = self.identity.name or self.identity.patient_id
        return named or "No patient named"

    @property
    def about(self) -> tuple[str, ...]:
        """Patient ID and date of birth, as far as they are known."""
        patient_id, born = self.identity.patient_id, day(self.identity.birth_date)
        return tuple(
            filter(None, (f"ID {patient_id}" * bool(patient_id), f"born {born}" * bool(born)))
        )


@dataclass(frozen=True, slots=True)
class PatientsCard(Group):
    """The whole library."""

    library: Library
    patients: tuple[PatientCard, ...]

    @property
    def studies(self) -> tuple[StudyCard, ...]:
        """Every study."""
        return tuple(study for patient in self.patients for study in patient.studies)

    @property
    def cards(self) -> tuple[SeriesCard, ...]:
        """Every series."""
        return tuple(card for study in self.studies for card in study.series)

    @property
    def findings(self) -> FindingList:
        """Every finding; those that belong to no series come first."""
        own = (FindingRow(finding) for finding in self.library.findings)
        return listed(own, (row for card in self.cards for row in card.rows))


def patients_card(library: Library) -> PatientsCard:
    """The library's cards. Patients come by name, those that nobody names last."""
    studies = [StudyCard(study, series_cards(study)) for study in library.studies]
    said = {study.study.folder: _identity(study) for study in studies}
    joined = patients(said.values())
    found: dict[Identity, list[StudyCard]] = defaultdict(list)
    for study in studies:
        found[joined[said[study.study.folder]]].append(study)
    cards = [PatientCard(who, tuple(sorted(own, key=_by_date))) for who, own in found.items()]
    return PatientsCard(library, tuple(sorted(cards, key=_by_name)))


def _identity(study: StudyCard) -> Identity:
    facts = ("patient_id", "patient_name", "patient_birth_date")
    return Identity(*(study.fact(name) for name in facts))


def _by_date(study: StudyCard) -> tuple[object, ...]:
    date = study.fact("study_date")
    return not date, date, natural(study.study.folder), study.study.folder


def _by_name(patient: PatientCard) -> tuple[object, ...]:
    who = patient.identity
    called = who.name or who.patient_id
    return not called, natural(called), who
