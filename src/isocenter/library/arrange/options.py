"""What arranging is told, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Transfer(StrEnum):
    """How a file gets into the tree."""

    LINK = "link"
    """Hard link, or a symbolic link across file systems: costs no space. From a zip: a copy."""
    COPY = "copy"
    """A copy: the tree no longer depends on the source."""
    MOVE = "move"
    """Linked or copied, compared, and only then removed from the source."""


class Transcode(StrEnum):
    """What is done about files that the ReV viewer cannot decode."""

    NONE = "none"
    """Nothing: every file keeps its bytes."""
    EXPLICIT = "explicit"
    """Written as Explicit VR Little Endian, with the same values and SOP Instance UID."""


@dataclass(frozen=True, slots=True)
class ArrangeOptions:
    """One arrangement: ``source`` is a folder, DICOMDIR, file or zip; ``output`` the tree."""

    source: Path
    output: Path
    transfer: Transfer = Transfer.LINK
    transcode: Transcode = Transcode.NONE
