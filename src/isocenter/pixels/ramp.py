"""A linear window as integer arithmetic, where it gives what the table gives.

Clipping, one multiplication and one shift run over an array twice as fast as a look-up of
two-byte indices. A ramp is used only when it was compared with the table, entry by entry.
Arrays are taken in blocks, whose intermediate results stay in the processor's cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.pixels.luts import Function, Grayscale, Rescale, Window

_SHIFT = 24  # shades of 8 bits with 24 behind the point fill 32
_TURN = 1 << 32  # numbers of 32 bits begin again
_BLOCK = 1 << 16
_WHITE = 255.0


@dataclass(frozen=True, slots=True)
class Ramp:
    """Shades of stored values from ``low`` to ``high``; those outside are as the ends.

    ``(factor * distance + offset) >> 24``, the distance counted from ``low``, or down from
    ``high`` when shades fall.
    """

    low: int
    high: int
    factor: int
    offset: int
    falling: bool

    def apply(self, stored: NDArray[Any]) -> NDArray[np.uint8]:
        """The shades, same shape; ``stored`` has an integer type of 16 bits or less."""
        flat = stored.reshape(-1)
        found = np.empty(flat.shape, np.uint8)
        size = min(_BLOCK, len(flat))
        clipped, shades = np.empty(size, flat.dtype), np.empty(size, np.uint32)
        for start in range(0, len(flat), _BLOCK):
            block = flat[start : start + _BLOCK]
            used = len(block)
            self._shade(block, clipped[:used], shades[:used])
            np.copyto(found[start : start + used], shades[:used], casting="unsafe")
        return found.reshape(stored.shape)

    def _shade(self, block: NDArray[Any], clipped: NDArray[Any], shades: NDArray[Any]) -> None:
        """``shades`` of a block; what is no part of the result turns over and is gone."""
        factor = -self.factor if self.falling else self.factor
        start = self.offset - factor * (self.high if self.falling else self.low)
        kind = block.dtype.type
        np.clip(block, kind(self.low), kind(self.high), out=clipped)
        np.copyto(shades, clipped, casting="unsafe")  # a negative number from the other end
        shades *= np.uint32(factor % _TURN)
        shades += np.uint32(start % _TURN)
        shades >>= np.uint32(_SHIFT)


def find_ramp(stored: NDArray[Any], table: NDArray[np.uint8], gray: Grayscale) -> Ramp | None:
    """The ramp that gives ``table`` for ``stored``, every value there is, in rising order.

    ``None`` when the way is not straight, or no ramp gives just this table.
    """
    line = _line(gray)
    ends = np.flatnonzero(table[1:] != table[:-1])
    if line is None or not len(ends):
        return None
    low, high = int(stored[ends[0]]), int(stored[ends[-1] + 1])
    gain, at_zero = line
    start = at_zero + gain * (low if gain > 0 else high)
    factor, offset = round(abs(gain) * 2**_SHIFT), round((start + 0.5) * 2**_SHIFT)
    nudge = high - low  # what the rounded factor may be off by at the far end: decides halves
    for more in (nudge, -nudge, 0):
        if 0 <= offset + more < 1 << 32 and factor < 1 << 32:
            ramp = Ramp(low, high, factor, offset + more, falling=gain < 0)
            if np.array_equal(ramp.apply(stored), table):
                return ramp
    return None


def _line(gray: Grayscale) -> tuple[float, float] | None:
    """Shades per stored value, and the shade of 0, of what is straight."""
    window, modality = gray.voi, gray.modality
    if not isinstance(window, Window) or not isinstance(modality, Rescale) or gray.presentation:
        return None
    if window.function is Function.SIGMOID or window.width <= 1:
        return None
    exact = window.function is Function.LINEAR_EXACT
    width, center = (
        (window.width, window.center) if exact else (window.width - 1, window.center - 0.5)
    )
    gain = modality.slope / width * _WHITE
    at_zero = ((modality.intercept - center) / width + 0.5) * _WHITE
    return (-gain, _WHITE - at_zero) if gray.inverse else (gain, at_zero)
