"""Which series may show text: one suspicious file, and the whole series is left out.

In: files. Out: the series they are of, and those of them that attributes of one file make
suspicious. Only headers are read. A series is told by the UID it will have, so that what is
kept of it tells no original; files without Series Instance UID are a series per folder.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from isocenter.core.dataset import Dataset
from isocenter.deidentify.cleaning import new_uid
from isocenter.deidentify.policy import Policy, Profile
from isocenter.deidentify.suspicion import suspects
from isocenter.deidentify.sweep import texts
from isocenter.errors import DicomError, Finding
from isocenter.files.header import header_or_finding

OF_FOLDER = "folder "
"""What the name of a series begins with that is told by its folder."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The series of some files, and those of them that may show text."""

    series: frozenset[str] = frozenset()
    suspects: frozenset[str] = frozenset()


def series_of(ds: Dataset, folder: str, policy: Policy) -> str:
    """What a series is told by: its new UID, or without one the folder."""
    try:
        told = next((text for text in texts(ds.get("SeriesInstanceUID")) if text), "")
    except DicomError:
        told = ""
    if not told:
        return f"{OF_FOLDER}{folder}"
    stays = policy.retain_uids or policy.profile is Profile.NONE
    return new_uid(told, policy, keep=stays)


def is_of_folder(series: str) -> bool:
    """Whether a series is told by its folder, and so by nothing elsewhere."""
    return series.startswith(OF_FOLDER)


def seen(paths: Iterable[tuple[Path, str]], policy: Policy) -> Seen:
    """The series of the files; what cannot be read is of none.

    Args:
        paths: each with the folder that stands for a missing UID.
        policy: what makes the new UIDs.
    """
    series, suspicious = set(), set()
    for path, folder in paths:
        header = _header(path)
        if header is None:
            continue
        own = series_of(header, folder, policy)
        series.add(own)
        if suspects(header):
            suspicious.add(own)
    return Seen(frozenset(series), frozenset(suspicious))


def _header(path: Path) -> Dataset | None:
    try:
        found = header_or_finding(path)
    except Exception:  # noqa: BLE001 - who reads the file whole tells what is wrong with it
        return None
    return None if isinstance(found, Finding) else found
