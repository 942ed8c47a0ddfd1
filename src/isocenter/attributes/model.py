"""What scanning is asked for and what it tells, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from isocenter.attributes.identity import PUBLIC, Numbers
from isocenter.errors import Finding

FILES_IN_SHARD = 4096
"""Files of a shard: what a changed file costs, and what a worker has in memory."""


class Sample(StrEnum):
    """Which files are walked."""

    ALL = "all"
    """Every file."""
    SERIES = "series"
    """The first readable file of each Series Instance UID."""
    DEVICE = "device"
    """The first of each SOP class, manufacturer, model and software version; then files that
    bring paths not seen so far."""


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """What to scan.

    ``sources`` are folders, DICOMDIRs, zip archives or files. ``unsafe`` keeps every value, of
    data known to hold nobody's identity. ``numbers`` makes the numbers that stand for patients and series.
    """

    sources: tuple[Path, ...]
    output: Path
    sample: Sample = Sample.ALL
    unsafe: bool = False
    numbers: Numbers = PUBLIC
    files_in_shard: int = FILES_IN_SHARD


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan came to.

    ``files`` are those of the profile's sources as a whole, ``walked`` those of this run, of which ``failed``
    could not be walked; ``kept`` were walked by an earlier run and have not changed. ``left_out`` were not in the sample. ``findings`` are of all files.
    """

    files: int
    walked: int
    failed: int
    kept: int
    left_out: int
    findings: tuple[Finding, ...]
