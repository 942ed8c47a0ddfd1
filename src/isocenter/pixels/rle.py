"""RLE Lossless: a header of 16 words, then one PackBits segment per byte plane (PS3.5 G)."""

from __future__ import annotations

import struct
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from isocenter.errors import PixelError
from isocenter.pixels.image_pixel import container
from isocenter.pixels.notes import Notes

_CLAUSE = "PS3.5 G"
_HEADER = 64


def decode_rle(data: Any, *, pixels: int, samples: int, width: int, notes: Notes) -> NDArray[Any]:
    """The pixel cells of one frame, plane by plane.

    Args:
        data: the frame.
        pixels: cells of one plane.
        samples: planes.
        width: bytes of a cell.
        notes: takes the findings.

    Returns:
        unsigned integers, the smallest that hold a cell, of shape (samples, pixels).

    Raises:
        PixelError: the header is wrong, or a segment holds too few bytes.
    """
    bounds = _bounds(data, samples * width)
    segments = [
        _segment(data[start:stop], pixels, number, start, notes)
        for number, (start, stop) in enumerate(bounds)
    ]
    if width == 1:
        return segments[0][None] if samples == 1 else np.stack(segments)
    dtype = np.dtype(f"u{container(8 * width)}")
    cells = np.empty((samples, pixels), dtype)
    for sample, plane in enumerate(cells):
        _joined(segments[sample * width : (sample + 1) * width], plane)
    return cells


def _joined(parts: list[NDArray[np.uint8]], cells: NDArray[Any]) -> None:
    """Put the bytes of cells together, most significant first (PS3.5 G.2)."""
    np.left_shift(parts[0], 8, out=cells, dtype=cells.dtype)
    for part in parts[1:-1]:
        cells |= part
        cells <<= 8
    cells |= parts[-1]


def _bounds(data: Any, expected: int) -> list[tuple[int, int]]:
    """Start and stop of every segment."""
    if len(data) < _HEADER:
        raise PixelError(f"The RLE header has {len(data)} bytes, not {_HEADER}", clause=_CLAUSE)
    count, *offsets = struct.unpack_from("<16L", data)
    if count != expected:
        raise PixelError(
            f"The RLE header tells {count} segments; {expected} are needed", clause=_CLAUSE
        )
    starts = offsets[:count]
    stops = [*starts[1:], len(data)]
    if any(not _HEADER <= a <= b <= len(data) for a, b in zip(starts, stops, strict=True)):
        raise PixelError("The RLE header's offsets leave the frame", clause=_CLAUSE)
    return list(zip(starts, stops, strict=True))


def _segment(data: Any, pixels: int, number: int, offset: int, notes: Notes) -> NDArray[np.uint8]:
    plane = np.empty(pixels, np.uint8)
    try:
        found = imagecodecs.packbits_decode(data, out=plane.data)
    except RuntimeError:
        return _long_segment(data, pixels, number, offset, notes)
    _enough(len(found), pixels, number, offset)
    return plane


def _long_segment(
    data: Any, pixels: int, number: int, offset: int, notes: Notes
) -> NDArray[np.uint8]:
    """A segment with more than is needed; PackBits grows at most 64 times, so memory is bounded."""
    try:
        found: Any = imagecodecs.packbits_decode(data)
    except RuntimeError as error:
        raise PixelError(
            f"RLE segment {number} at byte {offset} of the frame cannot be decoded", clause=_CLAUSE
        ) from error
    _enough(len(found), pixels, number, offset)
    notes.warn("excess", "An RLE segment holds more than its plane; left out", clause=_CLAUSE)
    return np.frombuffer(found, np.uint8, pixels)


def _enough(found: int, expected: int, number: int, offset: int) -> None:
    if found < expected:
        raise PixelError(
            f"RLE segment {number} at byte {offset} of the frame holds {found} bytes;"
            f" {expected} are needed",
            clause=_CLAUSE,
        )
