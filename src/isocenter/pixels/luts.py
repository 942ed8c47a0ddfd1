"""The steps of the grayscale pipeline as frozen values, and look-up tables of a data set.

Modality LUT or rescale (PS3.3 C.11.1), VOI LUT or window (C.11.2), Presentation LUT
(C.11.4) and Pixel Padding (C.7.5.1.1.2): two images with equal values share one display
table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from isocenter.pixels.notes import Notes
from isocenter.pixels.source import (
    PixelDataset,
    is_big_endian,
    numbers,
    transfer_syntax,
    value,
)

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rescale:
    """Output = stored value * slope + intercept."""

    slope: float = 1.0
    intercept: float = 0.0

    def apply(self, stored: Numbers) -> Numbers:
        """Output units of ``stored`` values."""
        return stored * self.slope + self.intercept


@dataclass(frozen=True, slots=True)
class LookupTable:
    """Entries (native uint16 as bytes) for inputs from ``first`` on; ends are extended."""

    first: int
    bits: int
    entries: bytes

    def array(self) -> NDArray[np.uint16]:
        """The entries."""
        return np.frombuffer(self.entries, np.uint16)

    def apply(self, stored: Numbers) -> Numbers:
        """The entry of every value; below the first and above the last, those."""
        entries = self.array().astype(np.float64)
        place = np.clip(np.rint(stored) - self.first, 0, len(entries) - 1)
        found: Numbers = np.take(entries, place.astype(np.intp))
        return found


class Function(StrEnum):
    """VOI LUT Function (PS3.3 C.11.2.1.3)."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


LEAST_WIDTH = {Function.LINEAR: 1.0, Function.LINEAR_EXACT: 0.0, Function.SIGMOID: 0.0}
"""The least Window Width of a function; 0 itself is no width."""
_LIMIT = 1e30


@dataclass(frozen=True, slots=True)
class Window:
    """Window Center and Width, in the Modality LUT's output units."""

    center: float
    width: float
    function: Function = Function.LINEAR

    @property
    def sound(self) -> bool:
        """Whether the numbers make a window (PS3.3 C.11.2.1.2, C.11.2.1.3)."""
        return (
            0 < self.width < _LIMIT
            and self.width >= LEAST_WIDTH[self.function]
            and abs(self.center) < _LIMIT
        )


@dataclass(frozen=True, slots=True)
class Range:
    """Black up to ``low``, white from ``high``, a straight line between."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Share:
    """The range of a frame's own values, from part ``low`` to part ``high`` of them."""

    low: float = 0.005
    high: float = 0.995


@dataclass(frozen=True, slots=True)
class Grayscale:
    """Everything between a stored value and a shade of gray.

    ``padding`` is an inclusive range of stored values that are no image.
    """

    modality: Rescale | LookupTable = Rescale()
    voi: Window | LookupTable | Range | Share = Share()
    presentation: LookupTable | None = None
    inverse: bool = False
    padding: tuple[float, float] | None = None


# --- tables ---------------------------------------------------------------------------


def lookup_table(
    described: PixelDataset, ds: PixelDataset, *, signed: bool, notes: Notes
) -> LookupTable | None:
    """LUT Descriptor and LUT Data of a sequence's item (PS3.3 C.11.1.1.1).

    ``ds`` is the data set around it, ``signed`` tells that the table's input may be
    negative. ``None``, and a finding, when it is no table.
    """
    layout = descriptor(described, "LUTDescriptor", signed=signed)
    entries = words(described, ds, "LUTData")
    if layout is None or not len(entries):
        notes.warn("bad-lut", "A look-up table is incomplete; not used", tag="(0028,3002)")
        return None
    count, first, bits = layout
    table = unpacked(entries, count, bits)[:count]
    if len(table) < count:
        notes.warn("bad-lut", f"A look-up table has {len(table)} of {count} entries")
    bits = bits if 0 < bits <= 16 else max(int(table.max()).bit_length(), 1)
    return LookupTable(first, bits, table.tobytes())


def descriptor(ds: PixelDataset, keyword: str, *, signed: bool) -> tuple[int, int, int] | None:
    """Number of entries (0 means 65536), first value mapped, bits of an entry."""
    found = numbers(ds, keyword)
    if len(found) != 3:
        return None
    count, first, bits = (int(one) for one in found)
    first = (first + 0x8000) % 0x10000 - 0x8000 if signed else first % 0x10000
    return count % 0x10000 or 0x10000, first, bits


def words(holder: PixelDataset, ds: PixelDataset, keyword: str) -> NDArray[np.uint16]:
    """Table data as words, whether it reads as numbers (US) or as bytes (OW, OB)."""
    found = value(holder, keyword)
    if isinstance(found, (bytes, bytearray, memoryview)):
        order = ">" if is_big_endian(ds, transfer_syntax(ds)) else "<"
        data = np.frombuffer(found, f"{order}u2", memoryview(found).nbytes // 2)
        return data.astype(np.uint16)
    return np.array([int(one) % 0x10000 for one in numbers(holder, keyword)], np.uint16)


def unpacked(data: NDArray[np.uint16], count: int, bits: int) -> NDArray[np.uint16]:
    """One entry per word; entries of 8 bits or less may lie two in a word, low byte first."""
    if bits > 8 or len(data) >= count:
        return data
    return data.astype("<u2").view(np.uint8).astype(np.uint16)
