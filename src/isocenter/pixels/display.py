"""Stored values to 8-bit gray by one composed table.

Modality LUT, VOI, inversion and padding collapse into a table from every pixel cell
to a shade, computed once per distinct set of parameters and applied by one look-up, or by
the integer arithmetic that was found to be the same table.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from isocenter.pixels.luts import Grayscale, LookupTable, Range, Share, Window
from isocenter.pixels.ramp import Ramp, find_ramp
from isocenter.pixels.voi import counted_range, sampled_range, shades

Table = TypeVar("Table")
_BLOCK = 16_384


class DisplayTables:
    """Tables by the parameters they were made from; pass one to all images of a series.

    Args:
        capacity: tables kept, 64 KiB to 512 KiB each; the one not used for longest goes first.
    """

    def __init__(self, capacity: int = 32) -> None:
        self._capacity = capacity
        self._tables: OrderedDict[Hashable, Any] = OrderedDict()

    def __len__(self) -> int:
        return len(self._tables)

    def get(self, key: Hashable, build: Callable[[], Table]) -> Table:
        """The table of ``key``, built when it is not there."""
        table: Table | None = self._tables.get(key)
        if table is None:
            table = self._tables[key] = build()
            if len(self._tables) > self._capacity:
                self._tables.popitem(last=False)
        else:
            self._tables.move_to_end(key)
        return table


def show(stored: NDArray[Any], gray: Grayscale, tables: DisplayTables) -> NDArray[np.uint8]:
    """8-bit shades of ``stored`` values, same shape.

    Padding is black, also in inverted images: it is no part of the image and is
    left out of the grayscale pipeline (PS3.3 C.7.5.1.1.2).
    """
    if stored.dtype.kind in "iu" and stored.dtype.itemsize <= 2:
        return _looked_up(stored, gray, tables)
    return _computed(stored, gray)


# --- up to 16 bits: a table ------------------------------------------------------------


def _looked_up(stored: NDArray[Any], gray: Grayscale, tables: DisplayTables) -> NDArray[np.uint8]:
    dtype = stored.dtype
    cells = stored.view(np.dtype(f"u{dtype.itemsize}"))
    voi = gray.voi
    if isinstance(voi, Share):
        voi = _own_range(cells, dtype, gray, voi, tables)
    wanted = gray if voi is gray.voi else replace(gray, voi=voi)
    found = tables.get((wanted, dtype.str), lambda: _shading(dtype, wanted, voi))
    return _entries(found.table, cells) if found.ramp is None else found.ramp.apply(stored)


def _entries(table: NDArray[np.uint8], cells: NDArray[Any]) -> NDArray[np.uint8]:
    """The entry of every cell, block by block.

    A look-up widens its indices to 8 bytes: for a whole image that is new memory each time.
    """
    flat = cells.reshape(-1)
    found = np.empty(flat.shape, np.uint8)
    for start in range(0, len(flat), _BLOCK):
        block = slice(start, start + _BLOCK)
        found[block] = np.take(table, flat[block])
    return found.reshape(cells.shape)


@dataclass(frozen=True, slots=True, eq=False)
class _Shading:
    """A shade for every cell; and the same as arithmetic, where that is possible and faster."""

    table: NDArray[np.uint8]
    ramp: Ramp | None


def _shading(dtype: np.dtype[Any], gray: Grayscale, voi: Window | LookupTable | Range) -> _Shading:
    table = _table(dtype, gray, voi)
    if dtype.itemsize != 2:
        return _Shading(table, None)
    start = len(table) // 2 if dtype.kind == "i" else 0  # the cell of the least value
    rising = np.roll(inputs(dtype), start), np.roll(table, start)
    return _Shading(table, find_ramp(*rising, gray))


def inputs(dtype: np.dtype[Any]) -> NDArray[Any]:
    """The stored value of every cell, in the order of the cells as unsigned numbers."""
    width = dtype.itemsize
    return np.arange(1 << (8 * width), dtype=f"u{width}").view(dtype)


def _outputs(dtype: np.dtype[Any], gray: Grayscale) -> NDArray[np.float64]:
    return gray.modality.apply(inputs(dtype).astype(np.float64))


def _own_range(
    cells: NDArray[Any],
    dtype: np.dtype[Any],
    gray: Grayscale,
    share: Share,
    tables: DisplayTables,
) -> Range:
    counts = np.bincount(cells.ravel(), minlength=1 << (8 * dtype.itemsize))
    if gray.padding is not None:
        counts[_is_padding(inputs(dtype), gray.padding)] = 0
    outputs = tables.get((gray.modality, dtype.str), lambda: _outputs(dtype, gray))
    return counted_range(outputs, counts, share)


def _table(
    dtype: np.dtype[Any], gray: Grayscale, voi: Window | LookupTable | Range
) -> NDArray[np.uint8]:
    table = shades(_outputs(dtype, gray), voi, gray.presentation)
    return _finished(table, inputs(dtype), gray)


def _finished(table: NDArray[np.uint8], stored: NDArray[Any], gray: Grayscale) -> NDArray[np.uint8]:
    if gray.inverse:
        table = 255 - table
    if gray.padding is not None:
        table[_is_padding(stored, gray.padding)] = 0
    return table


def _is_padding(stored: NDArray[Any], padding: tuple[float, float]) -> NDArray[np.bool_]:
    return (stored >= padding[0]) & (stored <= padding[1])


# --- 32 and 64 bits, floating point: computed --------------------------------------------


def _computed(stored: NDArray[Any], gray: Grayscale) -> NDArray[np.uint8]:
    """What is not a number is black, as padding is."""
    with np.errstate(over="ignore", invalid="ignore"):
        found = gray.modality.apply(stored.astype(np.float64))
        unknown = np.isnan(found)
        voi = gray.voi
        if isinstance(voi, Share):
            voi = _sampled(found, stored, gray, voi)
        table = shades(np.where(unknown, 0.0, found), voi, gray.presentation)
        table = _finished(table, stored, gray)
    table[unknown] = 0
    return table


def _sampled(
    found: NDArray[np.float64], stored: NDArray[Any], gray: Grayscale, share: Share
) -> Range:
    if gray.padding is None:
        return sampled_range(found.ravel(), share)
    return sampled_range(found[~_is_padding(stored, gray.padding)], share)
