"""Names of series folders and files, safe on every file system.

``MR-004-T1_AX``: modality, number and description, as far as there are any. Files are
called by their SOP Instance UID, which no later run changes.
"""

from __future__ import annotations

import re
from collections.abc import Container
from pathlib import PurePosixPath

from isocenter.files.names import cleaned, component, folded
from isocenter.library.arrange.model import Said

EXTENSION = ".dcm"
_DESCRIPTION = 64  # characters, as many as LO has
_BLANKS = re.compile(r"[\s^_]+")
_NUMBER = re.compile(r"[+-]?[0-9]+")


def series_name(said: Said) -> str:
    """The folder name that a series would have if no other had it."""
    number = said.series_number.strip()
    parts = [
        said.modality.strip(),
        f"{int(number):03d}" if _NUMBER.fullmatch(number) else "",
        said.series_description.strip()[:_DESCRIPTION],
    ]
    name = "-".join(part for part in parts if part)
    return component(_BLANKS.sub("_", cleaned(name)) or "series")


def file_name(instance_uid: str, source: str) -> str:
    """The name of an instance without extension; of one without UID that of its source."""
    wanted = instance_uid or PurePosixPath(source).stem
    return component(cleaned(wanted.encode(errors="replace").decode()))


def free(name: str, taken: Container[str], extension: str = "") -> str:
    """The name, with a counter when some file system would take it for one of ``taken``.

    Args:
        name: without extension.
        taken: names as :func:`isocenter.files.names.folded` gives them.
        extension: what the name ends with.
    """
    candidate, number = name + extension, 1
    while folded(candidate) in taken:
        number += 1
        candidate = f"{name}~{number}{extension}"
    return candidate
