"""From arrays to the bytes of picture files: one place for all who write pictures.

Every function takes C-contiguous arrays of shape ``(rows, columns)`` or
``(rows, columns, 3)`` and raises :class:`PictureError` for what the format cannot hold,
so that no broken file is ever written. The same pixels give the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any, cast

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from isocenter.errors import PixelError

Pixels = NDArray[np.uint8]

JPEG_LIMIT = 65_500
"""Most pixels a side of a JPEG: libjpeg's own limit."""
WEBP_LIMIT = 16_383
GIF_LIMIT = 65_535
PNG_LIMIT = 1_000_000
"""Most pixels a side that libpng reads unless told otherwise."""
TIFF_LIMIT = (1 << 32) - (1 << 16)
"""Bytes of pixels in a classic TIFF, whose offsets have 32 bits."""

_FAST_PNG = {"level": 1, "strategy": 3, "filter": 16}  # SUB and RLE: 5x as fast, no larger
_SHORTEST_GIF = 2  # hundredths of a second; browsers play shorter ones at a tenth


class PictureError(PixelError):
    """A format of pictures cannot hold what it was to hold."""

    code = "does-not-fit"


def jpeg(pixels: Pixels, quality: int) -> bytes:
    """A baseline JPEG, colour without chroma subsampling.

    Args:
        pixels: uint8, at most 65,500 a side.
        quality: 1 to 100.

    Raises:
        PictureError: a side is too long; such a file would be written, but nothing reads it.
    """
    _check(pixels, "JPEG", JPEG_LIMIT)
    return _encoded(imagecodecs.jpeg8_encode, pixels, level=quality, subsampling="444")


def png(pixels: NDArray[Any]) -> bytes:
    """A PNG of uint8 or uint16 samples, lossless.

    Raises:
        PictureError: a side is over 1,000,000 pixels.
    """
    _check(pixels, "PNG", PNG_LIMIT)
    return _encoded(imagecodecs.png_encode, pixels, **_FAST_PNG)


def webp(pixels: Pixels, quality: int) -> bytes:
    """A WebP, lossy; ``quality`` is 1 to 100.

    Raises:
        PictureError: a side is over 16,383 pixels.
    """
    _check(pixels, "WebP", WEBP_LIMIT)
    return _saved("WEBP", [Image.fromarray(pixels)], quality=quality)


def tiff(pixels: NDArray[Any]) -> bytes:
    """An uncompressed TIFF of integer samples of any width and sign, or floating point.

    Raises:
        PictureError: over 4 GiB.
    """
    if pixels.nbytes > TIFF_LIMIT:
        raise PictureError(f"{pixels.nbytes:,} bytes; a TIFF holds {TIFF_LIMIT:,}")
    color = {"photometric": "rgb", "planarconfig": "contig"} if pixels.ndim == 3 else {}
    return _encoded(imagecodecs.tiff_encode, pixels, **color)


def npy(pixels: NDArray[Any]) -> bytes:
    """A NumPy file of the array as it is."""
    written = io.BytesIO()
    np.save(written, pixels, allow_pickle=False)
    return written.getvalue()


def gif(frames: Iterable[Pixels], durations: Sequence[float] = (0.0,)) -> bytes:
    """A GIF that plays for ever; gray is kept, colour is reduced to 256 a frame.

    Args:
        frames: of one size and kind, at most 65,535 pixels a side.
        durations: milliseconds of each frame; a GIF counts hundredths of a second, from 2.

    Raises:
        PictureError: a side is too long.
    """
    pictures = (Image.fromarray(one) for one in _checked(frames, "GIF", GIF_LIMIT))
    lasting = [10 * max(_SHORTEST_GIF, round(one / 10)) for one in durations]
    return _saved("GIF", pictures, **_playing(lasting))


def moving_webp(frames: Iterable[Pixels], durations: Sequence[float], quality: int) -> bytes:
    """A WebP that plays for ever.

    Args:
        frames: of one size and kind, at most 16,383 pixels a side.
        durations: milliseconds of each frame.
        quality: 1 to 100.

    Raises:
        PictureError: a side is too long.
    """
    pictures = (Image.fromarray(one) for one in _checked(frames, "WebP", WEBP_LIMIT))
    lasting = [max(1, round(one)) for one in durations]
    return _saved("WEBP", pictures, quality=quality, **_playing(lasting))


def _playing(durations: list[int]) -> dict[str, Any]:
    return {"duration": durations, "loop": 0} if len(durations) > 1 else {}


def _checked(frames: Iterable[Pixels], name: str, limit: int) -> Iterable[Pixels]:
    for frame in frames:
        _check(frame, name, limit)
        yield frame


def _check(pixels: NDArray[Any], name: str, limit: int) -> None:
    rows, columns = pixels.shape[:2]
    if max(rows, columns) > limit:
        raise PictureError(f"{rows:,} x {columns:,} pixels; a {name} holds {limit:,} a side")


def _encoded(encode: Callable[..., Any], pixels: NDArray[Any], **how: Any) -> bytes:
    try:
        return cast("bytes", encode(pixels, **how))
    except (RuntimeError, ValueError) as error:
        raise PictureError(f"The picture could not be encoded: {error}") from error


def _saved(name: str, pictures: Iterable[Image.Image], **how: Any) -> bytes:
    written = io.BytesIO()
    several = iter(pictures)
    first = next(several)
    second = next(several, None)
    if second is not None:
        how |= {"save_all": True, "append_images": chain([second], several)}
    try:
        first.save(written, name, **how)
    except (OSError, ValueError) as error:
        raise PictureError(f"The picture could not be encoded: {error}") from error
    return written.getvalue()
