"""RLE Lossless: a header of 16 words, then one PackBits segment per byte plane (PS3.5 G)."""

from __future__ import annotations

import struct
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from isocenter.errors import PixelError
from isocenter.pixels.notes import Notes

_CLAUSE = "PS3.5 G"
_HEADER = 64


def decode_rle(
    data: Any, *, pixels: int, samples: int, width: int, notes: Notes
) -> NDArray[np.uint8]:
    """The pixel cells of one frame, plane by plane, little endian.

    Args:
        data: the frame.
        pixels: cells of one plane.
        samples: planes.
        width: bytes of a cell.
        notes: takes the findings.

    Returns:
        uint8 of shape (samples, pixels, width).

    Raises:
        PixelError: the header is wrong, or a segment holds too few bytes.
    """
    bounds = _bounds(data, samples * width)
    planes = np.empty((samples, pixels, width), np.uint8)
    for number, (start, stop) in enumerate(bounds):
        sample, byte = divmod(number, width)  # most significant byte first, PS3.5 G.2
        target = planes[sample, :, width - 1 - byte]
        target[:] = _segment(data[start:stop], pixels, number, start, notes)
    return planes


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
