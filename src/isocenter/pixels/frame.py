"""One decoded frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Frame:
    """Stored values of one frame and what they mean after decoding.

    ``values`` has the shape (rows, columns) or (rows, columns, samples);
    ``photometric`` is the interpretation of *these* values: ``RGB`` when a decoder
    already converted from YCbCr, so that no later step converts twice; ``bits`` is
    the number of significant bits, ``signed`` their sign.
    """

    values: NDArray[Any]
    photometric: str
    bits: int
    signed: bool


def fits(values: NDArray[Any], bits: int) -> bool:
    """Whether every one of ``values``, integers, can be written with ``bits`` bits."""
    if not values.size:
        return True
    if values.dtype.kind == "u":
        return int(values.max()) < 1 << bits
    limit = 1 << (bits - 1)
    return -limit <= int(values.min()) and int(values.max()) < limit


def stored_values(
    cells: NDArray[Any], *, bits_stored: int, high_bit: int, signed: bool
) -> NDArray[Any]:
    """The stored values inside pixel cells, of the same width (PS3.5 8.1.1).

    Bits above the High Bit (once used for overlays, PS3.5 8.1.2) are no part of
    the value: they are cut off, or replaced by the sign. ``cells`` has an integer
    type of any sign; the result has the sign asked for, and is a view of ``cells`` where
    these are the values already.
    """
    width = cells.dtype.itemsize * 8
    typed = cells.view(np.dtype(f"{'i' if signed else 'u'}{width // 8}"))
    if bits_stored >= width or (high_bit == bits_stored - 1 and fits(typed, bits_stored)):
        return typed
    if not signed and high_bit == bits_stored - 1:
        low: NDArray[Any] = np.bitwise_and(typed, (1 << bits_stored) - 1, dtype=typed.dtype)
        return low
    lifted = np.left_shift(typed, width - 1 - high_bit, dtype=typed.dtype)
    value: NDArray[Any] = np.right_shift(lifted, width - bits_stored, dtype=typed.dtype)
    return value
