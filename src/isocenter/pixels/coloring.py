"""``apply_color_lut``: colours of stored values, by the data set's palette or a well-known one.

PS3.3 C.7.6.3.1.5, C.7.6.3.1.6, C.7.9; the well-known palettes are those of PS3.6 B.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter._tables import palettes
from isocenter.errors import UsageError
from isocenter.pixels.notes import Notes
from isocenter.pixels.palette import COLORS, has_alpha, read_channel
from isocenter.pixels.source import PixelDataset

PALETTES = tuple(palettes.ENTRIES)
"""Names of the well-known palettes."""


def apply_color_lut(
    arr: NDArray[Any], ds: PixelDataset | None = None, palette: str | None = None
) -> NDArray[Any]:
    """Colours of stored values; values below and above the table get its first and last.

    Args:
        arr: integers, any shape.
        ds: with Red, Green and Blue Palette Color Lookup Table Data, plain or segmented, and
            perhaps Alpha; or
        palette: a name of :data:`PALETTES`, or its UID; it comes before ``ds``.

    Returns:
        uint8 or uint16, by the bits of the table, of shape ``arr.shape + (3,)``, with alpha 4.

    Raises:
        PixelError: the palette is incomplete.
        UsageError: there is none of this name; neither is given; ``arr`` has no integers.
    """
    if arr.dtype.kind not in "iub":
        raise UsageError(f"integers are looked up in a palette, not {arr.dtype}")
    if palette is not None:
        return _colors(arr, 0, well_known(palette))
    if ds is None:
        raise UsageError("a data set or the name of a palette is wanted")
    return _colors(arr, *_of(ds, signed=arr.dtype.kind == "i"))


def well_known(palette: str) -> NDArray[np.uint8]:
    """The 256 colours of a well-known palette, shape (256, 3).

    Raises:
        UsageError: there is none of this name or UID.
    """
    for name, (uid, colors) in palettes.ENTRIES.items():
        if str(palette) in {name, uid}:
            return np.frombuffer(bytes.fromhex(colors), np.uint8).reshape(-1, 3)
    raise UsageError(f"there is no palette {palette!r}; there are {', '.join(PALETTES)}")


def _of(ds: PixelDataset, *, signed: bool) -> tuple[int, NDArray[Any]]:
    """First value mapped, and colours of the data set's palette as they are."""
    wanted = (*COLORS, "Alpha") if has_alpha(ds) else COLORS
    channels = [read_channel(ds, color, signed=signed, notes=Notes()) for color in wanted]
    size = min(len(channel.entries) for channel in channels)
    table = np.stack([channel.entries[:size] for channel in channels], axis=-1)
    return channels[0].first, table.astype(np.uint8 if channels[0].bits <= 8 else np.uint16)


def _colors(arr: NDArray[Any], first: int, table: NDArray[Any]) -> NDArray[Any]:
    last = first + len(table) - 1
    place = np.clip(arr.astype(np.int64), first, last) - first
    found: NDArray[Any] = np.take(table, place, axis=0)
    return found
