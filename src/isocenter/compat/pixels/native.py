"""Frames without compression, as pydicom's decoders give them (PS3.5 8.1.1, 8.2, D).

In: a :class:`Request`. Out: the bytes or the stored values of one frame or of all.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.compat.misc import warn_and_log
from isocenter.compat.pixels.request import Request
from isocenter.pixels.image_pixel import ImagePixel
from isocenter.pixels.native import native_cells, native_values
from isocenter.pixels.notes import Notes


def measure(asked: Request) -> None:
    """Compare the length of the pixel data with its description; more frames are counted.

    Raises:
        ValueError: there are fewer bytes than all frames need, or so many that the declared
            YBR_FULL_422 is not what they are.
    """
    if hasattr(asked.source, "read"):
        return
    image, found = asked.image, len(asked.source)
    expected = _bytes(image, asked.frames)
    if found < expected:
        raise ValueError(
            f"{asked.frames} frames need {expected} bytes of pixel data, {found} were found: it is"
            " cut off, or its description or transfer syntax is wrong"
        )
    if found <= expected + expected % 2:
        return
    if image.subsampled and found >= expected // 2 * 3:
        raise ValueError(
            f"{found} bytes of pixel data are too many for YBR_FULL_422, which needs {expected}:"
            " the Photometric Interpretation (0028,0004) is RGB or YBR_FULL"
        )
    _measure_excess(asked, found, expected)


def _measure_excess(asked: Request, found: int, expected: int) -> None:
    frames = found * 8 // asked.image.frame_bits
    if asked.wants("allow_excess_frames", default=True) and frames > asked.frames:
        warn_and_log(
            f"The pixel data has room for {frames} frames, Number of Frames (0028,0008) is"
            f" {asked.frames}: all {frames} are given; allow_excess_frames=False gives"
            f" {asked.frames}"
        )
        asked.frames = frames
    else:
        warn_and_log(
            f"The pixel data has {found} bytes; {found - expected} after the {expected} of its"
            " frames are taken as excess padding"
        )


def _bytes(image: ImagePixel, frames: int) -> int:
    return -(-frames * image.frame_bits // 8)


def native_buffer(asked: Request, index: int | None) -> Any:
    """The bytes of frame ``index``, or of all; of 8 bits in big endian words, whole words.

    Raises:
        ValueError: there is no such frame.
    """
    first, frames = _range(asked, index)
    start, stop = _span(asked, first, frames)
    data = _read(asked, start, stop)
    if index is not None and len(data) < _bytes(asked.image, first + frames) - start:
        raise _no_frame(index)
    return data


def native_array(asked: Request, index: int | None) -> NDArray[Any]:
    """The stored values of frame ``index``, or of all.

    Returns:
        An array of shape (rows, columns[, samples]) for one frame, else (frames, rows, columns[,
        samples]), in the byte order of the transfer syntax; it may be a view of the source.

    Raises:
        ValueError: there is no such frame, or there are too few bytes.
    """
    first, frames = _range(asked, index)
    image = asked.image
    if not image.frame_bits or not frames:
        return np.empty((*((frames,) if frames != 1 else ()), *image.shape), image.dtype)
    data, place = _window(asked, first, frames)
    if len(data) < _bytes(image, place + frames):
        raise _no_frame(first if index is None else index)
    if not asked.wants("correct_unused_bits", default=True):
        image = image.whole_cells()
    big = asked.is_big_endian
    cells = native_cells(data, place, image, frames=frames, big=big, words=_has_words(asked))
    values = native_values(cells, image, Notes())
    if big:
        values = values.astype(values.dtype.newbyteorder(">"), copy=False)
    return values if frames > 1 else values[0]


def _range(asked: Request, index: int | None) -> tuple[int, int]:
    """The first frame that is wanted, and how many."""
    return (0, asked.frames) if index is None else (index, 1)


def _window(asked: Request, first: int, frames: int) -> tuple[memoryview, int]:
    """Bytes that hold the frames, and which of the frames in them is the first one wanted."""
    if not hasattr(asked.source, "read"):
        return asked.source, first
    start, stop = _span(asked, first, frames)
    if first * asked.image.frame_bits == start * 8:
        return memoryview(_read(asked, start, stop)), 0
    return memoryview(_read(asked, 0, stop)), first


def _span(asked: Request, first: int, frames: int) -> tuple[int, int]:
    """Where frames start and stop, in whole bytes, or in whole words where bytes lie in words."""
    bits = asked.image.frame_bits
    start, stop = first * bits // 8, -(-(first + frames) * bits // 8)
    return (start - start % 2, stop + stop % 2) if _has_words(asked) else (start, stop)


def _has_words(asked: Request) -> bool:
    """Whether cells of 8 bits or less lie in big endian words of 16 (PS3.5 A.3)."""
    words = asked.is_big_endian and asked.facts.get("pixel_vr") == "OW"
    return (words or asked.wants("be_swap_ow")) and asked.image.bits_allocated <= 8


def _read(asked: Request, start: int, stop: int) -> Any:
    source = asked.source
    if not hasattr(source, "read"):
        return source[start:stop]
    place = source.tell()
    try:
        source.seek(place + start)
        return source.read(stop - start)
    finally:
        source.seek(place)


def _no_frame(index: int) -> ValueError:
    return ValueError(f"the pixel data does not reach to the end of frame {index}")
