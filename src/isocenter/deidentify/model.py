"""What a de-identification consists of, as frozen values: files, results, the summary."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from isocenter.deidentify.policy import Policy
from isocenter.errors import Finding


class Piece(NamedTuple):
    """A file of the input, relative to it, and the name that tells nothing of it."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Task:
    """Files to do one after the other; ``skip`` names those that killed a worker before.

    ``withheld`` are the series that are left out whole.
    """

    root: Path
    output: Path
    policy: Policy
    pieces: tuple[Piece, ...]
    allow_burned_in: bool = False
    skip: frozenset[str] = frozenset()
    withheld: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a task: files looked at, files written, left out, and what was found.

    A finding's path is the target: it may be written beside the files.
    """

    files: int = 0
    written: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """What was done.

    ``written`` and ``left_out`` are names below the output, in order; the latter lie there
    not, because their pixels may show a name. ``findings`` have these names too, and nothing in
    them tells a value or a name of the input; ``sources`` leads back to the input's paths.
    """

    files: int
    written: tuple[str, ...]
    left_out: tuple[str, ...]
    findings: tuple[Finding, ...]
    sources: dict[str, str]
