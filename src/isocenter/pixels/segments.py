"""Segmented palettes: discrete runs, straight lines, and repetitions (PS3.3 C.7.9.2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from isocenter.errors import PixelError

_DISCRETE, _LINEAR, _INDIRECT = range(3)


def expand_segments(data: NDArray[np.uint16], bits: int, count: int) -> NDArray[np.uint16]:
    """The entries of Segmented Palette Color Lookup Table Data.

    Args:
        data: the value as words.
        bits: of an entry; with 8, op codes, lengths and entries are bytes.
        count: entries wanted; more are not made.

    Raises:
        PixelError: the segments cannot be followed.
    """
    expansion = _Expansion(data, bits, count)
    expansion.run(0, len(expansion.units))
    return np.array(expansion.entries[:count], np.uint16)


class _Expansion:
    """Entries made so far from a list of units (words, or bytes)."""

    def __init__(self, data: NDArray[np.uint16], bits: int, count: int) -> None:
        self.unit_bytes = 1 if bits == 8 else 2
        units = data.astype("<u2").view(np.uint8) if bits == 8 else data
        self.units: list[int] = units.tolist()
        self.entries: list[int] = []
        self._count = count

    def run(self, at: int, segments: int, *, copied: bool = False) -> None:
        """Expand ``segments`` segments from ``at`` on, or as many as are needed."""
        for _ in range(segments):
            if len(self.entries) >= self._count or at + 1 >= len(self.units):
                return
            at = self._segment(at, copied=copied)

    def _segment(self, at: int, *, copied: bool) -> int:
        """Expand the segment at ``at``; where the next one starts."""
        opcode, length = self.units[at : at + 2]
        body = at + 2
        if opcode == _DISCRETE:
            self.entries += self.units[body : body + length]
            return body + length
        if opcode == _LINEAR and self.entries and body < len(self.units):
            self.entries += _line(self.entries[-1], self.units[body], length)
            return body + 1
        if opcode == _INDIRECT and not copied:  # only plain segments may be repeated
            return self._repeat(body, length)
        raise PixelError(
            f"A segmented palette cannot be expanded from byte {at * self.unit_bytes} on",
            tag="(0028,1221)",
            clause="PS3.3 C.7.9.2",
        )

    def _repeat(self, body: int, segments: int) -> int:
        """Repeat segments from a byte offset, written least significant part first."""
        stop = body + 4 // self.unit_bytes
        parts = self.units[body:stop]
        offset = sum(part << (8 * self.unit_bytes * n) for n, part in enumerate(parts))
        self.run(offset // self.unit_bytes, segments, copied=True)
        return stop


def _line(start: int, end: int, length: int) -> list[int]:
    """``length`` entries from just after ``start`` to ``end``."""
    return [round(start + (end - start) * n / length) for n in range(1, length + 1)]
