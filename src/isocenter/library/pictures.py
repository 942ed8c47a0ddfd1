"""From a rendered frame to its pictures: native size, fitted, and encoded as JPEG."""

from __future__ import annotations

from typing import cast

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from isocenter.errors import PixelError
from isocenter.library.strips import LIMIT

Pixels = NDArray[np.uint8]
_REDUCING_GAP = 2.0  # large images are first reduced by whole factors: as good, and fast


def jpeg(pixels: Pixels, quality: int) -> bytes:
    """A baseline JPEG, colour without chroma subsampling.

    Args:
        pixels: uint8, ``(rows, columns)`` or ``(rows, columns, 3)``, at most 65,500 a side.
        quality: 1 to 100.

    Raises:
        PixelError: a side is too long; such a file would be written, but nothing reads it.
    """
    if max(pixels.shape[:2]) > LIMIT:
        rows, columns = pixels.shape[:2]
        raise PixelError(f"{rows:,} x {columns:,} pixels; a JPEG holds {LIMIT:,} a side")
    return cast("bytes", imagecodecs.jpeg8_encode(pixels, level=quality, subsampling="444"))


def fitted(pixels: Pixels, side: int) -> Image.Image:
    """The whole frame in a square of ``side`` pixels, centred, black where nothing is."""
    picture = Image.fromarray(pixels)
    scale = side / max(picture.size)
    width, height = (max(1, round(length * scale)) for length in picture.size)
    shrinking = scale < 1
    resized = picture.resize(
        (width, height),
        Image.Resampling.HAMMING if shrinking else Image.Resampling.BICUBIC,
        reducing_gap=_REDUCING_GAP if shrinking else None,
    )
    if width == height:
        return resized
    square = Image.new(picture.mode, (side, side))
    square.paste(resized, ((side - width) // 2, (side - height) // 2))
    return square


def smaller(square: Image.Image, side: int) -> Image.Image:
    """A fitted square again, at ``side`` pixels."""
    return square.resize((side, side), Image.Resampling.HAMMING)
