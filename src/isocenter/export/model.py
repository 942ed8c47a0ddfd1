"""What an export consists of, as frozen values: pieces of work, their results, the summary."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from isocenter.errors import Finding
from isocenter.export.options import Options

WHOLE = -1
"""Stands for all frames of a file where frames are told."""

Place: TypeAlias = tuple[str, int]
"""A file, and a frame of it or :data:`WHOLE`."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Frames of one file, and the path of the picture that each becomes.

    With ``cine`` there is one target for all frames. ``is_first`` tells the first piece of
    a file. Paths have ``/``: ``source`` is relative to the input, targets to the output.
    """

    source: str
    frames: tuple[int, ...]
    targets: tuple[str, ...]
    is_first: bool = True


@dataclass(frozen=True, slots=True)
class Task:
    """Pieces to do one after the other.

    ``skip`` names frames that killed a worker before, ``late`` those that came to no end.
    """

    root: Path
    output: Path
    options: Options
    pieces: tuple[Piece, ...]
    skip: frozenset[Place] = frozenset()
    late: frozenset[Place] = frozenset()


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a task: the pictures written, frames shown in them, files begun."""

    written: tuple[str, ...] = ()
    frames: int = 0
    files: int = 0
    findings: tuple[Finding, ...] = ()

    def __add__(self, other: Done) -> Done:
        return Done(
            self.written + other.written,
            self.frames + other.frames,
            self.files + other.files,
            self.findings + other.findings,
        )


@dataclass(frozen=True, slots=True)
class Summary:
    """What an export did.

    ``written`` are the pictures' paths below the output, in natural order; ``frames`` counts
    the frames in them and ``files`` the files looked at. A finding's path is that of a file
    of the input, relative to it.
    """

    written: tuple[str, ...]
    frames: int
    files: int
    findings: tuple[Finding, ...]


def frame_word(indices: Iterable[int]) -> str:
    """``frame 3`` or ``frames 3, 4, 5 and 12 more``."""
    every = list(indices)
    shown = ", ".join(map(str, every[:3]))
    more = f" and {len(every) - 3} more" if len(every) > 3 else ""
    return f"frame{'s' if len(every) > 1 else ''} {shown}{more}"
