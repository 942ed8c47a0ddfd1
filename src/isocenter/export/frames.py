"""Which frames of an image are wanted: ``0,3,5-9``, ``10-``, ``/5`` for every fifth."""

from __future__ import annotations

import re
from dataclasses import dataclass

from isocenter.errors import UsageError

_RANGE = re.compile(r"(?:([0-9]+)(?:(-)([0-9]+)?)?)?(?:/([0-9]+))?")


@dataclass(frozen=True, slots=True)
class FrameChoice:
    """Frames from 0, as runs of ``(first, last, step)``; a ``last`` of ``None`` is the last one.

    No runs at all stand for every frame.
    """

    runs: tuple[tuple[int, int | None, int], ...] = ()

    def of(self, count: int) -> tuple[int, ...]:
        """The chosen frames of an image with ``count`` of them, ascending, each once."""
        if not self.runs:
            return tuple(range(count))
        chosen: set[int] = set()
        for first, last, step in self.runs:
            chosen.update(range(first, count if last is None else min(last + 1, count), step))
        return tuple(sorted(chosen))


def parse(text: str) -> FrameChoice:
    """The choice written in ``text``: frames and ranges with commas, ``A-B/N`` for every Nth.

    Raises:
        UsageError: it is none.
    """
    return FrameChoice(tuple(_run(part.strip(), text) for part in text.split(",")))


def _run(part: str, text: str) -> tuple[int, int | None, int]:
    match = _RANGE.fullmatch(part)
    if not match or not part:
        raise UsageError(f"{text!r} are no frames; write 0,3,5-9 or 10- or /5 for every fifth")
    first, dash, last, step = match.groups()
    begin = int(first or 0)
    end = int(last) if last else None if dash or step else begin
    by = int(step or 1)
    if not by or (end is not None and end < begin):
        raise UsageError(f"{text!r} are no frames: a range ends before it begins, or a step is 0")
    return begin, end, by
