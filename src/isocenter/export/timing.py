"""How long each frame of a cine is shown (PS3.3 C.7.6.5)."""

from __future__ import annotations

from collections.abc import Sequence

from isocenter.pixels.notes import Notes
from isocenter.pixels.source import PixelDataset, number, numbers

ASSUMED = 100.0
"""Milliseconds of a frame where the data set says nothing."""

_LONGEST = 3_600_000.0
_RATES = ("RecommendedDisplayFrameRate", "CineRate")


def durations(ds: PixelDataset, frames: Sequence[int], notes: Notes) -> tuple[float, ...]:
    """Milliseconds for each of the ``frames``.

    Recommended Display Frame Rate comes first, then Frame Time, Frame Time Vector (the time
    from a frame to the one before it) and Cine Rate. Where none says anything sensible a frame
    lasts 100 ms, and a finding says so.
    """
    preferred, acquired = (_lasting(number(ds, rate), is_rate=True) for rate in _RATES)
    constant = preferred or _lasting(number(ds, "FrameTime"), is_rate=False)
    if constant:
        return (constant,) * len(frames)
    steps = numbers(ds, "FrameTimeVector")
    if steps and max(frames) < len(steps) and all(_sound(step) for step in steps[1:]):
        after = (*steps[1:], *(steps[-1:] if len(steps) > 1 else (ASSUMED,)))
        return tuple(after[index] for index in frames)
    if acquired:
        return (acquired,) * len(frames)
    notes.warn(
        "assumed-value",
        "The frames have no Frame Time and no rate; each is shown for a tenth of a second",
        tag="(0018,1063)",
        clause="PS3.3 C.7.6.5",
    )
    return (ASSUMED,) * len(frames)


def _lasting(found: float | None, *, is_rate: bool) -> float | None:
    """Milliseconds from a time or a rate; ``None`` for what is no time to show a frame."""
    if not found or found < 0:
        return None
    time = 1000.0 / found if is_rate else found
    return time if _sound(time) else None


def _sound(time: float) -> bool:
    return 0 < time <= _LONGEST
