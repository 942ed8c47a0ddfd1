"""``profile.json``: what a profile is made of and how, replaced whole.

A shard counts only when it is listed here. What else lies in ``shards`` was left by a run
that was ended; the next one takes it over or removes it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from isocenter._tables import confidentiality, dictionary
from isocenter.errors import UsageError
from isocenter.files.target import Folder

NAME, SHARDS = "profile.json", "shards"
FORMAT = 1
_KIND = "isocenter attribute profile"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a profile is.

    ``samples`` tell which files were walked (``all``, ``series``, ``device``; several after a
    merge), ``unsafe`` that every value is kept, ``key`` the fingerprint of the secret that numbers
    were made with. ``dictionary`` and ``confidentiality`` are editions of the Standard.
    """

    samples: tuple[str, ...] = ("all",)
    unsafe: bool = False
    key: str = ""
    shards: tuple[str, ...] = ()
    dictionary: str = dictionary.EDITION
    confidentiality: str = confidentiality.EDITION

    def to_json(self) -> bytes:
        """The content of the file."""
        text = json.dumps({"kind": _KIND, "format": FORMAT, **asdict(self)}, indent=1)
        return f"{text}\n".encode()


def exists(folder: Path) -> bool:
    """Whether there is a profile in a folder."""
    return (folder / NAME).is_file()


def load(folder: Path) -> Manifest:
    """The manifest of a profile.

    Raises:
        UsageError: there is none, or it is of another version.
        OSError: it cannot be read.
    """
    if not exists(folder):
        raise UsageError(f"{folder} is no profile: it has no {NAME}")
    try:
        told: dict[str, Any] = json.loads((folder / NAME).read_text("utf-8"))
        kind, version = told.pop("kind"), told.pop("format")
        if kind == _KIND and version == FORMAT:
            told["samples"], told["shards"] = tuple(told["samples"]), tuple(told["shards"])
            return Manifest(**told)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UsageError(f"{folder / NAME} is no profile of Isocenter: {error}") from error
    raise UsageError(f"{folder / NAME} is of another version of Isocenter; scan again")


def save(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest.

    Raises:
        OSError: it cannot be written; the one before is still there.
    """
    Folder(folder).write(NAME, manifest.to_json())
