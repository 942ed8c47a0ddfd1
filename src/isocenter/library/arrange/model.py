"""What arranging knows of files, studies and series, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from isocenter.errors import Finding
from isocenter.files.sources import Stamp


class Said(NamedTuple):
    """What the header of an instance says and its place follows from; absent is empty.

    Dates are ``YYYYMMDD``, ``syntax`` is the Transfer Syntax UID.
    """

    study_uid: str = ""
    series_uid: str = ""
    study_date: str = ""
    birth_date: str = ""
    patient_age: str = ""
    patient_id: str = ""
    modality: str = ""
    series_number: str = ""
    series_description: str = ""
    syntax: str = ""
    patient_name: str = ""


class State(StrEnum):
    """How far a file has come."""

    DUE = "due"
    """It has a place, and may not be there yet."""
    HERE = "here"
    """It is in its place."""
    DUPLICATE = "duplicate"
    """It has none: another file with the same bytes is there."""
    OTHER = "other"
    """It is no instance; its finding says why."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the source: what it said, and where it went.

    ``target`` is relative to the output. ``digest`` is SHA-256 in hexadecimal digits, known
    only of files that another one may be equal to. ``tried`` tells that an arrangement has
    begun to put it there, so that what lies at ``target`` may be replaced.
    """

    stamp: Stamp
    said: Said | None = None
    instance_uid: str = ""
    findings: tuple[Finding, ...] = ()
    digest: str = ""
    target: str = ""
    state: State = State.OTHER
    tried: bool = False


@dataclass(frozen=True, slots=True)
class Left:
    """A file of the output whose source is gone; ``moved`` when arranging itself moved it."""

    study: str
    series: str
    instance_uid: str
    moved: bool
