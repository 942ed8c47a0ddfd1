"""Findings met while an image is decoded and shown, each kept once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from isocenter.errors import Finding, Level


class Notes:
    """Warnings in the order they were met; the same one a thousand frames long is one."""

    def __init__(self) -> None:
        self._findings: dict[Finding, None] = {}

    def warn(
        self, code: str, message: str, *, tag: str | None = None, clause: str | None = None
    ) -> None:
        """Keep that something had to be assumed."""
        self._findings[Finding(Level.WARNING, code, message, tag=tag, clause=clause)] = None

    def note(self, code: str, message: str, *, clause: str | None = None) -> None:
        """Keep something worth telling of an image that is as it should be."""
        self._findings[Finding(Level.NOTE, code, message, clause=clause)] = None

    def take(self, findings: Iterable[Finding]) -> None:
        """Keep what was met elsewhere."""
        self._findings |= dict.fromkeys(findings)

    def findings(self) -> tuple[Finding, ...]:
        """What was met so far."""
        return tuple(self._findings)


def report(ds: Any, findings: Iterable[Finding]) -> None:
    """Tell a data set that was read what was found; others have no place for findings."""
    stored = getattr(ds, "stored", None)
    if stored is not None:
        stored.span.encoded.report(findings)
