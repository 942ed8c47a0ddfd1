"""Palette Color Lookup Tables to one 8-bit RGB table (PS3.3 C.7.6.3.1.5, C.7.6.3.1.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.errors import PixelError
from isocenter.pixels.display import DisplayTables, inputs
from isocenter.pixels.luts import descriptor, unpacked, words
from isocenter.pixels.notes import Notes
from isocenter.pixels.segments import expand_segments
from isocenter.pixels.source import PixelDataset

_CLAUSE = "PS3.3 C.7.6.3.1.5"
COLORS = ("Red", "Green", "Blue")


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours (RGB bytes) of the stored values from ``first`` on; ends are extended."""

    first: int
    colors: bytes

    def table(self) -> NDArray[np.uint8]:
        """The colours, shape (entries, 3)."""
        return np.frombuffer(self.colors, np.uint8).reshape(-1, 3)


@dataclass(frozen=True, slots=True)
class Channel:
    """One colour's entries as they are in the data set, and what its descriptor says."""

    first: int
    bits: int
    entries: NDArray[np.uint16]


def read_palette(ds: PixelDataset, *, signed: bool, notes: Notes) -> Palette:
    """The palette of ``ds``, in 8 bits; ``signed`` stored values make a signed first value.

    An alpha palette is left out: it says how an image mixes with one below it, and here
    there is none.

    Raises:
        PixelError: it is incomplete.
    """
    channels = [read_channel(ds, color, signed=signed, notes=notes) for color in COLORS]
    size = min(len(channel.entries) for channel in channels)
    colors = np.stack([_eight_bits(one, notes)[:size] for one in channels], axis=-1)
    if has_alpha(ds):
        notes.note("alpha-palette", "The alpha palette is not used", clause="PS3.3 C.7.9")
    return Palette(channels[0].first, colors.tobytes())


def has_alpha(ds: PixelDataset) -> bool:
    """Whether there is a palette for opacity too."""
    return "AlphaPaletteColorLookupTableData" in ds


def read_channel(ds: PixelDataset, color: str, *, signed: bool, notes: Notes) -> Channel:
    """One channel, plain or segmented: ``Red``, ``Green``, ``Blue`` or ``Alpha``.

    Raises:
        PixelError: it is incomplete.
    """
    prefix = f"{color}PaletteColorLookupTable"
    described = descriptor(ds, f"{prefix}Descriptor", signed=signed)
    if described is None:
        raise PixelError(f"The {color.lower()} palette has no descriptor", clause=_CLAUSE)
    count, first, bits = described
    entries = _entries(ds, color, count, bits)[:count]
    if not len(entries):
        raise PixelError(f"The {color.lower()} palette has no data", clause=_CLAUSE)
    if len(entries) < count:
        notes.warn("bad-lut", f"A palette has {len(entries)} of {count} entries", clause=_CLAUSE)
    return Channel(first, bits, entries)


def _entries(ds: PixelDataset, color: str, count: int, bits: int) -> NDArray[np.uint16]:
    plain = words(ds, ds, f"{color}PaletteColorLookupTableData")
    if len(plain):
        return unpacked(plain, count, bits)
    segmented = words(ds, ds, f"Segmented{color}PaletteColorLookupTableData")
    return expand_segments(segmented, bits, count)


def _eight_bits(channel: Channel, notes: Notes) -> NDArray[np.uint8]:
    """The most significant 8 bits of entries that fill 16; else the entries as they are."""
    bits, entries = channel.bits, channel.entries
    if bits <= 8:
        return (entries & 0xFF).astype(np.uint8)
    if entries.max() <= 0xFF:
        notes.warn(
            "bad-lut",
            f"A palette of {bits} bits has no entry over 255; taken as 8 bits",
            clause=_CLAUSE,
        )
        return entries.astype(np.uint8)
    return (entries >> (min(bits, 16) - 8)).astype(np.uint8)


def colored(stored: NDArray[Any], palette: Palette, tables: DisplayTables) -> NDArray[np.uint8]:
    """RGB of ``stored`` values, shape (rows, columns, 3)."""
    if stored.dtype.itemsize > 2:
        return _colors(stored, palette)
    cells = stored.view(np.dtype(f"u{stored.dtype.itemsize}"))
    table = tables.get((palette, stored.dtype.str), lambda: _colors(inputs(stored.dtype), palette))
    return np.take(table, cells, axis=0)


def _colors(stored: NDArray[Any], palette: Palette) -> NDArray[np.uint8]:
    table = palette.table()
    last = palette.first + len(table) - 1
    place = np.clip(stored.astype(np.float64), palette.first, last) - palette.first
    return np.take(table, place.astype(np.intp), axis=0)
