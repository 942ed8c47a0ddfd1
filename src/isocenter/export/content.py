"""One frame to the bytes of its file, in any of the formats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.export.formats import Format
from isocenter.export.options import Options
from isocenter.pixels import imagefiles
from isocenter.pixels.deep import deep_picture, output_values
from isocenter.pixels.display import DisplayTables
from isocenter.pixels.frames import Frames
from isocenter.pixels.imagefiles import PictureError, Pixels
from isocenter.pixels.picture import picture

_OFFSET = 0x8000
"""What is added to signed stored values in a PNG, whose samples are unsigned."""


def content(frames: Frames, index: int, options: Options, tables: DisplayTables) -> bytes:
    """The file for frame ``index``.

    Raises:
        PixelError: the frame cannot be decoded, shown or held by the format.
        UsageError: the window asked for is none that the image has.
    """
    if options.raw:
        return _STORED[options.kind](_stored(frames, index, options.kind))
    if options.kind.is_shown:
        return _shown(picture(frames, index, tables, options.look), options)
    if frames.image.samples > 1 or frames.image.photometric == "PALETTE COLOR":
        return _STORED[options.kind](picture(frames, index, tables, options.look))
    if options.kind in _DEEP:
        return _STORED[options.kind](deep_picture(frames, index, options.look))
    values = output_values(frames, index)
    if options.kind is Format.TIFF_FLOAT:
        return imagefiles.tiff(_single(values))
    return imagefiles.npy(values)


_DEEP = frozenset({Format.PNG16, Format.TIFF})
_STORED: dict[Format, Callable[[NDArray[Any]], bytes]] = {
    Format.PNG16: imagefiles.png,
    Format.TIFF: imagefiles.tiff,
    Format.TIFF_FLOAT: imagefiles.tiff,
    Format.NPY: imagefiles.npy,
}


def _shown(pixels: NDArray[np.uint8], options: Options) -> bytes:
    match options.kind:
        case Format.JPEG:
            return imagefiles.jpeg(pixels, options.quality)
        case Format.WEBP:
            return imagefiles.webp(pixels, options.quality)
        case Format.GIF:
            return imagefiles.gif([pixels])
        case _:
            return imagefiles.png(pixels)


def played(frames: Iterable[Pixels], times: Sequence[float], options: Options) -> bytes:
    """One file that shows ``frames`` for ``times`` milliseconds each.

    Raises:
        PixelError: the format cannot hold them.
    """
    if options.kind is Format.GIF:
        return imagefiles.gif(frames, times)
    return imagefiles.moving_webp(frames, times, options.quality)


def _single(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """32-bit floating point; a value too large for it is an error, not infinity."""
    with np.errstate(over="ignore"):
        single = values.astype(np.float32)
    if not np.array_equal(np.isfinite(single), np.isfinite(values)):
        raise PictureError("A value is too large for 32-bit floating point; write npy")
    return single


def _stored(frames: Frames, index: int, kind: Format) -> NDArray[Any]:
    """Stored values; for PNG as unsigned 16 bits."""
    frame = frames[index]
    values = np.ascontiguousarray(frame.values)
    if kind is not Format.PNG16:
        return values
    if values.dtype.kind not in "iu" or values.dtype.itemsize > 2:
        raise PictureError(
            f"A PNG holds no stored values of type {values.dtype}; write tiff or npy"
        )
    if values.dtype.kind == "u":
        return values.astype(np.uint16)
    frames.notes.warn(
        "offset-added",
        f"Stored values are signed and a PNG's are not: {_OFFSET} is added to each",
        tag="(0028,0103)",
    )
    return (values.astype(np.int32) + _OFFSET).astype(np.uint16)
